/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/graphics.c: see graphics.h.
 * Spec: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems: write modes, read modes.
 */
#include "graphics.h"
#include "bda.h"
#include "big_real.h"
#include "card.h"
#include "flat.h"
#include "font.h"
#include "io.h"
#include "segment.h"
#include "vbe.h"
#include "vga.h"

#define GLYPH_WIDTH	8u
#define XOR		0x80
#define CGA_BANK	0x2000u		/* odd lines lie there */

static void beyond_vga(struct surface *s)
{
	struct shape shape;

	if (!vbe_mode_now(&shape))
		return;
	s->memory = shape.bpp == 4 ? MEMORY_PLANAR : shape.bpp == 8 ? MEMORY_PACKED : MEMORY_DIRECT;
	s->bpp = shape.bpp;
	s->character_height = (uint8_t)BDA->character_height;
	s->segment = 0xa000;
	s->width = shape.width;
	s->height = shape.height;
	s->pitch = card_get(CARD_PITCH);
	s->page_start = 0;
	s->bank = s->bank_before = (uint16_t)card_get(CARD_BANK);
	if (!flat_display())
		return;
	s->segment = 0;
	s->page_start = card_framebuffer();
	if (!s->page_start || s->pitch * s->height > card_memory_64k() << 16)
		s->width = s->height = 0;		/* nothing is inside */
}

void surface_now(struct surface *s, uint8_t page)
{
	const ROM struct mode *m = mode_now();

	s->memory = MEMORY_TEXT;
	s->banked = !m;
	if (!m) {
		beyond_vga(s);
		return;
	}
	s->memory = m->memory;
	s->bpp = m->bpp;
	s->character_height = (uint8_t)BDA->character_height;
	s->segment = m->segment;
	s->width = m->width;
	s->height = m->height;
	s->pitch = (uint16_t)(m->memory == MEMORY_PLANAR ? m->width / 8 : m->width / 8 * m->bpp);
	s->page_start = (uint16_t)(BDA->video_page_bytes * page);
}

void surface_done(const struct surface *s)
{
	NEAR(s);
	if (s->memory != MEMORY_TEXT && s->banked && s->bank != s->bank_before)
		card_put(CARD_BANK, s->bank_before);
}

/* Where a byte of the screen is in its segment, once its bank is there. */
static uint16_t reach(struct surface *s, uint32_t at)
{
	uint16_t bank = (uint16_t)(at >> 16);

	if (s->banked && bank != s->bank) {
		card_put(CARD_BANK, bank);
		s->bank = bank;
	}
	return (uint16_t)at;
}

static uint8_t get(struct surface *s, uint32_t at)
{
	return far_read8(s->segment, reach(s, at));
}

static void put(struct surface *s, uint32_t at, uint8_t value)
{
	far_write8(s->segment, reach(s, at), value);
}

static uint32_t line_start(struct surface *s, uint16_t y)
{
	NEAR(s);
	if (s->memory == MEMORY_CGA)
		return (y & 1) * CGA_BANK + (y >> 1) * s->pitch;
	return s->page_start + y * s->pitch;
}

static uint16_t pixel_bytes(const struct surface *s)
{
	NEAR(s);
	return (s->bpp + 7u) / 8;
}

/* The CGA's colour in direct ones: of six bits of a part as many as there are, or eight, in which the upper two are repeated. */
static uint32_t direct(const struct surface *s, uint8_t colour)
{
	uint32_t value = 0;
	uint8_t rgb[3];

	vga_cga_colour(colour & 0x0f, rgb);
	for (uint16_t i = 0; i < 3; i++) {
		uint8_t bits = s->bpp > 16 ? 8 : s->bpp == 16 && i == 1 ? 6 : 5;

		value = value << bits | (uint32_t)(rgb[i] << 2 | rgb[i] >> 4) >> (8 - bits);
	}
	return value;
}

static void put_direct(struct surface *s, uint32_t at, uint32_t value)
{
	if (!s->segment) {
		big_fill32(at, value, 1);
		return;
	}
	for (uint16_t n = pixel_bytes(s); n; n--, value >>= 8)
		put(s, at++, (uint8_t)value);
}

/* A pixel's bits for parts of colours. */
static uint32_t get_direct(struct surface *s, uint32_t at)
{
	uint32_t value = 0;

	if (!s->segment)
		return big_read16(at) | (big_read16(at + 2) & 0xffu) << 16;
	for (uint16_t n = 0; n < pixel_bytes(s) && n < 3; n++)
		value |= (uint32_t)get(s, at + n) << 8 * n;
	return s->bpp == 15 ? value & 0x7fff : value;
}

