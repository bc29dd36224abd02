# SPDX-License-Identifier: BSD-2-Clause
# tests/guests/roms/pmm.S: an option ROM that calls the POST Memory Manager as its script says and prints each answer on
# the first serial port. tests/qemu/option_rom.py puts the script behind it and sets size and sum.
#
# It takes INT 10h, so that it is kept as a display's, and calls a few functions again when the first
# colon is printed: that is in a message after all ROMs have run.
	.set	SCRIPT, 0x500		/* a word, how many rows; then rows */
	.set	ROW, 16			/* function.w a.l b.l flags.w action.b slot.b reserved.w */
	.set	ACTION, 12
	.set	SLOT, 13
	.set	FROM_SLOT, 1		/* a is the answer to row SLOT */
	.set	POKE, 2			/* no call: a goes to the address that row SLOT has got */
	.set	PEEK, 4			/* no call: what is there */
	.set	KEPT, 0x4f0		/* 0:4F0, for programs: the entry, and whether the later calls have been made */

	.code16
	.section .text, "ax"
start:	.byte	0x55, 0xaa, 0
	jmp	init
	.org	0x18
	.word	0, 0

entry:	.long	0
answer:	.long	0
row:	.word	0
rows:	.word	0
sp_before: .word 0
answers: .fill	64, 4, 0

/* AL to the serial port. */
putc:	pushw	%dx
	movw	$0x3f8, %dx
	outb	%al, %dx
	popw	%dx
	ret
/* CS:SI, ends with 0. */
puts:	lodsb	%cs:(%si), %al
	testb	%al, %al
	jz	1f
	call	putc
	jmp	puts
1:	ret
/* EAX, eight digits. */
puthex:	movw	$8, %cx
1:	roll	$4, %eax
	pushl	%eax
	andb	$15, %al
	cmpb	$10, %al
	jb	2f
	addb	$'a' - '0' - 10, %al
2:	addb	$'0', %al
	call	putc
	popl	%eax
	loop	1b
	ret

/* Where "$PMM" is: ES:0, whose 16 bytes add up to 0. Carry: nowhere. */
find:	movw	$0xe000, %ax
1:	movw	%ax, %es
	cmpl	$0x4d4d5024, %es:0
	je	2f
next:	incw	%ax
	jnz	1b
	stc
	ret
2:	xorw	%bx, %bx
	movb	%bl, %dl
3:	addb	%es:(%bx), %dl
	incw	%bx
	cmpw	$16, %bx
	jb	3b
	testb	%dl, %dl
	jnz	next
	clc
	ret

/*
 * Call with the row at CS:SI, all registers full of patterns. EAX: the answer, and what has changed that should not is
 * said.
 */
	.macro	check value, reg
	cmpl	$\value, %\reg
	jne	changed
	.endm
call_row:
	pushal
	movw	%sp, %cs:sp_before
	pushw	%cs:10(%si)
	pushl	%cs:6(%si)
	pushl	%cs:2(%si)
	pushw	%cs:(%si)
	movw	$0xd5d5, %ax
	movw	%ax, %ds
	movw	$0xe5e5, %ax
	movw	%ax, %es
	movw	$0xf5f5, %ax
	movw	%ax, %fs
	movw	$0x6565, %ax
	movw	%ax, %gs
	movl	$0xa1a2a3a4, %eax
	movl	$0xb1b2b3b4, %ebx
	movl	$0xc1c2c3c4, %ecx
	movl	$0xd1d2d3d4, %edx
	movl	$0x51525354, %esi
	movl	$0xd5d6d7d8, %edi
	movl	$0xb5b6b7b8, %ebp
	sti
	lcall	*%cs:entry
	pushfw
	cli
	movw	%ax, %cs:answer
	movw	%dx, %cs:answer + 2
	popw	%ax
	testw	$0x200, %ax
	jz	changed
	addw	$12, %sp
	cmpw	%cs:sp_before, %sp
	jne	changed
	check	0xb1b2b3b4, ebx
	check	0xc1c2c3c4, ecx
	check	0x51525354, esi
	check	0xd5d6d7d8, edi
	check	0xb5b6b7b8, ebp
	movw	%ds, %ax
	cmpw	$0xd5d5, %ax
	jne	changed
	movw	%es, %ax
	cmpw	$0xe5e5, %ax
	jne	changed
	movw	%fs, %ax
	cmpw	$0xf5f5, %ax
	jne	changed
	movw	%gs, %ax
	cmpw	$0x6565, %ax
	jne	changed
