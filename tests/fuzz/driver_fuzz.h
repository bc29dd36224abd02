/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/driver_fuzz.h: what fuzz targets of controllers' drivers share: the input as what a device says, a machine of 4 MiB,
 * and what must hold of every drive. Included by one target each.
 */
#ifndef FUZZ_DRIVER_FUZZ_H
#define FUZZ_DRIVER_FUZZ_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "machine/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MIB	0x100000u

struct machine machine;
static const uint8_t *input;
static size_t left;

static inline void must(int true_thing)
{
	if (!true_thing)
		abort();
}

/* What is left of the input, and then zeros. */
static inline uint8_t next(void)
{
	return left ? left--, *input++ : 0;
}

static inline uint32_t next32(void)
{
	uint32_t v = next();

	for (uint32_t i = 8; i < 32; i += 8)
		v |= (uint32_t)next() << i;
	return v;
}

static inline void start(const uint8_t *data, size_t size)
{
	if (fake_ram_size != 4 * MIB)
		fake_ram_reset(4 * MIB);
	fake_alloc_reset();
	fake_io_reset();
	fake_log_reset();
	fake_timer_reset();
	fake_timer_looks = 20;
	block_init();
	machine = (struct machine){ .low_ram_end = 4 * MIB };
	input = data;
	left = size;
	must(dma_init() == 0);
}

/* It makes sense, and claims no more than was asked for; most: of three sectors, where a request fails. */
static inline void use_drive(struct block *b, uint32_t most)
{
	uint32_t done;

	must((b->sector_size == 512 || b->sector_size == 2048 || b->sector_size == 4096) && b->max_sectors && b->description);
	for (uint32_t i = 0; i < 3; i++) {
		int rc = block_transfer(b, i == 1, 5, 3, 0x20000 + i, &done);

		must(rc ? done <= most : done == 3);
	}
	must(!b->controller->busy);
	block_reset(b);
}

static inline void use_all(uint32_t most)
{
	for (struct block *b = block_first; b; b = b->next)
		use_drive(b, most);
}

#endif
