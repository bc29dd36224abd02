/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/ata/ahci_test.c: drives on a fake AHCI controller, through the block interface: what is found, what
 * it costs, what is read and written, and every failure; after each of them the port works again, and nothing of
 * an old command reaches memory.
 * LINK: src/hw/block/ata/ahci.c src/hw/block/controller.c src/hw/block/ata/ahci_port.c src/hw/block/model.c src/hw/block/ata/ata.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/ahci.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "fake/driver_case.h"
#include "fake/ahci.h"
#include "hw/block/ata/ahci.h"

#define DISK_SECTORS	0x100000ull

static int fresh(STATE)
{
	fresh_machine();
	fake_ahci_reset();
	return 0;
}

static int clean(STATE)
{
	return told(fake_ahci.violations, fake_ahci.violation);
}

static int init(void)
{
	struct pci_function f = fake_ahci_function();

	return ahci_init(&f);
}

/* One drive on port 0. */
static struct block *one(bool cd, uint64_t sectors, uint32_t size)
{
	fake_ahci_add(0, cd, sectors, size);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	return block_first;
}

static struct block *disk(void)
{
	return one(false, DISK_SECTORS, 512);
}

static bool holds(uint32_t linear, uint32_t port, uint64_t lba, uint32_t count, uint32_t size)
{
	for (uint32_t i = 0; i < count * size; i++)
		if (fake_ram[linear + i] != fake_ahci_byte(port, lba + i / size, i % size))
			return false;
	return true;
}

static int get(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done = 0xdead;
	int rc = block_transfer(b, false, lba, count, linear, &done);

	assert_int_equal(done, rc ? 0 : count);
	return rc;
}

static void reads_back(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	assert_int_equal(get(b, lba, count, linear), 0);
	assert_true(holds(linear, b->channel, lba, count, b->sector_size));
}

static void six_empty_ports_cost_eight_accesses(void **state)
{
	(void)state;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_io_accesses(), 8);
	assert_int_equal(fake_ahci.command, 0);		/* nor may it reach memory */
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);	/* the bounce buffer */
	assert_int_equal(fake_log_lines(), 0);
}

static void a_disk_costs_twelve_more_and_a_read_two(void **state)
{
	struct block *b = disk();

	(void)state;
	/* CF8 and CFC for bus mastering, 4 addresses, CMD, SIG, and IDENTIFY, which asks IS and TFD as well */
	assert_int_equal(fake_io_accesses(), 8 + 2 + 6 + 4);
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 1, 1, BUFFER);
	assert_int_equal(fake_io_accesses(), 2);
	reads_back(b, 7, 127, BUFFER);
	assert_int_equal(fake_io_accesses(), 4);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_timer_expired, 0);
}

static void what_a_disk_is_is_what_it_says(void **state)
{
	struct block *b = disk();

	(void)state;
	assert_int_equal(b->kind, BLOCK_DISK);
	assert_int_equal(b->bus, BUS_AHCI);
	assert_int_equal(b->bdf, FAKE_AHCI_BDF);
	assert_int_equal(b->channel, 0);
	assert_int_equal(b->unit, 0);
	assert_int_equal(b->sectors, DISK_SECTORS);
	assert_int_equal(b->sector_size, 512);
	assert_int_equal(b->chs_cylinders, 16383);
	assert_false(b->read_only);
	assert_string_equal(b->description, "Fake disk");
}

static void its_memory_stays_and_is_aligned(void **state)
{
	(void)state;
	disk();
	for (uint32_t i = 0; fake_alloc_piece(i); i++) {
		const struct fake_piece *piece = fake_alloc_piece(i);

		assert_int_equal(piece->zone, ZONE_HIGH);
		assert_false(piece->released);
		if (strcmp(piece->what, "AHCI port") == 0) {
			assert_int_equal(piece->phys % 1024, 0);
			assert_true(piece->size <= 2048);
			assert_true(piece->zeroed);
			return;
		}
	}
	fail();
}

static void drives_on_all_ports_are_told_apart(void **state)
{
	(void)state;
	fake_ahci_add(1, false, 1000, 512);
	fake_ahci_add(2, true, 300, 2048);
	fake_ahci_add(5, false, 5000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 3);
	assert_int_equal(block_first->channel, 1);
	assert_int_equal(block_first->next->channel, 2);
	assert_int_equal(block_first->next->kind, BLOCK_CD);
	assert_int_equal(block_first->next->next->channel, 5);
	reads_back(block_first, 999, 1, BUFFER);
	reads_back(block_first->next, 299, 1, BUFFER);
	reads_back(block_first->next->next, 4000, 100, BUFFER);
	assert_int_equal(get(block_first, 999, 2, BUFFER), -ERANGE);
}

