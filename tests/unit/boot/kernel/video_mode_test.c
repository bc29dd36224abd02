/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/video_mode_test.c: every number of vga= is the mode that the VGA BIOS has by it, and what is no
 * size is none.
 * LINK: src/boot/kernel/video_mode.c vgasrc/vbe_modes.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../vgasrc/vbe_modes.h"
#include "boot/kernel/video_mode.h"

/* Modes of planes are no linear ones. */
static void numbers_are_those_of_the_vga_bios(void **state)
{
	uint32_t known = 0;

	(void)state;
	for (uint32_t mode = 0; mode <= 0xffff; mode++) {
		uint16_t number = (uint16_t)(mode - VIDEO_MODE_VESA);
		struct pixels pixels = { 1, 2, 3 };
		struct shape shape;

		if (!vbe_mode_shape(number, 0, 0, &shape) || shape.bpp == 4 || !video_mode_is_vesa((uint16_t)mode)) {
			assert_false(video_mode_is_vesa((uint16_t)mode) && video_mode_pixels((uint16_t)mode, &pixels));
			continue;
		}
		assert_true(video_mode_pixels((uint16_t)mode, &pixels));
		assert_int_equal(pixels.width, shape.width);
		assert_int_equal(pixels.height, shape.height);
		assert_int_equal(pixels.bits, shape.bpp);
		known++;
	}
	assert_int_equal(known, 79);
}

static void sizes_are_read(void **state)
{
	static const struct { const char *text; struct pixels pixels; } good[] = {
		{ "1024x768", { 1024, 768, 32 } }, { "1024x768x16", { 1024, 768, 16 } }, { "640x480x8", { 640, 480, 8 } },
		{ "65535x65535x15", { 65535, 65535, 15 } }, { "0x0x24", { 0, 0, 24 } }, { "00800x0600x032", { 800, 600, 32 } },
	};
	struct pixels p;

	(void)state;
	for (uint32_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(video_mode_parse(good[i].text, &p));
		assert_memory_equal(&p, &good[i].pixels, sizeof(p));
	}
}

static void what_is_no_size_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "1024", "1024x", "x768", "1024X768", "1024x768x", "1024x768x17", "1024x768x4", "1024x768x0", "1024x768 ", " 1024x768",
		"1024x768x16x", "1024x768x16x1", "-1024x768", "1024x-768", "+1x+1", "0x400x768", "65536x768", "1024x65536", "1024x99999",
		"4294968320x768", "1024x4294968064", "1024x768x4294967328", "1024x768x65568", "\xff\xff", "1024*768", "1024x768\n\n", "on",
	};
	struct pixels p;

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (video_mode_parse(bad[i], &p))
			fail_msg("\"%s\" is %u %u %u", bad[i], p.width, p.height, p.bits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_vga_bios),
		cmocka_unit_test(sizes_are_read),
		cmocka_unit_test(what_is_no_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
