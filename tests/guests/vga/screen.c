/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/screen.c: screen memory, kept to tell what a call has changed; and the fonts in plane 2, told by whose
 * glyphs they are, since no two ROMs have the same.
 *
 * It is read where the card has it as plain memory (BAR, or 0xe0000000 without PCI): a dword there has a byte of each plane; in
 * text modes bytes 0 and 1 are character and attribute of a cell; in mode 13h it is four pixels. The window at 0xa0000 would take a
 * hundred times as long.
 */
#include "vga/vga.h"

#define SEQUENCER	0x3c4
#define GRAPHICS	0x3ce
#define MEMORY_MODE	4
#define CHAIN_4		0x08
#define MISCELLANEOUS	6
#define IS_GRAPHICS	0x01
#define WINDOW_B_BYTES	0x10000u	/* of that, what two planes have of a window of 32 KiB */
#define FONT_SLOTS	8
#define FONT_SLOT	0x2000u
#define CHARACTER	32u		/* bytes of a glyph in plane 2 */
#define ODD_SLOTS	0x4000u		/* slots 0..3 lie 16 KiB apart, 4..7 behind each of them */
#define FONT_PLANE	2

bool has_vga;
static uint32_t linear, linear_bytes;
static bool silent;

static uint8_t get(uint16_t port, uint8_t index)
{
	uint8_t was = inb(port), value;

	outb(index, port);
	value = inb(port + 1);
	outb(was, port);
	return value;
}

void screen_is_linear(uint32_t base, uint32_t bytes)
{
	linear = base;
	linear_bytes = bytes < 0x40000 ? bytes : 0x40000;
}

static void put_compared(const char *name, uint32_t first, uint32_t end, uint32_t changed, uint32_t sum)
{
	if (!changed || silent)
		return;
	print(name);
	print_hex(first, 5);
	print("-");
	print_hex(end, 5);
	print(" ");
	print_hex(changed, 5);
	print(" ");
	print_hex(sum, 8);
	print("\n");
}

/* Of what has changed, whatever else is there: place and value. */
static uint32_t sum_up(uint32_t sum, uint32_t at, uint32_t value)
{
	return ((sum << 5 | sum >> 27) ^ at * 0x9e3779b1u) + value;
}

/* Which dwords of a range differ from what was kept, and what they sum to. */
static void compare(const char *name, uint32_t from, uint32_t bytes, uint32_t kept)
{
	uint32_t sum = 0, first = 0, end = 0, changed = 0;

	for (uint32_t i = 0; i < bytes; i += 4) {
		uint32_t value = peek32(from + i);

		if (value == peek32(kept + i))
			continue;
		sum = sum_up(sum, i, value);
		if (!changed++)
			first = i;
		end = i + 4;
		poke32(kept + i, value);
	}
	put_compared(name, first, end, changed, sum);
}

/* The same of each plane of video memory by itself. */
static void compare_planes(uint32_t from, uint32_t bytes, uint32_t planes)
{
	uint32_t sum[4] = { 0 }, first[4] = { 0 }, end[4] = { 0 }, changed[4] = { 0 };
	uint32_t differs = 0, mask = planes == 2 ? 0xffff : 0xffffffff;

	for (uint32_t i = 0; i < bytes; i += 4)
		differs |= (peek32(from + i) ^ peek32(KEPT + i)) & mask;
	for (uint32_t i = 0; i < bytes && differs; i += 4) {
		uint32_t value = peek32(from + i), change = value ^ peek32(KEPT + i);

		for (uint32_t plane = 0; plane < planes; plane++) {
			if (!(change >> 8 * plane & 0xff))
				continue;
			sum[plane] = sum_up(sum[plane], i, value >> 8 * plane & 0xff);
			if (!changed[plane]++)
				first[plane] = i / 4;
			end[plane] = i / 4 + 1;
		}
		poke32(KEPT + i, value);
	}
	for (uint32_t plane = 0; plane < planes; plane++) {
		char name[] = " plane0=";

		name[6] = (char)('0' + plane);
		put_compared(name, first[plane], end[plane], changed[plane], sum[plane]);
	}
}

static bool is_text(void)
{
	return !(get(GRAPHICS, MISCELLANEOUS) & IS_GRAPHICS);
}

