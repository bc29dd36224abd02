/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/format.c: see format.h.
 */
#include <stdbool.h>
#include "lib/format.h"

struct out {
	char *at, *end;		/* end: the place of the NUL at the latest */
};

static void put(struct out *o, char c)
{
	if (o->at < o->end)
		*o->at++ = c;
}

static void put_padded(struct out *o, const char *text, uint32_t len, uint32_t width, bool left,
		       char pad)
{
	uint32_t fill = width > len ? width - len : 0;

	if (!left)
		for (; fill; fill--)
			put(o, pad);
	while (len--)
		put(o, *text++);
	for (; fill; fill--)
		put(o, ' ');
}

/* Divide in place by a small number, 16 bits at a time: there is no 64-bit division here. */
static uint32_t divide(uint64_t *value, uint32_t by)
{
	uint64_t quotient = 0;
	uint32_t rest = 0;

	for (int shift = 48; shift >= 0; shift -= 16) {
		uint32_t part = rest << 16 | (uint32_t)(*value >> shift & 0xffff);

		quotient = quotient << 16 | part / by;
		rest = part % by;
	}
	*value = quotient;
	return rest;
}

static uint32_t number(char *text_end, uint64_t value, uint32_t base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char *at = text_end;

	do
		*--at = digits[divide(&value, base)];
	while (value);
	return (uint32_t)(text_end - at);
}

static uint32_t length(const char *s)
{
	uint32_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* One conversion, after the '%'. Returns the format behind it. */
struct args {
	const uint32_t *word;
	uint32_t left;
};

static uint32_t take(struct args *a)
{
	if (!a->left)
		return 0;
	a->left--;
	return *a->word++;
}

static const char *convert(struct out *o, const char *f, struct args *a, format_string_fn string)
{
	const char *start = f;
	bool left = false, zero = false, sign = false;
	uint32_t width = 0, longs = 0, base = 10, len;
	char text[24], *end = text + sizeof(text), c;
	uint64_t value;

	for (; *f == '-' || *f == '0'; f++)
		if (*f == '-')
			left = true;
		else
			zero = true;
	for (; *f >= '0' && *f <= '9'; f++)
		width = width < 100 ? width * 10 + (uint32_t)(*f - '0') : width;
	for (; *f == 'l' || *f == 'h' || *f == 'z'; f++)
		longs += *f == 'l';

	switch (*f) {
	case 's': {
		const char *s = string(take(a));

		put_padded(o, s, length(s), width, left, ' ');
		return f + 1;
	}
	case 'c':
		c = (char)take(a);
		put_padded(o, &c, 1, width, left, ' ');
		return f + 1;
	case '%':
		put(o, '%');
		return f + 1;
	case 'd':
	case 'i':
		sign = true;
		break;
	case 'u':
		break;
	case 'x':
	case 'X':
	case 'p':
		base = 16;
		break;
	case 'o':
		base = 8;
		break;
	default:
		put(o, '%');
		return start;
	}
	value = take(a);
	if (longs >= 2)
		value |= (uint64_t)take(a) << 32;
	else if (sign)
		value = (uint64_t)(int64_t)(int32_t)value;
	if (sign && (int64_t)value < 0) {
		len = number(end, -value, base, false);
		*(end - ++len) = '-';
	} else {
		len = number(end, value, base, *f == 'X');
	}
	if (zero && !left && end[-(int)len] == '-') {
		put(o, '-');
		len--;
		width = width ? width - 1 : 0;
	}
	put_padded(o, end - len, len, width, left, zero && !left ? '0' : ' ');
	return f + 1;
}

size_t format_words(char *out, size_t size, const char *format, const uint32_t *word,
		    uint32_t words, format_string_fn string)
{
	struct out o = { out, out + size - 1 };
	struct args a = { word, words };

	while (*format)
		if (*format == '%')
			format = convert(&o, format + 1, &a, string);
		else
			put(&o, *format++);
	*o.at = 0;
	return (size_t)(o.at - out);
}
