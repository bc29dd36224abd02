/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/fill.h: memset() for more than one byte, and for much of nothing.
 */
#ifndef ARCH_FILL_H
#define ARCH_FILL_H

#include <stddef.h>
#include <stdint.h>

/* Write value count times, 4 bytes each. */
static inline void fill32(void *to, uint32_t value, size_t count)
{
	__asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(value) : "memory");
}

/* len zeros, with half of memset()'s instructions where SSE2 works. XMM0 is 0 then, as after a reset. */
void zero_large(void *to, size_t len);

#endif
