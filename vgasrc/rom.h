/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/rom.h: the segments of this program. It runs in 16-bit code at any segment, on any stack:
 *
 *	CS, GS	the ROM: code and constants
 *	SS, DS	the stack: what C takes the address of
 *	FS	0: vectors and BIOS data
 *	ES	as DS; string instructions borrow it (segment.h)
 *
 * There are no variables: what has to last is in BIOS data, in the display's registers, or, known at init and never
 * changed afterwards, in rom_info. The linker script refuses .data and .bss.
 */
#ifndef VGA_ROM_H
#define VGA_ROM_H

#include <stdint.h>

#define ROM	__seg_gs
#define BDA_SEG	__seg_fs

/* What kind of display this ROM drives. The numbers are in the ROM's header (scripts/vga_rom.py has them too). */
enum card { CARD_STDVGA, CARD_ISA, CARD_CIRRUS, CARD_QXL, CARD_VMWARE, CARD_VIRTIO, CARD_ATI, CARD_BOCHS_DISPLAY, CARD_RAMFB };

/* In the header, written at init while the ROM can be written, or by who has put it in place. */
struct rom_info {
	char magic[4];			/* "SLVG" */
	uint8_t card;			/* enum card */
	uint8_t on_pci;			/* bdf is the display's: its ids have been compared */
	uint16_t bdf;
	uint16_t stack_segment;		/* of STACK_BYTES, whose first word says that it is in use; 0: on the caller's */
};
extern ROM struct rom_info rom_info;

/* Offset of something in the ROM, for a far pointer; and the ROM's segment. */
#define rom_offset(object) ((uint16_t)(uintptr_t)(object))
static inline uint16_t rom_segment(void)
{
	uint16_t segment;

	__asm__("movw %%cs, %0" : "=r"(segment));
	return segment;
}

#endif
