/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/sse.h: the right to use SSE registers. After reset SSE instructions are invalid
 * opcodes until CR4.OSFXSR is set (Intel SDM volume 3, section 14.1); the firmware opens them for
 * a few instructions and puts CR4 back, as whoever comes next expects the reset state.
 */
#ifndef ARCH_SSE_H
#define ARCH_SSE_H

#include <stdbool.h>

#define SSE_CR4_OSFXSR (1ul << 9)	/* SSE may be used */

/* Has the processor SSE2, and does it work here? Written by machine_init(). */
extern bool sse2_works;

/* Only where sse2_works. Returns what sse_close() wants. */
static inline unsigned long sse_open(void)
{
	unsigned long cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | SSE_CR4_OSFXSR) : "memory");
	return cr4;
}

static inline void sse_close(unsigned long cr4)
{
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4) : "memory");
}

#endif
