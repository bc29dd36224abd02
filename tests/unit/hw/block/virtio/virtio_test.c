/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/virtio/virtio_test.c: virtio disks with every layout of registers, and devices that lie.
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

static void every_layout_reads_and_writes(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint32_t done;
		uint8_t *p;

		set_up((enum fake_virtio_kind)kind, SECTORS);
		p = phys_to_ptr(BUFFER);
		assert_int_equal(bring_up(), 0);
		assert_int_equal(disk()->sectors, SECTORS);
		assert_int_equal(disk()->sector_size, 512);
		assert_false(disk()->read_only);
		for (uint32_t n = 0; n < 20; n++) {	/* rings come round */
			assert_int_equal(block_transfer(disk(), false, 7 + n, 5, BUFFER, &done), 0);
			assert_int_equal(done, 5);
			for (uint32_t i = 0; i < 5 * 512; i++)
				assert_int_equal(p[i], fake_block_pattern((7 + n) * 512 + i));
		}
		memset(p, 0xc3, 1024);
		assert_int_equal(block_transfer(disk(), true, 100, 2, BUFFER, &done), 0);
		assert_int_equal(fake_block.data[100 * 512], 0xc3);
		assert_int_equal(fake_block.data[102 * 512 - 1], 0xc3);
		assert_int_equal(fake_block.data[102 * 512], 0);
		assert_false(fake_virtio.broken_chain);
		assert_int_equal(fake_virtio.requests, 21);
		assert_int_equal(fake_virtio.accepted & 0xffffffff, 1 << 6);	/* block size */
		assert_int_equal(fake_virtio.accepted >> 32, kind == FAKE_VIRTIO_MODERN || kind == FAKE_VIRTIO_MMIO_2);
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void a_read_costs_one_access(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint64_t before;
		uint32_t done;

		set_up((enum fake_virtio_kind)kind, SECTORS);
		assert_int_equal(bring_up(), 0);
		before = fake_io_accesses();
		assert_int_equal(block_transfer(disk(), false, 0, 127, BUFFER + 1, &done), 0);
		assert_int_equal(fake_io_accesses() - before, 1);
	}
}

static void sectors_of_4096_bytes_are_taken(void **state)
{
	uint32_t done;

	(void)state;
	set_up(FAKE_VIRTIO_MODERN, SECTORS);
	fake_virtio.blk_size = 4096;
	assert_int_equal(bring_up(), 0);
	assert_int_equal(disk()->sectors, SECTORS);	/* of 512 (sectors.h) */
	assert_int_equal(block_transfer(disk(), false, 3 * 8, 8, BUFFER, &done), 0);
	for (uint32_t i = 0; i < 4096; i++)
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[i], fake_block_pattern(3 * 4096 + i));
}

static void other_sectors_are_refused(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 511, 513, 1024, 2048, 8192, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_virtio.blk_size = sizes[i];
		assert_int_equal(bring_up(), -ENODEV);
		assert_null(block_first);
		assert_int_equal(fake_virtio.status, 0);	/* stopped */
		assert_int_equal(fake_log_lines(), 1);
	}
}

/* Without the feature the field means nothing. */
static void a_block_size_that_is_not_offered_is_not_read(void **state)
{
	(void)state;
	set_up(FAKE_VIRTIO_LEGACY, SECTORS);
	fake_virtio.offered = 0;
	fake_virtio.blk_size = 1234;
	assert_int_equal(bring_up(), 0);
	assert_int_equal(disk()->sector_size, 512);
}

static void a_read_only_disk_is_known(void **state)
{
	uint32_t done;

	(void)state;
	set_up(FAKE_VIRTIO_MODERN, SECTORS);
	fake_virtio.offered |= 1 << 5;
	assert_int_equal(bring_up(), 0);
	assert_true(disk()->read_only);
	assert_int_equal(block_transfer(disk(), true, 0, 1, BUFFER, &done), -EROFS);
	assert_int_equal(fake_virtio.requests, 0);
}

