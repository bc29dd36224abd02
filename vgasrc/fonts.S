/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/fonts.S: the shapes of characters, made of the drawings in vgasrc/fonts/ by scripts/font.py.
 */
	.section .rodata.fonts, "a"
	.globl font_8x16, font_8x14, font_8x8
/* The first character of each is as blank as the last, which is left out: 22 bytes. */
font_8x8:
	.incbin "font_8x8.bin", 0, 255 * 8
font_8x14:
	.incbin "font_8x14.bin", 0, 255 * 14
font_8x16:
	.incbin "font_8x16.bin"

	.section .note.GNU-stack, "", @progbits
