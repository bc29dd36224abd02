/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/bits.h: arithmetic that every module needs and nobody should write twice.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* align is a power of two. align_up() of a value within align - 1 of the top wraps to 0. */
static inline uint32_t align_down(uint32_t v, uint32_t align) { return v & ~(align - 1); }
static inline uint32_t align_up(uint32_t v, uint32_t align) { return (v + align - 1) & ~(align - 1); }
static inline uint64_t align_down64(uint64_t v, uint64_t align) { return v & ~(align - 1); }
static inline uint64_t align_up64(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

static inline bool is_power_of_two(uint64_t v) { return v && !(v & (v - 1)); }

static inline uint32_t min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static inline uint32_t max_u32(uint32_t a, uint32_t b) { return a > b ? a : b; }
static inline uint64_t min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline uint64_t max_u64(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* Is [offset, offset + len) inside [0, size)? The subtraction form: it cannot wrap. */
static inline bool range_inside(uint64_t offset, uint64_t len, uint64_t size)
{
	return offset <= size && len <= size - offset;
}

/* The same where everything has 32 bits, which costs a quarter of it there. */
static inline bool range_inside32(uint32_t offset, uint32_t len, uint32_t size)
{
	return offset <= size && len <= size - offset;
}

#endif
