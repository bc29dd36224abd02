/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fake/fw_cfg_test.c: does the model of fw_cfg answer as the device does? The expected
 * values are what QEMU 7.2 (-M pc) gave when the same requests were made through qtest.
 *
 * LINK: tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "arch/io.h"
#include "fake/fw_cfg.h"
#include "fake/ram.h"

#define STATE void **state __attribute__((unused))
#define READ	0x02u
#define SKIP	0x04u
#define SELECT	0x08u
#define WRITE	0x10u
#define KEY(k)	(SELECT | (uint32_t)(k) << 16)

#define BUFFER	0x2000u
#define RAM	0x10000u

static uint16_t file, writable;

static int setup(STATE)
{
	fake_ram_reset(RAM);
	fake_fw_cfg_reset();
	file = fake_fw_cfg_file("opt/ro", "abcdefgh", 8);
	writable = fake_fw_cfg_file("opt/rw", "ABCDEFGH", 8);
	fake_fw_cfg_writable(writable);
	memset(fake_ram + BUFFER, 0xcc, 64);
	return 0;
}

static void put32(uint32_t at, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(fake_ram + at, &value, 4);
}

/* Run a request that lies at address at; returns its control word. */
static uint32_t run_at(uint32_t at, uint32_t control, uint32_t len, uint32_t address)
{
	uint32_t result;

	put32(at, control);
	put32(at + 4, len);
	put32(at + 8, 0);
	put32(at + 12, address);
	outl(__builtin_bswap32(at), 0x518);
	memcpy(&result, fake_ram + at, 4);
	return __builtin_bswap32(result);
}

static uint32_t run(uint32_t control, uint32_t len, uint32_t address)
{
	return run_at(0x1000, control, len, address);
}

