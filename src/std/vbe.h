/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/vbe.h: what INT 10h AH=4Fh answers to who calls it, as far as it is used.
 * Spec: VESA BIOS Extension (VBE) Core Functions Standard 3.0.
 */
#ifndef STD_VBE_H
#define STD_VBE_H

#include <stddef.h>
#include <stdint.h>

#define VBE_CONTROLLER_INFO	0x4f00	/* AX; ES:DI: struct vbe_controller */
#define VBE_MODE_INFO		0x4f01	/* CX: the mode; ES:DI: struct vbe_mode */
#define VBE_SET_MODE		0x4f02	/* BX: the mode */
#define VBE_DONE		0x004f	/* AX afterwards */

#define VBE_MODE_LINEAR		0x4000	/* of BX in VBE_SET_MODE: by the linear framebuffer */
#define VBE_MODES_END		0xffff

/* Section 4.3. The caller's signature asks for all of it. */
struct vbe_controller {
	char signature[4];		/* "VBE2", then "VESA" */
	uint16_t version;
	uint32_t oem;
	uint32_t capabilities;
	uint32_t modes;			/* segment << 16 | offset of their numbers, up to VBE_MODES_END */
	uint16_t memory_64k;
	uint8_t more[492];
} __attribute__((packed));
_Static_assert(sizeof(struct vbe_controller) == 512 && offsetof(struct vbe_controller, modes) == 14, "VBE 3.0, 4.3");

#define VBE_SUPPORTED	0x0001		/* attributes */
#define VBE_GRAPHICS	0x0010
#define VBE_LINEAR	0x0080
#define VBE_DIRECT	6		/* memory model: a pixel is its colour */

struct vbe_part {
	uint8_t bits, position;
};

/* Section 4.4. */
struct vbe_mode {
	uint16_t attributes;
	uint8_t windows[14];
	uint16_t pitch;			/* bytes from a line to the next */
	uint16_t width, height;
	uint8_t character[2];
	uint8_t planes, bpp, banks, model, bank_kib, pages, reserved;
	struct vbe_part red, green, blue, rest;
	uint8_t part_flags;
	uint32_t framebuffer;		/* physical address */
	uint8_t offscreen[6];
	uint16_t linear_pitch;		/* from VBE 3.0 on */
	uint8_t more[204];
} __attribute__((packed));
_Static_assert(sizeof(struct vbe_mode) == 256 && offsetof(struct vbe_mode, width) == 18 &&
	       offsetof(struct vbe_mode, red) == 31 && offsetof(struct vbe_mode, framebuffer) == 40 &&
	       offsetof(struct vbe_mode, linear_pitch) == 50, "VBE 3.0, 4.4");

#endif
