/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/e820.h: the memory map: a sorted list of ranges that do not overlap.
 * Spec: ACPI 6.5, section 15 (System Address Map Interfaces). Native byte order throughout.
 */
#ifndef MEM_E820_H
#define MEM_E820_H

#include <stdbool.h>
#include <stdint.h>
#include "std/e820.h"

/* Beside the types of std/e820.h: "no range here", which removes. */
#define E820_NONE	0

struct e820_map {
	struct e820_entry *entry;	/* sorted by base, no overlap, equal neighbours merged */
	uint32_t count;
	uint32_t max;			/* entries that fit */
};

/*
 * Give [base, base + length) the type, over whatever was there; E820_NONE makes a hole. Splits,
 * trims and merges. A range that reaches or wraps past 2^64 is cut at 2^64 - 1, so that every end
 * is a number; length 0 does nothing.
 * Returns 0; -ENOSPC, map unchanged.
 */
int e820_set(struct e820_map *map, uint64_t base, uint64_t length, uint32_t type);

/* Type at one address, E820_NONE in a hole. */
uint32_t e820_type_at(const struct e820_map *map, uint64_t address);

/* Is all of [base, base + length) of this type? False when it wraps or length is 0. */
bool e820_is(const struct e820_map *map, uint64_t base, uint64_t length, uint32_t type);

/* Bytes of a type in all. */
uint64_t e820_total(const struct e820_map *map, uint32_t type);

/*
 * End of the RAM block below limit that holds start; 0 when start is not RAM.
 */
uint64_t e820_ram_end(const struct e820_map *map, uint64_t start, uint64_t limit);

#endif
