/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/splash/splash_test.c: which mode a picture is shown in and where, with VGA BIOSes that have any list of modes, and
 * with one that lies.
 * LINK: src/boot/splash/splash.c src/boot/splash/bmp.c
 * LINK: tests/fake/alloc.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/real_call.h"
#include "boot/program.h"
#include "boot/splash/splash.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "services/console.h"
#include "std/vbe.h"

#define RAM		(32u << 20)
#define RAM_END		(16u << 20)		/* what is above is the display's memory */
#define FRAMEBUFFER	(RAM_END + 0x10000)
#define ROM_LIST	0xc4000u
#define PLAIN		(VBE_SUPPORTED | VBE_GRAPHICS | VBE_LINEAR)

struct machine machine;

/* The VGA BIOS. */
struct known {
	uint16_t number, attributes, width, height, pitch, linear_pitch;
	uint8_t bpp, model, red;		/* its position */
	uint32_t framebuffer;
};
static struct known modes[16];
static uint32_t known, calls, infos, texts;
static uint16_t version, refused, set;	/* functions that are not done; the mode that was set */
static bool endless;

static void add(uint16_t number, uint16_t width, uint16_t height, uint8_t bpp)
{
	assert_true(known < ARRAY_SIZE(modes));
	modes[known++] = (struct known){
		.number = number, .attributes = PLAIN, .width = width, .height = height, .bpp = bpp,
		.pitch = (uint16_t)(width * bpp / 8), .model = VBE_DIRECT, .red = 16, .framebuffer = FRAMEBUFFER,
	};
}

static void controller_info(void *block)
{
	struct vbe_controller *c = block;

	assert_memory_equal(c->signature, "VBE2", 4);
	memcpy(c->signature, "VESA", 4);
	c->version = version;
	c->modes = FAR_POINTER(ROM_LIST >> 4, 0);
	for (uint32_t i = 0; i < 0x1000; i++)
		put_le16(fake_ram + ROM_LIST + 2 * i, i < known ? modes[i].number : endless ? 0x100 : VBE_MODES_END);
}

static bool mode_info(uint16_t number, void *block)
{
	struct vbe_mode *v = block;

	infos++;
	for (const struct known *m = modes; m < modes + known; m++)
		if (m->number == number) {
			memset(v, 0, sizeof(*v));
			v->attributes = m->attributes;
			v->width = m->width;
			v->height = m->height;
			v->pitch = m->pitch;
			v->linear_pitch = m->linear_pitch;
			v->bpp = m->bpp;
			v->model = m->model;
			v->red = (struct vbe_part){ 8, m->red };
			v->green = (struct vbe_part){ 8, 8 };
			v->blue = (struct vbe_part){ 8, 0 };
			v->framebuffer = m->framebuffer;
			return true;
		}
	return false;
}

void console_call(struct regs *r)
{
	bool done = true;

	calls++;
	assert_int_equal(r->es, 0);
	if (r->ax != VBE_SET_MODE)
		assert_true(r->di >= BOOT_ADDRESS);
	if (r->ax == refused) {
		r->ax = 0x014f;
		return;
	}
	if (r->ax == VBE_CONTROLLER_INFO)
		controller_info(fake_ram + r->di);
	else if (r->ax == VBE_MODE_INFO)
		done = mode_info(r->cx, fake_ram + r->di);
	else
		set = r->bx;
	r->ax = done ? VBE_DONE : 0x014f;
}

void console_text(void)
{
	texts++;
}

/* The picture: a colour for each place. */
static uint8_t *file;

static uint8_t part(uint32_t x, uint32_t y, uint32_t n)
{
	return (uint8_t)(n == 0 ? x : n == 1 ? y : x * 7 + y * 3);
}

static struct fake_file *picture(int32_t width, int32_t height)
{
	uint32_t line = ((uint32_t)width * 3 + 3) & ~3u, lines = (uint32_t)abs(height), size = 54 + line * lines;

