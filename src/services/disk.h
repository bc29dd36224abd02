/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/disk.h: INT 13h: the numbered drives of real-mode programs.
 * Spec: Phoenix, BIOS Enhanced Disk Drive Specification 3.0 (EDD); what it leaves open as SeaBIOS answers.
 */
#ifndef SERVICES_DISK_H
#define SERVICES_DISK_H

#include "arch/regs.h"
#include "hw/block/block.h"

#define DRIVE_FLOPPY	0x00	/* first of its kind */
#define DRIVE_DISK	0x80
#define DRIVE_CD	0xe0

/* A numbered drive. */
struct drive {
	struct block *block;
	uint32_t cylinders;	/* of the geometry programs see: 1024 at most are addressable */
	uint16_t heads, sectors;
	uint8_t number;
};

/*
 * Give a block device the next number of its kind and write the BIOS data area's count. Returns the drive, or
 * NULL when there is no number left.
 */
struct drive *disk_add(struct block *block);

/* The drive with a number, NULL: there is none. Costs no device access. */
struct drive *disk_find(uint8_t number);

/* INT 13h and INT 40h. */
void disk_service(struct regs *r);

#endif
