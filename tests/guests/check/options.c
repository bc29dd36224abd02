/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/options.c: words of the kernel command line. The last of two counts.
 */
#include "guest.h"

const char *cmdline;

/* The text behind name and, with value set, "="; NULL when there is no such word. */
static const char *find(const char *name, int value)
{
	size_t n = strlen(name);
	const char *found = NULL;

	for (const char *p = cmdline; *p;) {
		size_t word = 0;

		while (p[word] && p[word] != ' ')
			word++;
		if (word >= n && memcmp(p, name, n) == 0) {
			if (value && word > n && p[n] == '=')
				found = p + n + 1;
			else if (!value && word == n)
				found = p + n;
		}
		p += word;
		while (*p == ' ')
			p++;
	}
	return found;
}

int option(const char *name)
{
	return find(name, 0) != NULL;
}

uint32_t option_number(const char *name, uint32_t otherwise)
{
	const char *p = find(name, 1);
	uint32_t base = 10, value = 0;

	if (!p)
		return otherwise;
	if (p[0] == '0' && p[1] == 'x') {
		base = 16;
		p += 2;
	}
	for (; *p && *p != ' '; p++)
		value = value * base + (*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
	return value;
}

int option_is(const char *name, const char *value)
{
	const char *p = find(name, 1);
	size_t n = strlen(value);

	return p && memcmp(p, value, n) == 0 && (p[n] == 0 || p[n] == ' ');
}
