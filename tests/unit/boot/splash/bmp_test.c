/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/splash/bmp_test.c: headers of bitmaps, each field at its limits, and lines of every kind.
 * LINK: src/boot/splash/bmp.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/splash/bmp.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define CORE	12
#define INFO	40

static uint8_t head[14 + 124];
static uint32_t size;			/* of the file */

/* A file of that kind, with its pixels right behind what belongs before them. */
static void picture(uint32_t header, int32_t width, int32_t height, uint32_t bits)
{
	uint32_t colours = bits == 8 ? (header == CORE ? 768 : 1024) : 0;
	uint32_t lines = height < 0 ? -(uint32_t)height : (uint32_t)height;

	memset(head, 0, sizeof(head));
	head[0] = 'B';
	head[1] = 'M';
	put_le32(head + 10, 14 + header + colours);
	put_le32(head + 14, header);
	if (header == CORE) {
		put_le16(head + 18, (uint16_t)width);
		put_le16(head + 20, (uint16_t)height);
		put_le16(head + 22, 1);
		put_le16(head + 24, (uint16_t)bits);
	} else {
		put_le32(head + 18, (uint32_t)width);
		put_le32(head + 22, (uint32_t)height);
		put_le16(head + 26, 1);
		put_le16(head + 28, (uint16_t)bits);
	}
	size = 14 + header + colours + (uint32_t)(width * (int32_t)bits + 31) / 32 * 4 * lines;
}

static struct bmp bmp;
static struct bmp_fault fault;

/* Reads no byte behind those that are there. */
static bool reads(void)
{
	uint32_t len = min_u32(size, BMP_HEAD);
	uint8_t *copy = malloc(len ? len : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, head, len);
	memset(&bmp, 0xee, sizeof(bmp));
	fault.what = NULL;
	ok = bmp_read(copy, size, &bmp, &fault);
	free(copy);
	assert_true(ok == !fault.what);
	return ok;
}

static void is_wrong(const char *what, uint32_t found)
{
	assert_false(reads());
	assert_string_equal(fault.what, what);
	assert_int_equal(fault.found, found);
	assert_non_null(fault.accepted);
}

static void every_header_is_read(void **state)
{
	static const uint32_t headers[] = { CORE, INFO, 52, 56, 108, 124 };
	static const uint32_t depths[] = { 8, 24, 32 };

	(void)state;
	for (uint32_t h = 0; h < ARRAY_SIZE(headers); h++)
		for (uint32_t d = 0; d < ARRAY_SIZE(depths); d++) {
			picture(headers[h], 601, 333, depths[d]);
			assert_true(reads());
			assert_int_equal(bmp.width, 601);
			assert_int_equal(bmp.height, 333);
			assert_int_equal(bmp.bits, depths[d]);
			assert_int_equal(bmp.line, (601 * depths[d] / 8 + 3) & ~3u);
			assert_false(bmp.top_down);
			assert_int_equal(bmp.pixels, size - bmp.line * 333);
			assert_int_equal(bmp.palette, depths[d] == 8 ? 14 + headers[h] : 0);
			if (depths[d] == 8) {
				assert_int_equal(bmp.colours, 256);
				assert_int_equal(bmp.colour_bytes, headers[h] == CORE ? 3 : 4);
			}
			size--;		/* the last pixel's last byte is missing */
			is_wrong("start of pixels", bmp.pixels);
		}
}

static void a_negative_height_is_from_the_top_down(void **state)
{
	(void)state;
	picture(INFO, 10, -7, 24);
	assert_true(reads());
	assert_true(bmp.top_down);
	assert_int_equal(bmp.height, 7);
	put_le32(head + 22, 0x80000000);	/* has no positive */
	is_wrong("height", 0x80000000);
	picture(CORE, 10, 0xfff9, 24);		/* no sign there */
	put_le32(head + 10, 26);
	is_wrong("height", 0xfff9);
}

static void each_size_has_its_limits(void **state)
{
	(void)state;
	picture(INFO, BMP_SIDE_MAX, 1, 32);
	assert_true(reads());
	assert_int_equal(bmp.line, BMP_LINE_MAX);
	picture(INFO, 1, BMP_SIDE_MAX, 8);
	assert_true(reads());
	picture(INFO, BMP_SIDE_MAX, BMP_SIDE_MAX, 32);	/* 1 GiB */
	assert_true(reads());
	for (uint32_t at = 18; at <= 22; at += 4) {
		static const uint32_t bad[] = { 0, BMP_SIDE_MAX + 1, 0x7fffffff };

		for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
			picture(INFO, 10, 10, 24);
			put_le32(head + at, bad[i]);
			is_wrong(at == 18 ? "width" : "height", bad[i]);
		}
	}
	picture(INFO, 10, 10, 24);
	put_le32(head + 18, 0xffffffff);
	is_wrong("width", 0xffffffff);
}

static void pixels_are_where_they_can_be(void **state)
{
	static const uint32_t bad[] = { 0, 53, 55, 0x7fffffff, 0xffffffff, 0xfffffe98 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		picture(INFO, 10, 10, 24);
		put_le32(head + 10, bad[i]);
		is_wrong("start of pixels", bad[i]);
	}
	picture(INFO, 10, 10, 24);
	put_le32(head + 10, 1000);
	size += 1000 - 54;
	assert_true(reads());
}

