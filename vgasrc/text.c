/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/text.c: see text.h.
 */
#include "text.h"
#include "bda.h"
#include "card.h"
#include "flat.h"
#include "graphics.h"
#include "io.h"
#include "segment.h"
#include "vga.h"

#define PAGES		8
#define BLANK		0x20
#define BELL		0x07
#define BACKSPACE	0x08
#define LINE_FEED	0x0a
#define RETURN		0x0d

/* A scroll that reads more cells than this is done in the window: each read of the screen's memory is an exit. */
#define WINDOW_WORTH	80u

static uint16_t screen_segment(void)
{
	return BDA->crtc_port == VGA_CRTC_MONO ? 0xb000 : 0xb800;
}

#define CELLS		0x4000u		/* that there are in 32 KiB: a power of two */

/* In cells from the start of the screen's memory, and within it whatever the position is. */
static uint16_t cell_of(uint8_t page, struct place at)
{
	return (uint16_t)((BDA->video_page_bytes * page / 2 + at.row * BDA->video_columns + at.column) & (CELLS - 1));
}

static bool is_text(void)
{
	const ROM struct mode *m = mode_now();

	return m && m->memory == MEMORY_TEXT;
}

static void crtc_write16(uint8_t index, uint16_t value)
{
	uint16_t port = BDA->crtc_port;

	outw(VGA_PAIR(index, value >> 8), port);
	outw(VGA_PAIR(index + 1, value & 0xff), port);
}

struct place cursor_of(uint8_t page)
{
	uint16_t at = BDA->cursor[page % PAGES];

	return (struct place){ (uint8_t)at, (uint8_t)(at >> 8) };
}

void cursor_move(uint8_t page, struct place to)
{
	struct place from = cursor_of(page);

	if (page >= PAGES)
		return;
	BDA->cursor[page] = (uint16_t)(to.row << 8 | to.column);
	if (page != BDA->video_page || !is_text())
		return;
	if (flat_display()) {
		flat_cells(cell_of(page, from), 1, FLAT_PAINT);
		flat_cells(cell_of(page, to), 1, FLAT_PAINT);
	} else {
		crtc_write16(VGA_CRTC_CURSOR_HIGH, cell_of(page, to));
	}
}

#define LINES_EMULATED	8u
#define SHAPE_HIDDEN	0x20	/* in the first line's byte */

uint16_t cursor_lines(void)
{
	uint16_t shape = BDA->cursor_shape;
	uint16_t first = shape >> 8 & 0x3f, last = shape & 0x1f, height = BDA->character_height;

	if (!(BDA_VIDEO->control & BDA_CONTROL_NO_EMULATION) && height > LINES_EMULATED && first < SHAPE_HIDDEN &&
	    last < LINES_EMULATED) {
		uint16_t lines = last - first;

		last = (last + 1) * height / LINES_EMULATED - 1;
		first = lines <= 1 ? (uint16_t)(last - lines) : (uint16_t)((first + 1) * height / LINES_EMULATED - 1);
		shape = (uint16_t)(first << 8 | last);
	}
	return shape;
}

void cursor_shape(uint16_t shape)
{
	BDA->cursor_shape = shape;
	if (!is_text())
		return;
	if (flat_display())
		flat_cells(cell_of(BDA->video_page, cursor_of(BDA->video_page)), 1, FLAT_PAINT);
	else
		crtc_write16(VGA_CRTC_CURSOR_START, cursor_lines());
}

void page_show(uint8_t page)
{
	const ROM struct mode *m = mode_now();
	uint16_t start;

	if (!m || page >= m->pages || (flat_display() && page >= FLAT_PAGES))
		return;
	start = (uint16_t)(BDA->video_page_bytes * page);
	BDA->video_page = page;
	BDA->video_page_start = start;
	if (flat_display()) {
		flat_cells(start / 2, FLAT_PAGE, FLAT_PAINT);
		return;
	}
	crtc_write16(VGA_CRTC_START_HIGH, m->memory == MEMORY_TEXT ? start / 2 : start);
	cursor_move(page, cursor_of(page));
}

static void write_cells(uint16_t cell, uint8_t character, uint16_t attribute, uint16_t count)
{
	if (count > CELLS - cell)
		count = CELLS - cell;
	if (flat_display()) {
		flat_cells(cell, count, attribute & KEEP_ATTRIBUTE ? FLAT_CHARACTER | character
								   : FLAT_WRITE | attribute << 8 | character);
		return;
	}
	if (!(attribute & KEEP_ATTRIBUTE)) {
		far_fill16(screen_segment(), (uint16_t)(cell * 2), (uint16_t)(attribute << 8 | character), count);
		return;
	}
	for (; count; count--, cell++)
		far_write8(screen_segment(), (uint16_t)(cell * 2), character);
}

