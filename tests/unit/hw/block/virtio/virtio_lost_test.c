/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/virtio/virtio_lost_test.c: virtio disks that do not answer, with every layout of registers.
 * LINK: src/hw/block/virtio/virtio.c src/hw/block/virtio/virtio_pci.c src/hw/block/virtio/virtio_window.c src/hw/block/virtio/virtio_legacy.c src/hw/block/virtio/virtio_mmio.c
 * LINK: src/hw/block/virtio/virtio_blk.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c src/mem/alloc.c src/mem/e820.c
 * LINK: tests/fake/virtio.c tests/fake/block.c tests/fake/pci.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c tests/fake/timer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/pci.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fake/virtio.h"
#include "hw/block/block.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_blk.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END	(16u << 20)
#define SECTORS	8192u
#define BUFFER	0x20000u

static void set_up(enum fake_virtio_kind kind, uint64_t capacity)
{
	fake_log_reset();
	fake_timer_reset();
	fake_ram_reset(RAM_END);
	fake_io_reset();
	fake_pci_reset();
	fake_block_reset(SECTORS);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	assert_int_equal(dma_init(), 0);
	block_init();
	pci_config_use_mmconfig(0);
	fake_virtio_add(kind, capacity);
}

static int bring_up(void)
{
	if (fake_virtio.kind < FAKE_VIRTIO_MMIO_1)
		return virtio_blk_init_pci(&fake_virtio_function);
	assert_int_equal(virtio_mmio_device(FAKE_VIRTIO_SLOT), VIRTIO_BLK);
	return virtio_blk_init_mmio(FAKE_VIRTIO_SLOT);
}

static struct block *disk(void)
{
	struct block *last = block_first;

	assert_non_null(last);
	while (last->next)
		last = last->next;
	return last;
}

static int get(uint32_t lba)
{
	uint32_t done = 7;
	int rc = block_transfer(disk(), false, lba, 1, BUFFER, &done);

	assert_int_equal(done, rc == 0);
	if (rc == 0)
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[0], fake_block_pattern(lba * 512));
	return rc;
}

/* QEMU would stop the machine for as long as its host does not answer: such a device is left alone, and not asked again. */
static void a_device_that_is_at_it_is_out_of_use_until_it_has_ended(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint32_t notifications;

		set_up((enum fake_virtio_kind)kind, SECTORS);
		assert_int_equal(bring_up(), 0);
		assert_int_equal(get(2), 0);
		fake_virtio.sleeps = true;
		memset(phys_to_ptr(BUFFER), 0x11, 1024);
		assert_int_equal(get(5), -ETIMEDOUT);
		assert_true(fake_log_has(": read of 1 sectors at 5: no answer within 30 s, but it is at it; out of use until it has ended"));
		assert_int_equal(fake_log_lines(), 2);
		notifications = fake_virtio.notifications;
		assert_int_equal(get(0), -ETIMEDOUT);
		assert_int_equal(block_reset(disk()), -ETIMEDOUT);
		assert_int_equal(get(0), -ETIMEDOUT);
		assert_int_equal(fake_virtio.notifications, notifications);
		assert_int_equal(fake_virtio.resets, 1);
		assert_int_equal(fake_timer_expired, 1);
		assert_int_equal(fake_log_lines(), 2);
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[0], 0x11);
		fake_virtio_wake();	/* late, and where it was told */
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[511], fake_block_pattern(5 * 512 + 511));
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[512], 0x11);
		assert_int_equal(kind % 2 ? block_reset(disk()) : 0, 0);
		for (uint32_t i = 0; i < 20; i++)
			assert_int_equal(get(i), 0);
		assert_int_equal(fake_virtio.resets, 1);
		assert_false(fake_virtio.broken_chain);
	}
}

