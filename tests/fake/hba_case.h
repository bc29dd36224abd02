/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/hba_case.h: what is true of every host adapter (fake/hba.h), through the block interface. A test of one defines
 * KIND, INIT and LAST_TARGET, and LUN, the last of a target's units, before it includes this, and has HBA_TESTS among
 * its own.
 */
#ifndef FAKE_HBA_CASE_H
#define FAKE_HBA_CASE_H

#include "arch/phys.h"
#include "fake/block.h"
#include "fake/driver_case.h"
#include "fake/hba.h"
#include "fake/scsi.h"
#include "hw/block/scsi/scsi.h"

#define SECTORS	0x1000ull

static int fresh(STATE)
{
	fresh_machine();
	fake_hba_reset(KIND);
	return 0;
}

static int clean(STATE)
{
	return told(fake_hba.violations, fake_hba.violation);
}

static int init(void)
{
	struct pci_function f = fake_hba_function();

	return INIT(&f);
}

/* One disk, which has told of its reset. */
static struct block *disk(void)
{
	fake_scsi_add(LAST_TARGET, 0, 0, SECTORS);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	fake_log_reset();
	return block_first;
}

static int get(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done = 0xdead;
	int rc = block_transfer(b, false, lba, count, linear, &done);

	assert_int_equal(done, rc ? 0 : count);
	return rc;
}

static void reads_back(struct block *b, uint64_t lba, uint32_t count)
{
	memset(fake_ram + BUFFER, 0, count * b->sector_size);
	assert_int_equal(get(b, lba, count, BUFFER), 0);
	for (uint32_t i = 0; i < count * b->sector_size; i++)
		assert_int_equal(fake_ram[BUFFER + i], fake_block_pattern(lba * b->sector_size + i));
}

/* Accesses of one read. */
static uint32_t cost(struct block *b)
{
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 3, 100);
	return (uint32_t)fake_io_accesses();
}

static void drives_are_found_in_the_order_of_their_targets(STATE)
{
	fake_scsi_add(LAST_TARGET, 0, 0, SECTORS);
	fake_scsi_add(1, LUN, 5, 500);
	fake_scsi_add(1, 0, 0, 2 * SECTORS);
	fake_scsi_add(0, 0, 5, 300);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), LUN ? 4 : 3);
	for (struct block *b = block_first; b; b = b->next) {
		assert_int_equal(b->bus, BUS_SCSI);
		assert_int_equal(b->bdf, FAKE_HBA_BDF);
		assert_int_equal(b->channel, 0);
		assert_true(!b->next || b->target < b->next->target || b->lun < b->next->lun);
		assert_string_equal(b->description, "A PRODUCT");
		reads_back(b, 7, 20);
		assert_int_equal(get(b, b->sectors, 1, BUFFER), -ERANGE);
		assert_int_equal(b->sectors, b->target == LAST_TARGET ? SECTORS : b->target == 0 ? 300 : b->lun ? 500 : 2 * SECTORS);
		assert_int_equal(b->kind, b->target == 0 || b->lun ? BLOCK_CD : BLOCK_DISK);
	}
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_hba.resets, 0);
}

