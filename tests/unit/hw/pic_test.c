/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pic_test.c: what the interrupt controllers are told.
 * LINK: src/hw/pic.c tests/fake/io.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/io.h"
#include "hw/pic.h"

static uint8_t mask[2];

static void write_mask(void *pic, uint16_t port, unsigned int width, uint32_t value)
{
	(void)port;
	assert_int_equal(width, 1);
	*(uint8_t *)pic = (uint8_t)value;
}

static void all_lines_are_masked_by_two_writes(void **state)
{
	(void)state;
	fake_io_reset();
	fake_io_add(0x21, 0x21, NULL, write_mask, &mask[0]);
	fake_io_add(0xa1, 0xa1, NULL, write_mask, &mask[1]);
	pic_mask_all();
	assert_int_equal(mask[0], 0xff);
	assert_int_equal(mask[1], 0xff);
	assert_int_equal(fake_io_accesses(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lines_are_masked_by_two_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
