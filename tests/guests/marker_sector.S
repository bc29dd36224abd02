/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/marker_sector.S: a boot sector that says when it was entered, as marker.S does:
 * magic, TSC low and TSC high to port 0xe0, then a fw_cfg key that no item has. Then it sleeps.
 * The same 512 bytes serve as boot record of a disk (an active partition is in the table, since
 * some firmware asks for one) and as El Torito boot image of a CD.
 */
#define MARKER_PORT 0xe0
#define MAGIC	0x4b524d53	/* "SMRK" */
#define MARKER_KEY 0x3fff
#define FW_CFG_SELECT 0x510

	.code16
	.section .sector, "awx"
	.globl	sector_start
sector_start:
	cli			/* no interrupt has its accesses in the middle */
	rdtsc
	movl	%eax, %ecx
	movl	$MAGIC, %eax
	outl	%eax, $MARKER_PORT
	movl	%ecx, %eax
	outl	%eax, $MARKER_PORT
	movl	%edx, %eax
	outl	%eax, $MARKER_PORT
	movw	$FW_CFG_SELECT, %dx
	movw	$MARKER_KEY, %ax
	outw	%ax, %dx
1:	hlt
	jmp	1b

	.org	446
	.byte	0x80, 0x01, 0x01, 0x00	/* active; CHS 0/1/1 */
	.byte	0x0c, 0x3f, 0x20, 0x00	/* FAT32 LBA; CHS end */
	.long	63, 1985		/* first sector, number of sectors */
	.org	510
	.word	0xaa55
