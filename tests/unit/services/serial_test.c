/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/serial_test.c: INT 14h on a UART that answers, is busy, or is silent.
 * LINK: src/services/serial.c tests/fake/io.c tests/fake/timer.c tests/fake/ram.c tests/fake/log.c
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
#include "services/serial.h"
#include "services/serial_console.h"
#include "std/bda.h"

#define PORT	0x2f8

static struct regs r;
static uint16_t yielded;

void serial_console_yield(uint16_t port) { yielded = port; }
static struct {
	uint8_t reg[8], line, modem, received;
	uint16_t divisor;
	uint32_t busy, sent, silent;	/* looks until it has sent, bytes sent, looks until it has received */
	uint8_t last;
} uart;

static uint32_t uart_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert_int_equal(width, 1);
	switch (port - PORT) {
	case 0:
		return uart.received;
	case 5:
		if (uart.busy)
			return uart.busy--, uart.line & ~0x60;
		if (uart.silent)
			return uart.silent--, uart.line & ~0x01;
		return uart.line;
	case 6:
		return uart.modem;
	default:
		return uart.reg[port - PORT];
	}
}

static void uart_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	if (uart.reg[3] & 0x80 && port < PORT + 2) {
		((uint8_t *)&uart.divisor)[port - PORT] = (uint8_t)value;
	} else if (port == PORT) {
		uart.sent++;
		uart.last = (uint8_t)value;
	} else {
		uart.reg[port - PORT] = (uint8_t)value;
	}
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
	memset(&uart, 0, sizeof(uart));
	uart.line = 0x60;
	uart.modem = 0xb0;
	uart.reg[1] = 0x0f;
	fake_io_add(PORT, PORT + 7, uart_in, uart_out, NULL);
	bda()->com[1] = PORT;
	bda()->com_timeout[1] = 10;
	return 0;
}

/* AX afterwards; carry must be as expected. */
static uint16_t call(uint16_t ax, uint16_t dx, bool carry)
{
	r = (struct regs){ .flags = carry ? FLAGS_FIXED : FLAGS_FIXED | FLAGS_CF, .eax = 0x11110000u | ax, .edx = 0x44440000u | dx };
	serial_service(&r);
	assert_int_equal(r.flags, carry ? FLAGS_FIXED | FLAGS_CF : FLAGS_FIXED);
	assert_int_equal(r.eax >> 16, 0x1111);
	assert_int_equal(r.edx, 0x44440000u | dx);
	return r.ax;
}

static void ports_that_are_not_there_and_functions_that_are_none(void **state)
{
	static const uint16_t dx[] = { 0, 2, 3, 4, 5, 0x0101, 0x8001, 0xffff };

	(void)state;
	for (uint16_t f = 0; f < 4; f++)
		for (size_t i = 0; i < ARRAY_SIZE(dx); i++)
			assert_int_equal(call((uint16_t)(f << 8 | 0x77), dx[i], true), f << 8 | 0x77);
	for (uint16_t f = 4; f < 256; f++)
		assert_int_equal(call((uint16_t)(f << 8 | 0x77), 1, true), f << 8 | 0x77);
	assert_int_equal(fake_io_accesses(), 0);
}

static void who_uses_a_port_has_it(void **state)
{
	(void)state;
	for (uint8_t function = 0; function < 6; function++) {
		yielded = 0;
		r = (struct regs){ .ah = function, .dx = 1 };
		serial_service(&r);
		assert_int_equal(yielded, function < 3 ? PORT : 0);	/* the line's state is read by anybody */
	}
}

static void the_line_is_set(void **state)
{
	static const uint16_t divisor[] = { 1047, 768, 384, 192, 96, 48, 24, 12 };

	(void)state;
	for (uint16_t al = 0; al < 256; al++) {
		assert_int_equal(call(al, 1, false), 0x60b0);
		assert_int_equal(uart.divisor, divisor[al >> 5]);
		assert_int_equal(uart.reg[3], al & 0x1f);
		assert_int_equal(uart.reg[1], 0);
	}
	assert_int_equal(uart.sent, 0);
}

static void a_byte_is_sent_when_the_last_one_is_gone(void **state)
{
	(void)state;
	uart.busy = 5;
	assert_int_equal(call(0x0141, 1, false), 0x6041);
	assert_int_equal(uart.busy, 0);
	assert_int_equal(uart.sent, 1);
	assert_int_equal(uart.last, 'A');
}

static void a_byte_is_not_sent_when_it_takes_too_long(void **state)
{
	(void)state;
	uart.busy = 1000000;
	uart.line = 0xe0;	/* bit 7 is the UART's own as well */
	assert_int_equal(call(0x0141, 1, false), 0x8041);
	assert_int_equal(uart.sent, 0);
	assert_int_equal(fake_timer_expired, 1);
	assert_int_equal(fake_log_lines(), 0);	/* nothing is wrong */
}

static void a_time_out_of_0_is_one_look(void **state)
{
	(void)state;
	bda()->com_timeout[1] = 0;
	uart.busy = 10;
	assert_int_equal(call(0x0141, 1, false), 0x8041);
	assert_int_equal(uart.busy, 9);
	uart.busy = 0;
	assert_int_equal(call(0x0141, 1, false), 0x6041);
}

static void a_byte_is_received(void **state)
{
	(void)state;
	uart.silent = 3;
	uart.line = 0xe3;
	uart.received = 'z';
	assert_int_equal(call(0x0277, 1, false), 0x637a);
	assert_int_equal(uart.silent, 0);
	uart.silent = 1000000;
	assert_int_equal(call(0x0277, 1, false), 0xe277);
}

static void the_state_is_read(void **state)
{
	(void)state;
	uart.line = 0x61;
	assert_int_equal(call(0x0377, 1, false), 0x61b0);
	assert_int_equal(fake_io_accesses(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ports_that_are_not_there_and_functions_that_are_none, set_up),
		cmocka_unit_test_setup(who_uses_a_port_has_it, set_up),
		cmocka_unit_test_setup(the_line_is_set, set_up),
		cmocka_unit_test_setup(a_byte_is_sent_when_the_last_one_is_gone, set_up),
		cmocka_unit_test_setup(a_byte_is_not_sent_when_it_takes_too_long, set_up),
		cmocka_unit_test_setup(a_time_out_of_0_is_one_look, set_up),
		cmocka_unit_test_setup(a_byte_is_received, set_up),
		cmocka_unit_test_setup(the_state_is_read, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
