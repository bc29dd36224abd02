/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/crossing.S: from 16-bit code to the 32-bit services and back: protected mode and A20, what an NMI finds between
 * the modes, and the same by SMI for a caller in virtual-8086 mode. The 32-bit side is src/arch/cross.S.
 *
 * Whatever the caller had, DS, ES, FS, GS and SS have 4 GiB limits after a way through 32-bit code: real mode cannot tell
 * what they were, and who had 64 KiB does not miss the fault.
 */
#include "arch/layout.h"
#include "arch/regs.h"
#include "arch/smm.h"

#define A20_PORT	0x92
#define A20_ENABLED	0x02

	.code16
	.section .text16, "ax"

/* To the 32-bit services. Protection is on already in virtual-8086 mode: no privileged instruction then. */
	.global rt16_to_32
rt16_to_32:
	smsww	%ax
	testb	$1, %al
	jnz	by_smi
	movl	%esp, %edx			/* the frame, for 32-bit code */
	/*
	 * A20: where the dwords at 0 and at 1 MiB are the same, more is looked at. No device tells: port 92h and the
	 * keyboard controller drive one line.
	 */
	xorw	%bx, %bx
	movw	%bx, %ds
	movw	$0xffff, %ax
	movw	%ax, %es
	movl	%es:0x10, %eax
	cmpl	%ds:0, %eax
	je	a20_look
a20_on:
	subl	$12, %esp
	sgdtl	(%esp)
	sidtl	6(%esp)
	lidtl	%cs:rt16_entering_offset
	lgdtl	%cs:rt16_gdt_offset
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $SERVICE32_ENTRY	/* ESP: the frame less what was pushed here, SAVED_BYTES */

/* From the 32-bit services: protected mode, 16-bit code, ESP within the firmware's segment. */
	.global rt16_from_32
rt16_from_32:
	call	rt16_real_mode
	lgdtl	(%esp)
	lidtl	6(%esp)
	addl	$12, %esp
	testb	$1, REGS_A20_OFF(%esp)	/* as it was, or as INT 15h AX=2400h and 2401h want it */
	jz	rt16_leave
	inb	$A20_PORT, %al
	andb	$~(A20_ENABLED | 1), %al	/* bit 0 would reset the machine */
	outb	%al, $A20_PORT
	jmp	rt16_leave

/* Where 64 dwords are the same, one is changed to see. */
a20_look:
	xorw	%si, %si
	movw	$0x10, %di
	movw	$64, %cx
	repe cmpsl
	jne	a20_on
	notl	%ds:0
	movl	%es:0x10, %eax
	cmpl	%ds:0, %eax
	jne	1f
	notl	%ds:0
	incw	REGS_A20_OFF(%esp)
	inb	$A20_PORT, %al
	andb	$~1, %al
	orb	$A20_ENABLED, %al
	outb	%al, $A20_PORT
	jmp	a20_on
1:	notl	%ds:0
	jmp	a20_on

/*
 * Interrupt tables for the few instructions between the modes, where an NMI may come: a real-mode vector of 4 bytes
 * at 8 and a gate of 8 bytes at 16 are both number 2. Going in, the frame's CS may be a segment to which no
 * protected-mode IRET returns, and the 32-bit code begins anew: it takes all it needs from EDX. Coming out, it
 * may be our selector, of which real mode knows nothing.
 */
	.balign	8
	.macro	between handler32
	.quad	0
	.word	rt16_nmi_between_offset, FSEG_BASE >> 4
	.long	0
	.word	\handler32, SEL_CODE32, 0x8e00, ROM16_BASE >> 16
	.endm
entering:
	between	rt16_nmi_entering_offset
	.global	rt16_leaving_table, rt16_leaving_table_end
rt16_leaving_table:
	between	rt16_nmi_leaving_offset
rt16_leaving_table_end:
	.global	rt16_entering, rt16_leaving
rt16_entering:
	.word	rt16_leaving_table - entering - 1
	.long	entering + ROM16_BASE - FSEG_BASE
rt16_leaving:
	.word	rt16_leaving_table_end - rt16_leaving_table - 1
	.long	rt16_leaving_table + ROM16_BASE - FSEG_BASE

	.global	rt16_nmi_between, rt16_nmi_entering, rt16_nmi_leaving
rt16_nmi_between:
	pushw	%bp
	movw	%sp, %bp
	movw	$FSEG_BASE >> 4, %ss:4(%bp)
	popw	%bp
	iretw
	.code32
rt16_nmi_entering:
	ljmpl	$SEL_CODE32, $SERVICE32_ENTRY
rt16_nmi_leaving:
	iretl
	.code16

/*
 * From virtual-8086 mode: by SMI (arch/smm.h), to which DS = SS = E800 belongs to the state that is put away and comes
 * back. What 32-bit code finds in the frame it has read where this has written it, or it refuses.
 */
by_smi:
	cmpw	$0, SMM_CALL_16 + SMM_CALL_ON
	je	unavailable
	movw	$SMM_FRAME_MARK, REGS_UNUSED3(%esp)
	movl	$SMM_ENTER, %eax
	outb	%al, $SMM_PORT
	.global	rt16_smm_enter, rt16_smm_enter_end, rt16_smm_answered
rt16_smm_enter:
	rep; nop
	decw	%ax
	jnz	rt16_smm_enter
rt16_smm_enter_end:
rt16_smm_answered:
	cmpl	$SMM_OUT, %eax
	je	rt16_out_of_smm
	cmpl	$SMM_DONE, %eax
	jne	unavailable
	movl	SMM_CALL_16 + SMM_CALL_ESP, %esp
	jmp	rt16_leave

/* No SMM, or no such service by it: the caller is told that it cannot be had. */
unavailable:
	movb	$0xaa, REGS_EAX + 1(%esp)
	orb	$FLAGS_CF, REGS_FLAGS(%esp)
	jmp	rt16_leave

/* From protected mode with 16-bit code to real mode, all segments with 4 GiB limits. Keeps ECX, EDX. */
	.global rt16_real_mode
rt16_real_mode:
	popw	%si
	lidtl	%cs:rt16_leaving_offset
	movw	$SEL_DATA16, %ax
1:	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	ljmpw	$FSEG_BASE >> 4, $rt16_in_real_mode_offset
	.global rt16_in_real_mode
rt16_in_real_mode:
	movw	$FW_SEGMENT, %ax
	movw	%ax, %ss
	movw	%ax, %ds
	jmp	*%si

/* The same with limits of 64 KiB, the stack's too. */
	.global rt16_real_mode_64k
rt16_real_mode_64k:
	popw	%si
	lidtl	%cs:rt16_leaving_offset
	movw	$SEL_REAL16, %ax
	movw	%ax, %ss
	jmp	1b

	.section .note.GNU-stack, "", @progbits
