/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/block_test.c: requests whose caller is gone, and reads into memory of the firmware's own.
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/mem/alloc.c src/mem/e820.c tests/fake/block.c tests/fake/ram.c
 * LINK: tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END (16u << 20)

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	fake_block_reset(1000);
	assert_int_equal(dma_init(), 0);
	return 0;
}

static void reads_go_to_memory_that_callers_cannot_have(void **state)
{
	uint8_t *own = alloc(ZONE_HIGH, 4096, 4096, "test");

	(void)state;
	assert_int_equal(block_read_own(&fake_block.block, 7, 8, own), 0);
	for (uint32_t i = 0; i < 4096; i++)
		assert_int_equal(own[i], fake_block_pattern(7 * 512 + i));
	assert_int_equal(block_read_own(&fake_block.block, 993, 8, own), -ERANGE);
	assert_int_equal(fake_block.requests, 1);
	fake_block.controller.busy = true;
	assert_int_equal(block_read_own(&fake_block.block, 0, 1, own), -EBUSY);
	fake_block.controller.busy = false;
	fake_block.fail_at = 2;
	fake_block.fail_rc = -EIO;
	assert_int_equal(block_read_own(&fake_block.block, 0, 1, own), -EIO);
	assert_false(fake_block.controller.busy);
}

static void who_is_busy_is_reset_and_works_again(void **state)
{
	static struct block_controller idle;
	struct block other = fake_block.block, *busy = block_add(&fake_block.block);
	struct dma_list list;
	uint32_t done;

	(void)state;
	other.controller = &idle;
	assert_non_null(block_add(&other));
	busy->controller->busy = true;
	assert_int_equal(dma_map(&list, 0xf0000, 512, 512, false, &busy->driver->limits), 0);	/* by the bounce buffer */
	assert_int_equal(block_transfer(&other, false, 0, 1, 0xf0000, &done), -EBUSY);
	block_abandon();
	assert_int_equal(fake_block.resets, 1);
	assert_int_equal(block_transfer(busy, false, 0, 1, 0x20000, &done), 0);
	assert_int_equal(block_transfer(&other, false, 0, 1, 0xf0000, &done), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_go_to_memory_that_callers_cannot_have, set_up),
		cmocka_unit_test_setup(who_is_busy_is_reset_and_works_again, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
