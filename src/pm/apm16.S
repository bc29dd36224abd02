/* SPDX-License-Identifier: BSD-2-Clause
 * src/pm/apm16.S: Advanced Power Management as 16-bit code: the 16-bit interface, a far call from protected mode with
 * CPL 0 (the descriptor behind CS's is that of the data that the connection has named), and what INT 15h calls.
 * Spec: Advanced Power Management (APM) BIOS Interface Specification 1.2, 4.6.3.
 */
#include "arch/regs.h"
#include "rt16/apm.h"

	.code16
	.section .text.pm, "ax"
	.global	rt16_pm_apm_entry16, rt16_pm_apm_pm1a, apm_call, apm_in_virtual_8086
rt16_pm_apm_entry16:
	pushl	%ebp
	pushw	%ds
	movw	%cs, %bp
	addw	$8, %bp
	verw	%bp			/* no fault for who has made no descriptor */
	jnz	2f
	movw	%bp, %ds
	movw	$APM_16, %bp
	calll	apm_functions
	jc	1f
	cmpb	$APM_IDLE, %al
	jne	3f
	testb	$APM_DISABLED, %ds:APM_FLAGS
	jz	4f
3:	clc
1:	popw	%ds
	popl	%ebp
	lretw
2:	movb	$APM_NOT_CONNECTED, %ah
	stc
	jmp	1b
4:	popw	%ds
	popl	%ebp
	pushfl				/* HLT directly behind STI: no interrupt comes between */
	sti
	hlt
	popfl
	clc
	lretw

#include "pm/apm.inc"

	.balign	2
rt16_pm_apm_pm1a:
	.word	0			/* POST writes it: the port of PM1 control, 0: there is none */

	.section .text16, "ax"

/* void apm_call(struct regs *r): see src/rt16/apm.h. */
apm_call:
	pushl	%ebx
	pushl	%ebp
	movl	%eax, %ebp
	pushl	%ebp
	movl	REGS_EAX(%ebp), %eax
	movl	REGS_EBX(%ebp), %ebx
	movl	REGS_ECX(%ebp), %ecx
	movl	REGS_EDX(%ebp), %edx
	movw	$APM_REAL, %bp
	calll	apm_functions
	popl	%ebp
	movl	%eax, REGS_EAX(%ebp)
	movl	%ebx, REGS_EBX(%ebp)
	movl	%ecx, REGS_ECX(%ebp)
	movl	%edx, REGS_EDX(%ebp)
	sbbw	%ax, %ax
	andw	$FLAGS_CF, %ax
	andw	$~FLAGS_CF, REGS_FLAGS(%ebp)
	orw	%ax, REGS_FLAGS(%ebp)
	popl	%ebp
	popl	%ebx
	retl

/* bool apm_in_virtual_8086(void), for a caller in real mode or that: by SMSW, which is not privileged. */
apm_in_virtual_8086:
	smsww	%ax
	andb	$1, %al
	retl

	.section .note.GNU-stack, "", @progbits
