/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/serial_console_test.c: where the serial console is wanted, what is believed of a port, and what
 * it is set to.
 * LINK: src/services/serial_console.c src/hw/uart.c tests/fake/fw_cfg_files.c tests/fake/io.c tests/fake/timer.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/real_call.h"
#include "fake/fw_cfg_files.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "rt16/serial_console.h"
#include "services/serial_console.h"
#include "std/bda.h"

#define PORT	0x3f8
#define OURS	FAR_POINTER(0xf000, 0xf065)
#define ROM	FAR_POINTER(0xc000, 0x0123)

char rt16_console_hook[1];
uint32_t rt16_console_next_at;
struct serial_console rt16_serial_console;
static const struct serial_console *const console = &rt16_serial_console;

static uint16_t nographic, divisor;
static uint32_t numbers;		/* reads of the item */
static uint8_t reg[8], stuck_at, stuck;	/* a register that keeps its value; 0xff: none does */
static uint32_t writes, divisor_writes;

uint16_t fw_cfg_le16(uint16_t key)
{
	assert_int_equal(key, FW_CFG_NOGRAPHIC);
	numbers++;
	return nographic;
}

int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *number)
{
	*number = 0;
	if (!item->size || item->size > 8 || item->size & (item->size - 1))
		return -EINVAL;
	return fw_cfg_read(item, 0, number, item->size);
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	uint32_t at = port & 7;

	(void)opaque;
	assert_int_equal(width, 1);
	assert_int_not_equal(at, 0);
	return at == stuck_at ? stuck : reg[at];
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	uint32_t at = port & 7;

	(void)opaque;
	assert_int_equal(width, 1);
	writes++;
	if (reg[3] & 0x80 && at < 2) {
		((uint8_t *)&divisor)[at] = (uint8_t)value;
		divisor_writes++;
	} else if (at == 2) {
		reg[2] = value & 1 ? 0xc1 : 0x01;
	} else if (at != 0) {
		reg[at] = (uint8_t)value;
	}
}

static void set_vector(uint32_t to)
{
	put_le32(fake_ram + 4 * 0x10, to);
}

static uint32_t vector(void)
{
	return get_le32(fake_ram + 4 * 0x10);
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(0x100000);
	fake_io_reset();
	fake_log_reset();
	fake_files_reset();
	fake_io_add(PORT, PORT + 7, in, out, NULL);
	memset(reg, 0, sizeof(reg));
	reg[5] = 0x60;
	reg[2] = 0x01;
	stuck_at = 0xff;
	nographic = divisor = 0;
	numbers = writes = divisor_writes = 0;
	memset(&rt16_serial_console, 0xee, sizeof(rt16_serial_console));
	rt16_console_next_at = 0;
	set_vector(OURS);
	((struct bda *)(fake_ram + 0x400))->ticks = 0x123456;
	return 0;
}

static uint8_t value[8];

static void ask_for(uint64_t port, uint32_t size)
{
	for (uint32_t i = 0; i < 8; i++)
		value[i] = (uint8_t)(port >> 8 * i);
	fake_files_add("etc/sercon-port", value, size);
}

static void nothing_is_done_where_nothing_is_wanted(void **state)
{
	(void)state;
	serial_console_init();
	assert_int_equal(console->port, 0);
	assert_false(console->alone);
	assert_int_equal(numbers, 1);
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(serial_console_vector(), 0);
	serial_console_take_back();
	serial_console_yield(PORT);
	serial_console_yield(0);
	assert_int_equal(fake_io_accesses(), 0);
	assert_false(fake_log_has("console"));
}

static void without_graphics_it_is_com1(void **state)
{
	(void)state;
	nographic = 1;
	serial_console_init();
	assert_int_equal(console->port, PORT);
	assert_true(console->alone && console->memory && console->begun);
	assert_int_equal(divisor, 1);
	assert_int_equal(reg[3], 3);
	assert_int_equal(reg[1], 0);
	assert_int_equal(reg[4], SERIAL_MCR_OURS);
	assert_int_equal(console->fifo, 16);
	assert_int_equal(console->ticks, 0x123456);
	assert_int_equal(console->keys.state, 0);
	assert_false(console->stalled || console->text.coloured);
	assert_int_equal(console->text.row, SERIAL_TEXT_UNKNOWN);
	assert_int_equal(vector(), OURS);
	assert_int_equal(serial_console_vector(), OURS);
	assert_true(fake_log_has("console: serial, port 0x3f8, alone"));
}

static void a_rom_for_it_is_left_to_its_work(void **state)
{
	(void)state;
	nographic = 1;
	fake_files_add("vgaroms/sgabios.bin", value, 8);
	serial_console_init();
	assert_int_equal(console->port, 0);
	ask_for(PORT, 2);		/* but who asks gets it */
	serial_console_init();
	assert_int_equal(console->port, PORT);
}

static void the_file_wins(void **state)
{
	(void)state;
	nographic = 1;
	ask_for(0, 8);
	serial_console_init();
	assert_int_equal(console->port, 0);
	assert_int_equal(numbers, 0);
	assert_false(fake_log_has("console"));
	set_up(state);
	ask_for(PORT, 4);
	serial_console_init();
	assert_int_equal(console->port, PORT);
	assert_int_equal(numbers, 0);
}