/* Of a character's column. */
static uint16_t column_bytes(const struct surface *s)
{
	NEAR(s);
	return s->memory == MEMORY_PLANAR ? 1 : s->bpp < 8 ? s->bpp : pixel_bytes(s) * GLYPH_WIDTH;
}

/* Planar: what is written is a mask of the bits that get the colour; the others are those of the last read. */
static void planar_begin(uint8_t colour)
{
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x0f), VGA_SEQUENCER);
	outw(VGA_PAIR(0, colour & 0x0f), VGA_GRAPHICS);
	outw(VGA_PAIR(3, colour & XOR ? 0x18 : 0), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_GRAPHICS_MODE, 3), VGA_GRAPHICS);
}

static void planar_end(uint8_t colour)
{
	outw(VGA_PAIR(VGA_GRAPHICS_MODE, 0), VGA_GRAPHICS);
	outw(VGA_PAIR(0, 0), VGA_GRAPHICS);
	if (colour & XOR)
		outw(VGA_PAIR(3, 0), VGA_GRAPHICS);
}

/* Where a pixel is in its byte: the mask of its bits; *at its offset. */
static uint8_t pixel_mask(struct surface *s, uint16_t x, uint16_t y, uint32_t *at)
{
	uint16_t bits = s->memory == MEMORY_PLANAR ? 1 : s->bpp;
	uint32_t bit = (uint32_t)x * bits;

	NEAR(s);
	*at = line_start(s, y) + bit / 8;
	return (uint8_t)(((1u << bits) - 1) << (8 - bits) >> bit % 8);
}

/* A colour in each pixel of a byte. */
static uint8_t spread(struct surface *s, uint8_t colour)
{
	if (s->bpp == 8)
		return colour;
	return (uint8_t)(s->bpp == 2 ? (colour & 3) * 0x55u : (colour & 1) * 0xffu);
}

static bool outside(struct surface *s, uint16_t x, uint16_t y)
{
	return x >= s->width || y >= s->height;
}

void pixel_write(struct surface *s, uint16_t x, uint16_t y, uint8_t colour)
{
	uint8_t mask, old;
	uint32_t at;

	if (outside(s, x, y))
		return;
	if (s->memory == MEMORY_DIRECT) {
		put_direct(s, line_start(s, y) + x * pixel_bytes(s), direct(s, colour));
		return;
	}
	mask = pixel_mask(s, x, y, &at);
	if (s->memory == MEMORY_PLANAR) {
		planar_begin(colour);
		get(s, at);
		put(s, at, mask);
		planar_end(colour);
		return;
	}
	if (s->bpp == 8) {
		put(s, at, colour);
		return;
	}
	old = get(s, at);
	put(s, at, colour & XOR ? old ^ (spread(s, colour) & mask)
						: (uint8_t)((old & ~mask) | (spread(s, colour) & mask)));
}

uint8_t pixel_read(struct surface *s, uint16_t x, uint16_t y)
{
	uint8_t mask, colour = 0;
	uint32_t at;

	if (outside(s, x, y))
		return 0;
	if (s->memory == MEMORY_DIRECT) {
		at = get_direct(s, line_start(s, y) + x * pixel_bytes(s));
		for (colour = 0x0f; colour && direct(s, colour) != at; colour--)
			;
		return colour;
	}
	mask = pixel_mask(s, x, y, &at);
	if (s->memory == MEMORY_PLANAR) {
		for (uint8_t plane = 0; plane < 4; plane++) {
			outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, plane), VGA_GRAPHICS);
			if (get(s, at) & mask)
				colour |= (uint8_t)(1 << plane);
		}
		outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, 0), VGA_GRAPHICS);
		return colour;
	}
	colour = get(s, at) & mask;
	while (!(mask & 1)) {
		mask >>= 1;
		colour >>= 1;
	}
	return colour;
}

/* Shapes are those at vector 43h; the CGA's modes have the upper half of 8x8 at 1Fh, where programs put their own. */
static struct far shape_of(struct surface *s, uint8_t character)
{
	uint8_t vector = 0x43;
	struct far shape;

	NEAR(s);
	if (s->memory == MEMORY_CGA && character >= 128) {
		vector = 0x1f;
		character &= 127;
	}
	shape = vector_get(vector);
	shape.offset += character * s->character_height;
	return shape;
}

