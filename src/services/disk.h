/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/disk.h: INT 13h: the numbered drives of real-mode programs.
 * Spec: Phoenix, BIOS Enhanced Disk Drive Specification 3.0 (EDD); what it leaves open is as SeaBIOS answers,
 * docs/services.md lists where it is not.
 */
#ifndef SERVICES_DISK_H
#define SERVICES_DISK_H

#include <stdbool.h>
#include "arch/regs.h"
#include "hw/block/block.h"
#include "services/geometry.h"

#define DRIVE_FLOPPY	0x00	/* first of its kind */
#define DRIVE_DISK	0x80
#define DRIVE_CD	0xe0

#define DRIVES_MAX	64

/* What INT 13h answers in AH. */
enum disk_status {
	DISK_OK			= 0x00,
	DISK_BAD_PARAMETER	= 0x01,
	DISK_NO_MARK		= 0x02,
	DISK_WRITE_PROTECTED	= 0x03,
	DISK_NO_SECTOR		= 0x04,
	DISK_CHANGED		= 0x06,
	DISK_OVERRUN		= 0x08,
	DISK_BAD_BUFFER		= 0x09,	/* floppies: it lies on both sides of 64 KiB */
	DISK_BAD_SECTOR		= 0x0c,
	DISK_CRC		= 0x10,
	DISK_CONTROLLER		= 0x20,
	DISK_NO_MEDIUM		= 0x31,
	DISK_TIMEOUT		= 0x80,
	DISK_BUSY		= 0xaa,
	DISK_NOT_LOCKED		= 0xb0,
	DISK_LOCKED		= 0xb1,
	DISK_NOT_REMOVABLE	= 0xb2,
	DISK_LOCK_COUNT		= 0xb4,	/* locked once too often */
};

/* A numbered drive. */
struct drive {
	struct block *block;
	struct geometry physical;	/* as AH=48h tells it */
	struct geometry geometry;	/* as AH=02h and AH=08h have it */
	enum translation translation;
	uint32_t dpte;			/* segment:offset, all ones: none */
	uint8_t number;
	uint8_t locks;			/* AH=45h */
	bool ask_table;			/* the partition table may know a better geometry; nobody has needed one yet */
};

/* Forget all drives. In POST, before the first disk_add(). Returns 0 or -ENOMEM. */
int disk_init(void);

/*
 * Give a block device the next number of its kind, and the BIOS data area's count of disks one more. geometry: what the
 * host wants programs to see; NULL: found out, for a disk from its partition table when somebody first
 * asks for cylinders. Returns the drive, or NULL when there is no number left.
 */
struct drive *disk_add(struct block *block, const struct geometry *geometry);

/* The drive with a number, NULL: there is none. Costs no device access. */
struct drive *disk_find(uint8_t number);

/* Give a drive the first number of its kind; those before it move up by one. Not disks after disk_foreign(). */
void disk_move_first(struct drive *drive);

/*
 * An option ROM has disks in INT 13h too, and has counted them in the BIOS data area: those that are added now come behind
 * them, and no disk changes its number from now on.
 */
void disk_foreign(void);

/* Forget the drive that was added last; those behind it move down by one. */
void disk_remove_last(void);

/* How many drives of a kind (enum block_kind) have numbers. */
uint32_t disk_count(uint8_t kind);

/* Whoever waited for a request will never ask for its end: block_abandon(), and the drives with it. */
void disk_abandon(void);

/* Read sectors for nobody, to know that they can be read: block_verify(). -ENOMEM: there was no memory for that. */
int disk_verify(struct block *block, struct block_request *request);

/* INT 13h and INT 40h. */
void disk_service(struct regs *r);

/* The status that fits a block device's error. */
enum disk_status disk_status_of(int rc);

#endif