static void without_drives_there_are_none(STATE)
{
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void memory_that_stays_is_high(STATE)
{
	disk();
	for (uint32_t i = 0; fake_alloc_piece(i); i++)
		assert_true(fake_alloc_piece(i)->zone == ZONE_HIGH || fake_alloc_piece(i)->released);
	assert_int_equal(fake_alloc_live(ZONE_TEMP), 0);
}

static void writes_reach_the_disk_and_are_flushed(STATE)
{
	struct block *b = disk();
	uint32_t done;

	for (uint32_t i = 0; i < 5 * 512; i++)
		fake_ram[BUFFER + i] = (uint8_t)(i * 7);
	assert_int_equal(block_transfer(b, true, 77, 5, BUFFER, &done), 0);
	assert_int_equal(done, 5);
	assert_int_equal(fake_scsi.flushes, 1);
	assert_memory_equal(fake_block.data + 77 * 512, fake_ram + BUFFER, 5 * 512);
}

static void lists_of_every_length_are_filled(STATE)
{
	struct block *b = disk();

	for (uint32_t count = 1; count <= DMA_RANGES; count++) {
		struct dma_list list = { .count = count, .bytes = 2048 };
		const uint8_t cdb[SCSI_CDB] = { 0x28, [5] = 9, [8] = 4 };
		uint32_t done = 0, at = 9 * 512;

		for (uint32_t i = 0; i < count; i++)
			list.range[i] = (struct dma_range){ BUFFER + 1 + 0x3001 * i, i + 1 == count ? 2048 - 100 * i : 100 };
		memset(fake_ram + BUFFER, 0x5a, 0x10000);
		assert_int_equal(b->driver->packet(b, cdb, &list, &done), 0);
		assert_int_equal(done, 2048);
		for (uint32_t i = 0; i < count; i++) {
			for (uint32_t n = 0; n < list.range[i].len; n++)
				assert_int_equal(fake_ram[list.range[i].addr + n], fake_block_pattern(at++));
			assert_int_equal(fake_ram[list.range[i].addr + list.range[i].len], 0x5a);
			assert_int_equal(fake_ram[list.range[i].addr - 1], 0x5a);
		}
	}
}

static void commands_without_data_are_sent(STATE)
{
	fake_scsi_add(1, 0, 5, 300);
	assert_int_equal(init(), 0);
	reads_back(block_first, 1, 1);
	assert_int_equal(block_lock(block_first, true), 0);
	assert_int_equal(fake_scsi.cdb[0], 0x1e);
	assert_int_equal(fake_scsi.cdb[4], 1);
	assert_int_equal(block_eject(block_first), 0);
	assert_int_equal(fake_scsi.cdb[0], 0x1b);
}

static void what_a_drive_says_arrives(STATE)
{
	struct block *b = disk();
	uint32_t done;

	fake_scsi.fail_at = fake_scsi.commands + 1;
	fake_scsi.fail_times = 1;
	fake_scsi.fail_key = 3;
	fake_scsi.fail_code = 0x11;
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	assert_true(fake_log_has("command 28: sense 3/11/00"));
	assert_int_equal(fake_scsi.senses, 0);		/* it came by itself */
	reads_back(b, 1, 1);
	fake_scsi.fail_at = fake_scsi.commands + 1;
	fake_scsi.fail_key = 7;
	fake_scsi.fail_code = 0x27;
	assert_int_equal(block_transfer(b, true, 1, 1, BUFFER, &done), -EROFS);
	reads_back(b, 1, 1);
	assert_int_equal(fake_hba.resets, 0);
}

static void sense_data_that_did_not_come_is_none(STATE)
{
	struct block *b = disk();

	fake_scsi.fail_at = fake_scsi.commands + 1;
	fake_scsi.fail_times = 1;
	fake_scsi.fail_key = 7;
	fake_scsi.fail_code = 0x27;
	assert_int_equal(get(b, 1, 1, BUFFER), -EROFS);
	fake_hba.spoil = true;
	fake_hba.status = KIND == FAKE_MEGASAS ? 0x2d : 0;
	fake_hba.scsi_status = 2;
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	assert_true(fake_log_has("command 28: sense 0/00/00"));
	reads_back(b, 1, 1);
}

static void a_drive_that_gives_less_has_failed(STATE)
{
	struct block *b = disk();

	if (KIND == FAKE_MEGASAS)
		return;		/* does not say it */
	fake_scsi.withheld = 512;
	assert_true(get(b, 1, 1, BUFFER) == -EIO);
	assert_true(fake_log_has("0 of 512 bytes at sector 1, and no error"));
	fake_scsi.withheld = 0;
	reads_back(b, 1, 1);
}

static void a_slow_command_is_waited_for(STATE)
{
	struct block *b = disk();

	for (fake_hba.looks = 1; fake_hba.looks < 700; fake_hba.looks = fake_hba.looks * 2 + 1)
		reads_back(b, 1, 2);
	assert_int_equal(fake_timer_expired, 0);
}

/* One sector without the block layer, which would ask again. */
static int raw(struct block *b)
{
	static const uint8_t cdb[SCSI_CDB] = { 0x28, [8] = 8 };
	const struct dma_list list = { .count = 1, .bytes = 4096, .range = { { BUFFER, 4096 } } };
	uint32_t done = 0;

	return b->driver->packet(b, cdb, &list, &done);
}

static void every_command_can_be_lost(STATE)
{
	bool lost = true;

	/* while the drives are looked for, and later */
	for (uint32_t n = 1; lost; n++) {
		fresh(state);
		fake_scsi_add(1, 0, 0, SECTORS);
		fake_hba.lose_at = n;
		fake_hba.lose_times = 1;
		init();
		lost = fake_hba.lose_at == 0;
		fake_hba.lose_at = 0;
		assert_int_equal(fake_hba_late(), 0);
		assert_true(lost ? fake_timer_expired > 0 && fake_hba.resets > 0 : drives() == 1);
		for (struct block *b = block_first; b; b = b->next)
			reads_back(b, 1, 1);
		assert_true(n < 100);
	}
}

static void a_lost_command_reaches_no_memory_and_the_next_works(STATE)
{
	struct block *b = disk();

	for (uint32_t i = 0; i < 40; i++) {
		memset(fake_ram + BUFFER, 0x5a, 4096);
		fake_hba.lose_at = fake_hba.lose_times = 1;
		assert_int_equal(raw(b), -ETIMEDOUT);
		assert_int_equal(fake_hba.resets, i + 1);
		assert_int_equal(fake_hba_late(), 0);
		for (uint32_t n = 0; n < 4096; n++)
			assert_int_equal(fake_ram[BUFFER + n], 0x5a);
		reads_back(b, 2, 8);
		assert_true(block_reset(b) == 0);
		assert_int_equal(fake_hba.resets, i + 1);
	}
	fake_hba.lose_at = fake_hba.lose_times = 1;
	reads_back(b, 2, 8);		/* the block layer asks again */
}

static void a_command_that_it_is_still_at_is_left_alone(STATE)
{
	struct block *b = disk();

	for (uint32_t i = 0; i < 3; i++) {
		fake_hba.lose_at = fake_hba.lose_times = 1;
		fake_hba.hold = true;
		assert_int_equal(raw(b), -EINPROGRESS);
		fake_timer_expired = 0;
		assert_int_equal(raw(b), -EALREADY);
		assert_int_equal(b->driver->reset(b), -EALREADY);
		assert_int_equal(fake_timer_expired, 0);
		assert_int_equal(fake_hba.resets, 0);
		assert_int_equal(fake_hba_late(), 1);
		if (i == 1)
			assert_int_equal(b->driver->reset(b), 0);
		reads_back(b, 2, 8);
		assert_int_equal(fake_hba.resets, 0);
	}
}

static void what_it_was_at_may_be_lost_in_the_end(STATE)
{
	struct block *b = disk();

	fake_hba.lose_at = fake_hba.lose_times = 1;
	fake_hba.hold = true;
	assert_int_equal(raw(b), -EINPROGRESS);
	if (KIND == FAKE_PVSCSI)
		return;		/* a reset by whomever ends it */
	fake_hba.hold = false;
	fake_hba_leave(KIND == FAKE_MPTSAS ? 1 : 0xb, 0);
	assert_int_equal(b->driver->reset(b), 0);
	assert_int_equal(fake_hba.resets, 1);
	assert_int_equal(fake_hba_late(), 0);
	reads_back(b, 2, 8);
}

static jmp_buf left;

static void leave(void)
{
	longjmp(left, 1);
}

/* As when a program is started out of an interrupt that came in a wait: block_abandon(). */
static void a_reset_ends_what_nobody_waits_for(STATE)
{
	static struct block *b;		/* longjmp() */
	static void (*tick)(void);
	static uint32_t how;		/* it ends by itself meanwhile; later; never; or is lost */

	for (how = 0; how < 4; how++) {
		fresh(state);
		b = disk();
		tick = fake_timer_tick;
		fake_timer_tick = leave;
		fake_hba.lose_at = fake_hba.lose_times = how == 1 ? 0 : 1;
		fake_hba.looks = how == 1 ? 20 : 0;
		fake_hba.hold = how != 3;
		if (setjmp(left) == 0)
			raw(b);
		fake_timer_tick = tick;
		if (how == 0)
			assert_int_equal(fake_hba_late(), 1);
		assert_int_equal(b->driver->reset(b), how == 2 ? -EINPROGRESS : 0);
		assert_int_equal(fake_hba.resets, how == 3);
		assert_int_equal(fake_hba_late(), how == 2);
		fake_hba.looks = 0;
		reads_back(b, 1, 1);
	}
}

static void an_adapter_that_cannot_be_reset_is_switched_off(STATE)
{
	struct block *b = disk();

	fake_hba.lose_at = fake_hba.lose_times = 1;
	fake_hba.reset_sticks = true;
	assert_int_equal(raw(b), -ETIMEDOUT);
	assert_true(fake_log_has(": 00:04.0: cannot be reset; switched off"));
	assert_int_equal(fake_hba.command, 0);
	assert_int_equal(fake_hba_late(), 0);
	fake_io_count = (struct fake_io_count){ 0 };
	assert_int_equal(raw(b), -EIO);
	assert_int_equal(b->driver->reset(b), -EIO);
	assert_int_equal(fake_io_accesses(), 0);
}

static void an_adapter_that_is_gone_is_given_up(STATE)
{
	struct block *b = disk();

	fake_hba.gone = true;
	assert_true(get(b, 1, 1, BUFFER) < 0);
	assert_true(fake_hba.command == 0);
	fresh(state);
	fake_hba.gone = true;
	assert_true(init() < 0);
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_hba.command, 0);
}

