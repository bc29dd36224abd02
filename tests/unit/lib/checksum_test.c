/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/lib/checksum_test.c: both ways to sum against a byte loop.
 * LINK: src/lib/checksum.c src/arch/checksum_sse2.c src/fw/table_sum.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/checksum_sse2.h"
#include "arch/sse.h"
#include "fw/table_sum.h"
#include "lib/checksum.h"
#include "machine/machine.h"

#define SSE2_AND_FXSR (1u << 26 | 1u << 24)

struct machine machine;

static uint8_t slow_sum(const uint8_t *p, uint32_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum += *p++;
	return sum;
}

/* An exact allocation, so that a byte read too many is seen; offset bytes of it are skipped. */
static void check(uint32_t len, uint32_t offset, int fill)
{
	uint8_t *p = malloc(len + offset), want;

	for (uint32_t i = 0; i < len + offset; i++)
		p[i] = fill < 0 ? rand() : fill;
	want = slow_sum(p + offset, len);
	assert_int_equal(checksum8(p + offset, len), want);
	if (len >= CHECKSUM_SSE2_MIN)
		assert_int_equal(checksum8_sse2(p + offset, len), want);
	assert_int_equal(table_sum(p + offset, len), want);
	free(p);
}

static void every_length_and_alignment_gives_the_sum(void **state __attribute__((unused)))
{
	machine.cpu_features = SSE2_AND_FXSR;
	for (uint32_t len = 0; len < 600; len++)
		for (uint32_t offset = 0; offset < 17; offset += len < 300 ? 1 : 5)
			check(len, offset, -1);
}

static void lanes_do_not_overflow_into_each_other(void **state __attribute__((unused)))
{
	static const uint32_t lengths[] = { 1020, 1024, 1028, 1032, 2047, 2048, 2049, 4096, 70000 };

	machine.cpu_features = SSE2_AND_FXSR;
	for (uint32_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		check(lengths[i], 0, 0xff);
		check(lengths[i], 3, 0xff);
		check(lengths[i], 1, -1);
	}
}

static void sse_is_opened_only_where_the_cpu_has_it_and_it_pays(void **state __attribute__((unused)))
{
	static const uint32_t without[] = { 0, 1u << 26, 1u << 24, ~SSE2_AND_FXSR };
	uint8_t bytes[256] = { 1, 2, 3 };

	sse_opened = sse_depth = 0;
	for (uint32_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		machine.cpu_features = without[i];
		assert_int_equal(table_sum(bytes, sizeof(bytes)), 6);
	}
	assert_int_equal(sse_opened, 0);
	machine.cpu_features = SSE2_AND_FXSR;
	assert_int_equal(table_sum(bytes, 31), 6);
	assert_int_equal(sse_opened, 0);
	assert_int_equal(table_sum(bytes, 32), 6);
	assert_int_equal(sse_opened, 1);
	assert_int_equal(sse_depth, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_and_alignment_gives_the_sum),
		cmocka_unit_test(lanes_do_not_overflow_into_each_other),
		cmocka_unit_test(sse_is_opened_only_where_the_cpu_has_it_and_it_pays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
