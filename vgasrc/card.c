/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/card.c: see card.h.
 */
#include "card.h"
#include "vga.h"

uint32_t shape_pitch(const struct shape *shape)
{
	if (shape->bpp == 4)
		return (shape->width + 7u) / 8;
	return shape->width * ((shape->bpp + 7u) / 8);
}

uint32_t shape_bytes(const struct shape *shape)
{
	NEAR(shape);
	return shape_pitch(shape) * shape->height * (shape->bpp == 4 ? 4 : 1);
}

uint32_t card_none(void)
{
	return 0;
}

bool card_no_window(void)
{
	return 0;
}

void card_no_leave(void)
{
}

const ROM struct card *card_now(void)
{
	switch (rom_info.card) {
	case VGA_CARD_CIRRUS:
		return &card_cirrus;
	case VGA_CARD_ATI:
		return &card_ati;
	case VGA_CARD_BOCHS_DISPLAY:
		return &card_bochs_display;
	case VGA_CARD_RAMFB:
		return &card_ramfb;
	default:
		return &card_dispi;
	}
}

uint32_t card_memory_64k(void)
{
	return CARD(memory_64k)();
}

uint32_t card_framebuffer(void)
{
	return CARD(framebuffer)();
}

uint32_t card_get(enum card_register reg)
{
	return CARD(get)(reg);
}

bool card_put(enum card_register reg, uint32_t value)
{
	return CARD(put)(reg, value);
}

bool card_window_open(void)
{
	return CARD(window_open)();
}

void card_window_close(void)
{
	CARD(window_close)();
}
