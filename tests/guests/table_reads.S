/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/table_reads.S: a boot sector that makes the INT 13h calls of a table and prints what memory holds
 * afterwards, for a test to compare (tests/qemu/test_disks.py). The table is at sector 1 of the disk, eight sectors; an
 * entry of 32 bytes is a disk address packet, then
 *
 *	16  drive, function (ffh: no call)
 *	18  segment and length of the memory to print; before the call it is filled with 5ah, unless byte 22 is 1
 *
 * To port 0xe9 go for each entry: 'R', AH, carry (0 or 1), the packet's count as a word, a zero, then the memory.
 * An entry whose packet has size 0 is the last; then the machine is switched off by isa-debug-exit.
 */
#define HERE	0x7c00
#define TABLE	0x6000		/* 4 KiB */
#define PORT	0xe9
#define FILL	0x5a

	.code16
	.section .sector, "awx"
	.globl	table_start
table_start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$HERE, %sp		/* where it was is in the table's way */
	cld
	movw	$own - table_start + HERE, %si
	movb	$0x42, %ah
	int	$0x13
	jc	9f
	movw	$TABLE, %si
1:	cmpb	$0, (%si)
	je	9f
	cmpb	$1, 22(%si)
	je	2f
	movw	18(%si), %es
	movw	20(%si), %cx
	xorw	%di, %di
	movb	$FILL, %al
	rep stosb
2:	movb	16(%si), %dl
	movb	17(%si), %ah
	xorw	%bx, %bx
	cmpb	$0xff, %ah
	je	3f
	pushw	%si
	int	$0x13
	popw	%si
	setc	%bl
3:	movb	%ah, %bh
	movw	$PORT, %dx
	movb	$'R', %al
	outb	%al, %dx
	movb	%bh, %al
	outb	%al, %dx
	movb	%bl, %al
	outb	%al, %dx
	movw	2(%si), %ax
	outb	%al, %dx
	movb	%ah, %al
	outb	%al, %dx
	xorb	%al, %al
	outb	%al, %dx
	movw	18(%si), %bx
	movw	20(%si), %cx
	pushw	%si
	movw	%bx, %ds
	xorw	%si, %si
	rep outsb
	popw	%si
	movw	%cx, %ds
	addw	$32, %si
	jmp	1b
9:	movb	$0x10, %al
	outb	%al, $0xf4
	cli
8:	hlt
	jmp	8b

own:	.byte	16, 0
	.word	8, TABLE, 0
	.quad	1

	.org	510
	.word	0xaa55
