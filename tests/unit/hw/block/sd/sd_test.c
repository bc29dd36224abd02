/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/sd/sd_test.c: cards on a fake SD host controller, through the block interface: what is found, what
 * it costs, what is read and written, and every failure; after each of them the card works again, and nothing of an
 * old command reaches memory.
 * LINK: src/hw/block/sd/sd.c src/hw/block/controller.c src/hw/block/sd/sdhci.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/sdhci.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "fake/driver_case.h"
#include "fake/sdhci.h"
#include "hw/block/sd/sd.h"
#include "hw/block/sd/sdhci.h"

#define SECTORS	0x20000ull		/* 64 MiB */
#define LARGE	0x1000000ull		/* 8 GiB */
#define STARTED	60			/* accesses of a standard card's start */
#define MOST_FAULTS 20			/* more than the commands of a start */

static int fresh(STATE)
{
	fresh_machine();
	fake_sdhci_reset();
	return 0;
}

static int clean(STATE)
{
	return told(fake_sdhci.violations, fake_sdhci.violation) + (int)fake_sdhci_signalled();
}

static int init(void)
{
	struct pci_function f = fake_sdhci_function();

	return sd_init(&f);
}

static struct block *one(uint64_t sectors)
{
	fake_sdhci_insert(0, sectors);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	return block_first;
}

static bool holds(uint32_t linear, uint32_t slot, uint64_t lba, uint32_t count)
{
	for (uint32_t i = 0; i < count * 512; i++)
		if (fake_ram[linear + i] != fake_sdhci_byte(slot, lba + i / 512, i % 512))
			return false;
	return true;
}

static int get(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done;

	memset(fake_ram + linear, 0x5a, count * 512);
	return block_transfer(b, false, lba, count, linear, &done);
}

static void reads_back(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	assert_int_equal(get(b, lba, count, linear), 0);
	assert_true(holds(linear, b->unit, lba, count));
}

static void writes_over(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done;

	for (uint32_t i = 0; i < count * 512; i++)
		fake_ram[linear + i] = (uint8_t)(i * 11 + i / 512);
	assert_int_equal(block_transfer(b, true, lba, count, linear, &done), 0);
	assert_int_equal(done, count);
	assert_int_equal(fake_sdhci_written.lba, lba);
	assert_int_equal(fake_sdhci_written.bytes, count * 512);
	assert_memory_equal(fake_sdhci_written.data, fake_ram + linear, count * 512);
}

static void empty_slots_cost_an_access_each_and_no_memory(void **state)
{
	(void)state;
	fake_sdhci.slots = 0x10;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_io_accesses(), 2 + 2);
	assert_int_equal(fake_sdhci.command, 0);	/* nor may it reach memory */
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);	/* the bounce buffer */
	assert_int_equal(fake_log_lines(), 0);
}

static void a_card_costs_so_much_and_a_read_six(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	assert_in_range(fake_io_accesses(), 1, STARTED + 4);
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, 1, 1, BUFFER);
	assert_int_equal(fake_io_accesses(), 6);
	reads_back(b, 7, 128, BUFFER + 1);
	assert_int_equal(fake_io_accesses(), 12);
	assert_int_equal(fake_sdhci.card[0].data_commands, 2);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_timer_expired, 0);
	assert_int_equal(fake_timer_delayed_us, 0);
}