static void thirty_ports_fit_and_no_more(void **state)
{
	(void)state;
	fake_ahci.ports = 0xffffffff;
	fake_ahci_add(29, false, 1000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	/* 30 times SSTS: ports 30 and 31 would be behind the BAR */
	assert_int_equal(fake_io_accesses(), 2 + 30 + 2 + 6 + 4);
	reads_back(block_first, 5, 5, BUFFER);
	assert_int_equal(block_first->channel, 29);
}

static void ports_that_are_not_implemented_are_not_asked(void **state)
{
	(void)state;
	fake_ahci.ports = 0x10;
	fake_ahci_add(0, false, 1000, 512);
	fake_ahci_add(4, false, 1000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	assert_int_equal(block_first->channel, 4);
}

static void a_bar_that_is_not_there_is_refused(void **state)
{
	struct pci_function f = fake_ahci_function();

	(void)state;
	f.bar[5].base = 0;
	assert_int_equal(ahci_init(&f), -ENODEV);
	f.bar[5].base = 1ull << 32;
	assert_int_equal(ahci_init(&f), -ENODEV);
	f = fake_ahci_function();
	f.bar[5].kind = PCI_IO;
	assert_int_equal(ahci_init(&f), -ENODEV);
	f = fake_ahci_function();
	f.bar[5].size = 0x100;
	assert_int_equal(ahci_init(&f), -ENODEV);
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(fake_log_lines(), 4);
	assert_true(fake_log_has("ahci: 00:1f.2: registers at febff000, 100 bytes, expected 180 below 4 GiB in BAR 5; not used"));
}

static void a_controller_that_is_gone_has_no_drives(void **state)
{
	(void)state;
	fake_ahci_add(0, false, 1000, 512);
	fake_ahci.gone = true;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
}

static void every_failed_allocation_costs_drives_only(void **state)
{
	bool failed = true;

	for (uint32_t n = 1; failed; n++) {
		fresh(state);
		fake_ahci_add(0, false, 1000, 512);
		fake_ahci_add(1, false, 1000, 512);
		fake_alloc_fail_at(n);
		init();
		failed = fake_log_has("refused by the test");
		assert_true(n < 20);
		if (!failed)
			assert_int_equal(drives(), 2);
		for (struct block *b = block_first; b; b = b->next)
			reads_back(b, 1, 1, BUFFER);
	}
	assert_int_equal(fake_ahci.violations, 0);
}

static void big_disks_are_reached_to_their_end(void **state)
{
	uint64_t sectors = 0x1234567890ull;
	struct block *b = one(false, sectors, 512);

	(void)state;
	assert_int_equal(b->sectors, sectors);
	reads_back(b, sectors - 1, 1, BUFFER);
	assert_int_equal(fake_ahci.drive[0].last_command, 0x25);
	assert_int_equal(fake_ahci.drive[0].last_lba, sectors - 1);
	assert_int_equal(get(b, sectors, 1, BUFFER), -ERANGE);
	assert_int_equal(get(b, sectors - 1, 2, BUFFER), -ERANGE);
	assert_int_equal(get(b, 0xffffffffffffffff, 1, BUFFER), -ERANGE);
}

static void sectors_of_4096_bytes_are_read(void **state)
{
	struct block *b = one(false, 0x10000, 4096);

	(void)state;
	assert_int_equal(b->sectors, 0x10000 * 8);	/* of 512 (sectors.h) */
	assert_int_equal(get(b, 0xffff * 8, 8, BUFFER), 0);
	assert_true(holds(BUFFER, 0, 0xffff, 1, 4096));
	assert_int_equal(get(b, 100 * 8, 128, BUFFER), 0);
	assert_true(holds(BUFFER, 0, 100, 16, 4096));
	assert_int_equal(fake_ahci.drive[0].last_count, 16);
}

/* A disk of the last century, whose IDENTIFY a test changes before it is looked at. */
static struct block *old(uint64_t sectors, bool dma)
{
	struct fake_ahci_drive *d = fake_ahci_add(0, false, sectors, 512);

	d->no_lba48 = true;
	d->no_dma = !dma;
	d->identify[83] = 0x4000;
	d->identify[49] = dma ? 0x0300 : 0x0200;
	memset(d->identify + 100, 0, 8);
	fake_ahci_sign(d);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	return block_first;
}

static void a_disk_without_lba48_gets_28_bits(void **state)
{
	struct block *b = old(0x0fffffff, true);

	(void)state;
	reads_back(b, 0x0ffffffe, 1, BUFFER);
	assert_int_equal(fake_ahci.drive[0].last_command, 0xc8);
	reads_back(b, 0x0abcdef0, 1, BUFFER);
	reads_back(b, 0, 256, BUFFER);			/* a count of 0 */
	assert_int_equal(fake_ahci.drive[0].last_count, 0);
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 0, 300, BUFFER);
	assert_int_equal(fake_io_accesses(), 4);	/* 256 and 44 */
}

static void a_disk_without_dma_is_read_as_well(void **state)
{
	struct block *b = old(1000, false);
	uint32_t done;

	(void)state;
	reads_back(b, 3, 100, BUFFER);
	assert_int_equal(fake_ahci.drive[0].last_command, 0x20);
	assert_int_equal(block_transfer(b, true, 3, 2, BUFFER, &done), 0);
	assert_int_equal(fake_ahci.drive[0].last_command, 0x30);
}

static void requests_are_cut_at_what_a_range_can_hold(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 0, 8192 + 100, MIB);
	assert_int_equal(fake_io_accesses(), 4);
	assert_int_equal(fake_ahci.drive[0].last_count, 100);
	assert_int_equal(fake_ahci.drive[0].last_lba, 8192);
}

