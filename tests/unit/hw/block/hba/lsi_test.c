/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/hba/lsi_test.c: drives behind a fake 53C895A, through the block interface: the program is really run. What
 * is found, what it costs, what is read and written, and every failure; after each of them the next command works,
 * nothing of an old one reaches memory, and no interrupt is pending.
 * LINK: src/hw/block/hba/adapter.c src/hw/block/controller.c src/hw/block/hba/lsi.c src/hw/block/hba/lsi_script.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/lsi.c tests/fake/scsi_bus.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "fake/scsi_bus_case.h"
#include "fake/lsi.h"
#include "hw/block/hba/lsi.h"
#include "hw/block/hba/lsi_script.h"

#define MASTER	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

static int fresh(STATE)
{
	fresh_machine();
	fake_timer_looks = 5000;
	fake_scsi_reset();
	fake_lsi_reset();
	return 0;
}

static int clean(STATE)
{
	return told(fake_lsi.violations, fake_lsi.violation);
}

static int init(void)
{
	struct pci_function f = fake_lsi_function();

	return lsi_init(&f);
}

static void reads_back(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	assert_int_equal(get(b, lba, count, linear), 0);
	assert_true(holds(linear, b, lba, count));
	assert_int_equal(fake_lsi_pending(), 0);
}

static void an_adapter_without_targets_costs_its_questions(STATE)
{
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	/* each: DSP, ISTAT, SIST; the master on and off in two registers, the first of which is known the second time */
	assert_int_equal(fake_io_accesses(), 7 * 3 + 2 + 1);
	assert_int_equal(fake_lsi.command, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);	/* the bounce buffer */
	assert_int_equal(fake_alloc_live(ZONE_TEMP), 0);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_lsi_pending(), 0);
}

static void a_read_costs_two_accesses(STATE)
{
	struct block *b = disk();

	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 1, 1, BUFFER);
	assert_int_equal(fake_io_accesses(), 2);
	reads_back(b, 7, 127, BUFFER);
	assert_int_equal(fake_io_accesses(), 4);
	assert_int_equal(fake_timer_expired, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void what_a_disk_is_is_what_it_says(STATE)
{
	struct block *b = disk();

	assert_int_equal(b->kind, BLOCK_DISK);
	assert_int_equal(b->bus, BUS_SCSI);
	assert_int_equal(b->bdf, FAKE_LSI_BDF);
	assert_int_equal(b->channel, 0);
	assert_int_equal(b->target, 2);
	assert_int_equal(b->lun, 0);
	assert_int_equal(b->sectors, SECTORS);
	assert_int_equal(b->sector_size, 512);
	assert_string_equal(b->description, "Fake unit");
	assert_int_equal(fake_lsi.command, MASTER);
}

static void targets_and_units_are_told_apart(STATE)
{
	for (int old = 0; old < 2; old++) {
		uint32_t n = 0;

		fresh(state);
		fake_lsi.old = old;
		fake_scsi_add(0, 0, false, 1000, 512);
		fake_scsi_add(4, 0, true, 300, 2048);
		fake_scsi_add(4, 5, false, 700, 512);
		fake_scsi_add(6, 7, false, 900, 512);
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), 4);
		for (struct block *b = block_first; b; b = b->next, n++) {
			static const uint8_t where[4][2] = { { 0, 0 }, { 4, 0 }, { 4, 5 }, { 6, 7 } };

			assert_int_equal(b->target, where[n][0]);
			assert_int_equal(b->lun, where[n][1]);
			assert_int_equal(b->kind, n == 1 ? BLOCK_CD : BLOCK_DISK);
			assert_int_equal(block_media(b), 0);
			reads_back(b, b->sectors - 2, 2, BUFFER);
			assert_int_equal(get(b, b->sectors, 1, BUFFER), -ERANGE);
		}
	}
}

static void sectors_beyond_32_bits_are_read(STATE)
{
	struct block *b;

	fake_scsi_add(2, 0, false, 0x123456789a, 512);
	assert_int_equal(init(), 0);
	b = block_first;
	assert_true(b->sectors == 0x123456789a);
	reads_back(b, b->sectors - 3, 3, BUFFER);
	assert_int_equal(fake_scsi_unit[2][0].last[0], 0x88);
}

