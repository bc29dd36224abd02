/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/entry.S: how callers come in: INT 10h, and init. Each runs C on the ROM's own stack, where there is one that
 * nobody is on, else on the caller's. Offsets from ESP reach further than 16 bits, so its upper half is 0 meanwhile.
 */
#include "stack.h"

	.code16
	.section .text.entry, "ax"

/*
 * In: carry: init is called, else int10; SS the stack that it runs on. Pushes what struct regs has, and sets DS and the
 * rest as C needs them (rom.h).
 */
enter_c:
	pushw %gs
	pushw %fs
	pushw %ds
	pushw %es
	pushal
	movl %esp, %ebx			/* whole */
	movzwl %sp, %esp
	pushw %ss
	popw %ds
	movw $0, %ax			/* carry stays */
	movw %ax, %fs
	pushw %cs
	popw %gs
	cld
	movl %esp, %eax
	pushl %ebx			/* of registers C keeps the lower halves */
	jc 1f
	callw int10
	jmp 2f
1:	callw init
2:	popl %ebx
	movl %ebx, %esp
	popal
	popw %es
	popw %ds
	popw %fs
	popw %gs
	retw

	.globl int10_entry
int10_entry:
	pushw %ds
	pushl %eax
	movw %cs:rom_info + 8, %ax	/* stack_segment */
	testw %ax, %ax
	jz on_callers
	movw %ax, %ds
	movb $1, %al
	xchgb %al, STACK_BUSY
	testb %al, %al
	jnz on_callers
	popl %eax
	movl %esp, STACK_CALLER
	movw %ss, STACK_CALLER + 4
	pushw %ds
	popw %ss			/* no interrupt before the next instruction is done */
	movl $STACK_BYTES, %esp
	clc
	callw enter_c			/* DS stays */
	movw STACK_CALLER + 4, %ss
	movl STACK_CALLER, %esp
	movb $0, STACK_BUSY
	popw %ds
	iretw

on_callers:
	popl %eax
	popw %ds
	clc
	callw enter_c
	iretw

/* What AX=4F05h does, by a far call: the window function that AX=4F01h names. */
	.globl window_entry
window_entry:
	movw $0x4f05, %ax
	pushfw
	pushw %cs
	callw int10_entry
	lretw

/* The ROM is called to set itself up: far, AX the PCI address (PCI Firmware 3.0, 5.2.1). */
	.globl rom_init
rom_init:
	stc
	callw enter_c
	lretw

/* far_fill16(segment EAX, offset EDX, value ECX, count 2(ESP)) */
	.section .text.far_fill16, "ax"
	.globl far_fill16
far_fill16:
	pushl %edi
	movw %ax, %es
	movl %edx, %edi
	movl %ecx, %eax
	movl 6(%esp), %ecx
	rep stosw
	popl %edi
	retw

/* far_copy(to EAX: offset, segment; from EDX; count ECX) */
	.section .text.far_copy, "ax"
	.globl far_copy
far_copy:
	pushl %esi
	pushl %edi
	pushw %ds
	movzwl %ax, %edi
	shrl $16, %eax
	movw %ax, %es
	movzwl %dx, %esi
	shrl $16, %edx
	cmpw %si, %di
	jbe 1f
	std
	leaw -1(%esi, %ecx), %si	/* lea of 16 bits is sound everywhere */
	leaw -1(%edi, %ecx), %di
1:	movw %dx, %ds
	rep movsb
	cld
	popw %ds
	popl %edi
	popl %esi
	retw

/* far_call_pmm(entry EAX: offset, segment; arguments of 12 bytes at EDX). Returns DX:AX. */
	.section .text.far_call_pmm, "ax"
	.globl far_call_pmm
far_call_pmm:
	pushl %ebp
	movl %esp, %ebp
	pushl %eax
	pushl 8(%edx)
	pushl 4(%edx)
	pushl (%edx)
	lcallw *12(%esp)
	movl %ebp, %esp
	shll $16, %edx
	movzwl %ax, %eax
	orl %edx, %eax
	popl %ebp
	retw

	.section .note.GNU-stack, "", @progbits