static void what_a_card_is_is_what_it_says(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	assert_int_equal(b->kind, BLOCK_DISK);
	assert_int_equal(b->bus, BUS_SD);
	assert_int_equal(b->bdf, FAKE_SDHCI_BDF);
	assert_int_equal(b->sectors, SECTORS);
	assert_int_equal(b->sector_size, 512);
	assert_false(b->read_only);
	assert_false(b->removable);
	assert_string_equal(b->description, "SD card");
	assert_int_equal(fake_sdhci.command, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static void a_standard_card_is_addressed_by_bytes(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	reads_back(b, SECTORS - 1, 1, BUFFER);
	assert_int_equal(fake_sdhci.card[0].last_argument, (SECTORS - 1) * 512);
	assert_int_equal(get(b, SECTORS - 1, 2, BUFFER), -ERANGE);
	writes_over(b, 5, 9, BUFFER);
}

static void a_large_card_is_addressed_by_blocks(void **state)
{
	struct block *b = one(LARGE);

	(void)state;
	assert_int_equal(b->sectors, LARGE);
	reads_back(b, LARGE - 1, 1, BUFFER);
	assert_int_equal(fake_sdhci.card[0].last_argument, LARGE - 1);
	assert_int_equal(get(b, LARGE, 1, BUFFER), -ERANGE);
	writes_over(b, LARGE - 128, 128, BUFFER);
}

static void cards_of_every_size_are_as_large_as_they_are(void **state)
{
	static const uint64_t sizes[] = { 4, 8, 16384, 0x100000, 0x200000, 0x400000, 0x400400, 0x800000, 1ull << 30, 1ull << 32 };

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fresh(state);
		assert_true(one(sizes[i])->sectors == sizes[i]);
		reads_back(block_first, sizes[i] - 1, 1, BUFFER);
	}
}

static void a_card_of_version_1_is_read(void **state)
{
	(void)state;
	fake_sdhci_insert(0, SECTORS)->version_1 = true;
	assert_int_equal(init(), 0);
	reads_back(block_first, 100, 3, BUFFER);
}

static void a_card_that_takes_its_time_is_asked_again(void **state)
{
	(void)state;
	fake_sdhci_insert(0, SECTORS)->ready_after = 20;
	assert_int_equal(init(), 0);
	reads_back(block_first, 100, 3, BUFFER);
	assert_int_equal(fake_timer_expired, 0);
}

static void a_card_whose_power_takes_time_gets_it(void **state)
{
	(void)state;
	fake_sdhci_insert(0, SECTORS)->settle_us = 1000;
	assert_int_equal(init(), 0);
	reads_back(block_first, 100, 3, BUFFER);
	assert_true(fake_timer_delayed_us >= 1000);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_card_that_is_never_ready_is_left(void **state)
{
	(void)state;
	fake_sdhci_insert(0, SECTORS)->ready_after = UINT32_MAX;
	fake_sdhci.slots = 0x10;
	fake_sdhci_insert(1, SECTORS);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	assert_int_equal(block_first->unit, 1);
	assert_true(fake_log_has("sd: 00:04.0 slot 0: card cannot be used: command 41"));
	reads_back(block_first, 9, 9, BUFFER);
}

static void a_card_of_another_kind_is_left(void **state)
{
	(void)state;
	fake_sdhci_insert(0, SECTORS)->mmc = true;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_true(fake_log_has("card cannot be used: command 55, status 00018"));
}

static void a_voltage_that_is_not_taken_is_seen(void **state)
{
	(void)state;
	fake_sdhci_insert(0, SECTORS)->if_cond = 0x0aa;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_true(fake_log_has("command 8"));
}

static void power_is_what_the_controller_has(void **state)
{
	(void)state;
	fake_sdhci.capabilities = 0x067834b4;	/* 3.0 and 1.8 V */
	one(SECTORS);
	fresh(state);
	fake_sdhci.capabilities = 0x047834b4;	/* 1.8 V: no card that is not soldered on */
	fake_sdhci_insert(0, SECTORS);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_log_lines(), 1);
}

static void the_clock_is_within_the_standard(void **state)
{
	/* base clocks in MHz; the fake looks at each command's */
	static const uint32_t base[] = { 0, 1, 10, 25, 26, 51, 52, 63, 100, 200, 255 };

	for (uint32_t i = 0; i < sizeof(base) / sizeof(base[0]); i++) {
		fresh(state);
		fake_sdhci.capabilities = 0x057800b4 | base[i] << 8;
		reads_back(one(SECTORS), 1, 2, BUFFER);
		assert_int_equal(fake_sdhci.violations, 0);
	}
}

static void a_clock_that_is_never_stable_costs_the_card(void **state)
{
	(void)state;
	fake_sdhci.no_clock = true;
	fake_sdhci_insert(0, SECTORS);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
}

static void a_card_may_be_read_only_in_four_ways(void **state)
{
	for (uint32_t way = 0; way < 4; way++) {
		struct fake_sd_card *c;
		uint32_t done = 9;

		fresh(state);
		c = fake_sdhci_insert(0, SECTORS);
		if (way == 0)
			c->lock_switch = true;
		else if (way == 3)
			c->csd[2] &= ~(1u << 16);	/* class 4 */
		else
			c->csd[0] |= 1u << (3 + way);	/* for now, for ever */
		assert_int_equal(init(), 0);
		assert_true(block_first->read_only);
		reads_back(block_first, 3, 3, BUFFER);
		assert_int_equal(block_transfer(block_first, true, 3, 3, BUFFER, &done), -EROFS);
		assert_int_equal(done, 0);
		assert_int_equal(fake_sdhci_written.bytes, 0);
	}
}

/* Each field that can lie: bits of the register, a value, and whether the card is of high capacity. */
static void a_csd_without_sense_is_refused(void **state)
{
	static const struct { uint32_t word, mask, value; bool large; } lies[] = {
		{ 3, 3 << 22, 1 << 22, false }, { 3, 3 << 22, 2 << 22, false }, { 3, 3 << 22, 3 << 22, false },
		{ 3, 3 << 22, 0, true }, { 3, 3 << 22, 2 << 22, true },
		{ 2, 15 << 8, 8 << 8, false }, { 2, 15 << 8, 12 << 8, false }, { 2, 15 << 8, 8 << 8, true }, { 2, 15 << 8, 10 << 8, true },
		{ 2, 1 << 14, 0, false }, { 2, 1 << 14, 0, true },
	};

	for (uint32_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct fake_sd_card *c;

		fresh(state);
		c = fake_sdhci_insert(0, lies[i].large ? LARGE : SECTORS);
		c->csd[lies[i].word] = (c->csd[lies[i].word] & ~lies[i].mask) | lies[i].value;
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), 0);
		assert_true(fake_log_has("card cannot be used: command 9"));
	}
}

