/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/scsi_bus.h: eight targets of eight units on a parallel SCSI bus, for fake adapters: what a unit answers to a
 * command. Adapters bring the data to memory, and decide what goes wrong on the way.
 */
#ifndef FAKE_SCSI_BUS_H
#define FAKE_SCSI_BUS_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_SCSI_IDS	8
#define FAKE_SCSI_DATA	0x20000u

struct fake_scsi_unit {
	bool present, cd;
	uint64_t sectors;		/* 0: no medium */
	uint32_t sector_size;
	uint8_t sense[3];		/* key, code, qualifier of the next command but INQUIRY, REPORT LUNS, REQUEST SENSE */
	uint32_t commands;		/* that it has had */
	uint8_t last[16];
};

/* What a unit does with a command. */
struct fake_scsi_reply {
	uint8_t status;
	bool out;			/* data go to the unit */
	uint32_t bytes;
	uint8_t data[FAKE_SCSI_DATA];
};

extern struct fake_scsi_unit fake_scsi_unit[FAKE_SCSI_IDS][FAKE_SCSI_IDS];	/* [target][LUN] */

void fake_scsi_reset(void);

/* With UNIT ATTENTION, as after a reset. */
struct fake_scsi_unit *fake_scsi_add(uint32_t target, uint32_t lun, bool cd, uint64_t sectors, uint32_t sector_size);

bool fake_scsi_answers(uint32_t target);

/* bytes: of the command. */
void fake_scsi_command(uint32_t target, uint32_t lun, const uint8_t *cdb, uint32_t bytes, struct fake_scsi_reply *reply);

uint8_t fake_scsi_byte(uint32_t target, uint32_t lun, uint64_t lba, uint32_t offset);

/* What the adapter has brought for the last command with data to the unit. */
extern struct fake_scsi_written {
	uint32_t target, lun, bytes;
	uint8_t data[FAKE_SCSI_DATA];
} fake_scsi_written;

#endif
