/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/serial_text.h: a screen's text on a terminal: characters as UTF-8, colours and cursor as escape sequences.
 * What the terminal has already is not sent again, and the cursor moves only when something follows there. No device:
 * bytes go to serial_send().
 * Spec: ECMA-48, fifth edition, 8.3 (CUP, ED, EL, SGR); an area that is erased takes the background that was chosen,
 * as with xterm and its kin.
 */
#ifndef RT16_SERIAL_TEXT_H
#define RT16_SERIAL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* A row; a column, or behind the last one, where terminals differ. */
#define SERIAL_TEXT_UNKNOWN 0xff

/* Where the terminal's cursor is, from 0 on, and the attribute that it writes in. */
struct serial_text {
	uint8_t row, column;
	bool coloured;			/* attribute is known */
	uint8_t attribute;		/* a PC's: background and blinking above, bright and foreground below */
};

/* Nothing is known of the terminal any more. */
void serial_text_forget(struct serial_text *t);

/* The cursor to row and column, both below 0xfe. */
void serial_text_move(struct serial_text *t, uint32_t row, uint32_t column);

/* A character at the cursor, which goes on; the screen has that many columns. Of the others 8 bits count. */
void serial_text_write(struct serial_text *t, uint32_t character, uint32_t attribute, uint32_t columns);

/* Blanks from the cursor to the end of its line, or everywhere; then the cursor is at the top left. */
void serial_text_clear_line(struct serial_text *t, uint32_t attribute);
void serial_text_clear(struct serial_text *t, uint32_t attribute);

/* The cursor down by a line from where it is, which is not the last. */
void serial_text_feed(struct serial_text *t);

/* All rows go up by some, and those that come in at the bottom have the attribute; the cursor is at the bottom then. */
void serial_text_scroll(struct serial_text *t, uint32_t bottom, uint32_t rows, uint32_t attribute);

/* One byte, the lowest, to the terminal: the UART's (serial_console.c), or a test's. */
void serial_send(uint32_t byte);

#endif
