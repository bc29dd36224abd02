/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/graphics_test.c: what is asked for, what becomes of it, and what a kernel is told.
 * LINK: src/fw/ramfb.c src/boot/kernel/graphics.c src/boot/kernel/video_mode.c tests/fake/fw_cfg_files.c tests/fake/alloc.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/graphics.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/memory.h"
#include "hw/display/framebuffer.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "std/bootparam.h"

#define MIB	0x100000u
#define RAM	(32 * MIB)

struct machine machine;
static int found, set_result;			/* of framebuffer_find() and framebuffer_set() */
static struct framebuffer display;
static struct pixels set, cleared;
static uint32_t sets, maps;
static uint8_t misc, ramfb[28];			/* what port 3cc reads */

int framebuffer_find(struct framebuffer *fb)
{
	if (!found)
		*fb = display;
	return found;
}

/* As it is, but for the memory: framebuffer_test.c has it all. */
bool framebuffer_fits(const struct pixels *p, uint32_t memory_64k)
{
	return p->width >= 64 && framebuffer_pitch(p) * p->height <= memory_64k << 16;
}

int framebuffer_set(const struct framebuffer *fb, const struct pixels *p)
{
	assert_memory_equal(fb, &display, sizeof(*fb));
	set = *p;
	sets++;
	return set_result;
}

void framebuffer_clear(uint64_t base, const struct pixels *p)
{
	assert_true(fake_alloc_owns((uint32_t)base, framebuffer_pitch(p) * p->height));
	cleared = *p;
}

void memory_finish(void)
{
	maps++;
}

void alloc_unseal(void)
{
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)port, (void)width;
	return misc;
}

static int before(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	fake_alloc_reset();
	fake_files_reset();
	fake_log_reset();
	fake_io_reset();
	fake_io_add(0x3cc, 0x3cc, in, NULL, NULL);
	misc = 0xff;
	found = set_result = 0;
	display = (struct framebuffer){ .base = 0xfd000000, .memory_64k = 256, .vga = true };
	sets = maps = graphics_asked = 0;
	memset(ramfb, 0, sizeof(ramfb));
	memset(&set, 0, sizeof(set));
	machine = (struct machine){ .low_ram_end = RAM, .e820.entry = (void *)(fake_ram + 0x30000) };
	return 0;
}

static void ask(const char *text)
{
	fake_log_reset();
	fake_files_reset();
	fake_files_add("opt/org.slipway/screen", (void *)(uintptr_t)text, (uint32_t)strlen(text));
	graphics_ask_size();
}

static const struct screen_info *shown(const char *text)
{
	machine.screen = NULL;
	ask(text);
	assert_int_equal(graphics_asked, 1);
	assert_int_equal(sets, 0);			/* not before all else is done */
	graphics_set();
	assert_int_equal(sets, 1);
	sets = 0;
	assert_non_null(machine.screen);
	return machine.screen;
}

static void a_kernel_is_told_where_the_picture_is(void **state)
{
	const struct screen_info *info = shown("1024x768x16");

	(void)state;
	assert_int_equal(info->is_vga, 0x23);
	assert_int_equal(info->lfb_width, 1024);
	assert_int_equal(info->lfb_height, 768);
	assert_int_equal(info->lfb_depth, 16);
	assert_int_equal(info->lfb_linelength, 2048);
	assert_int_equal(info->lfb_base, 0xfd000000);
	assert_int_equal(info->ext_lfb_base | info->capabilities, 0);
	assert_int_equal(info->lfb_size, 256);
	assert_int_equal(info->pages, 9);		/* beside the one that is seen */
	assert_int_equal(info->mode | info->columns | info->rows, 0);
	display.base = 0x380ffd000000;
	info = shown("1024x768");
	assert_int_equal(info->lfb_base, 0xfd000000);
	assert_int_equal(info->ext_lfb_base, 0x380f);
	assert_int_equal(info->capabilities, 2);
}

static void a_pixel_has_its_colours(void **state)
{
	static const struct { const char *text; uint8_t depth, colours[8]; } cases[] = {
		{ "640x480x8", 8, { 6, 0, 6, 0, 6, 0, 0, 0 } }, { "640x480x15", 15, { 5, 10, 5, 5, 5, 0, 1, 15 } },
		{ "640x480x16", 16, { 5, 11, 6, 5, 5, 0, 0, 0 } }, { "640x480x24", 24, { 8, 16, 8, 8, 8, 0, 0, 0 } },
		{ "640x480x32\n", 32, { 8, 16, 8, 8, 8, 0, 8, 24 } },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct screen_info *info = shown(cases[i].text);

		assert_int_equal(info->lfb_depth, cases[i].depth);
		assert_int_equal(set.bits, cases[i].depth);
		assert_memory_equal((const uint8_t *)info + 0x26, cases[i].colours, 8);
	}
}

static void what_is_no_size_costs_a_line(void **state)
{
	static const char *const bad[] = { "", "\n", "1024", "1024x768x17", "16000x12000x32000", "1024x768x16         ", "65536x768" };

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ask(bad[i]);
		assert_int_equal(graphics_asked, 0);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("WIDTHxHEIGHT"));
	}
	ask("1024x768");
	fake_files.accesses = 0;
	fake_files.fail_at = 1;
	graphics_ask_size();
	assert_int_equal(graphics_asked, 0);
	assert_true(fake_log_has("WIDTHxHEIGHT"));
	fake_files_reset();
	fake_log_reset();
	graphics_ask_size();
	assert_int_equal(fake_log_lines(), 0);		/* nobody has asked */
}