static void an_error_is_passed_on(void **state)
{
	uint32_t done;

	(void)state;
	set_up(FAKE_VIRTIO_MODERN, SECTORS);
	assert_int_equal(bring_up(), 0);
	for (fake_virtio.answer = 1; fake_virtio.answer < 4; fake_virtio.answer++) {
		assert_int_equal(block_transfer(disk(), false, 0, 1, BUFFER, &done), -EIO);
		assert_int_equal(done, 0);
	}
	fake_virtio.answer = 0;
	assert_int_equal(block_transfer(disk(), false, 0, 1, BUFFER, &done), 0);
}

/* Notifications are writes: beyond their structure they would be somewhere in memory. */
static void notifications_outside_of_their_structure_are_refused(void **state)
{
	static const struct { uint32_t offset, multiplier; int rc; } said[] = {
		{ 2, 4, 0 }, { 0x3ff, 4, 0 }, { 0x400, 4, -ENODEV }, { 0xffff, 4, -ENODEV }, { 1, 0xffe, 0 }, { 1, 0xfff, -ENODEV },
		{ 0xffff, 0x10001, -ENODEV }, { 2, 0x80000000, -ENODEV }, { 0xffff, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_virtio.notify_offset = said[i].offset;
		fake_pci_set32(0, 0x78, said[i].multiplier, 0);
		assert_int_equal(bring_up(), said[i].rc);
		assert_int_equal(block_first != NULL, said[i].rc == 0);
		assert_int_equal(fake_log_lines(), said[i].rc != 0);
	}
}

static void a_queue_that_is_none_is_refused(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind, SECTORS);
		fake_virtio.queue_max = fake_virtio.queue_size = 0;
		assert_int_equal(bring_up(), -ENODEV);
		assert_null(block_first);
		assert_int_equal(fake_log_lines(), kind == FAKE_VIRTIO_BOTH ? 2 : 1);
	}
	set_up(FAKE_VIRTIO_LEGACY, SECTORS);
	fake_virtio.queue_max = 100;		/* a legacy queue is a power of two, and we know its layout by that */
	assert_int_equal(bring_up(), -ENODEV);
	set_up(FAKE_VIRTIO_LEGACY, SECTORS);
	fake_virtio.queue_max = 0x8000;
	assert_int_equal(bring_up(), -ENODEV);
}

/* Ports, where there are some; what cannot be used by them is used by the other registers. */
static void of_two_interfaces_the_one_that_works_is_taken(void **state)
{
	uint32_t done;

	(void)state;
	set_up(FAKE_VIRTIO_BOTH, SECTORS);
	assert_int_equal(bring_up(), 0);
	assert_int_equal(fake_io_count.mmio_read + fake_io_count.mmio_write, 0);
	for (int way = 0; way < 3; way++) {
		set_up(FAKE_VIRTIO_BOTH, SECTORS);
		if (way == 0)
			fake_virtio.queue_max = 100;
		else if (way == 1)
			fake_virtio_function.bar[0].base = 0;		/* there was no room for it */
		else
			fake_virtio_function.id = 0x10421af4;		/* then its I/O BAR is something else */
		assert_int_equal(bring_up(), 0);
		assert_true(fake_io_count.mmio_read + fake_io_count.mmio_write > 10);
		assert_int_equal(fake_virtio.accepted >> 32, 1);
		assert_int_equal(fake_virtio.queue_size, VIRTIO_QUEUE);
		assert_int_equal(block_transfer(disk(), false, 7, 5, BUFFER, &done), 0);
		assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[0], fake_block_pattern(7 * 512));
		assert_int_equal(fake_log_lines(), way == 0);
	}
}

/* A request needs four descriptors when a sector lies over the border of what a device may reach. */
static void a_small_queue_takes_a_sector_at_a_time(void **state)
{
	static const uint16_t sizes[] = { 1, 2, 4, 8 };
	uint32_t done;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_virtio.queue_max = sizes[i];
		assert_int_equal(bring_up(), sizes[i] < 4 ? -ENODEV : 0);
		if (sizes[i] < 4)
			continue;
		assert_int_equal(block_transfer(disk(), false, 0, 3, 0x9fc00 - 700, &done), 0);
		assert_int_equal(fake_virtio.requests, sizes[i] == 4 ? 3 : 1);
		assert_false(fake_virtio.broken_chain);
		for (uint32_t n = 0; n < 3 * 512; n++)
			assert_int_equal(((uint8_t *)phys_to_ptr(0x9fc00 - 700))[n], fake_block_pattern(n));
	}
}

