/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/mode_set.c: AH=00h: a mode of the VGA; see modes.h.
 */
#include "bda.h"
#include "card.h"
#include "flat.h"
#include "font.h"
#include "io.h"
#include "palette.h"
#include "segment.h"
#include "text.h"
#include "vbe.h"
#include "vga.h"

#define NO_CLEAR	0x80
#define SCREEN_64K	0x8000u		/* words */
#define SCREEN_32K	0x4000u
#define BLANK		0x0720
#define MODE_TEXT	3
#define CURSOR_UNDERLINE 0x0607
#define CURSOR_WORDS	10		/* of BIOS data: the page's start, each page's cursor, the cursor's shape */

/* What CGA's mode control register, which the VGA has no more, would have: 40:65, and the palette's, 40:66. */
static const ROM uint8_t control_of[] = { 0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29 };
#define PALETTE_REGISTER	0x30
#define PALETTE_REGISTER_6	0x3f

void mode_tell(const struct mode_data *data)
{
	NEAR(data);
	vector_set(0x43, font_of(data->character_height));
	BDA->video_mode = data->number;
	BDA->video_columns = data->columns;
	BDA->video_page_bytes = data->page_bytes;
	far_fill16(0, (uint16_t)(uintptr_t)&BDA->video_page_start, 0, CURSOR_WORDS);
	BDA->video_page = 0;
	BDA->video_rows = data->rows_less_1;
	BDA->character_height = data->character_height;
	BDA_VIDEO->control = (uint8_t)(BDA_CONTROL_START | (data->vbe_mode >> 8 & NO_CLEAR));
	if (data->number < sizeof(control_of)) {
		BDA->video_control = control_of[data->number];
		BDA->video_palette = data->number == 6 ? PALETTE_REGISTER_6 : PALETTE_REGISTER;
	}
	BDA_VBE_MODE = data->vbe_mode;
	BDA_VBE_POWER = 0;
	BDA_INCOMPLETE = 0;
}

static void tell(const ROM struct mode *m, uint8_t number)
{
	const ROM struct video_parameters *p = &video_parameters[m->row];
	struct mode_data data = { m->number, p->columns, p->rows_less_1, p->character_height, p->page_bytes,
				  (uint16_t)(m->number | (number & NO_CLEAR) << 8) };

	mode_tell(&data);
	if (m->memory == MEMORY_TEXT)
		BDA->cursor_shape = CURSOR_UNDERLINE;
}

static void clear(const ROM struct mode *m)
{
	far_fill16(m->segment, 0, 0, m->segment == 0xa000 ? SCREEN_64K : SCREEN_32K);
}

/* Blank cells and the font, in one go over font memory's first block. */
static void fill_text(bool keep)
{
	const ROM uint8_t *shape = font_8x16;

	card_window_open();
	for (uint16_t n = 0; n < 256 * 32; n++) {
		uint16_t at = (uint16_t)(n * 4);

		if (!keep)
			far_write16(0xa000, at, BLANK);
		far_write8(0xa000, (uint16_t)(at + 2), (n & 31) < 16 ? *shape++ : 0);
	}
	if (!keep)
		for (uint16_t n = 256 * 32; n < 0x4000; n++)
			far_write16(0xa000, (uint16_t)(n * 4), BLANK);
	card_window_close();
}

bool mode_set(uint8_t number)
{
	const ROM struct mode *m = mode_find(number);
	const ROM struct video_parameters *p;

	if (!m)
		return 0;
	p = &video_parameters[m->row];
	CARD(leave)();
	tell(m, number);
	if (flat_display()) {
		flat_mode_set(m, number & NO_CLEAR);
		return 1;
	}
	vga_program(p);
	palette_of_mode(m->palette);
	if (m->memory == MEMORY_TEXT)
		fill_text(number & NO_CLEAR);
	else if (!(number & NO_CLEAR))
		clear(m);
	vga_screen_on();
	return 1;
}

void mode_tell_text(void)
{
	tell(mode_find(MODE_TEXT), MODE_TEXT);
	BDA->crtc_port = VGA_CRTC;
	BDA_INCOMPLETE = 1;
}

void mode_complete(void)
{
	const ROM struct mode *m = mode_find(MODE_TEXT);

	BDA_INCOMPLETE = 0;
	vga_program(&video_parameters[m->row]);
	vga_palette(m->palette);
	cursor_move(0, cursor_of(0));
	vga_screen_on();
}
