/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/sector.S: the boot sector of a real-mode program: it loads what follows and calls main() with
 * CS = DS = ES = SS = 0. Drive number in DL: a disk, or a floppy of 1440 KiB.
 */
	.code16
	.section .sector, "ax"
	.global _start
_start:
	cli
	cld
	xorl	%eax, %eax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$0x7c00, %esp
	sti
	movb	%dl, drive
	movw	$sectors, %cx
1:	pushw	%cx
	movw	$packet, %si
	movb	drive, %dl
	testb	%dl, %dl
	movb	$0x42, %ah
	js	2f
	movw	packet + 8, %ax			/* by cylinder, head and sector */
	movb	$18, %bl
	divb	%bl
	movb	%ah, %cl
	incw	%cx
	movb	%al, %dh
	andb	$1, %dh
	shrb	$1, %al
	movb	%al, %ch
	movw	packet + 6, %es
	movw	packet + 4, %bx
	movw	$0x0201, %ax
2:	int	$0x13
	jc	fail
	addw	$0x20, packet + 6
	incw	packet + 8
	popw	%cx
	loop	1b
	pushw	%ds
	popw	%es
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep stosb
	calll	main
fail:
	movw	$0xf4, %dx
	movb	$1, %al
	outb	%al, %dx
	cli
	hlt
drive:
	.byte	0
	.balign	4
packet:
	.byte	16, 0
	.word	1, 0x7e00, 0
	.quad	1
	.org	510
	.word	0xaa55

	.text
/* void call_int(uint8_t n, struct registers *r): all registers and the flags, both ways. INT clears IF. */
	.global call_int
call_int:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	pushw	%ds
	pushw	%es
	movl	%edx, regs_at
	movzbl	%al, %eax
	movl	(,%eax,4), %eax
	movl	%eax, target
	movl	%edx, %ebp
	movw	24(%ebp), %ax
	movw	%ax, flags_in
	movl	0(%ebp), %eax
	movl	4(%ebp), %ebx
	movl	8(%ebp), %ecx
	movl	12(%ebp), %edx
	movl	16(%ebp), %esi
	movl	20(%ebp), %edi
	movw	28(%ebp), %es
	movw	26(%ebp), %ds
	pushw	%cs:flags_in
	pushw	%cs
	pushw	$1f
	pushl	%cs:target
	cli
	lretw
1:	pushfw
	popw	%cs:flags_in
	movl	%cs:regs_at, %ebp
	pushw	%ds
	pushw	$0
	popw	%ds
	movl	%eax, 0(%ebp)
	movl	%ebx, 4(%ebp)
	movl	%ecx, 8(%ebp)
	movl	%edx, 12(%ebp)
	movl	%esi, 16(%ebp)
	movl	%edi, 20(%ebp)
	popw	26(%ebp)
	movw	%es, 28(%ebp)
	movw	flags_in, %ax
	movw	%ax, 24(%ebp)
	popw	%es
	popw	%ds
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	cld
	retl
	.balign	4
regs_at:
	.long	0
target:
	.long	0
flags_in:
	.word	0
	.section .note.GNU-stack, "", @progbits
