/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/console_test.c: text goes to the ROM that has INT 10h, and to nobody else.
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

static struct { uint32_t target; uint16_t ax, bx; } called[64];
static uint32_t calls;

void real_call(struct regs *r, uint32_t target)
{
	assert_true(calls < ARRAY_SIZE(called));
	assert_true(r->flags & FLAGS_IF);
	called[calls++] = (typeof(*called)){ target, r->ax, r->bx };
	r->eax = r->ebx = 0xffffffff;
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
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
