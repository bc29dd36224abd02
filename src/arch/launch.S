/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/launch.S: see launch.h. The GDT stays in ROM, where no kernel overwrites it; its accessed
 * bits are set, since under KVM the processor's write of one to ROM would hang.
 */
#include "arch/layout.h"

	.code32
	.section .text.launch_linux32, "ax"
	.global launch_linux32
launch_linux32:				/* eax: entry, edx: boot_params */
	cli
	cld
	lgdtl	linux_gdt_pointer
	lidtl	linux_idt_pointer
	movl	%edx, %esi
	movl	$SEL_DATA32, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %ss
	movl	%ecx, %fs
	movl	%ecx, %gs
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	ljmpl	$SEL_CODE32, $1f
1:	jmp	*%eax

	.section .rodata.launch_linux32, "a"
	.balign	8
linux_gdt:
	.quad	0
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x10: code, 4 GiB, execute and read */
	.quad	0x00cf93000000ffff	/* 0x18: data, 4 GiB, read and write */
linux_gdt_end:

linux_gdt_pointer:
	.word	linux_gdt_end - linux_gdt - 1
	.long	linux_gdt
linux_idt_pointer:			/* the kernel's exceptions are no longer ours */
	.word	0
	.long	0
	.section .note.GNU-stack, "", @progbits
