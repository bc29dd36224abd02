/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/rtc_test.c: the time of day, what is no time, and no clock.
 * LINK: src/hw/rtc.c src/hw/cmos.c tests/fake/cmos.c tests/fake/io.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/cmos.h"
#include "fake/io.h"
#include "fake/timer.h"
#include "hw/rtc.h"
#include "lib/errno.h"

static int setup(void **state)
{
	(void)state;
	fake_io_reset();
	fake_timer_reset();
	fake_cmos_add();
	fake_cmos[0x0a] = 0x26;
	fake_cmos[0x0b] = 0x02;
	return 0;
}

static void set(uint8_t h, uint8_t m, uint8_t s)
{
	fake_cmos[4] = h;
	fake_cmos[2] = m;
	fake_cmos[0] = s;
}

static void time_of_day_takes_eight_accesses(void **state)
{
	uint32_t seconds;

	(void)state;
	set(0x23, 0x59, 0x59);
	assert_int_equal(rtc_time_of_day(&seconds), 0);
	assert_int_equal(seconds, 86399);
	assert_int_equal(fake_io_accesses(), 8);
	set(0, 0, 0);
	assert_int_equal(rtc_time_of_day(&seconds), 0);
	assert_int_equal(seconds, 0);
	set(0x09, 0x10, 0x08);
	assert_int_equal(rtc_time_of_day(&seconds), 0);
	assert_int_equal(seconds, 9 * 3600 + 10 * 60 + 8);
}

static void what_is_no_time_is_refused(void **state)
{
	static const uint8_t bad[][3] = {
		{ 0x24, 0, 0 }, { 0x0a, 0, 0 }, { 0x1f, 0, 0 }, { 0x81, 0, 0 }, { 0xff, 0, 0 },
		{ 0, 0x60, 0 }, { 0, 0x5a, 0 }, { 0, 0xff, 0 }, { 0, 0, 0x60 }, { 0, 0, 0x0f }, { 0, 0, 0xff }, { 0xff, 0xff, 0xff },
	};
	uint32_t seconds;

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set(bad[i][0], bad[i][1], bad[i][2]);
		seconds = 5;
		assert_int_equal(rtc_time_of_day(&seconds), -EINVAL);
		assert_int_equal(seconds, 0);
	}
}

static void without_a_clock_two_accesses(void **state)
{
	uint32_t seconds = 5;

	(void)state;
	fake_io_reset();
	assert_int_equal(rtc_time_of_day(&seconds), -ENODEV);
	assert_int_equal(seconds, 0);
	assert_int_equal(fake_io_accesses(), 2);
}

static uint32_t looks;

static void update_ends(void)
{
	if (++looks == 3)
		fake_cmos[0x0a] = 0x26;
}

static void an_update_is_waited_for_and_not_for_ever(void **state)
{
	uint32_t seconds;

	(void)state;
	set(1, 0, 0);
	fake_cmos[0x0a] = 0xa6;
	assert_int_equal(rtc_time_of_day(&seconds), -ETIMEDOUT);
	assert_int_equal(seconds, 0);
	fake_timer_tick = update_ends;
	assert_int_equal(rtc_time_of_day(&seconds), 0);
	assert_int_equal(looks, 3);
	assert_int_equal(seconds, 3600);
}

static void what_a_guest_has_set_is_put_back(void **state)
{
	(void)state;
	fake_cmos[0x0a] = 0x2f;
	fake_cmos[0x0b] = 0x74;
	rtc_reset();
	assert_int_equal(fake_cmos[0x0a], 0x26);
	assert_int_equal(fake_cmos[0x0b], 0x02);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(time_of_day_takes_eight_accesses),
		TEST(what_is_no_time_is_refused),
		TEST(without_a_clock_two_accesses),
		TEST(an_update_is_waited_for_and_not_for_ever),
		TEST(what_a_guest_has_set_is_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
