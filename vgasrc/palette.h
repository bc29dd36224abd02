/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/palette.h: colours: the sixteen palette registers and the DAC, INT 10h AH=0Bh and AH=10h. Displays with the
 * VGA's registers only.
 */
#ifndef VGA_PALETTE_H
#define VGA_PALETTE_H

#include <stdint.h>
#include "modes.h"
#include "segment.h"

struct regs;

/* AH=0Bh: background, and the three colours of the CGA's graphics. */
void palette_cga(const struct regs *r);

/* The DAC as a mode that is set has it: not if AX=1201h, BL=31h has said so; in greys after AX=1200h, BL=33h. */
void palette_of_mode(enum palette palette);

/* AH=10h */
void palette_service(struct regs *r);

/*
 * One of the attribute controller's registers (below VGA_ATTRIBUTES): bits of keep stay, those of value are set.
 * Returns what it was. The screen is as it was, on or off.
 */
uint8_t attribute_change(uint8_t index, uint8_t keep, uint8_t value);

/* What one of them is. */
uint8_t attribute_read(uint8_t index);

/* Three bytes, red, green, blue, of count colours (at most 256) from one on, by way of the first again behind the last. */
void dac_read(struct far to, uint8_t first, uint16_t count);
void dac_write(struct far from, uint8_t first, uint16_t count);

#endif
