/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/vgasrc/vbe_modes_test.c: every number of a VBE mode is what programs know it as, and no other is one.
 * LINK: vgasrc/vbe_modes.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../vgasrc/vbe_modes.h"

/* As Debian's vgabios-stdvga.bin answers AX=4F01h for a display of 64 MiB. */
static const struct { uint16_t number, width, height; uint8_t bpp; } recorded[] = {
	{ 0x100, 640, 400, 8 }, { 0x101, 640, 480, 8 }, { 0x102, 800, 600, 4 }, { 0x103, 800, 600, 8 },
	{ 0x104, 1024, 768, 4 }, { 0x105, 1024, 768, 8 }, { 0x106, 1280, 1024, 4 }, { 0x107, 1280, 1024, 8 },
	{ 0x10d, 320, 200, 15 }, { 0x10e, 320, 200, 16 }, { 0x10f, 320, 200, 24 }, { 0x110, 640, 480, 15 },
	{ 0x111, 640, 480, 16 }, { 0x112, 640, 480, 24 }, { 0x113, 800, 600, 15 }, { 0x114, 800, 600, 16 },
	{ 0x115, 800, 600, 24 }, { 0x116, 1024, 768, 15 }, { 0x117, 1024, 768, 16 }, { 0x118, 1024, 768, 24 },
	{ 0x119, 1280, 1024, 15 }, { 0x11a, 1280, 1024, 16 }, { 0x11b, 1280, 1024, 24 }, { 0x11c, 1600, 1200, 8 },
	{ 0x11d, 1600, 1200, 15 }, { 0x11e, 1600, 1200, 16 }, { 0x11f, 1600, 1200, 24 }, { 0x140, 320, 200, 32 },
	{ 0x141, 640, 400, 32 }, { 0x142, 640, 480, 32 }, { 0x143, 800, 600, 32 }, { 0x144, 1024, 768, 32 },
	{ 0x145, 1280, 1024, 32 }, { 0x146, 320, 200, 8 }, { 0x147, 1600, 1200, 32 }, { 0x148, 1152, 864, 8 },
	{ 0x149, 1152, 864, 15 }, { 0x14a, 1152, 864, 16 }, { 0x14b, 1152, 864, 24 }, { 0x14c, 1152, 864, 32 },
	{ 0x175, 1280, 768, 16 }, { 0x176, 1280, 768, 24 }, { 0x177, 1280, 768, 32 }, { 0x178, 1280, 800, 16 },
	{ 0x179, 1280, 800, 24 }, { 0x17a, 1280, 800, 32 }, { 0x17b, 1280, 960, 16 }, { 0x17c, 1280, 960, 24 },
	{ 0x17d, 1280, 960, 32 }, { 0x17e, 1440, 900, 16 }, { 0x17f, 1440, 900, 24 }, { 0x180, 1440, 900, 32 },
	{ 0x181, 1400, 1050, 16 }, { 0x182, 1400, 1050, 24 }, { 0x183, 1400, 1050, 32 }, { 0x184, 1680, 1050, 16 },
	{ 0x185, 1680, 1050, 24 }, { 0x186, 1680, 1050, 32 }, { 0x187, 1920, 1200, 16 }, { 0x188, 1920, 1200, 24 },
	{ 0x189, 1920, 1200, 32 }, { 0x18a, 2560, 1600, 16 }, { 0x18b, 2560, 1600, 24 }, { 0x18c, 2560, 1600, 32 },
	{ 0x18d, 1280, 720, 16 }, { 0x18e, 1280, 720, 24 }, { 0x18f, 1280, 720, 32 }, { 0x190, 1920, 1080, 16 },
	{ 0x191, 1920, 1080, 24 }, { 0x192, 1920, 1080, 32 }, { 0x193, 1600, 900, 16 }, { 0x194, 1600, 900, 24 },
	{ 0x195, 1600, 900, 32 }, { 0x196, 2560, 1440, 16 }, { 0x197, 2560, 1440, 24 }, { 0x198, 2560, 1440, 32 },
	{ 0x199, 3840, 2160, 16 }, { 0x19a, 3840, 2160, 32 }, { 0x19b, 4096, 2160, 16 }, { 0x19c, 4096, 2160, 32 },
	{ 0x19d, 5120, 2160, 16 }, { 0x19e, 5120, 2160, 32 },
};
#define RECORDED	(sizeof(recorded) / sizeof(*recorded))

