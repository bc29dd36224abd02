/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/cmos_test.c: register order, byte order, and a machine without the device.
 * LINK: src/hw/cmos.c tests/fake/cmos.c tests/fake/io.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/cmos.h"
#include "fake/io.h"
#include "hw/cmos.h"

static int fresh(void **state __attribute__((unused)))
{
	fake_io_reset();
	fake_cmos_add();
	return 0;
}

static void registers_are_read_and_written_in_two_accesses(void **state __attribute__((unused)))
{
	fake_cmos[0x0f] = 0xfe;
	assert_int_equal(cmos_read(0x0f), 0xfe);
	assert_int_equal(fake_io_accesses(), 2);
	cmos_write(0x0f, 0x05);
	assert_int_equal(fake_cmos[0x0f], 0x05);
	assert_int_equal(fake_io_accesses(), 4);
}

static void pairs_are_little_endian(void **state __attribute__((unused)))
{
	fake_cmos[0x34] = 0x34;
	fake_cmos[0x35] = 0x12;
	assert_int_equal(cmos_read16(0x34), 0x1234);
}

static void nmi_is_never_masked(void **state __attribute__((unused)))
{
	cmos_read(0x8f);
	cmos_write(0xff, 1);
	assert_false(fake_cmos_nmi_masked);
	assert_int_equal(fake_cmos[0x7f], 1);
}

static void without_an_rtc_all_reads_are_ones(void **state __attribute__((unused)))
{
	fake_io_reset();
	cmos_write(0x15, 0);
	assert_int_equal(cmos_read(0x15), 0xff);
	assert_int_equal(cmos_read16(0x30), 0xffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(registers_are_read_and_written_in_two_accesses, fresh),
		cmocka_unit_test_setup(pairs_are_little_endian, fresh),
		cmocka_unit_test_setup(nmi_is_never_masked, fresh),
		cmocka_unit_test_setup(without_an_rtc_all_reads_are_ones, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
