/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fw_cfg_items_test.c: every item that is read leaves its entry in the timeline, with the
 * way it came by and why.
 *
 * LINK: src/trace/timeline.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/fw_cfg_case.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/cpu.h"
#include "fake/fw_cfg_case.h"
#include "fake/log.h"
#include "fw/fw_cfg_io.h"
#include "lib/errno.h"
#include "trace/timeline.h"

static void start(void)
{
	fake_cpu_reset();
	timeline_init(true, 0);
	fw_cfg_case_start();
	timeline.items = 0;
}

static enum item_path path_of(uint32_t n)
{
	assert_true(n < timeline.items);
	return timeline.item[n].key_path >> 16;
}

static void read_e820(void)
{
	struct fw_cfg_item item;

	assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
	assert_int_equal(fw_cfg_read(&item, 0, buf, 40), 0);
	assert_int_equal(timeline.item[timeline.items - 1].key_path & 0xffff, item.key);
	assert_int_equal(timeline.item[timeline.items - 1].bytes, 40);
}

static void an_item_by_dma_has_its_times(STATE)
{
	start();
	read_e820();
	assert_int_equal(timeline.items, 1);
	assert_int_equal(path_of(0), ITEM_DMA);
	assert_true(timeline.item[0].begin > 1);
	assert_true(timeline.item[0].end > timeline.item[0].begin);
}

static void numbers_are_no_items(STATE)
{
	start();
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(timeline.items, 0);
	fake_fw_cfg.fail_at = fake_fw_cfg.transfers + 1;
	assert_int_equal(fw_cfg_le32(FW_CFG_KERNEL_SIZE), 0xdeadbeef);
	assert_int_equal(timeline.items, 0);
}

static void without_dma_the_reason_is_told(STATE)
{
	fake_fw_cfg.features = 1;
	start();
	read_e820();
	assert_int_equal(path_of(0), ITEM_PORT_NOT_OFFERED);
}

static void after_a_failed_test_the_reason_is_told(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_IGNORES_SELECTOR;
	start();
	read_e820();
	assert_int_equal(path_of(0), ITEM_PORT_TEST_FAILED);

	fw_cfg_case_setup(NULL);
	fake_fw_cfg.dma = FAKE_DMA_SILENT;
	start();
	read_e820();
	assert_int_equal(path_of(0), ITEM_PORT_TEST_FAILED);
}

static void an_error_is_told_of_its_item_alone(STATE)
{
	start();
	fake_fw_cfg.fail_at = fake_fw_cfg.transfers + 1;
	read_e820();
	read_e820();
	assert_int_equal(timeline.items, 2);
	assert_int_equal(path_of(0), ITEM_PORT_ERROR);
	assert_int_equal(path_of(1), ITEM_DMA);
}

static void a_transfer_that_never_ends_is_told_of_all_that_follow(STATE)
{
	start();
	fake_fw_cfg.dma = FAKE_DMA_SILENT;
	read_e820();
	read_e820();
	assert_int_equal(path_of(0), ITEM_PORT_TIMED_OUT);
	assert_int_equal(path_of(1), ITEM_PORT_TIMED_OUT);
}

static void what_cannot_be_read_at_all_is_told(STATE)
{
	static const struct fw_cfg_item kernel = { 100, FW_CFG_KERNEL_DATA };

	fake_fw_cfg.features = 1;
	start();
	assert_int_equal(fw_cfg_read_phys(&kernel, 0, 1ull << 32, 100), -EIO);
	assert_int_equal(path_of(0), ITEM_LOST);
}

static void items_beyond_the_room_write_nowhere(STATE)
{
	struct fw_cfg_item item;

	start();
	assert_int_equal(fw_cfg_file(FW_CFG_E820, &item), 0);
	for (uint32_t i = 0; i < TIMELINE_ITEMS + 5; i++)
		assert_int_equal(fw_cfg_read(&item, 0, buf, i > 20 ? 39 : 40), 0);
	assert_int_equal(timeline.items, TIMELINE_ITEMS + 5);
	assert_int_equal(timeline.item[20].bytes, 40);
	assert_int_equal(timeline.item[TIMELINE_ITEMS - 1].bytes, 39);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_item_by_dma_has_its_times),
		T(numbers_are_no_items),
		T(without_dma_the_reason_is_told),
		T(after_a_failed_test_the_reason_is_told),
		T(an_error_is_told_of_its_item_alone),
		T(a_transfer_that_never_ends_is_told_of_all_that_follow),
		T(what_cannot_be_read_at_all_is_told),
		T(items_beyond_the_room_write_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