static void every_failed_allocation_costs_drives_only(STATE)
{
	bool failed = true;

	for (uint32_t n = 1; failed; n++) {
		fresh(state);
		fake_scsi_add(0, 0, 0, SECTORS);
		fake_scsi_add(LAST_TARGET, 0, 0, SECTORS);
		fake_alloc_fail_at(n);
		init();
		failed = fake_log_has("refused by the test");
		assert_true(n < 30);
		if (!failed)
			assert_int_equal(drives(), 2);
		for (struct block *b = block_first; b; b = b->next)
			reads_back(b, 1, 1);
	}
}

static void registers_that_are_not_there_are_refused(STATE)
{
	struct pci_function good = fake_hba_function(), f = good;
	uint32_t n = KIND == FAKE_MPTSAS;

	f.bar[n].base = 0;
	assert_int_equal(INIT(&f), -ENODEV);
	f.bar[n].base = 1ull << 32;
	assert_int_equal(INIT(&f), -ENODEV);
	f = good;
	f.bar[n].kind = PCI_IO;
	assert_int_equal(INIT(&f), -ENODEV);
	f = good;
	f.bar[n].size = 0x40;
	assert_int_equal(INIT(&f), -ENODEV);
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(fake_log_lines(), 4);
	assert_true(fake_log_has(": 00:04.0: registers at febf0000, 40 bytes, expected "));
}

