/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/flat.c: see flat.h.
 */
#include "flat.h"
#include "bda.h"
#include "big_real.h"
#include "card.h"
#include "font.h"
#include "text.h"

#define ROWS		25u
#define HEIGHT		16u
#define WIDTH_BYTES	32u		/* of a character: 8 pixels */
#define STORE		0xfa000u	/* of the cells: behind 640x400; a framebuffer of 1 MiB ends behind the last */
#define BLANK		0x0720u

int flat_display(void)
{
	return !(card_now()->flags & CARD_VGA);
}

/* The framebuffer, reached until text_end(); base 0: it is not, or no text is on. */
struct screen {
	uint32_t base, flags;
	uint32_t columns;
};

static int text_begin(struct screen *s)
{
	const ROM struct mode *m = mode_now();

	s->base = 0;
	if (!m || m->memory != MEMORY_TEXT)
		return 0;
	s->columns = video_parameters[m->row].columns;
	s->base = CARD(framebuffer)();
	s->flags = s->base ? big_real_begin() : 0;
	return s->flags != 0;
}

static void text_end(const struct screen *s)
{
	big_real_end(s->flags);
}

static uint32_t store(const struct screen *s, uint32_t cell)
{
	return s->base + STORE + cell * 2;
}

static uint32_t colour(uint32_t n)
{
	static const ROM uint32_t colours[] = {
		0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa,
		0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff };

	if (BDA->crtc_port == VGA_CRTC_MONO && (n & 7))
		n |= 7;
	return colours[n & 15];
}

static void draw_cursor(const struct screen *s, const struct big_glyph *g)
{
	uint16_t lines = cursor_lines();
	uint32_t last = lines & 0xff;

	for (uint32_t row = lines >> 8; row <= last && row < HEIGHT; row++)
		big_fill32(g->at + row * s->columns * WIDTH_BYTES, g->foreground, WIDTH_BYTES / 4);
}

static void paint(const struct screen *s, uint32_t cell)
{
	uint32_t n = cell - BDA->video_page_start / 2u, value = big_read16(store(s, cell));
	struct place cursor = cursor_of(BDA->video_page);
	struct big_glyph g;

	if (n >= s->columns * ROWS || cell >= FLAT_CELLS)
		return;
	g.at = s->base + (n / s->columns * HEIGHT * s->columns + n % s->columns) * WIDTH_BYTES;
	g.rest = (s->columns - 1) * WIDTH_BYTES;
	g.shape = rom_offset(font_8x16) + (value & 0xff) * HEIGHT;
	g.background = colour(value >> 12 & 7);
	g.foreground = colour(value >> 8 & 15);
	big_draw(&g);
	if (n == cursor.row * s->columns + cursor.column)
		draw_cursor(s, &g);
}

/* What is there already has been painted. */
static void put(const struct screen *s, uint32_t cell, uint16_t value)
{
	if (big_read16(store(s, cell)) == value)
		return;
	big_write16(store(s, cell), value);
	paint(s, cell);
}

void flat_write(uint16_t cell, uint8_t character, uint32_t attribute, uint32_t count)
{
	struct screen s;

	if (!text_begin(&s))
		return;
	for (; count && cell < FLAT_CELLS; count--, cell++) {
		uint32_t high = attribute << 8;

		if (attribute & KEEP_ATTRIBUTE)
			high = big_read16(store(&s, cell)) & 0xff00u;
		put(&s, cell, (uint16_t)(high | character));
	}
	text_end(&s);
}

uint16_t flat_read(uint16_t cell)
{
	uint16_t value = BLANK;
	struct screen s;

	if (cell >= FLAT_CELLS || !text_begin(&s))
		return BLANK;
	value = big_read16(store(&s, cell));
	text_end(&s);
	return value;
}

void flat_move(uint16_t to, uint16_t from, uint32_t count)
{
	struct screen s;

	if (!text_begin(&s))
		return;
	for (; count && to < FLAT_CELLS && from < FLAT_CELLS; count--, to++, from++)
		put(&s, to, big_read16(store(&s, from)));
	text_end(&s);
}

void flat_paint(uint16_t cell)
{
	struct screen s;

	if (cell >= FLAT_CELLS || !text_begin(&s))
		return;
	paint(&s, cell);
	text_end(&s);
}

void flat_paint_page(void)
{
	struct screen s;

	if (!text_begin(&s))
		return;
	for (uint32_t n = 0; n < s.columns * ROWS; n++)
		paint(&s, BDA->video_page_start / 2u + n);
	text_end(&s);
}

static void clear_store(void)
{
	struct screen s;

	if (!text_begin(&s))
		return;
	big_fill32(store(&s, 0), BLANK << 16 | BLANK, FLAT_CELLS / 2);
	text_end(&s);
}

void flat_mode_set(const ROM struct mode *mode, int keep)
{
	struct shape shape = { (uint16_t)(video_parameters[mode->row].columns * 8), ROWS * HEIGHT, 32 };

	BDA->crtc_port = mode->number == 7 ? VGA_CRTC_MONO : VGA_CRTC;
	if (!keep)
		clear_store();
	CARD(set)(&shape, !keep);
	if (keep)
		flat_paint_page();
}
