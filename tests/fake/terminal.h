/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/terminal.h: a terminal as xterm is one: UTF-8, and the control sequences of ECMA-48 that the serial
 * console sends. Anything else fails the test.
 */
#ifndef FAKE_TERMINAL_H
#define FAKE_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_ROWS 25
#define FAKE_COLUMNS 80

struct fake_cell {
	uint16_t point;
	uint8_t attribute;		/* a PC's: blinking 80, background 70, bright 08, foreground 07 */
};

struct fake_terminal {
	struct fake_cell cell[FAKE_ROWS][FAKE_COLUMNS];
	uint8_t row, column, attribute;
	bool wraps;			/* the cursor is behind the last column: the next character begins a line */
	uint32_t bytes, bells, scrolled;
	char pending[16];		/* of a sequence */
	uint32_t length;
};
extern struct fake_terminal fake_terminal;

/* Blank, grey on black. */
void fake_terminal_reset(void);
void fake_terminal_take(uint8_t byte);

/* The text of a row, as bytes of ASCII ('?' for others), without blanks at its end. */
const char *fake_terminal_row(uint32_t row);

#endif
