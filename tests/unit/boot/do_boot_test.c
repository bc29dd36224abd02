/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/do_boot_test.c: what is booted for which plan, and what is said of the rest.
 * LINK: src/boot/do_boot.c tests/fake/graphics.c tests/fake/cpu.c tests/fake/log.c tests/fake/kernel_form.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/kernel/linux.h"
#include "boot/media.h"
#include "boot/menu/menu_screen.h"
#include "fake/graphics.h"
#include "fake/kernel_form.h"
#include "fake/log.h"
#include "lib/errno.h"
#include "trace/timeline.h"

struct timeline timeline;

static jmp_buf end;
static const char *failure;
static uint32_t launched, launch_size, late, media, asked, late_what;
static bool kernel_wrote, menu_allowed;
static int kernel_result = -EINVAL;

#define KERNEL_FIRST (TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST)

void boot_fail(const char *why)
{
	failure = why;
	longjmp(end, 1);
}

bool program_started;

int linux_boot(uint32_t kernel_size)
{
	launched++;
	launch_size = kernel_size;
	program_started = kernel_wrote;
	return kernel_result;
}

void media_init_late(const struct boot_plan *plan)
{
	assert_int_equal(plan->kernel_size, 12345);
	late_what = plan->what;
	late++;
}

bool menu_wanted(bool on, uint32_t entries)
{
	assert_true(on && entries > 1);
	asked++;
	return menu_allowed;
}

void media_boot(void)
{
	media++;
	longjmp(end, 1);
}

static void boot(struct boot_plan plan)
{
	fake_log_reset();
	timeline.plan = plan.what;
	launched = fake_kernel_form.boots = late = media = asked = late_what = 0;
	failure = NULL;
	program_started = false;
	if (!setjmp(end))
		do_boot(&plan);
}

static void a_kernel_that_could_not_be_started_leaves_it_to_the_media(void **state)
{
	(void)state;
	kernel_wrote = false;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST });
	assert_int_equal(launched, 1);
	assert_int_equal(launch_size, 12345);
	assert_int_equal(late, 1);
	assert_int_equal(media, 1);
	assert_null(failure);
	assert_int_equal(fake_log_lines(), 0);
}

/* It needs services, and is then what its place in the order makes it: the boot list has it. */
static void one_with_the_16_bit_entry_is_booted_as_media_are(void **state)
{
	(void)state;
	kernel_wrote = false;
	kernel_result = -EOPNOTSUPP;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST });
	assert_int_equal(late_what, TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_SETUP);
	assert_int_equal(timeline.plan, late_what);
	assert_int_equal(late, 1);
	assert_int_equal(media, 1);
	kernel_result = -EINVAL;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST });
	assert_int_equal(late_what, KERNEL_FIRST);
}

static void one_that_has_taken_memory_ends_the_boot(void **state)
{
	(void)state;
	kernel_wrote = true;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST });
	assert_non_null(failure);
	assert_non_null(strstr(failure, "could not be started"));
	assert_int_equal(late + media, 0);
}

static void without_a_kernel_and_behind_a_device_it_is_the_media(void **state)
{
	(void)state;
	boot((struct boot_plan){ .what = TIMELINE_PLAN_MADE });
	assert_int_equal(launched + late, 0);
	assert_int_equal(media, 1);
	boot((struct boot_plan){ .kernel_size = 1, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL });
	assert_int_equal(launched + late, 0);
	assert_int_equal(media, 1);
}

static void with_a_menu_the_kernel_is_one_of_several(void **state)
{
	(void)state;
	menu_allowed = true;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_MENU });
	assert_int_equal(launched, 0);
	assert_int_equal(late, 1);
	assert_int_equal(late_what, (KERNEL_FIRST | TIMELINE_PLAN_MENU) & ~TIMELINE_PLAN_FIRST);
	assert_int_equal(timeline.plan, late_what);	/* what the report of the boot says */
	assert_int_equal(media, 1);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_menu_that_is_forbidden_changes_nothing(void **state)
{
	(void)state;
	menu_allowed = kernel_wrote = false;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_MENU });
	assert_int_equal(launched, 1);
	assert_int_equal(asked, 1);
	assert_int_equal(late, 1);
	assert_int_equal(late_what, KERNEL_FIRST | TIMELINE_PLAN_MENU);
	assert_int_equal(media, 1);
}

