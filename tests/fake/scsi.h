/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/scsi.h: disks and CD drives that take SCSI commands, behind any host adapter. Data is that of tests/fake/block.h.
 */
#ifndef FAKE_SCSI_H
#define FAKE_SCSI_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_SCSI_UNITS	16
#define FAKE_SCSI_NOBODY (-1)	/* no such target */
#define FAKE_SCSI_CHECK	2	/* CHECK CONDITION: sense has why */

struct fake_scsi_unit {
	uint32_t target;
	uint16_t lun;
	uint8_t type;			/* 0 disk, 5 CD */
	bool removable, empty;
	bool attention;			/* its next command ends with UNIT ATTENTION */
	uint64_t sectors;
	uint32_t sector_size;
};

/* Bytes that are answered in place of the right ones. */
struct fake_scsi_answer {
	const uint8_t *bytes;		/* NULL: the right ones */
	uint32_t len;
};

struct fake_scsi {
	struct fake_scsi_unit unit[FAKE_SCSI_UNITS];
	uint32_t units;
	uint32_t commands;		/* so far, without REQUEST SENSE */
	uint32_t senses, flushes;
	uint8_t cdb[16];		/* of the last command that was not REQUEST SENSE */
	uint32_t fail_at, fail_times;	/* from the n-th command (from 1) on so many fail with this sense data */
	uint8_t fail_key, fail_code, fail_qualifier;
	bool descriptor;		/* sense data in that format */
	uint32_t withheld;		/* bytes of each read or write that do not come */
	struct fake_scsi_answer luns, inquiry, capacity_10, capacity_16;
	uint8_t sense[18];		/* of the last command */
	uint32_t sense_bytes;
};
extern struct fake_scsi fake_scsi;

/* Nobody is there, and nothing fails. */
void fake_scsi_reset(void);

/* Add a unit; returns it. The first command to it ends with UNIT ATTENTION, as after power on. */
struct fake_scsi_unit *fake_scsi_add(uint32_t target, uint16_t lun, uint8_t type, uint64_t sectors);

/*
 * A command whose data, up to len bytes, goes to or from data. Returns 0; FAKE_SCSI_CHECK; FAKE_SCSI_NOBODY. *done: bytes
 * transferred.
 */
int fake_scsi_command(uint32_t target, uint16_t lun, const uint8_t cdb[16], uint8_t *data, uint32_t len, uint32_t *done);

#endif
