/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/vga.h: the VGA's registers by what they do. The CRTC's port is the one that BIOS data names: 3d4 or, in
 * monochrome modes, 3b4.
 */
#ifndef VGA_VGA_H
#define VGA_VGA_H

#include "modes.h"

/* All registers of a mode; the screen is dark meanwhile and afterwards: screen_on(). */
void vga_program(const ROM struct video_parameters *p);
void vga_screen_on(void);

struct shape;

/*
 * Registers of mode 12h or 13h for a larger frame, up to 2048x1024. overflow: VGA_CRTC_OVERFLOW but for the bits of the
 * height.
 */
void vga_program_frame(uint8_t number, const struct shape *shape, uint8_t overflow);

/* The DAC: the first 64 entries, or all 256 of PALETTE_VGA. */
void vga_palette(enum palette palette);

/* Colour 0-15 of the CGA: red, green, blue of 6 bits. */
void vga_cga_colour(uint16_t colour, uint8_t rgb[3]);

/* Count words (index, value) from this stack to a port of that kind. */
void vga_write_pairs(uint16_t port, const uint16_t *pairs, uint16_t count);

uint16_t vga_status_port(void);

/*
 * Text and fonts as plain memory: between these two a cell is a dword of segment a000: character, attribute, and in its
 * third byte a row of a character's shape. Interrupts' handlers must not write to the screen meanwhile; off as they are
 * in INT 10h. False: this display cannot, and nothing has changed.
 */
bool vga_window_open(void);
void vga_window_close(void);

/* The plane that has the characters' shapes, at segment a000 by itself: any of its 64 KiB. */
void vga_plane2_open(void);
void vga_plane2_close(void);

#endif
