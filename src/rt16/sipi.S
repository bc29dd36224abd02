/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/sipi.S: where application processors begin: real mode, CS = this page >> 4, IP = 0,
 * caches off, no stack. From here to 32-bit code, whose address is in the mailbox, since this image
 * is linked first.
 */
#include "arch/layout.h"

	.code16
	.section .sipi, "ax"
	.global rt16_sipi
rt16_sipi:
	cli
	movw	$AP_MAILBOX >> 4, %ax
	movw	%ax, %ds
	lgdtl	%cs:ap_gdt_pointer - rt16_sipi
	movl	%cr0, %eax
	andl	$~0x60000000, %eax	/* CD and NW: caches on */
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	*0			/* mailbox: offset, selector; DS still has its real-mode base */

/*
 * Used in the image below 4 GiB, where no guest can change it: a parked processor needs it when
 * an NMI arrives. Accessed bits are set, or the CPU would write them, and KVM hangs on that.
 */
	.balign 8
ap_gdt:
	.quad	0
	.quad	0
	.quad	0x00cf9b000000ffff	/* SEL_CODE32 */
	.quad	0x00cf93000000ffff	/* SEL_DATA32 */
ap_gdt_end:
ap_gdt_pointer:
	.word	ap_gdt_end - ap_gdt - 1
	.long	ap_gdt + ROM16_BASE - FSEG_BASE
	.section .note.GNU-stack, "", @progbits