static void the_largest_csd_fits_the_addresses(void **state)
{
	static const uint32_t ones[4] = { 0xffffff0f, 0xffffffff, 0xffffffff, 0x007fffff };
	uint32_t csd[4];
	struct sd_csd got;

	(void)state;
	memcpy(csd, ones, sizeof(csd));
	csd[3] &= ~(3u << 22);
	csd[2] = (csd[2] & ~(15u << 8)) | 11 << 8;
	assert_int_equal(sd_read_csd(&got, csd, false), 0);
	assert_int_equal(got.sectors, 8388608);			/* 4 GiB: the last byte's address has 32 bits */
	csd[3] |= 1u << 22;
	csd[2] = (csd[2] & ~(15u << 8)) | 9 << 8;
	assert_int_equal(sd_read_csd(&got, csd, true), 0);
	assert_true(got.sectors == 1ull << 32);
}

static void both_slots_are_told_apart(void **state)
{
	(void)state;
	fake_sdhci.slots = 0x10;
	fake_sdhci_insert(0, SECTORS);
	fake_sdhci_insert(1, LARGE);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 2);
	assert_int_equal(block_first->next->unit, 1);
	reads_back(block_first, 77, 5, BUFFER);
	reads_back(block_first->next, LARGE - 5, 5, BUFFER);
	reads_back(block_first, 78, 5, BUFFER);
}

static void slots_without_registers_are_refused(void **state)
{
	struct pci_function f = fake_sdhci_function();

	(void)state;
	f.bar[0].base = 0;
	assert_int_equal(sd_init(&f), -ENODEV);
	f.bar[0].base = 1ull << 32;
	assert_int_equal(sd_init(&f), -ENODEV);
	f = fake_sdhci_function();
	f.bar[0].kind = PCI_IO;
	assert_int_equal(sd_init(&f), -ENODEV);
	f = fake_sdhci_function();
	f.bar[0].size = 0x80;
	assert_int_equal(sd_init(&f), -ENODEV);
	f = fake_sdhci_function();
	f.class_revision = 0x08050200;
	assert_int_equal(sd_init(&f), -ENODEV);
	f = fake_sdhci_function();
	fake_sdhci.slots = 0x76;			/* eight slots from BAR 6 on */
	pci_config_forget();
	assert_int_equal(sd_init(&f), -ENODEV);
	assert_int_equal(fake_io_count.mmio_read + fake_io_count.mmio_write, 0);
	assert_true(fake_log_has("sd: 00:04.0: registers at febfe000, 80 bytes, expected 100 below 4 GiB in BAR 0; not used"));
	assert_true(fake_log_has("sd: 00:04.0: interface 2, expected below 2; not used"));
	assert_true(fake_log_has("sd: 00:04.0: 8 slots from BAR 6 on"));
	assert_int_equal(fake_log_lines(), 6);
}