1:	movw	%cs:sp_before, %sp
	popal
	sti
	movl	%cs:answer, %eax
	ret
changed:
	movw	$changed_text, %si
	call	puts
	jmp	1b
changed_text:
	.asciz	"changed "

init:	pushal
	pushw	%ds
	pushw	%es
	pushw	%fs
	pushw	%gs
	call	find
	movw	$none_text, %si
	jc	finish
	movl	%es:7, %eax
	movl	%eax, %cs:entry
	xorw	%bx, %bx
	movw	%bx, %fs
	movl	%eax, %fs:KEPT
	movw	$0, %fs:KEPT + 4
	movw	%cs:SCRIPT, %ax
	movw	%ax, %cs:rows
	movw	$SCRIPT + 2, %cs:row
	xorw	%di, %di
each:	decw	%cs:rows
	movw	$end_text, %si
	js	finish
	movw	%cs:row, %si
	movzbw	%cs:SLOT(%si), %bx
	shlw	$2, %bx
	movl	%cs:answers(%bx), %eax
	xorw	%bx, %bx
	movw	%bx, %fs
	movb	%cs:ACTION(%si), %bl
	testb	$POKE, %bl
	jnz	poke
	testb	$PEEK, %bl
	jnz	peek
	testb	$FROM_SLOT, %bl
	jz	1f
	movl	%eax, %cs:2(%si)
1:	pushw	%di
	call	call_row
	popw	%di
	jmp	said
poke:	movl	%cs:2(%si), %edx
	movl	%edx, %fs:(%eax)
peek:	movl	%fs:(%eax), %eax
said:	movl	%eax, %cs:answers(%di)
	addw	$4, %di
	call	puthex
	movb	$'\n', %al
	call	putc
	addw	$ROW, %cs:row
	jmp	each
finish:	call	puts
	xorw	%ax, %ax
	movw	%ax, %fs
	movw	$int10, %fs:0x40
	movw	%cs, %fs:0x42
	popw	%gs
	popw	%fs
	popw	%es
	popw	%ds
	popal
	lret
none_text:
	.asciz	"none\n"
end_text:
	.asciz	"end\n"

/* The ROM is read-only by then, so arguments are in 0:4F0, and what is there cannot be called with patterns. */
int10:	cmpw	$0x0e00 + ':', %ax
	je	1f
	iretw
1:	pushal
	pushw	%ds
	pushw	%es
	xorw	%ax, %ax
	movw	%ax, %ds
	cmpw	$0, KEPT + 4
	jne	4f
	incw	KEPT + 4
	xorw	%bp, %bp		/* functions 0 to 3 */
2:	pushw	$PMM_EITHER
	pushl	$0x12345678
	pushl	$1
	pushw	%bp
	lcall	*KEPT
	addw	$12, %sp
	shll	$16, %edx
	movw	%ax, %dx
	movl	%edx, %eax
	movw	$later_text, %si
	pushl	%eax
	call	puts
	popl	%eax
	call	puthex
	movb	$'\n', %al
	call	putc
	incw	%bp
	cmpw	$4, %bp
	jb	2b
	call	find
	movw	$gone_text, %si
	jc	3f
	movw	$there_text, %si
3:	call	puts
4:	popw	%es
	popw	%ds
	popal
	iretw
	.set	PMM_EITHER, 3
later_text:
	.asciz	"later "
gone_text:
	.asciz	"gone\n"
there_text:
	.asciz	"there\n"
	.org	SCRIPT
