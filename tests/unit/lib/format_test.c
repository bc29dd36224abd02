/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/lib/format_test.c: formatting agrees with the C library's, and never overruns.
 * LINK: src/lib/format.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "lib/format.h"

static const char *strings[] = { "", "abc", "a longer string" };

static const char *string(uint32_t word)
{
	return strings[word];
}

static void numbers_are_formatted_as_printf_does(void **state)
{
	static const char *const formats[] = {
		"%u", "%d", "%i", "%x", "%X", "%o", "%8u", "%-8u|", "%08x", "%08d", "%3d", "%-3d|",
		"%02x", "%010u", "a%ub", "%hhu", "%hx",
	};
	static const uint32_t values[] = {
		0, 1, 7, 8, 9, 10, 255, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, 123456789,
	};
	char want[64], got[64];

	(void)state;
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++)
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			const char *h = strchr(formats[f], 'h');
			char plain[16];

			/* Length modifiers below int change nothing: arguments are words. */
			strcpy(plain, formats[f]);
			if (h)
				memmove(plain + (h - formats[f]), h + strspn(h, "h"),
					strlen(h + strspn(h, "h")) + 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(want, sizeof(want), plain, values[v]);
#pragma GCC diagnostic pop
			assert_int_equal(format_words(got, sizeof(got), formats[f], &values[v], 1,
						      string), strlen(want));
			assert_string_equal(got, want);
		}
}

static void long_long_takes_two_words(void **state)
{
	static const uint64_t values[] = {
		0, 1, 0xffffffff, 0x100000000, 0x123456789abcdef0, 0x7fffffffffffffff,
		0x8000000000000000, 0xffffffffffffffff, 10000000000000000000u,
	};
	char want[64], got[64];

	(void)state;
	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
		uint32_t word[3] = { (uint32_t)values[v], (uint32_t)(values[v] >> 32), 42 };
		unsigned long long value = values[v];

		snprintf(want, sizeof(want), "%llu %u", value, 42);
		format_words(got, sizeof(got), "%llu %u", word, 3, string);
		assert_string_equal(got, want);
		snprintf(want, sizeof(want), "%lld %016llx", (long long)value, value);
		format_words(got, sizeof(got), "%lld %016llx", (uint32_t[]){ word[0], word[1], word[0],
			     word[1] }, 4, string);
		assert_string_equal(got, want);
	}
}

static void strings_and_characters_are_padded(void **state)
{
	uint32_t word[] = { 1, 2, 'x', 0 };
	char got[64];

	(void)state;
	format_words(got, sizeof(got), "[%s][%20s][%c][%s]%%", word, 4, string);
	assert_string_equal(got, "[abc][     a longer string][x][]%");
	format_words(got, sizeof(got), "[%-5s]", word, 1, string);
	assert_string_equal(got, "[abc  ]");
}

static void missing_words_read_as_zero(void **state)
{
	char got[32];

	(void)state;
	format_words(got, sizeof(got), "%u %x %llu", NULL, 0, string);
	assert_string_equal(got, "0 0 0");
}

static void unknown_conversions_are_copied(void **state)
{
	char got[32];

	(void)state;
	format_words(got, sizeof(got), "%q %", NULL, 0, string);
	assert_string_equal(got, "%q %");
}

static void every_size_of_buffer_is_respected(void **state)
{
	const uint32_t word[] = { 123456, 2, 0xfff };
	const char *const whole = "n 0000123456 a longer string  fff";
	char got[64];

	(void)state;
	for (size_t size = 1; size < sizeof(got); size++) {
		memset(got, '#', sizeof(got));
		size_t len = format_words(got, size, "n %010u %s %4x", word, 3, string);

		assert_true(len < size);
		assert_int_equal(len, strlen(whole) < size ? strlen(whole) : size - 1);
		assert_memory_equal(got, whole, len);
		assert_int_equal(got[len], 0);
		for (size_t i = size; i < sizeof(got); i++)
			assert_int_equal(got[i], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_formatted_as_printf_does),
		cmocka_unit_test(long_long_takes_two_words),
		cmocka_unit_test(strings_and_characters_are_padded),
		cmocka_unit_test(missing_words_read_as_zero),
		cmocka_unit_test(unknown_conversions_are_copied),
		cmocka_unit_test(every_size_of_buffer_is_respected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
