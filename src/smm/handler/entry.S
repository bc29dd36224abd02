/* SPDX-License-Identifier: BSD-2-Clause
 * src/smm/handler/entry.S: where SMIs lead, in SMRAM: from the processor's entry to 32-bit code, and RSM. A program of
 * its own, linked at SMM_HANDLER; src/smm/smm.c puts it there.
 * Spec: Intel SDM volume 3, chapter on System Management Mode (initial environment, SMBASE relocation).
 */
#include "arch/layout.h"
#include "arch/smm.h"

#define HANDLER_CODE	8
#define HANDLER_DATA	16
#define CR0_WP		0x10000

	.code16
	/*
	 * Copied to the entry of each processor. CS is SMBASE / 16, the data segments begin at 0 with 4 GiB limits,
	 * interrupts and NMI are off. Nothing is taken from the guest's tables: no exception is expected, and one would
	 * end the machine.
	 */
	.section .stub, "ax"
stub:
	lidtl	%cs:SMM_ENTRY_OFFSET + stub_no_idt - stub
	lgdtl	%cs:SMM_ENTRY_OFFSET + stub_gdt - stub
	movw	%cs, %ax
	movzwl	%ax, %ebx
	shll	$4, %ebx		/* SMBASE */
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$HANDLER_CODE, $handler_32
stub_gdt:
	.word	handler_gdt_end - handler_gdt - 1
	.long	handler_gdt
stub_no_idt:
	.word	0
	.long	0
	.org	SMM_PART

	/*
	 * Copied to where the first SMI of a processor leads: it moves SMBASE to what the dword behind it says, and
	 * sets that to 0. The revision at FEFC tells where SMBASE is.
	 */
	.section .move, "ax"
	movl	$SMM_DEFAULT_BASE + SMM_ENTRY_OFFSET + SMM_MOVE_TO, %ebx
	movl	$SMM_DEFAULT_BASE + SMM_SAVE_OFFSET + 0x100, %ecx	/* with 64 bits */
	addr32	cmpw $0x64, -4(%ecx)
	je	1f
	subw	$8, %cx			/* without */
1:	addr32	movl (%ebx), %eax
	addr32	movl %eax, (%ecx)
	addr32	movl $0, (%ebx)
	rsm
	.org	SMM_MOVE_TO
	.long	0
	.org	SMM_PART

	.code32
	.section .text, "ax"
handler_32:
	movl	$HANDLER_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	leal	SMM_STACK_OFFSET(%ebx), %esp
	cld
	leal	SMM_SAVE_OFFSET(%ebx), %eax
	movl	%ebx, %edx
	movl	$kept, %ecx
	pushl	$places
	call	smm_handle
	lock incl SMM_COUNT
	/*
	 * RSM changes WP in any case: an SMI leaves it alone, and the state that is taken has what the interrupted one
	 * had (STATE_CR0_KEEP). TCG forgets what it has seen of pages where that, PE or PG changes, and nowhere else:
	 * flat code that goes on in PE would read and write SMRAM as if it still were in here.
	 */
	movl	%cr0, %eax
	xorl	$CR0_WP, %eax
	movl	%eax, %cr0
	rsm

	.section .rodata, "a"
	.balign	8
places:
	.long	rt16_smm_enter_offset, rt16_smm_enter_end_offset, rt16_smm_answered_offset
	.long	rt16_smm16_enter_offset, rt16_smm16_enter_end_offset, rt16_smm16_answered_offset
	.long	rt16_gdt_rom, rt16_gdt_limit, rt16_leaving_rom, rt16_leaving_limit
	.balign	8
handler_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
handler_gdt_end:

	.bss
	.balign	8
kept:
	.skip	8 + SMM_SAVE_SIZE	/* struct smm_kept */
	.section .note.GNU-stack, "", @progbits
