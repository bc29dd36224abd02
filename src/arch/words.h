/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/words.h: look through memory a word of 32 bits at a time, or a byte, by the string instructions.
 */
#ifndef ARCH_WORDS_H
#define ARCH_WORDS_H

#include <stddef.h>
#include <stdint.h>

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

/* Of count bytes, how many are others than byte from the start on. */
static inline size_t bytes_other(const void *p, uint8_t byte, size_t count)
{
	size_t left = count;
	unsigned char found;

	/* Of none the flags are those of the comparison. */
	__asm__ volatile("cmpl $1, %%ecx\n\trepne scasb\n\tsete %0"
			 : "=q"(found), "+D"(p), "+c"(left) : "a"(byte) : "memory", "cc");
	return count - left - found;
}

#endif
