/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/endian.h: byte order as a type, so that a forgotten conversion does not compile.
 * The firmware and its test hosts are little-endian; the assertion below says so.
 */
#ifndef LIB_ENDIAN_H
#define LIB_ENDIAN_H

#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "this code runs on little-endian CPUs");

typedef struct { uint16_t raw; } be16_t;
typedef struct { uint32_t raw; } be32_t;
typedef struct { uint64_t raw; } be64_t;

static inline be16_t cpu_to_be16(uint16_t v) { return (be16_t){ __builtin_bswap16(v) }; }
static inline be32_t cpu_to_be32(uint32_t v) { return (be32_t){ __builtin_bswap32(v) }; }
static inline be64_t cpu_to_be64(uint64_t v) { return (be64_t){ __builtin_bswap64(v) }; }
static inline uint16_t be16_to_cpu(be16_t v) { return __builtin_bswap16(v.raw); }
static inline uint32_t be32_to_cpu(be32_t v) { return __builtin_bswap32(v.raw); }
static inline uint64_t be64_to_cpu(be64_t v) { return __builtin_bswap64(v.raw); }

/* Unaligned little-endian fields of foreign bytes. The caller has checked the range. */
static inline uint16_t get_le16(const void *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t get_le32(const void *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t get_le64(const void *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void put_le16(void *p, uint16_t v) { __builtin_memcpy(p, &v, sizeof(v)); }
static inline void put_le32(void *p, uint32_t v) { __builtin_memcpy(p, &v, sizeof(v)); }
static inline void put_le64(void *p, uint64_t v) { __builtin_memcpy(p, &v, sizeof(v)); }

#endif
