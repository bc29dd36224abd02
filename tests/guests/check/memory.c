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

/*
 * A function of its own, so that all of the loop is in registers: where a boot loader has run code in what is this
 * kernel's stack now, each write there takes QEMU microseconds.
 */
static __attribute__((noinline)) void add_bytes(const uint8_t *p, const uint8_t *end, uint32_t sums[2])
{
	uint32_t a = sums[0], b = sums[1];

	for (; p != end; p++) {
		a += *p;
		b += a;
	}
	sums[0] = a % 65521;
	sums[1] = b % 65521;
}

uint32_t adler32(uint32_t start, const void *p, uint32_t n)
{
	uint32_t sums[2] = { start & 0xffff, start >> 16 };
	const uint8_t *byte = p;

	while (n) {
		uint32_t part = n < 5552 ? n : 5552;	/* as much as 32 bits hold without a modulo */

		add_bytes(byte, byte + part, sums);
		byte += part;
		n -= part;
	}
	return sums[1] << 16 | sums[0];
}