static void odd_buffers_are_filled_and_nothing_beside_them(void **state)
{
	static const uint32_t at[] = { BUFFER + 1, 0x2ffff, 0x7001, 0x90003 };
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		memset(fake_ram + at[i] - 64, 0x5a, 256 * 512 + 128);
		reads_back(b, 10 + i, i == 2 ? 3 : 127, at[i]);
		for (uint32_t n = 1; n <= 64; n++) {
			assert_int_equal(fake_ram[at[i] - n], 0x5a);
			assert_int_equal(fake_ram[at[i] + (i == 2 ? 3 : 127) * 512 + n - 1], 0x5a);
		}
	}
}

static void writes_reach_the_disk(void **state)
{
	struct block *b = disk();
	uint32_t done;

	(void)state;
	for (uint32_t odd = 0; odd < 2; odd++) {
		for (uint32_t i = 0; i < 5 * 512; i++)
			fake_ram[BUFFER + odd + i] = (uint8_t)(i * 7 + odd);
		assert_int_equal(block_transfer(b, true, 0x54321, 5, BUFFER + odd, &done), 0);
		assert_int_equal(done, 5);
		assert_int_equal(fake_ahci.drive[0].command_before, 0x35);
		assert_int_equal(fake_ahci.drive[0].last_command, 0xea);
		assert_int_equal(fake_ahci_written.lba, 0x54321);
		assert_int_equal(fake_ahci_written.bytes, 5 * 512);
		assert_memory_equal(fake_ahci_written.data, fake_ram + BUFFER + odd, 5 * 512);
	}
}

static void a_protected_disk_says_so(void **state)
{
	struct block *b = disk();
	uint32_t done;

	(void)state;
	fake_ahci.drive[0].write_protected = true;
	assert_int_equal(block_transfer(b, true, 1, 1, BUFFER, &done), -EROFS);
	assert_int_equal(done, 0);
	fake_ahci_fail(0, FAULT_ERROR, 1, 1);
	fake_ahci.drive[0].error = 0x40;	/* to a read this means a bad sector */
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	reads_back(b, 1, 1, BUFFER);
}

static void firmware_memory_keeps_its_value(void **state)
{
	struct block *b = disk();

	(void)state;
	memset(fake_ram + 0xf0000, 0x77, 0x10000);
	assert_int_equal(get(b, 1, 100, 0xf0000), 0);
	for (uint32_t i = 0; i < 0x10000; i++)
		assert_int_equal(fake_ram[0xf0000 + i], 0x77);
}

