/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/real_call.S: what 32-bit code has done in real mode or virtual-8086 mode (arch/real_call.h): the way there, and what
 * it lets run that is the firmware's own. The way back is entry.S's, as of any caller.
 */
#include "arch/layout.h"
#include "arch/regs.h"
#include "arch/smm.h"

	.code16
	.section .text16, "ax"

/*
 * From real_call(): ECX the offset of struct regs in the firmware's segment, EDX segment and offset to go to.
 * Entered as by an interrupt, with the flags given there; a far return and an IRET both lead to rt16_returned.
 */
	.global rt16_real_call
rt16_real_call:
	call	rt16_real_mode
	lidtl	rt16_caller_idt
	jmp	1f

/* The same from virtual-8086 mode. */
	.global rt16_out_of_smm
rt16_out_of_smm:
	movl	SMM_CALL_16 + SMM_CALL_REGS, %ecx
	movl	SMM_CALL_16 + SMM_CALL_TO, %edx
	movl	SMM_CALL_16 + SMM_CALL_ESP, %esp
1:	pushw	REGS_FLAGS(%ecx)
	pushw	%cs
	pushw	$rt16_returned_offset
	pushw	REGS_FLAGS(%ecx)
	pushl	%edx
	movl	REGS_EDI(%ecx), %edi
	movl	REGS_ESI(%ecx), %esi
	movl	REGS_EBP(%ecx), %ebp
	movl	REGS_EBX(%ecx), %ebx
	movl	REGS_EDX(%ecx), %edx
	movl	REGS_EAX(%ecx), %eax
	movw	REGS_GS(%ecx), %gs
	movw	REGS_FS(%ecx), %fs
	movw	REGS_ES(%ecx), %es
	pushl	REGS_ECX(%ecx)
	movw	REGS_DS(%ecx), %ds
	popl	%ecx
	iretw

/* From real_start(): the same on the stack that is given there. */
	.global rt16_real_start
rt16_real_start:
	call	rt16_real_mode_64k
	lidtl	rt16_caller_idt
	lssl	REGS_ESP(%ecx), %esp		/* SS is behind it */
	jmp	1b

/* Where real_call() goes to copy CX bytes from DS:SI to ES:DI. */
	.global rt16_copy
rt16_copy:
	cld
	rep movsb
	iretw

/* Where real_call() goes to let interrupts in: they come as soon as the flags let them. */
	.global rt16_window
rt16_window:
	nop
	iretw

/*
 * Where real_call() goes to run an option ROM: EBP, segment and offset of what is called far there, SI, top of its
 * stack in segment 0. The segments keep the limits of 4 GiB that they have here: ROMs reach their card's memory.
 */
	.global rt16_rom_call
rt16_rom_call:
	movzwl	%si, %esi
	pushw	$0
	pushl	%esi
	lssl	(%esp), %esp		/* at once: an NMI finds the one stack or the other */
	pushw	%cs
	pushw	$rt16_returned_offset
	pushl	%ebp
	lretw

	.section .note.GNU-stack, "", @progbits