static bool has_version_1(int kind)
{
	return kind == FAKE_VIRTIO_MODERN || kind == FAKE_VIRTIO_MMIO_2;
}

static void features_that_are_refused_end_it(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind, SECTORS);
		fake_virtio.refuses_features = true;
		assert_int_equal(bring_up(), has_version_1(kind) ? -ENODEV : 0);
		assert_int_equal(fake_log_lines(), has_version_1(kind));
	}
}

static void a_device_behind_an_iommu_is_told_that_this_is_known(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind, SECTORS);
		if (!has_version_1(kind))
			continue;
		fake_virtio.offered |= VIRTIO_F_ACCESS_PLATFORM;
		fake_virtio.blk_size = 4096;
		assert_int_equal(bring_up(), 0);
		assert_int_equal(fake_virtio.accepted & 1 << 6, 1 << 6);	/* BLK_SIZE: also when it was asked twice */
		assert_true(fake_virtio.accepted & VIRTIO_F_ACCESS_PLATFORM);
		assert_true(fake_virtio.accepted & VIRTIO_F_VERSION_1);
		assert_int_equal(fake_log_lines(), 0);
	}
}

/* An operating system leaves the upper halves selected, and QEMU's PCI device keeps that over a reset. */
static void what_a_guest_has_selected_makes_no_difference(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind, SECTORS);
		fake_virtio.blk_size = 4096;
		/* No legacy interface has more than the first; a memory-mapped one's are selected by the machine's reset. */
		fake_virtio.feature_select = fake_virtio.driver_select = has_version_1(kind);
		assert_int_equal(bring_up(), 0);
		assert_int_equal(fake_virtio.accepted & (1 << 6), 1 << 6);
	}
}

static void without_memory_it_is_left_out(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind, SECTORS);
		while (alloc_raw(ZONE_HIGH, 0x10000, 4096, "all there is"))
			;
		while (alloc_raw(ZONE_HIGH, 16, 16, "all there is"))
			;
		assert_int_equal(bring_up(), -ENOMEM);
		assert_null(block_first);
	}
}