static void recorded_numbers_have_their_shapes(void **state)
{
	struct shape shape;

	(void)state;
	for (unsigned int i = 0; i < RECORDED; i++) {
		assert_true(vbe_mode_shape(recorded[i].number, 0, 0, &shape));
		assert_int_equal(shape.width, recorded[i].width);
		assert_int_equal(shape.height, recorded[i].height);
		assert_int_equal(shape.bpp, recorded[i].bpp);
	}
}

/* Of all 65536 numbers. */
static unsigned int count(uint16_t width, uint16_t height)
{
	struct shape shape;
	unsigned int found = 0;

	for (uint32_t number = 0; number <= UINT16_MAX; number++)
		if (vbe_mode_shape((uint16_t)number, width, height, &shape)) {
			assert_in_range(number, VBE_FIRST, VBE_LAST);
			assert_true(shape.width && shape.height && shape.bpp);
			found++;
		}
	return found;
}

static void no_other_number_is_a_mode(void **state)
{
	(void)state;
	assert_int_equal(count(0, 0), RECORDED);
	assert_int_equal(count(0, 1), RECORDED);
}

static void a_preferred_size_has_numbers_of_its_own(void **state)
{
	static const uint8_t depths[] = { 8, 16, 24, 32 };
	struct shape shape;

	(void)state;
	assert_int_equal(count(1496, 777), RECORDED + 4);
	for (unsigned int i = 0; i < 4; i++) {
		assert_true(vbe_mode_shape((uint16_t)(VBE_PREFERRED + i), 1496, 777, &shape));
		assert_int_equal(shape.width, 1496);
		assert_int_equal(shape.height, 777);
		assert_int_equal(shape.bpp, depths[i]);
	}
}

static void a_size_that_has_numbers_gets_no_more(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RECORDED; i++)
		assert_int_equal(count(recorded[i].width, recorded[i].height), RECORDED);
}

/* 1280x800, as QEMU describes its monitor. */
#define TIMING	{ 0x29ea, 0xc000, 0x2051, 0x301c }

static void the_preferred_size_is_that_of_the_first_timing(void **state)
{
	const uint16_t timing[EDID_TIMING_WORDS] = TIMING, largest[EDID_TIMING_WORDS] = { 1, 0x00ff, 0xfff0, 0xf000 };
	uint16_t width, height;

	(void)state;
	assert_true(edid_preferred(timing, &width, &height));
	assert_int_equal(width, 1280);
	assert_int_equal(height, 800);
	assert_true(edid_preferred(largest, &width, &height));
	assert_int_equal(width, 4095);
	assert_int_equal(height, 4095);
}

static void a_timing_without_clock_or_size_is_none(void **state)
{
	const uint16_t blank[][EDID_TIMING_WORDS] = {
		{ 0, 0, 0, 0 }, { 0, 0x00ff, 0xfff0, 0xf000 }, { 1, 0xff00, 0xff0f, 0xf0ff }, { 1, 0x00ff, 0x00f0, 0x0fff },
	};
	uint16_t width, height;

	(void)state;
	for (unsigned int i = 0; i < sizeof(blank) / sizeof(*blank); i++)
		assert_false(edid_preferred(blank[i], &width, &height));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_numbers_have_their_shapes),
		cmocka_unit_test(no_other_number_is_a_mode),
		cmocka_unit_test(a_preferred_size_has_numbers_of_its_own),
		cmocka_unit_test(a_size_that_has_numbers_gets_no_more),
		cmocka_unit_test(the_preferred_size_is_that_of_the_first_timing),
		cmocka_unit_test(a_timing_without_clock_or_size_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
