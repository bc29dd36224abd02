/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/e820.c: see e820.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/e820.h"

struct e820_layer e820_layer(uint64_t base, uint64_t length, uint32_t type)
{
	return (struct e820_layer){ base, length > E820_END - base ? E820_END : base + length, type };
}

/* The map with one layer more over it. */
static void add(struct e820_map *map, struct e820_layer layer)
{
	uint32_t n = map->count + 1;
	struct e820_layer *under = calloc(n, sizeof(*under));
	struct e820_entry *rows = calloc(2 * n, sizeof(*rows));
	struct e820_layers layers = { under, n };
	struct e820_map made = { rows, 0 };

	for (uint32_t i = 0; i < map->count; i++)
		under[i] = e820_layer(map->entry[i].base, map->entry[i].length, map->entry[i].type);
	under[n - 1] = layer;
	e820_build(&made, &layers);
	memcpy(map->entry, made.entry, made.count * sizeof(*rows));
	map->count = made.count;
	free(under);
	free(rows);
}

void e820_set(struct e820_map *map, uint64_t base, uint64_t length, uint32_t type)
{
	add(map, e820_layer(base, length, E820_NONE));
	add(map, e820_layer(base, length, type));
}

uint32_t e820_type_at(const struct e820_map *map, uint64_t address)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (address >= map->entry[i].base && address - map->entry[i].base < map->entry[i].length)
			return map->entry[i].type;
	return E820_NONE;
}

bool e820_is(const struct e820_map *map, uint64_t base, uint64_t length, uint32_t type)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_entry *e = &map->entry[i];
		uint64_t offset = base - e->base;	/* beyond any length when it is below */

		if (e->type == type && offset < e->length)
			return length - 1 < e->length - offset;
	}
	return false;
}

const char *e820_text(const struct e820_map *map)
{
	static char text[8192];
	size_t at = 0;

	text[0] = 0;
	for (uint32_t i = 0; i < map->count && at < sizeof(text) - 64; i++) {
		uint64_t base = map->entry[i].base, length = map->entry[i].length;

		at += (size_t)sprintf(text + at, "%s%llx-%llx:%x", i ? " " : "",
				      (unsigned long long)base, (unsigned long long)(base + length),
				      map->entry[i].type);
	}
	return text;
}
