/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vbe_modes.h: the numbers of VBE modes and what they look like; nothing of displays. Numbers up to 11fh are the
 * standard's, those above are the ones that VGA BIOSes for QEMU's displays have had; the last ones are for the size that the
 * monitor likes best, where that is not among them.
 * Spec: VESA VBE Core Functions 3.0, 3 (mode numbers); VESA E-EDID 1.4, 3.10 (detailed timing).
 */
#ifndef VGA_VBE_MODES_H
#define VGA_VBE_MODES_H

#include <stdbool.h>
#include <stdint.h>
#include "card.h"

#define VBE_FIRST	0x100u
#define VBE_LAST	0x1ffu
#define VBE_PREFERRED	0x1f0u		/* 8, 16, 24, 32 bits */

/* width, height: the preferred size; 0: none is known. False: there is no mode with this number. */
bool vbe_mode_shape(uint16_t number, uint16_t width, uint16_t height, struct shape *shape);

/*
 * What a monitor's description prefers: bytes 36h-3dh of block 0, in words, the first eight of the first detailed
 * timing. False: it is not one.
 */
#define EDID_TIMING		0x36u
#define EDID_TIMING_WORDS	4u
bool edid_preferred(const uint16_t timing[EDID_TIMING_WORDS], uint16_t *width, uint16_t *height);

#endif
