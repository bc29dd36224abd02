/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/cp437.h: the characters of a PC's screen, code page 437, and Unicode.
 * Spec: Unicode's mapping of code page 437; 01-1F and 7F are the signs that IBM's character generator has there.
 */
#ifndef RT16_CP437_H
#define RT16_CP437_H

#include <stdint.h>

#define CP437_NOT_ASCII (0x20 + 0x81)

/* The code point of what the screen shows for a character. 00 is blank. */
uint16_t cp437_point(uint8_t character);

/* The character from 80 on that has this code point, 0: none. */
uint8_t cp437_character(uint16_t point);

#endif
