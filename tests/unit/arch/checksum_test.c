/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/arch/checksum_test.c: both ways to sum against a byte loop.
 * LINK: src/arch/checksum.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/sse.h"
#include "lib/checksum.h"

static uint8_t slow_sum(const uint8_t *p, uint32_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum += *p++;
	return sum;
}

/* An exact allocation, so that a byte read too many is seen; CHECKSUM_BEFORE + offset bytes of it are skipped. */
static void check(uint32_t len, uint32_t offset, int fill)
{
	uint8_t *p, want;

	offset += CHECKSUM_BEFORE;
	p = malloc(len + offset);

	for (uint32_t i = 0; i < len + offset; i++)
		p[i] = fill < 0 ? rand() : fill;
	want = slow_sum(p + offset, len);
	for (unsigned int way = 0; way < 2; way++) {
		sse2_works = way;
		assert_int_equal(checksum8(p + offset, len), want);
	}
	free(p);
}

static void every_length_and_alignment_gives_the_sum(void **state __attribute__((unused)))
{
	for (uint32_t len = 0; len < 600; len++)
		for (uint32_t offset = 0; offset < 17; offset += len < 300 ? 1 : 5)
			check(len, offset, -1);
}

static void lanes_do_not_overflow_into_each_other(void **state __attribute__((unused)))
{
	static const uint32_t lengths[] = { 1020, 1024, 1028, 1032, 2047, 2048, 2049, 4096, 70000 };

	for (uint32_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		check(lengths[i], 0, 0xff);
		check(lengths[i], 3, 0xff);
		check(lengths[i], 1, -1);
	}
}

static void sse_is_opened_only_where_it_works_and_closed_again(void **state __attribute__((unused)))
{
	uint8_t bytes[256] = { 1, 2, 3 };

	sse_opened = sse_depth = 0;
	sse2_works = false;
	assert_int_equal(checksum8(bytes, sizeof(bytes)), 6);
	assert_int_equal(sse_opened, 0);
	sse2_works = true;
	assert_int_equal(checksum8(bytes + 64, 15), 0);
	assert_int_equal(sse_opened, 1);
	assert_int_equal(checksum8(bytes, sizeof(bytes)), 6);
	assert_int_equal(sse_opened, 2);
	assert_int_equal(sse_depth, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_and_alignment_gives_the_sum),
		cmocka_unit_test(lanes_do_not_overflow_into_each_other),
		cmocka_unit_test(sse_is_opened_only_where_it_works_and_closed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
