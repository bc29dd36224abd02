/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/console.h: messages on the screen, through INT 10h of the display's ROM, or of the serial
 * console. Nothing where there is none.
 */
#ifndef SERVICES_CONSOLE_H
#define SERVICES_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A ROM may have taken INT 10h, or the serial console. True if one has: text is shown from now on, in mode 3, which
 * is set unless the ROM has done so. It is asked again whenever another has run. Until then there is no console.
 */
bool console_open(void);

/* Is there one? */
bool console_is_open(void);

/*
 * A call of INT 10h that has no function here, with *regs as real_call() has it but for the flags. Not without a console.
 * Outside of services, as all that follows.
 */
struct regs;
void console_call(struct regs *regs);

/* Mode 3 anew, on a blank screen: something else was shown. */
void console_text(void);

/*
 * Write text, at most len bytes and up to a NUL; a newline begins a line. Outside of services: what INT 10h leads to
 * is called in real mode.
 */
void console_write(const char *text, uint32_t len);
void console_print(const char *text);

/* How many columns and rows the screen has, as the BIOS data area says; 80 and 25 where that is beyond these bounds. */
#define CONSOLE_COLUMNS_MIN	40
#define CONSOLE_COLUMNS_MAX	160
#define CONSOLE_ROWS_MIN	8
#define CONSOLE_ROWS_MAX	100
struct console_size {
	uint8_t columns, rows;
};
struct console_size console_size(void);

/* Colours of a line, as VGA's text modes have them: foreground in bits 3-0. */
#define CONSOLE_PLAIN	0x07
#define CONSOLE_REVERSE	0x70

/* Blank the screen, with the cursor in its first place. As for console_write(), like the rest. */
void console_clear(void);

/* Rows and columns count from 0. */
void console_cursor(uint8_t row, uint8_t column);

/* The cursor blinks, or is not to be seen. */
void console_show_cursor(bool show);

/* Write a row of the screen: text, up to a NUL or the last column, which is no reason to scroll, then blanks. */
void console_line(uint8_t row, const char *text, uint8_t colours);

#endif
