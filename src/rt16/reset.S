/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/reset.S: from the reset vector to flat 32-bit mode, and the fixed addresses at the top
 * of the F segment.
 *
 * The CPU starts with CS base 0xffff0000, so this runs in ROM whatever the shadow registers say.
 * A20 is on: were it masked, neither the vector at 0xfffffff0 nor 0xfffc0000 could be fetched.
 */
#include "arch/layout.h"

	.code16

	.section .reset, "ax"
reset16:
	cli
	cld
	lgdtl	%cs:rt16_gdt_offset	/* in the F segment: from the linker script */
	movl	%cr0, %eax
	andl	$~0x60000000, %eax	/* CD and NW off: caches work from here on */
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $ROM32_BASE

/*
 * Accessed bits are set: the CPU would write them back otherwise, and under KVM a write to ROM
 * hangs. The order is the one that Linux's boot protocol names.
 */
	.balign 8
gdt:
	.quad	0
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x10: code, 4 GiB, 32-bit, read, accessed */
	.quad	0x00cf93000000ffff	/* 0x18: data, 4 GiB, 32-bit, write, accessed */
	.quad	0x000f9b000000ffff	/* 0x20: code, 16-bit */
	.quad	0x000f93000000ffff	/* 0x28: data, 16-bit */
gdt_end:
	.global rt16_gdt_pointer
rt16_gdt_pointer:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	gdt + ROM16_BASE - FSEG_BASE

/* A program that jumps to the POST entry, or to the vector's shadow copy, wants a reboot. */
	.section .entry_post, "ax"
	.global rt16_entry_post
rt16_entry_post:
	jmp	hard_reset

	.section .top, "ax"
	.global rt16_hard_reset
rt16_hard_reset:
hard_reset:
	cli
	movw	$0xcf9, %dx		/* reset control: full reset */
	movb	$0x06, %al
	outb	%al, %dx
	movb	$0xfe, %al		/* machines without it: keyboard controller, pulse reset */
	outb	%al, $0x64
1:	hlt
	jmp	1b

	.section .entry_iret, "ax"
	.global rt16_iret
rt16_iret:
	iret

	.section .reset_vector, "ax"
	.global rt16_reset_vector, rt16_bios_date, rt16_model
rt16_reset_vector:
	.byte	0xe9			/* jmp near, in the form that POST patches in the copy */
	.word	reset16 - rt16_vector_end
rt16_vector_end:
	.org	rt16_reset_vector + 5
rt16_bios_date:
	.ascii	"06/23/99"		/* fixed, as guests have always seen it here */
	.org	rt16_reset_vector + 14
rt16_model:
	.byte	0xfc			/* PC AT */
	.byte	0

	.section .note.GNU-stack, "", @progbits
