/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/graphics.c: see graphics.h.
 * Spec: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems: write modes, read modes.
 */
#include "graphics.h"
#include "bda.h"
#include "font.h"
#include "io.h"
#include "segment.h"

#define GLYPH_WIDTH	8u
#define XOR		0x80
#define CGA_BANK	0x2000u		/* odd lines lie there */

void surface_now(struct surface *s, uint8_t page)
{
	const ROM struct mode *m = mode_now();

	s->memory = MEMORY_TEXT;
	if (!m)
		return;
	s->memory = m->memory;
	s->bpp = m->bpp;
	s->character_height = (uint8_t)BDA->character_height;
	s->segment = m->segment;
	s->width = m->width;
	s->height = m->height;
	s->pitch = (uint16_t)(m->memory == MEMORY_PLANAR ? m->width / 8 : m->width / 8 * m->bpp);
	s->page_start = (uint16_t)(BDA->video_page_bytes * page);
}

static uint16_t line_start(const struct surface *s, uint32_t y)
{
	if (s->memory == MEMORY_CGA)
		return (uint16_t)((y & 1) * CGA_BANK + (y >> 1) * s->pitch);
	return (uint16_t)(s->page_start + y * s->pitch);
}

/* Of a character's column. */
static uint16_t column_bytes(const struct surface *s)
{
	return s->memory == MEMORY_PLANAR ? 1 : s->bpp;
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
static uint8_t pixel_mask(const struct surface *s, uint32_t x, uint32_t y, uint16_t *at)
{
	uint32_t bits = s->memory == MEMORY_PLANAR ? 1 : s->bpp, bit = x * bits;

	*at = (uint16_t)(line_start(s, y) + bit / 8);
	return (uint8_t)(((1u << bits) - 1) << (8 - bits) >> bit % 8);
}

/* A colour in each pixel of a byte. */
static uint8_t spread(const struct surface *s, uint8_t colour)
{
	if (s->bpp == 8)
		return colour;
	return (uint8_t)(s->bpp == 2 ? (colour & 3) * 0x55u : (colour & 1) * 0xffu);
}

static int outside(const struct surface *s, uint16_t x, uint16_t y)
{
	return x >= s->width || y >= s->height;
}

void pixel_write(const struct surface *s, uint16_t x, uint16_t y, uint8_t colour)
{
	uint8_t mask, old;
	uint16_t at;

	if (outside(s, x, y))
		return;
	mask = pixel_mask(s, x, y, &at);
	if (s->memory == MEMORY_PLANAR) {
		planar_begin(colour);
		far_read8(s->segment, at);
		far_write8(s->segment, at, mask);
		planar_end(colour);
		return;
	}
	if (s->bpp == 8) {
		far_write8(s->segment, at, colour);
		return;
	}
	old = far_read8(s->segment, at);
	far_write8(s->segment, at, colour & XOR ? old ^ (spread(s, colour) & mask)
						: (uint8_t)((old & ~mask) | (spread(s, colour) & mask)));
}

uint8_t pixel_read(const struct surface *s, uint16_t x, uint16_t y)
{
	uint8_t mask, colour = 0;
	uint16_t at;

	if (outside(s, x, y))
		return 0;
	mask = pixel_mask(s, x, y, &at);
	if (s->memory == MEMORY_PLANAR) {
		for (uint8_t plane = 0; plane < 4; plane++) {
			outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, plane), VGA_GRAPHICS);
			if (far_read8(s->segment, at) & mask)
				colour |= (uint8_t)(1 << plane);
		}
		outw(VGA_PAIR(VGA_GRAPHICS_READ_PLANE, 0), VGA_GRAPHICS);
		return colour;
	}
	colour = far_read8(s->segment, at) & mask;
	while (!(mask & 1)) {
		mask >>= 1;
		colour >>= 1;
	}
	return colour;
}

/* Shapes are those at vector 43h; the CGA's modes have the upper half of 8x8 at 1Fh, where programs put their own. */
static struct far shape_of(const struct surface *s, uint8_t character)
{
	uint8_t vector = 0x43;

	if (s->memory == MEMORY_CGA && character >= 128) {
		vector = 0x1f;
		character &= 127;
	}
	return (struct far){ (uint16_t)(VECTOR(vector)->offset + character * s->character_height), VECTOR(vector)->segment };
}

/* A row of a shape in bytes of the screen, into memory. */
static void row_write(const struct surface *s, uint16_t at, uint8_t row, uint8_t colour)
{
	uint32_t per_byte = 8u / s->bpp, mask = 0xffu << (8 - s->bpp) & 0xff;

	for (uint32_t n = 0; n < s->bpp; n++, at++) {
		uint8_t lit = 0;

		for (uint32_t i = 0; i < per_byte; i++, row = (uint8_t)(row << 1))
			if (row & 0x80)
				lit |= (uint8_t)(mask >> i * s->bpp);
		lit &= spread(s, colour);
		if (s->bpp < 8 && (colour & XOR))
			lit ^= far_read8(s->segment, at);
		far_write8(s->segment, at, lit);
	}
}

static uint16_t cell_line(const struct surface *s, struct place at, uint32_t row)
{
	return (uint16_t)(line_start(s, (uint32_t)at.row * s->character_height + row) + at.column * column_bytes(s));
}