/* What every failure has in common: one command fails with rc, and the next works. */
static void failed_and_works_again(struct block *b, enum fake_ahci_fault fault, int rc)
{
	uint32_t sectors = b->kind == BLOCK_CD ? 4 : 16;

	memset(fake_ram + BUFFER, 0x5a, 0x10000);
	fake_ahci_fail(b->channel, fault, 1, 1);
	assert_int_equal(get(b, 4, sectors, BUFFER), rc);
	assert_int_equal(fake_ahci_late(), 0);
	reads_back(b, 8, sectors, BUFFER);
	assert_int_equal(fake_ahci_late(), 0);
	assert_true(holds(BUFFER, b->channel, 8, sectors, b->sector_size));
}

/* One that does not end costs its drive as long as the controller has it, and changes nothing but its buffer. */
static void left_alone_and_works_again(struct block *b, enum fake_ahci_fault fault)
{
	uint32_t sectors = b->kind == BLOCK_CD ? 4 : 16, resets = fake_ahci.drive[0].resets, commands, expired;

	memset(fake_ram + BUFFER, 0x5a, 0x10000);
	fake_ahci_fail(b->channel, fault, 1, 1);
	assert_int_equal(get(b, 4, sectors, BUFFER), -ETIMEDOUT);
	commands = fake_ahci.drive[0].commands;
	expired = fake_timer_expired;
	assert_int_equal(get(b, 8, sectors, BUFFER + 0x8000), -ETIMEDOUT);
	assert_int_equal(block_reset(b), -ETIMEDOUT);
	assert_int_equal(get(b, 8, sectors, BUFFER + 0x8000), -ETIMEDOUT);
	assert_int_equal(fake_ahci.drive[0].commands, commands);
	assert_int_equal(fake_timer_expired, expired);
	assert_int_equal(fake_ahci.drive[0].resets, resets);
	assert_int_equal(fake_ahci_let_end(), 1);
	for (uint32_t i = 0x8000; i < 0x10000; i++)
		assert_int_equal(fake_ram[BUFFER + i], 0x5a);
	reads_back(b, 8, sectors, BUFFER);
	reads_back(b, 8, sectors, BUFFER);
}

static void errors_end_the_command_and_not_the_port(void **state)
{
	static const enum fake_ahci_fault faults[] = { FAULT_ERROR, FAULT_DEVICE, FAULT_BUSY, FAULT_BUS, FAULT_NO_FIS_ERROR,
						       FAULT_SHORT, FAULT_LONG };
	struct block *b = disk();

	(void)state;
	fake_timer_looks = 200000;
	for (uint32_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		failed_and_works_again(b, faults[i], -EIO);
	assert_int_equal(fake_ahci.drive[0].resets, 2);		/* BUSY and BUS, where the drive is not ready */
	assert_int_equal(fake_timer_expired, 0);
}

static void an_error_costs_six_accesses(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_ahci_fail(0, FAULT_ERROR, 1, 1);
	fake_io_count = (struct fake_io_count){ 0 };
	assert_int_equal(get(b, 4, 1, BUFFER), -EIO);
	assert_int_equal(fake_io_accesses(), 1 + 6);
	assert_int_equal(fake_ahci.drive[0].resets, 0);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("block: Fake disk at 00:1f.2, 0.0.0: read of 1 sectors at 4: error, status 51"));
}

static void commands_that_never_end_end(void **state)
{
	static const enum fake_ahci_fault faults[] = { FAULT_NO_END, FAULT_NO_END_BUSY, FAULT_LATE, FAULT_SLOT_STAYS };
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		fake_timer_expired = 0;
		left_alone_and_works_again(b, faults[i]);
		assert_int_equal(fake_timer_expired, 1);
	}
	assert_true(fake_log_has("ahci: command: not done within 30000000 us"));
	assert_true(fake_log_has("block: Fake disk at 00:1f.2, 0.0.0: read of 16 sectors at 4: no answer within 30 s, but it is at it"));
	assert_int_equal(fake_ahci.controller_resets, 0);
}

static void a_write_that_never_ends_ends(void **state)
{
	struct block *b = disk();
	uint32_t done = 1;

	(void)state;
	fake_ahci_fail(0, FAULT_LATE, 1, 1);
	assert_int_equal(block_transfer(b, true, 4, 1, BUFFER + 1, &done), -ETIMEDOUT);
	assert_int_equal(done, 0);
	assert_int_equal(block_transfer(b, true, 5, 1, BUFFER + 1, &done), -ETIMEDOUT);	/* the drive is at the first */
	assert_int_equal(fake_ahci_let_end(), 1);
	assert_int_equal(block_transfer(b, true, 4, 1, BUFFER + 1, &done), 0);
}

