/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/memory.c: what the compiler and everyone needs, and Adler-32.
 */
#include "guest.h"

void *memcpy(void *to, const void *from, size_t n)
{
	void *out = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	return out;
}

void *memset(void *to, int value, size_t n)
{
	void *out = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(value) : "memory");
	return out;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (size_t i = 0; i < n; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

uint8_t sum8(const void *p, uint32_t n)
{
	const uint8_t *b = p;
	uint8_t sum = 0;

	while (n--)
		sum += *b++;
	return sum;
}

uint32_t adler32(uint32_t start, const void *p, uint32_t n)
{
	uint32_t a = start & 0xffff, b = start >> 16;
	const uint8_t *byte = p;

	while (n) {
		uint32_t part = n < 5552 ? n : 5552;	/* as much as 32 bits hold without a modulo */

		n -= part;
		while (part--) {
			a += *byte++;
			b += a;
		}
		a %= 65521;
		b %= 65521;
	}
	return b << 16 | a;
}
