/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/e820.c: see e820.h.
 *
 * Searches start at the upper end: QEMU's ranges mostly arrive in rising order, and a sorted list
 * then never looks back further than one entry.
 */
#include "mem/e820.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"

static uint64_t end_of(const struct e820_entry *e)
{
	return e->base + e->length;
}

/* [base, end) is the upper part of one row, and what follows that row does not touch it. */
static bool cut_tail(struct e820_map *map, uint64_t base, uint64_t end, uint32_t type)
{
	struct e820_entry *e = map->entry, *stop = e + map->count;

	while (e < stop && end_of(e) < end)
		e++;
	if (e == stop || map->count == map->max || type == E820_NONE || e->type == type ||
	    base <= e->base || end_of(e) != end ||
	    (e + 1 < stop && e[1].base == end && e[1].type == type))
		return false;
	memmove(e + 2, e + 1, (size_t)(stop - e - 1) * sizeof(*e));
	e->length = base - e->base;
	e[1] = (struct e820_entry){ base, end - base, type };
	map->count++;
	return true;
}

/* [base, end) anywhere among the others. */
static __attribute__((noinline)) int insert(struct e820_map *map, uint64_t base, uint64_t end,
					    uint32_t type)
{
	struct e820_entry *const entry = map->entry;
	struct e820_entry piece[3];	/* what takes the place of entries first..after - 1 */
	uint64_t left_base = base, right_end = end;
	uint32_t first, after, count, n = 0;

	/* From first on, entries end behind base or touch it; from after on, they begin behind end. */
	first = map->count;
	while (first && end_of(&entry[first - 1]) >= base)
		first--;
	after = first;
	while (after < map->count && entry[after].base <= end)
		after++;

	/* Those that only touch are merged or left alone; those that stick out are cut. */
	if (first < after && entry[first].type != type && end_of(&entry[first]) == base)
		first++;
	if (first < after && entry[after - 1].type != type && entry[after - 1].base == end)
		after--;
	if (first < after) {
		left_base = min_u64(entry[first].base, base);
		right_end = max_u64(end_of(&entry[after - 1]), end);
		if (left_base < base) {
			if (entry[first].type == type)
				base = left_base;
			else
				piece[n++] = (struct e820_entry){ left_base, base - left_base,
								  entry[first].type };
		}
		if (right_end > end && entry[after - 1].type == type)
			end = right_end;
	}
	if (type != E820_NONE)
		piece[n++] = (struct e820_entry){ base, end - base, type };
	if (right_end > end)
		piece[n++] = (struct e820_entry){ end, right_end - end, entry[after - 1].type };

	count = map->count - (after - first) + n;
	if (count > map->max)
		return -ENOSPC;
	if (after < map->count && after != first + n)
		memmove(&entry[first + n], &entry[after], (map->count - after) * sizeof(*entry));
	for (uint32_t i = 0; i < n; i++)
		entry[first + i] = piece[i];
	map->count = count;
	return 0;
}

int e820_set(struct e820_map *map, uint64_t base, uint64_t length, uint32_t type)
{
	struct e820_entry *next = &map->entry[map->count];
	uint64_t end = base + length;

	if (end < base) {
		end = UINT64_MAX;
		length = end - base;
	}
	if (end == base)
		return 0;
	/* Most come in rising order, and tables are taken from the end of RAM. */
	if (type == E820_NONE || (map->count && end_of(next - 1) > base))
		return cut_tail(map, base, end, type) ? 0 : insert(map, base, end, type);
	if (map->count && next[-1].type == type && end_of(next - 1) == base) {
		next[-1].length += length;
		return 0;
	}
	if (map->count == map->max)
		return -ENOSPC;
	*next = (struct e820_entry){ base, length, type };
	map->count++;
	return 0;
}

static const struct e820_entry *find(const struct e820_map *map, uint64_t address)
{
	const struct e820_entry *e = map->entry, *stop = e + map->count;

	while (e < stop && end_of(e) <= address)
		e++;
	return e < stop && address >= e->base ? e : NULL;
}

uint32_t e820_type_at(const struct e820_map *map, uint64_t address)
{
	const struct e820_entry *e = find(map, address);

	return e ? e->type : E820_NONE;
}

bool e820_is(const struct e820_map *map, uint64_t base, uint64_t length, uint32_t type)
{
	const struct e820_entry *e = find(map, base);
	uint64_t end = base + length;

	/* Equal neighbours are merged, so one entry tells all. */
	return e && e->type == type && end > base && end <= end_of(e);
}

uint64_t e820_total(const struct e820_map *map, uint32_t type)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < map->count; i++)
		if (map->entry[i].type == type)
			total += map->entry[i].length;
	return total;
}

uint64_t e820_ram_end(const struct e820_map *map, uint64_t start, uint64_t limit)
{
	const struct e820_entry *e = find(map, start);

	return e && e->type == E820_RAM && start < limit ? min_u64(end_of(e), limit) : 0;
}
