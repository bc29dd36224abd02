/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/real16.S: back to real mode and to a far address there, as DOS programs restart
 * the machine. Copied to 0x7000 by reset.c; entered in 32-bit mode with EAX = offset | segment << 16.
 */
	.section .rodata
	.globl	real16_start, real16_end
	.code32
#define AT(label) (0x7000 + (label) - real16_start)
real16_start:
	cli
	movl	%eax, AT(target)
	lgdtl	AT(gdt_pointer)
	lidtl	AT(idt_pointer)
	ljmpl	$0x08, $AT(narrow)
	.code16
narrow:	movw	$0x10, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	%cr0, %eax
	andb	$0xfe, %al
	movl	%eax, %cr0
	ljmpw	$0, $AT(real)
real:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$0x7000, %sp
	ljmpw	*AT(target)
	.balign	8
gdt:	.quad	0
	.quad	0x00009b000000ffff
	.quad	0x000093000000ffff
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	AT(gdt)
idt_pointer:
	.word	0x3ff
	.long	0
target:	.long	0
real16_end:
	.section .note.GNU-stack, "", @progbits