/* A row of a shape in bytes of the screen, into memory. */
static void row_write(struct surface *s, uint32_t at, uint8_t row, uint8_t colour)
{
	uint16_t per_byte = 8u / s->bpp, mask = 0xffu << (8 - s->bpp) & 0xff;

	if (s->memory == MEMORY_DIRECT) {
		for (uint32_t value = direct(s, colour), n = GLYPH_WIDTH; n; n--, at += pixel_bytes(s), row = (uint8_t)(row << 1))
			put_direct(s, at, row & 0x80 ? value : 0);
		return;
	}
	for (uint16_t n = 0; n < s->bpp; n++, at++) {
		uint8_t lit = 0;

		for (uint16_t i = 0; i < per_byte; i++, row = (uint8_t)(row << 1))
			if (row & 0x80)
				lit |= (uint8_t)(mask >> i * s->bpp);
		lit &= spread(s, colour);
		if (s->bpp < 8 && (colour & XOR))
			lit ^= get(s, at);
		put(s, at, lit);
	}
}

static uint32_t cell_line(struct surface *s, struct place at, uint16_t row)
{
	NEAR(s);
	return line_start(s, (uint32_t)at.row * s->character_height + row) + at.column * column_bytes(s);
}

static bool cell_outside(struct surface *s, struct place at)
{
	NEAR(s);
	return (at.column + 1u) * GLYPH_WIDTH > s->width || (at.row + 1u) * s->character_height > s->height;
}

#define ALL_BITS	0xff

static void glyph_planar(struct surface *s, struct place at, struct far shape, uint8_t colour)
{
	uint32_t to = cell_line(s, at, 0);

	planar_begin(colour & XOR);
	if (!(colour & XOR)) {		/* a black byte is read: the bits that a mask leaves out are black from here on */
		put(s, to, ALL_BITS);
		get(s, to);
	}
	outw(VGA_PAIR(0, colour & 0x0f), VGA_GRAPHICS);
	for (uint16_t row = 0; row < s->character_height; row++, to += s->pitch) {
		if (colour & XOR)
			get(s, to);
		put(s, to, far_read8(shape.segment, shape.offset++));
	}
	planar_end(colour);
}

void glyph_draw(struct surface *s, struct place at, uint8_t character, uint8_t colour)
{
	struct far shape = shape_of(s, character);

	if (cell_outside(s, at))
		return;
	if (s->memory == MEMORY_PLANAR) {
		glyph_planar(s, at, shape, colour);
		return;
	}
	for (uint16_t row = 0; row < s->character_height; row++)
		row_write(s, cell_line(s, at, row), far_read8(shape.segment, shape.offset++), colour);
}

/* The bits of a cell's row that are not black. */
static uint8_t row_read(struct surface *s, uint32_t at)
{
	uint16_t per_byte = 8u / s->bpp, mask = 0xffu << (8 - s->bpp) & 0xff;
	uint8_t row = 0;

	if (s->memory == MEMORY_PLANAR)
		return (uint8_t)~get(s, at);
	if (s->memory == MEMORY_DIRECT) {
		for (uint16_t n = 0; n < GLYPH_WIDTH; n++, at += pixel_bytes(s))
			row = (uint8_t)(row << 1 | !!get_direct(s, at));
		return row;
	}
	for (uint16_t n = 0; n < s->bpp; n++, at++) {
		uint8_t byte = get(s, at);

		for (uint16_t i = 0; i < per_byte; i++)
			row = (uint8_t)(row << 1 | !!(byte & mask >> i * s->bpp));
	}
	return row;
}

#define READ_BLACK	0x08	/* VGA_GRAPHICS_MODE: a bit says that a pixel is the colour that is compared with, which is 0 */

static void read_rows(struct surface *s, struct place at, uint8_t *rows)
{
	if (s->memory == MEMORY_PLANAR)
		outw(VGA_PAIR(VGA_GRAPHICS_MODE, READ_BLACK), VGA_GRAPHICS);
	for (uint16_t row = 0; row < s->character_height; row++)
		rows[row] = row_read(s, cell_line(s, at, row));
	if (s->memory == MEMORY_PLANAR)
		outw(VGA_PAIR(VGA_GRAPHICS_MODE, 0), VGA_GRAPHICS);
}

uint8_t glyph_find(struct surface *s, struct place at)
{
	uint8_t rows[SHAPE_ROWS];

	if (cell_outside(s, at) || s->character_height > SHAPE_ROWS)
		return 0;
	read_rows(s, at, rows);
	for (uint16_t c = 0; c < 256; c++) {
		struct far shape = shape_of(s, (uint8_t)c);
		uint16_t row = 0;

		while (row < s->character_height && rows[row] == far_read8(shape.segment, (uint16_t)(shape.offset + row)))
			row++;
		if (row == s->character_height)
			return (uint8_t)c;
	}
	return 0;
}

