/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/zero_page.c: see zero_page.h.
 */
#include "arch/sse.h"
#include "arch/zero_page.h"
#include "lib/string.h"

#define PAGE 4096

/* The compiler uses no XMM registers in firmware, and does not know them for -march=i486. */
#ifdef __SSE2__
#define CLOBBER_XMM , "xmm0"
#else
#define CLOBBER_XMM
#endif

void zero_page(void *page, bool sse2)
{
	char *end = (char *)page + PAGE;
	long at = -PAGE;		/* from the end, counts up to 0 */
	struct sse_state old;

	if (!sse2) {
		memset(page, 0, PAGE);
		return;
	}
	old = sse_open();
	__asm__ volatile("pxor %%xmm0, %%xmm0\n"
			 "1:\t.set line, 0\n\t"
			 ".rept 32\n\t"
			 "movups %%xmm0, line(%[end], %[at])\n\t"
			 ".set line, line + 16\n\t"
			 ".endr\n\t"
			 "add $512, %[at]\n\t"
			 "jnz 1b"
			 : [at] "+&r"(at)
			 : [end] "r"(end)
			 : "memory", "cc" CLOBBER_XMM);
	sse_close(old);
}
