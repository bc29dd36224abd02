/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe.h: INT 10h AH=4Fh, modes beyond the VGA's, on displays that have some (card.h).
 * Spec: VESA BIOS Extension (VBE) Core Functions 3.0; VBE/PM 1.0 for AL=10h, VBE/DDC 1.1 for AL=15h.
 */
#ifndef VGA_VBE_H
#define VGA_VBE_H

#include <stdbool.h>
#include <stdint.h>
#include "card.h"
#include "segment.h"

struct regs;

/* AX of the answer. */
enum vbe_answer {
	VBE_DONE = 0x004f,
	VBE_FAILED = 0x014f,
	VBE_NOT_HERE = 0x024f,		/* this display cannot */
	VBE_WRONG_MODE = 0x034f,	/* it makes no sense in the mode that is on */
	VBE_UNKNOWN = 0x0100,
};

/* Bits of a mode's number, in AL=02h and in BDA_VBE_MODE. */
#define VBE_NUMBER		0x1ff
#define VBE_LINEAR		0x4000
#define VBE_NO_CLEAR		0x8000

/* The number that a mode of VBE has in AH=00h too: 102h's. */
#define VBE_VGA_800X600		0x6a

void vbe_service(struct regs *r);

/*
 * A mode beyond the VGA's by its number, flags taken away, or by one that AH=00h has for it: what it looks like. False:
 * there is none, or the display, which has memory_64k of 64 KiB, cannot show it.
 */
bool vbe_mode_find(uint16_t number, uint32_t memory_64k, struct shape *shape);

/* The same for what is on now; false: a mode of the VGA. */
bool vbe_mode_now(struct shape *shape);

/* AL=02h, for modes beyond the VGA's. False: nothing has changed. */
bool vbe_mode_set(uint16_t mode);

/* Bits of a pixel in memory; 1: planes, each by itself. */
uint32_t vbe_bits(const struct shape *shape);

/* To a caller's block, by bytes: a word at offset FFFFh is an exception. */
void vbe_put_word(uint16_t segment, uint16_t offset, uint16_t value);

/* AL=00h, 01h (vbe_info.c), 04h (vbe_state.c), 15h (vbe_edid.c). */
enum vbe_answer vbe_controller_info(struct regs *r);
enum vbe_answer vbe_mode_info(struct regs *r);
enum vbe_answer vbe_state(struct regs *r);
enum vbe_answer vbe_edid(struct regs *r);

/*
 * What the monitor likes best, in pixels; width 0, or both as they were: not known. It is asked once, which takes time, and
 * at boot nobody wants to know; the answer lies with the ROM's own stack, without which there is none, since the ROM itself
 * cannot be written.
 */
void vbe_preferred(uint16_t *width, uint16_t *height);

#endif
