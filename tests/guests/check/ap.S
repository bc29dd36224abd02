/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/ap.S: what a further processor runs after SIPI, in real mode, copied to the
 * page the SIPI names: counts itself, sums up its memory-type registers and stops. Layout of
 * the data behind it: struct ap_page in cpu.c.
 */
	.section .rodata
	.code16
	.globl	ap_start, ap_end
ap_start:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	movl	$1, %ebp
	lock xaddl %ebp, 0x800		/* my number */
	xorl	%edi, %edi
	movw	$0x808, %si
1:	movl	(%si), %ecx		/* MSRs, ended by 0 */
	testl	%ecx, %ecx
	jz	2f
	rdmsr
	roll	$1, %edi
	addl	%eax, %edi
	roll	$1, %edi
	addl	%edx, %edi
	addw	$4, %si
	jmp	1b
2:	movl	%edi, 0xa00(, %ebp, 4)
	lock incl 0x804			/* done */
3:	hlt
	jmp	3b
ap_end:
