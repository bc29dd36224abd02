/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/modes.h: the modes of the VGA: registers and shape of each.
 * Spec: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems; video parameter table of the EGA and VGA BIOS.
 */
#ifndef VGA_MODES_H
#define VGA_MODES_H

#include <stdbool.h>
#include <stdint.h>
#include "rom.h"
#include "std/vga.h"

/* A row of the video parameter table, which programs find by the save pointer at 40:A8. */
struct video_parameters {
	uint8_t columns, rows_less_1, character_height;
	uint16_t page_bytes;
	uint8_t sequencer[4];		/* from index 1 on */
	uint8_t misc;
	uint8_t crtc[VGA_CRTC_REGS];
	uint8_t attribute[20];
	uint8_t graphics[VGA_GRAPHICS_REGS];
} __attribute__((packed));
_Static_assert(sizeof(struct video_parameters) == 64, "video parameter table");

/* How pixels or characters lie in memory. */
enum memory_model { MEMORY_TEXT, MEMORY_CGA, MEMORY_PLANAR, MEMORY_PACKED, MEMORY_DIRECT };

enum palette { PALETTE_MONO, PALETTE_CGA, PALETTE_EGA, PALETTE_VGA };

struct mode {
	uint8_t number;
	uint8_t memory;			/* enum memory_model */
	uint8_t bpp;			/* bits of a pixel; 0 in text */
	uint8_t palette;		/* enum palette */
	uint16_t segment;		/* of the screen's memory */
	uint16_t width, height;		/* in pixels */
	uint8_t pages;
	uint8_t row;			/* in video_parameters[] */
};

extern const ROM struct video_parameters video_parameters[];

/* The mode with this number, bit 7 taken away; NULL: this display has none. */
const ROM struct mode *mode_find(uint8_t number);

/* The mode that BIOS data names; a mode beyond the VGA's has NULL. */
const ROM struct mode *mode_now(void);

/*
 * BIOS data of a mode that has just been set, and the shapes at vector 43h. page_bytes: what a page takes; vbe_mode: its
 * number with flags of vbe.h, of which VBE_NO_CLEAR counts here.
 */
struct mode_data {
	uint8_t number, columns, rows_less_1, character_height;
	uint16_t page_bytes, vbe_mode;
};
void mode_tell(const struct mode_data *data);

/* AH=00h: set it. Bit 7: screen memory is left as it is. False: there is no such mode and nothing has changed. */
bool mode_set(uint8_t number);

/* Text of mode 3 is on the screen already, and registers are not all right: BIOS data as after that mode was set. */
void mode_tell_text(void);

/* The registers that mode_tell_text() has found wanting; what the screen shows stays. */
void mode_complete(void);

#endif
