/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/ap.S: an application processor from 32-bit mode to its parking place. Many run here at
 * once, without a stack: they share nothing but struct ap_shared.
 *
 * An NMI may come at any instruction, once, since no IRET lets the next one in. Without a stack of its own the
 * processor cannot go back, but it keeps its registers: ESI, EDI and EBP say how far it is.
 */
#include "arch/ap.h"
#include "arch/layout.h"

#define MSR_APIC_BASE 0x1b

	.code32
	.section .text.ap_start, "ax"
	.global ap_start, ap_park, ap_nmi
ap_start:
	movl	$SEL_DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss

	/*
	 * An NMI, or a fault, pushes up to 16 bytes that nobody reads: below FW_RAM_END, behind what
	 * the mailbox holds, and all processors may use the same.
	 */
	movl	$FW_RAM_END, %esp

	movl	$ap_shared + AP_MSR, %esi	/* the next one */
	imull	$AP_MSR_SIZE, ap_shared + AP_MSRS, %edi
	addl	%esi, %edi			/* the end */
	movl	$AP_ONE, %ebp
	lidtl	ap_shared + AP_IDT_POINTER
	jmp	3f
1:	movl	(%esi), %ecx
	movl	4(%esi), %eax
	movl	8(%esi), %edx
	wrmsr
2:	addl	$AP_MSR_SIZE, %esi
3:	cmpl	%edi, %esi
	jne	1b

	cmpl	$0, ap_shared + AP_X2APIC
	je	4f
	movl	$MSR_APIC_BASE, %ecx
	rdmsr
	orl	$0xc00, %eax
	wrmsr

	/* APIC id: leaf 0xb when it is filled, else leaf 1. An APIC without CPUID does not exist. */
4:	xorl	%eax, %eax
	cpuid
	cmpl	$0xb, %eax
	jb	5f
	movl	$0xb, %eax
	xorl	%ecx, %ecx
	cpuid
	testw	%bx, %bx
	jnz	6f
5:	movl	$1, %eax
	cpuid
	movl	%ebx, %edx
	shrl	$24, %edx

6:	cmpl	ap_shared + AP_IDS_COUNT, %edx
	jae	7f
	movl	ap_shared + AP_IDS, %eax
	lock btsl %edx, (%eax)
7:	lock xaddl %ebp, ap_shared + AP_ARRIVED	/* counted: bit 0 of EBP is now 1 */

	/* Interrupts are off. */
ap_park:
	movl	$FW_RAM_END, %esp
	cli
8:	hlt
	jmp	8b

	/*
	 * Not counted yet: on with the MSR that was in hand, if there is one, and it is not written already: a second
	 * write is #GP where the first has set IA32_FEATURE_CONTROL's lock. All that follows can be done twice.
	 */
ap_nmi:
	testl	$AP_COUNTED, %ebp
	jnz	ap_park
	cmpl	%edi, %esi
	je	3b
	movl	(%esi), %ecx
	rdmsr
	cmpl	4(%esi), %eax
	jne	1b
	cmpl	8(%esi), %edx
	jne	1b
	jmp	2b
	.section .note.GNU-stack, "", @progbits
