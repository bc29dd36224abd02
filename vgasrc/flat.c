/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/flat.c: see flat.h.
 */
#include "flat.h"
#include "bda.h"
#include "big_real.h"
#include "card.h"
#include "text.h"

#define ROWS		25u
#define HEIGHT		16u
#define WIDTH_BYTES	32u		/* of a character: 8 pixels */
#define STORE		0xfa000u	/* of the cells: behind 640x400; a framebuffer of 1 MiB ends behind the last */
#define BLANK		0x0720u

bool flat_display(void)
{
	return !(card_now()->flags & CARD_VGA);
}

/* The framebuffer while a mode of the VGA is on, which is one of text here, and it can be reached; else 0. */
static uint32_t screen(void)
{
	return mode_now() && big_real_possible() ? CARD(framebuffer)() : 0;
}

static uint32_t columns_now(void)
{
	return video_parameters[mode_now()->row].columns;
}

static uint16_t read(uint32_t base, uint32_t cell)
{
	return big_read16(base + STORE + cell * 2);
}

static void paint_cursor(uint32_t at, uint32_t pitch)
{
	uint16_t lines = cursor_lines();
	uint8_t last = (uint8_t)lines;

	for (uint8_t row = (uint8_t)(lines >> 8); row <= last && row < HEIGHT; row++)
		big_fill32(at + row * pitch, 0xaaaaaa, WIDTH_BYTES / 4);
}

/* Where the page that is shown has it. */
static void paint(uint32_t base, uint32_t cell)
{
	uint32_t n = cell - BDA->video_page_start / 2u, columns = columns_now(), at, pitch = columns * WIDTH_BYTES;
	uint16_t cursor = BDA->cursor[BDA->video_page & 7];

	if (n >= columns * ROWS)
		return;
	at = base + n / columns * HEIGHT * pitch + n % columns * WIDTH_BYTES;
	big_draw(at, read(base, cell), pitch);
	if (n == (uint32_t)(cursor >> 8) * columns + (cursor & 0xff))
		paint_cursor(at, pitch);
}

/* What is there already has been painted. */
uint16_t flat_cells(uint16_t cell, uint16_t count, uint32_t work)
{
	uint32_t base = screen(), old = BLANK, value;

	for (; base && count && cell < FLAT_CELLS; count--, cell++) {
		value = old = read(base, cell);
		if (work & FLAT_COPY)
			value = read(base, work++ & 0xffff);
		else if (work & FLAT_WRITE)
			value = work & 0xffff;
		else if (work & FLAT_CHARACTER)
			value = (old & 0xff00) | (work & 0xff);
		if (value == old && !(work & FLAT_PAINT))
			continue;
		big_write16(base + STORE + cell * 2u, (uint16_t)value);
		paint(base, cell);
	}
	return (uint16_t)old;
}

void flat_mode_set(const ROM struct mode *mode, bool keep)
{
	uint32_t columns = columns_now(), base = screen();
	struct shape shape = { (uint16_t)(columns * 8), ROWS * HEIGHT, 32 };

	BDA->crtc_port = mode->number == 7 ? VGA_CRTC_MONO : VGA_CRTC;
	if (!keep && base)
		big_fill32(base + STORE, BLANK << 16 | BLANK, FLAT_CELLS / 2);
	CARD(set)(&shape, !keep);
	flat_cells(0, FLAT_PAGE, FLAT_PAINT);
}
