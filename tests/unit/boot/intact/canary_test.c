/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/intact/canary_test.c: every byte of every canary counts, and none can be made by copying memory.
 * LINK: src/mem/alloc.c src/mem/e820.c src/trace/timeline.c tests/fake/cpu.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "mem/alloc.h"
#include "boot/intact/canary.c"

#define RAM_END	(4u << 20)
#define EBDA	0x9fc00u

static uint8_t was[RAM_END];

static int set_up(void **state)
{
	(void)state;
	fake_cpu_reset();
	fake_io_reset();
	fake_ram_reset(RAM_END);
	fake_log_reset();
	timeline_init(true, 0);
	guest_bda()->ebda_segment = EBDA >> 4;
	alloc_init(0xf4000, 0xfe000);
	alloc_open_high(RAM_END);
	canary_begin();
	alloc_raw(ZONE_HIGH, 1000, 1, "what lies between them");
	canary_end();
	return 0;
}

/* 8 bytes that are not those of memory never written to. */
static bool is_there(uint32_t at)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < 8; i++)
		n += fake_ram[at + i] != 0;
	return n >= 4;
}

static void they_lie_round_what_is_the_firmwares(void **state)
{
	(void)state;
	assert_true(is_there(0xe8010));
	assert_true(is_there(0xecbf8));
	assert_true(is_there(0xee7d8));
	assert_true(is_there(EBDA + 8));
	assert_true(is_there(EBDA + 0x30));
	assert_true(is_there(RAM_END - 8));
	assert_int_equal(place(high[0]), RAM_END - 8);
	assert_in_range(place(high[1]), RAM_END - 8 - 1000 - 16, RAM_END - 8 - 1000 - 8);
	canary_check("a");
	assert_int_equal(fake_log_lines(), 0);
}

static void every_bit_counts_and_is_told_of_once(void **state)
{
	static const uint32_t at[] = { 0xe8010, 0xecbf8, 0xee7d8, EBDA + 8, EBDA + 0x30, RAM_END - 8 };

	for (uint32_t i = 0; i < ARRAY_SIZE(at); i++)
		for (uint32_t bit = 0; bit < 64; bit++) {
			set_up(state);
			fake_ram[at[i] + bit / 8] ^= (uint8_t)(1 << bit % 8);
			canary_check("a ROM");
			assert_int_equal(fake_log_lines(), 1);
			assert_true(fake_log_has("guard: "));
			assert_true(fake_log_has(" found behind a ROM"));
			canary_check("a ROM");
			assert_int_equal(fake_log_lines(), 1);
		}
}

static void a_line_says_where_and_what(void **state)
{
	char line[200];

	(void)state;
	snprintf(line, sizeof(line), "guard: below the firmware's stack, at ee7d8: %08x %08x expected, 00000000 00000000 found "
		 "behind a ROM", value(0xee7d8), value(~0xee7d8u));
	memset(fake_ram + 0xee7d8, 0, 8);
	canary_check("a ROM");
	assert_true(fake_log_has(line));
}

static void a_copy_of_memory_brings_none_back(void **state)
{
	(void)state;
	memcpy(was, fake_ram, RAM_END);
	fake_cpu.now_ns += 1000;
	canary_check("a");
	assert_int_equal(fake_log_lines(), 0);
	memcpy(fake_ram + 0xecbf8, was + 0xecbf8, 8);
	memcpy(fake_ram + EBDA + 8, was + EBDA + 8, 8);
	canary_check("a");
	assert_int_equal(fake_log_lines(), 2);
	memcpy(fake_ram + 0xe8010, fake_ram + 0xecbf8, 8);		/* another's of today */
	canary_check("a");
	assert_int_equal(fake_log_lines(), 3);
}

static void two_starts_have_others(void **state)
{
	uint32_t first = value(1);

	set_up(state);
	fake_cpu.now_ns += 12345;
	canary_begin();
	assert_int_not_equal(value(1), first);
}

static void an_ebda_that_moves_takes_its_own_along(void **state)
{
	(void)state;
	memcpy(fake_ram + EBDA - 1024, fake_ram + EBDA, 1024);
	guest_bda()->ebda_segment = (EBDA - 1024) >> 4;
	canary_check("a");
	assert_int_equal(fake_log_lines(), 0);
	guest_bda()->ebda_segment = 0;			/* a program's doing: nothing is written there */
	memcpy(was, fake_ram, 0x1000);
	canary_check("a");
	assert_memory_equal(fake_ram, was, 0x1000);
	guest_bda()->ebda_segment = 0x9fff;		/* and not behind conventional memory */
	memcpy(was, fake_ram + 0x9f000, 0x2000);
	canary_check("a");
	assert_memory_equal(fake_ram + 0x9f000, was, 0x2000);
	assert_int_equal(fake_log_lines(), 0);
}

static void one_on_the_stack_counts_by_itself(void **state)
{
	struct canary one, two;

	(void)state;
	canary_set(&one);
	canary_set(&two);
	canary_look(&one, "here", "a");
	canary_look(&two, "here", "a");
	assert_int_equal(fake_log_lines(), 0);
	one = two;
	canary_look(&one, "here", "a ROM");
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("guard: here, at "));
	canary_set(&one);
	one.word[1] ^= 0x80000000;
	canary_look(&one, "here", "a ROM");
	assert_int_equal(fake_log_lines(), 2);
}

static void without_a_time_stamp_counter_the_timer_is_taken(void **state)
{
	(void)state;
	timeline_init(false, 0);
	fake_io_reset();
	canary_check("a");
	assert_int_equal(fake_io_count.out, 1);
	assert_int_equal(fake_io_count.in, 2);
	canary_check("a");
	assert_int_equal(fake_log_lines(), 0);
}

static void without_memory_the_others_are_there(void **state)
{
	(void)state;
	alloc_init(0xf4000, 0xfe000);		/* no high memory is known */
	canary_begin();
	canary_end();
	assert_null(high[0]);
	assert_null(high[1]);
	fake_log_reset();
	fake_ram[0xe8010] ^= 1;
	canary_check("a");
	assert_int_equal(fake_log_lines(), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(they_lie_round_what_is_the_firmwares),
		TEST(every_bit_counts_and_is_told_of_once),
		TEST(a_line_says_where_and_what),
		TEST(a_copy_of_memory_brings_none_back),
		TEST(two_starts_have_others),
		TEST(an_ebda_that_moves_takes_its_own_along),
		TEST(one_on_the_stack_counts_by_itself),
		TEST(without_a_time_stamp_counter_the_timer_is_taken),
		TEST(without_memory_the_others_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
