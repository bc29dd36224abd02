/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/kernel_fuzz.h: what fuzz targets of kernels' forms share: a machine of 4 MiB whose memory map is of the input, and
 * who has been given which part of it. Included by one target each.
 */
#ifndef FUZZ_KERNEL_FUZZ_H
#define FUZZ_KERNEL_FUZZ_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "boot/program.h"
#include "fake/e820.h"
#include "fake/launch.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "mem/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM	0x400000u
#define TOP	(RAM - 0x10000)		/* where the firmware's tables begin */
#ifndef MAP_AT
#define MAP_AT	0x30000u
#endif

struct machine machine;
bool program_started;

static uint32_t n_given;
static struct { uint64_t base, end; } given[16];

static inline void must(bool true_thing)
{
	if (!true_thing)
		abort();
}

uint32_t alloc_high_bottom(void)
{
	return TOP;
}

static bool rows_may_go;		/* nobody reads the rows of the map any more */

/* Something is there that stays until the kernel runs: in RAM, and in nothing else's place. */
static inline void give_fixed(uint64_t base, uint64_t size)
{
	must(size && e820_is(&machine.e820, base, size, E820_RAM));
	must(rows_may_go || base >= MAP_AT + machine.e820.count * 20 || base + size <= MAP_AT);
	for (uint32_t i = 0; i < n_given; i++)
		must(base + size <= given[i].base || given[i].end <= base);
	must(n_given < 16);
	given[n_given].base = base;
	given[n_given++].end = base + size;
}

/* And we have chosen where. */
static inline void give(uint64_t base, uint64_t size)
{
	must(base + size <= TOP);
	give_fixed(base, size);
}

/* What the map is made of. */
static struct e820_layer layer[2 + 255] = { { 0, 0xa0000, E820_RAM }, { 0x100000, RAM, E820_RAM } };

/* Rows may say anything, but what is RAM below 4 GiB must be there to be written to. */
static inline void set_row(struct e820_layer *to, const uint8_t *data)
{
	struct e820_entry row;

	memcpy(&row, data, sizeof(row));
	if (row.type == E820_RAM && row.base < 1ull << 32) {
		row.base %= RAM;
		row.length %= RAM - row.base + 1;
	}
	*to = e820_layer(row.base, row.length, row.type);
}

/*
 * A machine before a launch, with so many rows, as in etc/e820, of the input. Returns what is behind them, *left bytes; NULL:
 * rows can make holes of everything, the firmware's own are never.
 */
static inline const uint8_t *set_map(uint32_t rows, const uint8_t *data, size_t size, uint32_t *left)
{
	struct e820_layers layers = { layer, 2 };

	if (!fake_ram_size)
		fake_ram_reset(RAM);
	fake_log_reset();
	fake_launch.launches = n_given = 0;
	rows_may_go = false;
	machine.e820.entry = (void *)(fake_ram + MAP_AT);
	for (; rows && size >= 20; rows--, data += 20, size -= 20)
		set_row(&layer[layers.count++], data);
	e820_build(&machine.e820, &layers);
	*left = (uint32_t)size;
	return machine.e820.count ? data : NULL;
}

#endif
