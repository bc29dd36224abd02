/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/kernel_file_test.c: the file of -kernel as a whole, out of two items or one, over the real fw_cfg client: by DMA
 * and by port, ranges that meet both, and what each costs.
 * LINK: src/trace/timeline.c src/boot/kernel/kernel_file.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/kernel_file.h"
#include "fake/alloc.h"
#include "fake/fw_cfg.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fw/fw_cfg.h"
#include "lib/errno.h"
#include "std/pe.h"

#define SETUP	0xa00u
#define SIZE	0x5003u

static uint8_t bytes[SIZE];	/* of the file */
static struct kernel_file file;

static int before(void **state)
{
	(void)state;
	fake_ram_reset(0x100000);
	fake_log_reset();
	fake_alloc_reset();
	fake_timer_reset();
	for (uint32_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(i * 11 + (i >> 8));
	fake_fw_cfg_reset();
	fake_fw_cfg_set(FW_CFG_SETUP_DATA, bytes, SETUP);
	fake_fw_cfg_set_le32(FW_CFG_SETUP_SIZE, SETUP);
	fake_fw_cfg_set(FW_CFG_KERNEL_DATA, bytes + SETUP, SIZE - SETUP);
	memset(&file, 0x5a, sizeof(file));
	return 0;
}

static void open_file(void)
{
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(kernel_file_open(&file, bytes, SIZE - SETUP), 0);
	assert_int_equal(file.size, SIZE);
	fake_fw_cfg.transfers = fake_fw_cfg.port_bytes = 0;
}

/* The range goes to RAM, and nothing beside it. */
static void assert_loads(uint32_t offset, uint32_t size)
{
	const uint32_t to = 0x10000;

	memset(fake_ram + to - 1, 0xee, SIZE + 2);
	assert_int_equal(kernel_file_load(&file, offset, to, size), 0);
	assert_memory_equal(fake_ram + to, bytes + offset, size);
	assert_int_equal(fake_ram[to - 1], 0xee);
	assert_int_equal(fake_ram[to + size], 0xee);
}

static void any_range_is_loaded_whole(void **state)
{
	static const uint32_t at[] = { 0, 1, 64, SETUP - 1, SETUP, SETUP + 1, SETUP + 100, SIZE - 1, SIZE };

	(void)state;
	for (uint32_t dma = 0; dma < 2; dma++)
		for (uint32_t one = 0; one < 2; one++) {
			before(state);
			if (!dma)
				fake_fw_cfg.features = 1;
			if (one)
				fake_fw_cfg_file("etc/boot/kernel", bytes, SIZE);
			open_file();
			for (uint32_t i = 0; i < 9; i++)
				for (uint32_t k = i; k < 9; k++)
					assert_loads(at[i], at[k] - at[i]);
			assert_int_equal(file.part[1].size, one ? 0 : SIZE - SETUP);
			assert_int_equal(fake_fw_cfg.transfers != 0, dma);
			assert_int_equal(fake_fw_cfg.port_bytes != 0, !dma);
			assert_int_equal(fake_log_lines(), 0);
		}
}

static void a_range_costs_a_transfer_and_one_to_get_there(void **state)
{
	static const struct { uint32_t offset, size, transfers, in_one; } cases[] = {
		{ 0, 100, 1, 1 }, { 0, SETUP, 1, 1 }, { 100, 100, 2, 2 }, { 200, 50, 1, 1 }, { SETUP, 10, 1, 2 }, { SETUP + 10, 0x3000, 1, 1 },
		{ 1, SETUP, 3, 2 }, { 0, SIZE, 2, 1 }, { 5, 0, 0, 0 },
	};

	for (uint32_t one = 0; one < 2; one++) {
		before(state);
		if (one)
			fake_fw_cfg_file("etc/boot/kernel", bytes, SIZE);
		open_file();
		for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			fake_fw_cfg.transfers = 0;
			assert_loads(cases[i].offset, cases[i].size);
			assert_int_equal(fake_fw_cfg.transfers, one ? cases[i].in_one : cases[i].transfers);
		}
	}
}

