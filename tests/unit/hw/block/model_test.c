/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/model_test.c: what drives call themselves.
 * LINK: src/hw/block/model.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "hw/block/model.h"

static void names_are_made_fit_to_be_shown(void **state)
{
	static const struct { const char *bytes, *name; uint32_t swap; } rows[] = {
		{ "QEMU HARDDISK   ", "QEMU HARDDISK", 0 }, { "  two  blanks    ", "two  blanks", 0 },
		{ "EQUMH RADDSI K  ", "QEMU HARDDISK", 1 }, { "0123456789abcdef", "0123456789abcdef", 0 },
		{ "                ", "", 0 }, { "a\n\x7f\x80\xff           ", "a????", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char to[18] = "-----------------";

		assert_int_equal(model_copy(to, (const uint8_t *)rows[i].bytes, 16, rows[i].swap), strlen(rows[i].name));
		assert_string_equal(to, rows[i].name);
		assert_int_equal(to[17], 0);
	}
	assert_int_equal(model_copy((char[17]){ 0 }, (const uint8_t[16]){ 0 }, 16, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_made_fit_to_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
