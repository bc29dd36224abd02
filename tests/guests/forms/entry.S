/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/forms/entry.S: the entry of a PVH or (MULTIBOOT) multiboot kernel. Writes down every register before
 * anything changes it, and goes to C. What segments are is seen by what the processor has of them: the tables need not
 * be there any more [Multiboot 0.6.96, 3.2].
 */
#define LAST	0xfffffff0

	.section .payload, "awx"
	.globl	payload_start, blanks, word_at
payload_start:
	jmp	start
	.org	8
blanks:	.ascii	"SLGUEST1"	/* image.py fills in from here, see struct blanks */
	.org	64
#ifdef MULTIBOOT
	/* Flags: modules on pages, and say what memory there is [3.1.2]. */
	.long	0x1badb002, 3, -(0x1badb002 + 3)
#endif
	.org	192		/* SUM_FROM */

start:	movl	%eax, found + 0
	movl	%ebx, entry + 0
	movl	%ebp, entry + 4
	movl	%edi, entry + 8
	movl	%esi, entry + 12
	movl	%esp, entry + 16
	movw	%cs, entry + 28
	movw	%ds, entry + 30
	movw	%es, entry + 32
	movw	%ss, entry + 34
	movw	%fs, entry + 36
	movw	%gs, entry + 38
	movl	$stack_end, %esp
	pushfl
	popl	entry + 20
	cld
	cli
	movl	%cr0, %eax
	movl	%eax, entry + 24
	sgdtl	entry + 40
	sidtl	entry + 52
	movl	$payload_start, entry + 48
	str	found + 56
	sldt	found + 58

	.macro	look n, segment
	movl	%\segment:word_at, %eax
	movl	%eax, found + 8 + 4 * \n
	movl	%\segment:LAST, %eax
	movl	%eax, found + 32 + 4 * \n
	.endm
	look	0, cs
	look	1, ds
	look	2, es
	look	3, ss
#ifdef MULTIBOOT
	look	4, fs
	look	5, gs
	/* All but the first are for writing. */
	movl	$word_at, %fs:entry + 60
	movl	$word_at, %gs:entry + 60
#endif
	movl	$word_at, %es:entry + 60
	movl	$word_at, %ss:entry + 60
	movl	$main, %eax
	jmp	*%eax

	.balign	4
word_at:
	.long	word_at

#ifndef MULTIBOOT
	/* [Xen public/elfnote.h] */
	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 4, 18		/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	payload_start
#endif

	/* So much that it does not come whole by chance: 256 KiB. */
	.section .payload
	.set	n, 0
	.rept	65536
	.long	n * 2654435761
	.set	n, n + 1
	.endr

	.section .bss
	.balign	16
	.globl	entry, found, zeroed
entry:	.space	64
found:	.space	64
	.space	8192
stack_end:
zeroed:	.space	65536
	.section .note.GNU-stack, "", @progbits
