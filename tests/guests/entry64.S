/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/entry64.S: a kernel with a 64-bit entry that checks what is promised there [boot.rst, "64-bit Boot Protocol"], and
 * says so where it is entered at 32 bits. TAP on the serial port. Its header says that it has no such entry: the test says otherwise.
 */
#include "header.S"
#define PORT	0x3f8
#define PASS	0x10
#define FAIL	0x11

setup:	hlt
	jmp	setup
kernel_version:
	.asciz	"slipway-entry64"
	.balign	512

	.section .payload, "awx"
	.globl	payload_start
	.code32
payload_start:
	movl	$entry_32, %esi
1:	lodsb
	testb	%al, %al
	jz	2f
	movl	$PORT, %edx
	outb	%al, %dx
	jmp	1b
2:	movb	$PASS, %al
	outb	%al, $0xf4
	hlt
entry_32:
	.asciz	"TAP version 13\n# fact entry 32\n1..0\n"

	.org	payload_start + 0x200
	.code64
	movq	%rsi, %r15			/* boot_params */
	movq	%rsp, %r14
	movl	$stack_top, %esp
	xorl	%r13d, %r13d			/* tests that failed */
	pushfq
	popq	%r12
	leaq	entry_64(%rip), %rsi
	call	say

	/* TRUE if ZF. */
	.macro	is text
	leaq	1f(%rip), %rsi
	call	verdict
	.pushsection .rodata
1:	.asciz	"\text\n"
	.popsection
	.endm

	movl	%cs, %eax
	cmpl	$0x10, %eax
	is	"CS is 10h"
	movl	%ds, %eax
	movl	%es, %ebx
	movl	%ss, %ecx
	xorl	$0x18, %eax
	xorl	$0x18, %ebx
	xorl	$0x18, %ecx
	orl	%ebx, %eax
	orl	%ecx, %eax
	is	"DS, ES and SS are 18h"
	movl	$0xc0000080, %ecx
	rdmsr
	notl	%eax
	testl	$0x500, %eax
	is	"long mode is on"
	testl	$0x200, %r12d
	is	"interrupts are off"
	movq	%r15, %rax
	shrq	$32, %rax
	is	"boot_params lie below 4 GiB"
	cmpl	$0x53726448, 0x202(%r15)
	is	"they have a header"
	movq	$-1, %rax
	cmpq	%rax, all_ones(%rip)
	is	"the payload is there"

	/* All RAM is mapped to itself: what is written at the end of each row is there and nowhere else. */
	movzbl	0x1e8(%r15), %ebp
	leaq	0x2d0(%r15), %rdi
	movq	%cr3, %r11
	xorl	%r10d, %r10d			/* rows of RAM; bit 31: the tables are in one of them */
rows:	cmpl	$1, 16(%rdi)
	jne	next
	movq	(%rdi), %rax
	movq	8(%rdi), %rbx
	leaq	(%rax,%rbx), %rcx
	cmpq	%rax, %r11
	jb	1f
	leaq	0x2000(%r11), %rdx
	cmpq	%rcx, %rdx
	ja	1f
	orl	$0x80000000, %r10d
1:	movq	%rcx, -8(%rcx)
	incl	%r10d
next:	addq	$20, %rdi
	decl	%ebp
	jnz	rows
	movzbl	0x1e8(%r15), %ebp
	leaq	0x2d0(%r15), %rdi
	xorl	%r9d, %r9d
2:	cmpl	$1, 16(%rdi)
	jne	3f
	movq	(%rdi), %rcx
	addq	8(%rdi), %rcx
	cmpq	%rcx, -8(%rcx)
	je	3f
	incl	%r9d
3:	addq	$20, %rdi
	decl	%ebp
	jnz	2b
	testl	%r9d, %r9d
	is	"all RAM is mapped to itself"
	btl	$31, %r10d
	sbbl	%eax, %eax
	incl	%eax
	is	"the page tables are RAM"
	/* Not within what the kernel decompresses itself to, nor in its initrd. */
	movl	0x260(%r15), %eax
	addl	$0x100000, %eax
	xorl	%ebx, %ebx
	cmpq	%rax, %r11
	jae	4f
	incl	%ebx
4:	movl	0x218(%r15), %eax
	movl	0x21c(%r15), %ecx
	addl	%eax, %ecx
	leaq	0x2000(%r11), %rdx
	cmpl	%eax, %edx
	jbe	5f
	cmpl	%ecx, %r11d
	jae	5f
	incl	%ebx
5:	testl	%ebx, %ebx
	is	"they keep off the kernel and its initrd"
	leaq	plan(%rip), %rsi
	call	say
	movb	$PASS, %al
	testl	%r13d, %r13d
	jz	6f
	movb	$FAIL, %al
6:	outb	%al, $0xf4
	hlt

verdict:
	pushq	%rsi
	leaq	good(%rip), %rsi
	jz	1f
	leaq	bad(%rip), %rsi
	incl	%r13d
1:	call	say
	popq	%rsi
say:	movl	$PORT, %edx
2:	lodsb
	testb	%al, %al
	jz	3f
	outb	%al, %dx
	jmp	2b
3:	ret
	.section .rodata
	.balign	8
all_ones:
	.quad	-1
entry_64:
	.asciz	"TAP version 13\n# fact entry 64\n"
good:	.asciz	"ok - "
bad:	.asciz	"not ok - "
plan:	.asciz	"1..10\n"
	.bss
	.balign	16
	.space	1024
stack_top:
	.section .note.GNU-stack, "", @progbits
