/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/e820.c: see e820.h.
 */
#include "mem/e820.h"

static const struct e820_layer nothing = { .type = E820_NONE };

const struct e820_layer *e820_owner(const struct e820_layers *layers, uint64_t address, uint64_t *end)
{
	const struct e820_layer *l = layers->layer, *stop = l + layers->count, *owner = &nothing;
	uint64_t nearest = E820_END;

	for (; l < stop; l++) {
		uint64_t border = l->base;

		if (address >= border) {
			border = l->end;
			if (address >= border)
				continue;
			if (l->type != E820_RAM || owner == &nothing)
				owner = l;
		}
		if (border < nearest)
			nearest = border;
	}
	*end = nearest;
	return owner;
}

void e820_build(struct e820_map *map, const struct e820_layers *layers)
{
	const struct e820_layer *owner, *before = &nothing;
	struct e820_entry *row = map->entry;
	uint64_t at, end = 0;

	do {
		at = end;
		owner = e820_owner(layers, at, &end);
		if (owner->type != E820_NONE) {
			if (owner != before &&
			    (owner->type != before->type || owner->type > E820_UNUSABLE))
				*row++ = (struct e820_entry){ at, 0, owner->type };
			row[-1].length += end - at;
		}
		before = owner;
	} while ((uint32_t)(~end >> 32) | (uint32_t)~end);	/* not E820_END, whose bits are all set */
	map->count = (uint32_t)(row - map->entry);
}

void e820_cut_conventional(struct e820_map *map, uint32_t bottom)
{
	for (uint32_t i = 0; i < map->count; i++) {
		struct e820_entry *row = &map->entry[i];

		if (row->type != E820_RAM || row->base >= 0x100000 || row->base + row->length <= bottom)
			continue;
		if (row->base < bottom)
			row->length = bottom - row->base;
		else
			row->type = E820_RESERVED;
	}
}
