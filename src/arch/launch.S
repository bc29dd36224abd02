/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/launch.S: see launch.h. The boot protocol asks for flat segments by the selectors 0x10 and 0x18, and for a
 * GDT that has them: so POST has run from the start (src/rt16/reset.S, start.S), its GDT being in ROM, where no
 * kernel overwrites it. Interrupts have been off since reset, and the direction flag is clear.
 */
#include "arch/layout.h"

#define CR0_PG		0x80000000
#define CR4_PAE		0x20
#define MSR_EFER	0xc0000080
#define EFER_LME	0x100

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

/* ESI: boot_params. It runs in the ROM, which is mapped as all below 4 GiB is; the GDT has 64-bit code as 0x10. */
	.section .text.launch_linux64, "ax"
	.global launch_linux64
launch_linux64:
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	launch_page_tables, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG, %eax
	movl	%eax, %cr0
	lgdtl	linux64_gdt_pointer
	ljmpl	$SEL_CODE32, $1f
	.code64
1:	movl	$SEL_DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	%esi, %esi		/* upper halves are not defined by the way here */
	xorl	%ebx, %ebx
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	movl	$0x100200, %eax
	jmp	*%rax
	.code32

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

	.section .rodata.launch_linux64, "a"
	.balign	8
linux64_gdt:				/* accessed, as all descriptors in ROM */
	.quad	0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff
linux64_gdt_pointer:
	.word	. - linux64_gdt - 1
	.long	linux64_gdt
	.section .bss.launch_linux64, "aw", @nobits
	.balign	4
	.global launch_page_tables
launch_page_tables:
	.long	0

	.section .rodata.launch_linux32, "a"
linux_idt_pointer:			/* the kernel's exceptions are no longer ours */
	.word	0
	.long	0
	.section .note.GNU-stack, "", @progbits
