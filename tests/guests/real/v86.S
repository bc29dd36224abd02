/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/v86.S: a monitor that runs the program as a task in virtual-8086 mode, with or without paging, with
 * all ports open, or those alone that v86_ports has (V86_PORTS). It reflects interrupts by the real-mode vectors, and says what was executed that a monitor would have
 * to refuse: any instruction that faults but INT and HLT.
 * Spec: Intel SDM volume 3, chapter 20.
 */
#include "real/layout.h"

#define BASE		(PROGRAM_SEGMENT * 16)
#ifndef TSS
#define TSS		0x9000		/* offsets in the program's segment, between it and its stack */
#define RING0_STACK	0xbff0
#define IDT		0xc000
#endif
#define TSS_BYTES	104
#define BITMAP_BYTES	8193
#define VECTORS		0x78

#define SEL_CODE	0x08
#define SEL_DATA	0x10		/* the program's segment */
#define SEL_FLAT	0x18
#define SEL_TSS		0x20

#define FLAGS_IF	0x0200
#define FLAGS_V86	0x00023202	/* VM, IOPL 3, IF */

/* The frame that a fault of the task leaves, after pushal and two words of ours. */
#define FRAME_VECTOR	32
#define FRAME_EIP	40
#define FRAME_CS	44
#define FRAME_FLAGS	48
#define FRAME_ESP	52
#define FRAME_SS	56

	.section .program, "ax"
	.code16
	.globl	enter_v86
enter_v86:				/* AL: with paging; a retl takes the task back to its caller */
	cli
	movb	%al, v86_paged
	movl	%esp, v86_esp
	pushal
	movw	$IDT, %di
	movw	$VECTORS * 4, %cx
	xorw	%ax, %ax
	rep stosw
	movw	$stubs, %ax
	xorw	%bx, %bx
1:	cmpw	$0x20, %bx		/* exceptions and interrupt lines; else INT is a general protection fault */
	jb	2f
	cmpw	$0x70, %bx
	jb	3f
2:	movw	%bx, %di
	shlw	$3, %di
	movw	%ax, IDT(%di)
	movw	$SEL_CODE, IDT + 2(%di)
	movw	$0x8e00, IDT + 4(%di)
	addw	$STUB_BYTES, %ax
3:	incw	%bx
	cmpw	$VECTORS, %bx
	jb	1b
	movw	$TSS, %di
	movw	$(TSS_BYTES + BITMAP_BYTES + 3) / 4, %cx
	xorl	%eax, %eax
	rep stosl
#ifdef V86_PORTS			/* pairs of the first and the last that is open, up to one that ends with FFFEh */
	movw	$TSS + TSS_BYTES, %di
	movw	$BITMAP_BYTES, %cx
	movb	$0xff, %al
	rep stosb
	movw	$v86_ports, %si
4:	movzwl	(%si), %eax
5:	btrl	%eax, TSS + TSS_BYTES
	incw	%ax
	cmpw	2(%si), %ax
	jbe	5b
	addw	$4, %si
	cmpw	$0xfffe, -2(%si)
	jne	4b
#endif
	movb	$0xff, TSS + TSS_BYTES + BITMAP_BYTES - 1
	movl	$RING0_STACK, TSS + 4
	movw	$SEL_DATA, TSS + 8
	movw	$TSS_BYTES, TSS + 102
	lgdtl	gdt_pointer
	lidtl	idt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE, $1f
	.code32
1:	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$SEL_TSS, %eax
	ltr	%ax
	cmpb	$0, v86_paged
	je	2f
	call	page
2:	popal
	movl	$RING0_STACK, %esp
	pushl	$PROGRAM_SEGMENT	/* GS, FS, DS, ES, SS, ESP, EFLAGS, CS, EIP */
	pushl	$PROGRAM_SEGMENT
	pushl	$PROGRAM_SEGMENT
	pushl	$PROGRAM_SEGMENT
	pushl	$PROGRAM_SEGMENT
	pushl	v86_esp
	pushl	$FLAGS_V86 & ~FLAGS_IF
	pushl	$PROGRAM_SEGMENT
	pushl	$v86_start
	iretl
	.code16
v86_start:
	retl

	.code32
/*
 * 4 MiB are where they are, but the pages from BUFFER to PACKET_END: those are elsewhere, backwards, and what is in
 * theirs is not what the program sees. Pages are the task's too.
 */
page:
	movl	$SEL_FLAT, %eax
	movl	%eax, %es
	movl	$PAGE_TABLES, %edi
	movl	$PAGE_TABLES + 0x1000 + 7, %eax
	stosl
	xorl	%eax, %eax
	movl	$1023, %ecx
	rep stosl
	movl	$7, %eax
	movl	$1024, %ecx
1:	stosl
	addl	$0x1000, %eax
	loop	1b
	movl	$PAGE_TABLES + 0x1000 + (BUFFER >> 12) * 4, %edi
	movl	$PAGED + PACKET_END - BUFFER - 0x1000 + 7, %eax
	movl	$(PACKET_END - BUFFER) >> 12, %ecx
