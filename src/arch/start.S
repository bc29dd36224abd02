/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/start.S: the first 32-bit instructions: segments, shadow RAM, stack, post(). And the
 * exception entries, here because their table needs addresses known to the assembler.
 *
 * Until the shadow registers are open there is no RAM of ours, so nothing is pushed: the guest's
 * memory must stay as it is until POST knows what kind of start this is. An NMI before the stack is there
 * comes back to rom_start (src/rt16/reset.S).
 */
#include "arch/layout.h"

#define PCI_INDEX	0xcf8
#define PCI_DATA	0xcfc
#define I440FX_ID	0x12378086
#define Q35_ID		0x29c08086
#define Q35_MMCONFIG	0xb0000000

	.code32
	.section .rom_start, "ax"
	.global rom_start
rom_start:
	/* Which machine: the host bridge's vendor and device. */
	movl	$0x80000000, %eax
	movw	$PCI_INDEX, %dx
	outl	%eax, %dx
	movw	$PCI_DATA, %dx
	inl	%dx, %eax
	movl	%eax, %ebx
	cmpl	$I440FX_ID, %eax
	/* These stay, flat, until a kernel has them. */
	movl	$SEL_DATA32, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	jne	not_i440fx

	/*
	 * All shadow registers get a value, since QEMU resets none of them. E8000-FFFFF: RAM, read and
	 * write. C0000-E7FFF: not shadowed; what QEMU shows there no guest can write, so there is nothing
	 * to clear. Two dwords, because every write that changes one rebuilds QEMU's memory map. The byte
	 * before PAM0 (0x58) has no function in QEMU.
	 */
	movl	$0x80000058, %esi
	movl	$0x00003000, %edi	/* 0x59 PAM0: F segment; 0x5a, 0x5b: C0000-CFFFF */
	movl	$0x33000000, %ebp	/* 0x5f PAM6: E8000-EFFFF */
open_shadow:
	movl	%esi, %eax
	movw	$PCI_INDEX, %dx
	outl	%eax, %dx
	movl	%edi, %eax
	movw	$PCI_DATA, %dx
	outl	%eax, %dx
	leal	4(%esi), %eax
	movw	$PCI_INDEX, %dx
	outl	%eax, %dx
	movl	%ebp, %eax
	movw	$PCI_DATA, %dx
	outl	%eax, %dx

	/*
	 * An earlier POST has come to its end, unless a guest forges that: then CMOS may tell that the machine is to go
	 * on instead of starting anew (src/post/resume.h), with our variables as they are. Else they are cleared.
	 */
	cmpl	$RESUME_MARK, resume_mark
	je	ask_to_resume

	/* What a guest left in our RAM goes: here what POST uses first, the rest in src/post/world.c. */
clear_variables:
	xorl	%eax, %eax
	movl	$STACK_HEAD, %edi
	movl	$(FW_RAM_END - STACK_HEAD) / 4, %ecx
	rep stosl
	movl	$bss_start, %edi
	movl	$early_words, %ecx
	rep stosl

	/*
	 * Without shadow registers our RAM is a part of the image that is zero, and QEMU restores it at a
	 * reset, as it must: what POST has made of the reset vector would lead to the next one for ever.
	 */
variables_are_clear:
	movl	$STACK_TOP, %esp
	lidtl	idt_pointer
	movl	%ebx, %eax
	call	post

	/* post() does not return; if it does, stop where a debugger finds it. */
1:	cli
	hlt
	jmp	1b

	/* On a stack of its own: on the other one a service may be waiting that a guest has interrupted. */
ask_to_resume:
	movl	$RESUME_STACK, %esp
	lidtl	idt_pointer
	call	resume			/* comes back if this is a start like any other */
	jmp	clear_variables

not_i440fx:
	cmpl	$Q35_ID, %ebx
	jne	variables_are_clear
	/*
	 * MMCONFIG away from what a guest may have put it over. Nothing is done through it until the kind of start is
	 * known: after an INIT its base's upper half may be the guest's as well.
	 */
	movl	$0x80000060, %eax
	movw	$PCI_INDEX, %dx
	outl	%eax, %dx
	movl	$Q35_MMCONFIG + 1, %eax	/* PCIEXBAR: 256 MiB, enabled */
	movw	$PCI_DATA, %dx
	outl	%eax, %dx
	movl	$0x80000090, %esi
	movl	$0x00000030, %edi	/* 0x90 PAM0 */
	movl	$0x00330000, %ebp	/* 0x96 PAM6 */
	jmp	open_shadow

/*
 * Exceptions. Every stub brings the stack into the shape of struct exception_frame; the CPU pushes
 * an error code for some vectors only.
 */
#define HAS_ERROR_CODE(n) ((n) == 8 || ((n) >= 10 && (n) <= 14) || (n) == 17 || (n) == 21 || (n) == 30)
	.altmacro
	.macro	exception_stub n
exception_\n:
	.if	!HAS_ERROR_CODE(\n)
	pushl	$0
	.endif
	pushl	$\n
	jmp	exception_common
	.endm

	.set	n, 0
	.rept	32
	.if	n != 2
	exception_stub %n
	.endif
	.set	n, n + 1
	.endr

	/*
	 * NMI is nobody's defect: the host sent it, or a line that a guest left. post() tells how many.
	 * IRET lets the next one in, but a KVM that emulates code without paging stops the machine at it in
	 * protected mode. Where this may be one (anything but TCG) the way back is a far return: the next
	 * NMI then waits for the kernel's first IRET.
	 */
exception_2:
	incl	nmi_count
	cmpb	$0, sse2_works		/* true under TCG alone: src/machine/machine.c */
	je	1f
	iretl
1:	pushl	8(%esp)			/* EFLAGS as they were */
	popfl
	lret	$4

exception_common:
	pushal
	movl	%esp, %eax
	call	exception		/* prints, does not return */

	/* All of ROM shares its upper address half, so a gate can be written here. */
	.macro	gate n
	.word	exception_\n - rom_start
	.word	SEL_CODE32
	.word	0x8e00			/* 32-bit interrupt gate, present */
	.word	ROM32_BASE >> 16
	.endm

	.balign	8
idt:
	.set	n, 0
	.rept	32
	gate	%n
	.set	n, n + 1
	.endr
	.global idt_end
idt_end:
	.global idt_pointer
idt_pointer:
	.word	idt_end - idt - 1
	.long	idt
	.section .note.GNU-stack, "", @progbits
