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

static void check(const struct e820_map *map, const struct e820_layers *layers)
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

static int inside_layer(const struct e820_layer *l, uint64_t address)
{
	return address >= l->base && address < l->end;
}

static uint32_t in_map(const struct e820_map *map, uint64_t address)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (inside(&map->entry[i], address))
			return map->entry[i].type;
	return E820_NONE;
}

static uint32_t in_layers(const struct e820_layers *layers, uint64_t address)
{
	uint32_t ram = E820_NONE;

	for (uint32_t i = layers->count; i-- > 0;) {
		if (!inside_layer(&layers->layer[i], address))
			continue;
		if (layers->layer[i].type != E820_RAM)
			return layers->layer[i].type;
		ram = E820_RAM;
	}
	return ram;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t n = size ? (uint32_t)((size - 1) / 20) : 0;
	struct e820_layer *layer = calloc(n, sizeof(*layer));
	struct e820_entry *rows = calloc(2 * n, sizeof(*rows));
	struct e820_layers layers = { layer, n };
	struct e820_map map = { rows, 0 };

	if (n <= 100) {
		for (uint32_t i = 0; i < n; i++) {
			memcpy(&layer[i], data + 1 + i * 20, 20);
			layer[i].end += layer[i].base;
			if (layer[i].end < layer[i].base)
				layer[i].end = E820_END;
		}
		e820_build(&map, &layers);
		check(&map, &layers);
		for (uint32_t i = 0; i < n; i++)
			for (int side = -1; side <= 0; side++) {
				uint64_t at = layer[i].base + (uint64_t)side;
				uint64_t end = layer[i].end + (uint64_t)side;

				must(in_map(&map, at) == in_layers(&layers, at));
				must(in_map(&map, end) == in_layers(&layers, end));
			}
	}
	free(rows);
	free(layer);
	return 0;
}
