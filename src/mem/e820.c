/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/e820.c: see e820.h.
 */
#include "mem/e820.h"

static const struct e820_entry nothing = { .type = E820_NONE };

const struct e820_entry *e820_owner(const struct e820_map *layers, uint64_t address, uint64_t *length)
{
	const struct e820_entry *e = layers->entry, *stop = e + layers->count, *owner = &nothing;
	/* address minus a border, modulo 2^64: largest for the nearest above; here for 2^64 itself */
	uint64_t nearest = address;

	for (; e < stop; e++) {
		uint64_t from = address - e->base;

		if (from < e->length) {		/* inside: the border is its end */
			from -= e->length;
			if (e->type != E820_RAM || owner == &nothing)
				owner = e;
		}
		/* Borders below give less than address, and never count. */
		if (from > nearest)
			nearest = from;
	}
	*length = -nearest;
	return owner;
}

void e820_build(struct e820_map *map, const struct e820_map *layers)
{
	const struct e820_entry *owner, *before = &nothing;
	struct e820_entry *row = map->entry;
	uint64_t at = 0, length;

	do {
		owner = e820_owner(layers, at, &length);
		if (owner->type != E820_NONE) {
			if (owner != before &&
			    (owner->type != before->type || owner->type > E820_UNUSABLE))
				*row++ = (struct e820_entry){ at, 0, owner->type };
			row[-1].length += length;
		}
		before = owner;
		at += length;
	} while (at != 0);
	map->count = (uint32_t)(row - map->entry);
}
