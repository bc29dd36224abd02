/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/watch_test.c: what a start leaves in RAM for the next one, what a reset in between makes of it, and
 * what somebody else can make of it.
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/watch.c"		/* its variables are made anew at each start, as a reset does */
#include "arch/layout.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/endian.h"

#define RAM_BYTES	0x40000u

struct rt16_vars rt16_vars;

/* A start: variables are 0, RAM is what it was. */
static void start(uint32_t seconds)
{
	memset(&now, 0, sizeof(now));
	memset(&rt16_vars, 0, sizeof(rt16_vars));
	fake_log_reset();
	rom_watch_init(seconds);
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(RAM_BYTES);
	start(60);
	return 0;
}

/* The tick's word. */
static void expire(void)
{
	put_le32(fake_ram + ROM_WATCH_EXPIRED_AT, ROM_WATCH_EXPIRED);
}

static void comes_back(const char *name)
{
	assert_false(rom_watch_left_out(name));
	rom_watch_begin(name);
	assert_int_equal(rt16_vars.rom_ticks, rt16_vars.rom_ticks_given);
	rom_watch_end();
	assert_int_equal(rt16_vars.rom_ticks, 0);
}

/* One that hangs until the tick resets the machine, and one that resets it by itself. */
static void hangs(const char *name)
{
	assert_false(rom_watch_left_out(name));
	rom_watch_begin(name);
	expire();
	start(60);
}

static void crashes(const char *name)
{
	assert_false(rom_watch_left_out(name));
	rom_watch_begin(name);
	start(60);
}

static void seconds_are_ticks(void **state)
{
	static const struct { uint32_t seconds, ticks; } given[] = {
		{ 0, 0 }, { 1, 18 }, { 60, 1092 }, { 3599, 65525 }, { ROM_WATCH_SECONDS_MAX, 65535 }, { 3600, 65535 },
		{ 3601, 65535 }, { UINT32_MAX, 65535 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(given); i++) {
		start(given[i].seconds);
		assert_int_equal(rt16_vars.rom_ticks_given, given[i].ticks);
		assert_int_equal(rt16_vars.rom_ticks, 0);
		rom_watch_begin("rom");
		assert_int_equal(rt16_vars.rom_ticks, given[i].ticks);
		rom_watch_end();
	}
}

static void one_that_comes_back_leaves_nothing(void **state)
{
	(void)state;
	comes_back("rom");
	start(60);
	comes_back("rom");
	rom_watch_forget();
	assert_int_equal(get_le32(fake_ram + ROM_WATCH_AT), 0);
	start(60);
	comes_back("rom");
	assert_int_equal(fake_log_lines(), 0);
}

static void one_that_hangs_is_left_out_at_the_next_start(void **state)
{
	(void)state;
	comes_back("first");
	hangs("second");
	comes_back("first");
	assert_true(rom_watch_left_out("second"));
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("rom: second: its init has not come back at the last start, and the machine was reset; left out"));
	comes_back("third");
	rom_watch_forget();
	start(60);				/* a program's reset: all of them are tried again */
	comes_back("second");
	assert_int_equal(fake_log_lines(), 0);
}

/* A watchdog has seen it, whatever is left of the record of ours. */
static void one_of_which_a_watchdog_tells_is_left_out(void **state)
{
	(void)state;
	for (uint32_t record = 0; record < 4; record++) {
		fake_ram_reset(RAM_BYTES);
		start(60);
		comes_back("first");
		if (record < 3)
			rom_watch_begin("second");
		if (record == 1)
			expire();
		if (record == 2)
			fake_ram[ROM_WATCH_AT + 9] ^= 1;
		rom_watch_hung(rom_watch_number("second"));
		start(60);
		assert_int_equal(now.count, 1);
		assert_true(rom_watch_left_out("second"));
		comes_back("first");
		rom_watch_forget();
		start(60);		/* it is told for one start */
		comes_back("second");
	}
}

static void a_watchdog_adds_to_those_that_are_left_out(void **state)
{
	(void)state;
	hangs("first");
	rom_watch_begin("second");
	rom_watch_hung(rom_watch_number("second"));
	start(60);
	assert_true(rom_watch_left_out("first"));
	assert_true(rom_watch_left_out("second"));
	assert_false(rom_watch_left_out("third"));
}

/* QEMU may reset the machine once more for the second way in which the tick asks for it. */
static void a_second_reset_on_the_heels_of_the_first_loses_nothing(void **state)
{
	(void)state;
	hangs("rom");
	start(60);
	start(60);
	assert_true(rom_watch_left_out("rom"));
	comes_back("other");
	start(60);
	assert_true(rom_watch_left_out("rom"));
	crashes("other");
	start(60);
	crashes("other");
	start(60);
	crashes("other");
	start(60);
	assert_true(rom_watch_left_out("other"));
}

static void one_hangs_after_the_other_until_none_is_left(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h" };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		hangs(names[i]);
		for (uint32_t n = 0; n < ARRAY_SIZE(names); n++)
			assert_int_equal(rom_watch_left_out(names[n]), n <= i);
	}
}

static void when_the_list_is_full_the_oldest_has_another_try(void **state)
{
	char name[16];

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "rom%u", i);
		hangs(name);
		for (uint32_t n = 0; n <= i; n++) {
			snprintf(name, sizeof(name), "rom%u", n);
			assert_int_equal(rom_watch_left_out(name), n + 8 > i);
		}
	}
}

static void one_that_crashes_is_left_out_after_its_third_try(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		comes_back("first");
		crashes("second");
	}
	comes_back("first");
	crashes("second");
	assert_true(rom_watch_left_out("second"));
	comes_back("first");
	crashes("third");			/* and has its own three */
	assert_true(rom_watch_left_out("second"));
	crashes("third");
	crashes("third");
	assert_true(rom_watch_left_out("second"));
	assert_true(rom_watch_left_out("third"));
	comes_back("first");
}

