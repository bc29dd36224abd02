/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/console_test.c: text goes to the ROM that has INT 10h, and to nobody else.
 * LINK: tests/fake/screen.c
 * LINK: src/services/console.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/real_call.h"
#include "fake/ram.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "services/console.h"
#include "services/serial_console.h"
#include "std/bda.h"

#define ROM_HANDLER	FAR_POINTER(0xc000, 0x8ab)

static struct { uint32_t target; uint16_t ax, bx, cx, dx; } called[300];
static uint32_t calls;

void real_call(struct regs *r, uint32_t target)
{
	assert_true(calls < ARRAY_SIZE(called));
	assert_true(r->flags & FLAGS_IF);
	called[calls++] = (typeof(*called)){ target, r->ax, r->bx, r->cx, r->dx };
	r->eax = r->ebx = r->ecx = r->edx = 0xffffffff;
}

void pci_config_forget(void) {}

static uint32_t serial;

uint32_t serial_console_vector(void) { return serial; }

static void set_vector(uint32_t to)
{
	put_le32(fake_ram + 4 * 0x10, to);
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(0x1000);
	set_vector(ROM_HANDLER);
	calls = serial = 0;
	return 0;
}

static void without_a_rom_there_is_no_console(void **state)
{
	static const uint32_t elsewhere[] = {
		0, FAR_POINTER(0xf000, 0xf065), FAR_POINTER(0xe800, 0), FAR_POINTER(0xbfff, 0xf), FAR_POINTER(0xffff, 0x10),
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
		set_vector(elsewhere[i]);
		assert_false(console_open());
		assert_false(console_is_open());
		console_print("nobody sees it");
		console_clear();
		console_cursor(1, 2);
		console_show_cursor(true);
		console_line(3, "nor this", CONSOLE_PLAIN);
		console_text();
	}
	assert_int_equal(calls, 0);
}

static void opening_sets_text_mode(void **state)
{
	(void)state;
	assert_true(console_open());
	assert_true(console_is_open());
	assert_int_equal(calls, 1);
	assert_int_equal(called[0].ax, 3);
	assert_int_equal(called[0].target, ROM_HANDLER);
	((struct bda *)(fake_ram + 0x400))->video_mode = 3;
	assert_true(console_open());
	assert_int_equal(calls, 1);
	console_text();			/* whatever BIOS data say */
	assert_int_equal(calls, 2);
	assert_int_equal(called[1].ax, 3);
}

static void text_is_written_as_on_a_teletype(void **state)
{
	static const char is[] = "ab\r\nc\xf6";

	(void)state;
	console_open();
	calls = 0;
	console_print("ab\nc\xf6");
	assert_int_equal(calls, sizeof(is) - 1);
	for (uint32_t i = 0; i < calls; i++) {
		assert_int_equal(called[i].ax, 0x0e00 | (uint8_t)is[i]);
		assert_int_equal(called[i].bx, 7);
		assert_int_equal(called[i].target, ROM_HANDLER);
	}
	calls = 0;
	console_write("abc", 2);
	console_write("a\0bc", 4);
	console_write("abc", 0);
	assert_int_equal(calls, 3);
}

static void a_hook_is_used_only_in_a_rom(void **state)
{
	(void)state;
	console_open();
	calls = 0;
	set_vector(FAR_POINTER(0x0800, 0x10));		/* of a program that has gone */
	console_print("x");
	assert_int_equal(called[0].target, ROM_HANDLER);
	set_vector(FAR_POINTER(0xd000, 0x10));		/* of another ROM */
	console_print("x");
	assert_int_equal(called[1].target, FAR_POINTER(0xd000, 0x10));
}

static void the_serial_console_is_one_too(void **state)
{
	(void)state;
	set_vector(FAR_POINTER(0xf000, 0x1234));
	serial = FAR_POINTER(0xf000, 0x1234);
	assert_true(console_open());
	assert_int_equal(called[0].target, serial);
	set_vector(FAR_POINTER(0x0800, 0x10));
	serial = 0;
	console_print("x");
	assert_int_equal(called[1].target, FAR_POINTER(0xf000, 0x1234));
}

