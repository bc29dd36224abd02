/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/marker_reads.S: a boot sector that reads one sector READS times by INT 13h, AH=42h, and then says as
 * marker_sector.S does: magic, and the least that one read took in ticks of the TSC, 64 bits in two halves, to port
 * 0xe0. Before each read it writes to port 0xe1. When a read fails it says nothing and sleeps.
 */
#define MARKER_PORT 0xe0
#define MAGIC	0x4b524d53	/* "SMRK" */
#define READ_MARK	0xe1
#define READS	1024
#define HERE	0x7c00

	.code16
	.section .sector, "awx"
	.globl	reads_start
reads_start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	cld
	movw	$READS, %bp
	orl	$-1, %edi		/* the least so far */
1:	outb	%al, $READ_MARK
	rdtsc
	movl	%eax, %ebx
	movb	drive - reads_start + HERE, %dl
	movw	$packet - reads_start + HERE, %si
	movb	$0x42, %ah
	int	$0x13
	jc	3f
	rdtsc
	subl	%ebx, %eax
	cmpl	%edi, %eax
	jae	2f
	movl	%eax, %edi
2:	decw	%bp
	jnz	1b
	cli			/* no interrupt has its accesses in the middle */
	movl	$MAGIC, %eax
	outl	%eax, $MARKER_PORT
	movl	%edi, %eax
	outl	%eax, $MARKER_PORT
	xorl	%eax, %eax
	outl	%eax, $MARKER_PORT
3:	cli
4:	hlt
	jmp	4b

drive:	.byte	0x80
packet:	.byte	16, 0
	.word	1, 0x8000, 0	/* one sector, to 0:8000 */
	.quad	1

	.org	446
	.byte	0x80, 0x01, 0x01, 0x00	/* active; CHS 0/1/1 */
	.byte	0x0c, 0x3f, 0x20, 0x00	/* FAT32 LBA; CHS end */
	.long	63, 1985		/* first sector, number of sectors */
	.org	510
	.word	0xaa55
