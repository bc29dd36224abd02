/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/cross.S: the 32-bit side of the way between the worlds: from 16-bit entries into the services, and
 * out into real mode (real_call.h). The 16-bit side is src/rt16/crossing.S and real_call.S.
 */
#include "arch/layout.h"
#include "arch/regs.h"
#include "arch/smm.h"

#define ENTERED_DS	0x18		/* as in enter_protected.h */
#define ENTERED_ES	0x20

#define SUSPENDED_REMOTE 4	/* where real_call() keeps it, from suspended on */
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

	.section .smm32_entry, "ax"
	.global smm32_mark, smm32_leave, smm32_leave_end
	jmp	from_smm
	.org	SMM32_MARK - SMM32_ENTRY
smm32_mark:
	.long	SMM_ROM_MARK
	.org	SMM32_LEAVE - SMM32_ENTRY
smm32_leave:				/* EAX: SMM_LEAVE with an answer */
	outb	%al, $SMM_PORT
1:	rep; nop
	decw	%ax
	jnz	1b
smm32_leave_end:
	jmp	service32_lost

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

	/* By SMI, with the registers that arch/smm.h names. */
from_smm:
	lidtl	idt_pointer
	cmpl	$SMM_FROM_PROTECTED, %eax
	jae	1f
	movl	%esp, %eax
	call	service32_v86
	leal	-FW_RAM_BASE(%esp), %ecx	/* of the call that has ended, not of what came in last */
	movl	%ecx, SMM_CALL + SMM_CALL_ESP
	jmp	by_smi
1:	movl	rt16_service_stack_at, %esp
	addl	$FW_RAM_BASE, %esp
	pushl	%edi
	pushl	%edx
	pushl	%esi
	pushl	%ecx
	pushl	%ebx
	pushl	%eax
	movl	%esp, %eax		/* struct protected_caller */
	call	service32_protected

	/* EAX: the answer. */
by_smi:
	andl	$0, real_call_remote
	shll	$16, %eax
	addl	$SMM_LEAVE, %eax
	jmp	smm32_leave

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
	pushl	real_call_remote
	pushl	%eax
	movl	%esp, suspended
	leal	-FW_RAM_BASE - REAL_CALL_ROOM(%esp), %ecx
	movl	%ecx, rt16_service_stack_at
	leal	-FW_RAM_BASE(%eax), %ecx
	cmpl	$0, real_call_remote
	jne	1f
	to_stack_16
	pushl	$SEL_CODE16
	pushl	%ebx
	lret
1:	movl	%ecx, SMM_CALL + SMM_CALL_REGS
	movl	%edx, SMM_CALL + SMM_CALL_TO
	leal	-FW_RAM_BASE(%esp), %eax
	movl	%eax, SMM_CALL + SMM_CALL_ESP
	movl	$SMM_OUT, %eax
	jmp	by_smi

	.global real_call_waiting
real_call_waiting:
	movl	suspended, %eax
	testl	%eax, %eax
	jz	1f
	movl	SUSPENDED_REMOTE(%eax), %eax
1:	ret

	/* EAX: what the callee left in the registers. What it left on stacks is of no interest. */
	.global real_call_returned
real_call_returned:
	movl	suspended, %esp
	movl	%eax, %esi
	popl	%edi
	movl	$REGS_SIZE / 4, %ecx
	rep movsl
	popl	real_call_remote
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
	andl	$0, real_call_remote
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