static void objects_of_ours_are_read_from_both_parts(void **state)
{
	uint8_t buf[200];

	(void)state;
	open_file();
	assert_int_equal(kernel_file_read(&file, SETUP - 77, buf, sizeof(buf)), 0);
	assert_memory_equal(buf, bytes + SETUP - 77, sizeof(buf));
	before(state);
	fake_fw_cfg.features = 1;		/* through the port it is the processor that writes: the stack will do */
	open_file();
	assert_int_equal(kernel_file_read(&file, SETUP - 77, buf, sizeof(buf)), 0);
	assert_memory_equal(buf, bytes + SETUP - 77, sizeof(buf));
}

static void what_is_not_in_the_file_is_not_read(void **state)
{
	static const struct { uint32_t offset, size; } cases[] = {
		{ SIZE, 1 }, { SIZE - 1, 2 }, { 0, SIZE + 1 }, { SIZE + 1, 0 }, { 1, UINT32_MAX }, { UINT32_MAX, 1 }, { UINT32_MAX, UINT32_MAX },
	};
	uint8_t buf[4];

	(void)state;
	open_file();
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(kernel_file_load(&file, cases[i].offset, 0x10000, cases[i].size), -ERANGE);
		assert_int_equal(kernel_file_read(&file, cases[i].offset, buf, cases[i].size), -ERANGE);
	}
	assert_int_equal(fake_fw_cfg.transfers, 0);
}

/* Old QEMUs patch the parts; a file of that name that a user gives may be anything. */
static void one_item_is_taken_only_where_it_is_the_same_file(void **state)
{
	uint8_t other[SIZE + 1];

	for (uint32_t i = 0; i < DOS_HEADER; i++) {
		before(state);
		memcpy(other, bytes, SIZE);
		other[i] ^= 0x10;
		fake_fw_cfg_file("etc/boot/kernel", other, SIZE);
		open_file();
		assert_int_equal(file.part[1].size, i >= 0x20 && i < 0x24 ? 0 : SIZE - SETUP);
		assert_int_equal(fake_log_has("etc/boot/kernel does not begin as"), i < 0x20 || i >= 0x24);
	}
	for (uint32_t size = SIZE - 1; size <= SIZE + 1; size += 2) {
		before(state);
		memcpy(other, bytes, SIZE);
		fake_fw_cfg_file("etc/boot/kernel", other, size);
		open_file();
		assert_int_equal(file.part[1].size, SIZE - SETUP);
		assert_true(fake_log_has("etc/boot/kernel has 2"));
		assert_true(fake_log_has("the two parts of -kernel 20483"));
	}
}

static void sizes_that_wrap_are_refused(void **state)
{
	(void)state;
	fw_cfg_init();
	assert_int_equal(kernel_file_open(&file, bytes, UINT32_MAX - SETUP + 1), -EINVAL);
	assert_true(fake_log_has("0xa00 bytes and 0xfffff600 behind it are more than 4 GiB"));
	assert_int_equal(kernel_file_open(&file, bytes, UINT32_MAX - SETUP), 0);
	assert_int_equal(file.size, UINT32_MAX);
}

/* By port the bytes come all the same; without a device nothing does. */
static void a_read_that_fails_is_reported(void **state)
{
	uint8_t buf[4];

	for (uint32_t fail = 1; fail <= 3; fail++) {
		before(state);
		open_file();
		fake_fw_cfg.fail_at = fail;
		assert_loads(1, SETUP);
		assert_int_equal(fake_log_lines(), 1);
	}
	before(state);
	fake_fw_cfg.absent = true;
	assert_true(fw_cfg_init() != 0);
	file = (struct kernel_file){ { { 10, FW_CFG_SETUP_DATA }, { 10, FW_CFG_KERNEL_DATA } }, 20 };
	assert_int_equal(kernel_file_read(&file, 0, buf, 4), -EIO);
	assert_int_equal(kernel_file_load(&file, 15, 0x10000, 4), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(any_range_is_loaded_whole, before),
		cmocka_unit_test_setup(a_range_costs_a_transfer_and_one_to_get_there, before),
		cmocka_unit_test_setup(objects_of_ours_are_read_from_both_parts, before),
		cmocka_unit_test_setup(what_is_not_in_the_file_is_not_read, before),
		cmocka_unit_test_setup(one_item_is_taken_only_where_it_is_the_same_file, before),
		cmocka_unit_test_setup(sizes_that_wrap_are_refused, before),
		cmocka_unit_test_setup(a_read_that_fails_is_reported, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
