/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/flat.h: text on displays without the VGA's registers and memory: 80 or 40 columns of 25 rows, painted in the
 * linear framebuffer with characters of 8x16 and a cursor. Cells lie in the framebuffer's memory too, as they do in
 * the VGA's, behind what is shown. Where the framebuffer is out of reach nothing is painted, and cells read as blank.
 *
 * All but flat_display() between big_real_begin() and big_real_end() (big_real.h). Cells are counted from the start of
 * the screen's memory, over all pages; those beyond FLAT_CELLS do not exist. What differs from a VGA: blinking
 * characters and the cursor, which is grey, stand still, mode 7 has the colours of mode 3, and shapes are those of the
 * ROM.
 */
#ifndef VGA_FLAT_H
#define VGA_FLAT_H

#include "modes.h"

#define FLAT_CELLS	0x3000u
#define FLAT_PAGES	6u		/* of 80x25 */
#define FLAT_PAGE	2000u		/* cells of one */

/* The display has neither the VGA's registers nor its modes but for those of text, which are drawn here. */
bool flat_display(void);

/* Set a text mode, whose BIOS data are there. keep: what is in memory is shown. */
void flat_mode_set(const ROM struct mode *mode, bool keep);

/* What is done to cells: one of these, with a value in the lower 16 bits. */
#define FLAT_PAINT	0x10000u	/* painted again, as after a cursor has come or gone */
#define FLAT_WRITE	0x20000u	/* attribute and character */
#define FLAT_CHARACTER	0x40000u	/* character; the attribute stays */
#define FLAT_COPY	0x80000u	/* those from a cell on, which are not among these */

/* Do it to count cells from one on. Returns what the last one was; blank, if there is none. */
uint16_t flat_cells(uint16_t cell, uint16_t count, uint32_t work);

#endif
