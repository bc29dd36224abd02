/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/checksum64.c: see checksum.h.
 */
#include "lib/checksum.h"
#include "lib/endian.h"

struct sums {
	uint32_t words, sums;
};

static inline __attribute__((always_inline)) struct sums add(struct sums s, const uint8_t *at)
{
	s.words += get_le32(at);
	s.sums += s.words;
	__asm__("" : "+r"(s.words), "+r"(s.sums));	/* two additions: gcc would make it four */
	return s;
}

static inline __attribute__((always_inline)) struct sums add_4(struct sums s, const uint8_t *at)
{
	return add(add(add(add(s, at), at + 4), at + 8), at + 12);
}

/* Sixteen words in a round: on a microvm this is the largest part of a boot from a disk. */
uint64_t checksum64(const void *p, uint32_t len)
{
	const uint8_t *at = p, *end = at + len;
	struct sums s = { 1, 0 };
	uint32_t last = 0;

	for (uint32_t rounds = len / 64; rounds; rounds--, at += 64)
		s = add_4(add_4(add_4(add_4(s, at), at + 16), at + 32), at + 48);
	for (; end - at >= 4; at += 4)
		s = add(s, at);
	while (end > at)
		last = last << 8 | *--end;
	s.words += last;
	return (uint64_t)(s.sums + s.words) << 32 | s.words;
}
