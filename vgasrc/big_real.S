/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/big_real.S: see big_real.h.
 * Spec: Intel SDM volume 3, 9.9 (mode switching), 3.4.3 (segment registers keep what no load changes).
 */
	.code16

/* Accessed bits are set: the ROM cannot be written. */
	.section .rodata.segments, "a"
	.balign 8
segments = . - 8			/* nobody reads what the first one is */
	.quad 0x008f93000000ffff	/* data, base 0, limit 4 GiB */
SEGMENTS_LIMIT = . - segments - 1
DATA_SEGMENT = 8

colours:				/* the CGA's */
	.long 0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa
	.long 0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff

#define CR0_PE	1
#define SYSTEM_SEGMENT	(4 * 0x15 + 2)	/* of INT 15h's vector */

	.section .text.big_real, "ax"
	.globl big_real_possible
big_real_possible:
	xorl %eax, %eax
	cmpw %ax, %fs:SYSTEM_SEGMENT
	je 1f
	smsww %ax
	notw %ax
	andl $CR0_PE, %eax
1:	retw

	.globl big_real_begin
big_real_begin:
	callw big_real_possible
	testb %al, %al
	jz 1f
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
3:	lgdtl (%esp)
	addl $12, %esp
	xorl %eax, %eax
	popw %ax
1:	retw

/* In: EAX to EDI; ES has base 0. Where nothing can be reached, to the function's end at once; EAX is 0. */
	.macro BIG_BEGIN
	pushl %edi
	movl %eax, %edi
	callw big_real_possible
	testb %al, %al
	jz big_end
	pushw $0
	popw %es
	.endm

	.globl big_read16
big_read16:
	BIG_BEGIN
	movw %es:(%edi), %ax
	jmp big_end

	.globl big_write16
big_write16:
	BIG_BEGIN
	movw %dx, %es:(%edi)
	jmp big_end

	.globl big_copy32
big_copy32:
	BIG_BEGIN
	xchgl %edx, %esi
	addr32 rep movsl %es:(%esi), %es:(%edi)
	movl %edx, %esi
	jmp big_end

	.globl big_fill32
big_fill32:
	BIG_BEGIN
	movl %edx, %eax
	addr32 rep stosl
big_end:
	popl %edi
	retw

	.globl big_draw
big_draw:
	BIG_BEGIN
	pushl %ebx
	pushl %esi
	pushl %ebp
	leaw -8 * 4(%ecx), %bp		/* from a row's end to the start of the next: fits 16 bits */
	movzwl %bp, %ebp
	movzbl %dl, %esi
	shll $4, %esi
	addl $font_8x16, %esi
	movzbl %dh, %eax
	shrw $4, %ax
	andb $7, %al
	pushl %gs:colours(, %eax, 4)
	andl $0x0f00, %edx
	shrw $6, %dx
	movl %gs:colours(%edx), %ebx
	movb $16, %cl
1:	movb %gs:(%esi), %dl
	incw %si
	movb $8, %dh
2:	movl (%esp), %eax
	addb %dl, %dl
	jnc 3f
	movl %ebx, %eax
3:	addr32 stosl
	decb %dh
	jnz 2b
	addl %ebp, %edi
	decb %cl
	jnz 1b
	popl %eax
	popl %ebp
	popl %esi
	popl %ebx
	jmp big_end

	.section .note.GNU-stack, "", @progbits
