/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/fill.c: see fill.h.
 */
#include "arch/fill.h"
#include "arch/sse.h"
#include "lib/string.h"

#define BLOCK 64

/* The compiler uses no XMM registers in firmware, and does not know them for -march=i486. */
#ifdef __SSE2__
#define CLOBBER_XMM , "xmm0"
#else
#define CLOBBER_XMM
#endif

void zero_large(void *to, size_t len)
{
	char *at = to, *end = at + len / BLOCK * BLOCK;
	unsigned long old;

	if (sse2_works && at != end) {
		old = sse_open();
		__asm__ volatile("pxor %%xmm0, %%xmm0\n"
				 "1:\tmovups %%xmm0, (%[at])\n\t"
				 "movups %%xmm0, 16(%[at])\n\t"
				 "movups %%xmm0, 32(%[at])\n\t"
				 "movups %%xmm0, 48(%[at])\n\t"
				 "add $64, %[at]\n\t"
				 "cmp %[end], %[at]\n\t"
				 "jne 1b"
				 : [at] "+r"(at) : [end] "r"(end) : "memory", "cc" CLOBBER_XMM);
		sse_close(old);
		len %= BLOCK;
	}
	memset(at, 0, len);
}