void text_write(uint8_t page, struct place at, uint8_t character, uint16_t attribute, uint16_t count)
{
	struct surface s;

	surface_now(&s, page);
	if (s.memory == MEMORY_TEXT) {
		write_cells(cell_of(page, at), character, attribute, count);
		return;
	}
	for (; count && at.column < BDA->video_columns; count--, at.column++)
		glyph_draw(&s, at, character, (uint8_t)attribute);
	surface_done(&s);
}

uint16_t text_read(uint8_t page, struct place at)
{
	struct surface s;
	uint8_t character;

	surface_now(&s, page);
	if (s.memory == MEMORY_TEXT && flat_display())
		return flat_cells(cell_of(page, at), 1, FLAT_PAINT);
	if (s.memory == MEMORY_TEXT)
		return far_read16(screen_segment(), (uint16_t)(cell_of(page, at) * 2));
	character = glyph_find(&s, at);
	surface_done(&s);
	return character;
}

#define WINDOW_SEGMENT	0xa000

/* Cells are words at every fourth byte there. */
static void window_move(uint16_t to, uint16_t from, uint16_t count)
{
	for (; count; count--, to++, from++)
		far_write16(WINDOW_SEGMENT, (uint16_t)(to * 4), far_read16(WINDOW_SEGMENT, (uint16_t)(from * 4)));
}

static void window_fill(uint16_t to, uint16_t value, uint16_t count)
{
	for (; count; count--, to++)
		far_write16(WINDOW_SEGMENT, (uint16_t)(to * 4), value);
}

static void move_cells(uint16_t to, uint16_t from, uint16_t count)
{
	if (flat_display()) {
		flat_cells(to, count, FLAT_COPY | from);
		return;
	}
	far_copy(far_at(screen_segment(), (uint16_t)(to * 2)), far_at(screen_segment(), (uint16_t)(from * 2)),
		 count * 2);
}

static void scroll_text(uint8_t page, struct area area, int16_t lines, uint8_t attribute)
{
	uint16_t width = (uint16_t)(area.to.column - area.from.column + 1), rows = (uint16_t)(area.to.row - area.from.row + 1);
	uint16_t distance = (uint16_t)(lines < 0 ? -lines : lines), kept = rows - distance;
	bool window = kept * width > WINDOW_WORTH && card_window_open();
	int16_t step = BDA->video_columns;
	uint16_t blank = (uint16_t)(attribute << 8 | BLANK), row;

	if (lines < 0)
		step = -step;
	row = cell_of(page, (struct place){ area.from.column, lines < 0 ? area.to.row : area.from.row });
	for (uint16_t n = 0; n < rows; n++, row = (uint16_t)((row + step) & (CELLS - 1))) {
		uint16_t from = (uint16_t)((row + step * (int)distance) & (CELLS - 1));

		if (window && n < kept)
			window_move(row, from, width);
		else if (window)
			window_fill(row, blank, width);
		else if (n < kept)
			move_cells(row, from, width);
		else
			write_cells(row, BLANK, attribute, width);
	}
	if (window)
		card_window_close();
}

void text_scroll(uint8_t page, struct area area, int16_t lines, uint8_t attribute)
{
	uint8_t last_row = BDA->video_rows, last_column = (uint8_t)(BDA->video_columns - 1);
	struct surface s;
	int rows;

	if (area.to.row > last_row)
		area.to.row = last_row;
	if (area.to.column > last_column)
		area.to.column = last_column;
	if (area.from.row > area.to.row || area.from.column > area.to.column)
		return;
	rows = area.to.row - area.from.row + 1;
	if (!lines || lines > rows || lines < -rows)
		lines = rows;
	surface_now(&s, page);
	if (s.memory == MEMORY_TEXT)
		scroll_text(page, area, lines, attribute);
	else
		graphics_scroll(&s, area, lines, attribute);
	surface_done(&s);
}

/* What a line that scrolls in looks like: as the character at the cursor, or black. */
static uint8_t attribute_behind(uint8_t page, struct place at)
{
	return is_text() ? (uint8_t)(text_read(page, at) >> 8) : 0;
}

struct place text_put(uint8_t page, struct place at, uint8_t character, uint16_t attribute)
{
	switch (character) {
	case BELL:
		return at;
	case BACKSPACE:
		if (at.column)
			at.column--;
		break;
	case RETURN:
		at.column = 0;
		break;
	case LINE_FEED:
		at.row++;
		break;
	default:
		text_write(page, at, character, attribute, 1);
		at.column++;
		break;
	}
	if (at.column >= BDA->video_columns) {
		at.column = 0;
		at.row++;
	}
	if (at.row > BDA->video_rows) {
		struct area all = { { 0, 0 }, { (uint8_t)(BDA->video_columns - 1), BDA->video_rows } };

		at.row = BDA->video_rows;
		text_scroll(page, all, 1, attribute_behind(page, at));
	}
	return at;
}

void text_teletype(uint8_t character, uint16_t attribute)
{
	uint8_t page = BDA->video_page;

	cursor_move(page, text_put(page, cursor_of(page), character, attribute));
}