static void take_list(void)
{
	fake_timer_tick = NULL;
	fake_ahci_take_list(0);
}

/* A program's own driver, say. */
static void a_port_that_is_somebody_elses_is_taken_back(void **state)
{
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 1; i < 3; i++) {
		fake_ahci_fail(0, FAULT_NO_END, 1, 1);
		fake_timer_tick = take_list;
		reads_back(b, 8, 4, BUFFER);
		assert_int_equal(fake_timer_expired, i);
		assert_int_equal(fake_ahci.drive[0].resets, 2 * i);	/* as the command ended, and before it is sent again */
	}
}

static void slow_commands_are_waited_for(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_timer_looks = 1000000;
	for (uint32_t looks = 1; looks < 300000; looks = looks * 5 + 3) {
		fake_ahci.looks = looks;
		fake_io_count = (struct fake_io_count){ 0 };
		reads_back(b, looks, 2, BUFFER);
		assert_in_range(fake_io_accesses(), 2, 10);
	}
	assert_int_equal(fake_timer_expired, 0);
}

static void an_end_without_a_fis_is_seen_in_registers(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_timer_looks = 200000;
	fake_ahci_fail(0, FAULT_NO_FIS, 1, 1);
	reads_back(b, 4, 1, BUFFER);
	fake_ahci_fail(0, FAULT_EARLY_FIS, 1, 1);
	reads_back(b, 5, 1, BUFFER);
	reads_back(b, 6, 1, BUFFER);
	assert_int_equal(fake_timer_expired, 0);
}

static void a_port_that_does_not_stop_is_stopped_by_the_controller(void **state)
{
	struct block *first, *second;

	(void)state;
	fake_ahci_add(0, false, 1000, 512);
	fake_ahci_add(1, false, 1000, 512);
	assert_int_equal(init(), 0);
	first = block_first;
	second = first->next;
	for (uint32_t i = 0; i < 2; i++) {
		fake_ahci.drive[0].engine_sticks = i == 0;
		fake_ahci.drive[0].receiver_sticks = i == 1;
		failed_and_works_again(first, FAULT_BUSY, -EIO);
		assert_int_equal(fake_ahci.controller_resets, i + 1);
		reads_back(second, 3, 1, BUFFER);	/* whose port was reset too */
	}
	assert_true(fake_log_has("ahci: port to stop: not done"));
	assert_true(fake_log_has("ahci: receiver to stop: not done"));
}

static void a_controller_that_cannot_be_stopped_is_switched_off(void **state)
{
	struct block *b = disk();
	uint64_t accesses;

	(void)state;
	fake_ahci.drive[0].engine_sticks = fake_ahci.reset_sticks = true;
	fake_ahci_fail(0, FAULT_BUSY, 1, 1);
	assert_int_equal(get(b, 4, 1, BUFFER), -EIO);
	assert_int_equal(fake_ahci.command, 0);
	assert_int_equal(fake_ahci_late(), 0);
	assert_true(fake_log_has("ahci: 00:1f.2: neither port nor controller can be stopped; switched off"));
	accesses = fake_io_accesses();
	assert_int_equal(get(b, 4, 1, BUFFER), -EIO);
	assert_int_equal(b->driver->reset(b), -EIO);
	assert_int_equal(fake_io_accesses(), accesses);
}

static void a_drive_that_is_gone_after_a_reset_fails_and_may_come_back(void **state)
{
	struct block *b = disk();
	uint64_t accesses;

	(void)state;
	fake_ahci_fail(0, FAULT_BUSY, 1, 1);
	fake_ahci.drive[0].det = 1;
	assert_int_equal(get(b, 4, 1, BUFFER), -EIO);
	assert_true(fake_log_has("ahci: link: not done"));
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
	assert_true(fake_log_has("no answer again (error 110); out of use until it is reset"));
	accesses = fake_io_accesses();
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
	assert_int_equal(fake_io_accesses(), accesses);
	assert_int_equal(block_reset(b), -ETIMEDOUT);
	fake_ahci.drive[0].det = 3;
	fake_ahci.drive[0].busy_after_reset = true;
	assert_int_equal(block_reset(b), -ETIMEDOUT);
	assert_true(fake_log_has("drive to come out of its reset: not done"));
	fake_ahci.drive[0].busy_after_reset = false;
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
	assert_int_equal(block_reset(b), 0);
	reads_back(b, 4, 1, BUFFER);
}

