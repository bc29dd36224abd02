/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/checksum_sse2.c: sixteen sums modulo 256 side by side (PADDB wraps in each byte), added
 * up once at the end (PSADBW). PADDB takes an operand in memory only where it is aligned: what is
 * before the first and behind the last 16-byte boundary is loaded apart, and masked.
 */
#include "arch/checksum_sse2.h"
#include "arch/sse.h"

/* The compiler uses no XMM registers in firmware, and does not know them for -march=i486. */
#ifdef __SSE2__
#define CLOBBER_XMM , "xmm0", "xmm1", "xmm2"
#else
#define CLOBBER_XMM
#endif

/* The 16 bytes from &mask[16 - n] keep the first n bytes of a register, from &mask[16 + n] the last n. */
static const uint8_t mask[48] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

uint8_t checksum8_sse2(const void *p, uint32_t len)
{
	struct sse_state old = sse_open();
	uintptr_t start = (uintptr_t)p, end = start + len;
	uintptr_t aligned = (start + 15) & ~15ul, stop = end & ~15ul;
	intptr_t at = aligned - stop;	/* relative to stop, counts up to 0 */
	uintptr_t middle = (uintptr_t)&mask[16];
	uint32_t sum;

	__asm__ volatile(
		"movdqu (%[start]), %%xmm0\n\t"
		"movdqu (%[head_mask]), %%xmm1\n\t"
		"pand %%xmm1, %%xmm0\n\t"
		"movdqu -16(%[end]), %%xmm1\n\t"
		"movdqu (%[tail_mask]), %%xmm2\n\t"
		"pand %%xmm2, %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"cmp $-128, %[at]\n\t"
		"jg 2f\n"
	"1:\t.irp line, 0, 16, 32, 48, 64, 80, 96, 112\n\t"
		"paddb \\line(%[stop], %[at]), %%xmm0\n\t"
		".endr\n\t"
		"sub $-128, %[at]\n\t"
		"cmp $-128, %[at]\n\t"
		"jle 1b\n"
	"2:\ttest %[at], %[at]\n\t"
		"jz 4f\n"
	"3:\tpaddb (%[stop], %[at]), %%xmm0\n\t"
		"add $16, %[at]\n\t"
		"jnz 3b\n"
	"4:\tpxor %%xmm2, %%xmm2\n\t"
		"psadbw %%xmm2, %%xmm0\n\t"	/* two sums of eight bytes, 64 bits apart */
		"movhlps %%xmm0, %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movd %%xmm0, %[sum]\n\t"
		"pxor %%xmm0, %%xmm0\n\t"
		"pxor %%xmm1, %%xmm1"
		: [at] "+&r"(at), [sum] "=r"(sum)
		: [start] "r"(start), [head_mask] "r"(middle - (aligned - start)),
		  [end] "r"(end), [tail_mask] "r"(middle + (end - stop)), [stop] "r"(stop)
		: "memory", "cc" CLOBBER_XMM);
	sse_close(old);
	return sum;
}
