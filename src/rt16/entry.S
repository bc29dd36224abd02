/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/entry.S: where a program or an interrupt line comes in: one entry for each vector, one way into
 * the services, in 16-bit code or in the 32-bit code in ROM, and the way back.
 *
 * The caller's stack gives 12 bytes beside what INT has pushed, whatever is called; everything else is on the
 * firmware's stack. A caller who is on that already (an interrupt in a window that real_call() opens) goes on
 * below. Whatever the caller had, DS, ES, FS, GS and SS have 4 GiB limits after a way through
 * 32-bit code: real mode cannot tell what they were, and who had 64 KiB does not miss the fault.
 */
#include "arch/layout.h"
#include "arch/regs.h"
#include "arch/smm.h"

#define A20_PORT	0x92
#define A20_ENABLED	0x02
#define VECTOR_SET_CARRY 0x10000	/* as in service16.h */
#define VECTOR_DISK	0x13
#define VECTOR_FLOPPY	0x40
#define CALL_ROOM	512	/* of our stack for what call_vector() calls */

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
mouse_handler:
	.long	0
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
	je	to_32				/* none of it is served here */
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
leave:
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
	jne	to_32
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

/* To the 32-bit services. Protection is on already in virtual-8086 mode: no privileged instruction then. */
to_32:
	smsww	%ax
	testb	$1, %al
	jnz	by_smi
	movl	%esp, %edx			/* the frame, for 32-bit code */
	/*
	 * A20: where the dwords at 0 and at 1 MiB are the same, more is looked at. No device tells: port 92h and the
	 * keyboard controller drive one line.
	 */
	xorw	%bx, %bx
	movw	%bx, %ds
	movw	$0xffff, %ax
	movw	%ax, %es
	movl	%es:0x10, %eax
	cmpl	%ds:0, %eax
	je	a20_look
a20_on:
	subl	$12, %esp
	sgdtl	(%esp)
	sidtl	6(%esp)
	lidtl	%cs:rt16_entering_offset
	lgdtl	%cs:rt16_gdt_offset
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $SERVICE32_ENTRY	/* ESP: the frame less what was pushed here, SAVED_BYTES */

/* From the 32-bit services: protected mode, 16-bit code, ESP within the firmware's segment. */
	.global rt16_from_32
rt16_from_32:
	call	real_mode
	lgdtl	(%esp)
	lidtl	6(%esp)
	addl	$12, %esp
	testb	$1, REGS_A20_OFF(%esp)	/* as it was, or as INT 15h AX=2400h and 2401h want it */
	jz	leave
	inb	$A20_PORT, %al
	andb	$~(A20_ENABLED | 1), %al	/* bit 0 would reset the machine */
	outb	%al, $A20_PORT
	jmp	leave

/* Where 64 dwords are the same, one is changed to see. */
a20_look:
	xorw	%si, %si
	movw	$0x10, %di
	movw	$64, %cx
	repe cmpsl
	jne	a20_on
	notl	%ds:0
	movl	%es:0x10, %eax
	cmpl	%ds:0, %eax
	jne	1f
	notl	%ds:0
	incw	REGS_A20_OFF(%esp)
	inb	$A20_PORT, %al
	andb	$~1, %al
	orb	$A20_ENABLED, %al
	outb	%al, $A20_PORT
	jmp	a20_on
1:	notl	%ds:0
	jmp	a20_on

/*
 * Interrupt tables for the few instructions between the modes, where an NMI may come: a real-mode vector of 4 bytes
 * at 8 and a gate of 8 bytes at 16 are both number 2. Going in, the frame's CS may be a segment to which no
 * protected-mode IRET returns, and the 32-bit code begins anew: it takes all it needs from EDX. Coming out, it
 * may be our selector, of which real mode knows nothing.
 */
	.balign	8
	.macro	between handler32
	.quad	0
	.word	rt16_nmi_between_offset, FSEG_BASE >> 4
	.long	0
	.word	\handler32, SEL_CODE32, 0x8e00, ROM16_BASE >> 16
	.endm
entering:
	between	rt16_nmi_entering_offset
	.global	rt16_leaving_table, rt16_leaving_table_end
rt16_leaving_table:
	between	rt16_nmi_leaving_offset
rt16_leaving_table_end:
	.global	rt16_entering, rt16_leaving
rt16_entering:
	.word	rt16_leaving_table - entering - 1
	.long	entering + ROM16_BASE - FSEG_BASE
rt16_leaving:
	.word	rt16_leaving_table_end - rt16_leaving_table - 1
	.long	rt16_leaving_table + ROM16_BASE - FSEG_BASE

	.global	rt16_nmi_between, rt16_nmi_entering, rt16_nmi_leaving
rt16_nmi_between:
	pushw	%bp
	movw	%sp, %bp
	movw	$FSEG_BASE >> 4, %ss:4(%bp)
	popw	%bp
	iretw
	.code32
rt16_nmi_entering:
	ljmpl	$SEL_CODE32, $SERVICE32_ENTRY
rt16_nmi_leaving:
	iretl
	.code16

/*
 * From virtual-8086 mode: by SMI (arch/smm.h), to which DS = SS = E800 belongs to the state that is put away and comes
 * back. What 32-bit code finds in the frame it has read where this has written it, or it refuses.
 */
by_smi:
	cmpw	$0, SMM_CALL_16 + SMM_CALL_ON
	je	unavailable
	movw	$SMM_FRAME_MARK, REGS_UNUSED3(%esp)
	movl	$SMM_ENTER, %eax
	outb	%al, $SMM_PORT
	.global	rt16_smm_enter, rt16_smm_enter_end, rt16_smm_answered
rt16_smm_enter:
	rep; nop
	decw	%ax
	jnz	rt16_smm_enter
rt16_smm_enter_end:
rt16_smm_answered:
	cmpl	$SMM_OUT, %eax
	je	out_of_smm
	cmpl	$SMM_DONE, %eax
	jne	unavailable
	movl	SMM_CALL_16 + SMM_CALL_ESP, %esp
	jmp	leave

/* No SMM, or no such service by it: the caller is told that it cannot be had. */
unavailable:
	movb	$0xaa, REGS_EAX + 1(%esp)
	orb	$FLAGS_CF, REGS_FLAGS(%esp)
	jmp	leave

/* From protected mode with 16-bit code to real mode, all segments with 4 GiB limits. Keeps ECX, EDX. */
real_mode:
	popw	%si
	lidtl	%cs:rt16_leaving_offset
	movw	$SEL_DATA16, %ax
1:	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	ljmpw	$FSEG_BASE >> 4, $rt16_in_real_mode_offset
	.global rt16_in_real_mode
rt16_in_real_mode:
	movw	$FW_SEGMENT, %ax
	movw	%ax, %ss
	movw	%ax, %ds
	jmp	*%si

/* The same with limits of 64 KiB, the stack's too. */
real_mode_64k:
	popw	%si
	lidtl	%cs:rt16_leaving_offset
	movw	$SEL_REAL16, %ax
	movw	%ax, %ss
	jmp	1b

/*
 * From real_call(): ECX the offset of struct regs in the firmware's segment, EDX segment and offset to go to.
 * Entered as by an interrupt, with the flags given there; a far return and an IRET both lead to rt16_returned.
 */
	.global rt16_real_call
rt16_real_call:
	call	real_mode
	lidtl	rt16_caller_idt
	jmp	1f

/* The same from virtual-8086 mode. */
out_of_smm:
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
	call	real_mode_64k
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
