/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/arch/block_test.c: the block operations of the firmware, under names of their own, against
 * loops over bytes: every length and alignment, every overlap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void *block_memcpy(void *restrict to, const void *restrict from, size_t len);
void *block_memmove(void *to, const void *from, size_t len);
void *block_memset(void *to, int byte, size_t len);
int block_memcmp(const void *a, const void *b, size_t len);

#include "arch/words.h"

#define memcpy block_memcpy
#define memmove block_memmove
#define memset block_memset
#define memcmp block_memcmp
#include "arch/block.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

#define SIZE 96u

static uint8_t was[SIZE], is[SIZE], want[SIZE];

static void fresh(void)
{
	for (uint32_t i = 0; i < SIZE; i++)
		was[i] = is[i] = want[i] = (uint8_t)(i * 37 + 11);
}

static void all_is_as_wanted(void)
{
	for (uint32_t i = 0; i < SIZE; i++)
		assert_int_equal(is[i], want[i]);
}

static void copies_are_whole_and_no_more(void **state __attribute__((unused)))
{
	for (uint32_t len = 0; len < 40; len++)
		for (uint32_t from = 0; from < 8; from++)
			for (uint32_t to = 48; to < 56; to++) {
				fresh();
				for (uint32_t i = 0; i < len; i++)
					want[to + i] = was[from + i];
				assert_ptr_equal(block_memcpy(is + to, is + from, len), is + to);
				all_is_as_wanted();
			}
}

static void moves_may_overlap_either_way(void **state __attribute__((unused)))
{
	for (uint32_t len = 0; len < 40; len++)
		for (uint32_t from = 0; from < 48; from++)
			for (uint32_t to = 0; to < 48; to++) {
				fresh();
				for (uint32_t i = 0; i < len; i++)
					want[to + i] = was[from + i];
				assert_ptr_equal(block_memmove(is + to, is + from, len), is + to);
				all_is_as_wanted();
			}
}

static void fills_are_whole_and_no_more(void **state __attribute__((unused)))
{
	for (uint32_t len = 0; len < 40; len++)
		for (uint32_t to = 0; to < 8; to++)
			for (int byte = -1; byte < 0x300; byte += 77) {
				fresh();
				for (uint32_t i = 0; i < len; i++)
					want[to + i] = (uint8_t)byte;
				assert_ptr_equal(block_memset(is + to, byte, len), is + to);
				all_is_as_wanted();
			}
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void the_first_byte_that_differs_decides(void **state __attribute__((unused)))
{
	uint8_t *a = malloc(40), *b = malloc(40);	/* a byte read too many is seen */

	for (uint32_t len = 0; len <= 40; len++) {
		uint8_t *x = a + 40 - len, *y = b + 40 - len;

		memset(a, 0x7f, 40);
		memset(b, 0x7f, 40);
		assert_int_equal(block_memcmp(x, y, len), 0);
		for (uint32_t first = 0; first < len; first++) {
			x[first] = 0x80;		/* bytes are unsigned */
			y[first] = 0x7f;
			if (first + 1 < len)
				y[first + 1] = 0xff;	/* what comes behind does not count */
			assert_int_equal(sign(block_memcmp(x, y, len)), 1);
			assert_int_equal(sign(block_memcmp(y, x, len)), -1);
			assert_int_equal(block_memcmp(x, y, first), 0);
			memset(a, 0x7f, 40);
			memset(b, 0x7f, 40);
		}
	}
	free(a);
	free(b);
}

static void words_are_counted_up_to_the_first_that_differs(void **state)
{
	uint32_t a[20], b[20];

	(void)state;
	for (size_t count = 0; count < 16; count++)
		for (size_t at = 0; at < 18; at++) {
			memset(a, 0, sizeof(a));
			memset(b, 0, sizeof(b));
			a[at] = 0x00100000;
			assert_int_equal(words_zero(a, count), at < count ? at : count);
			assert_int_equal(words_alike(a, b, count), at < count ? at : count);
			b[at] = a[at];
			assert_int_equal(words_alike(a, b, count), count);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_whole_and_no_more),
		cmocka_unit_test(moves_may_overlap_either_way),
		cmocka_unit_test(fills_are_whole_and_no_more),
		cmocka_unit_test(the_first_byte_that_differs_decides),
		cmocka_unit_test(words_are_counted_up_to_the_first_that_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