static void colours_lie_in_front_of_the_pixels(void **state)
{
	(void)state;
	picture(INFO, 10, 10, 8);
	put_le32(head + 46, 256);
	assert_true(reads());
	put_le32(head + 46, 257);
	is_wrong("number of colours", 257);
	put_le32(head + 46, 0xffffffff);
	is_wrong("number of colours", 0xffffffff);
	put_le32(head + 46, 2);
	put_le32(head + 10, 54 + 8);
	size -= 254 * 4;
	assert_true(reads());
	assert_int_equal(bmp.colours, 2);
	put_le32(head + 46, 3);
	is_wrong("start of pixels", 62);
	put_le32(head + 46, 0);		/* all 256 */
	is_wrong("start of pixels", 62);
}

static void what_is_not_plain_is_told(void **state)
{
	static const uint32_t depths[] = { 0, 1, 4, 16, 0x108, 0x118, 64 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(depths); i++) {
		picture(INFO, 10, 10, 24);
		put_le16(head + 28, (uint16_t)depths[i]);
		is_wrong("bits of a pixel", depths[i]);
	}
	for (uint32_t compression = 1; compression < 7; compression++) {
		picture(INFO, 10, 10, compression == 1 ? 8 : 24);	/* RLE8, RLE4, masks with 24 bits, JPEG, PNG, alpha */
		put_le32(head + 30, compression);
		is_wrong("compression", compression);
	}
	picture(INFO, 10, 10, 24);
	put_le16(head + 26, 2);
	is_wrong("number of planes", 2);
	for (uint32_t header = 0; header < 130; header++) {
		if (header == CORE || header == INFO || header == 52 || header == 56 || header == 108 || header == 124)
			continue;
		picture(INFO, 10, 10, 24);
		put_le32(head + 14, header);
		is_wrong("size of header", header);
	}
}

static void masks_are_the_usual_ones(void **state)
{
	(void)state;
	picture(108, 10, 10, 32);
	put_le32(head + 30, 3);
	is_wrong("compression", 3);
	put_le32(head + 54, 0xff0000);
	put_le32(head + 58, 0xff00);
	put_le32(head + 62, 0xff);
	assert_true(reads());
	for (uint32_t at = 54; at < 66; at++) {
		head[at] ^= 1;
		is_wrong("compression", 3);
		head[at] ^= 1;
	}
	picture(INFO, 1, 1, 32);	/* ends before the masks do */
	put_le32(head + 30, 3);
	put_le32(head + 54, 0xff0000);
	is_wrong("compression", 3);
}

static void a_file_may_end_anywhere(void **state)
{
	(void)state;
	picture(124, 10, 10, 24);
	for (size = 0; size < 14 + 12; size++)
		is_wrong("start of file", size < 2 ? 0 : 0x4d42);
	for (; size < 14 + 124; size++)
		is_wrong("size of header", 124);
	picture(INFO, 10, 10, 24);
	head[1] = 'A';
	is_wrong("start of file", 0x4142);
}

static void draws(uint32_t bits, uint32_t colour_bytes, const uint8_t *from, const uint8_t *palette, const uint8_t *expected)
{
	struct bmp b = { .width = 3, .bits = (uint8_t)bits, .colours = 2, .colour_bytes = (uint8_t)colour_bytes };
	uint8_t three[3 * 3 + 1];
	uint32_t four[3 + 1];

	memset(three, 0x99, sizeof(three));
	memset(four, 0x99, sizeof(four));
	bmp_draw_line(&b, from, palette, three, 3);
	bmp_draw_line(&b, from, palette, (uint8_t *)four, 4);
	assert_memory_equal(three, expected, 9);
	assert_int_equal(three[9], 0x99);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(four[i], expected[3 * i] | expected[3 * i + 1] << 8 | (uint32_t)expected[3 * i + 2] << 16);
	assert_int_equal(four[3], 0x99999999);
}

static void lines_are_drawn(void **state)
{
	static const uint8_t palette_3[] = { 1, 2, 3, 0xfd, 0xfe, 0xff }, palette_4[] = { 1, 2, 3, 0x55, 0xfd, 0xfe, 0xff, 0x66 };
	static const uint8_t from_24[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	static const uint8_t from_32[] = { 1, 2, 3, 0xaa, 4, 5, 6, 0xbb, 7, 8, 9, 0xcc };
	static const uint8_t from_8[] = { 1, 0, 2 }, by_palette[] = { 0xfd, 0xfe, 0xff, 1, 2, 3, 0, 0, 0 };

	(void)state;
	draws(24, 4, from_24, NULL, from_24);
	draws(32, 4, from_32, NULL, from_24);
	draws(8, 3, from_8, palette_3, by_palette);
	draws(8, 4, from_8, palette_4, by_palette);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_header_is_read),
		cmocka_unit_test(a_negative_height_is_from_the_top_down),
		cmocka_unit_test(each_size_has_its_limits),
		cmocka_unit_test(pixels_are_where_they_can_be),
		cmocka_unit_test(colours_lie_in_front_of_the_pixels),
		cmocka_unit_test(what_is_not_plain_is_told),
		cmocka_unit_test(masks_are_the_usual_ones),
		cmocka_unit_test(a_file_may_end_anywhere),
		cmocka_unit_test(lines_are_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
