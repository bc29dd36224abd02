/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/setup16/start.S: the entry of a kernel that is nothing but its setup code, and calls of the BIOS. Whatever it is
 * entered with is kept first, by CS alone, since nothing else can be trusted.
 */
#include "../header.S"
#define HERE(x) %cs:(x) - 0x200		/* CS is 20h above the segment that all is linked for */

	.globl	setup
setup:
	movl	%eax, HERE(entered)
	movl	%ebx, HERE(entered + 4)
	movl	%ecx, HERE(entered + 8)
	movl	%edx, HERE(entered + 12)
	movl	%esi, HERE(entered + 16)
	movl	%edi, HERE(entered + 20)
	movl	%ebp, HERE(entered + 24)
	movl	%esp, HERE(entered + 28)
	movw	%cs, HERE(entered + 32)
	movw	%ds, HERE(entered + 34)
	movw	%es, HERE(entered + 36)
	movw	%fs, HERE(entered + 38)
	movw	%gs, HERE(entered + 40)
	movw	%ss, HERE(entered + 42)
	pushfw
	popw	HERE(entered + 44)
	cld
	movw	%cs, %ax
	subw	$0x20, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movzwl	%sp, %esp
	pushw	%ax
	pushw	$1f
	lretw
1:	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep stosb
	calll	main
	cli
	hlt

/* void call_int(uint8_t n, struct registers *r): all registers and the flags, both ways, but DS, which is ours. */
	.globl	call_int
call_int:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	pushw	%es
	movb	%al, number
	pushl	%edx
	movl	%edx, %ebp
	movl	0(%ebp), %eax
	movl	4(%ebp), %ebx
	movl	8(%ebp), %ecx
	movl	12(%ebp), %edx
	movl	16(%ebp), %esi
	movl	20(%ebp), %edi
	movw	28(%ebp), %es
	jmp	2f
2:	.byte	0xcd
number:	.byte	0
	popl	%ebp
	pushfw
	movl	%eax, 0(%ebp)
	movl	%ebx, 4(%ebp)
	movl	%ecx, 8(%ebp)
	movl	%edx, 12(%ebp)
	movl	%esi, 16(%ebp)
	movl	%edi, 20(%ebp)
	popw	24(%ebp)
	popw	%es
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	cld
	retl

	.balign	4
	.globl	entered
entered:
	.fill	46, 1, 0
kernel_version:
	.asciz	"slipway-setup16"
	.section .note.GNU-stack, "", @progbits