#define HBA_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, clean)
#define HBA_TESTS HBA_TEST(drives_are_found_in_the_order_of_their_targets), HBA_TEST(without_drives_there_are_none), \
	HBA_TEST(memory_that_stays_is_high), HBA_TEST(writes_reach_the_disk_and_are_flushed), \
	HBA_TEST(lists_of_every_length_are_filled), HBA_TEST(commands_without_data_are_sent), \
	HBA_TEST(what_a_drive_says_arrives), HBA_TEST(sense_data_that_did_not_come_is_none), \
	HBA_TEST(a_drive_that_gives_less_has_failed), \
	HBA_TEST(a_slow_command_is_waited_for), HBA_TEST(every_command_can_be_lost), \
	HBA_TEST(a_lost_command_reaches_no_memory_and_the_next_works), \
	HBA_TEST(a_command_that_it_is_still_at_is_left_alone), HBA_TEST(what_it_was_at_may_be_lost_in_the_end), \
	HBA_TEST(a_reset_ends_what_nobody_waits_for), \
	HBA_TEST(an_adapter_that_cannot_be_reset_is_switched_off), HBA_TEST(an_adapter_that_is_gone_is_given_up), \
	HBA_TEST(every_failed_allocation_costs_drives_only), HBA_TEST(registers_that_are_not_there_are_refused)

#endif
