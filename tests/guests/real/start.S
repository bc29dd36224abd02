/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/start.S: a boot sector that loads the program behind it, and the program's calls into the BIOS.
 * The program runs with CS = DS = ES = SS = 0x1000.
 */
#include "real/layout.h"

	.code16
	.section .sector, "ax"
	.globl	_start
_start:
	ljmp	$0, $1f
1:	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	movb	%dl, drive
	movw	$IMAGE_SECTORS, %bp
	movw	$PROGRAM_SEGMENT, %di
	movw	$1, %si				/* next sector */
	movb	$0x08, %ah
	pushw	%es
	pushw	%si
	pushw	%di
	int	$0x13				/* geometry: one sector at a time by CHS, works on every drive */
	popw	%di
	popw	%si
	popw	%es
	andb	$63, %cl
	movb	%cl, spt
	incb	%dh
	movb	%dh, heads
	testb	$0x80, drive
	jnz	2f
	/* A floppy: that is what the drive can take. What is in it: the largest number of a sector that there is. */
	movw	$sizes, %bp
5:	movb	(%bp), %cl
	movb	%cl, spt
	incw	%bp
	movb	$0, %ch
	movb	$0, %dh
	movb	drive, %dl
	movw	$0x1000, %bx
	movw	$0x0201, %ax
	int	$0x13
	jnc	6f
	cmpw	$sizes_end, %bp
	jne	5b
	jmp	failed
6:	movw	$IMAGE_SECTORS, %bp
2:	movw	%si, %ax
	xorw	%dx, %dx
	movzbw	spt, %cx
	divw	%cx
	incw	%dx
	movw	%dx, %cx			/* CL: sector */
	xorw	%dx, %dx
	movzbw	heads, %bx
	divw	%bx				/* AX: cylinder, DX: head */
	movb	%al, %ch
	movb	%dl, %dh
	movb	drive, %dl
	movw	%di, %es
	xorw	%bx, %bx
	movw	$0x0201, %ax
	int	$0x13
	jc	failed
	addw	$0x20, %di
	incw	%si
	decw	%bp
	jnz	2b
	movb	drive, %dl
	movb	spt, %dh
	movw	$PROGRAM_SEGMENT, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$PROGRAM_STACK, %esp
	ljmp	$PROGRAM_SEGMENT, $program
failed:	movb	$'!', %al
	outb	%al, $CONSOLE
	movb	$EXIT_FAILED, %al
	movw	$EXIT_PORT, %dx
	outb	%al, %dx
	hlt
drive:	.byte	0
spt:	.byte	0
sizes:	.byte	36, 21, 20, 18, 15, 9, 8
sizes_end:
heads:	.byte	0
	.org	446
	.byte	0x80, 0x01, 0x01, 0x00, 0x0c, 0x3f, 0x20, 0x00
	.long	63, 1985
	.org	510
	.word	0xaa55

	.section .program, "ax"
	.globl	program
program:
	movzbl	%dl, %eax
	movzbl	%dh, %edx
	calll	real_main

/*
 * void call_vector(struct call *c): registers as in *c, then the interrupt, then *c as it left them. Flags before
 * the call: c->flags. What the callee uses of the stack is painted first and measured then.
 */
	.globl	call_vector
call_vector:
	pushal
	movl	%eax, current
	movl	%eax, %ebp
	movl	%esp, saved_esp
	movzwl	CALL_VECTOR(%ebp), %ebx
	shll	$2, %ebx
	xorw	%ax, %ax
	movw	%ax, %fs
	movl	%fs:(%ebx), %eax
	movl	%eax, handler
	movw	CALL_FLAGS(%ebp), %ax
	movw	%ax, flags_in
	movl	CALL_EBX(%ebp), %ebx
	movl	CALL_ECX(%ebp), %ecx
	movl	CALL_EDX(%ebp), %edx
	movl	CALL_ESI(%ebp), %esi
	movl	CALL_EDI(%ebp), %edi
	movw	CALL_ES(%ebp), %es
	movw	CALL_FS(%ebp), %fs
	movw	CALL_GS(%ebp), %gs
	pushw	flags_in
	pushw	%cs
	pushw	$1f
	pushl	handler
	movl	CALL_EAX(%ebp), %eax
	pushw	CALL_DS(%ebp)
	movw	CALL_FLAGS(%ebp), %cx
	andw	$~0x200, %cx			/* as INT clears it */
	pushw	%cx
	movl	CALL_ECX(%ebp), %ecx
	movl	CALL_EBP(%ebp), %ebp
	popfw
	popw	%ds
	lretw
1:	pushfw					/* on the stack that we gave */
	pushw	%ds
	pushl	%ebp
	pushw	%cs
	popw	%ds
	movl	current, %ebp
	popl	CALL_EBP(%ebp)
	popw	CALL_DS(%ebp)
	popw	CALL_FLAGS(%ebp)
	movl	%eax, CALL_EAX(%ebp)
	movl	%ebx, CALL_EBX(%ebp)
	movl	%ecx, CALL_ECX(%ebp)
	movl	%edx, CALL_EDX(%ebp)
	movl	%esi, CALL_ESI(%ebp)
	movl	%edi, CALL_EDI(%ebp)
	movw	%es, CALL_ES(%ebp)
	movw	%fs, CALL_FS(%ebp)
	movw	%gs, CALL_GS(%ebp)
	movl	%esp, %eax
	subl	saved_esp, %eax
	movw	%ax, CALL_VECTOR(%ebp)		/* how far the stack is off */
	movl	saved_esp, %esp
	pushw	%cs
	popw	%es
	cld
	cli
	popal
	retl

	.section .bss
	.balign	4
current:	.long	0
saved_esp:	.long	0
handler:	.long	0
flags_in:	.word	0
	.section .note.GNU-stack, "", @progbits