static void a_reset_resets_a_port_that_works_too(void **state)
{
	struct block *b = disk();

	(void)state;
	assert_int_equal(b->driver->reset(b), 0);
	assert_int_equal(fake_ahci.drive[0].resets, 1);
	reads_back(b, 4, 1, BUFFER);
	assert_int_equal(fake_ahci.drive[0].resets, 1);
	assert_int_equal(fake_log_lines(), 0);
}

static int put(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done;

	return block_transfer(b, true, lba, count, linear, &done);
}

static void what_was_written_is_flushed(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_io_count = (struct fake_io_count){ 0 };
	assert_int_equal(put(b, 4, 9, BUFFER), 0);
	assert_int_equal(fake_ahci.drive[0].last_command, 0xea);
	assert_int_equal(fake_io_accesses(), 2 + 2);
	reads_back(b, 4, 9, BUFFER);
	assert_int_equal(fake_ahci.drive[0].flushes, 1);
	fake_ahci_fail(0, FAULT_ERROR, 2, 1);
	assert_int_equal(put(b, 4, 9, BUFFER), -EIO);
	assert_true(fake_log_has("flush of 0 sectors at 0: error, status"));
	assert_int_equal(put(b, 4, 9, BUFFER), 0);
	assert_int_equal(put(b, 4, 9, BUFFER), 0);
	assert_int_equal(fake_ahci.drive[0].flushes, 3);
}

static void a_disk_without_a_cache_is_not_asked_to_flush(void **state)
{
	struct fake_ahci_drive *d = fake_ahci_add(0, false, 1000, 512);

	(void)state;
	d->identify[85] &= ~0x20;
	fake_ahci_sign(d);
	assert_int_equal(init(), 0);
	assert_int_equal(put(block_first, 4, 9, BUFFER), 0);
	assert_int_equal(d->last_command, 0x35);
}

static void a_disk_is_asked_whether_it_is_ready(void **state)
{
	struct block *b = disk();

	(void)state;
	assert_int_equal(block_ready(b, NULL), 0);
	assert_int_equal(fake_ahci.drive[0].last_command, 0xe5);
	fake_ahci_fail(0, FAULT_DEVICE, 1, 1);
	assert_int_equal(block_ready(b, NULL), -EIO);
	assert_int_equal(block_ready(b, NULL), 0);
}

static void a_link_that_is_down_is_brought_up(void **state)
{
	(void)state;
	fake_ahci_add(3, false, 1000, 512)->resets_for_link = 1;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	assert_int_equal(fake_ahci.drive[3].resets, 1);
	reads_back(block_first, 4, 1, BUFFER);
}

static void a_link_that_stays_down_costs_its_drive(void **state)
{
	(void)state;
	fake_ahci_add(2, false, 1000, 512)->resets_for_link = 100;
	fake_ahci_add(3, false, 1000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	assert_int_equal(block_first->channel, 3);
	assert_true(fake_log_has("ahci: link: not done"));
}

static void other_states_of_the_link_are_no_drive(void **state)
{
	(void)state;
	for (uint32_t d = 0; d < 16; d++) {
		fresh(state);
		fake_ahci_add(0, false, 1000, 512)->det = d;
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), d == 0 || d == 3);	/* 0: the default, up */
	}
}

static void signatures_of_others_are_named(void **state)
{
	static const uint32_t others[] = { 0xc33c0101, 0x96690101, 0, 0x7f7f7f7f };

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		fresh(state);
		fake_ahci_add(0, false, 1000, 512)->signature = others[i] ? others[i] : 1;
		fake_ahci_add(1, false, 1000, 512);
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), 1);
		assert_true(fake_log_has("neither disk nor packet device; not used"));
		assert_int_equal(fake_log_lines(), 1);
	}
	fresh(state);
	fake_ahci_add(0, false, 1000, 512)->signature_never = true;
	fake_ahci_add(1, false, 1000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	assert_true(fake_log_has("port 0: signature is ffffffff"));
}

