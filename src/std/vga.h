/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/vga.h: the VGA's registers, as IBM's PS/2 Hardware Interface Technical Reference (Video Subsystems) has them,
 * and those that QEMU's displays have beside them.
 */
#ifndef STD_VGA_H
#define STD_VGA_H

#define VGA_CRTC_MONO		0x3b4	/* index; data behind it; with VGA_MISC_COLOUR 0 */
#define VGA_ATTRIBUTE		0x3c0	/* index and data in turn; VGA_STATUS goes back to index */
#define VGA_ATTRIBUTE_READ	0x3c1
#define VGA_MISC_WRITE		0x3c2
#define VGA_SEQUENCER		0x3c4
#define VGA_DAC_MASK		0x3c6
#define VGA_DAC_READ		0x3c7	/* index of what is read */
#define VGA_DAC_WRITE		0x3c8	/* index of what is written */
#define VGA_DAC_DATA		0x3c9	/* red, green, blue; 6 bits each */
#define VGA_MISC_READ		0x3cc
#define VGA_GRAPHICS		0x3ce
#define VGA_CRTC		0x3d4
#define VGA_STATUS		0x3da	/* 3ba with VGA_CRTC_MONO */
#define VGA_STATUS_RETRACE	0x08	/* vertical */
#define VGA_STATUS_BLANK	0x01

#define VGA_MISC_COLOUR		0x01

#define VGA_ATTRIBUTE_ON	0x20	/* with the index: the palette is the display's, the screen on */
#define VGA_ATTRIBUTE_MODE	0x10
#define VGA_ATTRIBUTE_OVERSCAN	0x11
#define VGA_ATTRIBUTE_SELECT	0x14
#define VGA_ATTRIBUTES		21

#define VGA_SEQUENCER_CLOCKING	0x01
#define VGA_SEQUENCER_MASK	0x02	/* planes that are written */
#define VGA_SEQUENCER_FONT	0x03
#define VGA_SEQUENCER_MEMORY	0x04

#define VGA_GRAPHICS_READ_PLANE	0x04
#define VGA_GRAPHICS_MODE	0x05
#define VGA_GRAPHICS_MISC	0x06
#define VGA_GRAPHICS_COLOURS	0x07	/* planes that are compared */
#define VGA_GRAPHICS_BITS	0x08	/* that are written */
#define VGA_GRAPHICS_REGS	9

#define VGA_CRTC_WIDTH		0x01	/* characters of a line, less 1 */
#define VGA_CRTC_OVERFLOW	0x07
#define VGA_CRTC_MAX_SCAN	0x09
#define VGA_CRTC_CURSOR_START	0x0a
#define VGA_CRTC_CURSOR_END	0x0b
#define VGA_CRTC_START_HIGH	0x0c
#define VGA_CRTC_CURSOR_HIGH	0x0e
#define VGA_CRTC_RETRACE_END	0x11	/* bit 7 protects 0-7 */
#define VGA_CRTC_DISPLAY_END	0x12
#define VGA_CRTC_OFFSET		0x13	/* of a line, in units of two bytes (words) */
#define VGA_CRTC_UNDERLINE	0x14
#define VGA_CRTC_REGS		25

/* One value for an index: a word to the index port. */
#define VGA_PAIR(index, value)	((uint16_t)((value) << 8 | (index)))

/* DISPI, of the displays that are made after Bochs's (QEMU docs/specs/standard-vga.rst). */
#define DISPI_INDEX		0x1ce
#define DISPI_DATA		0x1cf
#define DISPI_MMIO		0x500	/* in the second memory BAR, 16 bits each */
#define DISPI_ID		0
#define DISPI_XRES		1
#define DISPI_YRES		2
#define DISPI_BPP		3
#define DISPI_ENABLE		4
#define DISPI_BANK		5
#define DISPI_VIRT_WIDTH	6
#define DISPI_VIRT_HEIGHT	7
#define DISPI_X_OFFSET		8
#define DISPI_Y_OFFSET		9
#define DISPI_VIDEO_MEMORY_64K	10

#define DISPI_ENABLED		0x01
#define DISPI_GET_CAPS		0x02	/* XRES, YRES, BPP answer with the largest */
#define DISPI_8BIT_DAC		0x20
#define DISPI_LFB_ENABLED	0x40
#define DISPI_NO_CLEAR		0x80

#endif
