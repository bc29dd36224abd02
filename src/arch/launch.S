/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/launch.S: see launch.h. The boot protocol asks for flat segments by the selectors 0x10 and 0x18, and for a
 * GDT that has them: so POST has run from the start (src/rt16/reset.S, start.S), its GDT being in ROM, where no
 * kernel overwrites it. Interrupts have been off since reset, and the direction flag is clear.
 */
#include "arch/layout.h"

	.code32
	.section .text.launch_linux32, "ax"
	.global launch_linux32
launch_linux32:				/* eax: entry, edx: boot_params */
	lidtl	linux_idt_pointer
	movl	%edx, %esi
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	jmp	*%eax

	.section .text.launch_flat32, "ax"
	.global launch_flat32
launch_flat32:				/* eax: entry, edx: for EBX, ecx: for EAX */
	lidtl	linux_idt_pointer
	movl	%ds, %ebp
	movl	%ebp, %fs		/* null behind services; a multiboot kernel may count on all */
	movl	%ebp, %gs
	movl	%edx, %ebx
	xchgl	%eax, %ecx
	xorl	%edx, %edx
	xorl	%ebp, %ebp
	xorl	%esi, %esi
	xorl	%edi, %edi
	jmp	*%ecx

	.section .text.launch_real, "ax"
	.global launch_real, launch_real_stack
launch_real:				/* eax: segment << 16 | offset */
	pushl	%eax
	leal	-FW_RAM_BASE(%esp), %eax
	orl	$FW_SEGMENT << 16, %eax
	xorl	%edx, %edx		/* REAL_FAR_RETURN */
launch_real_stack:			/* eax: the same of the stack, edx: how */
	movl	%edx, %ebx
	movl	%eax, %edx
	leal	-FW_RAM_BASE(%esp), %eax
	pushl	$SEL_STACK16
	pushl	%eax
	lssl	(%esp), %esp
	pushl	$SEL_CODE16
	pushl	$rt16_launch_offset
	lret

	.section .rodata.launch_linux32, "a"
linux_idt_pointer:			/* the kernel's exceptions are no longer ours */
	.word	0
	.long	0
	.section .note.GNU-stack, "", @progbits
