/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/apm_test.c: INT 15h AH=53h.
 * LINK: src/services/apm.c tests/fake/io.c tests/fake/timer.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/io.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "services/apm.h"

struct machine machine;

static struct regs r;
static uint32_t written, width;

static void pm1a_out(void *opaque, uint16_t port, unsigned int bytes, uint32_t value)
{
	(void)opaque;
	assert_int_equal(port, 0x604);
	width = bytes;
	written = value;
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	fake_io_add(0x604, 0x605, NULL, pm1a_out, NULL);
	machine.chipset = CHIPSET_Q35;
	written = width = 0;
	return 0;
}

/* Returns AX; carry must be as expected. */
static uint16_t call(uint8_t al, uint16_t bx, uint16_t cx, bool carry)
{
	r = (struct regs){ .flags = carry ? FLAGS_FIXED : FLAGS_FIXED | FLAGS_CF, .eax = 0x11115300u | al, .ebx = 0x22220000u | bx,
			   .ecx = 0x33330000u | cx, .edx = 0x4444dddd };
	apm_service(&r);
	assert_int_equal(r.flags, carry ? FLAGS_FIXED | FLAGS_CF : FLAGS_FIXED);
	assert_int_equal(r.eax >> 16, 0x1111);
	return r.ax;
}

static void it_is_there_for_real_mode_alone(void **state)
{
	(void)state;
	assert_int_equal(call(0x00, 0, 0xcccc, false), 0x0102);
	assert_int_equal(r.ebx, 0x2222504d);
	assert_int_equal(r.ecx, 0x33330000);
	assert_int_equal(call(0x01, 0, 0, false), 0x5301);
	assert_int_equal(call(0x02, 0, 0, true), 0x0602);
	assert_int_equal(call(0x03, 0, 0, true), 0x0803);
	assert_int_equal(call(0x0e, 0, 0x0101, false), 0x0102);
	assert_int_equal(call(0x04, 0, 0, false), 0x5304);
}

static void what_asks_for_nothing_changes_nothing(void **state)
{
	static const struct { uint8_t al; uint16_t bx, cx; } nothing[] = {
		{ 0x05, 0, 0 }, { 0x06, 0, 0 }, { 0x07, 1, 1 }, { 0x07, 1, 2 }, { 0x07, 0, 3 }, { 0x07, 0x0101, 3 }, { 0x07, 1, 0x0103 },
		{ 0x07, 1, 4 }, { 0x08, 1, 0 }, { 0x0f, 1, 1 }, { 0x10, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++) {
		assert_int_equal(call(nothing[i].al, nothing[i].bx, nothing[i].cx, false), 0x5300 | nothing[i].al);
		assert_int_equal(r.bx, nothing[i].bx);
		assert_int_equal(r.cx, nothing[i].cx);
		assert_int_equal(r.dx, 0xdddd);
	}
	assert_int_equal(fake_io_accesses(), 0);
}

static void the_mains_are_there_and_no_event(void **state)
{
	(void)state;
	call(0x0a, 1, 0, false);
	assert_int_equal(r.bx, 0x01ff);
	assert_int_equal(r.cx, 0x80ff);
	assert_int_equal(r.dx, 0xffff);
	assert_int_equal(call(0x0b, 0, 0, true), 0x800b);
	assert_int_equal(call(0x09, 1, 0, true), 0x0c09);
	assert_int_equal(call(0x11, 1, 0, true), 0x0c11);
	assert_int_equal(call(0xff, 1, 0, true), 0x0cff);
}

static void off_is_s5_and_its_return_an_error(void **state)
{
	(void)state;
	assert_int_equal(call(0x07, 1, 3, true), 0x6007);
	assert_int_equal(width, 2);
	assert_int_equal(written, 0x2000);
}

static void without_acpi_registers_nothing_is_written(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_NONE;
	assert_int_equal(call(0x07, 1, 3, true), 0x6007);
	assert_int_equal(fake_io_accesses(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_there_for_real_mode_alone, set_up),
		cmocka_unit_test_setup(what_asks_for_nothing_changes_nothing, set_up),
		cmocka_unit_test_setup(the_mains_are_there_and_no_event, set_up),
		cmocka_unit_test_setup(off_is_s5_and_its_return_an_error, set_up),
		cmocka_unit_test_setup(without_acpi_registers_nothing_is_written, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