static void what_is_written_arrives(STATE)
{
	for (int old = 0; old < 2; old++) {
		struct block *b;
		uint32_t done;

		fresh(state);
		fake_lsi.old = old;
		b = disk();
		for (uint32_t odd = 0; odd < 2; odd++) {
			for (uint32_t i = 0; i < 4096; i++)
				fake_ram[BUFFER + odd + i] = (uint8_t)(i * 7 + (i >> 8) + odd);
			assert_int_equal(block_transfer(b, true, 77, 8, BUFFER + odd, &done), 0);
			assert_int_equal(done, 8);
			assert_int_equal(fake_scsi_written.bytes, 4096);
			assert_memory_equal(fake_scsi_written.data, fake_ram + BUFFER + odd, 4096);
			assert_int_equal(fake_lsi_pending(), 0);
		}
		assert_int_equal(fake_scsi_unit[2][0].last[0], 0x35);	/* it is flushed */
		reads_back(b, 5, 5, BUFFER);
	}
}

/* Ranges: direct, bounced, direct. */
static void a_request_of_several_ranges_is_one_command(STATE)
{
	struct block *b = disk();
	struct block_request r = { .lba = 9, .sectors = 6, .list = { .count = 3, .bytes = 6 * 512,
				   .range = { { BUFFER, 100 }, { 0x50000, 512 * 4 }, { 0x90003, 512 * 2 - 100 } } } };
	uint32_t commands = fake_scsi_unit[2][0].commands, offset = 0;

	assert_int_equal(b->driver->transfer(b, &r), 0);
	assert_int_equal(fake_scsi_unit[2][0].commands, commands + 1);
	for (uint32_t n = 0; n < 3; n++)
		for (uint32_t i = 0; i < r.list.range[n].len; i++, offset++)
			assert_int_equal(fake_ram[r.list.range[n].addr + i], fake_scsi_byte(2, 0, 9 + offset / 512, offset % 512));
	reads_back(b, 3, 3, BUFFER);
}

/* A short answer ends in any of the ranges, or between two. */
static void how_much_has_come_is_known(STATE)
{
	for (int old = 0; old < 2; old++)
		for (uint32_t first = 1; first < 2048; first += 93) {
			struct block_request r = { .lba = 9, .sectors = 4, .list = { .count = 3, .bytes = 2048 } };
			struct block *b;

			fresh(state);
			fake_lsi.old = old;
			b = disk();
			r.list.range[0] = (struct dma_range){ BUFFER, first / 2 + 1 };
			r.list.range[1] = (struct dma_range){ BUFFER + 0x1000, first - first / 2 };
			r.list.range[2] = (struct dma_range){ BUFFER + 0x2000, 2048 - first - 1 };
			if (!r.list.range[2].len)
				continue;
			fake_lsi_fail(LSI_FAULT_SHORT, 1);
			assert_int_equal(b->driver->transfer(b, &r), -EIO);
			assert_int_equal(r.done, 2);
			assert_true(fake_log_has("1024 of 2048 bytes at sector 9"));
			assert_int_equal(fake_lsi_pending(), 0);
			reads_back(b, 3, 3, BUFFER);
			assert_int_equal(fake_lsi.resets, 0);
			assert_false(fake_lsi.violations);
		}
}

/* The command before had all of its data. */
static void a_drive_that_gives_nothing_has_given_nothing(STATE)
{
	struct block *b = disk();
	uint32_t done = 7;

	reads_back(b, 5, 2, BUFFER);
	fake_lsi_fail(LSI_FAULT_NOTHING, 1);
	assert_int_equal(block_transfer(b, false, 7, 2, BUFFER, &done), -EIO);
	assert_int_equal(done, 0);
	reads_back(b, 7, 2, BUFFER);
}

/* What an adapter writes is believed as far as it can be true. */
static void what_was_moved_is_what_there_is_from_the_start(STATE)
{
	static const struct {
		uint32_t left[3], moved;
	} rows[] = {
		{ { 0xe0000000, 0xe0000000, 0xe0000000 }, 60 }, { { 0, 0, 5 }, 55 }, { { 0, 5, 0 }, 25 }, { { 5, 0, 0 }, 5 },
		{ { 11, 0, 0 }, 0 }, { { 0, 0xffffff, 0 }, 10 }, { { 0, ~0u, 0 }, 10 }, { { ~0u, 0, 0 }, 0 }, { { 0, 0, ~0u }, 30 },
	};
	const struct dma_list list = { .count = 3, .bytes = 60, .range = { { 0x1000, 10 }, { 0x2000, 20 }, { 0x3000, 30 } } };
	static struct lsi_memory m;
	const uint8_t cdb[SCSI_CDB] = { 0x28 };

	lsi_script_make(&m);
	lsi_script_change(&m, 1, 2, cdb[0], &list);
	lsi_script_set(&m, cdb, &list);
	assert_int_equal(lsi_script_moved(&m, &list), 0);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (uint32_t n = 0; n < 3; n++)
			m.first[n].left = rows[i].left[n];
		assert_int_equal(lsi_script_moved(&m, &list), rows[i].moved);
	}
}

