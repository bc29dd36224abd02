/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/do_boot_test.c: what is booted for which plan, and what is said of the rest.
 * LINK: src/boot/do_boot.c tests/fake/cpu.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/linux.h"
#include "fake/log.h"
#include "lib/errno.h"
#include "trace/timeline.h"

static jmp_buf end;
static const char *failure;
static uint32_t launched, launch_size;

#define KERNEL_FIRST (TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST)

void boot_fail(const char *why)
{
	failure = why;
	longjmp(end, 1);
}

int linux_boot(uint32_t kernel_size)
{
	launched++;
	launch_size = kernel_size;
	return -EINVAL;
}

static void boot(struct boot_plan plan)
{
	fake_log_reset();
	launched = 0;
	failure = NULL;
	if (!setjmp(end))
		do_boot(&plan);
	assert_non_null(failure);
}

static void a_kernel_is_launched_and_its_failure_ends_the_boot(void **state)
{
	(void)state;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST });
	assert_int_equal(launched, 1);
	assert_int_equal(launch_size, 12345);
	assert_non_null(strstr(failure, "could not be started"));
	assert_int_equal(fake_log_lines(), 0);
}

static void without_a_kernel_nothing_is_tried(void **state)
{
	(void)state;
	boot((struct boot_plan){ .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_MENU });
	assert_int_equal(launched, 0);
	assert_non_null(strstr(failure, "no kernel was given"));
}

static void what_the_plan_wants_besides_is_said(void **state)
{
	(void)state;
	boot((struct boot_plan){ .kernel_size = 1, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL });
	assert_true(fake_log_has("a device comes before the kernel"));
	assert_int_equal(launched, 1);
	boot((struct boot_plan){ .kernel_size = 1, .what = KERNEL_FIRST | TIMELINE_PLAN_MENU });
	assert_true(fake_log_has("a boot menu is wanted"));
	assert_int_equal(launched, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_is_launched_and_its_failure_ends_the_boot),
		cmocka_unit_test(without_a_kernel_nothing_is_tried),
		cmocka_unit_test(what_the_plan_wants_besides_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