static void a_device_that_lost_its_queue_gets_it_again(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint64_t features;
		uint32_t queue[4];

		set_up((enum fake_virtio_kind)kind, SECTORS);
		assert_int_equal(bring_up(), 0);
		for (uint32_t i = 0; i < 20; i++)
			assert_int_equal(get(i), 0);
		features = fake_virtio.accepted;
		memcpy(queue, (uint32_t[]){ fake_virtio.queue_size, fake_virtio.queue_at, fake_virtio.avail_at, fake_virtio.used_at }, 16);
		fake_virtio_lose_queue();
		for (uint32_t i = 0; i < 20; i++)
			assert_int_equal(get(i), 0);
		assert_int_equal(fake_timer_expired, 1);
		assert_int_equal(fake_virtio.resets, 3);	/* to stop it, and to begin */
		assert_true(fake_log_has(": read of 1 sectors at 0: no answer within 30 s; reset, and asked once more"));
		assert_int_equal(fake_log_lines(), 2);
		assert_true(fake_virtio.accepted == features);
		assert_memory_equal(queue, ((uint32_t[]){ fake_virtio.queue_size, fake_virtio.queue_at, fake_virtio.avail_at,
							  fake_virtio.used_at }), 16);
		assert_false(fake_virtio.broken_chain);
	}
}

static void a_device_that_does_not_come_back_is_out_of_use_until_a_reset(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint32_t notifications;

		set_up((enum fake_virtio_kind)kind, SECTORS);
		assert_int_equal(bring_up(), 0);
		fake_virtio.needs_reset = true;
		assert_int_equal(get(9), -ETIMEDOUT);
		assert_int_equal(fake_timer_expired, 2);
		assert_int_equal(fake_virtio.status, 0);	/* it cannot write any more */
		assert_true(fake_log_has(": read of 1 sectors at 9: no answer again (error 110); out of use until it is reset"));
		notifications = fake_virtio.notifications;
		assert_int_equal(get(0), -ETIMEDOUT);
		assert_int_equal(fake_virtio.notifications, notifications);
		assert_int_equal(fake_timer_expired, 2);
		fake_virtio.needs_reset = false;
		assert_int_equal(get(0), -ETIMEDOUT);
		assert_int_equal(block_reset(disk()), 0);
		assert_int_equal(get(0), 0);
		if (kind != FAKE_VIRTIO_MODERN && kind != FAKE_VIRTIO_MMIO_2)
			continue;
		fake_virtio_lose_queue();
		fake_virtio.refuses_features = true;
		assert_int_equal(get(0), -ETIMEDOUT);
		assert_int_equal(get(0), -ETIMEDOUT);
		assert_int_equal(fake_timer_expired, 3);
		assert_int_equal(block_reset(disk()), -ENODEV);
		assert_int_equal(get(0), -ETIMEDOUT);
		fake_virtio.refuses_features = false;
		assert_int_equal(block_reset(disk()), 0);
		assert_int_equal(get(0), 0);
	}
}

static jmp_buf left;

static void leave(void)
{
	longjmp(left, 1);
}

static void begin_and_leave(void)
{
	struct block_request r = { .sectors = 1, .list = { .range = { { BUFFER, 512 } }, .count = 1, .bytes = 512 } };

	if (!setjmp(left))
		disk()->driver->transfer(disk(), &r);
}

/* An interrupt handler has left the wait for good: what is under way is waited for. */
static void a_request_that_nobody_waits_for_ends_first(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind, SECTORS);
		assert_int_equal(bring_up(), 0);
		fake_virtio.sleeps = true;
		disk()->controller->busy = true;
		fake_timer_tick = leave;
		begin_and_leave();
		fake_timer_tick = fake_virtio_wake;
		block_abandon();
		fake_timer_tick = NULL;
		assert_int_equal(fake_virtio.resets, 1);
		assert_int_equal(get(4), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_is_at_it_is_out_of_use_until_it_has_ended),
		cmocka_unit_test(a_device_that_lost_its_queue_gets_it_again),
		cmocka_unit_test(a_device_that_does_not_come_back_is_out_of_use_until_a_reset),
		cmocka_unit_test(a_request_that_nobody_waits_for_ends_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
