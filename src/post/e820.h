/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/e820.h: the memory map: a sorted list of ranges that do not overlap.
 * Spec: ACPI 6.5, section 15 (System Address Map Interfaces). Native byte order throughout.
 */
#ifndef POST_E820_H
#define POST_E820_H

#include <stdbool.h>
#include <stdint.h>

/* Types of section 15, table 15.4. 0 is "no range here": it removes. */
#define E820_NONE	0
#define E820_RAM	1
#define E820_RESERVED	2
#define E820_ACPI	3	/* reclaimable */
#define E820_NVS	4
#define E820_UNUSABLE	5

/* As the OS reads it: 20 bytes, packed. */
struct e820_entry {
	uint64_t base;		/* bytes, physical */
	uint64_t length;	/* bytes */
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct e820_entry) == 20, "e820 entry is 20 bytes");

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