static void where_media_are_booted_they_ask_themselves(void **state)
{
	(void)state;
	menu_allowed = true;
	boot((struct boot_plan){ .kernel_size = 12345,
				 .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_MENU });
	assert_int_equal(asked + launched + late, 0);
	assert_int_equal(media, 1);
}

static void a_screen_is_asked_for_where_the_kernel_is_first(void **state)
{
	(void)state;
	menu_allowed = kernel_wrote = false;
	memset(&fake_graphics, 0, sizeof(fake_graphics));
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST });
	assert_int_equal(fake_graphics.sizes, 0);
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_SCREEN });
	assert_int_equal(fake_graphics.sizes, 1);
	assert_int_equal(launched, 1);
	assert_int_equal(asked, 0);		/* no menu, for all that */
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_SCREEN | TIMELINE_PLAN_MENU });
	assert_int_equal(fake_graphics.sizes, 2);
	assert_int_equal(asked, 1);
	boot((struct boot_plan){ .kernel_size = 12345, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_SCREEN });
	assert_int_equal(fake_graphics.sizes, 2);
	assert_int_equal(launched, 0);
}

static void a_kernel_of_another_form_is_started_as_such_and_told_of_no_screen(void **state)
{
	static const uint32_t more[] = { 0, TIMELINE_PLAN_SCREEN, TIMELINE_PLAN_MENU, TIMELINE_PLAN_SCREEN | TIMELINE_PLAN_MENU };

	(void)state;
	menu_allowed = false;
	fake_kernel_form.rc = -ENOMEM;
	memset(&fake_graphics, 0, sizeof(fake_graphics));
	for (uint32_t i = 0; i < 4; i++) {
		fake_kernel_form.wrote = false;
		boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_PVH | more[i] });
		assert_int_equal(fake_kernel_form.boots, 1);
		assert_true(fake_kernel_form.first);
		assert_int_equal(fake_kernel_form.what, KERNEL_FIRST | TIMELINE_PLAN_PVH | more[i]);
		assert_int_equal(launched, 0);
		assert_int_equal(late_what, KERNEL_FIRST | TIMELINE_PLAN_PVH | more[i]);
		assert_int_equal(media, 1);
		fake_kernel_form.wrote = true;
		boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_PVH | more[i] });
		assert_int_equal(late + media, 0);
		assert_non_null(failure);
	}
	assert_int_equal(fake_graphics.sizes, 0);
	/* One that has to wait for its turn, or is chosen in a menu, is among the media. */
	boot((struct boot_plan){ .kernel_size = 12345, .what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_PVH });
	assert_int_equal(fake_kernel_form.boots + launched, 0);
	menu_allowed = true;
	boot((struct boot_plan){ .kernel_size = 12345, .what = KERNEL_FIRST | TIMELINE_PLAN_PVH | TIMELINE_PLAN_MENU });
	assert_int_equal(fake_kernel_form.boots + launched, 0);
	assert_int_equal(late, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_that_could_not_be_started_leaves_it_to_the_media),
		cmocka_unit_test(one_with_the_16_bit_entry_is_booted_as_media_are),
		cmocka_unit_test(one_that_has_taken_memory_ends_the_boot),
		cmocka_unit_test(without_a_kernel_and_behind_a_device_it_is_the_media),
		cmocka_unit_test(with_a_menu_the_kernel_is_one_of_several),
		cmocka_unit_test(a_menu_that_is_forbidden_changes_nothing),
		cmocka_unit_test(where_media_are_booted_they_ask_themselves),
		cmocka_unit_test(a_screen_is_asked_for_where_the_kernel_is_first),
		cmocka_unit_test(a_kernel_of_another_form_is_started_as_such_and_told_of_no_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
