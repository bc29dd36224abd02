/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/parallel_test.c: INT 17h on a printer that prints, is busy, or never answers.
 * LINK: src/services/parallel.c tests/fake/io.c tests/fake/timer.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "lib/bits.h"
#include "services/parallel.h"
#include "std/bda.h"

#define PORT	0x378

static struct regs r;
static struct {
	uint8_t data, status, control, printed;
	uint32_t prints, resets, busy;	/* looks until it is ready */
	bool slow;			/* after a byte: busy, acknowledged, ready, a look each; else ready at once */
	uint8_t after;
} printer;

static uint32_t printer_in(void *opaque, uint16_t port, unsigned int width)
{
	static const uint8_t states[] = { 0, 0xd8, 0x18, 0x58 };

	(void)opaque;
	assert_int_equal(width, 1);
	if (port == PORT + 2)
		return printer.control | 0xc0;
	assert_int_equal(port, PORT + 1);
	if (printer.after > 1)
		return states[printer.after--];
	if (printer.busy)
		return printer.busy--, printer.status & ~0x80;
	return printer.status;
}

static void printer_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	uint8_t rises = (uint8_t)value & ~printer.control;

	(void)opaque;
	assert_int_equal(width, 1);
	if (port == PORT) {
		printer.data = (uint8_t)value;
		return;
	}
	assert_int_equal(port, PORT + 2);
	printer.control = (uint8_t)value;
	if (rises & 1) {
		printer.prints++;
		printer.printed = printer.data;
		printer.after = printer.slow ? 3 : 0;
	}
	printer.resets += (rises & 4) >> 2;
}

static struct bda *bda(void)
{
	return phys_to_ptr(0x400);
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	fake_log_reset();
	fake_timer_reset();
	fake_ram_reset(1 << 20);
	memset(&printer, 0, sizeof(printer));
	printer.status = 0xd8;
	printer.control = 0x0c;
	fake_io_add(PORT, PORT + 2, printer_in, printer_out, NULL);
	bda()->lpt[1] = PORT;
	bda()->lpt_timeout[1] = 20;
	return 0;
}

static uint16_t call(uint16_t ax, uint16_t dx, bool carry)
{
	r = (struct regs){ .flags = carry ? FLAGS_FIXED : FLAGS_FIXED | FLAGS_CF, .eax = 0x11110000u | ax, .edx = 0x44440000u | dx };
	parallel_service(&r);
	assert_int_equal(r.flags, carry ? FLAGS_FIXED | FLAGS_CF : FLAGS_FIXED);
	assert_int_equal(r.eax >> 16, 0x1111);
	return r.ax;
}

static void ports_that_are_not_there_and_functions_that_are_none(void **state)
{
	static const uint16_t dx[] = { 0, 2, 3, 4, 0x0101, 0xffff };

	(void)state;
	bda()->ebda_segment = 0x9fc0;	/* behind the list */
	for (uint16_t f = 0; f < 3; f++)
		for (size_t i = 0; i < ARRAY_SIZE(dx); i++)
			assert_int_equal(call((uint16_t)(f << 8 | 0x77), dx[i], true), f << 8 | 0x77);
	for (uint16_t f = 3; f < 256; f++)
		assert_int_equal(call((uint16_t)(f << 8 | 0x77), 1, true), f << 8 | 0x77);
	assert_int_equal(fake_io_accesses(), 0);
}

static void a_byte_is_printed_and_acknowledged(void **state)
{
	(void)state;
	printer.slow = true;
	printer.busy = 2;
	assert_int_equal(call(0x0050, 1, false), 0x5050);
	assert_int_equal(printer.prints, 1);
	assert_int_equal(printer.printed, 'P');
	assert_int_equal(printer.control & 1, 0);
	assert_int_equal(printer.busy, 0);
}

static void an_acknowledgement_that_is_over_is_not_waited_for(void **state)
{
	(void)state;
	assert_int_equal(call(0x0050, 1, false), 0x9050);
	assert_int_equal(printer.prints, 1);
	assert_int_equal(fake_timer_expired, 0);
}

static void a_busy_printer_times_out(void **state)
{
	(void)state;
	printer.busy = 1000000;
	assert_int_equal(call(0x0050, 1, false), 0x1150);
	assert_int_equal(printer.prints, 0);
	assert_int_equal(fake_timer_expired, 1);
	assert_int_equal(fake_log_lines(), 0);
	bda()->lpt_timeout[1] = 0;
	printer.busy = 10;
	assert_int_equal(call(0x0050, 1, false), 0x1150);
	assert_int_equal(printer.busy, 9);
}

static void it_is_reset(void **state)
{
	(void)state;
	assert_int_equal(call(0x0177, 1, false), 0x9077);
	assert_int_equal(printer.resets, 1);
	assert_int_equal(printer.control & 0x0f, 0x0c);
	assert_in_range(fake_timer_delayed_us, 50, 1000);
}

static void the_state_is_read(void **state)
{
	(void)state;
	printer.status = 0xf1;
	assert_int_equal(call(0x0277, 1, false), 0xb977);
	assert_int_equal(fake_io_accesses(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ports_that_are_not_there_and_functions_that_are_none, set_up),
		cmocka_unit_test_setup(a_byte_is_printed_and_acknowledged, set_up),
		cmocka_unit_test_setup(an_acknowledgement_that_is_over_is_not_waited_for, set_up),
		cmocka_unit_test_setup(a_busy_printer_times_out, set_up),
		cmocka_unit_test_setup(it_is_reset, set_up),
		cmocka_unit_test_setup(the_state_is_read, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