static void a_read_inside_an_item_succeeds(STATE)
{
	assert_int_equal(run(KEY(file) | READ, 4, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, "abcd\xcc", 5);
	assert_int_equal(run(READ, 2, BUFFER), 0);	/* the place is kept */
	assert_memory_equal(fake_ram + BUFFER, "efcd", 4);
}

static void behind_the_end_there_are_zeros_and_no_error(STATE)
{
	assert_int_equal(run(KEY(file) | READ, 12, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, "abcdefgh\0\0\0\0\xcc", 13);
	assert_int_equal(run(KEY(0x3fff) | READ, 4, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, "\0\0\0\0", 4);
	assert_int_equal(run(KEY(file) | SKIP, 1000, 0), 0);
}

static void requests_without_a_point_succeed(STATE)
{
	assert_int_equal(run(KEY(file) | READ, 0, BUFFER), 0);
	assert_int_equal(run(KEY(file), 4, BUFFER), 0);
	assert_int_equal(run(0, 4, BUFFER), 0);
	assert_int_equal(fake_ram[BUFFER], 0xcc);
}

static void read_comes_before_write_and_an_error_bit_is_ignored(STATE)
{
	assert_int_equal(run(KEY(writable) | READ | WRITE | 1, 4, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, "ABCD", 4);
}

static void memory_that_is_not_there_is_an_error(STATE)
{
	assert_int_equal(run(KEY(file) | READ, 4, RAM), 1);
	assert_int_equal(run(KEY(file) | READ, 8, RAM - 4), 1);
	assert_int_equal(run(KEY(file) | READ, 4, 0xfffc0000), 1);
}

static void a_request_that_is_not_in_memory_is_never_answered(STATE)
{
	put32(0x1000, KEY(file) | READ);
	outl(__builtin_bswap32(1), 0x514);
	outl(__builtin_bswap32(0xe0000000), 0x518);
	assert_int_equal(fake_fw_cfg.bad_requests, 1);
	assert_int_equal(run(KEY(file) | READ, 4, BUFFER), 0);	/* the high half went with it */
}

static void only_writable_items_can_be_written_and_only_inside(STATE)
{
	uint32_t len;

	memcpy(fake_ram + BUFFER, "wxyz", 4);
	assert_int_equal(run(KEY(file) | WRITE, 4, BUFFER), 1);
	assert_int_equal(run(KEY(writable) | WRITE, 9, BUFFER), 1);
	assert_int_equal(run(KEY(0x3fff) | WRITE, 1, BUFFER), 1);
	assert_memory_equal(fake_fw_cfg_bytes(writable, &len), "ABCDEFGH", 8);
	assert_int_equal(run(KEY(writable) | SKIP, 4, 0), 0);
	assert_int_equal(run(WRITE, 4, BUFFER), 0);
	assert_memory_equal(fake_fw_cfg_bytes(writable, &len), "ABCDwxyz", 8);
	assert_int_equal(run(WRITE, 1, BUFFER), 1);
}

static void a_request_may_lie_anywhere_even_in_its_buffer(STATE)
{
	assert_int_equal(run_at(0x1001, KEY(file) | READ, 4, BUFFER), 0);
	assert_int_equal(run_at(0x1000, KEY(file) | READ, 8, 0x1000), 0);
	assert_memory_equal(fake_ram + 0x1004, "efgh", 4);
}

static void the_port_gives_one_byte_even_to_a_wider_read(STATE)
{
	outw(file, 0x510);
	assert_int_equal(inl(0x511) & 0xff, 'a');
	assert_int_equal(inb(0x511), 'b');
	assert_int_equal(inb(0x511), 'c');
	outw(file, 0x510);		/* the same key again: from the start */
	assert_int_equal(inb(0x511), 'a');
	outw(0x3fff, 0x510);
	assert_int_equal(inb(0x511), 0);
	assert_int_equal(inl(0x514), 0x554d4551);	/* "QEMU" */
	assert_int_equal(inl(0x518), 0x47464320);	/* " CFG" */
}

static void a_reset_forgets_the_key_but_not_the_high_half(STATE)
{
	outw(file, 0x510);
	outl(0x12345678, 0x514);
	fake_fw_cfg_machine_reset();
	assert_int_equal(inb(0x511), 'Q');
	assert_int_equal(fake_fw_cfg.latch_high, 0x78563412);
}

/* What is known of Bochs 3.1. */
static void the_other_host_keeps_the_key_and_pads_nothing(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_BOCHS;
	assert_int_equal(run(KEY(file) | READ, 12, BUFFER), (uint32_t)file << 16);
	assert_memory_equal(fake_ram + BUFFER, "abcdefgh\xcc\xcc\xcc\xcc", 12);
	assert_int_equal(run(KEY(0x3fff) | READ, 4, BUFFER), 0x3fff0001);
	assert_int_equal(run(KEY(0x8000 | file) | READ, 4, BUFFER), 0x80000000 | (uint32_t)file << 16);
	assert_memory_equal(fake_ram + BUFFER, "abcd", 4);
	assert_int_equal(run(KEY(0) | READ, 4, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, "QEMU", 4);
}

static void a_host_with_one_item_gives_that(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_KEY_0;
	assert_int_equal(run(KEY(file) | READ, 4, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, "QEMU", 4);
}

/* A device that has taken the request does what it was, whatever becomes of it. */
static void a_late_transfer_goes_by_the_request_as_it_was(STATE)
{
	for (unsigned int taken = 0; taken < 2; taken++) {
		setup(NULL);
		fake_fw_cfg.hang_at = 1;
		fake_fw_cfg.takes_at_once = taken;
		assert_int_equal(run(KEY(file) | READ, 4, BUFFER), KEY(file) | READ);
		put32(0x1004, 0);
		fake_fw_cfg_catch_up();
		assert_memory_equal(fake_ram + BUFFER, taken ? "abcd" : "\xcc\xcc\xcc\xcc", 4);
	}
}

#define T(name) cmocka_unit_test_setup(name, setup)
int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_read_inside_an_item_succeeds),
		T(behind_the_end_there_are_zeros_and_no_error),
		T(requests_without_a_point_succeed),
		T(read_comes_before_write_and_an_error_bit_is_ignored),
		T(memory_that_is_not_there_is_an_error),
		T(a_request_that_is_not_in_memory_is_never_answered),
		T(only_writable_items_can_be_written_and_only_inside),
		T(a_request_may_lie_anywhere_even_in_its_buffer),
		T(the_port_gives_one_byte_even_to_a_wider_read),
		T(the_other_host_keeps_the_key_and_pads_nothing),
		T(a_host_with_one_item_gives_that),
		T(a_late_transfer_goes_by_the_request_as_it_was),
		T(a_reset_forgets_the_key_but_not_the_high_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