static void what_a_drive_refuses_is_an_error_and_no_more(STATE)
{
	static const struct {
		uint8_t sense[3];
		int rc;
	} rows[] = {
		{ { 3, 0x11, 0 }, -EIO }, { { 7, 0x27, 0 }, -EROFS }, { { 2, 0x3a, 0 }, 0 }, { { 6, 0x29, 0 }, 0 },
	};

	for (int old = 0; old < 2; old++)
		for (uint32_t i = 0; i < 4; i++) {
			struct block *b;

			fresh(state);
			fake_lsi.old = old;
			b = disk();
			memcpy(fake_scsi_unit[2][0].sense, rows[i].sense, 3);
			assert_int_equal(get(b, 5, 1, BUFFER), rows[i].rc);
			assert_int_equal(fake_lsi_pending(), 0);
			reads_back(b, 6, 2, BUFFER);
			assert_int_equal(fake_lsi.resets, 0);
		}
}

static void an_error_of_a_target_that_was_away_is_one(STATE)
{
	for (int old = 0; old < 2; old++)
		for (uint32_t looks = 0; looks < 2000; looks += 900) {
			struct block *b;

			fresh(state);
			fake_lsi.old = old;
			b = disk();
			fake_lsi.looks = looks;
			fake_lsi_fail(LSI_FAULT_ERROR, 1);
			assert_int_equal(get(b, 5, 1, BUFFER), -EIO);
			assert_int_equal(fake_lsi_pending(), 0);
			reads_back(b, 6, 2, BUFFER);
			assert_int_equal(fake_lsi.resets, 0);
			assert_false(fake_lsi.violations);
		}
}

static void a_slow_drive_is_waited_for(STATE)
{
	struct block *b = disk();

	for (uint32_t looks = 1; looks < 5000; looks += 700) {
		fake_lsi.looks = looks;
		reads_back(b, 5, 3, BUFFER);
	}
	assert_int_equal(fake_timer_expired, 0);
}

/* Each ends with its error; the next command, or the block layer's second try, resets the bus and works. */
static void every_accident_is_got_over(STATE)
{
	static const struct {
		enum fake_lsi_fault fault;
		int rc;
	} rows[] = {
		{ LSI_FAULT_NO_STOP, 0 }, { LSI_FAULT_MORE, -EIO },
		{ LSI_FAULT_PHASE, -EIO }, { LSI_FAULT_TWICE, -EIO }, { LSI_FAULT_MESSAGE, -EIO }, { LSI_FAULT_ILLEGAL, -EIO },
		{ LSI_FAULT_LOST, -EIO },
	};

	for (int old = 0; old < 2; old++)
		for (uint32_t i = 0; i < 7; i++) {
			struct block *b;
			uint32_t before;
			int rc;

			fresh(state);
			fake_lsi.old = old;
			b = disk();
			fake_lsi_fail(rows[i].fault, 1);
			before = fake_log_lines();
			rc = get(b, 5, 2, BUFFER);
			assert_int_equal(rc, rows[i].rc);
			assert_true(fake_log_lines() > before);
			reads_back(b, 6, 2, BUFFER);
			assert_int_equal(fake_lsi.resets, 1);
			assert_int_equal(fake_lsi.command, MASTER);
			if (fake_lsi.violations)
				print_error("fault %u: %s\n", rows[i].fault, fake_lsi.violation);
			assert_false(fake_lsi.violations);
		}
}

