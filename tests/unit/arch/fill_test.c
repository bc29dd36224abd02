/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/arch/fill_test.c: exactly the bytes that were named are filled, with SSE2 and without.
 * LINK: src/arch/fill.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/fill.h"
#include "arch/sse.h"

bool sse2_works;

static void zeros_and_nothing_beside_them(void **state)
{
	uint8_t memory[512], want[512];

	(void)state;
	for (int sse = 0; sse < 2; sse++)
		for (size_t from = 0; from < 20; from++)
			for (size_t len = 0; len < 400; len += len < 140 ? 1 : 37) {
				sse2_works = sse;
				memset(memory, 0x5a, sizeof(memory));
				memset(want, 0x5a, sizeof(want));
				memset(want + from, 0, len);
				zero_large(memory + from, len);
				assert_memory_equal(memory, want, sizeof(memory));
				assert_int_equal(sse_depth, 0);
			}
	assert_true(sse_opened > 0);
}

static void words_are_repeated(void **state)
{
	uint32_t memory[8] = { 0 };

	(void)state;
	fill32(memory + 1, 0xf000ff53, 6);
	assert_int_equal(memory[0] | memory[7], 0);
	for (int i = 1; i < 7; i++)
		assert_int_equal(memory[i], 0xf000ff53);
	fill32(memory, 1, 0);
	assert_int_equal(memory[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeros_and_nothing_beside_them),
		cmocka_unit_test(words_are_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
