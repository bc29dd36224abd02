/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/checksum.c: four bytes at a time in a 32-bit register.
 *
 * With words w = b0 + b1 * 2^8 + b2 * 2^16 + b3 * 2^24 it is enough to keep all = sum(w) and
 * even = sum(b0 + b2 * 2^16): the odd bytes are what is left, all - even = 2^8 * (B1 + B3 * 2^16)
 * modulo 2^32, of which 16 bits of B1 and 8 bits of B3 remain. The 16-bit lanes hold 257 words.
 */
#include "lib/checksum.h"
#include "lib/endian.h"

#define BLOCK 1024	/* bytes: 256 words, one fewer than overflow a lane */

static inline __attribute__((always_inline)) uint8_t sum_words(const uint8_t *p, uint32_t words)
{
	uint32_t all = 0, even = 0;

	for (; words % 4; words--, p += 4) {
		all += get_le32(p);
		even += get_le32(p) & 0x00ff00ff;
	}
	for (; words; words -= 4, p += 16) {
		uint32_t a = get_le32(p), b = get_le32(p + 4);
		uint32_t c = get_le32(p + 8), d = get_le32(p + 12);

		all += a + b + c + d;
		even += (a & 0x00ff00ff) + (b & 0x00ff00ff) + (c & 0x00ff00ff) + (d & 0x00ff00ff);
	}
	all -= even;
	return even + (even >> 16) + (all >> 8) + (all >> 24);
}

uint8_t checksum8(const void *p, uint32_t len)
{
	const uint8_t *at = p;
	uint8_t sum = 0;

	for (; len >= BLOCK; len -= BLOCK, at += BLOCK)
		sum += sum_words(at, BLOCK / 4);
	sum += sum_words(at, len / 4);
	at += len & ~3u;
	for (len %= 4; len; len--)
		sum += *at++;
	return sum;
}
