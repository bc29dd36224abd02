/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/gate.S: INT 13h from 16-bit protected mode, by a gate of 16 bits in the program's own table. From the entry in
 * entry.S, on the caller's stack: flags, CS, IP, DS, vector, EAX. All is done there, since no segment of ours means
 * anything to him; 32-bit code takes the registers from his stack and puts results there (src/services/crossing.c).
 */
#include "arch/regs.h"
#include "arch/smm.h"

/* On that stack, with what is pushed here: struct protected_stack in src/services/crossing.c. */
#define PROTECTED_EAX	34
#define PROTECTED_FLAGS	46

	.code16
	.section .text16, "ax"
	.global	rt16_gate
rt16_gate:
	pushw	%es
	pushal
	cmpw	$0, %cs:rt16_smm16_served_offset	/* where they are not, no SMI must be raised */
	je	5f
	movl	$SMM_ENTER, %eax
1:	outb	%al, $SMM_PORT
	.global	rt16_smm16_enter, rt16_smm16_enter_end, rt16_smm16_answered
rt16_smm16_enter:
	rep; nop
	decw	%ax
	jnz	rt16_smm16_enter
rt16_smm16_enter_end:
rt16_smm16_answered:
	cmpl	$SMM_DONE, %eax
	je	2f
	cmpl	$SMM_OUT, %eax
	je	4f
5:	movl	%esp, %ebp
	movw	%ss, %ax
	larl	%eax, %eax		/* how much of ESP counts */
	testl	$0x400000, %eax
	jnz	3f
	movzwl	%bp, %ebp
3:	movb	$0xaa, %ss:PROTECTED_EAX + 1(%ebp)
	orb	$FLAGS_CF, %ss:PROTECTED_FLAGS(%ebp)
2:	popal
	popw	%es
	popl	%eax
	leal	2(%esp), %esp
	popw	%ds
	iretw
4:	sti				/* the window */
	nop
	cli
	movl	$SMM_AGAIN, %eax
	jmp	1b

	/* Where callers in protected mode find it: by CS. Beside what they are given otherwise, since POST sets it. */
	.section .text.pm, "ax"
	.balign	2
	.global	rt16_smm16_served
rt16_smm16_served:			/* by services_init(): SMIs are served */
	.word	0

	.section .note.GNU-stack, "", @progbits
