/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/sse.h: src/arch/sse.h for a host build, where the OS has opened SSE. The
 * counter shows that every opening is closed.
 */
#ifndef ARCH_SSE_H
#define ARCH_SSE_H

#include <stdbool.h>

extern bool sse2_works;

__attribute__((weak)) unsigned long sse_opened, sse_depth;

static inline unsigned long sse_open(void)
{
	sse_opened++;
	return sse_depth++;
}

static inline void sse_close(unsigned long old)
{
	sse_depth = old;
}

#endif
