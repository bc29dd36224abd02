/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/hash/sha256_ni.c: see sha256_ni.h. The instructions want the eight words as two vectors, of which the names
 * say the words from the highest lane down.
 */
#include "arch/hash/sha256_ni.h"
#include "arch/cpu.h"

typedef int v4si __attribute__((vector_size(16)));
typedef unsigned int v4su __attribute__((vector_size(16)));
typedef v4si v4si_anywhere __attribute__((aligned(1), may_alias));
typedef char v16qi __attribute__((vector_size(16)));
typedef long long v2di __attribute__((vector_size(16)));

static const v16qi swap_bytes = { 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12 };

/* Macros, since a function of vectors has no calling convention for an i486. */
#define SUM(a, b) ((v4si)((v4su)(a) + (v4su)(b)))
#define NI __attribute__((target("sha,sse4.1,ssse3"), noinline))

/* Bytes 4 to 19 of low and high, as PALIGNR. */
#define SHIFTED(high, low) ((v4si)__builtin_ia32_palignr128((v2di)(high), (v2di)(low), 32))

#define LOOPS	512u	/* of two instructions */
#define TRIES	3u	/* the host may take the processor away for a while, hardly three times */
#define SLOW	(2 * LOOPS * 64)	/* ticks: an instruction takes a few, in an emulator a thousand */

static bool is_executed(void)
{
	bool is = false;

	for (uint32_t i = 0; i < TRIES && !is; i++) {
		uint64_t start = rdtsc();
		uint32_t left = LOOPS;

		__asm__ volatile("1:\n\tdecl %0\n\tjnz 1b" : "+r"(left));
		is = rdtsc() - start < SLOW;
	}
	return is;
}

bool sha256_ni_works(uint32_t features)
{
	const uint32_t edx = CPUID_1_EDX_SSE2_FXSR | CPUID_1_EDX_TSC, ecx = CPUID_1_ECX_SSSE3 | CPUID_1_ECX_SSE4_1;

	return (features & edx) == edx && (cpuid(1, 0).ecx & ecx) == ecx && cpuid(0, 0).eax >= 7 &&
	       cpuid(7, 0).ebx & CPUID_7_EBX_SHA && is_executed();
}

NI static void add_block(v4si state[2], const uint8_t *data)
{
	v4si w[4], abef = state[0], cdgh = state[1];

	for (uint32_t i = 0; i < 16; i++) {
		v4si *wi = &w[i % 4], wk, before;

		if (i < 4) {
			*wi = (v4si)__builtin_ia32_pshufb128((v16qi)((const v4si_anywhere *)data)[i], swap_bytes);
		} else {
			before = w[(i - 1) % 4];
			*wi = SUM(__builtin_ia32_sha256msg1(*wi, w[(i - 3) % 4]), SHIFTED(before, w[(i - 2) % 4]));
			*wi = __builtin_ia32_sha256msg2(*wi, before);
		}
		wk = SUM(*wi, ((const v4si_anywhere *)sha256_k)[i]);
		cdgh = __builtin_ia32_sha256rnds2(cdgh, abef, wk);
		wk = __builtin_shufflevector(wk, wk, 2, 3, 0, 0);
		abef = __builtin_ia32_sha256rnds2(abef, cdgh, wk);
	}
	state[0] = SUM(state[0], abef);
	state[1] = SUM(state[1], cdgh);
}

NI void sha256_ni_blocks(struct sha256 *hash, const uint8_t *data, uint32_t blocks)
{
	const uint32_t *h = hash->word;
	v4si state[2] = { { (int)h[5], (int)h[4], (int)h[1], (int)h[0] }, { (int)h[7], (int)h[6], (int)h[3], (int)h[2] } };

	for (; blocks; blocks--, data += SHA256_BLOCK)
		add_block(state, data);
	*hash = (struct sha256){ {
		(uint32_t)state[0][3], (uint32_t)state[0][2], (uint32_t)state[1][3], (uint32_t)state[1][2],
		(uint32_t)state[0][1], (uint32_t)state[0][0], (uint32_t)state[1][1], (uint32_t)state[1][0] } };
}
