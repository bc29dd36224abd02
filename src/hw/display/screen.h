/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/screen.h: text on the first VGA without its BIOS: font, blank cells and characters are written to the
 * linear framebuffer, where they are plain memory, and registers are left as a reset has them but for a few.
 */
#ifndef HW_DISPLAY_SCREEN_H
#define HW_DISPLAY_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/config.h"

struct display_card;
struct pci_function;

#define SCREEN_COLUMNS	80u
#define SCREEN_ROWS	25u

/*
 * 80x25 characters, without a cursor, grey on black, or in the sixteen colours if colours, on a VGA that a reset has left
 * as it is, that decodes, and that answers at the VGA's ports: the only one, or by screen_answers(). card: display_card_of()
 * of it. None, one above 4 GiB, any after a start that was no reset, or once text is on or screen_lost() was called, stays
 * as it is. machine.screen says what a kernel is told of it.
 */
/* Not inlined where launches without one come by. */
void __attribute__((noinline)) screen_text_on(const struct pci_function *vga, const struct display_card *card, bool colours);

/*
 * Would screen_text_on() do it, and does this one answer at the VGA's ports? Of several on a bus, an ISA card with them, QEMU
 * lets one answer, whatever their command registers say.
 */
bool screen_answers(const struct pci_function *vga, const struct display_card *card);

/* Is it as a reset has left it? */
bool screen_untouched(void);

/*
 * Of screen_text_on() what it writes to memory and registers, and machine.screen, on one for which that is true. cells: the
 * framebuffer, for as long as this takes: what is to be written later the display's own program writes.
 */
void screen_show(uint8_t *cells, bool colours);

/* Is it as screen_text_on() has left it? Until screen_lost() or screen_hand_over(). */
bool screen_is_text(void);

/* The same, on this function? */
bool screen_is_text_of(pci_bdf_t bdf);

/* Some other program may have touched it: it is not what a reset has left, nor what a kernel could be told of. */
void screen_lost(void);

/*
 * Before a program that may write to B8000h without a call of INT 10h: text is there, in the sixteen colours. What else the
 * registers of mode 3 are the VGA BIOS makes right when it is called (arch/vga_rom.h). Nothing if it is no text of ours.
 */
void screen_hand_over(void);

/* A cell; row and column are on the screen. */
void screen_write(uint32_t row, uint32_t column, uint8_t character, uint8_t attribute);

/* All rows one up, and a blank one. */
void screen_scroll(void);

#endif
