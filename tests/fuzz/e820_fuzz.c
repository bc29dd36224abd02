/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/e820_fuzz.c: whatever the layers, the map is sorted, merged, without overlap, no longer
 * than promised, and says on both sides of every border what the rule of the layers says. Input: a
 * byte that is left out, then layers of 20 bytes as in etc/e820.
 * LINK: src/mem/e820.c
 */
#include <stdlib.h>
#include <string.h>
#include "lib/endian.h"
#include "mem/e820.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
	if (!true_thing)
		abort();
}

static void check(const struct e820_map *map, const struct e820_map *layers)
{
	must(map->count <= 2 * layers->count);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_entry *e = &map->entry[i];
		uint64_t before = i ? e[-1].base + e[-1].length : 0;

		must(e->length && e->base + e->length > e->base && e->type != E820_NONE);
		must(before < e->base || !i ||
		     (before == e->base && (e[-1].type != e->type || e->type > E820_UNUSABLE)));
	}
}

static int inside(const struct e820_entry *e, uint64_t address)
{
	return address >= e->base && address - e->base < e->length;
}

static uint32_t in_map(const struct e820_map *map, uint64_t address)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (inside(&map->entry[i], address))
			return map->entry[i].type;
	return E820_NONE;
}

static uint32_t in_layers(const struct e820_map *layers, uint64_t address)
{
	uint32_t ram = E820_NONE;

	for (uint32_t i = layers->count; i-- > 0;) {
		if (!inside(&layers->entry[i], address))
			continue;
		if (layers->entry[i].type != E820_RAM)
			return layers->entry[i].type;
		ram = E820_RAM;
	}
	return ram;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t n = size ? (uint32_t)((size - 1) / 20) : 0;
	struct e820_entry *entries = calloc(n, sizeof(*entries));
	struct e820_entry *rows = calloc(2 * n, sizeof(*rows));
	struct e820_map layers = { entries, n }, map = { rows, 0 };

	if (n <= 100) {
		for (uint32_t i = 0; i < n; i++) {
			memcpy(&entries[i], data + 1 + i * 20, 20);
			if (entries[i].length > UINT64_MAX - entries[i].base)
				entries[i].length = UINT64_MAX - entries[i].base;
		}
		e820_build(&map, &layers);
		check(&map, &layers);
		for (uint32_t i = 0; i < n; i++)
			for (int side = -1; side <= 0; side++) {
				uint64_t at = entries[i].base + (uint64_t)side;
				uint64_t end = at + entries[i].length;

				must(in_map(&map, at) == in_layers(&layers, at));
				must(in_map(&map, end) == in_layers(&layers, end));
			}
	}
	free(rows);
	free(entries);
	return 0;
}
