/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/checksum64.c: see checksum.h.
 */
#include "lib/checksum.h"
#include "lib/endian.h"

uint64_t checksum64(const void *p, uint32_t len)
{
	const uint8_t *at = p, *end = at + len;
	uint32_t words = 1, sums = 0, last = 0;

	for (; end - at >= 4; at += 4) {
		words += get_le32(at);
		sums += words;
	}
	while (end > at)
		last = last << 8 | *--end;
	words += last;
	return (uint64_t)(sums + words) << 32 | words;
}
