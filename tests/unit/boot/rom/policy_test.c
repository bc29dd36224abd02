/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/policy_test.c: what users and QEMU can say of option ROMs, and what means nothing.
 * LINK: src/fw/knob.c src/boot/rom/policy.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/policy.h"
#include "boot/rom/watch.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "lib/bits.h"

static char text[32];
static uint64_t value;

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_files_reset();
	memset(&rom_policy, 0xff, sizeof(rom_policy));
	return 0;
}

static void assert_policy(bool of_display, bool of_functions, bool none, bool all, bool any_sum, uint32_t seconds)
{
	rom_policy_init();
	assert_int_equal(rom_policy.of_display, of_display);
	assert_int_equal(rom_policy.of_functions, of_functions);
	assert_int_equal(rom_policy.none, none);
	assert_int_equal(rom_policy.all, all);
	assert_int_equal(rom_policy.any_sum, any_sum);
	assert_int_equal(rom_policy.seconds, seconds);
}

static void where_nobody_says_anything_those_that_are_needed_run(void **state)
{
	(void)state;
	assert_policy(true, true, false, false, false, ROM_WATCH_SECONDS);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_files.accesses, 0);
}

static void qemus_numbers_count_in_each_width(void **state)
{
	static const uint8_t widths[] = { 1, 2, 4, 8 };

	for (uint32_t w = 0; w < ARRAY_SIZE(widths); w++)
		for (value = 0; value < 4; value++) {
			set_up(state);
			fake_files_add("etc/pci-optionrom-exec", &value, widths[w]);
			assert_policy(value >= 1, value >= 2, false, false, false, ROM_WATCH_SECONDS);
			assert_int_equal(fake_log_lines(), value > 2);
			set_up(state);
			fake_files_add("etc/optionroms-checksum", &value, widths[w]);
			assert_policy(true, true, false, false, value == 0, ROM_WATCH_SECONDS);
			assert_int_equal(fake_log_lines(), value > 1);
		}
}

static void numbers_that_mean_nothing_cost_a_line(void **state)
{
	static const uint8_t widths[] = { 0, 3, 5, 9 };

	value = 0;
	for (uint32_t w = 0; w < ARRAY_SIZE(widths); w++) {
		set_up(state);
		fake_files_add("etc/pci-optionrom-exec", &value, widths[w]);
		assert_policy(true, true, false, false, false, ROM_WATCH_SECONDS);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("rom: etc/pci-optionrom-exec: a number up to 2 in 1, 2, 4 or 8 bytes expected"));
	}
	set_up(state);
	value = 1ull << 32;
	fake_files_add("etc/pci-optionrom-exec", &value, 8);
	assert_policy(true, true, false, false, false, ROM_WATCH_SECONDS);
	assert_int_equal(fake_log_lines(), 1);
	set_up(state);
	value = 0;
	fake_files_add("etc/pci-optionrom-exec", &value, 8);
	fake_files.fail_at = 1;
	assert_policy(true, true, false, false, false, ROM_WATCH_SECONDS);
	assert_int_equal(fake_log_lines(), 1);
}

static void say(const char *name, const char *what)
{
	set_up(NULL);
	strcpy(text, what);
	fake_files_add(name, text, (uint32_t)strlen(what));
}

static void a_user_may_want_none_or_all(void **state)
{
	static const struct { const char *text; bool none, all; } words[] = {
		{ "off", true, false }, { "all", false, true }, { "off\n", true, false }, { "all\n", false, true },
		{ "", false, false }, { "\n", false, false }, { "of", false, false }, { "al", false, false }, { "offf", false, false },
		{ "all ", false, false }, { "OFF", false, false }, { "on", false, false }, { "allxxxxxxx", false, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(words); i++) {
		say("opt/org.slipway/roms", words[i].text);
		assert_policy(true, true, words[i].none, words[i].all, false, ROM_WATCH_SECONDS);
		assert_int_equal(fake_log_lines(), !words[i].none && !words[i].all);
	}
	say("opt/org.slipway/roms", "off");
	fake_files.fail_at = 1;
	assert_policy(true, true, false, false, false, ROM_WATCH_SECONDS);
}

static void a_user_may_give_them_another_time(void **state)
{
	static const struct { const char *text; uint32_t seconds; bool good; } times[] = {
		{ "0", 0, true }, { "1", 1, true }, { "300", 300, true }, { "3600", 3600, true }, { "00000300", 300, true },
		{ "300\n", 300, true }, { "3601", 60, false }, { "99999999", 60, false }, { "4294967297", 60, false },
		{ "000000300", 60, false }, { "000000001", 60, false }, { "", 60, false }, { "\n", 60, false }, { "-1", 60, false },
		{ " 1", 60, false }, { "1 ", 60, false }, { "0x10", 60, false }, { "1s", 60, false }, { ":", 60, false }, { "/", 60, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(times); i++) {
		say("opt/org.slipway/rom-seconds", times[i].text);
		assert_policy(true, true, false, false, false, times[i].seconds);
		assert_int_equal(fake_log_lines(), !times[i].good);
	}
	say("opt/org.slipway/rom-seconds", "4294967297");
	rom_policy_init();
	assert_true(fake_log_has("rom: opt/org.slipway/rom-seconds: a number up to 3600 expected, \"4294967~\" found; 60 is taken"));
	say("opt/org.slipway/rom-seconds", "5");
	fake_files.fail_at = 1;
	assert_policy(true, true, false, false, false, ROM_WATCH_SECONDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(where_nobody_says_anything_those_that_are_needed_run, set_up),
		cmocka_unit_test_setup(qemus_numbers_count_in_each_width, set_up),
		cmocka_unit_test_setup(numbers_that_mean_nothing_cost_a_line, set_up),
		cmocka_unit_test_setup(a_user_may_want_none_or_all, set_up),
		cmocka_unit_test_setup(a_user_may_give_them_another_time, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
