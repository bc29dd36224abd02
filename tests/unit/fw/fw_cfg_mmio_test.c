/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_mmio_test.c: the register layout of boards without I/O ports, by DMA and by the
 * data register.
 *
 * LINK: src/trace/timeline.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_mmio.c tests/fake/fw_cfg.c tests/fake/fw_cfg_case.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "fake/fw_cfg_case.h"
#include "fake/io.h"
#include "fw/fw_cfg_io.h"
#include "lib/errno.h"

#define MMIO 0xfe000000u

static void the_memory_mapped_layout_works_by_dma(STATE)
{
	fake_fw_cfg_map(MMIO);
	fake_fw_cfg.latch_high = 0x55aa;
	mark();
	assert_int_equal(fw_cfg_init_mmio(MMIO), 0);
	assert_int_equal(since(), 4);	/* selector, 4 bytes at once, two halves */
	assert_true(fw_cfg_has_dma());
	assert_int_equal(fw_cfg_read_directory(), 0);
	assert_int_equal(fw_cfg_case_find("etc/e820").size, 40);
	assert_int_equal(fw_cfg_le16(FW_CFG_NB_CPUS), 0x1234);
	assert_int_equal(fake_io_count.in + fake_io_count.out, 0);
}

static void the_memory_mapped_layout_works_by_its_data_register(STATE)
{
	struct fw_cfg_item item;

	fake_fw_cfg_map(MMIO);
	fake_fw_cfg.features = 1;
	assert_int_equal(fw_cfg_init_mmio(MMIO), 0);
	assert_string_equal(fw_cfg_transport(), "memory");
	assert_int_equal(fw_cfg_read_directory(), 0);
	item = fw_cfg_case_find("etc/acpi/tables");
	for (uint32_t len = 0; len < 70; len++) {
		memset(buf, 0xcc, sizeof(buf));
		assert_int_equal(fw_cfg_read(&item, len, buf, len), 0);
		assert_memory_equal(buf, big + len, len);
		assert_int_equal(buf[len], 0xcc);
	}
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(fake_fw_cfg.transfers, 0);
	assert_int_equal(fake_io_count.in + fake_io_count.out, 0);
}

static void nothing_at_the_memory_mapped_address_is_no_device(STATE)
{
	assert_int_equal(fw_cfg_init_mmio(MMIO), -ENODEV);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(the_memory_mapped_layout_works_by_dma),
		T(the_memory_mapped_layout_works_by_its_data_register),
		T(nothing_at_the_memory_mapped_address_is_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
