/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/keyboard_test.c: scan codes in, keys out: every code under every modifier as SeaBIOS has it
 * (tests/data/keyboard), then what is more than a key.
 * LINK: src/rt16/serial_console.c src/rt16/serial_keys.c src/rt16/serial_text.c src/rt16/cp437.c
 * LINK: src/rt16/keyboard.c src/rt16/key_table.c tests/fake/rt16.c tests/fake/io.c tests/fake/ram.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/far.h"
#include "fake/io.h"
#include "fake/rt16.h"
#include "rt16/keyboard.h"
#include "rt16/service16.h"
#include "std/bda.h"

#define CODES 0x59

static uint8_t status, data, told[16];
static uint32_t told_count;
static uint32_t ends;

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert_int_equal(width, 1);
	return port == 0x64 ? status : data;
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	assert_int_equal(port, 0x60);
	told[told_count++ % 16] = (uint8_t)value;
}

static void end_of_interrupt(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)port, (void)width;
	assert_int_equal(value, 0x20);
	ends++;
}

static volatile struct bda *bda(void)
{
	return far_open(BDA_SEGMENT, 0);
}

static int setup(void **state)
{
	(void)state;
	fake_rt16_reset();
	fake_io_add(0x60, 0x64, in, out, NULL);
	fake_io_add(0x20, 0x20, NULL, end_of_interrupt, NULL);
	status = 0x1d;
	ends = told_count = 0;
	bda()->kbd_start = bda()->kbd_head = bda()->kbd_tail = 0x1e;
	bda()->kbd_end = 0x3e;
	bda()->kbd_mode = 0x10;
	return 0;
}

static void type(uint8_t code)
{
	uint32_t before = ends;

	data = code;
	keyboard_interrupt();
	assert_int_equal(ends, before + 1);
}

static void press_and_release(uint8_t code)
{
	type(code);
	type(code | 0x80);
}

/* The next key of the buffer, 0xffff: there is none. */
static uint16_t next(void)
{
	volatile struct bda *b = bda();
	uint16_t at = b->kbd_head;

	if (at == b->kbd_tail)
		return 0xffff;
	b->kbd_head = at + 2 == b->kbd_end ? b->kbd_start : at + 2;
	return *(volatile uint16_t *)far_open(BDA_SEGMENT, at);
}

/* --- as recorded ------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	bool ctrl, alt;
	uint8_t press[4], release[4];
} modifiers[] = {
	{ "-",		false, false, { 0 }, { 0 } },
	{ "lshift",	false, false, { 0x2a }, { 0xaa } },
	{ "rshift",	false, false, { 0x36 }, { 0xb6 } },
	{ "lctrl",	true, false, { 0x1d }, { 0x9d } },
	{ "rctrl",	true, false, { 0xe0, 0x1d }, { 0xe0, 0x9d } },
	{ "lalt",	false, true, { 0x38 }, { 0xb8 } },
	{ "ralt",	false, true, { 0xe0, 0x38 }, { 0xe0, 0xb8 } },
	{ "ctrl+alt",	true, true, { 0x1d, 0x38 }, { 0xb8, 0x9d } },
	{ "ctrl+shift",	true, false, { 0x1d, 0x2a }, { 0xaa, 0x9d } },
	{ "alt+shift",	false, true, { 0x38, 0x2a }, { 0xaa, 0xb8 } },
};
#define SETS (sizeof(modifiers) / sizeof(modifiers[0]))

static char text[64];

static void add(uint16_t word)
{
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%04x", *text ? "+" : "", word);
}

static void take_events(void)
{
	for (uint32_t i = 0; i < fake_call_count; i++)
		add(0xf100 | (fake_calls[i].vector == 0x15 ? 0x80 | (fake_calls[i].ax & 0xff) : fake_calls[i].vector));
	fake_call_count = 0;
	for (uint16_t word = next(); word != 0xffff; word = next())
		add(word);
}

static uint32_t flags(void)
{
	return bda()->kbd_flags[0] | bda()->kbd_flags[1] << 8 | (bda()->kbd_mode & 15u) << 16 | (bda()->kbd_leds & 7u) << 24;
}

/* What is meant to be unlike the recording. */
static const char *expected(unsigned int m, uint8_t prefix, unsigned int code, const char *recorded)
{
	static const char *const digits[] = { "0007", "0008", "0009", NULL, "0004", "0005", "0006", NULL, "0001", "0002", "0003" };

	if (modifiers[m].ctrl && prefix && code == 0x37)
		return "7200";			/* Ctrl-PrtSc */
	if (modifiers[m].alt && !prefix && code >= 0x47 && code <= 0x51 && digits[code - 0x47])
		return digits[code - 0x47];	/* a character by its number */
	return recorded;
}