static void in_front_of_a_rom_it_takes_the_vector(void **state)
{
	(void)state;
	nographic = 1;
	set_vector(ROM);
	serial_console_init();
	assert_false(console->alone || console->memory || console->begun);
	assert_int_equal(rt16_console_next_at, ROM);
	assert_int_equal(vector() >> 16, 0xf000);
	assert_int_equal((uint16_t)vector(), (uint16_t)(uintptr_t)rt16_console_hook);
	assert_int_equal(serial_console_vector(), vector());
	assert_true(fake_log_has("beside the display"));
	set_vector(FAR_POINTER(0xe7ff, 0xf));
	serial_console_init();
	assert_false(console->alone);
	set_vector(FAR_POINTER(0x0800, 0));	/* a program's */
	assert_int_equal(serial_console_vector(), 0);
}

static void what_is_no_port_is_refused_untouched(void **state)
{
	static const struct {
		uint64_t port;
		uint32_t size;
	} bad[] = {
		{ 1, 1 }, { 0xf8, 1 }, { 0x1f8, 2 }, { 0x3f9, 2 }, { 0x3fc, 2 }, { 0x510, 2 }, { 0x518, 2 },
		{ 0xcf8, 2 }, { 0xfff9, 2 },
		{ 0x10000, 4 }, { 0x103f8, 4 }, { 0x1000003f8, 8 }, { UINT64_MAX - 7, 8 }, { PORT, 3 }, { PORT, 0 },
		{ PORT, 5 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set_up(state);
		ask_for(bad[i].port, bad[i].size);
		serial_console_init();
		assert_int_equal(console->port, 0);
		assert_int_equal(fake_io_accesses(), 0);
		assert_true(fake_log_has("no serial console"));
	}
}

static void what_is_no_uart_is_left_alone(void **state)
{
	static const struct {
		uint8_t at, reads;
	} lies[] = {
		{ 5, 0xff }, { 5, 0x00 }, { 5, 0x40 }, { 4, 0x20 }, { 4, 0x80 }, { 4, 0xff }, { 1, 0x10 },
		{ 1, 0xff }, { 2, 0x10 }, { 2, 0xff },
		{ 7, 0x00 }, { 7, 0xff },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(lies); i++) {
		set_up(state);
		nographic = 1;
		stuck_at = lies[i].at;
		stuck = lies[i].reads;
		serial_console_init();
		assert_int_equal(console->port, 0);
		assert_int_equal(writes, lies[i].at == 7);	/* it is read before it is written */
		assert_true(fake_log_has("console: no UART at port 0x3f8; no serial console"));
		assert_int_equal(vector(), OURS);
	}
	set_up(state);
	fake_io_reset();			/* nobody is there */
	nographic = 1;
	serial_console_init();
	assert_int_equal(console->port, 0);
}

static void a_uart_without_fifos_takes_one_byte(void **state)
{
	(void)state;
	nographic = 1;
	stuck_at = 2;
	stuck = 0x01;
	serial_console_init();
	assert_int_equal(console->port, PORT);
	assert_int_equal(console->fifo, 1);
}

static void every_failed_read_is_a_console_less(void **state)
{
	(void)state;
	ask_for(PORT, 2);
	fake_files.fail_at = 1;
	serial_console_init();
	assert_int_equal(console->port, 0);
	assert_true(fake_log_has("console: etc/sercon-port"));
}

static void a_port_that_was_lent_comes_back(void **state)
{
	uint32_t before;

	(void)state;
	nographic = 1;
	serial_console_init();
	before = writes;
	serial_console_take_back();
	assert_int_equal(writes, before);	/* it has not been away */
	reg[4] = 0x0b;				/* a loader's; nobody has noticed */
	reg[3] = 0x1b;
	rt16_serial_console.text.row = 7;
	serial_console_take_back();
	assert_int_equal(reg[4], SERIAL_MCR_OURS);
	assert_int_equal(reg[3], 3);
	assert_int_equal(console->text.row, SERIAL_TEXT_UNKNOWN);
	serial_console_yield(0x2f8);
	assert_int_equal(console->port, PORT);
	serial_console_yield(PORT);
	assert_int_equal(console->port, 0);
	serial_console_take_back();
	assert_int_equal(console->port, PORT);
	serial_console_init();			/* once more: nothing of the last time counts */
	assert_int_equal(console->port, PORT);
	nographic = 0;
	serial_console_init();
	assert_int_equal(console->port, 0);
	serial_console_take_back();
	assert_int_equal(console->port, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_done_where_nothing_is_wanted),
		TEST(without_graphics_it_is_com1),
		TEST(a_rom_for_it_is_left_to_its_work),
		TEST(the_file_wins),
		TEST(in_front_of_a_rom_it_takes_the_vector),
		TEST(what_is_no_port_is_refused_untouched),
		TEST(what_is_no_uart_is_left_alone),
		TEST(a_uart_without_fifos_takes_one_byte),
		TEST(every_failed_read_is_a_console_less),
		TEST(a_port_that_was_lent_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