/* QEMU would stand still until it is over, whatever it is asked to do about it. */
static void a_target_that_is_still_at_it_is_left_alone(STATE)
{
	struct block *b = disk();
	uint32_t starts;

	fake_lsi_fail(LSI_FAULT_NO_END, 1);
	assert_int_equal(get(b, 5, 2, BUFFER), -ETIMEDOUT);
	starts = fake_lsi.starts;
	assert_int_equal(get(b, 5, 2, BUFFER + 0x1000), -ETIMEDOUT);
	assert_int_equal(fake_lsi.resets, 0);
	assert_int_equal(fake_lsi.starts, starts);
	assert_int_equal(fake_lsi.command, MASTER);
	fake_lsi_late();
	assert_int_equal(fake_lsi.late, 1);
	assert_int_equal(block_reset(b), 0);
	assert_int_equal(fake_lsi.resets, 1);
	assert_int_equal(block_reset(b), 0);		/* what works is left alone */
	assert_int_equal(fake_lsi.resets, 1);
	reads_back(b, 5, 2, BUFFER);
}

static void a_bus_that_cannot_be_reset_stays_off(STATE)
{
	struct block *b = disk();

	fake_lsi.no_reset = true;
	fake_lsi_fail(LSI_FAULT_NO_STOP, 1);
	assert_int_equal(get(b, 5, 2, BUFFER), -ETIMEDOUT);
	assert_int_equal(get(b, 5, 2, BUFFER), -ETIMEDOUT);
	assert_int_equal(block_reset(b), -EIO);
	assert_int_equal(fake_lsi.command & PCI_COMMAND_MASTER, 0);
	assert_true(fake_log_has("no reset of the bus"));
}

static void busy_is_said(STATE)
{
	struct block *b = disk();

	fake_lsi_fail(LSI_FAULT_STATUS, 1);
	assert_int_equal(get(b, 5, 2, BUFFER), -EBUSY);
	assert_true(fake_log_has("status 08"));
	reads_back(b, 6, 2, BUFFER);
	assert_int_equal(fake_lsi.resets, 0);
}

static void an_adapter_that_is_gone_costs_its_drives(STATE)
{
	struct block *b = disk();

	fake_lsi.gone = true;
	fake_lsi_fail(LSI_FAULT_NO_END, 1);
	assert_true(get(b, 5, 2, BUFFER) < 0);
	assert_true(get(b, 5, 2, BUFFER) < 0);
	assert_int_equal(fake_lsi.command & PCI_COMMAND_MASTER, 0);
}

static void registers_that_cannot_be_are_refused(STATE)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct pci_function f = fake_lsi_function();

		fresh(state);
		if (i == 0)
			f.bar[1].base = 0;
		else if (i == 1)
			f.bar[1].base = 1ull << 32;
		else if (i == 2)
			f.bar[1].kind = PCI_IO;
		else
			f.bar[1].size = 0x40;
		assert_int_equal(lsi_init(&f), -ENODEV);
		assert_int_equal(fake_io_accesses(), 0);
		assert_int_equal(fake_log_lines(), 1);
	}
}

static void every_failed_allocation_costs_drives_only(STATE)
{
	uint32_t calls;

	fake_scsi_add(0, 0, false, 1000, 512);
	fake_scsi_add(1, 0, true, 1000, 2048);
	init();
	calls = fake_alloc_calls();
	for (uint32_t n = 1; n <= calls; n++) {
		fresh(state);
		fake_scsi_add(0, 0, false, 1000, 512);
		fake_scsi_add(1, 0, true, 1000, 2048);
		fake_alloc_fail_at(n);
		init();
		assert_true(drives() <= 2);
		for (struct block *b = block_first; b; b = b->next) {
			assert_int_equal(block_media(b), 0);
			reads_back(b, 7, 3, BUFFER);
		}
		assert_int_equal(fake_alloc_live(ZONE_TEMP), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, fresh, clean)
		T(an_adapter_without_targets_costs_its_questions), T(a_read_costs_two_accesses), T(what_a_disk_is_is_what_it_says),
		T(targets_and_units_are_told_apart), T(sectors_beyond_32_bits_are_read), T(what_is_written_arrives),
		T(a_request_of_several_ranges_is_one_command), T(how_much_has_come_is_known),
		T(a_drive_that_gives_nothing_has_given_nothing), T(what_was_moved_is_what_there_is_from_the_start),
		T(what_a_drive_refuses_is_an_error_and_no_more), T(an_error_of_a_target_that_was_away_is_one),
		T(a_slow_drive_is_waited_for), T(every_accident_is_got_over), T(a_target_that_is_still_at_it_is_left_alone),
		T(a_bus_that_cannot_be_reset_stays_off), T(busy_is_said), T(an_adapter_that_is_gone_costs_its_drives),
		T(registers_that_cannot_be_are_refused), T(every_failed_allocation_costs_drives_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