static void check_flags(unsigned int m, unsigned int code, uint32_t before, uint32_t pressed, uint32_t released, const char *recorded)
{
	uint32_t want_pressed = before, want_released = before, care = 0x00ffffff;

	if (recorded)
		assert_int_equal(sscanf(recorded, "%x,%x", &want_pressed, &want_released), 2);
	if (code == 0x52 || code == 0x54)
		return;		/* Ins and SysRq have flags */
	if ((code == 0x1d && modifiers[m].ctrl) || (code == 0x38 && modifiers[m].alt))
		care = 0x00fffff3;	/* the other key of the kind is still held */
	assert_int_equal(pressed & 0x00ffffff, want_pressed & 0x00ffffff);
	assert_int_equal(released & care, want_released & care);
	assert_int_equal(pressed >> 24, pressed >> 4 & 7);	/* lights follow at once */
}

static void check_code(unsigned int m, uint8_t locks, uint8_t prefix, unsigned int code, char *recorded)
{
	char *bracket = strchr(recorded, '(');
	uint32_t before, pressed, released;

	*text = 0;
	bda()->kbd_flags[0] = locks;
	bda()->kbd_flags[1] = 0;
	bda()->kbd_mode = 0x10;
	bda()->kbd_leds = locks >> 4;
	bda()->alt_keypad = 0;
	for (unsigned int i = 0; i < 4 && modifiers[m].press[i]; i++)
		type(modifiers[m].press[i]);
	before = flags();
	if (prefix)
		type(prefix);
	type((uint8_t)code);
	pressed = flags();
	take_events();
	if (prefix)
		type(prefix);
	type((uint8_t)code | 0x80);
	released = flags();
	take_events();
	for (unsigned int i = 0; i < 4 && modifiers[m].release[i]; i++)
		type(modifiers[m].release[i]);
	take_events();
	if (bracket)
		*bracket++ = 0;
	check_flags(m, code, before, pressed, released, bracket);
	if (strcmp(*text ? text : "-", expected(m, prefix, code, recorded)))
		fail_msg("%s, locks %02x, prefix %02x, code %02x: %s, recorded %s", modifiers[m].name, locks, prefix, code, text, recorded);
}

static void every_code_is_what_it_was_recorded_to_be(void **state)
{
	FILE *f = fopen("tests/data/keyboard/keys.txt", "r");
	unsigned int lines = 0, m, locks, prefix;
	static char line[4096];
	char name[16];
	int at;

	(void)state;
	assert_non_null(f);
	for (; fgets(line, sizeof(line), f); lines++) {
		assert_int_equal(sscanf(line, "%15s locks %x prefix %x:%n", name, &locks, &prefix, &at), 3);
		for (m = 0; strcmp(modifiers[m].name, name); m++)
			assert_true(m < SETS - 1);
		char *word = strtok(line + at, " \n");

		for (unsigned int code = 1; code < CODES; code++, word = strtok(NULL, " \n")) {
			assert_non_null(word);
			if (strcmp(word, "reset") && strcmp(word, "pause"))
				check_code(m, (uint8_t)locks, (uint8_t)prefix, code, word);
		}
		assert_null(word);
	}
	fclose(f);
	assert_int_equal(lines, SETS * 4 * 2);
}

/* --- more than a key -------------------------------------------------------------------------- */

static void codes_beyond_the_table_are_nothing(void **state)
{
	(void)state;
	for (unsigned int code = CODES; code < 0x80; code++) {
		if (code == 0x7a || code == 0x7e)	/* released, they would be FA and FE */
			continue;
		type((uint8_t)code);
		type((uint8_t)(code | 0x80));
		if (code != 0x60 && code != 0x61) {	/* E0 and E1 */
			type(0xe0);
			type((uint8_t)code);
		}
		bda()->kbd_mode = 0x10;
	}
	assert_int_equal(next(), 0xffff);
	assert_int_equal(fake_call_count, 0);
}

static void the_buffer_holds_fifteen_and_comes_round(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < 20; i++)
			press_and_release((uint8_t)(0x02 + i % 9));
		for (unsigned int i = 0; i < 15; i++)
			assert_int_equal(next() >> 8, 2 + i % 9);
		assert_int_equal(next(), 0xffff);
	}
}

