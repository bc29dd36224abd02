/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/entry.S: where a program or an interrupt line comes in: one entry for each vector, one way into
 * the services, in 16-bit code or on to the 32-bit code in ROM (crossing.S), and the way back.
 *
 * The caller's stack gives 12 bytes beside what INT has pushed, whatever is called; everything else is on the
 * firmware's stack. A caller who is on that already (an interrupt in a window that real_call() opens) goes on
 * below.
 */
#include "arch/layout.h"
#include "arch/regs.h"

#define VECTOR_DISK	0x13
#define VECTOR_FLOPPY	0x40

	.code16

	.section .bss16, "aw", @nobits
	.balign 4
	.global rt16_service_stack, rt16_caller_idt
rt16_service_stack:			/* where the next entry's frame begins, below it */
	.long	0
	.word	0			/* FW_SEGMENT */
rt16_caller_idt:			/* the interrupt table while real_call() is out */
	.word	0
	.long	0
caller_ss:
	.word	0, 0
	.global rt16_console_next
rt16_console_next:			/* INT 10h of the display's ROM */
	.long	0

	/* For services_init(): vectors, and where their entries are behind rt16_entries. */
	.section .rodata.vectors, "a"
	.global rt16_vectors
rt16_vectors:

	.section .text16, "ax"
	.global rt16_entries
rt16_entries:
	.macro	entry n
	.pushsection .rodata.vectors
	.word	\n, 1f - rt16_entries
	.popsection
1:	pushw	%ds
	pushw	$\n
	.if	\n == VECTOR_DISK || \n == VECTOR_FLOPPY
	jmp	disk
	.else
	jmp	service
	.endif
	.endm
	.irp	n, 0x08, 0x09, 0x0e, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a
	entry	\n
	.endr
	.irp	n, 0x40, 0x70, 0x74, 0x75, 0x76
	entry	\n
	.endr

	.section .rodata.vectors
	.global rt16_vectors_end
rt16_vectors_end:
	.section .text16, "ax"

/* INT 10h in front of the display's ROM. */
	.global rt16_console_hook
rt16_console_hook:
	pushw	%ds
	pushw	$VECTOR_CONSOLE
	jmp	service

/* A line that nobody serves: from the first controller, from the second. */
	.global rt16_irq_first, rt16_irq_second
rt16_irq_second:
	pushw	%ax
	movb	$0x20, %al
	outb	%al, $0xa0
	jmp	1f
rt16_irq_first:
	pushw	%ax
	movb	$0x20, %al
1:	outb	%al, $0x20
	popw	%ax
	iretw

/*
 * Lines 0 to 7 of a controller whose vectors are others (src/services/legacy.c), three bytes each: what programs
 * hook is called, and ends the interrupt.
 */
	.global rt16_irq_moved
rt16_irq_moved:
	.irp	n, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f
	int	$\n
	iretw
	.endr

/*
 * The POST Memory Manager (src/services/pmm.h), by a far call. It goes on as if an interrupt had come just before
 * rt16_pmm_done; where 32-bit code cannot be had, in virtual-8086 mode, carry says so and there is no block.
 */
	.global rt16_pmm, rt16_pmm_done
rt16_pmm:
	clc
	pushfw
	pushw	%cs
	pushw	$rt16_pmm_done_offset
	pushw	%ds
	pushw	$VECTOR_PMM
	jmp	service
rt16_pmm_done:
	jnc	1f
	xorw	%ax, %ax
	xorw	%dx, %dx
1:	lretw

/* What real_call() called comes back here. */
	.global rt16_returned
rt16_returned:
	pushfw
	pushw	%cs
	pushw	$0
	pushw	%ds
	pushw	$VECTOR_RETURNED

/* The vectors that may be a gate in a protected-mode program's table: CS is a selector of his then. */
disk:
	pushl	%eax
	movw	%cs, %ax
	cmpw	$FSEG_BASE >> 4, %ax
	je	pushed
	jmp	rt16_gate			/* src/rt16/gate.S */

/* On the caller's stack: flags, CS, IP, DS, vector. */
service:
	pushl	%eax
pushed:
	cli
	cld
	movw	$FW_SEGMENT, %ax
	movw	%ax, %ds
	movl	%esp, %eax			/* with the upper half that the caller has */
	movw	%ss, caller_ss
	cmpw	$FW_SEGMENT, caller_ss
	je	ours
	lssl	rt16_service_stack, %esp
build:
	pushl	caller_ss			/* and 0 */
	pushl	%eax
	pushw	$0
	pushw	%es
	pushw	%fs
	pushw	%gs
	pushal
	movw	caller_ss, %es
	movw	%ax, %bx
	movl	%es:(%bx), %eax
	movl	%eax, REGS_EAX - REGS_EDI(%esp)
	pushl	%es:4(%bx)			/* vector, DS */
	pushw	$0				/* A20 is on */
	pushw	%es:12(%bx)			/* flags */
	cmpb	$VECTOR_DISK, REGS_VECTOR(%esp)
	je	rt16_to_32				/* none of it is served here */
	/* A program can have overwritten where the stack is; then the vector is nowhere either, and no disk's. */
	cmpw	$FW_SEGMENT, rt16_service_stack + 4
	jne	lost
	leal	FW_RAM_BASE - ROM_RAM_BASE(%esp), %eax
	cmpl	$STACK_TOP - REGS_SIZE - ROM_RAM_BASE, %eax
	ja	lost

	movw	$FW_SEGMENT, %ax
	movw	%ax, %es
	movl	%esp, %eax
	calll	service16			/* true: served */
	testb	%al, %al
	jz	elsewhere

/* ESP: the frame. */
	.global rt16_leave
rt16_leave:
	movl	REGS_ESP(%esp), %ebx
	movw	REGS_SS(%esp), %es
	popl	%eax
	movw	%ax, %es:12(%bx)		/* flags */
	popw	%ax
	popw	%ds
	popal
	popw	%gs
	popw	%fs
	popw	%es
	lssl	2(%esp), %esp
	addw	$8, %sp				/* EAX, vector, DS */
	iretw

elsewhere:
	cmpw	$VECTOR_CONSOLE, REGS_VECTOR(%esp)
	jne	rt16_to_32
/*
 * On to the display's ROM, as if INT had gone there: the interrupt's frame stays for its IRET, and what the entry has
 * pushed makes room for one that leads to it.
 */
	movl	REGS_ESP(%esp), %ebx
	movw	REGS_SS(%esp), %es
	movl	rt16_console_next, %eax
	movl	%eax, %es:2(%bx)
	movw	REGS_FLAGS(%esp), %ax
	andw	$~(FLAGS_IF | FLAGS_TF), %ax
	movw	%ax, %es:6(%bx)
	addw	$REGS_DS, %sp
	popw	%ds
	popal
	popw	%gs
	popw	%fs
	popw	%es
	lssl	2(%esp), %esp
	addw	$2, %sp
	iretw

/* The caller is on the firmware's stack: 16 bits of his ESP count. */
ours:
	movzwl	%ax, %esp
	jmp	build

/* What was pushed is nowhere: 32-bit code says so and restarts. */
lost:
	movw	$FW_SEGMENT, %ax
	movw	%ax, %ss
	movl	$STACK_TOP - FW_RAM_BASE - REGS_SIZE, %esp
	movw	$VECTOR_LOST, REGS_VECTOR(%esp)
	jmp	rt16_to_32

	.section .note.GNU-stack, "", @progbits
