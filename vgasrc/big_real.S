/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/big_real.S: see big_real.h.
 * Spec: Intel SDM volume 3, 9.9 (mode switching), 3.4.3 (segment registers keep what no load changes).
 */
	.code16

/* Accessed bits are set: the ROM cannot be written. */
	.section .rodata.segments, "a"
	.balign 8
segments:
	.quad 0
	.quad 0x00cf93000000ffff	/* data, base 0, limit 4 GiB */
SEGMENTS_LIMIT = . - segments - 1
DATA_SEGMENT = 8

#define CR0_PE	1

	.section .text.big_real_begin, "ax"
	.globl big_real_begin
big_real_begin:
	xorl %eax, %eax
	smsww %ax
	testb $CR0_PE, %al
	movl $0, %eax
	jnz 1f
	pushfw
	cli
	subl $12, %esp
	sgdtl (%esp)
	movw %cs, %ax
	shll $4, %eax
	addl $segments, %eax
	movw $SEGMENTS_LIMIT, 6(%esp)
	movl %eax, 8(%esp)
	lgdtl 6(%esp)
	movl %cr0, %eax
	orb $CR0_PE, %al
	movl %eax, %cr0
	jmp 2f				/* what was fetched ahead is dropped */
2:	movw $DATA_SEGMENT, %cx
	movw %cx, %es
	andb $~CR0_PE, %al
	movl %eax, %cr0
	jmp 3f
3:	movw %ds, %cx
	movw %cx, %es
	lgdtl (%esp)
	addl $12, %esp
	xorl %eax, %eax
	popw %ax
1:	retw $2

	.macro BIG_BEGIN
	pushw %es
	pushw $0
	popw %es
	.endm

	.section .text.big_read16, "ax"
	.globl big_read16
big_read16:
	BIG_BEGIN
	movw %es:(%eax), %ax
	popw %es
	retw $2

	.section .text.big_write16, "ax"
	.globl big_write16
big_write16:
	BIG_BEGIN
	movw %dx, %es:(%eax)
	popw %es
	retw $2

	.section .text.big_fill32, "ax"
	.globl big_fill32
big_fill32:
	BIG_BEGIN
	pushl %edi
	movl %eax, %edi
	movl %edx, %eax
	addr32 rep stosl
	popl %edi
	popw %es
	retw $2

	.section .text.big_copy32, "ax"
	.globl big_copy32
big_copy32:
	BIG_BEGIN
	pushl %esi
	pushl %edi
	movl %eax, %edi
	movl %edx, %esi
	addr32 rep movsl %es:(%esi), %es:(%edi)
	popl %edi
	popl %esi
	popw %es
	retw $2

/* EAX: struct big_glyph */
	.section .text.big_draw, "ax"
	.globl big_draw
big_draw:
	BIG_BEGIN
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %eax, %ebx
	movl (%ebx), %edi
	movl 8(%ebx), %esi
	movl $16, %ecx
1:	movb %gs:(%esi), %dl
	incl %esi
	movb $8, %dh
2:	movl 12(%ebx), %eax
	addb %dl, %dl
	jnc 3f
	movl 16(%ebx), %eax
3:	addr32 stosl
	decb %dh
	jnz 2b
	addl 4(%ebx), %edi
	decl %ecx
	jnz 1b
	popl %edi
	popl %esi
	popl %ebx
	popw %es
	retw $2

	.section .note.GNU-stack, "", @progbits