static void a_held_lock_toggles_once(void **state)
{
	(void)state;
	type(0x3a);
	type(0x3a);
	assert_int_equal(bda()->kbd_flags[0], 0x40);
	assert_int_equal(bda()->kbd_leds, 0x44);
	type(0xba);
	press_and_release(0x3a);
	assert_int_equal(bda()->kbd_flags[0], 0);
	assert_int_equal(bda()->kbd_leds, 0x40);
}

static void insert_toggles_where_it_is_no_zero(void **state)
{
	(void)state;
	press_and_release(0x52);
	assert_int_equal(bda()->kbd_flags[0], 0x80);
	bda()->kbd_flags[0] = 0x20;
	press_and_release(0x52);
	assert_int_equal(bda()->kbd_flags[0], 0x20);
	type(0xe0);
	type(0x52);
	assert_int_equal(bda()->kbd_flags[0], 0xa0);
	assert_int_equal(bda()->kbd_flags[1], 0x80);
}

static void a_character_can_be_given_by_its_number(void **state)
{
	(void)state;
	type(0x38);
	press_and_release(0x50);
	press_and_release(0x4b);
	press_and_release(0x4d);
	assert_int_equal(next(), 0xffff);
	type(0xb8);
	assert_int_equal(next(), 246);
	assert_int_equal(bda()->alt_keypad, 0);
	/* Another key in between begins anew. */
	type(0x38);
	press_and_release(0x4f);
	press_and_release(0x1e);
	press_and_release(0x4c);
	type(0xb8);
	assert_int_equal(next(), 0x1e00);
	assert_int_equal(next(), 5);
	assert_int_equal(next(), 0xffff);
}

static uint32_t intercept(uint16_t vector, uint16_t ax)
{
	assert_int_equal(vector, 0x15);
	if (ax == 0x4f1e)
		return 0x4f30 | VECTOR_SET_CARRY;
	return ax == 0x4f10 ? ax : ax | VECTOR_SET_CARRY;
}

static void int_15_4f_changes_and_takes_keys(void **state)
{
	(void)state;
	fake_vector = intercept;
	press_and_release(0x1e);
	press_and_release(0x10);
	press_and_release(0x11);
	assert_int_equal(next(), 0x3062);
	assert_int_equal(next(), 0x1177);
	assert_int_equal(next(), 0xffff);
	assert_int_equal(fake_intercepts, 6);
}

static void a_byte_of_the_mouse_is_left_alone(void **state)
{
	(void)state;
	status = 0x3d;
	type(0x1e);
	assert_int_equal(fake_intercepts, 0);
	assert_int_equal(next(), 0xffff);
}

static void answers_of_the_keyboard_are_no_keys(void **state)
{
	(void)state;
	type(0xfa);
	assert_int_equal(bda()->kbd_leds, 0x10);
	type(0xfe);
	assert_int_equal(bda()->kbd_leds, 0x30);
	assert_int_equal(next(), 0xffff);
}

static void the_keyboard_is_told_its_lights(void **state)
{
	(void)state;
	press_and_release(0x3a);
	assert_int_equal(told_count, 1);
	assert_int_equal(told[0], 0xed);
	type(0xfa);
	assert_int_equal(told_count, 2);
	assert_int_equal(told[1], 0x04);
	type(0xfa);
	assert_int_equal(told_count, 2);
	assert_int_equal(bda()->kbd_leds, 0x14);
	/* What a program has told it is its own. */
	type(0xfa);
	assert_int_equal(told_count, 2);
	/* A keyboard that did not answer is told again. */
	press_and_release(0x45);
	press_and_release(0x46);
	type(0xfa);
	assert_int_equal(told_count, 5);
	assert_int_equal(told[4], 0x07);
	type(0xe0);
	press_and_release(0x52);
	assert_int_equal(told_count, 5);
	/* One that takes nothing is let alone. */
	status |= 2;
	press_and_release(0x3a);
	assert_int_equal(told_count, 5);
	assert_int_equal(bda()->kbd_leds & 7, 3);
	assert_int_equal(next(), 0x52e0);
	assert_int_equal(next(), 0xffff);
}

static void ctrl_alt_del_restarts_the_machine(void **state)
{
	volatile bool done = false;

	(void)state;
	if (!setjmp(fake_reset)) {
		type(0x1d);
		type(0x38);
		done = true;
		data = 0x53;
		keyboard_interrupt();
		fail_msg("it goes on");
	}
	assert_true(done);
	assert_int_equal(bda()->reset_flag, 0x1234);
}

