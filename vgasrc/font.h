/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/font.h: shapes of characters: those in the ROM, and those that text modes show.
 */
#ifndef VGA_FONT_H
#define VGA_FONT_H

#include <stdint.h>
#include "rom.h"
#include "segment.h"

/* A character in font memory takes as many, whatever it has. */
#define SHAPE_ROWS	32u

extern const ROM uint8_t font_8x8[256 * 8], font_8x14[256 * 14], font_8x16[256 * 16];

/*
 * Shapes that differ in characters nine dots wide (AH=11h AL=30h BH=5, 7): a code and its rows, then the next; 0 ends
 * the list. Ours do not differ.
 */
extern const ROM uint8_t font_alternates[1];

/* The ROM's of that height: 8, 14 or 16. */
struct far font_of(uint8_t height);

/* Load count characters' shapes from first on into one of eight blocks of font memory; nothing of it shows before a mode's does. */
void font_load(struct far shapes, uint8_t height, uint8_t block, uint8_t first, uint16_t count);

/* Text with characters of that height: cursor, lines and BIOS data with it (AH=11h AL=10h-14h). */
void font_set_height(uint8_t height);

/* AH=11h */
struct regs;
void font_service(struct regs *r);

#endif