static void a_disk_that_fails_its_first_command_is_reset_once(void **state)
{
	static const enum fake_ahci_fault faults[] = { FAULT_ERROR, FAULT_DEVICE, FAULT_BUSY, FAULT_NO_END,
						       FAULT_NO_END_BUSY, FAULT_LATE, FAULT_BUS };

	for (uint32_t i = 0; i < 7; i++)
		for (uint32_t times = 1; times <= 2; times++) {
			fresh(state);
			fake_timer_looks = 100000;
			fake_ahci_add(0, false, 1000, 512);
			fake_ahci_add(1, false, 1000, 512);
			fake_ahci_fail(0, faults[i], 1, times);
			assert_int_equal(init(), 0);
			assert_int_equal(drives(), 3 - times);
			assert_int_equal(fake_ahci_late(), 0);
			assert_int_equal(fake_log_has("port 0: drive does not identify itself"), times == 2);
			if (times == 1)
				reads_back(block_first, 1, 1, BUFFER);
			assert_int_equal(fake_ahci.violations, 0);
		}
}

static void identities_without_sense_are_refused(void **state)
{
	for (uint32_t i = 0; i < 5; i++) {
		struct fake_ahci_drive *d;

		fresh(state);
		d = fake_ahci_add(0, i == 4, 1000, i == 4 ? 2048 : 512);
		if (i == 0)
			d->identify[60]++;		/* the sum is wrong */
		if (i == 1) {
			memset(d->identify + 60, 0, 4);
			memset(d->identify + 100, 0, 8);
		}
		if (i == 2)
			d->identify[49] = 0x0100;	/* no LBA */
		if (i == 3)
			fake_ahci_fail(0, FAULT_LONG, 1, 1);
		if (i == 4)
			d->identify[0] = 0x8180;	/* a tape */
		if (i)
			fake_ahci_sign(d);
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), 0);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(i == 4 ? "packet device is no CD drive" : "what the drive says of itself makes no sense"));
	}
}

static struct block *cd(void)
{
	return one(true, 5000, 2048);
}

static void a_cd_is_read(void **state)
{
	struct block *b = cd();

	(void)state;
	assert_int_equal(b->kind, BLOCK_CD);
	assert_true(b->read_only);
	assert_int_equal(b->sector_size, 2048);
	assert_string_equal(b->description, "Fake CD");
	reads_back(b, 16, 1, BUFFER);
	assert_int_equal(b->sectors, 5000);
	assert_int_equal(fake_ahci.drive[0].last_features, 1);	/* by DMA */
	reads_back(b, 4999, 1, BUFFER + 1);
	reads_back(b, 100, 32, 0x17001);
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 200, 32, BUFFER);
	assert_int_equal(fake_io_accesses(), 2);
	assert_int_equal(get(b, 5000, 1, BUFFER), -ERANGE);
	assert_int_equal(get(b, 1ull << 32, 1, BUFFER), -ERANGE);
}

static void a_cd_that_was_changed_is_read(void **state)
{
	struct block *b = cd();

	(void)state;
	reads_back(b, 16, 1, BUFFER);
	memcpy(fake_ahci.drive[0].sense, (uint8_t[]){ 6, 0x28, 0 }, 3);
	reads_back(b, 17, 1, BUFFER);
	memcpy(fake_ahci.drive[0].sense, (uint8_t[]){ 3, 0x11, 5 }, 3);
	assert_int_equal(get(b, 18, 1, BUFFER), -EIO);
	reads_back(b, 18, 1, BUFFER);
}

static void an_empty_tray_has_no_medium(void **state)
{
	struct block *b = one(true, 0, 2048);

	(void)state;
	assert_int_equal(get(b, 16, 1, BUFFER), -ENOMEDIUM);
	assert_int_equal(block_media(b), -ENOMEDIUM);
	b->controller->busy = true;
	assert_int_equal(block_media(b), -EBUSY);
	b->controller->busy = false;
	fake_ahci.drive[0].sectors = 700;
	reads_back(b, 16, 1, BUFFER);
	assert_int_equal(b->driver->lock(b, true), 0);
	assert_int_equal(fake_ahci.drive[0].last_packet[0], 0x1e);
	assert_int_equal(fake_ahci.drive[0].last_features, 0);	/* no data, no DMA */
	assert_int_equal(b->driver->eject(b), 0);
}

