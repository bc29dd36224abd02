/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/outside.S: 16-bit C goes out in the middle of a service: to what a vector leads to, to a mouse's handler, and to
 * interrupts (service16.h).
 */
#include "arch/layout.h"
#include "arch/regs.h"

#define VECTOR_SET_CARRY 0x10000	/* as in service16.h */
#define CALL_ROOM	512	/* of our stack for what call_vector() calls */

	.code16

	.section .bss16, "aw", @nobits
	.balign 4
mouse_handler:
	.long	0

	.section .text16, "ax"

/* Who goes out from C in the middle of a service: what C keeps is on the stack, and new entries begin below. */
	.macro	go_out
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	pushl	rt16_service_stack
	leal	-CALL_ROOM(%esp), %ecx
	movl	%ecx, rt16_service_stack
	.endm
	.macro	come_back		/* keeps EAX */
	popl	rt16_service_stack
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	.endm
	.macro	own_segments		/* keeps EAX and the carry */
	cli
	cld
	movw	$FW_SEGMENT, %bx
	movw	%bx, %ds
	movw	%bx, %es
	.endm

/* uint32_t call_vector(uint16_t vector, uint16_t ax): see service16.h. */
	.global call_vector
call_vector:
	go_out
	xorw	%cx, %cx
	movw	%cx, %fs
	movw	%ax, %bx
	shlw	$2, %bx
	movl	%edx, %eax
	stc
	pushfw
	lcallw	*%fs:(%bx)
	own_segments
	movzwl	%ax, %eax
	jnc	1f
	orl	$VECTOR_SET_CARRY, %eax
1:	come_back
	retl

/* void call_mouse_handler(uint32_t handler, const uint16_t words[4]): see service16.h. */
	.global call_mouse_handler
call_mouse_handler:
	go_out
	movl	%eax, mouse_handler
	pushw	(%edx)
	pushw	2(%edx)
	pushw	4(%edx)
	pushw	6(%edx)
	lcallw	*mouse_handler
	own_segments
	addl	$8, %esp
	come_back
	retl

/*
 * void wait_interrupt(void), let_interrupts_in(void): see service16.h. HLT is not for virtual-8086 mode, and stands
 * directly behind STI, so that no interrupt comes between.
 */
	.global wait_interrupt
wait_interrupt:
	go_out
	smsww	%ax
	testb	$1, %al
	jnz	1f
	sti
	hlt
	jmp	2f

	.global let_interrupts_in
let_interrupts_in:
	go_out
1:	sti
	nop
2:	cli
	come_back
	retl

	.section .note.GNU-stack, "", @progbits
