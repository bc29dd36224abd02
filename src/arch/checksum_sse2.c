/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/checksum_sse2.c: sixteen sums modulo 256 side by side (PADDB wraps in each byte), added
 * up once at the end (PSADBW).
 */
#include "arch/checksum_sse2.h"
#include "arch/sse.h"

/* The compiler uses no XMM registers in firmware, and does not know them for -march=i486. */
#ifdef __SSE2__
#define CLOBBER_XMM , "xmm0", "xmm1"
#else
#define CLOBBER_XMM
#endif

/* The 16 bytes from &tail_mask[n] keep the last n bytes of a register. */
static const uint8_t tail_mask[32] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

uint8_t checksum8_sse2(const void *p, uint32_t len)
{
	struct sse_state old = sse_open();
	const uint8_t *at = p, *last = at + len - 16;
	uint32_t lines = len / 128, rest = len % 128 / 16, sum;

	/* The rest first: the last 16 bytes, without those that the loops see. */
	__asm__ volatile(
		"movdqu (%[last]), %%xmm0\n\t"
		"movdqu (%[mask]), %%xmm1\n\t"
		"pand %%xmm1, %%xmm0\n\t"
		"test %[rest], %[rest]\n\t"
		"jz 2f\n"
	"1:\tmovdqu (%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"add $16, %[at]\n\t"
		"dec %[rest]\n\t"
		"jnz 1b\n"
	"2:\ttest %[lines], %[lines]\n\t"
		"jz 4f\n"
	"3:\tmovdqu (%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 16(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 32(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 48(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 64(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 80(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 96(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 112(%[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"sub $-128, %[at]\n\t"
		"dec %[lines]\n\t"
		"jnz 3b\n"
	"4:\tpxor %%xmm1, %%xmm1\n\t"
		"psadbw %%xmm1, %%xmm0\n\t"	/* two sums of eight bytes, 64 bits apart */
		"movd %%xmm0, %[lines]\n\t"
		"psrldq $8, %%xmm0\n\t"
		"movd %%xmm0, %[rest]\n\t"
		"pxor %%xmm0, %%xmm0"
		: [at] "+r"(at), [lines] "+r"(lines), [rest] "+r"(rest)
		: [last] "r"(last), [mask] "r"(&tail_mask[len % 16])
		: "memory", "cc" CLOBBER_XMM);
	sum = lines + rest;
	sse_close(old);
	return sum;
}
