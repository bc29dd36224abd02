/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/div.h: src/arch/div.h for a host build.
 */
#ifndef ARCH_DIV_H
#define ARCH_DIV_H

#include <stdint.h>

static inline uint64_t div64_32(uint64_t n, uint32_t d)
{
	return n / d;
}

#endif
