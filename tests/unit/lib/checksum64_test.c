/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/lib/checksum64_test.c: what is changed, exchanged, longer or shorter has another sum.
 * LINK: src/lib/checksum64.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "lib/checksum.h"

static void known_sums(void **state)
{
	static const uint8_t bytes[] = { 1, 0, 0, 0, 2, 0, 0, 0, 3, 4 };

	(void)state;
	assert_int_equal(checksum64(bytes, 0), 0x0000000100000001);
	assert_int_equal(checksum64(bytes, 4), 0x0000000400000002);	/* 2, and 2 again for the last word, which is 0 */
	assert_int_equal(checksum64(bytes, 8), 0x0000000a00000004);	/* 2 + 4, + 4 */
	assert_int_equal(checksum64(bytes, 9), 0x0000000d00000007);
	assert_int_equal(checksum64(bytes, 10), 0x0000040d00000407);
}

/* From memory of exactly that size, at every alignment: the address sanitizer looks as well. */
static void every_byte_and_length_counts(void **state)
{
	(void)state;
	for (uint32_t len = 0; len < 40; len++)
		for (uint32_t offset = 0; offset < 4; offset++) {
			uint8_t *p = malloc(len + offset);
			uint64_t sum;

			for (uint32_t i = 0; i < len + offset; i++)
				p[i] = (uint8_t)rand();
			sum = checksum64(p + offset, len);
			if (len)
				assert_true(checksum64(p + offset, len - 1) != sum || (p[offset + len - 1] == 0 && len % 4 != 0));
			for (uint32_t i = offset; i < len + offset; i++) {
				p[i] ^= 0x80;
				assert_true(checksum64(p + offset, len) != sum);
				p[i] ^= 0x80;
			}
			free(p);
		}
}

static void words_that_are_exchanged_or_moved_count(void **state)
{
	uint32_t words[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint64_t sum = checksum64(words, sizeof(words));

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		for (uint32_t k = i + 1; k < 8; k++) {
			uint32_t was = words[i];

			words[i] = words[k];
			words[k] = was;
			assert_true(checksum64(words, sizeof(words)) != sum);
			words[k] = words[i];
			words[i] = was;
		}
	memset(words, 0, sizeof(words));
	assert_true(checksum64(words, 8) != checksum64(words, 12));	/* zeros too */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_sums),
		cmocka_unit_test(every_byte_and_length_counts),
		cmocka_unit_test(words_that_are_exchanged_or_moved_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
