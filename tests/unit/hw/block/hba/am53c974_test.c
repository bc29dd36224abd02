/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/hba/am53c974_test.c: drives behind a fake Am53C974, through the block interface: what is found, what it
 * costs, what is read and written, and every failure; after each of them the next command works, nothing of an old one reaches
 * memory, and no interrupt has been seen by the processor.
 * LINK: src/hw/block/hba/am53c974.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/am53c974.c tests/fake/scsi_bus.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "fake/scsi_bus_case.h"
#include "fake/am53c974.h"
#include "hw/block/hba/am53c974.h"

#define DECODE	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY)
#define INTX_OFF 0x0400

static int fresh(STATE)
{
	fresh_machine();
	fake_scsi_reset();
	fake_am_reset();
	return 0;
}

static int clean(STATE)
{
	return told(fake_am.violations, fake_am.violation);
}

static int init(void)
{
	struct pci_function f = fake_am_function();

	return am53c974_init(&f);
}

static void reads_back(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	assert_int_equal(get(b, lba, count, linear), 0);
	assert_true(holds(linear, b, lba, count));
	assert_false(fake_am_pending());
	assert_int_equal(fake_am.command, DECODE | PCI_COMMAND_MASTER);
}

static void an_adapter_without_targets_costs_its_questions(STATE)
{
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	/* each: target, five of DMA and count, the command, status and interrupt; the command register twice */
	assert_int_equal(fake_io_accesses(), 7 * 9 + 2 + 2);
	assert_int_equal(fake_am.command, DECODE);
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);	/* the bounce buffer */
	assert_int_equal(fake_alloc_live(ZONE_TEMP), 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_read_costs_30_accesses_by_ports(STATE)
{
	struct block *b = disk();

	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 1, 1, BUFFER);
	assert_int_equal(fake_io_accesses(), 30);
	reads_back(b, 7, 127, BUFFER);
	assert_int_equal(fake_io_accesses(), 60);
	assert_int_equal(fake_log_lines(), 0);
}

static void targets_and_units_are_told_apart(STATE)
{
	static const uint8_t where[4][2] = { { 0, 0 }, { 4, 0 }, { 4, 5 }, { 6, 7 } };
	uint32_t n = 0;

	fake_scsi_add(0, 0, false, 1000, 512);
	fake_scsi_add(4, 0, true, 300, 2048);
	fake_scsi_add(4, 5, false, 700, 512);
	fake_scsi_add(6, 7, false, 900, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 4);
	for (struct block *b = block_first; b; b = b->next, n++) {
		assert_int_equal(b->bus, BUS_SCSI);
		assert_int_equal(b->bdf, FAKE_AM_BDF);
		assert_int_equal(b->target, where[n][0]);
		assert_int_equal(b->lun, where[n][1]);
		assert_int_equal(b->kind, n == 1 ? BLOCK_CD : BLOCK_DISK);
		assert_int_equal(block_media(b), 0);
		reads_back(b, b->sectors - 2, 2, BUFFER);
		assert_int_equal(get(b, b->sectors, 1, BUFFER), -ERANGE);
	}
}

static void large_requests_and_large_disks_are_read(STATE)
{
	struct block *b;

	fake_scsi_add(2, 0, false, 0x123456789a, 512);
	assert_int_equal(init(), 0);
	b = block_first;
	assert_true(b->sectors == 0x123456789a);
	reads_back(b, b->sectors - 300, 300, MIB);	/* 128 at a time */
	assert_int_equal(fake_scsi_unit[2][0].last[0], 0x88);
	reads_back(b, 5, 128, MIB);			/* a count of 65536 is 0 */
	assert_int_equal(fake_scsi_unit[2][0].last[0], 0x28);
	assert_int_equal(fake_scsi_unit[2][0].last[8], 128);
}