static void a_controller_that_is_gone_has_no_cards(void **state)
{
	(void)state;
	fake_sdhci.gone = true;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_sdhci.command, 0);
}

static void every_failed_allocation_costs_cards_only(void **state)
{
	bool failed = true;

	for (uint32_t n = 1; failed; n++) {
		fresh(state);
		fake_sdhci.slots = 0x10;
		fake_sdhci_insert(0, SECTORS);
		fake_sdhci_insert(1, SECTORS);
		fake_alloc_fail_at(n);
		init();
		failed = fake_log_has("refused by the test");
		assert_true(n < 20);
		if (!failed)
			assert_int_equal(drives(), 2);
		for (struct block *b = block_first; b; b = b->next)
			reads_back(b, 1, 1, BUFFER);
	}
}

static void memory_is_reached_across_every_boundary(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	reads_back(b, 3, 128, 0x7c000);			/* across 512 KiB */
	assert_int_equal(fake_sdhci.boundaries, 1);
	reads_back(b, 3, 128, 0x70000);			/* up to it */
	assert_int_equal(fake_sdhci.boundaries, 1);
	reads_back(b, 3, 4096, 2 * MIB - 512);		/* four of them */
	assert_int_equal(fake_sdhci.boundaries, 5);
	writes_over(b, 3, 100, 0x80000 - 512);
	assert_int_equal(fake_sdhci.card[0].data_commands, 4);
	assert_int_equal(fake_sdhci.boundaries, 6);
	fake_sdhci.stops_at_end = true;
	reads_back(b, 3, 128, 0x70000);
	reads_back(b, 3, 2048, 2 * MIB);
	assert_int_equal(fake_log_lines(), 0);
}

static void boundaries_without_end_are_an_error(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	fake_sdhci_fail(0, FAULT_BOUNDARY, 1, 1);
	assert_int_equal(get(b, 3, 1, BUFFER), -EIO);
	reads_back(b, 3, 1, BUFFER);
}

/* What the firmware's is goes through the bounce buffer: then it is a command for each piece. */
static void a_read_into_the_firmware_changes_the_rest_alone(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	memset(fake_ram + 0xf0000, 0x77, 512);
	assert_int_equal(get(b, 3, 1, 0xf0000), 0);
	reads_back(b, 3, 100, 0xe00);			/* from the firmware's first page on, within a sector's bounds */
	reads_back(b, 3, 100, 0xe01);			/* a sector on both sides */
	assert_int_equal(fake_sdhci.violations, 0);
}

static void without_dma_the_buffer_is_used(void **state)
{
	struct block *b;

	(void)state;
	fake_sdhci.capabilities &= ~(1u << 22);
	b = one(LARGE);
	fake_io_count = (struct fake_io_count){ 0 };
	reads_back(b, LARGE - 2, 2, BUFFER + 3);
	assert_false(fake_sdhci.card[0].last_dma);
	assert_int_equal(fake_io_accesses(), 3 + 2 * (2 + 128) + 2);
	writes_over(b, 1000, 128, BUFFER + 3);
	reads_back(b, 0, 1, BUFFER);
	fake_sdhci.looks = 3;
	reads_back(b, 500, 9, BUFFER);
	writes_over(b, 500, 9, BUFFER);
}

static void a_command_may_take_looks(void **state)
{
	struct block *b;

	(void)state;
	fake_sdhci.looks = 30;
	b = one(SECTORS);
	reads_back(b, 3, 128, 0x7c000);
	writes_over(b, 3, 7, BUFFER);
	assert_int_equal(fake_timer_expired, 0);
	assert_int_equal(fake_log_lines(), 0);
}

/* What each fault ends with, of a read and of a write. */
static const struct { enum fake_sd_fault fault; int read, write; } faults[] = {
	{ FAULT_NO_RESPONSE, -EIO, -EIO }, { FAULT_CRC, -EIO, -EIO }, { FAULT_DATA, -EIO, -EIO },
	{ FAULT_PROTECTED, 0, -EROFS }, { FAULT_ECC, 0, -EIO },
};

