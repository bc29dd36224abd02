/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/own_vga.c: bytes in the place of the VGA BIOS (src/boot/rom/own_vga_image.S): a header, PCIR, a sum of 0.
 */

/* The linker's symbols; what is between them is one object. */
__asm__(".section .data.own_vga, \"aw\"\n"
	".globl own_vga, own_vga_end, own_vga_font\n"
	"own_vga:\n"
	"	.byte 0x55, 0xaa, 2, 0xcb, 0, 0, 0x84\n"
	"	. = own_vga + 0x18\n"
	"	.short 0x40, 0\n"
	"	. = own_vga + 0x24\n"
	"	.ascii \"SLVG\"\n"
	"	. = own_vga + 0x40\n"
	"	.ascii \"PCIR\"\n"
	"	.short 0x1234, 0x1111, 0, 24\n"
	"	.byte 0, 0, 0, 3\n"
	"	.short 2, 1\n"
	"	.byte 0, 0x80, 0, 0\n"
	"	. = own_vga + 0x300\n"
	"own_vga_font:\n"
	"	. = own_vga + 1024\n"
	"own_vga_end:\n"
	"	.zero 4096\n"		/* the font is longer than what a test's image has */
	".text\n");
