/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/cross.S: the 32-bit side of the way between the worlds: from 16-bit entries into the services, and
 * out into real mode (real_call.h). The 16-bit side is src/rt16/entry.S.
 */
#include "arch/layout.h"
#include "arch/regs.h"

#define ENTERED_DS	0x18		/* as in enter_protected.h */
#define ENTERED_ES	0x20

#define SAVED_BYTES	12	/* what 16-bit code has pushed below struct regs */

	.code32
	/*
	 * Stack segment and pointer change in one instruction, both ways: an NMI between two would push to where the
	 * old pointer leads in the new segment, and not every processor holds it off there. Loses EAX.
	 */
	.macro	to_stack_16
	leal	-FW_RAM_BASE(%esp), %eax
	pushl	$SEL_STACK16
	pushl	%eax
	lssl	(%esp), %esp
	.endm

	.section .service32_entry, "ax"
	jmp	from_16

	/*
	 * EDX: offset of struct regs in the firmware's segment; the stack is there, 16-bit. Tables of the
	 * caller are saved on it.
	 */
	.section .text.cross, "ax"
from_16:
	movl	$SEL_DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	pushl	%eax
	leal	FW_RAM_BASE - SAVED_BYTES(%edx), %eax	/* as it was, also after an NMI on the way */
	pushl	%eax
	lssl	(%esp), %esp
	lidtl	idt_pointer
	leal	FW_RAM_BASE(%edx), %eax
	call	service32
	to_stack_16
	ljmpl	$SEL_CODE16, $rt16_from_32_offset

	/* EAX: struct regs, EDX: segment << 16 | offset. EBX and EBP are the C caller's to keep. */
	.global real_call, real_start
real_start:
	movl	$rt16_real_start_offset, %ecx
	jmp	1f
real_call:
	movl	$rt16_real_call_offset, %ecx
1:	pushl	%ebx
	pushl	%ebp
	movl	%ecx, %ebx
	pushl	suspended
	pushl	rt16_service_stack_at
	pushl	%eax
	movl	%esp, suspended
	leal	-FW_RAM_BASE - REAL_CALL_ROOM(%esp), %ecx
	movl	%ecx, rt16_service_stack_at
	leal	-FW_RAM_BASE(%eax), %ecx
	to_stack_16
	pushl	$SEL_CODE16
	pushl	%ebx
	lret

	/* EAX: what the callee left in the registers. What it left on stacks is of no interest. */
	.global real_call_returned
real_call_returned:
	movl	suspended, %esp
	movl	%eax, %esi
	popl	%edi
	movl	$REGS_SIZE / 4, %ecx
	rep movsl
	popl	rt16_service_stack_at
	popl	suspended
	popl	%ebp
	popl	%ebx
	ret

	/* EAX: where to go on, with the stack as POST began with it. */
	.global real_call_abandon
real_call_abandon:
	movl	$STACK_TOP, %esp
	movl	$STACK_TOP - FW_RAM_BASE, rt16_service_stack_at
	andl	$0, suspended
	jmp	*%eax

	/* EAX: struct regs, EDX and ECX: what to load: see enter_protected.h. */
	.global enter_protected_mode
enter_protected_mode:
	lgdtl	(%edx)
	lidtl	(%ecx)
	leal	REGS_EDI(%eax), %esp
	popl	%edi
	popl	%esi
	popl	%ebp
	popl	%ebx			/* what PUSHAL has there is no register of ours */
	popl	%ebx
	popl	%edx
	popl	%ecx
	pushl	$FLAGS_FIXED
	popfl
	pushl	$0
	popl	%fs
	pushl	$0
	popl	%gs
	pushl	$ENTERED_ES
	popl	%es
	lssl	REGS_ESP(%eax), %esp
	movl	REGS_EAX(%eax), %eax
	movl	$ENTERED_DS, %ebp
	movl	%ebp, %ds
	lretw	$2

	.section .bss.cross, "aw", @nobits
	.balign	4
suspended:
	.long	0
	.section .note.GNU-stack, "", @progbits
