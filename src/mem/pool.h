/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/pool.h: blocks within ranges of addresses: which are in use, where is room for one more. It knows numbers
 * only and never touches what lies there. What is free is what no block covers, so what is given back is one with
 * its neighbours at once.
 */
#ifndef MEM_POOL_H
#define MEM_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pool_block {
	uint32_t start, bytes;		/* within 32 bits, not 0 */
	uint32_t handle;		/* the owner's, for pool_find() */
};

/* In ascending order, disjoint. */
struct pool {
	struct pool_block *block;	/* memory for max of them */
	uint32_t count, max;
};

/* Addresses from start up to end, which is behind the last; not 0. */
struct pool_range {
	uint32_t start, end;
};

/*
 * The lowest free place in range for bytes, aligned to align (a power of two). Returns its address; 0, nothing
 * changed: there is none, bytes is 0, or there are max blocks.
 */
uint32_t pool_take(struct pool *pool, const struct pool_range *range, uint32_t bytes, uint32_t align, uint32_t handle);

/*
 * Bytes of the largest free place in range that begins and ends at a multiple of unit (a power of two); 0: none, or
 * there are max blocks.
 */
uint32_t pool_largest(const struct pool *pool, const struct pool_range *range, uint32_t unit);

/* The first block with this handle, or NULL. */
const struct pool_block *pool_find(const struct pool *pool, uint32_t handle);

/* Free the block that begins at start. Returns false, nothing changed: none does. */
bool pool_give(struct pool *pool, uint32_t start);

/* Where the highest block within range ends; its start: there is none. */
uint32_t pool_top(const struct pool *pool, const struct pool_range *range);

#endif
