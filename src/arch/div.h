/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/div.h: 64-bit division by a 32-bit number. The processor has it, in two steps; no
 * compiler library is linked.
 */
#ifndef ARCH_DIV_H
#define ARCH_DIV_H

#include <stdint.h>

/* n / d, rounded down; d is not 0. */
static inline uint64_t div64_32(uint64_t n, uint32_t d)
{
	uint32_t high = (uint32_t)(n >> 32), low = (uint32_t)n, rest = high % d;

	/* rest < d, so that the quotient fits */
	__asm__("divl %2" : "+a"(low), "+d"(rest) : "rm"(d) : "cc");
	return (uint64_t)(high / d) << 32 | low;
}

/* The same where n is less than d << 32. */
static inline uint32_t div64_32_short(uint64_t n, uint32_t d)
{
	uint32_t low = (uint32_t)n, rest = (uint32_t)(n >> 32);

	__asm__("divl %2" : "+a"(low), "+d"(rest) : "rm"(d) : "cc");
	return low;
}

#endif
