/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/sleeper.S: a kernel that says so on port 0xe9 and sleeps for ever.
 */
#include "header.S"

	.macro	sleep
	movb	$'S', %al
	outb	%al, $0xe9
	cli
1:	hlt
	jmp	1b
	.endm

setup:	sleep
kernel_version:
	.asciz	"slipway-sleeper"
	.balign	512

	.code32
	.section .payload, "awx"
	.globl	payload_start
payload_start:
	sleep
	.balign	16
