/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/sse.h: the right to use SSE registers. After reset SSE instructions are invalid
 * opcodes until CR4.OSFXSR is set (Intel SDM volume 3, section 14.1); the firmware opens them for
 * a few instructions and puts everything back, as whoever comes next expects the reset state.
 */
#ifndef ARCH_SSE_H
#define ARCH_SSE_H

#include <stdint.h>

#define SSE_CR0_EM (1ul << 2)		/* no FPU: SSE faults */
#define SSE_CR0_TS (1ul << 3)		/* task switched: SSE traps */
#define SSE_CR4_OSFXSR (1ul << 9)	/* SSE may be used */

struct sse_state {
	unsigned long cr0, cr4;
};

/* Only with CPUID_1_EDX_FXSR and CPUID_1_EDX_SSE2. A control register that fits is not written. */
static inline struct sse_state sse_open(void)
{
	struct sse_state old;

	__asm__ volatile("mov %%cr0, %0\n\tmov %%cr4, %1" : "=r"(old.cr0), "=r"(old.cr4));
	if (old.cr0 & (SSE_CR0_EM | SSE_CR0_TS))
		__asm__ volatile("mov %0, %%cr0" : : "r"(old.cr0 & ~(SSE_CR0_EM | SSE_CR0_TS)) : "memory");
	if (!(old.cr4 & SSE_CR4_OSFXSR))
		__asm__ volatile("mov %0, %%cr4" : : "r"(old.cr4 | SSE_CR4_OSFXSR) : "memory");
	return old;
}

static inline void sse_close(struct sse_state old)
{
	if (!(old.cr4 & SSE_CR4_OSFXSR))
		__asm__ volatile("mov %0, %%cr4" : : "r"(old.cr4) : "memory");
	if (old.cr0 & (SSE_CR0_EM | SSE_CR0_TS))
		__asm__ volatile("mov %0, %%cr0" : : "r"(old.cr0) : "memory");
}

#endif
