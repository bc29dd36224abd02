/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/floppy/floppy.h: floppy drives on the first controller of a PC, by DMA. Nothing is asked of the controller
 * before the first call: which drives there are stands in CMOS.
 * Spec: Intel 82077AA data sheet, chapters 4 to 6.
 *
 * block.transfer() needs the medium's sectors, which block.media() finds: its rate by looking for a first sector at
 * each rate that the drive has, its sectors and sides by looking for the last ones. What it finds is good until the
 * change line says that the drive was open.
 */
#ifndef HW_BLOCK_FLOPPY_FLOPPY_H
#define HW_BLOCK_FLOPPY_FLOPPY_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/block/block.h"
#include "hw/block/floppy/fdc.h"

/* Types of drives, as CMOS and INT 13h AH=08h number them. */
enum floppy_type { FLOPPY_NONE, FLOPPY_360K, FLOPPY_1200K, FLOPPY_720K, FLOPPY_1440K, FLOPPY_2880K, FLOPPY_TYPES };

/* Data rates, as the controller numbers them. */
enum floppy_rate { FLOPPY_500K, FLOPPY_300K, FLOPPY_250K, FLOPPY_1M, FLOPPY_RATE_OF_MEDIUM };

#define FLOPPY_DRIVES	2
#define FLOPPY_RESULT	7	/* bytes that the controller tells of a transfer: ST0-ST2, C, H, R, N */

/* Bits of the second. */
#define FLOPPY_ST1_MARK		0x01	/* no address mark */
#define FLOPPY_ST1_PROTECTED	0x02
#define FLOPPY_ST1_NO_DATA	0x04	/* no such sector */
#define FLOPPY_ST1_OVERRUN	0x10
#define FLOPPY_ST1_CRC		0x20
#define FLOPPY_ST1_END		0x80	/* beyond the last sector */

struct floppy {
	struct block_controller controller;	/* first: what struct block points to */
	struct fdc fdc;
	bool silent;			/* it has been said that it does not answer */
	uint8_t result[FLOPPY_RESULT];	/* of the last transfer or format */
	struct floppy_drive {
		uint8_t type;		/* enum floppy_type */
		uint8_t rate;		/* enum floppy_rate, of the medium */
		uint8_t format_rate;	/* FLOPPY_RATE_OF_MEDIUM, or what floppy_format() is to use */
		bool calibrated;	/* the head's place is known */
		bool known;		/* rate and geometry are the medium's */
		bool changed;		/* the medium was another, since this was last set to false */
	} drive[FLOPPY_DRIVES];
};

/* Add a block device for each drive that CMOS knows, and a medium in it or not. In POST. Two accesses. */
void floppy_init(void);

/* The controller of a device of kind BLOCK_FLOPPY; unit says which drive. */
struct floppy *floppy_of(const struct block *block);

/* What a drive is made for. type: FLOPPY_360K to FLOPPY_2880K. */
struct floppy_geometry {
	uint8_t cylinders, sectors;	/* of two sides */
};
struct floppy_geometry floppy_geometry(enum floppy_type type);

/* The rate for a medium of so many cylinders and sectors in this type of drive, or -EOPNOTSUPP. */
int floppy_rate_for(enum floppy_type type, uint32_t cylinders, uint32_t sectors);

/* Look at sectors without a transfer. Where block_transfer() could read. Returns as that does. */
int floppy_verify(struct block *block, uint32_t lba, uint32_t sectors);

/*
 * Format a track, at the drive's format_rate. fields: FLOPPY_FIELD bytes for each sector, its cylinder, head, number and
 * size; 1 to FLOPPY_SECTORS_MAX sectors. Returns as block_transfer(). Afterwards the medium is looked at anew.
 */
#define FLOPPY_FIELD		4
#define FLOPPY_SECTORS_MAX	63	/* what INT 13h can name */
int floppy_format(struct block *block, uint8_t cylinder, uint8_t head, uint8_t sectors, const void *fields);

#endif
