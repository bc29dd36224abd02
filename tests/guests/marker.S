/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/marker.S: the smallest kernel, for budgets. Its first instructions, by the 16-bit
 * as by the 32-bit entry, take the TSC and write a marker to a port where no device is. A trace
 * of device accesses ends there: the three writes to 0xe0 are magic, TSC low, TSC high (under
 * -icount shift=0 the TSC is the number of instructions since reset). Then a fw_cfg key that no
 * item has is selected: a trace of fw_cfg_select alone, which costs no time, ends there. Then the serial port says
 * the same in words, and QEMU ends: by isa-debug-exit at 0xf4, or by a triple fault.
 * Needs a TSC: Pentium or later.
 */
#include "header.S"
#define MARKER_PORT 0xe0
#define MAGIC	0x4b524d53	/* "SMRK" */
#define MARKER_KEY 0x3fff	/* no fw_cfg item has it */

	.macro	mark
	rdtsc
	movl	%eax, %ecx
	movl	$MAGIC, %eax
	outl	%eax, $MARKER_PORT
	movl	%ecx, %eax
	outl	%eax, $MARKER_PORT
	movl	%edx, %eax
	outl	%eax, $MARKER_PORT
	movl	%edx, %edi
	movw	$0x510, %dx
	movw	$MARKER_KEY, %ax
	outw	%ax, %dx
	movl	%edi, %edx
	.endm

	/* EBX = text, ECX and EDX = TSC. */
	.macro	report suffix
	movl	%edx, %ebp
	call	puts\suffix
	movl	%ebp, %eax
	call	hex\suffix
	movl	%ecx, %eax
	call	hex\suffix
	movb	$'\n', %al
	call	putc\suffix
	movl	$0x10, %eax
	movw	$0xf4, %dx
	outl	%eax, %dx
	.endm

	/* EBX = text; AL, ESI, EDI used. */
	.macro	console suffix, segment
putc\suffix:
	movb	%al, %ah
	movw	$0x3fd, %dx
	movw	$1000, %di
1:	inb	%dx, %al
	testb	$0x20, %al
	jnz	2f
	decw	%di
	jnz	1b
2:	movb	%ah, %al
	movw	$0x3f8, %dx
	outb	%al, %dx
	ret
puts\suffix:
	movb	\segment(%ebx), %al
	testb	%al, %al
	jz	3f
	call	putc\suffix
	incl	%ebx
	jmp	puts\suffix
3:	ret
hex\suffix:
	movl	%eax, %esi
	movw	$8, %bx
4:	roll	$4, %esi
	movl	%esi, %eax
	andb	$15, %al
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	5f
	addb	$('a' - '9' - 1), %al
5:	call	putc\suffix
	decw	%bx
	jnz	4b
	ret
	.endm

setup:
	mark
	movl	$text16 - 0x200, %ebx	/* CS is 0x20 paragraphs above the first byte */
	report	16
	lidtl	%cs:no_idt - 0x200
	int3
	console	16, %cs:
no_idt:	.word	0
	.long	0
kernel_version:
	.asciz	"slipway-marker"
text16:	.asciz	"marker: entry 16, tsc 0x"
	.balign	512

	.code32
	.section .payload, "awx"
	.globl	payload_start
payload_start:
	mark
	cli
	call	here
here:	popl	%ebp
	leal	stack - here(%ebp), %esp
	leal	text32 - here(%ebp), %ebx
	report	32
	pushl	$0
	pushl	$0
	lidtl	(%esp)
	int3
	console	32
text32:	.asciz	"marker: entry 32, tsc 0x"
	.balign	16
	.space	256
stack:
