/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/rom.h: the segments of this program. It runs in 16-bit code at any segment, on any stack:
 *
 *	CS, GS	the ROM: code and constants
 *	SS, DS	the stack: what C takes the address of
 *	FS	0: vectors and BIOS data
 *	ES	anything: who uses it loads it, for gcc's own string instructions scripts/vga_narrow.py
 *
 * There are no variables: what has to last is in BIOS data, in the display's registers, or, known at init and never
 * changed afterwards, in rom_info. The linker script refuses .data and .bss.
 */
#ifndef VGA_ROM_H
#define VGA_ROM_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/vga_rom.h"

#ifdef HOST_BUILD			/* unit tests */
#define ROM
#define BDA_SEG
#else
#define ROM	__seg_gs
#define BDA_SEG	__seg_fs
#endif

extern ROM struct vga_rom_info rom_info;	/* in the header */

/*
 * Have a pointer in a register by which 16-bit code can address. gcc takes any, of which the others ask for an address of
 * 32 bits, and for an upper half of 0 wherever the pointer comes from. Worth it for what functions are given often.
 */
#ifdef HOST_BUILD
#define NEAR(pointer)
#else
#define NEAR(pointer)	__asm__("" : "+bSD"(pointer))
#endif

/* Offset of something in the ROM, for a far pointer; and the ROM's segment. */
#define rom_offset(object) ((uint16_t)(uintptr_t)(object))
static inline uint16_t rom_segment(void)
{
	uint16_t segment;

	__asm__("movw %%cs, %0" : "=r"(segment));
	return segment;
}

#endif
