/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/alloc.h: mem/alloc.h for unit tests of other modules: the same functions, over the RAM
 * of tests/fake/ram.h, which can fail at will and remember what was asked for. Link
 * tests/fake/alloc.c and tests/fake/ram.c instead of src/mem/alloc.c.
 *
 * Zones lie where they do on a machine: temporary 0x30000-0x8ffff, then up from 1 MiB; low below
 * 0x9fc00; F segment 0xf4000-0xfffff; both high zones down from the end of RAM. Behind each piece,
 * and where one was released, lies memory the address sanitizer traps.
 */
#ifndef FAKE_ALLOC_H
#define FAKE_ALLOC_H

#include <stdbool.h>
#include <stdint.h>
#include "mem/alloc.h"

struct fake_piece {
	enum zone zone;
	uint32_t phys, size, align;	/* as asked for; phys is where it went */
	const char *what;
	bool zeroed;			/* alloc(), not alloc_raw() */
	bool released;
};

/* Forget everything. Call after fake_ram_reset(); without RAM it makes 32 MiB. */
void fake_alloc_reset(void);

/* The n-th allocation from now on fails (1: the next), once; 0: none does. */
void fake_alloc_fail_at(uint32_t n);

/* Calls of alloc() and alloc_raw() since the reset, failed ones included. */
uint32_t fake_alloc_calls(void);

/* The pieces handed out since the reset, in order; NULL beyond the end. */
const struct fake_piece *fake_alloc_piece(uint32_t n);

/* Pieces of a zone that nobody released, and in all zones. */
uint32_t fake_alloc_live(enum zone zone);
uint32_t fake_alloc_live_all(void);

/* Is all of [phys, phys + size) inside one piece that nobody released? */
bool fake_alloc_owns(uint32_t phys, uint32_t size);

#endif
