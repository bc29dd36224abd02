/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/div.h: src/arch/div.h for a host build.
 */
#ifndef ARCH_DIV_H
#define ARCH_DIV_H

#include <assert.h>
#include <stdint.h>

static inline uint64_t div64_32(uint64_t n, uint32_t d)
{
	return n / d;
}

static inline uint32_t div64_32_short(uint64_t n, uint32_t d)
{
	assert(n >> 32 < d);	/* where it is not, the processor raises an exception */
	return (uint32_t)(n / d);
}

#endif
