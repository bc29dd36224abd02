/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/agent.S: a kernel that reads and writes what a test tells it to by its mailbox (programs/agent.c is the
 * same behind a boot sector). At MAILBOX, dwords: 1 to read or 2 to write, and then read, 0 when that is done; the
 * address; the value; what is there then; READY once it listens.
 */
#include "header.S"
#define MAILBOX	0x600
#define READY	0x59444552	/* "REDY" */

setup:	hlt				/* the 16-bit entry is not asked for */
	jmp	setup
kernel_version:
	.asciz	"slipway-agent"
	.balign	512

	.code32
	.section .payload, "awx"
	.globl	payload_start
payload_start:
	cli
	movl	$0, MAILBOX
	movl	$READY, MAILBOX + 16
1:	pause
	movl	MAILBOX, %eax
	testl	%eax, %eax
	jz	1b
	movl	MAILBOX + 4, %ebx
	movl	MAILBOX + 8, %ecx
	cmpl	$2, %eax
	jne	2f
	movl	%ecx, (%ebx)
2:	movl	(%ebx), %edx
	movl	%edx, MAILBOX + 12
	movl	$0, MAILBOX
	jmp	1b