static void a_request_that_fails_says_so_and_the_next_works(void **state)
{
	for (uint32_t pio = 0; pio < 2; pio++)
		for (uint32_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
			for (uint32_t write = 0; write < 2; write++) {
				uint32_t done = 99;
				struct block *b;
				int rc;

				fresh(state);
				if (pio)
					fake_sdhci.capabilities &= ~(1u << 22);
				b = one(SECTORS);
				fake_sdhci_fail(0, faults[i].fault, 1, 1);
				rc = block_transfer(b, write, 40, 6, BUFFER, &done);
				assert_int_equal(rc, write ? faults[i].write : faults[i].read);
				assert_int_equal(done, rc ? 0 : 6);
				if (rc == -EIO)
					assert_true(fake_log_has(write ? "block: SD card at 00:04.0, 0.0.0: write of 6 sectors at 40: error, status "
								       : "block: SD card at 00:04.0, 0.0.0: read of 6 sectors at 40: error, status "));
				assert_false(b->controller->busy);
				reads_back(b, 40, 6, BUFFER);
				writes_over(b, 40, 6, BUFFER);
				assert_int_equal(fake_sdhci.violations, 0);
			}
}

/* Once, and then as long as anybody asks: the card is out of use until it is reset. */
static void a_request_without_an_end_is_ended(void **state)
{
	for (uint32_t late = 0; late < 2; late++)
		for (uint32_t pio = 0; pio < 2 - late; pio++) {
			enum fake_sd_fault fault = late ? FAULT_LATE : FAULT_NO_END;
			struct block *b;

			fresh(state);
			if (pio)
				fake_sdhci.capabilities &= ~(1u << 22);
			b = one(SECTORS);
			fake_sdhci_fail(0, fault, 1, 1);
			reads_back(b, 40, 6, BUFFER);
			assert_int_equal(fake_sdhci_late(), 0);
			assert_true(fake_log_has("read of 6 sectors at 40: no answer within 30 s; reset, and asked once more"));
			fake_sdhci_fail(0, fault, 1, 1000);
			assert_int_equal(get(b, 40, 6, BUFFER), -ETIMEDOUT);
			assert_int_equal(fake_sdhci_late(), 0);
			fake_sdhci_fail(0, FAULT_NONE, 0, 0);
			assert_int_equal(get(b, 40, 6, BUFFER), -ETIMEDOUT);
			assert_int_equal(block_reset(b), 0);
			reads_back(b, 40, 6, BUFFER);
			writes_over(b, 40, 6, BUFFER);
			assert_int_equal(fake_sdhci.violations, 0);
		}
}

static void every_failed_command_of_a_start_is_outlived(void **state)
{
	static const enum fake_sd_fault of_start[] = { FAULT_NO_RESPONSE, FAULT_CRC, FAULT_NO_END };

	for (uint32_t i = 0; i < sizeof(of_start) / sizeof(of_start[0]); i++)
		for (uint32_t times = 1; times <= MOST_FAULTS; times += MOST_FAULTS - 1)
			for (uint32_t n = 1; n < MOST_FAULTS; n++) {
				fresh(state);
				fake_sdhci_insert(0, SECTORS);
				fake_sdhci_fail(0, of_start[i], n, times);
				assert_int_equal(init(), 0);
				/* once: the second start works. Always from there on: there is no card, or its first read fails */
				if (times == 1)
					assert_int_equal(drives(), 1);
				if (drives() == 0)
					assert_true(fake_log_lines() != 0);
				fake_sdhci_fail(0, FAULT_NONE, 0, 0);
				if (drives())
					reads_back(block_first, 5, 2, BUFFER);
				assert_int_equal(fake_sdhci.violations, 0);
			}
}

static void a_card_that_is_taken_out_is_missed(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	fake_sdhci_fail(0, FAULT_REMOVED, 1, 1);
	assert_int_equal(get(b, 40, 6, BUFFER), -ENOMEDIUM);
	assert_int_equal(get(b, 40, 6, BUFFER), -ENOMEDIUM);
	assert_int_equal(block_reset(b), -ENOMEDIUM);
	fake_sdhci_insert(0, 2 * SECTORS);			/* another one */
	assert_int_equal(get(b, 40, 6, BUFFER), -ENOMEDIUM);
	fake_sdhci_insert(0, SECTORS);
	reads_back(b, 40, 6, BUFFER);
	assert_int_equal(fake_timer_expired, 0);
}

static void a_reset_starts_a_card_that_needs_it_alone(void **state)
{
	struct block *b = one(SECTORS);
	uint32_t starts = fake_sdhci.card[0].starts;

	(void)state;
	assert_int_equal(block_reset(b), 0);
	assert_int_equal(fake_sdhci.card[0].starts, starts);
	fake_sdhci_fail(0, FAULT_CRC, 1, 1);
	assert_int_equal(get(b, 40, 6, BUFFER), -EIO);
	assert_int_equal(block_reset(b), 0);
	assert_true(fake_sdhci.card[0].starts > starts);
	reads_back(b, 40, 6, BUFFER);
}

static struct sdhci *watched;
static uint32_t ups;

static void watch(void)
{
	ups += watched->up;
}

/* What somebody else would find who comes while a request waits; and what is left of it when the driver has returned. */
static void a_request_that_waits_leaves_nothing_behind(void **state)
{
	struct block *b = one(SECTORS);
	struct block_request r = { .lba = 40, .sectors = 6, .list = { .range = { { BUFFER, 6 * 512 } }, .count = 1, .bytes = 6 * 512 } };

	(void)state;
	watched = (struct sdhci *)b->controller;
	fake_timer_tick = watch;
	ups = 0;
	fake_sdhci_fail(0, FAULT_LATE, 1, 1);
	assert_int_equal(b->driver->transfer(b, &r), -ETIMEDOUT);
	assert_int_equal(ups, 0);
	assert_int_equal(fake_sdhci_late(), 0);
	assert_int_equal(r.done, 0);
}

static void who_abandons_a_request_ends_it(void **state)
{
	struct block *b = one(SECTORS);
	struct sdhci *s = (struct sdhci *)b->controller;
	uint32_t starts = fake_sdhci.card[0].starts;

	(void)state;
	b->controller->busy = true;		/* as it is in the middle of one */
	s->up = false;
	block_abandon();
	assert_true(fake_sdhci.card[0].starts > starts);
	assert_false(b->controller->busy);
	reads_back(b, 40, 6, BUFFER);
}

static void a_controller_that_cannot_be_reset_is_switched_off(void **state)
{
	struct block *b = one(SECTORS);

	(void)state;
	fake_sdhci_fail(0, FAULT_LATE, 1, 1);
	fake_sdhci.reset_sticks = true;
	assert_int_equal(get(b, 40, 6, BUFFER), -ETIMEDOUT);
	assert_int_equal(fake_sdhci_late(), 0);
	assert_int_equal(fake_sdhci.command, 0);
	assert_true(fake_log_has("sd: 00:04.0 slot 0: the controller does not come out of its reset; switched off"));
	assert_int_equal(get(b, 40, 6, BUFFER), -ETIMEDOUT);
	assert_int_equal(block_reset(b), -EIO);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(empty_slots_cost_an_access_each_and_no_memory),
		T(a_card_costs_so_much_and_a_read_six),
		T(what_a_card_is_is_what_it_says),
		T(a_standard_card_is_addressed_by_bytes),
		T(a_large_card_is_addressed_by_blocks),
		T(cards_of_every_size_are_as_large_as_they_are),
		T(a_card_of_version_1_is_read),
		T(a_card_that_takes_its_time_is_asked_again),
		T(a_card_whose_power_takes_time_gets_it),
		T(a_card_that_is_never_ready_is_left),
		T(a_card_of_another_kind_is_left),
		T(a_voltage_that_is_not_taken_is_seen),
		T(power_is_what_the_controller_has),
		T(the_clock_is_within_the_standard),
		T(a_clock_that_is_never_stable_costs_the_card),
		T(a_card_may_be_read_only_in_four_ways),
		T(a_csd_without_sense_is_refused),
		T(the_largest_csd_fits_the_addresses),
		T(both_slots_are_told_apart),
		T(slots_without_registers_are_refused),
		T(a_controller_that_is_gone_has_no_cards),
		T(every_failed_allocation_costs_cards_only),
		T(memory_is_reached_across_every_boundary),
		T(boundaries_without_end_are_an_error),
		T(a_read_into_the_firmware_changes_the_rest_alone),
		T(without_dma_the_buffer_is_used),
		T(a_command_may_take_looks),
		T(a_request_that_fails_says_so_and_the_next_works),
		T(a_request_without_an_end_is_ended),
		T(every_failed_command_of_a_start_is_outlived),
		T(a_card_that_is_taken_out_is_missed),
		T(a_reset_starts_a_card_that_needs_it_alone),
		T(a_request_that_waits_leaves_nothing_behind),
		T(who_abandons_a_request_ends_it),
		T(a_controller_that_cannot_be_reset_is_switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
