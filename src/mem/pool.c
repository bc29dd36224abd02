/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/pool.c: see pool.h.
 */
#include "mem/pool.h"
#include <stddef.h>
#include "lib/bits.h"

/* The free place in front of block n, or behind the last one, as far as it lies in range: false, it does not. */
static bool gap(const struct pool *pool, uint32_t n, const struct pool_range *range, struct pool_range *free)
{
	const struct pool_block *b = pool->block + n;

	free->start = range->start;
	free->end = range->end;
	if (n)
		free->start = max_u32(free->start, b[-1].start + b[-1].bytes);
	if (n < pool->count)
		free->end = min_u32(free->end, b->start);
	return free->start < free->end;
}

/* The first address at or above at that is a multiple of align; 0: there is none below 4 GiB. */
static uint32_t aligned(uint32_t at, uint32_t align)
{
	uint32_t up = align_up(at, align);

	return up < at ? 0 : up;
}

uint32_t pool_take(struct pool *pool, const struct pool_range *range, uint32_t bytes, uint32_t align, uint32_t handle)
{
	struct pool_range free;
	uint32_t at, n;

	if (!bytes || !is_power_of_two(align) || pool->count == pool->max)
		return 0;
	for (n = 0; n <= pool->count; n++) {
		if (!gap(pool, n, range, &free))
			continue;
		at = aligned(free.start, align);
		if (at && range_inside32(at, bytes, free.end))
			goto found;
	}
	return 0;
found:
	for (uint32_t i = pool->count++; i > n; i--)
		pool->block[i] = pool->block[i - 1];
	pool->block[n] = (struct pool_block){ at, bytes, handle };
	return at;
}

uint32_t pool_largest(const struct pool *pool, const struct pool_range *range, uint32_t unit)
{
	struct pool_range free;
	uint32_t largest = 0;

	if (pool->count == pool->max)
		return 0;
	for (uint32_t n = 0; n <= pool->count; n++) {
		if (!gap(pool, n, range, &free))
			continue;
		free.start = aligned(free.start, unit);
		free.end = align_down(free.end, unit);
		if (free.start && free.start < free.end)
			largest = max_u32(largest, free.end - free.start);
	}
	return largest;
}

const struct pool_block *pool_find(const struct pool *pool, uint32_t handle)
{
	for (uint32_t i = 0; i < pool->count; i++)
		if (pool->block[i].handle == handle)
			return &pool->block[i];
	return NULL;
}

bool pool_give(struct pool *pool, uint32_t start)
{
	uint32_t i;

	for (i = 0; i < pool->count && pool->block[i].start != start; i++)
		;
	if (i == pool->count)
		return false;
	for (pool->count--; i < pool->count; i++)
		pool->block[i] = pool->block[i + 1];
	return true;
}

uint32_t pool_top(const struct pool *pool, const struct pool_range *range)
{
	uint32_t top = range->start;

	for (uint32_t i = 0; i < pool->count && pool->block[i].start < range->end; i++)
		top = max_u32(top, pool->block[i].start + pool->block[i].bytes);
	return top;
}
