/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/block.c: copying, filling and comparing with the string instructions, four bytes at a time:
 * the fewest instructions per byte that every CPU from the 486 on has.
 */
#include "lib/string.h"

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
	void *d = to;
	size_t words = len / 4, bytes = len % 4;

	__asm__ volatile("rep movsl" : "+D"(d), "+S"(from), "+c"(words) : : "memory");
	if (bytes)
		__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(bytes) : : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t len)
{
	char *d = (char *)to + len;
	const char *s = (const char *)from + len;
	size_t words = len / 4, bytes = len % 4;

	if ((char *)to <= (const char *)from || (char *)to >= s)
		return memcpy(to, from, len);
	/* Downwards from the end: the odd bytes singly, then words. */
	while (bytes--)
		*--d = *--s;
	d -= 4;
	s -= 4;
	__asm__ volatile("std\n\trep movsl\n\tcld" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
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

int memcmp(const void *a, const void *b, size_t len)
{
	const unsigned char *x = a, *y = b;
	size_t words = len / 4, bytes = len % 4;
	unsigned char differ = 0;

	if (words)
		__asm__ volatile("repe cmpsl\n\tsetne %0"
				 : "=q"(differ), "+S"(x), "+D"(y), "+c"(words) : : "memory", "cc");
	if (differ) {		/* which byte of the last word? */
		x -= 4;
		y -= 4;
		bytes = 4;
	}
	for (; bytes; bytes--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