static void ctrl_break_empties_the_buffer(void **state)
{
	(void)state;
	press_and_release(0x1e);
	press_and_release(0x1e);
	type(0x1d);
	type(0xe0);
	type(0x46);
	assert_int_equal(fake_call_count, 1);
	assert_int_equal(fake_calls[0].vector, 0x1b);
	assert_int_equal(bda()->ctrl_break, 0x80);
	assert_int_equal(next(), 0);
	assert_int_equal(next(), 0xffff);
}

static unsigned int step;

static void during_pause(void)
{
	static const uint8_t codes[] = { 0xe1, 0x9d, 0xc5, 0x2a, 0xaa, 0x9e, 0x1e };

	assert_true(step < sizeof(codes));
	assert_int_equal(bda()->kbd_flags[1] & 8, 8);
	assert_int_equal(ends, step + 3);	/* the interrupt is over before the wait */
	type(codes[step++]);
}

static void pause_holds_until_the_next_key(void **state)
{
	(void)state;
	step = 0;
	fake_interrupt = during_pause;
	type(0xe1);
	type(0x1d);
	data = 0x45;
	keyboard_interrupt();
	assert_int_equal(step, 7);
	assert_int_equal(next(), 0xffff);
	assert_int_equal(bda()->kbd_flags[0], 0);
	assert_int_equal(bda()->kbd_flags[1], 0);
	type(0x9e);
	press_and_release(0x1e);
	assert_int_equal(next(), 0x1e61);
}

static void next_key(void)
{
	type(0x39);
}

static void ctrl_and_num_lock_are_pause(void **state)
{
	(void)state;
	fake_interrupt = next_key;
	type(0x1d);
	data = 0x45;
	keyboard_interrupt();
	assert_int_equal(fake_waits, 1);
	assert_int_equal(bda()->kbd_flags[0], 4);
	assert_int_equal(next(), 0xffff);
}

static void restart_in_pause(void)
{
	static const uint8_t codes[] = { 0x1d, 0x38, 0x53 };

	assert_true(step < sizeof(codes));
	type(codes[step++]);
}

static void ctrl_alt_del_restarts_in_a_pause_too(void **state)
{
	(void)state;
	step = 0;
	fake_interrupt = restart_in_pause;
	if (!setjmp(fake_reset)) {
		type(0xe1);
		type(0x1d);
		data = 0x45;
		keyboard_interrupt();
		fail_msg("it goes on");
	}
	assert_int_equal(step, 3);
	assert_int_equal(bda()->reset_flag, 0x1234);
}

static void sysrq_calls_once_each_way(void **state)
{
	(void)state;
	type(0x54);
	type(0x54);
	type(0xd4);
	assert_int_equal(fake_call_count, 2);
	assert_int_equal(fake_calls[0].ax, 0x8500);
	assert_int_equal(fake_calls[1].ax, 0x8501);
}

/* --- INT 16h ---------------------------------------------------------------------------------- */

static struct regs call(uint16_t ax, uint16_t flags_in)
{
	struct regs r = { .ax = ax, .bx = 0x1111, .cx = 0x2222, .dx = 0x3333, .flags = flags_in };

	keyboard_service(&r);
	return r;
}

static void functions_that_do_not_exist_change_nothing(void **state)
{
	static const uint8_t there[] = { 0x00, 0x01, 0x02, 0x05, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x92 };

	(void)state;
	for (unsigned int ah = 0; ah < 0x100; ah++) {
		struct regs r = { .ax = (uint16_t)(ah << 8 | 0x55), .flags = FLAGS_CF }, before = r;

		if (memchr(there, (int)ah, sizeof(there)))
			continue;
		keyboard_service(&r);
		assert_memory_equal(&r, &before, sizeof(r));
	}
}

static void keys_are_looked_at_and_taken(void **state)
{
	(void)state;
	assert_int_equal(call(0x0100, FLAGS_CF).flags, FLAGS_CF | FLAGS_ZF);
	assert_int_equal(call(0x0155, 0).ax, 0x0155);
	press_and_release(0x1e);
	press_and_release(0x30);
	assert_int_equal(call(0x0100, FLAGS_ZF).ax, 0x1e61);
	assert_int_equal(call(0x1100, FLAGS_ZF | FLAGS_CF).flags, FLAGS_CF);
	assert_int_equal(call(0x0000, 0).ax, 0x1e61);
	assert_int_equal(call(0x1000, FLAGS_ZF).ax, 0x3062);
	assert_int_equal(call(0x1100, 0).flags, FLAGS_ZF);
	assert_int_equal(fake_waits, 0);
}

