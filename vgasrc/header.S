/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/header.S: what a PC takes for an option ROM: header, PCI data structure, Plug and Play header.
 * scripts/vga_rom.py fills in sizes, ids and checksums.
 * Spec: PCI Firmware 3.0, 5.1; Plug and Play BIOS 1.0A, 3.1.
 */
	.code16
	.section .header, "a"

	.globl rom_header, rom_info
rom_header:
	.word 0xaa55
	.byte 0				/* size in units of 512 bytes */
	jmp rom_init			/* at 3: far call, AX the PCI address */
	. = 6
	.byte 0				/* makes the sum 0 */
	. = 0x18
	.word pcir
	.word pnp
	. = 0x1e
	.ascii "IBM"
	. = 0x24
rom_info:				/* struct vga_rom_info */
	.ascii "SLVG"
	.byte 0				/* card */
	.byte 0				/* on_pci */
	.word 0				/* bdf */
	.word 0				/* stack_segment */
	.byte 0, 0			/* text_on */
	.long 0				/* framebuffer */
	.word 0				/* file */

	.balign 4
	.globl save_pointers
save_pointers:				/* EGA save pointer table: far, the first alone leads somewhere */
	.word video_parameters, 0	/* segment: written at init */
	.fill 6, 4, 0

	.balign 4
	.globl rom_pcir
rom_pcir:
pcir:
	.ascii "PCIR"
	.word 0, 0			/* vendor, device */
	.word 0				/* no vital product data */
	.word pcir_end - pcir
	.byte 0				/* revision */
	.byte 0x00, 0x00, 0x03		/* class: VGA */
	.word 0				/* size in units of 512 bytes */
	.word 1				/* revision of the code */
	.byte 0				/* for PCs */
	.byte 0x80			/* the last image */
	.word 0
pcir_end:

	.balign 16
pnp:
	.ascii "$PnP"
	.byte 1				/* revision */
	.byte 2				/* length in units of 16 bytes */
	.word 0				/* no further header */
	.byte 0
	.byte 0				/* makes the sum 0 */
	.long 0				/* no device id */
	.word vendor, product
	.byte 3, 0, 0			/* class: display, VGA */
	.byte 0x08			/* a display */
	.word 0, 0, 0			/* boots nothing */
	.word 0
	.word 0
pnp_end:
	.if pnp_end - pnp - 32
	.error "Plug and Play header"
	.endif

	.globl vendor
vendor:
	.asciz "Slipway"
	.globl product
product:
	.asciz "Slipway VGA BIOS"
	.globl revision
revision:
	.asciz "1.0"

	.section .note.GNU-stack, "", @progbits
