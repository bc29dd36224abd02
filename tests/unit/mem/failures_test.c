/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/mem/failures_test.c: which allocation and which transfer is to fail, in an image that is built for it.
 * LINK: tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "fake/log.h"

#define CONFIG_FAILURES
#include "mem/failures.c"

static void set(uint32_t allocation, uint32_t transfer, uint32_t all_that_follow)
{
	volatile struct failures *f = (volatile struct failures *)(uintptr_t)&failures;

	f->n[FAILURE_ALLOC] = allocation;
	f->n[FAILURE_DMA] = transfer;
	f->all_that_follow = all_that_follow;
	memset(count, 0, sizeof(count));
}

/* As a test of the whole writes into the image: it is constant for the program alone. */
static int fresh(void **state)
{
	uintptr_t page = (uintptr_t)&failures & ~(uintptr_t)4095;

	(void)state;
	assert_int_equal(mprotect((void *)page, (uintptr_t)(&failures + 1) - page, PROT_READ | PROT_WRITE), 0);
	fake_log_reset();
	set(0, 0, 0);
	return 0;
}

/* Of nine of a kind, those that fail: bit 0 is the first. */
static uint32_t nine(enum failure kind)
{
	uint32_t due = 0;

	for (uint32_t i = 0; i < 9; i++)
		due |= (uint32_t)failure_due(kind, "nothing") << i;
	return due;
}

static void as_it_is_built_none_fails(void **state)
{
	(void)state;
	assert_int_equal(nine(FAILURE_ALLOC), 0);
	assert_int_equal(nine(FAILURE_DMA), 0);
	assert_int_equal(fake_log_lines(), 0);
	assert_memory_equal(failures.mark, "SLIPWAY-FAILURE", 16);
}

static void one_fails_or_all_from_it_on(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 10; n++) {
		set(n, 0, 0);
		assert_int_equal(nine(FAILURE_ALLOC), 1 << (n - 1) & 0x1ff);
		set(n, 0, 1);
		assert_int_equal(nine(FAILURE_ALLOC), 0x1ff << (n - 1) & 0x1ff);
	}
}

static void kinds_are_counted_apart_and_named(void **state)
{
	(void)state;
	set(0, 2, 0);
	assert_int_equal(nine(FAILURE_ALLOC), 0);
	assert_int_equal(nine(FAILURE_DMA), 2);
	assert_string_equal(fake_log_line(0), "failures: transfer 2 is refused: nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(as_it_is_built_none_fails, fresh),
		cmocka_unit_test_setup(one_fails_or_all_from_it_on, fresh),
		cmocka_unit_test_setup(kinds_are_counted_apart_and_named, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
