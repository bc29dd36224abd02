/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/uart_test.c: the serial port is found, set up, and given up when it stalls.
 * LINK: src/hw/uart.c src/hw/debug_port.c tests/fake/io.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/timer.h"
#include "hw/debug_port.h"
#include "hw/uart.h"

static uint8_t reg[8], divisor;
static char sent[64];
static uint32_t sent_len, busy_looks;

static uint32_t uart_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert_int_equal(width, 1);
	if (port == 0x3fd)
		return busy_looks ? busy_looks--, 0 : 0x20;
	return reg[port - 0x3f8];
}

static void uart_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	if (port == 0x3f8 && reg[3] & 0x80)
		divisor = (uint8_t)value;
	else if (port == 0x3f8)
		sent[sent_len++] = (char)value;
	reg[port - 0x3f8] = (uint8_t)value;
}

static int setup(void **state)
{
	(void)state;
	fake_io_reset();
	memset(reg, 0, sizeof(reg));
	sent_len = busy_looks = 0;
	fake_io_add(0x3f8, 0x3ff, uart_in, uart_out, NULL);
	return 0;
}

static void an_empty_port_is_no_uart(void **state)
{
	(void)state;
	fake_io_reset();
	assert_false(uart_init());
}

static void it_is_set_to_115200_8n1(void **state)
{
	(void)state;
	assert_true(uart_init());
	assert_int_equal(divisor, 1);
	assert_int_equal(reg[3], 0x03);
}

static void newlines_get_a_carriage_return(void **state)
{
	(void)state;
	assert_true(uart_init());
	busy_looks = 3;
	uart_write("a\nb", 3);
	assert_int_equal(sent_len, 4);
	assert_memory_equal(sent, "a\r\nb", 4);
}

static void a_stalled_transmitter_ends_the_output(void **state)
{
	(void)state;
	assert_true(uart_init());
	busy_looks = 0xffffffff;
	uart_write("abc", 3);
	assert_int_equal(sent_len, 0);
}

static uint32_t answer;

static uint32_t debug_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)port, (void)width;
	return answer;
}

static void the_debug_port_is_there_when_it_answers(void **state)
{
	(void)state;
	assert_false(debug_port_present());
	fake_io_add(0x402, 0x402, debug_in, NULL, NULL);
	answer = 0xe9;
	assert_true(debug_port_present());
	answer = 0;
	assert_false(debug_port_present());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_port_is_no_uart, setup),
		cmocka_unit_test_setup(it_is_set_to_115200_8n1, setup),
		cmocka_unit_test_setup(newlines_get_a_carriage_return, setup),
		cmocka_unit_test_setup(a_stalled_transmitter_ends_the_output, setup),
		cmocka_unit_test_setup(the_debug_port_is_there_when_it_answers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
