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
 * Write text, at most len bytes and up to a NUL; a newline begins a line. Outside of services: what INT 10h leads to
 * is called in real mode.
 */
void console_write(const char *text, uint32_t len);
void console_print(const char *text);

#endif
