/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/own_vga_image.S: the VGA BIOS (vgasrc/), as its file for the standard VGA has it, without what fills that up.
 */
	.section .rodata.own_vga, "a"
	.balign 4
	.globl own_vga, own_vga_end
own_vga:
	.incbin "bare/vgabios-stdvga.bin"
own_vga_end:

	.section .note.GNU-stack, "", @progbits
