/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/arch/zero_page_test.c: exactly 4 KiB become zero, by either way.
 * LINK: src/arch/zero_page.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/sse.h"
#include "arch/zero_page.h"

static void exactly_a_page_is_zeroed(void **state)
{
	static uint8_t memory[3 * 4096];

	(void)state;
	for (unsigned int way = 0; way < 2; way++)
		for (unsigned int offset = 4000; offset < 4100; offset++) {
			memset(memory, 0xa5, sizeof(memory));
			zero_page(memory + offset, way);
			for (unsigned int i = 0; i < sizeof(memory); i++)
				assert_int_equal(memory[i],
						 i >= offset && i < offset + 4096 ? 0 : 0xa5);
		}
	assert_int_equal(sse_opened, 100);
	assert_int_equal(sse_depth, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_a_page_is_zeroed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