static void a_cd_that_fails_works_again(void **state)
{
	static const struct { enum fake_ahci_fault fault; int rc; } cases[] = {
		{ FAULT_NO_END, -ETIMEDOUT }, { FAULT_NO_END_BUSY, -ETIMEDOUT }, { FAULT_LATE, -ETIMEDOUT },
		{ FAULT_SLOT_STAYS, -ETIMEDOUT }, { FAULT_BUS, -EIO },
	};
	struct block *b = cd();
	uint32_t done;

	(void)state;
	reads_back(b, 16, 1, BUFFER);
	for (uint32_t i = 0; i < 5; i++) {
		fake_timer_looks = cases[i].fault == FAULT_BUS ? 200000 : 1000;
		if (cases[i].rc == -ETIMEDOUT)
			left_alone_and_works_again(b, cases[i].fault);
		else
			failed_and_works_again(b, cases[i].fault, cases[i].rc);
	}
	fake_ahci_fail(0, FAULT_SHORT, 1, 1);
	assert_int_equal(block_transfer(b, false, 4, 4, BUFFER, &done), -EIO);
	assert_int_equal(done, 2);
	assert_true(holds(BUFFER, 0, 4, 2, 2048));
	fake_ahci_fail(0, FAULT_LONG, 1, 1);		/* what was asked for is there */
	reads_back(b, 4, 4, BUFFER);
}

static void a_nested_request_is_refused(void **state)
{
	struct block *b = disk();
	uint64_t accesses = fake_io_accesses();

	(void)state;
	b->controller->busy = true;
	assert_int_equal(get(b, 1, 1, BUFFER), -EBUSY);
	assert_int_equal(block_media(b), 0);		/* a disk's is fixed */
	b->controller->busy = false;
	assert_int_equal(fake_io_accesses(), accesses);
	reads_back(b, 1, 1, BUFFER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(six_empty_ports_cost_eight_accesses),
		TEST(a_disk_costs_twelve_more_and_a_read_two),
		TEST(what_a_disk_is_is_what_it_says),
		TEST(its_memory_stays_and_is_aligned),
		TEST(drives_on_all_ports_are_told_apart),
		TEST(thirty_ports_fit_and_no_more),
		TEST(ports_that_are_not_implemented_are_not_asked),
		TEST(a_bar_that_is_not_there_is_refused),
		TEST(a_controller_that_is_gone_has_no_drives),
		TEST(every_failed_allocation_costs_drives_only),
		TEST(big_disks_are_reached_to_their_end),
		TEST(sectors_of_4096_bytes_are_read),
		TEST(a_disk_without_lba48_gets_28_bits),
		TEST(a_disk_without_dma_is_read_as_well),
		TEST(requests_are_cut_at_what_a_range_can_hold),
		TEST(odd_buffers_are_filled_and_nothing_beside_them),
		TEST(writes_reach_the_disk),
		TEST(a_protected_disk_says_so),
		TEST(firmware_memory_keeps_its_value),
		TEST(errors_end_the_command_and_not_the_port),
		TEST(an_error_costs_six_accesses),
		TEST(commands_that_never_end_end),
		TEST(a_write_that_never_ends_ends),
		TEST(a_port_that_is_somebody_elses_is_taken_back),
		TEST(slow_commands_are_waited_for),
		TEST(an_end_without_a_fis_is_seen_in_registers),
		TEST(a_port_that_does_not_stop_is_stopped_by_the_controller),
		TEST(a_controller_that_cannot_be_stopped_is_switched_off),
		TEST(a_drive_that_is_gone_after_a_reset_fails_and_may_come_back),
		TEST(a_reset_resets_a_port_that_works_too),
		TEST(what_was_written_is_flushed),
		TEST(a_disk_without_a_cache_is_not_asked_to_flush),
		TEST(a_disk_is_asked_whether_it_is_ready),
		TEST(a_link_that_is_down_is_brought_up),
		TEST(a_link_that_stays_down_costs_its_drive),
		TEST(other_states_of_the_link_are_no_drive),
		TEST(signatures_of_others_are_named),
		TEST(a_disk_that_fails_its_first_command_is_reset_once),
		TEST(identities_without_sense_are_refused),
		TEST(a_cd_is_read),
		TEST(a_cd_that_was_changed_is_read),
		TEST(an_empty_tray_has_no_medium),
		TEST(a_cd_that_fails_works_again),
		TEST(a_nested_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
