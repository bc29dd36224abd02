/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/flat.h: text on displays without the VGA's registers and memory: 80 or 40 columns of 25 rows, painted in the linear
 * framebuffer with characters of 8x16 and a cursor. Cells lie in the framebuffer's memory too, as they do in the VGA's,
 * behind what is shown. Where the framebuffer is out of reach (big_real.h) nothing is painted, and cells read as blank.
 *
 * Cells are counted from the start of the screen's memory, over all pages; those beyond FLAT_CELLS do not exist. What
 * differs from a VGA: blinking characters stand still on a dark background, underlines of mode 7 are not drawn, shapes are
 * those of the ROM.
 */
#ifndef VGA_FLAT_H
#define VGA_FLAT_H

#include "modes.h"

#define FLAT_CELLS	0x3000u
#define FLAT_PAGES	6u		/* of 80x25 */

/* The display has neither the VGA's registers nor its modes but for those of text, which are drawn here. */
int flat_display(void);

/* Set a text mode, whose BIOS data are there. keep: what is in memory is shown. */
void flat_mode_set(const ROM struct mode *mode, int keep);

/* count times a character from a cell on; KEEP_ATTRIBUTE as in text.h. */
void flat_write(uint16_t cell, uint8_t character, uint32_t attribute, uint32_t count);

/* Attribute and character. */
uint16_t flat_read(uint16_t cell);

/* count cells, which do not overlap. */
void flat_move(uint16_t to, uint16_t from, uint32_t count);

/* Paint a cell again, as after its cursor has come or gone; or the whole page. */
void flat_paint(uint16_t cell);
void flat_paint_page(void);

#endif
