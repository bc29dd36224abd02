/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/fonts.S: the shapes of characters, made of the drawings in vgasrc/fonts/ by scripts/font.py.
 */
	.section .rodata.fonts, "a"
	.globl font_8x16, font_8x14, font_8x8
font_8x16:
	.incbin "font_8x16.bin"
font_8x14:
	.incbin "font_8x14.bin"
font_8x8:
	.incbin "font_8x8.bin"

	.section .note.GNU-stack, "", @progbits
