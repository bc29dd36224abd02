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

/* A map: sorted by base, no overlap. */
struct e820_map {
	struct e820_entry *entry;
	uint32_t count;
};

/* What a map is made of, in any order, over each other. A layer is as large as an entry and laid out alike. */
struct e820_layer {
	uint64_t base, end;	/* [base, end) */
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct e820_layer) == sizeof(struct e820_entry), "entries become layers in place");

struct e820_layers {
	struct e820_layer *layer;
	uint32_t count;
};

#define E820_END	UINT64_MAX	/* no layer ends behind it */

/*
 * Who has an address: where layers overlap, RAM gives way to every other, and of the others the
 * later wins. address is below E820_END. Returns the layer, one of type E820_NONE where there is none. Up to
 * *end the owner is the same.
 */
const struct e820_layer *e820_owner(const struct e820_layers *layers, uint64_t address, uint64_t *end);

/*
 * Make the map of layers. Equal neighbours of types 1 to 5 become one row; other types keep the
 * borders they came with, which tell where a device or a NUMA node begins. map->entry is another
 * array than the layers' and has room for 2 * layers->count rows: there are never more borders.
 */
void e820_build(struct e820_map *map, const struct e820_layers *layers);

/*
 * RAM below 1 MiB ends at bottom at the latest: the row around it is cut, and those behind it are reserved. No row comes
 * or goes.
 */
void e820_cut_conventional(struct e820_map *map, uint32_t bottom);

#endif
