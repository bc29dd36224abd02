/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/font.c: see font.h.
 */
#include "font.h"
#include "bda.h"
#include "card.h"
#include "io.h"
#include "regs.h"
#include "text.h"
#include "vga.h"

const ROM uint8_t font_alternates[1] = { 0 };

/* The first 8 KiB of 64 KiB of plane 2, then those at 4000h, 8000h, c000h, then the same plus 2000h. */
static uint16_t block_start(uint8_t block)
{
	return (uint16_t)((block & 3) << 14 | (block & 4) << 11);
}

struct far font_of(uint8_t height)
{
	const ROM uint8_t *font = height == 8 ? font_8x8 : height == 14 ? font_8x14 : font_8x16;

	return far_at(rom_segment(), rom_offset(font));
}

/* In the window, plane 2 is every fourth byte, from the third on, of the first 16 KiB; else the plane by itself. */
void font_load(struct far shapes, uint8_t height, uint8_t block, uint8_t first, uint16_t count)
{
	uint16_t at = (uint16_t)(block_start(block) + first * SHAPE_ROWS);
	bool window = at + count * SHAPE_ROWS <= 0x4000 && card_window_open();

	if (!window)
		vga_plane2_open();
	for (; count; count--, at += SHAPE_ROWS)
		for (uint16_t row = 0; row < SHAPE_ROWS; row++) {
			uint8_t line = 0;

			if (row < height)
				line = far_read8(shapes.segment, shapes.offset++);
			else if (!window)
				break;
			far_write8(0xa000, (uint16_t)(window ? (at + row) * 4 + 2 : at + row), line);
		}
	if (window)
		card_window_close();
	else
		vga_plane2_close();
}

static void load(struct far shapes, uint8_t height, uint8_t block, uint16_t first, uint16_t count)
{
	if (first > 255 || !height || height > SHAPE_ROWS)
		return;
	if (count > 256 - first)
		count = (uint16_t)(256 - first);
	font_load(shapes, height, block & 7, (uint8_t)first, count);
}

void font_set_height(uint8_t height)
{
	uint16_t crtc = BDA->crtc_port;
	uint8_t lines = read_index(crtc, VGA_CRTC_MAX_SCAN), overflow = read_index(crtc, VGA_CRTC_OVERFLOW);
	uint16_t visible = 1u + read_index(crtc, VGA_CRTC_DISPLAY_END) + (overflow & 2) * 0x80u + (overflow & 0x40) * 8u;
	uint16_t rows;

	if (lines & 0x80)
		visible /= 2;		/* each shown twice */
	rows = visible / height;
	outw(VGA_PAIR(VGA_CRTC_MAX_SCAN, (lines & 0xe0) | (height - 1)), crtc);
	BDA->character_height = height;
	BDA->video_rows = (uint8_t)(rows - 1);
	BDA->video_page_bytes = (uint16_t)((rows * BDA->video_columns * 2 + 0x7ff) & ~0x7ffu);
	height = (uint8_t)(height == 8 ? height - 1 : height - 2);	/* the cursor's last line; it has two */
	BDA->cursor_shape = (uint16_t)((height - 1) << 8 | height);
	outw(VGA_PAIR(VGA_CRTC_CURSOR_START, height - 1u), crtc);
	outw(VGA_PAIR(VGA_CRTC_CURSOR_START + 1, height), crtc);
}

/* AL=30h: which pointer is wanted in BH. */
static struct far pointer_of(uint8_t which)
{
	switch (which) {
	case 0:
		return vector_get(0x1f);
	case 1:
		return vector_get(0x43);
	case 2:
		return font_of(14);
	case 3:
		return font_of(8);
	case 4:
		return far_at(rom_segment(), rom_offset(font_8x8 + 128 * 8));
	case 5:
	case 7:
		return far_at(rom_segment(), rom_offset(font_alternates));
	default:
		return font_of(16);
	}
}

/* AL=21h-24h: characters of graphics modes, and how many rows of them fit: BL says 14, 25, 43, or DL itself. */
static void set_graphics_font(const struct regs *r, struct far shapes, uint8_t height)
{
	static const ROM uint8_t rows[] = { 14, 25, 43 };

	vector_set(0x43, shapes);
	BDA->character_height = height;
	BDA->video_rows = (uint8_t)((r->bl == 0 ? r->dl : r->bl <= 3 ? rows[r->bl - 1] : 25) - 1);
}

/* Functions 0-4 and 10h-14h, 21h-24h by their lower digit: which shapes. */
static uint8_t height_of(uint8_t function)
{
	return function == 2 ? 8 : function == 1 ? 14 : 16;
}

static void service_text(struct regs *r)
{
	uint8_t function = r->al & 0x0f, height = function ? height_of(function) : r->bh;

	if (function == 0)
		load(far_at(r->es, r->bp), height, r->bl, r->dx, r->cx);
	else
		load(font_of(height), height, r->bl, 0, 256);
	if ((r->al & 0x10) && height && height <= SHAPE_ROWS)
		font_set_height(height);
}

void font_service(struct regs *r)
{
	struct far shapes;

	switch (r->al) {
	case 0x00: case 0x01: case 0x02: case 0x04:
	case 0x10: case 0x11: case 0x12: case 0x14:
		service_text(r);
		break;
	case 0x03:
		outw(VGA_PAIR(VGA_SEQUENCER_FONT, r->bl), VGA_SEQUENCER);
		break;
	case 0x20:
		vector_set(0x1f, far_at(r->es, r->bp));
		break;
	case 0x21:
		set_graphics_font(r, far_at(r->es, r->bp), (uint8_t)r->cx);
		break;
	case 0x22:
		set_graphics_font(r, font_of(14), 14);
		break;
	case 0x23:
		set_graphics_font(r, font_of(8), 8);
		break;
	case 0x24:
		set_graphics_font(r, font_of(16), 16);
		break;
	case 0x30:
		shapes = pointer_of(r->bh);
		r->bp = shapes.offset;
		r->es = shapes.segment;
		r->cx = BDA->character_height & 0xff;
		r->dl = BDA->video_rows;
		break;
	}
}