static void what_is_written_arrives(STATE)
{
	struct block *b = disk();
	uint32_t done;

	for (uint32_t odd = 0; odd < 2; odd++) {
		for (uint32_t i = 0; i < 4096; i++)
			fake_ram[BUFFER + odd + i] = (uint8_t)(i * 7 + (i >> 8) + odd);
		assert_int_equal(block_transfer(b, true, 77, 8, BUFFER + odd, &done), 0);
		assert_int_equal(done, 8);
		assert_int_equal(fake_scsi_written.bytes, 4096);
		assert_memory_equal(fake_scsi_written.data, fake_ram + BUFFER + odd, 4096);
	}
	assert_int_equal(fake_scsi_unit[2][0].last[0], 0x35);	/* it is flushed */
	reads_back(b, 5, 5, BUFFER);
}

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

static void how_much_has_come_is_known(STATE)
{
	struct block *b = disk();

	for (uint32_t first = 1; first < 2048; first += 93) {
		struct block_request r = { .lba = 9, .sectors = 4, .list = { .count = 2, .bytes = 2048 } };

		r.list.range[0] = (struct dma_range){ BUFFER, first };
		r.list.range[1] = (struct dma_range){ BUFFER + 0x1000, 2048 - first };
		fake_am_fail(AM_FAULT_SHORT, 1);
		assert_int_equal(b->driver->transfer(b, &r), -EIO);
		assert_int_equal(r.done, 2);
		assert_true(fake_log_has("1024 of 2048 bytes at sector 9"));
		fake_log_reset();
		reads_back(b, 3, 3, BUFFER);
	}
	assert_int_equal(fake_am.resets, 0);
}

static void what_a_drive_refuses_is_an_error_and_no_more(STATE)
{
	static const struct {
		uint8_t sense[3];
		int rc;
	} rows[] = {
		{ { 3, 0x11, 0 }, -EIO }, { { 7, 0x27, 0 }, -EROFS }, { { 2, 0x3a, 0 }, 0 }, { { 6, 0x29, 0 }, 0 },
	};
	struct block *b = disk();

	for (uint32_t i = 0; i < 4; i++) {
		memcpy(fake_scsi_unit[2][0].sense, rows[i].sense, 3);
		assert_int_equal(get(b, 5, 1, BUFFER), rows[i].rc);
		reads_back(b, 6, 2, BUFFER);
	}
	assert_int_equal(fake_am.resets, 0);
}

/* QEMU's targets do not say why, of such units. */
static void a_unit_that_does_not_say_why_is_asked_again(STATE)
{
	struct block *b;

	fake_scsi_add(3, 2, false, 1000, 512);
	assert_int_equal(init(), 0);
	b = block_first;
	reads_back(b, 5, 1, BUFFER);
	memcpy(fake_scsi_unit[3][2].sense, (uint8_t[]){ 6, 0x29, 0 }, 3);
	reads_back(b, 6, 2, BUFFER);
}

static void a_slow_drive_is_waited_for(STATE)
{
	struct block *b = disk();

	for (fake_am.looks = 1; fake_am.looks < 900; fake_am.looks += 111)
		reads_back(b, 5, 3, BUFFER);
	assert_int_equal(fake_timer_expired, 0);
}

/* Each ends with its error; the next command, or the block layer's second try, resets the bus and works. */
static void every_accident_is_got_over(STATE)
{
	static const struct {
		enum fake_am_fault fault;
		int rc;
	} rows[] = {
		{ AM_FAULT_NO_STATUS, 0 }, { AM_FAULT_NO_ACCEPT, 0 }, { AM_FAULT_MORE, -EIO }, { AM_FAULT_PHASE, -EIO }, { AM_FAULT_MESSAGE, -EIO },
		{ AM_FAULT_STAYS, -EIO },
	};

	for (uint32_t i = 0; i < 6; i++) {
		struct block *b;

		fresh(state);
		b = disk();
		fake_am_fail(rows[i].fault, 1);
		assert_int_equal(get(b, 5, 2, BUFFER), rows[i].rc);
		assert_true(fake_log_lines() > 0);
		assert_false(fake_am_pending());
		reads_back(b, 6, 2, BUFFER);
		assert_int_equal(fake_am.resets, 1);
		assert_int_equal(fake_am.chip_resets, 1);
		if (fake_am.violations)
			print_error("fault %u: %s\n", rows[i].fault, fake_am.violation);
		assert_false(fake_am.violations);
	}
}

