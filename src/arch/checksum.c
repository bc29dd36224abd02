/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/checksum.c: see lib/checksum.h. 32 bytes at a time with SSE2, four in a 32-bit
 * register where SSE2 does not work; the rest singly.
 */
#include "lib/checksum.h"
#include "arch/sse.h"
#include "lib/endian.h"

#define STEP 32u		/* bytes */
_Static_assert(STEP <= CHECKSUM_BEFORE, "a sum reads in front of what was promised");
#define LANE_WORDS 256u		/* a lane of 16 bits holds the sum of 257 bytes */

bool sse2_works;

/* The compiler uses no XMM registers in firmware, and does not know them for -march=i486. */
#ifdef __SSE2__
#define CLOBBER_XMM , "xmm0", "xmm1", "xmm2"
#else
#define CLOBBER_XMM
#endif

/*
 * Sixteen sums modulo 256 side by side (PADDB wraps in each byte), added up once at the end (PSADBW). 32 bytes
 * at a time; what that leaves is the end of 32 more, of which the others are masked out: they may lie in
 * front of p, where there is memory as well. Registers are 0 afterwards, as after a reset.
 */
static uint8_t sum_sse2(const uint8_t *p, uint32_t len)
{
	static const uint8_t keep[2 * STEP] = { [STEP ... 2 * STEP - 1] = 0xff };
	unsigned long old = sse_open();
	const uint8_t *end = p + len, *mask = keep + len % STEP;
	const uint8_t *steps_end = end - len % STEP;
	intptr_t at = p - steps_end;		/* counts up to 0 */
	uint32_t sum;

	__asm__ volatile(
		"movdqu -32(%[end]), %%xmm0\n\t"
		"movdqu -16(%[end]), %%xmm2\n\t"
		"movdqu (%[mask]), %%xmm1\n\t"
		"pand %%xmm1, %%xmm0\n\t"
		"movdqu 16(%[mask]), %%xmm1\n\t"
		"pand %%xmm1, %%xmm2\n\t"
		"test %[at], %[at]\n\t"
		"jz 2f\n"
	"1:\tmovdqu (%[steps_end], %[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movdqu 16(%[steps_end], %[at]), %%xmm1\n\t"
		"paddb %%xmm1, %%xmm2\n\t"
		"add $32, %[at]\n\t"
		"jnz 1b\n"
	"2:\tpaddb %%xmm2, %%xmm0\n\t"
		"pxor %%xmm1, %%xmm1\n\t"
		"pxor %%xmm2, %%xmm2\n\t"
		"psadbw %%xmm1, %%xmm0\n\t"	/* two sums of eight bytes, 64 bits apart */
		"movhlps %%xmm0, %%xmm1\n\t"
		"paddb %%xmm1, %%xmm0\n\t"
		"movd %%xmm0, %[sum]\n\t"
		"pxor %%xmm0, %%xmm0\n\t"
		"pxor %%xmm1, %%xmm1"
		: [at] "+r"(at), [sum] "=r"(sum)
		: [end] "r"(end), [steps_end] "r"(steps_end), [mask] "r"(mask) : "memory", "cc" CLOBBER_XMM);
	sse_close(old);
	return sum;
}

/*
 * With words w = b0 + b1 * 2^8 + b2 * 2^16 + b3 * 2^24 it is enough to keep all = sum(w) and
 * even = sum(b0 + b2 * 2^16): the odd bytes are what is left, all - even = 2^8 * (B1 + B3 * 2^16)
 * modulo 2^32, of which 16 bits of B1 and 8 bits of B3 remain.
 */
static uint8_t sum_lanes(const uint8_t *p, uint32_t words)
{
	uint32_t all = 0, even = 0;

	for (; words; words--, p += 4) {
		all += get_le32(p);
		even += get_le32(p) & 0x00ff00ff;
	}
	all -= even;
	return even + (even >> 16) + (all >> 8) + (all >> 24);
}

static uint8_t sum_plain(const uint8_t *p, uint32_t len)
{
	uint8_t sum = 0;

	for (; len / 4 > LANE_WORDS; len -= 4 * LANE_WORDS, p += 4 * LANE_WORDS)
		sum += sum_lanes(p, LANE_WORDS);
	sum += sum_lanes(p, len / 4);
	p += len & ~3u;
	for (len %= 4; len; len--)
		sum += *p++;
	return sum;
}

uint8_t checksum8(const void *p, uint32_t len)
{
	static uint8_t (*const sums[])(const uint8_t *p, uint32_t len) = { sum_plain, sum_sse2 };

	return sums[sse2_works](p, len);
}
