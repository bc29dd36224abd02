/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/lib/string.h: on the host the C library's own functions are used.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H
#include <string.h>

static inline void memset32(void *to, unsigned int word, size_t count)
{
	for (unsigned int *at = to; count; count--)
		*at++ = word;
}
#endif
