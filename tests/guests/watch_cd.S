/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/watch_cd.S: a boot sector that reads sector 16 of the first CD drive again and again, and prints what is
 * new: AH of INT 13h and the first byte of the sector (0 when the read fails), two bytes to port 0xe9. A sector that
 * begins with 'Q' ends it, by isa-debug-exit.
 */
#define HERE	0x7c00
#define BUFFER	0x8000
#define PORT	0xe9

	.code16
	.section .sector, "awx"
	.globl	watch_start
watch_start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	$0xffff, %bp		/* what was printed last */
1:	movb	$0, BUFFER
	movw	$packet - watch_start + HERE, %si
	movb	$1, 2(%si)		/* a failed call counts what was done there */
	movb	$0xe0, %dl
	movb	$0x42, %ah
	int	$0x13
	movb	BUFFER, %al
	cmpw	%ax, %bp
	je	1b
	movw	%ax, %bp
	movw	$PORT, %dx
	xchgb	%al, %ah
	outb	%al, %dx
	xchgb	%al, %ah
	outb	%al, %dx
	cmpb	$'Q', %al
	jne	1b
	movb	$0x10, %al
	outb	%al, $0xf4
	cli
2:	hlt
	jmp	2b

packet:	.byte	16, 0
	.word	1, BUFFER, 0
	.quad	16

	.org	510
	.word	0xaa55
