/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/bda.h: BIOS data and vectors, in FS (rom.h), and the bytes in it that belong to the VGA BIOS alone.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, BIOS data area.
 */
#ifndef VGA_BDA_H
#define VGA_BDA_H

#include "rom.h"
#include "segment.h"
#include "std/bda.h"

#define BDA		((volatile BDA_SEG struct bda *)0x400)
#define BDA_VIDEO	((volatile BDA_SEG struct bda_video *)0x487)
#define BDA_SAVE	((volatile BDA_SEG struct bda_save *)0x4a8)
#define BDA_INCOMPLETE	(*(volatile BDA_SEG uint8_t *)VGA_BDA_INCOMPLETE)
#define BDA_VBE_MODE	(*(volatile BDA_SEG uint16_t *)0x4ba)	/* with its flags, vbe.h */
#define BDA_VBE_POWER	(*(volatile BDA_SEG uint8_t *)0x4bd)	/* what AX=4F10h has asked for; 0: on */

struct bda_video {
	uint8_t control;		/* 87 */
	uint8_t switches;		/* 88 */
	uint8_t flags;			/* 89 */
	uint8_t combination;		/* 8a: index in the table of display combinations */
};
#define BDA_CONTROL_NO_CLEAR	0x80
#define BDA_CONTROL_START	0x60	/* 256 KiB; cursor emulated */
#define BDA_CONTROL_NO_EMULATION 0x01	/* of the cursor's shape */
#define BDA_FLAG_GREY		0x02	/* a mode's colours are made greys */
#define BDA_FLAG_NO_PALETTE	0x08	/* a mode set leaves the palette */
#define SWITCHES_EGA		0xf9	/* colour display of 350 lines; one less: of 200 */

struct bda_save {
	uint16_t offset, segment;
};

#define EQUIPMENT_DISPLAY	0x30
#define EQUIPMENT_COLOUR_80	0x20
#define EQUIPMENT_MONO		0x30

/* An emulator that runs this ROM alone has no BIOS behind INT 15h, nor more than 16-bit code. */
#define VECTOR_BIOS	0x15

#define VECTOR(n)	((volatile BDA_SEG uint32_t *)((n) * 4))

static inline struct far vector_get(uint8_t n)
{
	union far_dword at = { *VECTOR(n) };

	return at.far;
}

static inline void vector_set(uint8_t n, struct far to)
{
	union far_dword at = { .far = to };

	*VECTOR(n) = at.dword;
}

#endif