static void the_size_is_what_the_display_says_within_bounds(void **state)
{
	static const struct { uint16_t columns; uint8_t last_row; uint8_t is_columns, is_rows; } cases[] = {
		{ 80, 24, 80, 25 }, { 40, 7, 40, 8 }, { 39, 6, 80, 25 }, { 160, 99, 160, 100 }, { 161, 100, 80, 25 },
		{ 0, 0, 80, 25 }, { 0xffff, 0xff, 80, 25 }, { 80 + 256, 49, 80, 50 },
	};
	struct bda *bda = (struct bda *)(fake_ram + 0x400);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bda->video_columns = cases[i].columns;
		bda->video_rows = cases[i].last_row;
		assert_int_equal(console_size().columns, cases[i].is_columns);
		assert_int_equal(console_size().rows, cases[i].is_rows);
	}
}

static void the_screen_is_blanked_to_its_corners(void **state)
{
	(void)state;
	console_open();
	((struct bda *)(fake_ram + 0x400))->video_rows = 29;
	calls = 0;
	console_clear();
	assert_int_equal(calls, 2);
	assert_int_equal(called[0].ax, 0x0600);
	assert_int_equal(called[0].bx, 0x0700);
	assert_int_equal(called[0].cx, 0);
	assert_int_equal(called[0].dx, 29 << 8 | 79);
	assert_int_equal(called[1].ax & 0xff00, 0x0200);
	assert_int_equal(called[1].bx >> 8, 0);
	assert_int_equal(called[1].dx, 0);
}

static void the_cursor_keeps_its_shape(void **state)
{
	struct bda *bda = (struct bda *)(fake_ram + 0x400);

	(void)state;
	console_open();
	calls = 0;
	put_le16((uint8_t *)bda + 0x60, 0x0607);
	console_show_cursor(false);
	put_le16((uint8_t *)bda + 0x60, 0x2607);	/* as the display has noted it */
	console_show_cursor(false);
	console_show_cursor(true);
	assert_int_equal(calls, 3);
	for (uint32_t i = 0; i < calls; i++) {
		assert_int_equal(called[i].ax & 0xff00, 0x0100);
		assert_int_equal(called[i].cx, i < 2 ? 0x2607 : 0x0607);
	}
}

/* Cell by cell at a cursor that is set: nothing scrolls, and a control character is shown, not obeyed. */
static void a_row_is_written_to_its_end(void **state)
{
	char text[200];

	(void)state;
	console_open();
	calls = 0;
	console_line(24, "a\n", 0x70);
	assert_int_equal(calls, 6);
	for (uint32_t i = 0; i < calls; i += 2) {
		assert_int_equal(called[i].ax & 0xff00, 0x0200);
		assert_int_equal(called[i].dx, 24 << 8 | i / 2);
		assert_int_equal(called[i].bx >> 8, 0);
		assert_int_equal(called[i + 1].ax, 0x0900 | (uint8_t)"a\n "[i / 2]);
		assert_int_equal(called[i + 1].bx, 0x70);
		assert_int_equal(called[i + 1].cx, i < 4 ? 1 : 78);
	}
	memset(text, 'x', sizeof(text));	/* without an end */
	calls = 0;
	console_line(0, text, 7);
	assert_int_equal(calls, 160);
	calls = 0;
	console_line(0, "", 7);
	assert_int_equal(calls, 2);
	assert_int_equal(called[1].cx, 80);
}

static int done(void **state)
{
	(void)state;
	fake_ram_reset(0);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_rom_there_is_no_console, set_up),
		cmocka_unit_test_setup(opening_sets_text_mode, set_up),
		cmocka_unit_test_setup(text_is_written_as_on_a_teletype, set_up),
		cmocka_unit_test_setup(a_hook_is_used_only_in_a_rom, set_up),
		cmocka_unit_test_setup(the_serial_console_is_one_too, set_up),
		cmocka_unit_test_setup(the_size_is_what_the_display_says_within_bounds, set_up),
		cmocka_unit_test_setup(the_screen_is_blanked_to_its_corners, set_up),
		cmocka_unit_test_setup(the_cursor_keeps_its_shape, set_up),
		cmocka_unit_test_setup(a_row_is_written_to_its_end, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
