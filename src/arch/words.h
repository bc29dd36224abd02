/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/words.h: look through memory a word of 32 bits at a time, by the string instructions.
 */
#ifndef ARCH_WORDS_H
#define ARCH_WORDS_H

#include <stddef.h>

/* Of count words, how many are the same in both from the start on. */
static inline size_t words_alike(const void *a, const void *b, size_t count)
{
	size_t left = count;
	unsigned char differ;

	__asm__ volatile("cmpl %%eax, %%eax\n\trepe cmpsl\n\tsetne %0"
			 : "=q"(differ), "+S"(a), "+D"(b), "+c"(left) : : "memory", "cc");
	return count - left - differ;
}

/* Of count words, how many are 0 from the start on. */
static inline size_t words_zero(const void *p, size_t count)
{
	size_t left = count;
	unsigned char differ;

	__asm__ volatile("cmpl %%eax, %%eax\n\trepe scasl\n\tsetne %0"
			 : "=q"(differ), "+D"(p), "+c"(left) : "a"(0) : "memory", "cc");
	return count - left - differ;
}

#endif
