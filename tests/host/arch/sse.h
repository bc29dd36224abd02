/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/sse.h: src/arch/sse.h for a host build, where the OS has opened SSE. The
 * counter shows that every opening is closed.
 */
#ifndef ARCH_SSE_H
#define ARCH_SSE_H

struct sse_state {
	int depth;
};

__attribute__((weak)) int sse_opened, sse_depth;

static inline struct sse_state sse_open(void)
{
	sse_opened++;
	return (struct sse_state){ sse_depth++ };
}

static inline void sse_close(struct sse_state old)
{
	sse_depth = old.depth;
}

#endif
