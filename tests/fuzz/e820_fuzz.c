/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/e820_fuzz.c: any sequence of changes leaves a sorted, merged map without overlap that
 * says at every edge what was set last, and a refused change leaves it as it was. Input: a byte
 * for the size of the map, then entries of 20 bytes as in etc/e820.
 * LINK: src/mem/e820.c
 */
#include <errno.h>
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

static void check(const struct e820_map *map)
{
	must(map->count <= map->max);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct e820_entry *e = &map->entry[i];
		uint64_t before = i ? e[-1].base + e[-1].length : 0;

		must(e->length && e->base + e->length > e->base && e->type != E820_NONE);
		must(before < e->base || !i || (before == e->base && e[-1].type != e->type));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t max = size ? data[0] % 24 + 1 : 0;
	struct e820_entry *entries = calloc(max, sizeof(*entries));
	struct e820_entry *saved = calloc(max, sizeof(*entries));
	struct e820_map map = { entries, 0, max };

	for (size_t at = 1; at + 20 <= size && at < 20 * 200; at += 20) {
		uint64_t base = get_le64(data + at), length = get_le64(data + at + 8);
		uint64_t end = base + length < base ? UINT64_MAX : base + length;
		uint32_t type = get_le32(data + at + 16), count = map.count;
		uint32_t left = base ? e820_type_at(&map, base - 1) : 0;
		uint32_t right = e820_type_at(&map, end);
		int rc;

		memcpy(saved, entries, count * sizeof(*entries));
		rc = e820_set(&map, base, length, type);
		check(&map);
		if (rc) {
			must(rc == -ENOSPC && map.count == count);
			must(!memcmp(saved, entries, count * sizeof(*entries)));
		} else if (end > base) {
			must(type == E820_NONE || e820_is(&map, base, end - base, type));
			must(e820_type_at(&map, base) == type);
			must(e820_type_at(&map, end - 1) == type);
			must(!base || e820_type_at(&map, base - 1) == left);
			must(e820_type_at(&map, end) == right);
		}
	}
	free(saved);
	free(entries);
	return 0;
}
