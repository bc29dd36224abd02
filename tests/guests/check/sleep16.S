/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/sleep16.S: where sleep.c goes on after a wake: two entries, copied to its page, which keep what they
 * find and go back to 32-bit code. The page is at SLEEP_PAGE, below 64 KiB.
 */
#include "sleep.h"

	.section .rodata
	.globl	sleep16_start, sleep16_end
#define AT(label) (SLEEP_PAGE + (label) - sleep16_start)
	.code16
sleep16_start:
	/* In real mode, offset 0: by CS alone, since nothing else is known. */
	movl	%esp, %cs:SLEEP_FOUND + 16
	pushfl
	popl	%cs:SLEEP_FOUND
	movw	%cs, %cs:SLEEP_FOUND + 4
	movw	%ds, %cs:SLEEP_FOUND + 6
	movw	%es, %cs:SLEEP_FOUND + 8
	movw	%fs, %cs:SLEEP_FOUND + 10
	movw	%gs, %cs:SLEEP_FOUND + 12
	movw	%ss, %cs:SLEEP_FOUND + 14
	movl	%cr0, %eax
	movl	%eax, %cs:SLEEP_FOUND + 20
	sidtl	%cs:SLEEP_FOUND + 24
	lgdtl	%cs:gdt_pointer - sleep16_start
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x08, $AT(flat)

	/* In protected mode with flat segments: what selectors there are is not said. */
	.code32
	.org	SLEEP_FLAT
	movl	%esp, SLEEP_PAGE + SLEEP_FOUND + 16
	pushfl
	popl	SLEEP_PAGE + SLEEP_FOUND
	movw	%cs, SLEEP_PAGE + SLEEP_FOUND + 4
	movw	$0xffff, SLEEP_PAGE + SLEEP_FOUND + 6
	movl	%cr0, %eax
	movl	%eax, SLEEP_PAGE + SLEEP_FOUND + 20
	lgdtl	AT(gdt_pointer)
	ljmpl	$0x08, $AT(flat)

flat:	movw	$0x10, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	%ax, %fs
	movw	%ax, %gs
	movl	SLEEP_PAGE + SLEEP_STACK, %esp
	popal
	ret

	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	AT(gdt)
sleep16_end:

/* void sleep_now(uint32_t port, uint32_t value): back when the machine was asleep and has woken, or has not slept. */
	.section .text.sleep_now, "ax"
	.globl	sleep_now
sleep_now:
	movl	4(%esp), %edx
	movl	8(%esp), %eax
	pushal
	movl	%esp, SLEEP_PAGE + SLEEP_STACK
	outw	%ax, %dx
	movl	$10000000, %ecx
1:	inb	$0x80, %al
	loop	1b
	popal
	ret
	.section .note.GNU-stack, "", @progbits