	free(file);
	file = calloc(1, size);
	assert_non_null(file);
	memcpy(file, "BM", 2);
	put_le32(file + 10, 54);
	put_le32(file + 14, 40);
	put_le32(file + 18, (uint32_t)width);
	put_le32(file + 22, (uint32_t)height);
	put_le16(file + 26, 1);
	put_le16(file + 28, 24);
	for (uint32_t y = 0; y < lines; y++)
		for (uint32_t x = 0; x < (uint32_t)width; x++)
			for (uint32_t n = 0; n < 3; n++)
				file[54 + (height < 0 ? y : lines - 1 - y) * line + x * 3 + n] = part(x, y, n);
	return fake_files_add("bootsplash.bmp", file, size);
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	fake_alloc_reset();
	fake_log_reset();
	fake_files_reset();
	machine.low_ram_end = RAM_END;
	known = calls = infos = texts = 0;
	set = refused = 0;
	endless = false;
	version = 0x300;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(file);
	file = NULL;
	assert_int_equal(fake_alloc_live_all(), 0);
	return 0;
}

/* It is in the middle, and nothing else was written. */
static void is_shown(const struct known *m, uint32_t width, uint32_t height, uint32_t bytes)
{
	uint32_t left = (m->width - width) / 2, above = (m->height - height) / 2;
	uint32_t pitch = version >= 0x300 && m->linear_pitch ? m->linear_pitch : m->pitch;

	assert_int_equal(set, m->number | VBE_MODE_LINEAR);
	for (uint32_t y = 0; y < m->height; y++)
		for (uint32_t x = 0; x < m->width; x++) {
			bool in = x - left < width && y - above < height;

			for (uint32_t n = 0; n < 3; n++)
				if (fake_ram[m->framebuffer + y * pitch + x * bytes + n] != (in ? part(x - left, y - above, n) : 0))
					fail_msg("%u, %u", x, y);
		}
	assert_int_equal(fake_ram[m->framebuffer + pitch * m->height], 0);
}

static void without_a_picture_nobody_is_asked(void **state)
{
	(void)state;
	assert_false(splash_show());
	assert_int_equal(calls + fake_files.accesses + fake_log_lines() + fake_alloc_calls(), 0);
}

static void a_jpeg_costs_a_line(void **state)
{
	uint8_t jpeg[100] = { 0xff, 0xd8 };

	(void)state;
	fake_files_add("bootsplash.jpg", jpeg, sizeof(jpeg));
	assert_false(splash_show());
	assert_int_equal(calls + fake_files.accesses, 0);
	assert_string_equal(fake_log_line(0), "splash: bootsplash.jpg, 100 bytes: BMP of 8, 24 or 32 bits without compression "
			    "expected, JPEG found; no picture");
}

static void it_is_in_the_middle_of_the_smallest_mode(void **state)
{
	(void)state;
	add(0x118, 1024, 768, 32);
	add(0x115, 800, 600, 24);
	add(0x112, 640, 480, 32);
	add(0x100, 320, 200, 32);
	picture(601, 333);
	assert_true(splash_show());
	is_shown(&modes[2], 601, 333, 4);
	assert_int_equal(fake_files_find("bootsplash.bmp")->reads, 1 + (601 * 3 + 1) * 333 / 0x10000 + 1);
	assert_string_equal(fake_log_line(0), "splash: bootsplash.bmp, 601x333: shown in mode 0x112, 640x480");
	splash_hide();
	assert_int_equal(texts, 1);
}

static void three_bytes_a_pixel_and_the_pitch_of_vbe_3(void **state)
{
	(void)state;
	add(0x112, 640, 480, 24);
	modes[0].linear_pitch = 2048;
	picture(640, -480);
	assert_true(splash_show());
	is_shown(&modes[0], 640, 480, 3);
	set_up(NULL);
	add(0x112, 640, 480, 24);
	modes[0].linear_pitch = 2048;
	version = 0x200;		/* has no such field */
	picture(1, 1);
	assert_true(splash_show());
	is_shown(&modes[0], 1, 1, 3);
}

/* One mode is too narrow, and the other is none. */
static void is_not_taken(void)
{
	fake_log_reset();
	assert_false(splash_show());
	assert_int_equal(set, 0);
	assert_string_equal(fake_log_line(0), "splash: bootsplash.bmp, 400x300: no mode of the display's holds it, by a linear "
			    "framebuffer of 24 or 32 bits up to 399x900; no picture");
}

