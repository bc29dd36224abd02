/* SPDX-License-Identifier: BSD-2-Clause
 * src/smm/image.S: the handler of SMIs (handler/) as it is copied to SMRAM.
 */
	.section .rodata.smm_handler, "a"
	.global	smm_handler_image, smm_handler_image_end
	.balign	4
smm_handler_image:
	.incbin	"smm.bin"
smm_handler_image_end:
	.section .note.GNU-stack, "", @progbits
