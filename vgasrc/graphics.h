/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/graphics.h: pixels, and characters made of them.
 */
#ifndef VGA_GRAPHICS_H
#define VGA_GRAPHICS_H

#include <stdint.h>
#include "modes.h"
#include "text.h"

/* The screen as it is shown now. */
struct surface {
	uint8_t memory;			/* enum memory_model */
	uint8_t bpp;
	uint8_t character_height;
	uint16_t segment;		/* 0: no 64 KiB show it; direct colours of 32 bits by physical address (big_real.h) */
	uint16_t width, height;
	uint32_t pitch;			/* bytes from a line to the next; of a plane in planar modes */
	uint32_t page_start;		/* of the page that is worked on; without segment, of the framebuffer */
	uint8_t banked;			/* a mode beyond the VGA's: 64 KiB of it are at segment, */
	uint16_t bank, bank_before;	/* these now, and those that the caller has there */
};

/* In text: memory is MEMORY_TEXT and nothing else counts. surface_done() ends what is done with it. */
void surface_now(struct surface *s, uint8_t page);
void surface_done(const struct surface *s);

/*
 * colour: bit 7 xors it with what is there, in modes of up to 16 colours. Direct colours are the sixteen of the CGA, by the
 * lower four bits; others are read as 0.
 */
void pixel_write(struct surface *s, uint16_t x, uint16_t y, uint8_t colour);
uint8_t pixel_read(struct surface *s, uint16_t x, uint16_t y);

/* A character's shape in one colour; bit 7 as above. It is drawn on black, xored ones excepted. */
void glyph_draw(struct surface *s, struct place at, uint8_t character, uint8_t colour);

/* The character whose shape is there, in any colour on black; 0: none. */
uint8_t glyph_find(struct surface *s, struct place at);

/* As text_scroll(), in cells; what comes in has this colour. */
void graphics_scroll(struct surface *s, struct area area, int16_t lines, uint8_t colour);

#endif
