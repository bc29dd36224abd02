/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/e820.h: the memory map: a sorted list of ranges that do not overlap, made of layers that
 * may. Spec: ACPI 6.5, section 15 (System Address Map Interfaces). Native byte order throughout.
 */
#ifndef MEM_E820_H
#define MEM_E820_H

#include <stdint.h>
#include "std/e820.h"

/* Beside the types of std/e820.h: "nothing here". A layer of this type makes a hole. */
#define E820_NONE	0

/* A map: sorted by base, no overlap. Or layers: in any order, over each other. */
struct e820_map {
	struct e820_entry *entry;
	uint32_t count;
};

/*
 * Who has an address: where layers overlap, RAM gives way to every other, and of the others the
 * later wins. No layer may reach past 2^64 - 1. Returns the layer, one of type E820_NONE and length 0 where
 * there is none; *length: so many bytes from there on have the same owner; 0: all up to 2^64.
 */
const struct e820_entry *e820_owner(const struct e820_map *layers, uint64_t address, uint64_t *length);

/*
 * Make the map of layers. Equal neighbours of types 1 to 5 become one row; other types keep the
 * borders they came with, which tell where a device or a NUMA node begins. map->entry is another
 * array than the layers' and has room for 2 * layers->count rows: there are never more borders.
 */
void e820_build(struct e820_map *map, const struct e820_map *layers);

#endif
