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
	lidtl	%cs:ap_transit_pointer - rt16_sipi
	cli
	movl	$FW_RAM_END, %esp	/* SP is 0: in real mode an NMI pushes below 64 KiB; nobody reads it */
	movw	$AP_MAILBOX >> 4, %ax
	movw	%ax, %ds
	lgdtl	%cs:ap_gdt_pointer - rt16_sipi
	movl	%cr0, %eax
	andl	$~0x60000000, %eax	/* CD and NW: caches on */
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	*0			/* mailbox: offset, selector; DS still has its real-mode base */

/*
 * The tables are used in the image below 4 GiB, where no guest can change them: a parked processor needs
 * its GDT when an NMI arrives. Accessed bits are set, or the CPU would write them, and KVM hangs on that.
 */
	.balign 8
ap_gdt:
	.quad	0
	.quad	0
	.quad	0x00cf9b000000ffff	/* SEL_CODE32 */
	.quad	0x00cf93000000ffff	/* SEL_DATA32 */
ap_gdt_end:
/*
 * As the table in reset.S: number 2 is NMI in both modes. But in both it leads to the beginning: another
 * processor's frame may be where this one's was, so no IRET is good here.
 */
ap_transit:
	.quad	0
	.word	0, FSEG_BASE >> 4	/* rt16_sipi, as the linker script asserts */
	.long	0
	.word	ap_nmi - rt16_sipi, SEL_CODE32, 0x8e00, ROM16_BASE >> 16
ap_transit_end:
ap_gdt_pointer:
	.word	ap_gdt_end - ap_gdt - 1
	.long	ap_gdt + ROM16_BASE - FSEG_BASE
ap_transit_pointer:
	.word	ap_transit_end - ap_transit - 1
	.long	ap_transit + ROM16_BASE - FSEG_BASE

/* As rt16_nmi. */
	.code32
ap_nmi:
	movl	$SEL_DATA32, %eax
	movl	%eax, %ds
	ljmpl	*AP_MAILBOX
	.section .note.GNU-stack, "", @progbits
