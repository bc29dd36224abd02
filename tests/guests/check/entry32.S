/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/entry32.S: the 32-bit entry. Writes down every register before anything
 * changes it, and goes to C. Linked at 1 MiB; loaded elsewhere, it moves itself there first and
 * entry.load_address says so.
 */
	.section .payload, "awx"
	.globl	payload_start, blanks
payload_start:
	jmp	start
	.org	8
blanks:	.ascii	"SLGUEST1"	/* image.py fills in from here, see struct blanks */
	.org	64
	.org	192		/* SUM_FROM */

	/* The only stack that the protocol leaves before the kernel has one: 4 bytes of scratch. */
start:	movl	%esp, %eax
	leal	0x1e8(%esi), %esp
	call	1f
1:	popl	%edx
	subl	$1b, %edx		/* distance from where it is linked to be */
	movl	%ebx, entry + 0(%edx)
	movl	%ebp, entry + 4(%edx)
	movl	%edi, entry + 8(%edx)
	movl	%esi, entry + 12(%edx)
	movl	%eax, entry + 16(%edx)
	pushfl
	popl	%eax
	movl	%eax, entry + 20(%edx)
	movl	%cr0, %eax
	movl	%eax, entry + 24(%edx)
	movw	%cs, entry + 28(%edx)
	movw	%ds, entry + 30(%edx)
	movw	%es, entry + 32(%edx)
	movw	%ss, entry + 34(%edx)
	movw	%fs, entry + 36(%edx)
	movw	%gs, entry + 38(%edx)
	sgdtl	entry + 40(%edx)
	sidtl	entry + 52(%edx)
	leal	payload_start(%edx), %eax
	movl	%eax, entry + 48(%edx)
	cld
	cli
	leal	payload_start, %edi
	cmpl	%eax, %edi
	je	2f
	leal	blanks - payload_start + 8(%eax), %ebx
	movl	(%ebx), %ecx
	movl	%eax, %esi
	cmpl	%esi, %edi
	jb	3f
	std
	leal	-1(%esi, %ecx), %esi
	leal	-1(%edi, %ecx), %edi
3:	rep movsb
	cld
2:	movl	$stack_end, %esp
	movl	$main, %eax
	jmp	*%eax

	.section .bss
	.balign	16
	.globl	entry
entry:	.space	64
	.space	8192
stack_end:
