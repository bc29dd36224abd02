/* SPDX-License-Identifier: BSD-2-Clause
 * src/pm/apm32.S: the 32-bit interface of Advanced Power Management. A far call from protected mode with CPL 0; the
 * descriptors behind CS's are those of the 16-bit code and of the data that the connection has named.
 * Spec: Advanced Power Management (APM) BIOS Interface Specification 1.2, 4.6.4.
 */
#include "rt16/apm.h"

	.code32
	.section .text.pm, "ax"
	.global	rt16_pm_apm_entry32
rt16_pm_apm_entry32:
	pushl	%ebp
	pushl	%ds
	movl	%cs, %ebp
	addl	$16, %ebp
	verw	%bp			/* no fault for who has made no descriptor */
	jnz	2f
	movl	%ebp, %ds
	movl	$APM_32, %ebp
	call	apm_functions
	jc	1f
	cmpb	$APM_IDLE, %al
	jne	3f
	testb	$APM_DISABLED, %ds:APM_FLAGS
	jz	4f
3:	clc
1:	popl	%ds
	popl	%ebp
	lretl
2:	movb	$APM_NOT_CONNECTED, %ah
	stc
	jmp	1b
4:	popl	%ds
	popl	%ebp
	pushfl				/* HLT directly behind STI: no interrupt comes between */
	sti
	hlt
	popfl
	clc
	lretl

#include "pm/apm.inc"

	.section .note.GNU-stack, "", @progbits
