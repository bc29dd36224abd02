/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ata.h: what an ATA or ATAPI drive says of itself, whatever controller it is on.
 * Spec: T13, ATA/ATAPI-8 ACS (IDENTIFY DEVICE, 7.16; IDENTIFY PACKET DEVICE, 7.17); sections are given in [brackets].
 */
#ifndef HW_BLOCK_ATA_ATA_H
#define HW_BLOCK_ATA_ATA_H

#include <stdbool.h>
#include <stdint.h>

#define ATA_IDENTIFY_WORDS	256
#define ATA_PACKET_WORDS	50	/* what ata_identify() looks at of a packet device; the rest may be 0 */
#define ATA_MODEL		40	/* characters */

/* Commands [7]. */
#define ATA_DEVICE_RESET	0x08	/* packet devices: ends whatever command there is */
#define ATA_READ_SECTORS	0x20
#define ATA_READ_SECTORS_EXT	0x24
#define ATA_READ_DMA_EXT	0x25
#define ATA_WRITE_SECTORS	0x30
#define ATA_WRITE_SECTORS_EXT	0x34
#define ATA_WRITE_DMA_EXT	0x35
#define ATA_PACKET		0xa0
#define ATA_IDENTIFY_PACKET	0xa1
#define ATA_READ_DMA		0xc8
#define ATA_WRITE_DMA		0xca
#define ATA_CHECK_POWER		0xe5	/* every disk has it */
#define ATA_FLUSH		0xe7
#define ATA_FLUSH_EXT		0xea
#define ATA_IDENTIFY		0xec

/* Status register [6.2]. */
#define ATA_STATUS_ERR		0x01	/* PACKET: CHK, the drive has sense data */
#define ATA_STATUS_DRQ		0x08
#define ATA_STATUS_DF		0x20	/* device fault */
#define ATA_STATUS_BSY		0x80

#define ATA_ERROR_PROTECTED	0x40	/* error register after a write: the medium takes none */

#define ATA_LBA28_END		(1u << 28)	/* sectors that the commands without EXT reach */

struct ata_identity {
	uint64_t sectors;		/* of sector_size bytes; 0: packet device */
	uint32_t sector_size;		/* 512 or 4096; 0: packet device */
	uint16_t chs_cylinders, chs_heads, chs_sectors;	/* default translation, 0: none */
	bool lba48;			/* the EXT commands are there */
	bool dma;			/* READ DMA, and PACKET by DMA */
	bool cd;			/* packet device of type 5: CD, DVD, BD */
	bool removable;
	uint8_t flush;			/* command that empties the write cache; 0: none is in use */
	char model[ATA_MODEL + 1];	/* printable, without blanks at its ends; may be empty */
};

/*
 * Understand the data of IDENTIFY DEVICE, or IDENTIFY PACKET DEVICE (packet). Returns 0, or -EINVAL: the sum is wrong,
 * the device has no LBA, no sectors, or sectors that are neither 512 nor 4096 bytes. Logs nothing.
 */
int ata_identify(struct ata_identity *id, const uint16_t word[ATA_IDENTIFY_WORDS], bool packet);

struct block;

/*
 * What the identity settles of a block device: kind, removable, read_only, sectors and their size, CHS, and
 * description (the model, copied to memory that stays). A CD has 0 sectors until somebody asks for its medium.
 */
void ata_describe(struct block *block, const struct ata_identity *id);

#endif
