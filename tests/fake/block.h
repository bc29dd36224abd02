/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/block.h: a block device whose every byte is told by where it is, and that remembers what was written.
 */
#ifndef FAKE_BLOCK_H
#define FAKE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/block/block.h"

#define FAKE_BLOCK_BYTES (4u << 20)	/* written and read back; behind that only the pattern */

struct fake_block {
	struct block block;		/* of kind, sectors and sector_size that the test sets */
	struct block_controller controller;
	struct block_driver driver;
	uint32_t requests;		/* transfers so far */
	uint32_t fail_at;		/* the n-th (from 1) ends with rc, after fail_done bytes */
	bool fail_stays;		/* and all that follow */
	int fail_rc;
	uint32_t fail_done;
	bool locked, ejected;
	uint32_t tray_calls;
	int tray_rc;			/* how they end */
	uint32_t resets;
	uint32_t torn;			/* ranges without whole sectors, where limits.whole asks for them */
	int reset_rc;			/* how they end */
	bool written;			/* data holds what was written */
	uint8_t data[FAKE_BLOCK_BYTES] __attribute__((aligned(8)));
};
extern struct fake_block fake_block;

/* A disk of that many 512-byte sectors. */
void fake_block_reset(uint64_t sectors);

/* It can be locked and ejected. */
void fake_block_has_tray(void);

/* What byte offset of the device reads as, unless it was written. */
uint8_t fake_block_pattern(uint64_t offset);

#endif