static void what_cannot_be_shown_costs_a_line(void **state)
{
	static const struct { int rc; const char *said; } cases[] = {
		{ -ENODEV, "there is no display" }, { -EOPNOTSUPP, "own program" }, { -ENXIO, "cannot be reached" },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		found = cases[i].rc;
		ask("1024x768");
		assert_int_equal(graphics_asked, 0);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(cases[i].said));
	}
	found = 0;
	ask("4096x4096");
	assert_int_equal(graphics_asked, 0);
	assert_true(fake_log_has("4096x4096") && fake_log_has("16384 KiB"));
	set_result = -EIO;
	ask("1024x768");
	graphics_set();
	assert_null(machine.screen);
	assert_true(fake_log_has("did not take"));
}

static void numbers_of_vga_are_modes(void **state)
{
	(void)state;
	assert_int_equal(graphics_ask_mode(0x317), 0);
	assert_int_equal(graphics_asked, 1);
	graphics_set();
	assert_true(set.width == 1024 && set.height == 768 && set.bits == 16);
	assert_int_equal(graphics_ask_mode(0x301), 0);	/* something else has asked before */
	graphics_set();
	assert_int_equal(set.width, 1024);
	graphics_asked = 0;
	fake_log_reset();
	assert_int_equal(graphics_ask_mode(0x3f0), 0);
	assert_int_equal(graphics_asked, 0);
	assert_true(fake_log_has("vga=0x3f0"));
	found = -EOPNOTSUPP;
	assert_int_equal(graphics_ask_mode(0x317), -EOPNOTSUPP);
	found = -ENODEV;
	assert_int_equal(graphics_ask_mode(0x317), 0);
	assert_true(fake_log_has("there is no display"));
	misc = 0x67;					/* a VGA on ISA */
	assert_int_equal(graphics_ask_mode(0x317), -EOPNOTSUPP);
	assert_int_equal(graphics_asked, 0);
}

static void without_a_vga_a_pixel_has_32_bits(void **state)
{
	(void)state;
	display.vga = false;
	assert_int_equal(shown("1024x768x16")->lfb_depth, 32);
	assert_true(fake_log_has("32, which are taken"));
}

static void ask_ramfb(const char *text)
{
	found = -ENODEV;
	fake_log_reset();
	fake_files_reset();
	fake_files_add("opt/org.slipway/screen", (void *)(uintptr_t)text, (uint32_t)strlen(text));
	fake_files_add("etc/ramfb", ramfb, sizeof(ramfb))->writable = true;
	graphics_ask_size();
}

static void ramfb_gets_ram_that_stays_reserved(void **state)
{
	const struct fake_piece *ram;
	uint32_t pieces = fake_alloc_live(ZONE_HIGH);

	(void)state;
	machine.e820.entry = (void *)(fake_ram + 0xf4000);	/* in the F segment: a guest has been told */
	ask_ramfb("640x480");
	assert_int_equal(graphics_asked + maps, 0);
	assert_true(fake_log_has("memory map is final"));
	machine.e820.entry = (void *)(fake_ram + 0x30000);

	fake_alloc_fail_at(1);
	ask_ramfb("640x480");
	assert_int_equal(graphics_asked, 0);
	fake_files.no_dma = true;
	graphics_ask_size();
	assert_int_equal(graphics_asked, 0);
	assert_true(fake_log_has("cannot be reached"));
	ask_ramfb("3200x2700");					/* more than there is RAM */
	assert_int_equal(graphics_asked, 0);
	assert_true(fake_log_has("32768 KiB"));

	maps = 0;
	ask_ramfb("640x480x8");
	assert_int_equal(graphics_asked, 1);
	assert_int_equal(maps, 1);
	assert_int_equal(fake_alloc_live(ZONE_HIGH), pieces + 1);
	for (uint32_t n = 0; (ram = fake_alloc_piece(n)) && ram->size != 0x130000; n++)
		;
	assert_non_null(ram);					/* 640 * 480 * 4, in units of 64 KiB */
	graphics_set();
	assert_int_equal(cleared.width, 640);
	assert_int_equal(get_le32(ramfb), 0);
	assert_int_equal(get_le32(ramfb + 4), __builtin_bswap32(ram->phys));
	assert_memory_equal(ramfb + 8, "\x34\x32\x52\x58\0\0\0\0\0\0\2\x80\0\0\1\xe0\0\0\xa\0", 20);
	assert_int_equal(machine.screen->lfb_base, ram->phys);
	assert_int_equal(machine.screen->lfb_size, 0x13);

	ask_ramfb("320x200");					/* another try */
	assert_int_equal(graphics_asked, 1);
	assert_int_equal(maps, 1);
	ask_ramfb("800x600");
	assert_int_equal(graphics_asked, 0);
	ask_ramfb("640x480");
	fake_files.write_fail_at = fake_files.writes + 1;
	machine.screen = NULL;
	graphics_set();
	assert_null(machine.screen);
	assert_true(fake_log_has("did not take"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_kernel_is_told_where_the_picture_is, before),
		cmocka_unit_test_setup(a_pixel_has_its_colours, before),
		cmocka_unit_test_setup(what_is_no_size_costs_a_line, before),
		cmocka_unit_test_setup(what_cannot_be_shown_costs_a_line, before),
		cmocka_unit_test_setup(numbers_of_vga_are_modes, before),
		cmocka_unit_test_setup(without_a_vga_a_pixel_has_32_bits, before),
		cmocka_unit_test_setup(ramfb_gets_ram_that_stays_reserved, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