static void modes_that_are_none_for_it(void **state)
{
	(void)state;
	picture(400, 300);
	add(0x101, 399, 900, 32);
	add(0x118, 1024, 768, 32);
	for (uint32_t bit = 1; bit < 0x100; bit <<= 1)
		if (PLAIN & bit) {
			modes[1].attributes = (uint16_t)(PLAIN & ~bit);
			is_not_taken();
		}
	modes[1].attributes = PLAIN;
	modes[1].model = 4;
	is_not_taken();
	modes[1].model = VBE_DIRECT;
	modes[1].red = 0;		/* blue and red exchanged */
	is_not_taken();
	modes[1].red = 16;
	modes[1].bpp = 16;
	is_not_taken();
	modes[1].bpp = 32;
	modes[1].height = 299;
	is_not_taken();
	modes[1].height = 768;
	assert_true(splash_show());
}

static void framebuffers_that_can_be_none(void **state)
{
	static const uint32_t bad[] = {
		0, 0xa0000, 0xfffff,				/* below 1 MiB */
		RAM_END - 4096 * 768 + 1, RAM_END - 1,		/* RAM in part */
		0xfec00000 - 4096 * 768 + 1, 0xfec00000, 0xfee00000, 0xffffffff,
	};

	(void)state;
	picture(400, 300);
	add(0x101, 399, 900, 32);
	add(0x118, 1024, 768, 32);
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		modes[1].framebuffer = bad[i];
		is_not_taken();
	}
	modes[1].framebuffer = RAM_END - 4096 * 768;	/* RAM that the display has */
	modes[1].pitch = 4095;
	is_not_taken();
	modes[1].pitch = 4096;
	assert_true(splash_show());
	is_shown(&modes[1], 400, 300, 4);
}

static void a_list_without_an_end_has_one(void **state)
{
	(void)state;
	endless = true;
	add(0x118, 1024, 768, 32);
	picture(400, 300);
	assert_true(splash_show());
	assert_int_equal(infos, 512);
}

static void a_display_without_vbe(void **state)
{
	(void)state;
	add(0x118, 1024, 768, 32);
	picture(400, 300);
	refused = VBE_CONTROLLER_INFO;
	assert_false(splash_show());
	assert_true(fake_log_has("no mode of the display's holds it, by a linear framebuffer of 24 or 32 bits up to 0x0"));
	refused = VBE_SET_MODE;
	assert_false(splash_show());
	assert_true(fake_log_has("the display does not take its mode 0x118; no picture"));
	assert_int_equal(fake_ram[FRAMEBUFFER + 4096 * 400 + 512 * 4], 0);
}

static void another_format_costs_a_line(void **state)
{
	struct fake_file *f = picture(10, 10);

	(void)state;
	put_le16(f->data + 28, 16);
	assert_false(splash_show());
	assert_int_equal(calls, 0);
	assert_string_equal(fake_log_line(0), "splash: bootsplash.bmp, 374 bytes: bits of a pixel: 8, 24 or 32 without compression "
			    "expected, 0x10 found; no picture");
}

static void every_failure_costs_the_picture_alone(void **state)
{
	bool shown = false;
	uint32_t n;

	(void)state;
	for (n = 1; ; n++) {
		set_up(NULL);
		add(0x112, 640, 480, 32);
		picture(601, 333);
		fake_files.fail_at = n;
		shown = splash_show();
		assert_int_equal(shown, set != 0);
		if (fake_files.accesses < n)
			break;
		assert_true(fake_log_has("could not be read"));
		assert_int_equal(shown, n > 1);
		for (uint32_t i = 0; i < 4; i++)	/* no garbage */
			assert_int_equal(fake_ram[FRAMEBUFFER + 73 * 2560 + 18 * 4 + i], 0);
	}
	assert_int_equal(n, 12);
	set_up(NULL);
	picture(10, 10);
	fake_alloc_fail_at(1);
	assert_false(splash_show());
	assert_int_equal(calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_picture_nobody_is_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_jpeg_costs_a_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_is_in_the_middle_of_the_smallest_mode, set_up, tear_down),
		cmocka_unit_test_setup_teardown(three_bytes_a_pixel_and_the_pitch_of_vbe_3, set_up, tear_down),
		cmocka_unit_test_setup_teardown(modes_that_are_none_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(framebuffers_that_can_be_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_list_without_an_end_has_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_display_without_vbe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_format_costs_a_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_failure_costs_the_picture_alone, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