static uint32_t address_of(uint8_t vector_or_bh)
{
	quietly(0x1130, (uint16_t)(vector_or_bh << 8), 0, 0);
	return ((uint32_t)last.es << 4) + (uint16_t)last.ebp;
}

/* glyph: at a place in plane 2 */
static uint8_t row_of(uint32_t glyph, uint8_t row)
{
	return peek8(video_memory() + 4 * (glyph + row) + FONT_PLANE);
}

static bool same_glyph(uint32_t glyph, uint32_t other, uint8_t rows)
{
	for (uint8_t row = 0; row < rows; row++)
		if (row_of(glyph, row) != peek8(other + row))
			return false;
	return true;
}

enum { NOBODY, ROM_16, ROM_14, ROM_8, OURS_16, OURS_14, OURS_8, OWNERS };

/* Whose a glyph can be: bits of owners; 0: another's. Rows behind the last that a font has do not count. */
static uint8_t whose(uint32_t glyph, uint32_t c, const uint32_t *rom)
{
	static const uint8_t rows[] = { 16, 14, 8 };
	uint8_t owners = 1 << NOBODY;

	for (uint8_t row = 0; row < CHARACTER; row++)
		if (row_of(glyph, row))
			owners = 0;
	for (uint8_t i = 0; i < 3; i++) {
		if (same_glyph(glyph, rom[i] + c * rows[i], rows[i]))
			owners |= (uint8_t)(1 << (ROM_16 + i));
		if (same_glyph(glyph, FONT + c * rows[i], rows[i]))
			owners |= (uint8_t)(1 << (OURS_16 + i));
	}
	return owners;
}

/* Those that most glyphs can be of first: fonts have glyphs in common, and each ROM's other ones. */
static void put_slot(uint32_t slot, const uint32_t *rom)
{
	static const char names[OWNERS][7] = { "none", "rom16", "rom14", "rom8", "ours16", "ours14", "ours8" };
	static uint8_t owners[256];
	uint32_t at = slot % 4 * ODD_SLOTS + slot / 4 * FONT_SLOT, left = 256, count;

	for (uint32_t c = 0; c < 256; c++)
		owners[c] = whose(at + c * CHARACTER, c, rom);
	print(" font");
	print_hex(slot, 1);
	print("=");
	do {
		uint32_t best = 0;

		count = 0;
		for (uint32_t i = 0; i < OWNERS; i++) {
			uint32_t its = 0;

			for (uint32_t c = 0; c < 256; c++)
				its += owners[c] >> i & 1;
			if (its > count) {
				count = its;
				best = i;
			}
		}
		for (uint32_t c = 0; count && c < 256; c++)
			if (owners[c] >> best & 1)
				owners[c] = 0;
		left -= count;
		print(" ");
		print(count ? names[best] : "other");
		print(":");
		print_hex(count ? count : left, 3);
	} while (count && left);
	print("\n");
}

static void put_fonts(void)
{
	static uint32_t sum_before;
	uint32_t rom[3] = { address_of(6), address_of(2), address_of(3) }, sum = 0;

	for (uint32_t at = 0; at < VIDEO_BYTES; at += 4)
		sum = (sum << 5 | sum >> 27) + peek8(video_memory() + at + FONT_PLANE);
	for (uint32_t slot = 0; slot < FONT_SLOTS && sum != sum_before; slot++)
		put_slot(slot, rom);
	sum_before = sum;
}

void screen_changes(bool fonts)
{
	if (linear) {
		compare(" linear=", linear, linear_bytes, KEPT);
		return;
	}
	if (!has_vga)
		return;
	if (get(SEQUENCER, MEMORY_MODE) & CHAIN_4)
		compare(" pixels=", video_memory(), VIDEO_BYTES, KEPT);
	else if (get(GRAPHICS, MISCELLANEOUS) & 0x08)
		compare_planes(video_memory(), WINDOW_B_BYTES, 2);
	else
		compare_planes(video_memory(), VIDEO_BYTES, 4);
	if (fonts && is_text())
		put_fonts();
}

void screen_now(void)
{
	silent = true;
	screen_changes(false);
	silent = false;
}
