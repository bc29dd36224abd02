/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/report.c: TAP on the first serial port.
 */
#include <stdarg.h>
#include "guest.h"

#define COM1 0x3f8
static uint32_t checks, failures;

static void put(char c)
{
	if (c == '\n')
		put('\r');
	for (uint32_t i = 0; i < 100000 && !(inb(COM1 + 5) & 0x20); i++)
		;
	outb(c, COM1);
}

static void number(uint64_t value, uint32_t base, int width, char fill)
{
	char text[24];
	int n = 0;

	if (base == 10 && value >> 32) {	/* no 64-bit division here */
		print("0x");
		base = 16;
	}
	do {
		uint32_t digit = base == 16 ? (uint32_t)value & 15 : (uint32_t)value % base;

		text[n++] = "0123456789abcdef"[digit];
		value = base == 16 ? value >> 4 : (uint32_t)value / base;
	} while (value);
	while (width-- > n)
		put(fill);
	while (n)
		put(text[--n]);
}

/* %s %c %d %u %x, with 0, a width, and ll. */
static void vprint(const char *f, va_list args)
{
	for (; *f; f++) {
		int width = 0, longs = 0;
		char fill = ' ';

		if (*f != '%') {
			put(*f);
			continue;
		}
		if (*++f == '0') {
			fill = '0';
			f++;
		}
		for (; *f >= '0' && *f <= '9'; f++)
			width = width * 10 + *f - '0';
		for (; *f == 'l'; f++)
			longs++;
		if (*f == 's') {
			for (const char *s = va_arg(args, const char *); *s; s++)
				put(*s);
		} else if (*f == 'c') {
			put(va_arg(args, int));
		} else if (*f == 'd' || *f == 'u' || *f == 'x') {
			number(longs == 2 ? va_arg(args, uint64_t) : va_arg(args, uint32_t),
			       *f == 'x' ? 16 : 10, width, fill);
		} else {
			put(*f);
		}
	}
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprint(format, args);
	va_end(args);
}

int check(int good, const char *format, ...)
{
	va_list args;

	checks++;
	failures += !good;
	print("%s %d - ", good ? "ok" : "not ok", checks);
	va_start(args, format);
	vprint(format, args);
	va_end(args);
	put('\n');
	return good;
}

void fact(const char *format, ...)
{
	va_list args;

	print("# fact ");
	va_start(args, format);
	vprint(format, args);
	va_end(args);
	put('\n');
}

void dump(const char *name, const void *p, uint32_t n)
{
	const uint8_t *b = p;

	print("# dump %s %08x", name, (uint32_t)(uintptr_t)p);
	for (uint32_t i = 0; i < n; i++) {
		if (i % 64 == 0)
			print("\n# hex ");
		print("%02x", b[i]);
	}
	put('\n');
}

uint32_t report_end(void)
{
	print("1..%d\n# checks: %d passed, %d failed\n", checks, checks - failures, failures);
	return failures;
}