2:	stosl
	subl	$0x1000, %eax
	loop	2b
	movl	$BUFFER, %edi		/* what the program does not see */
	movl	$0xfeedface, %eax
	movl	$(PACKET_END - BUFFER) / 4, %ecx
	rep stosl
	movl	$PAGED, %edi
	xorl	%eax, %eax
	movl	$(PACKET_END - BUFFER) / 4, %ecx
	rep stosl
	movl	$PAGE_TABLES, %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	jmp	3f
3:	movl	$SEL_DATA, %eax
	movl	%eax, %es
	ret

	.macro	stub n
1:	.if (\n == 10) || (\n == 11) || (\n == 12) || (\n == 13) || (\n == 14) || (\n == 17)
	nop
	nop
	.else
	pushl	$0
	.endif
	pushl	$\n			/* below 128: two bytes */
	jmp	fault
	.org	1b + STUB_BYTES
	.endm
	.set	STUB_BYTES, 12
stubs:
	.irpc	h, 01
	.irp	l, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	stub	(\h * 16 + \l)
	.endr
	.endr
	.irp	n, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77
	stub	\n
	.endr

fault:
	pushal
	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	$SEL_FLAT, %eax
	movl	%eax, %es
	movl	FRAME_VECTOR(%esp), %ebx
	testb	$2, FRAME_FLAGS + 2(%esp)
	jz	bad			/* not of the task */
	cmpl	$13, %ebx
	je	protection
	cmpl	$6, %ebx		/* no such instruction in this mode */
	je	bad
	cmpl	$0x10, %ebx		/* as in real mode: exceptions of a program, lines 0-7 without 5, then 8-15 */
	jb	reflect
	cmpl	$0x70, %ebx
	jb	bad
reflect:				/* EBX: vector */
	movzwl	FRAME_SS(%esp), %edx
	shll	$4, %edx
	movw	FRAME_ESP(%esp), %cx
	subw	$2, %cx
	movzwl	%cx, %eax
	movw	FRAME_FLAGS(%esp), %si
	movw	%si, %es:(%edx, %eax)
	subw	$2, %cx
	movzwl	%cx, %eax
	movw	FRAME_CS(%esp), %si
	movw	%si, %es:(%edx, %eax)
	subw	$2, %cx
	movzwl	%cx, %eax
	movw	FRAME_EIP(%esp), %si
	movw	%si, %es:(%edx, %eax)
	movw	%cx, FRAME_ESP(%esp)
	andl	$~0x300, FRAME_FLAGS(%esp)
	movzwl	%es:(, %ebx, 4), %eax
	movl	%eax, FRAME_EIP(%esp)
	movzwl	%es:2(, %ebx, 4), %eax
	movl	%eax, FRAME_CS(%esp)
	jmp	resume

protection:
	movzwl	FRAME_CS(%esp), %edx
	shll	$4, %edx
	addl	FRAME_EIP(%esp), %edx
	movb	%es:(%edx), %al
	cmpb	$0xcd, %al		/* INT n */
	jne	1f
	movzbl	%es:1(%edx), %ebx
	addw	$2, FRAME_EIP(%esp)
	jmp	reflect
1:	cmpb	$0xf4, %al		/* HLT: a moment for interrupts */
	jne	bad
	incw	FRAME_EIP(%esp)
resume:
	popal
	addl	$8, %esp
	iretl

bad:					/* "PRIVILEGED vector CS:IP bytes" */
	movl	$text, %esi
1:	lodsb
	testb	%al, %al
	jz	2f
	outb	%al, $CONSOLE
	jmp	1b
2:	movb	FRAME_VECTOR(%esp), %al
	call	put_byte
	movb	$' ', %al
	outb	%al, $CONSOLE
	movb	FRAME_CS + 1(%esp), %al
	call	put_byte
	movb	FRAME_CS(%esp), %al
	call	put_byte
	movb	$':', %al
	outb	%al, $CONSOLE
	movb	FRAME_EIP + 1(%esp), %al
	call	put_byte
	movb	FRAME_EIP(%esp), %al
	call	put_byte
	movzwl	FRAME_CS(%esp), %edx
	shll	$4, %edx
	addl	FRAME_EIP(%esp), %edx
	movl	$4, %ecx
3:	movb	$' ', %al
	outb	%al, $CONSOLE
	movb	%es:(%edx), %al
	call	put_byte
	incl	%edx
	loop	3b
	movb	$'\n', %al
	outb	%al, $CONSOLE
	movb	$EXIT_FAILED, %al
	movw	$EXIT_PORT, %dx
	outb	%al, %dx
4:	cli
	hlt
	jmp	4b

put_byte:
	movb	%al, %ah
	shrb	$4, %al
	call	1f
	movb	%ah, %al
	andb	$15, %al
1:	addb	$'0', %al
	cmpb	$'9', %al
	jbe	2f
	addb	$'a' - '9' - 1, %al
2:	outb	%al, $CONSOLE
	ret

text:	.asciz	"PRIVILEGED "
	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff | BASE << 16
	.quad	0x00cf93000000ffff | BASE << 16
	.quad	0x00cf93000000ffff
	.quad	0x0000890000000000 | (BASE + TSS) << 16 | (TSS_BYTES + BITMAP_BYTES - 1)
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	BASE + gdt
idt_pointer:
	.word	VECTORS * 8 - 1
	.long	BASE + IDT

	.section .bss
	.balign	4
v86_esp:	.long	0
v86_paged:	.byte	0
	.section .note.GNU-stack, "", @progbits
