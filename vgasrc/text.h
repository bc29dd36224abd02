/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/text.h: characters and the cursor on the screen, in text modes and, drawn as pixels (graphics.h), in others.
 * Positions beyond the screen are the caller's: text modes write where they lead, within 64 KiB of the screen's memory.
 */
#ifndef VGA_TEXT_H
#define VGA_TEXT_H

#include <stdint.h>

struct place { uint8_t column, row; };		/* DL, DH */

/* A rectangle of cells, both corners included. */
struct area { struct place from, to; };

/* With an attribute: cells of text modes keep theirs; it is the colour in graphics. */
#define KEEP_ATTRIBUTE	0x100u

/* Of a page below 8: in BIOS data, and on the screen if the page is shown. */
void cursor_move(uint8_t page, struct place to);
struct place cursor_of(uint8_t page);

/*
 * First and last line in the high and the low byte, as AH=01h has them: for characters of 8 lines while the shape is
 * emulated (40:87 bit 0).
 */
void cursor_shape(uint16_t shape);

/* The lines that it has of a character as high as those of the screen, in the same way. First bit 5: none. */
uint16_t cursor_lines(void);

/* AH=05h. Pages that the mode does not have are ignored. */
void page_show(uint8_t page);

/* count times a character. In graphics a row ends it. */
void text_write(uint8_t page, struct place at, uint8_t character, uint16_t attribute, uint16_t count);

/* Attribute and character; in graphics the character whose shape is there, 0: none. */
uint16_t text_read(uint8_t page, struct place at);

/* Move an area up (lines > 0) or down; blank cells with this attribute come in. 0, or more than there are: all of it. */
void text_scroll(uint8_t page, struct area area, int16_t lines, uint8_t attribute);

/*
 * Write a character at a place; bell, backspace, line feed, carriage return are done, not written. The screen scrolls where
 * the last row is left. Returns the place of the next; the cursor stays.
 */
struct place text_put(uint8_t page, struct place at, uint8_t character, uint16_t attribute);

/* AH=0Eh: the same on the page that is shown, where the cursor is, which moves. */
void text_teletype(uint8_t character, uint16_t attribute);

#endif
