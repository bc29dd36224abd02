/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/model.c: see model.h.
 */
#include "hw/block/model.h"

uint32_t model_copy(char *to, const uint8_t *from, uint32_t max, uint32_t swap)
{
	uint32_t len = 0;

	for (uint32_t i = 0; i < max; i++) {
		char c = (char)from[i ^ swap];

		c = c == 0 ? ' ' : c < ' ' || c > '~' ? '?' : c;
		if (len || c != ' ')
			to[len++] = c;
	}
	while (len && to[len - 1] == ' ')
		len--;
	to[len] = 0;
	return len;
}