static void more_left_than_was_given_is_nothing_done(STATE)
{
	struct block *b = disk();
	uint32_t done = 0;

	fake_am_fail(AM_FAULT_LEFT, 1);
	assert_int_equal(block_transfer(b, false, 5, 2, BUFFER, &done), -EIO);
	assert_int_equal(done, 0);
	reads_back(b, 5, 2, BUFFER);
}

/* QEMU would stand still until it is over, whatever it is asked to do about it. */
static void a_target_that_is_still_at_it_is_left_alone(STATE)
{
	for (uint32_t data = 0; data < 2; data++) {
		struct block *b;

		fresh(state);
		b = disk();
		fake_am_fail(data ? AM_FAULT_NO_DATA : AM_FAULT_NO_SELECT, 1);
		assert_int_equal(get(b, 5, 2, BUFFER), -ETIMEDOUT);
		assert_int_equal(get(b, 5, 2, BUFFER + 0x1000), -ETIMEDOUT);
		assert_int_equal(fake_am.resets + fake_am.chip_resets, 0);
		assert_int_equal(fake_am.command, DECODE | PCI_COMMAND_MASTER | INTX_OFF);
		fake_am_late();
		assert_int_equal(block_reset(b), 0);
		assert_int_equal(fake_am.resets, 1);
		assert_int_equal(block_reset(b), 0);		/* what works is left alone */
		assert_int_equal(fake_am.resets, 1);
		reads_back(b, 5, 2, BUFFER);
		assert_false(fake_am.violations);
	}
}

static void a_bus_that_cannot_be_reset_stays_off(STATE)
{
	struct block *b = disk();

	fake_am.no_reset = true;
	fake_am_fail(AM_FAULT_NO_STATUS, 1);
	assert_int_equal(get(b, 5, 2, BUFFER), -ETIMEDOUT);
	assert_int_equal(get(b, 5, 2, BUFFER), -ETIMEDOUT);
	assert_int_equal(block_reset(b), -ETIMEDOUT);
	assert_int_equal(fake_am.command, DECODE | INTX_OFF);
}

static void busy_is_said(STATE)
{
	struct block *b = disk();

	fake_am_fail(AM_FAULT_STATUS, 1);
	assert_int_equal(get(b, 5, 2, BUFFER), -EBUSY);
	assert_true(fake_log_has("status 08"));
	reads_back(b, 6, 2, BUFFER);
	assert_int_equal(fake_am.resets, 0);
}

static void an_adapter_that_is_gone_costs_its_drives(STATE)
{
	struct block *b = disk();

	fake_am.gone = true;
	assert_true(get(b, 5, 2, BUFFER) < 0);
	assert_true(get(b, 5, 2, BUFFER) < 0);
	assert_int_equal(fake_am.command & PCI_COMMAND_MASTER, 0);
}

static void registers_that_cannot_be_are_refused(STATE)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct pci_function f = fake_am_function();

		fresh(state);
		if (i == 0)
			f.bar[0].base = 0;
		else if (i == 1)
			f.bar[0].base = 0xff84;
		else if (i == 2)
			f.bar[0].kind = PCI_MEM;
		else
			f.bar[0].size = 0x40;
		assert_int_equal(am53c974_init(&f), -ENODEV);
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
		T(an_adapter_without_targets_costs_its_questions), T(a_read_costs_30_accesses_by_ports),
		T(targets_and_units_are_told_apart), T(large_requests_and_large_disks_are_read), T(what_is_written_arrives),
		T(a_request_of_several_ranges_is_one_command), T(how_much_has_come_is_known),
		T(what_a_drive_refuses_is_an_error_and_no_more), T(a_unit_that_does_not_say_why_is_asked_again),
		T(a_slow_drive_is_waited_for), T(every_accident_is_got_over), T(more_left_than_was_given_is_nothing_done),
		T(a_target_that_is_still_at_it_is_left_alone), T(a_bus_that_cannot_be_reset_stays_off), T(busy_is_said),
		T(an_adapter_that_is_gone_costs_its_drives), T(registers_that_cannot_be_are_refused),
		T(every_failed_allocation_costs_drives_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
