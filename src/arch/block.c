/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/block.c: copying, filling and comparing with the string instructions, which every CPU has. Four
 * bytes at a time where much is copied or filled; singly where little is.
 */
#include <stdint.h>
#include "lib/string.h"

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
	void *d = to;
	size_t words = len / 4, bytes = len % 4;

	__asm__ volatile("rep movsl" : "+D"(d), "+S"(from), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(bytes) : : "memory");
	return to;
}

/* Rows of small tables: downwards from the last byte where the other way would overwrite what comes. */
void *memmove(void *to, const void *from, size_t len)
{
	char *d = (char *)to + len - 1;
	const char *s = (const char *)from + len - 1;

	if ((uintptr_t)to - (uintptr_t)from >= len)
		return memcpy(to, from, len);
	__asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(d), "+S"(s), "+c"(len) : : "memory");
	return to;
}

void *memset(void *to, int byte, size_t len)
{
	void *d = to;
	unsigned int value = (unsigned char)byte * 0x01010101u;
	size_t words = len / 4, bytes = len % 4;

	__asm__ volatile("rep stosl" : "+D"(d), "+c"(words) : "a"(value) : "memory");
	if (bytes)
		__asm__ volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(value) : "memory");
	return to;
}

/* Of no bytes the flags stay as XOR leaves them: equal. */
int memcmp(const void *a, const void *b, size_t len)
{
	int order;	/* 1: above, and 1 less if below */

	__asm__ volatile("xorl %%eax, %%eax\n\trepe cmpsb\n\tseta %%al\n\tsbbl $0, %%eax"
			 : "=&a"(order), "+S"(a), "+D"(b), "+c"(len) : : "memory", "cc");
	return order;
}