static void a_second_later(void)
{
	if (fake_waits == 3)
		type(0x1e);
}

static void who_wants_a_key_waits_for_it(void **state)
{
	(void)state;
	fake_interrupt = a_second_later;
	assert_int_equal(call(0x0000, 0).ax, 0x1e61);
	assert_int_equal(fake_waits, 3);
	assert_int_equal(next(), 0xffff);
}

static void old_functions_know_no_grey_keys(void **state)
{
	static const uint16_t words[][3] = {	/* in the buffer, AH=00h, AH=10h */
		{ 0x47e0, 0x4700, 0x47e0 }, { 0xe00d, 0x1c0d, 0xe00d }, { 0xe00a, 0x1c0a, 0xe00a }, { 0xe02f, 0x352f, 0xe02f },
		{ 0x01f0, 0x0100, 0x0100 }, { 0x00f0, 0x00f0, 0x00f0 }, { 0x00e0, 0x00e0, 0x00e0 }, { 0xe041, 0xe041, 0xe041 },
		{ 0x8500, 0x8500, 0x8500 }, { 0xe0e0, 0xe000, 0xe0e0 }, { 0xe0f0, 0xe000, 0xe000 }, { 0, 0, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (unsigned int n = 0; n < 2; n++) {
			struct regs r = { .ax = 0x0500, .cx = words[i][0] };

			keyboard_service(&r);
			assert_int_equal(r.ax, 0x0500);
		}
		assert_int_equal(call(0x0100, 0).ax, words[i][1]);
		assert_int_equal(call(0x0000, 0).ax, words[i][1]);
		assert_int_equal(call(0x1100, 0).ax, words[i][2]);
		assert_int_equal(call(0x1000, 0).ax, words[i][2]);
	}
}

static void a_full_buffer_takes_no_key(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 15; i++)
		assert_int_equal(call(0x0577, 0).ax, 0x0500);
	assert_int_equal(call(0x0577, FLAGS_CF).ax, 0x0501);
	for (unsigned int i = 0; i < 15; i++)
		assert_int_equal(next(), 0x2222);
	assert_int_equal(next(), 0xffff);
}

static void shift_states_and_identity(void **state)
{
	(void)state;
	bda()->kbd_flags[0] = 0xa5;
	assert_int_equal(call(0x0277, 0).ax, 0x02a5);
	bda()->kbd_flags[1] = 0xff;
	bda()->kbd_mode = 0xff;
	assert_int_equal(call(0x1277, 0).ax, 0xffa5);
	bda()->kbd_flags[1] = 0x8c & ~4;
	bda()->kbd_mode = 0xf3;
	assert_int_equal(call(0x1277, 0).ax, 0x00a5);
	assert_int_equal(call(0x0977, 0).ax, 0x0930);
	assert_int_equal(call(0x0a77, 0).bx, 0x41ab);
	assert_int_equal(call(0x9277, 0).ax, 0x8077);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(every_code_is_what_it_was_recorded_to_be),
		TEST(codes_beyond_the_table_are_nothing),
		TEST(the_buffer_holds_fifteen_and_comes_round),
		TEST(a_held_lock_toggles_once),
		TEST(insert_toggles_where_it_is_no_zero),
		TEST(a_character_can_be_given_by_its_number),
		TEST(int_15_4f_changes_and_takes_keys),
		TEST(a_byte_of_the_mouse_is_left_alone),
		TEST(answers_of_the_keyboard_are_no_keys),
		TEST(the_keyboard_is_told_its_lights),
		TEST(ctrl_alt_del_restarts_the_machine),
		TEST(ctrl_break_empties_the_buffer),
		TEST(pause_holds_until_the_next_key),
		TEST(ctrl_and_num_lock_are_pause),
		TEST(ctrl_alt_del_restarts_in_a_pause_too),
		TEST(sysrq_calls_once_each_way),
		TEST(functions_that_do_not_exist_change_nothing),
		TEST(keys_are_looked_at_and_taken),
		TEST(who_wants_a_key_waits_for_it),
		TEST(old_functions_know_no_grey_keys),
		TEST(a_full_buffer_takes_no_key),
		TEST(shift_states_and_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
