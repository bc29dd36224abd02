/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/scsi_bus_case.h: a disk on a parallel SCSI bus (fake/scsi_bus.h), for tests of adapters that have one. A test
 * defines init(), which brings its adapter up.
 */
#ifndef FAKE_SCSI_BUS_CASE_H
#define FAKE_SCSI_BUS_CASE_H

#include "fake/driver_case.h"
#include "fake/scsi_bus.h"

#define SECTORS	0x10000u

static int init(void);

/* A disk on target 2. */
static inline struct block *disk(void)
{
	fake_scsi_add(2, 0, false, SECTORS, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	return block_first;
}

static inline bool holds(uint32_t linear, const struct block *b, uint64_t lba, uint32_t count)
{
	uint32_t size = fake_scsi_unit[b->target][b->lun].sector_size;	/* the block device's is smaller (sectors.h) */

	for (uint32_t i = 0; i < count * b->sector_size; i++) {
		uint64_t at = lba * b->sector_size + i;

		if (fake_ram[linear + i] != fake_scsi_byte(b->target, b->lun, at / size, at % size))
			return false;
	}
	return true;
}

static inline int get(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done = 0xdead;
	int rc = block_transfer(b, false, lba, count, linear, &done);

	if (!rc)
		assert_int_equal(done, count);
	return rc;
}

#endif