static int cell_outside(const struct surface *s, struct place at)
{
	return (at.column + 1u) * GLYPH_WIDTH > s->width || (at.row + 1u) * s->character_height > s->height;
}

#define ALL_BITS	0xff

static void glyph_planar(const struct surface *s, struct place at, struct far shape, uint8_t colour)
{
	uint16_t to = cell_line(s, at, 0);

	planar_begin(colour & XOR);
	if (!(colour & XOR)) {		/* a black byte is read: the bits that a mask leaves out are black from here on */
		far_write8(s->segment, to, ALL_BITS);
		far_read8(s->segment, to);
	}
	outw(VGA_PAIR(0, colour & 0x0f), VGA_GRAPHICS);
	for (uint32_t row = 0; row < s->character_height; row++, to = (uint16_t)(to + s->pitch)) {
		if (colour & XOR)
			far_read8(s->segment, to);
		far_write8(s->segment, to, far_read8(shape.segment, shape.offset++));
	}
	planar_end(colour);
}

void glyph_draw(const struct surface *s, struct place at, uint8_t character, uint8_t colour)
{
	struct far shape = shape_of(s, character);

	if (cell_outside(s, at))
		return;
	if (s->memory == MEMORY_PLANAR) {
		glyph_planar(s, at, shape, colour);
		return;
	}
	for (uint32_t row = 0; row < s->character_height; row++)
		row_write(s, cell_line(s, at, row), far_read8(shape.segment, shape.offset++), colour);
}

/* The bits of a cell's row that are not black. */
static uint8_t row_read(const struct surface *s, uint16_t at)
{
	uint32_t per_byte = 8u / s->bpp, mask = 0xffu << (8 - s->bpp) & 0xff;
	uint8_t row = 0;

	if (s->memory == MEMORY_PLANAR)
		return (uint8_t)~far_read8(s->segment, at);
	for (uint32_t n = 0; n < s->bpp; n++, at++) {
		uint8_t byte = far_read8(s->segment, at);

		for (uint32_t i = 0; i < per_byte; i++)
			row = (uint8_t)(row << 1 | !!(byte & mask >> i * s->bpp));
	}
	return row;
}

#define READ_BLACK	0x08	/* VGA_GRAPHICS_MODE: a bit says that a pixel is the colour that is compared with, which is 0 */

static void read_rows(const struct surface *s, struct place at, uint8_t *rows)
{
	if (s->memory == MEMORY_PLANAR)
		outw(VGA_PAIR(VGA_GRAPHICS_MODE, READ_BLACK), VGA_GRAPHICS);
	for (uint32_t row = 0; row < s->character_height; row++)
		rows[row] = row_read(s, cell_line(s, at, row));
	if (s->memory == MEMORY_PLANAR)
		outw(VGA_PAIR(VGA_GRAPHICS_MODE, 0), VGA_GRAPHICS);
}

uint8_t glyph_find(const struct surface *s, struct place at)
{
	uint8_t rows[SHAPE_ROWS];

	if (cell_outside(s, at) || s->character_height > SHAPE_ROWS)
		return 0;
	read_rows(s, at, rows);
	for (uint32_t c = 0; c < 256; c++) {
		struct far shape = shape_of(s, (uint8_t)c);
		uint32_t row = 0;

		while (row < s->character_height && rows[row] == far_read8(shape.segment, (uint16_t)(shape.offset + row)))
			row++;
		if (row == s->character_height)
			return (uint8_t)c;
	}
	return 0;
}

static void fill(const struct surface *s, uint16_t at, uint32_t bytes, uint8_t colour)
{
	uint8_t value = s->memory == MEMORY_PLANAR ? ALL_BITS : spread(s, colour);

	for (; bytes; bytes--, at++)
		far_write8(s->segment, at, value);
}

void graphics_scroll(const struct surface *s, struct area area, int lines, uint8_t colour)
{
	uint32_t rows = (uint32_t)(area.to.row - area.from.row + 1) * s->character_height;
	uint32_t distance = (uint32_t)(lines < 0 ? -lines : lines) * s->character_height;
	uint32_t top = (uint32_t)area.from.row * s->character_height;
	uint16_t left = (uint16_t)(area.from.column * column_bytes(s));
	uint32_t bytes = (uint32_t)(area.to.column - area.from.column + 1) * column_bytes(s);

	if (s->memory == MEMORY_PLANAR)
		outw(VGA_PAIR(VGA_GRAPHICS_MODE, 1), VGA_GRAPHICS);	/* what is written is what was read, all planes */
	for (uint32_t n = 0; n < rows; n++) {
		uint32_t y = lines < 0 ? top + rows - 1 - n : top + n;
		uint16_t to = (uint16_t)(line_start(s, y) + left);

		if (n < rows - distance)
			far_copy((struct far){ to, s->segment }, (struct far){ (uint16_t)(line_start(s, lines < 0 ? y - distance
				 : y + distance) + left), s->segment }, bytes);
		else if (n == rows - distance && s->memory == MEMORY_PLANAR)
			planar_begin(colour & 0x0f);
		if (n >= rows - distance)
			fill(s, to, bytes, colour);
	}
	if (s->memory == MEMORY_PLANAR)
		planar_end(0);
}
