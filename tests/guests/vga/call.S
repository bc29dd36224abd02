/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/call.S: INT 10h with all registers both ways, on a stack of its own that tells how much was used.
 */
#define EAX	0
#define EBX	4
#define ECX	8
#define EDX	12
#define ESI	16
#define EDI	20
#define EBP	24
#define DS	28
#define ES	30
#define FS	32
#define GS	34
#define FLAGS	36
#define STACK	38
#define STACK_BYTES 1024
#define PROGRAM_STACK 0x7000

	.code16
	.text
/* void call_video(struct video_call *c) */
	.globl	call_video
call_video:
	pushal
	pushw	%es
	movl	%eax, current
	movl	%esp, saved_esp
	movl	%eax, %ebp
	movl	$call_stack, %edi		/* painted, to see what is used */
	movl	$STACK_BYTES / 4, %ecx
	movl	$0x5aa55aa5, %eax
	rep stosl
	movl	$call_stack_end, %esp
	pushw	FLAGS(%ebp)
	pushw	%cs
	pushw	$returned
	pushl	0x10 * 4
	movl	EBX(%ebp), %ebx
	movl	ECX(%ebp), %ecx
	movl	EDX(%ebp), %edx
	movl	ESI(%ebp), %esi
	movl	EDI(%ebp), %edi
	movw	ES(%ebp), %es
	movw	FS(%ebp), %fs
	movw	GS(%ebp), %gs
	pushw	DS(%ebp)
	pushw	FLAGS(%ebp)
	movl	EAX(%ebp), %eax
	movl	EBP(%ebp), %ebp
	popfw
	popw	%ds
	lretw
returned:
	pushfw
	pushw	%ds
	pushl	%ebp
	pushw	%cs
	popw	%ds
	movl	current, %ebp
	popl	EBP(%ebp)
	popw	DS(%ebp)
	popw	FLAGS(%ebp)
	movl	%eax, EAX(%ebp)
	movl	%ebx, EBX(%ebp)
	movl	%ecx, ECX(%ebp)
	movl	%edx, EDX(%ebp)
	movl	%esi, ESI(%ebp)
	movl	%edi, EDI(%ebp)
	movw	%es, ES(%ebp)
	movw	%fs, FS(%ebp)
	movw	%gs, GS(%ebp)
	movl	%esp, %eax
	subl	$call_stack_end, %eax
	movw	%ax, stack_off
	movw	%cs, %ax
	movw	%ax, %es
	cld
	movl	$call_stack, %edi
	movl	$0x5aa55aa5, %eax
	movl	$STACK_BYTES / 4, %ecx
	repe scasl
	subl	$4, %edi
	movl	$call_stack_end, %eax
	subl	%edi, %eax
	movw	%ax, STACK(%ebp)		/* INT's six bytes among them */
back:	movl	saved_esp, %esp
	popw	%es
	popal
	retl

/* INT 0 while a call runs: it ends there. */
	.globl	divided
divided:
	xorw	%ax, %ax
	movw	%ax, %ss
	movw	%ax, %ds
	movw	%ax, %es
	cld
	movb	$1, has_divided
	jmp	back

/* void on_stack(void (*program)(void)): on a stack in a page without code, where TCG stores quickly; does not come back. */
	.globl	on_stack
on_stack:
	movl	$PROGRAM_STACK, %esp
	calll	*%eax

	.globl	has_divided, stack_off
	.bss
	.balign	4
current:	.long	0
saved_esp:	.long	0
stack_off:	.word	0
has_divided:	.byte	0
	.balign	4
call_stack:	.space	STACK_BYTES
call_stack_end:
	.section .note.GNU-stack, "", @progbits
