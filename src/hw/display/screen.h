/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/screen.h: text on the first VGA without its BIOS: font, blank cells and characters are written to the
 * linear framebuffer, where they are plain memory, and registers are left as a reset has them but for a few.
 */
#ifndef HW_DISPLAY_SCREEN_H
#define HW_DISPLAY_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/config.h"

struct pci_function;

#define SCREEN_COLUMNS	80u
#define SCREEN_ROWS	25u

/*
 * 80x25 characters, grey on black, without a cursor, on a VGA that a reset has left as it is, that decodes, and that is
 * one of QEMU's (card.h). Any other, one above 4 GiB, or any after a start that was no reset, stays dark.
 * machine.screen says what a kernel is told of it.
 */
void __attribute__((noinline)) screen_text_on(const struct pci_function *vga);	/* not where launches without one come by */

/* Is it as screen_text_on() has left it? Until screen_lost(): some other program may have it now. */
bool screen_is_text(void);

/* The same, on this function? */
bool screen_is_text_of(pci_bdf_t bdf);

void screen_lost(void);

/* A cell; row and column are on the screen. */
void screen_write(uint32_t row, uint32_t column, uint8_t character, uint8_t attribute);

/* All rows one up, and a blank one. */
void screen_scroll(void);

#endif
