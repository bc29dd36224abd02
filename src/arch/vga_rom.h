/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/vga_rom.h: what the VGA BIOS (vgasrc/) and who puts it into place agree on. scripts/vga_rom.py has the same
 * offsets and numbers.
 */
#ifndef ARCH_VGA_ROM_H
#define ARCH_VGA_ROM_H

#define VGA_ROM_INFO	0x24		/* struct vga_rom_info, from the start of the ROM */
#define VGA_ROM_MAGIC	"SLVG"
#define VGA_ROM_STACK	768		/* bytes of its own stack, */
#define VGA_ROM_VARIABLES 16		/* the first of which are variables, 0 at first */

/*
 * In BIOS data: with text_on init writes no registers, and leaves a 1 here; the first call of INT 10h completes them.
 */
#define VGA_BDA_INCOMPLETE	0x4bc

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* The kind of display that it drives. */
enum vga_card {
	VGA_CARD_STD, VGA_CARD_ISA, VGA_CARD_CIRRUS, VGA_CARD_QXL, VGA_CARD_VMWARE, VGA_CARD_VIRTIO, VGA_CARD_ATI,
	VGA_CARD_BOCHS_DISPLAY, VGA_CARD_RAMFB,
};

/* Written at init while the ROM can be written, or by who has put it into place. */
struct vga_rom_info {
	char magic[4];
	uint8_t card;			/* enum vga_card */
	uint8_t on_pci;			/* bdf is the display's: its ids have been compared */
	uint16_t bdf;
	uint16_t stack_segment;		/* its own stack's, whose first byte says that it is in use; 0: the caller's */
	/* The next init finds text on the screen, as src/hw/display/screen.h puts it there, and is told the right function. */
	uint8_t text_on;
	uint8_t unused;
	uint32_t framebuffer;		/* of displays without a VGA: its physical address; 0: there is none */
	uint16_t file;			/* of ramfb: etc/ramfb's key in fw_cfg; 0: there is none */
} __attribute__((packed));
_Static_assert(sizeof(struct vga_rom_info) == 18 && offsetof(struct vga_rom_info, stack_segment) == 8, "vgasrc/header.S");

#endif

#endif