/* Capabilities that lie: in circles, outside the BAR, in a BAR that is none, missing. */
static void structures_outside_their_bar_are_not_used(void **state)
{
	static const struct { uint8_t reg; uint32_t value; } lies[] = {
		{ 0x80, 6 }, { 0x80, 0xff }, { 0x80, 0 }, { 0x84, 0x4000 }, { 0x84, 0xfffffff0 }, { 0x84, 0x3fd0 },
		{ 0x84, 0x3fc9 }, { 0x7c, 0x01147c11 }, { 0x7c, 0x02140009 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_pci_set32(0, lies[i].reg, lies[i].value, 0);
		assert_int_equal(bring_up(), -ENODEV);
		assert_int_equal(fake_io_count.mmio_read + fake_io_count.mmio_write, 0);
		assert_null(block_first);
		assert_true(fake_log_has("virtio: 00:02.0: "));
	}
	set_up(FAKE_VIRTIO_MODERN, SECTORS);
	fake_pci_set32(0, 0x40, 0x05144009, 0);		/* points at itself */
	assert_int_equal(bring_up(), -ENODEV);
}

/* What is used of a structure is inside its BAR: what the device says of the length would be an access more. */
static void lengths_are_not_asked_for(void **state)
{
	static const uint8_t lengths[] = { 0x60, 0x74, 0x88 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_pci_set32(0, lengths[i], i ? 0 : 0xffffffff, 0);
		assert_int_equal(bring_up(), 0);
	}
}

static void a_bar_above_4_gib_is_reached_by_the_window(void **state)
{
	uint32_t done;

	(void)state;
	for (uint32_t somebody = 0; somebody < 2; somebody++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_virtio_hide();
		assert_int_equal(bring_up(), 0);
		assert_int_equal(disk()->sectors, SECTORS);
		for (uint32_t n = 0; n < 20; n++) {
			if (somebody)	/* has selected another register, and used the window */
				outl(0x80000000, 0xcf8);
			fake_pci.function[0].config[0x40 + 4] = fake_pci.function[0].config[0x40 + 9] = (uint8_t)(4 * somebody);
			assert_int_equal(block_transfer(disk(), false, 7 + n, 5, BUFFER, &done), 0);
			for (uint32_t i = 0; i < 5 * 512; i++)
				assert_int_equal(((uint8_t *)phys_to_ptr(BUFFER))[i], fake_block_pattern((7 + n) * 512 + i));
		}
		assert_int_equal(fake_virtio.requests, 20);
		assert_int_equal(fake_virtio.notifications, 20);
		assert_int_equal(fake_virtio_window_errors, 0);
		assert_true(fake_virtio_window_accesses > 30);
		assert_int_equal(fake_io_count.mmio_read + fake_io_count.mmio_write, 0);
		assert_int_equal(fake_log_lines(), 0);
	}
}

/* No window, one at the end of configuration space, structures too far behind in their BAR. */
static void without_a_window_a_bar_above_4_gib_is_refused(void **state)
{
	(void)state;
	for (uint32_t lie = 0; lie < 3; lie++) {
		set_up(FAKE_VIRTIO_MODERN, SECTORS);
		fake_virtio_hide();
		if (lie == 0)
			fake_pci_set32(0, 0x40, 0x06145409, 0);
		if (lie == 1) {
			fake_pci_set32(0, PCI_CAPABILITIES, 0xf0, 0);
			fake_pci_set32(0, 0xf0, 0x05145409, 0);
		}
		if (lie == 2) {
			fake_virtio_function.bar[4].size = 1ull << 32;
			fake_pci_set32(0, 0x7c + 8, VIRTIO_WINDOW_BAR - 0x37, 0);
			fake_pci_set32(0, 0x7c + 12, 0x38, 0);
		}
		assert_int_equal(bring_up(), -ENODEV);
		assert_null(block_first);
		assert_int_equal(fake_virtio_window_accesses, 0);
		assert_int_equal(fake_log_has("no window to them"), lie < 2);
		assert_true(fake_log_has("; not used"));
	}
}

static void a_slot_without_a_device_is_left_alone(void **state)
{
	(void)state;
	set_up(FAKE_VIRTIO_MMIO_2, SECTORS);
	assert_int_equal(virtio_mmio_device(FAKE_VIRTIO_SLOT - 512), 0);
	fake_virtio.kind = FAKE_VIRTIO_KINDS;		/* version 3 */
	assert_int_equal(virtio_blk_init_mmio(FAKE_VIRTIO_SLOT), -ENODEV);
	assert_true(fake_log_has("version 3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_reads_and_writes),
		cmocka_unit_test(a_read_costs_one_access),
		cmocka_unit_test(sectors_of_4096_bytes_are_taken),
		cmocka_unit_test(other_sectors_are_refused),
		cmocka_unit_test(a_block_size_that_is_not_offered_is_not_read),
		cmocka_unit_test(a_read_only_disk_is_known),
		cmocka_unit_test(an_error_is_passed_on),
		cmocka_unit_test(notifications_outside_of_their_structure_are_refused),
		cmocka_unit_test(a_queue_that_is_none_is_refused),
		cmocka_unit_test(of_two_interfaces_the_one_that_works_is_taken),
		cmocka_unit_test(a_small_queue_takes_a_sector_at_a_time),
		cmocka_unit_test(features_that_are_refused_end_it),
		cmocka_unit_test(a_device_behind_an_iommu_is_told_that_this_is_known),
		cmocka_unit_test(what_a_guest_has_selected_makes_no_difference),
		cmocka_unit_test(without_memory_it_is_left_out),
		cmocka_unit_test(structures_outside_their_bar_are_not_used),
		cmocka_unit_test(lengths_are_not_asked_for),
		cmocka_unit_test(a_bar_above_4_gib_is_reached_by_the_window),
		cmocka_unit_test(without_a_window_a_bar_above_4_gib_is_refused),
		cmocka_unit_test(a_slot_without_a_device_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