/* Of bytes from at on: how many are in one bank. */
static uint16_t in_bank(uint32_t at, uint16_t bytes)
{
	uint32_t left = 0x10000 - (at & 0xffff);

	return bytes < left ? bytes : left;
}

/* Of direct colours, in one bank but for a single pixel: the first, and each byte once more a pixel behind it. */
__attribute__((noinline)) static void fill_direct(struct surface *s, uint32_t at, uint16_t bytes, uint8_t colour)
{
	uint32_t step = pixel_bytes(s), to = at + step;

	bytes -= step;
	put_direct(s, at, direct(s, colour));
	__asm__ volatile("pushw %%ds; movw %w3, %%ds; movw %w3, %%es; rep movsb; popw %%ds"
			 : "+S"(at), "+D"(to), "+c"(bytes) : "r"(s->segment) : "memory");
}

static void fill(struct surface *s, uint32_t at, uint16_t bytes, uint8_t colour)
{
	uint8_t value = s->memory == MEMORY_PLANAR ? ALL_BITS : spread(s, colour);

	if (!s->segment) {
		big_fill32(at, direct(s, colour), bytes / 4);
		return;
	}
	for (uint16_t count; bytes; bytes -= count, at += count) {
		count = in_bank(at, bytes);
		if (s->memory == MEMORY_DIRECT) {
			count -= count % pixel_bytes(s);
			if (!count)				/* one that goes on in the next bank */
				count = pixel_bytes(s);
			fill_direct(s, at, count, colour);
			continue;
		}
		if (count & 1)
			put(s, at + count - 1, value);
		far_fill16(s->segment, reach(s, at), (uint16_t)(value * 0x101u), count / 2);
	}
}

#define CHUNK	96u

/* Banks come and go, where they differ once for a chunk: a linear framebuffer is out of reach for 16-bit code. */
__attribute__((noinline)) static void move_banked(struct surface *s, uint32_t to, uint32_t from, uint16_t bytes)
{
	uint8_t buffer[CHUNK];

	for (uint16_t count; bytes; bytes -= count, to += count, from += count) {
		count = in_bank(from, in_bank(to, bytes));
		if (from >> 16 == to >> 16) {
			far_copy(far_at(s->segment, reach(s, to)), far_at(s->segment, (uint16_t)from), count);
		} else if (s->memory == MEMORY_PLANAR) {
			count = 1;
			put(s, to, get(s, from));
		} else {
			count = count < CHUNK ? count : CHUNK;
			far_copy(far_of(buffer), far_at(s->segment, reach(s, from)), count);
			far_copy(far_at(s->segment, reach(s, to)), far_of(buffer), count);
		}
	}
}

/* A part of a line. */
static void move(struct surface *s, uint32_t to, uint32_t from, uint16_t bytes)
{
	if (!s->segment)
		big_copy32(to, from, bytes / 4);
	else if (s->banked)
		move_banked(s, to, from, bytes);
	else
		far_copy(far_at(s->segment, (uint16_t)to), far_at(s->segment, (uint16_t)from), bytes);
}

void graphics_scroll(struct surface *s, struct area area, int16_t lines, uint8_t colour)
{
	/* Of 256 rows of 255 lines, 256 columns of 32 bytes at most. */
	uint16_t rows = (area.to.row - area.from.row + 1) * s->character_height;
	uint16_t distance = (lines < 0 ? -lines : lines) * s->character_height;
	uint16_t top = area.from.row * s->character_height;
	uint16_t left = area.from.column * column_bytes(s);
	uint16_t bytes = (area.to.column - area.from.column + 1) * column_bytes(s);

	if (s->banked && cell_outside(s, area.to))		/* BIOS data are anybody's, memory behind the screen is not */
		return;
	if (s->memory == MEMORY_PLANAR)
		outw(VGA_PAIR(VGA_GRAPHICS_MODE, 1), VGA_GRAPHICS);	/* what is written is what was read, all planes */
	for (uint16_t n = 0; n < rows; n++) {
		uint16_t y = lines < 0 ? top + rows - 1 - n : top + n;
		uint32_t to = line_start(s, y) + left;

		if (n < rows - distance)
			move(s, to, line_start(s, lines < 0 ? y - distance : y + distance) + left, bytes);
		else if (n == rows - distance && s->memory == MEMORY_PLANAR)
			planar_begin(colour & 0x0f);
		if (n >= rows - distance)
			fill(s, to, bytes, colour);
	}
	if (s->memory == MEMORY_PLANAR)
		planar_end(0);
}