static void a_reset_while_none_runs_is_no_try(void **state)
{
	(void)state;
	rom_watch_begin("rom");
	for (uint32_t i = 0; i < 5; i++)
		start(60);
	comes_back("rom");
}

static void time_that_ran_out_is_that_of_the_one_that_ran(void **state)
{
	(void)state;
	hangs("first");
	crashes("second");
	comes_back("second");
}

static void tries_are_counted_in_a_row(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		crashes("rom");
		crashes("rom");
		comes_back("rom");		/* somebody has pressed the button twice */
		crashes("rom");
		crashes("other");
		crashes("rom");
		crashes("rom");
		comes_back("rom");
	}
}

/* Power that goes off between two words; the time that has run out is told behind the sum. */
static void a_record_that_is_damaged_is_none(void **state)
{
	for (uint32_t at = 0; at < ROM_WATCH_EXPIRED_AT - ROM_WATCH_AT; at++)
		for (uint32_t bit = 0; bit < 8; bit++) {
			set_up(state);
			rom_watch_begin("rom");
			expire();
			fake_ram[ROM_WATCH_AT + at] ^= (uint8_t)(1 << bit);
			start(60);
			comes_back("rom");
		}
}

static void only_the_ticks_word_says_that_time_has_run_out(void **state)
{
	for (uint32_t bit = 0; bit < 32; bit++) {
		set_up(state);
		rom_watch_begin("rom");
		put_le32(fake_ram + ROM_WATCH_EXPIRED_AT, ROM_WATCH_EXPIRED ^ 1u << bit);
		start(60);
		comes_back("rom");
	}
	set_up(state);
	expire();				/* an old one */
	crashes("rom");
	comes_back("rom");
}

/* With a right sum: it costs the ROMs it names one start, whatever it says. */
static void a_forged_record_costs_one_start_and_no_more(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		uint32_t *word = (uint32_t *)(fake_ram + ROM_WATCH_AT), sum = 0;

		for (uint32_t n = 0; n < RAM_BYTES / 4 - ROM_WATCH_AT / 4; n++) {
			seed = seed * 1664525 + 1013904223;
			word[n] = n < 16 ? seed : 0x5a5a5a5a;
		}
		word[0] = MAGIC;
		word[4] = i % 20 == 19 ? seed : i % 20;
		if (i % 3 == 0)
			word[1] = word[2] = rom_watch_number("rom");
		if (i % 3 == 0)
			word[3] = i % 5;
		word[13] = 0;
		for (uint32_t n = 0; n < 13; n++)
			sum += word[n];
		word[13] = -sum;
		if (i & 1)
			expire();
		start(60);
		assert_true(now.count <= 8);
		if (i % 3 == 0 && i % 20 <= 8)
			assert_int_equal(rom_watch_left_out("rom"), i & 1 || i % 5 >= 2);
		rom_watch_begin("other");
		rom_watch_end();
		rom_watch_forget();
		start(60);
		comes_back("rom");
		for (uint32_t n = 16; n < 64; n++)
			assert_int_equal(word[n], 0x5a5a5a5a);
	}
}

static void what_ram_holds_at_power_on_means_nothing(void **state)
{
	static const uint8_t fill[] = { 0, 0xff, 0x55 };

	for (uint32_t i = 0; i < ARRAY_SIZE(fill); i++) {
		set_up(state);
		memset(fake_ram, fill[i], RAM_BYTES);
		start(60);
		comes_back("rom");
		crashes("rom");
		comes_back("rom");
	}
}

/* Page 0 and what lies beyond the record are not its own. */
static void nothing_else_is_written(void **state)
{
	(void)state;
	memset(fake_ram, 0x33, RAM_BYTES);
	hangs("rom");
	comes_back("other");
	for (uint32_t i = 0; i < RAM_BYTES; i++)
		if (i < ROM_WATCH_AT || i >= ROM_WATCH_AT + sizeof(struct record))
			assert_int_equal(fake_ram[i], 0x33);
	/* Above boot sectors, below what an NMI has on the way to POST, and not in what PMM gives. */
	assert_true(ROM_WATCH_AT >= 0x8000 && ROM_WATCH_AT + sizeof(struct record) <= TRANSIT_STACK - 32);
	assert_true(ROM_WATCH_AT + sizeof(struct record) <= 0x30000);	/* ZONE_TEMP */
}

static int done(void **state)
{
	(void)state;
	fake_ram_reset(0);
	return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(seconds_are_ticks),
		TEST(one_that_comes_back_leaves_nothing),
		TEST(one_that_hangs_is_left_out_at_the_next_start),
		TEST(one_of_which_a_watchdog_tells_is_left_out),
		TEST(a_watchdog_adds_to_those_that_are_left_out),
		TEST(a_second_reset_on_the_heels_of_the_first_loses_nothing),
		TEST(one_hangs_after_the_other_until_none_is_left),
		TEST(when_the_list_is_full_the_oldest_has_another_try),
		TEST(one_that_crashes_is_left_out_after_its_third_try),
		TEST(a_reset_while_none_runs_is_no_try),
		TEST(time_that_ran_out_is_that_of_the_one_that_ran),
		TEST(tries_are_counted_in_a_row),
		TEST(a_record_that_is_damaged_is_none),
		TEST(only_the_ticks_word_says_that_time_has_run_out),
		TEST(a_forged_record_costs_one_start_and_no_more),
		TEST(what_ram_holds_at_power_on_means_nothing),
		TEST(nothing_else_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
