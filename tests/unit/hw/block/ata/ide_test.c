/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/ata/ide_test.c: disks and CD drives on a modelled IDE channel, by DMA and by the data port, and
 * everything that a drive or a bus master can do wrong.
 *
 * LINK: src/hw/block/ata/ide.c src/hw/block/ata/ide_channel.c src/hw/block/ata/ide_packet.c src/hw/block/model.c src/hw/block/ata/ata.c src/hw/block/scsi/packet.c src/hw/block/scsi/command.c src/hw/block/block.c src/hw/block/sectors.c
 * LINK: src/dma/dma.c src/dma/sg.c
 * LINK: tests/fake/ide.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "dma/dma.h"
#include "fake/alloc.h"
#include "fake/ide.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/block/ata/ide.h"
#include "hw/block/ata/ide_channel.h"
#include "hw/pci/tree.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define STATE void **state __attribute__((unused))
#define BDF		PCI_BDF(0, 1, 1)
#define BUS_MASTER	0xc040
#define BUFFER		0x200000u

struct machine machine;

static struct pci_function functions[3];
static struct pci_tree tree = { .function = functions };
static uint32_t pci_writes;

void pci_write16(pci_bdf_t bdf, uint8_t reg, uint16_t value)
{
	assert_int_equal(bdf, BDF);
	assert_int_equal(reg, PCI_COMMAND);
	assert_int_equal(value, PCI_COMMAND_IO | PCI_COMMAND_MASTER | PCI_COMMAND_SERR);
	pci_writes++;
}

/* PIIX3, and a primary channel without drives. */
static void start(uint16_t bus_master)
{
	fake_io_reset();
	fake_ram_reset(32 << 20);
	fake_alloc_reset();
	fake_log_reset();
	fake_timer_reset();
	machine = (struct machine){ .low_ram_end = 32 << 20, .pci = &tree };
	tree.count = 1;
	block_init();
	pci_writes = 0;
	functions[0] = (struct pci_function){ .bdf = BDF, .class_revision = 0x01018000 };
	functions[0].bar[4] = (struct pci_bar){ .size = 16, .kind = PCI_IO, .base = bus_master };
	fake_ide_reset(0x1f0, 0x3f6, bus_master);
	assert_int_equal(dma_init(), 0);
}

static int setup(STATE)
{
	start(BUS_MASTER);
	return 0;
}

/* The state in which every request and the search must leave the channel. */
/* A command that has not ended must not interrupt when it does. */
static void assert_quiet(void)
{
	bool at_it = block_first && ide_channel_of(block_first)->at_it;

	assert_int_equal(fake_ide.control, at_it ? IDE_CONTROL_NIEN : 0);
	assert_int_equal(fake_ide.interrupts, 0);
	if (!at_it)
		assert_int_equal(fake_ide.bm_command & 1, 0);
}

static struct block *find(void)
{
	ide_init_pci(&functions[0]);
	assert_quiet();
	return block_first;
}

static struct block *disk(uint64_t sectors)
{
	fake_ide_add(0, FAKE_IDE_DISK, sectors);
	assert_non_null(find());
	assert_null(block_first->next);
	return block_first;
}

static struct block *cd(uint64_t sectors)
{
	fake_ide_add(0, FAKE_IDE_CD, sectors);
	assert_non_null(find());
	return block_first;
}

static int transfer(struct block *b, bool write, uint64_t lba, uint32_t count, uint32_t linear, uint32_t *done)
{
	int rc = block_transfer(b, write, lba, count, linear, done);

	assert_quiet();
	assert_false(b->controller->busy);
	return rc;
}

static void assert_holds(uint32_t linear, uint64_t lba, uint32_t count, uint32_t size)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < size; k++)
			if (fake_ram[linear + i * size + k] != fake_ide_now(lba + i, k))
				fail_msg("sector %u, byte %u", i, k);
}

static void assert_reads(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done;

	memset(fake_ram + linear - 4, 0x5a, count * b->sector_size + 8);
	assert_int_equal(transfer(b, false, lba, count, linear, &done), 0);
	assert_int_equal(done, count);
	assert_holds(linear, lba, count, b->sector_size);
	assert_memory_equal(fake_ram + linear - 4, "ZZZZ", 4);
	assert_memory_equal(fake_ram + linear + count * b->sector_size, "ZZZZ", 4);
}

static void assert_writes(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done;

	for (uint32_t i = 0; i < count * b->sector_size; i++)
		fake_ram[linear + i] = (uint8_t)(lba + i * 7 + i / 251);
	assert_int_equal(transfer(b, true, lba, count, linear, &done), 0);
	assert_int_equal(done, count);
	assert_holds(linear, lba, count, b->sector_size);
}

/* --- who is there --------------------------------------------------------------------------- */

static void an_empty_channel_costs_two_accesses(STATE)
{
	assert_null(find());
	assert_int_equal(fake_io_accesses(), 4);
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);	/* the bounce buffer */
	assert_int_equal(fake_log_lines(), 0);
}

static void a_bus_without_a_channel_is_left_alone(STATE)
{
	fake_ide.floating = true;
	ide_init_isa();
	assert_null(block_first);
	assert_int_equal(fake_io_accesses(), 4);
}

static void a_disk_is_found_and_described(STATE)
{
	struct block *b = disk(204800);

	assert_int_equal(b->kind, BLOCK_DISK);
	assert_int_equal(b->bus, BUS_IDE);
	assert_int_equal(b->bdf, BDF);
	assert_int_equal(b->channel, 0);
	assert_int_equal(b->unit, 0);
	assert_int_equal(b->io[0], 0x1f0);
	assert_int_equal(b->io[1], 0x3f6);
	assert_int_equal(b->sectors, 204800);
	assert_int_equal(b->sector_size, 512);
	assert_int_equal(b->chs_heads, 16);
	assert_string_equal(b->description, "QEMU HARDDISK");
	assert_int_equal(pci_writes, 1);
	/* 2 for the empty channel; select, status, nIEN twice, IDENTIFY with two looks before and one after; data;
	 * select and status of drive 1 */
	assert_int_equal(fake_io_accesses(), 2 + 2 + 2 + 3 + 128 + 2);
}

static void both_drives_of_both_channels_are_found(STATE)
{
	fake_io_reset();
	fake_ide_reset(0x170, 0x376, BUS_MASTER + 8);
	fake_ide_add(0, FAKE_IDE_CD, 100);
	fake_ide_add(1, FAKE_IDE_DISK, 1000);
	assert_non_null(find());
	assert_int_equal(block_first->kind, BLOCK_CD);
	assert_int_equal(block_first->channel, 1);
	assert_int_equal(block_first->unit, 0);
	assert_int_equal(block_first->next->kind, BLOCK_DISK);
	assert_int_equal(block_first->next->channel, 1);
	assert_int_equal(block_first->next->unit, 1);
	assert_null(block_first->next->next);
	assert_ptr_equal(block_first->controller, block_first->next->controller);
	assert_int_equal(pci_writes, 1);
	assert_reads(block_first->next, 3, 2, BUFFER);
	assert_reads(block_first, 3, 2, BUFFER);
	assert_int_equal(fake_ide.dma_commands, 2);
}

static void drive_1_is_found_alone(STATE)
{
	fake_ide_add(1, FAKE_IDE_DISK, 1000);
	assert_non_null(find());
	assert_int_equal(block_first->unit, 1);
	assert_null(block_first->next);
	assert_reads(block_first, 0, 1, BUFFER);
}

static void a_second_function_with_the_same_ports_adds_nothing(STATE)
{
	disk(1000);
	ide_init_pci(&functions[0]);
	assert_null(block_first->next);
}

static void of_several_with_legacy_ports_the_last_has_them(STATE)
{
	functions[1] = (struct pci_function){ .bdf = BDF + 8, .class_revision = 0x02000000 };
	functions[2] = (struct pci_function){ .bdf = BDF + 16, .class_revision = 0x01018000 };
	tree.count = 3;
	fake_ide_add(0, FAKE_IDE_DISK, 1000);
	ide_init_pci(&functions[0]);
	assert_null(block_first);
	functions[2].class_revision |= 0x500;	/* native: the ports are the first's */
	ide_init_pci(&functions[0]);
	assert_int_equal(block_first->bdf, BDF);
	block_init();
	functions[2].class_revision &= ~0x500u;
	ide_init_pci(&functions[2]);
	assert_int_equal(block_first->bdf, BDF + 16);
}

static void native_mode_takes_the_ports_of_bars(STATE)
{
	fake_io_reset();
	fake_ide_reset(0xc000, 0xc012, BUS_MASTER);
	functions[0].class_revision |= 0x500;
	functions[0].bar[0] = (struct pci_bar){ .size = 8, .kind = PCI_IO, .base = 0xc000 };
	functions[0].bar[1] = (struct pci_bar){ .size = 4, .kind = PCI_IO, .base = 0xc010 };
	assert_reads(disk(1000), 5, 3, BUFFER);
	assert_true(fake_log_has("channel 1 has no ports"));
	assert_int_equal(block_first->io[1], 0xc012);
}

static void bars_of_another_kind_or_size_are_no_ports(STATE)
{
	static const struct pci_bar wrong[] = { { .size = 4, .kind = PCI_IO, .base = 0xc000 },
						{ .size = 8, .kind = PCI_MEM, .base = 0xc000 },
						{ .size = 8, .kind = PCI_IO } };

	functions[0].class_revision |= 0x500;
	functions[0].bar[1] = (struct pci_bar){ .size = 4, .kind = PCI_IO, .base = 0xc010 };
	for (uint32_t i = 0; i < 3; i++) {
		fake_log_reset();
		functions[0].bar[0] = wrong[i];
		ide_init_pci(&functions[0]);
		assert_null(block_first);
		assert_true(fake_log_has("00:01.1: channel 0 has no ports"));
	}
	assert_int_equal(fake_io_accesses(), 0);
}

static void without_a_bus_master_the_data_port_is_used(STATE)
{
	static const struct pci_bar wrong[] = { { .size = 16, .kind = PCI_IO }, { .size = 8, .kind = PCI_IO, .base = 0xc040 },
						{ .size = 16, .kind = PCI_MEM, .base = 0xc040 } };

	for (uint32_t i = 0; i < 3; i++) {
		start(0);
		functions[0].bar[4] = wrong[i];
		assert_reads(disk(1000), 5, 3, BUFFER);
		assert_int_equal(pci_writes, 0);
		assert_int_equal(fake_ide.opcode, 0x20);
	}
}

static void a_drive_that_has_no_dma_is_believed(STATE)
{
	fake_ide_add(0, FAKE_IDE_DISK, 1000);
	fake_ide.drive[0].identify[49] &= (uint16_t)~0x100;
	assert_reads(find(), 5, 3, BUFFER);
	assert_int_equal(fake_ide.dma_commands, 0);
	assert_int_equal(pci_writes, 0);
}

static void ports_of_pc_at_are_found_without_pci(STATE)
{
	start(0);
	fake_ide_add(0, FAKE_IDE_DISK, 1000);
	ide_init_isa();
	assert_non_null(block_first);
	assert_int_equal(block_first->bdf, 0xffff);
	assert_reads(block_first, 5, 3, BUFFER);
	assert_quiet();
}

static void what_is_no_disk_or_cd_is_named_and_left(STATE)
{
	fake_ide_add(0, FAKE_IDE_CD, 1000);
	fake_ide.drive[0].identify[0] = 0x8180;	/* tape */
	fake_ide_add(1, FAKE_IDE_DISK, 0);
	assert_null(find());
	assert_true(fake_log_has("ide: 1f0.0: general 8180"));
	assert_true(fake_log_has("ide: 1f0.1: general 0040, 0 sectors"));
}

static void without_memory_a_channel_is_not_used(STATE)
{
	for (uint32_t n = 1; n <= 3; n++) {
		start(BUS_MASTER);
		fake_ide_add(0, FAKE_IDE_DISK, 1000);
		fake_alloc_fail_at(n);
		find();
		assert_true((n == 2) == !!block_first);	/* the model is copied second */
	}
}

/* Each fault at each command of the search: it ends, quietly, with the drives that have answered. */
static void the_search_survives_every_fault(STATE)
{
	for (enum fake_ide_fault fault = FAULT_REFUSE; fault <= FAULT_SHORT; fault++)
		for (uint32_t n = 1; n <= 5; n++) {
			start(BUS_MASTER);
			fake_ide_add(0, FAKE_IDE_CD, 1000);
			fake_ide_add(1, FAKE_IDE_DISK, 1000);
			fake_ide.fault = fault;
			fake_ide.fault_at = n;
			find();
			if (n >= 4)
				assert_non_null(block_first->next);
		}
}

static void a_channel_that_is_busy_for_ever_ends_the_search_in_bounded_time(STATE)
{
	fake_ide_add(0, FAKE_IDE_DISK, 1000);
	fake_ide.fault = FAULT_DEAD;
	fake_ide.fault_at = 1;
	assert_null(find());
	assert_true(fake_timer_expired <= 3);
}

/* --- disks ---------------------------------------------------------------------------------- */

static void a_read_by_dma_takes_14_accesses(STATE)
{
	struct block *b = disk(204800);
	uint64_t before = fake_io_accesses();

	assert_reads(b, 7, 1, BUFFER);
	assert_int_equal(fake_io_accesses() - before, 14);
	assert_int_equal(fake_ide.opcode, 0xc8);
	before = fake_io_accesses();
	assert_reads(b, 7, 127, 0x10000);
	assert_int_equal(fake_io_accesses() - before, 14);
}

static void a_read_by_port_takes_9_accesses_and_129_a_sector(STATE)
{
	uint64_t before;
	struct block *b;

	start(0);
	b = disk(204800);
	before = fake_io_accesses();
	assert_reads(b, 7, 1, BUFFER);
	assert_int_equal(fake_io_accesses() - before, 9 + 129);
	before = fake_io_accesses();
	assert_reads(b, 7, 3, BUFFER);
	assert_int_equal(fake_io_accesses() - before, 9 + 3 * 129);
}

static void what_is_written_is_read(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		struct block *b;

		start(dma ? BUS_MASTER : 0);
		fake_ide.busy_looks = 3;
		b = disk(204800);
		assert_writes(b, 100, 5, BUFFER);
		assert_reads(b, 99, 8, 0x10000);
		assert_writes(b, 204799, 1, BUFFER + 1);
		assert_reads(b, 204798, 2, BUFFER + 3);
		assert_int_equal(fake_ide.dma_commands, dma ? 4 : 0);
	}
}

static void the_longest_request_is_256_sectors(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		struct block *b;

		start(dma ? BUS_MASTER : 0);
		b = disk(204800);
		assert_reads(b, 1000, 256, BUFFER);
		assert_int_equal(fake_ide.count, 256);
		assert_int_equal(fake_ide.commands, 2);
		assert_reads(b, 1000, 600, BUFFER);
		assert_int_equal(fake_ide.commands, 5);
		assert_int_equal(fake_ide.count, 600 - 512);
	}
}

static void commands_have_48_bits_where_28_do_not_reach(STATE)
{
	static const struct { uint64_t lba; uint32_t count; uint8_t read, read_port, write, write_port; } rows[] = {
		{ 0xfffff00, 256, 0xc8, 0x20, 0, 0 },
		{ 0xffffffe, 2, 0xc8, 0x20, 0xca, 0x30 },
		{ 0xfffffff, 2, 0x25, 0x24, 0x35, 0x34 },
		{ 0x10000000, 1, 0x25, 0x24, 0x35, 0x34 },
		{ 0xffffffff, 2, 0x25, 0x24, 0x35, 0x34 },
		{ 0x123456789abc, 9, 0x25, 0x24, 0x35, 0x34 },
		{ 0xfffffffffe00, 256, 0x25, 0x24, 0, 0 },
	};

	for (int dma = 0; dma < 2; dma++) {
		struct block *b;

		start(dma ? BUS_MASTER : 0);
		b = disk((1ull << 48) - 1);
		assert_true(b->sectors == (1ull << 48) - 1);
		for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			assert_reads(b, rows[i].lba, rows[i].count, BUFFER);
			assert_int_equal(fake_ide.opcode, dma ? rows[i].read : rows[i].read_port);
			assert_true(fake_ide.lba == rows[i].lba);
			assert_int_equal(fake_ide.count, rows[i].count);
			if (!rows[i].write)
				continue;
			assert_writes(b, rows[i].lba, rows[i].count, BUFFER);
			assert_int_equal(fake_ide.opcode, 0xea);
			assert_int_equal(fake_ide.before, dma ? rows[i].write : rows[i].write_port);
		}
	}
}

static void regions_do_not_cross_64_kib(STATE)
{
	struct block *b = disk(204800);

	assert_reads(b, 0, 128, 0x200000);
	assert_int_equal(fake_ide.prds, 1);
	assert_reads(b, 0, 128, 0x1ffffe);
	assert_int_equal(fake_ide.prds, 2);
	assert_reads(b, 0, 256, 0x1ffffe);
	assert_int_equal(fake_ide.prds, 3);
	assert_reads(b, 0, 1, 0x20ff00);
	assert_int_equal(fake_ide.prds, 2);
	assert_reads(b, 0, 1, 0x20fe00);
	assert_int_equal(fake_ide.prds, 1);
	/* an odd address goes through the bounce buffer, in parts of it */
	assert_reads(b, 0, 128, 0x1fffff);
}

static void sectors_of_4096_bytes_are_whole(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		uint8_t before[4096];
		struct block *b;
		uint32_t done;

		start(dma ? BUS_MASTER : 0);
		fake_ide_add(0, FAKE_IDE_DISK, 5000);
		fake_ide.drive[0].sector_size = 4096;
		fake_ide.drive[0].identify[106] = 0x5000;
		fake_ide.drive[0].identify[117] = 2048;
		b = find();
		assert_int_equal(b->sectors, 5000 * 8);		/* of 512 (sectors.h) */
		assert_int_equal(transfer(b, false, 3 * 8, 256 * 8, 0x2ffffe, &done), 0);
		assert_holds(0x2ffffe, 3, 256, 4096);
		memcpy(before, fake_ram + 0x2ffffe, 4096);
		memset(fake_ram + 0x100000, 0xc3, 3 * 512);
		assert_int_equal(transfer(b, true, 3 * 8 + 2, 3, 0x100000, &done), 0);
		memset(before + 2 * 512, 0xc3, 3 * 512);
		for (uint32_t k = 0; k < 4096; k++)
			assert_int_equal(fake_ide_now(3, k), before[k]);
	}
}

/* Where a buffer reaches into memory that is the firmware's, a sector lies in pieces of any length. */
static void a_buffer_in_pieces_of_any_length_is_filled(STATE)
{
	for (uint32_t shift = 0; shift < 8; shift++) {
		struct block *b;
		uint32_t edge, linear, done;

		start(0);
		b = disk(204800);
		edge = alloc_low_bottom();	/* what is above it is bounced */
		linear = edge - 520 - shift;
		assert_int_equal(transfer(b, false, 9, 2, linear, &done), 0);
		assert_int_equal(done, 2);
		assert_holds(linear, 9, 2, 512);
		assert_int_equal(transfer(b, true, 20, 2, linear, &done), 0);
		for (uint32_t i = 0; i < 1024; i++)
			assert_int_equal(fake_ram[linear + i], fake_ide_now(20 + i / 512, i % 512));
	}
}

static void a_bad_sector_fails_with_what_came_before_it(STATE)
{
	for (int dma = 0; dma < 2; dma++)
		for (int write = 0; write < 2; write++) {
			struct block *b;
			uint32_t done;

			start(dma ? BUS_MASTER : 0);
			b = disk(204800);
			fake_ide.drive[0].bad = 103;
			assert_int_equal(transfer(b, write, 100, 8, BUFFER, &done), -EIO);
			/* of a write the last sector that was taken is not certain */
			assert_int_equal(done, dma ? 0 : 3);
			if (!dma && !write)
				assert_holds(BUFFER, 100, 3, 512);
			assert_true(fake_log_has(write ? "write of 8 sectors at 100: error, status 10" :
							 "read of 8 sectors at 100: error, status 40"));
			fake_ide.drive[0].bad = ~0ull;
			assert_reads(b, 100, 8, BUFFER);
			assert_int_equal(fake_ide.dma_commands, dma ? 2 : 0);
		}
}

static void what_was_written_is_flushed(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		struct block *b;
		uint32_t done;

		start(dma ? BUS_MASTER : 0);
		b = disk(204800);
		assert_writes(b, 100, 8, BUFFER);
		assert_int_equal(fake_ide.opcode, 0xea);
		assert_int_equal(fake_ide.flushes, 1);
		assert_reads(b, 100, 8, BUFFER);
		assert_int_equal(fake_ide.flushes, 1);
		fake_ide.fault = FAULT_REFUSE;
		fake_ide.fault_at = fake_ide.commands + 2;
		assert_int_equal(transfer(b, true, 100, 8, BUFFER, &done), -EIO);
		assert_int_equal(done, 0);
		assert_true(fake_log_has("flush of 0 sectors at 0: error, status 4"));
		assert_writes(b, 100, 8, BUFFER);
	}
}

/* Word 85: no cache; word 83: no EXT, or no flush at all; word 87: nobody knows. */
static void only_a_cache_that_is_used_is_flushed(STATE)
{
	static const struct { uint32_t word; uint16_t clear; uint8_t last; } rows[] = {
		{ 85, 0x0020, 0xca }, { 83, 0x2000, 0xe7 }, { 83, 0x3000, 0xca }, { 83, 0x0400, 0xe7 }, { 87, 0x4000, 0xca },
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(BUS_MASTER);
		fake_ide_add(1, FAKE_IDE_DISK, 1000);
		fake_ide_add(0, FAKE_IDE_CD, 1000);
		fake_ide.drive[1].identify[rows[i].word] &= (uint16_t)~rows[i].clear;
		assert_writes(find()->next, 100, 8, BUFFER);
		assert_int_equal(fake_ide.opcode, rows[i].last);
	}
}

static void a_disk_is_asked_whether_it_is_ready(STATE)
{
	struct block *b = disk(1000);

	assert_int_equal(block_ready(b, NULL), 0);
	assert_int_equal(fake_ide.asked, 1);
	assert_quiet();
	fake_ide.fault = FAULT_DEVICE;
	fake_ide.fault_at = fake_ide.commands + 1;
	assert_int_equal(block_ready(b, NULL), -EIO);
	assert_int_equal(block_ready(b, NULL), 0);
}

static void a_protected_disk_says_so(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		struct block *b;
		uint32_t done;

		start(dma ? BUS_MASTER : 0);
		b = disk(1000);
		fake_ide.drive[0].write_protected = true;
		assert_int_equal(transfer(b, true, 100, 8, BUFFER, &done), -EROFS);
		assert_int_equal(done, 0);
		assert_reads(b, 100, 8, BUFFER);
	}
}

/* The reset that ends it selects drive 0 and forgets the address. */
static void a_transfer_that_somebody_left_is_ended_first(STATE)
{
	for (int kind = FAKE_IDE_DISK; kind <= FAKE_IDE_CD; kind++)
		for (uint8_t unit = 0; unit < 2; unit++) {
			struct block *b;
			bool is_disk = kind == FAKE_IDE_DISK;

			start(BUS_MASTER);
			fake_ide_add(unit, kind, 1 << 26);
			fake_ide_add(!unit, is_disk ? FAKE_IDE_CD : FAKE_IDE_DISK, 1000);
			find();
			b = block_first->unit == unit ? block_first : block_first->next;
			fake_ide_leave_data(unit);
			assert_reads(b, 0x2345678, 1, BUFFER);
			assert_int_equal(fake_ide.resets, 1);
			assert_reads(b, 0x2345679, 1, BUFFER);
			assert_int_equal(fake_ide.resets, 1);
		}
}

static void a_write_that_fails_at_its_last_sector_fails(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		struct block *b;
		uint32_t done;

		start(dma ? BUS_MASTER : 0);
		b = disk(204800);
		fake_ide.drive[0].bad = 103;
		assert_int_equal(transfer(b, true, 100, 4, BUFFER, &done), -EIO);
		assert_int_equal(done, dma ? 0 : 3);
	}
}

static void dma_that_fails_on_one_drive_is_used_on_the_other(STATE)
{
	struct block *first, *second;

	fake_ide_add(0, FAKE_IDE_DISK, 1000);
	fake_ide_add(1, FAKE_IDE_DISK, 1000);
	first = find();
	second = first->next;
	fake_ide.fault = FAULT_DMA_ERROR;
	fake_ide.fault_at = fake_ide.commands + 1;
	assert_reads(first, 5, 4, BUFFER);
	assert_int_equal(fake_ide.opcode, 0x20);
	assert_reads(second, 5, 4, BUFFER);
	assert_int_equal(fake_ide.opcode, 0xc8);
}

struct outcome {
	enum fake_ide_fault fault;
	int dma, port;		/* what comes of a request; 1: it succeeds */
};

static void every_fault_of_a_disk_ends_and_the_next_request_works(STATE)
{
	static const struct outcome rows[] = {
		{ FAULT_REFUSE, -EIO, -EIO }, { FAULT_DEVICE, -EIO, -EIO }, { FAULT_HANG, -ETIMEDOUT, -ETIMEDOUT },
		{ FAULT_NO_DATA, 1, -EIO }, { FAULT_DMA_ERROR, 1, 1 }, { FAULT_DMA_SHORT, 1, 1 },
		{ FAULT_DMA_STUCK, -ETIMEDOUT, 1 },
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int dma = 0; dma < 2; dma++)
			for (int write = 0; write < 2; write++) {
				struct block *b;
				uint32_t done;
				int want = dma ? rows[i].dma : rows[i].port;

				start(dma ? BUS_MASTER : 0);
				b = disk(204800);
				fake_ide.fault = rows[i].fault;
				fake_ide.fault_at = fake_ide.commands + 1;
				assert_int_equal(transfer(b, write, 5, 2, BUFFER, &done), want == 1 ? 0 : want);
				assert_int_equal(done, want == 1 ? 2 : 0);
				if (want == 1)
					assert_holds(BUFFER, 5, 2, 512);
				assert_true(want == 1 || fake_log_has("block: QEMU HARDDISK at 00:"));
				if (want == -ETIMEDOUT) {	/* it is left alone until it has ended */
					uint32_t commands = fake_ide.commands;

					assert_true(fake_log_has("but it is at it"));
					assert_int_equal(transfer(b, write, 5, 2, BUFFER, &done), -ETIMEDOUT);
					assert_int_equal(block_reset(b), -ETIMEDOUT);
					assert_int_equal(transfer(b, write, 7, 2, BUFFER + 4096, &done), -ETIMEDOUT);
					assert_int_equal(fake_ide.commands, commands);
					assert_int_equal(fake_ide.resets, 0);
					assert_true(fake_ide_let_end());
				}
				assert_reads(b, 5, 4, BUFFER);
				assert_writes(b, 5, 4, BUFFER);
				if (want == -ETIMEDOUT)		/* DMA works as before */
					assert_false(fake_log_has("the data port is used instead"));
				assert_true(fake_timer_expired <= 1);
			}
}

static void dma_that_fails_once_is_not_tried_again(STATE)
{
	struct block *b = disk(204800);

	fake_ide.fault = FAULT_DMA_ERROR;
	fake_ide.fault_at = 2;
	fake_ide.fault_stays = true;
	assert_reads(b, 5, 4, BUFFER);
	assert_true(fake_log_has("the data port is used instead"));
	assert_reads(b, 9, 4, BUFFER);
	assert_int_equal(fake_ide.dma_commands, 1);
	assert_int_equal(fake_ide.resets, 1);
}

static void a_dead_channel_fails_in_bounded_time(STATE)
{
	struct block *b = disk(204800);
	uint32_t done;

	fake_ide.fault = FAULT_DEAD;
	fake_ide.fault_at = 2;
	for (uint32_t n = 1; n <= 3; n++) {
		assert_int_equal(transfer(b, false, 5, 2, BUFFER, &done), -ETIMEDOUT);
		assert_int_equal(done, 0);
	}
	assert_int_equal(fake_timer_expired, 1);
	assert_int_equal(block_reset(b), -ETIMEDOUT);
	assert_int_equal(fake_timer_expired, 1);
	assert_quiet();
}

static void reset_makes_a_drive_work_again(STATE)
{
	struct block *b = disk(204800);

	fake_ide_leave_data(0);
	assert_int_equal(b->driver->reset(b), 0);
	assert_quiet();
	assert_int_equal(fake_ide.resets, 1);
	assert_reads(b, 5, 4, BUFFER);
	assert_int_equal(fake_ide.resets, 1);
}

/* --- CDs ------------------------------------------------------------------------------------ */

static void a_cd_is_asked_when_it_is_read(STATE)
{
	struct block *b = cd(300000);
	uint32_t commands = fake_ide.commands;

	assert_int_equal(commands, 2);	/* IDENTIFY, which it refuses, and its own */
	assert_int_equal(b->kind, BLOCK_CD);
	assert_int_equal(b->sectors, 0);
	assert_true(b->read_only && b->removable);
	assert_string_equal(b->description, "CD drive");
	assert_int_equal(pci_writes, 1);
	fake_alloc_fail_at(1);			/* a program runs, memory is given away */
	assert_reads(b, 16, 1, BUFFER);
	assert_int_equal(b->sectors, 300000);
	assert_int_equal(fake_ide.commands, commands + 3);	/* its own once more, for its name and whether it knows DMA */
	assert_string_equal(b->description, "QEMU DVD-ROM");
	assert_int_equal(pci_writes, 1);
	assert_int_equal(fake_ide.dma_commands, 1);
	assert_reads(b, 299999 - 31, 32, BUFFER);
	assert_int_equal(fake_ide.commands, commands + 4);
}

/* Two to be there, and the first double word of its data; then select and status of drive 1. */
static void a_cd_that_nobody_reads_costs_few_accesses(STATE)
{
	cd(300000);
	assert_int_equal(fake_io_accesses(), 2 + 2 + 2 + 2 + 2 + 2 + 3 + 2);
}

static void a_cd_that_has_no_dma_is_believed(STATE)
{
	struct block *b = cd(300000);

	fake_ide.drive[0].identify[49] &= (uint16_t)~0x100;
	assert_reads(b, 16, 1, BUFFER);
	assert_int_equal(fake_ide.dma_commands, 0);
	assert_int_equal(pci_writes, 1);	/* POST's: the drive tells when it is read */
}

static void a_cd_is_read_by_port_in_the_parts_it_offers(STATE)
{
	struct block *b;

	start(0);
	fake_ide.busy_looks = 2;
	b = cd(300000);
	assert_reads(b, 16, 1, BUFFER);
	assert_reads(b, 299999 - 31, 32, BUFFER);
	assert_reads(b, 7, 100, BUFFER + 1);
	assert_int_equal(fake_ide.dma_commands, 0);
}

static void a_read_of_a_cd_by_dma_takes_15_accesses(STATE)
{
	struct block *b = cd(300000);
	uint64_t before;

	assert_reads(b, 16, 1, BUFFER);
	before = fake_io_accesses();
	assert_reads(b, 16, 32, BUFFER);
	assert_int_equal(fake_io_accesses() - before, 15);
}

static void beyond_the_end_of_a_cd_the_medium_is_asked_again(STATE)
{
	struct block *b = cd(100);
	uint32_t done;

	assert_reads(b, 99, 1, BUFFER);
	assert_int_equal(transfer(b, false, 100, 1, BUFFER, &done), -ERANGE);
	fake_ide.drive[0].sectors = 200;
	assert_reads(b, 100, 1, BUFFER);
	assert_int_equal(b->sectors, 200);
}

static void without_a_medium_there_is_none(STATE)
{
	struct block *b = cd(0);
	uint32_t done;

	assert_int_equal(transfer(b, false, 0, 1, BUFFER, &done), -ENOMEDIUM);
	fake_ide.drive[0].sectors = 50;
	assert_reads(b, 49, 1, BUFFER);
	fake_ide.drive[0].sectors = 0;
	assert_int_equal(transfer(b, false, 0, 1, BUFFER, &done), -ENOMEDIUM);
	assert_int_equal(b->sectors, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_cd_is_never_written(STATE)
{
	struct block *b = cd(100);
	uint32_t done, commands = fake_ide.commands;

	assert_int_equal(transfer(b, true, 0, 1, BUFFER, &done), -EROFS);
	assert_int_equal(fake_ide.commands, commands);
}

static void a_bad_sector_of_a_cd_is_an_error_with_its_sense(STATE)
{
	for (int dma = 0; dma < 2; dma++) {
		struct block *b;
		uint32_t done;

		start(dma ? BUS_MASTER : 0);
		b = cd(100);
		fake_ide.drive[0].bad = 5;
		assert_int_equal(transfer(b, false, 4, 2, BUFFER, &done), -EIO);
		assert_int_equal(done, 0);
		assert_true(fake_log_has("scsi: QEMU DVD-ROM: command 28: sense 3/11/00"));
		assert_reads(b, 6, 2, BUFFER);
	}
}

/* Each fault at each command of a first read: capacity, data, sense. */
static void every_fault_of_a_cd_ends_and_the_next_request_works(STATE)
{
	for (enum fake_ide_fault fault = FAULT_REFUSE; fault <= FAULT_SHORT; fault++)
		for (uint32_t n = 1; n <= 4; n++)
			for (int dma = 0; dma < 2; dma++)
				for (int ua = 0; ua < 2; ua++) {
					struct block *b;
					uint32_t done;
					int rc;

					if (fault == FAULT_DEAD)
						continue;
					start(dma ? BUS_MASTER : 0);
					b = cd(100);
					fake_ide.drive[0].sense[0] = (struct fake_ide_sense){ 6, 0x29, 0 };
					fake_ide.drive[0].senses = (uint32_t)ua;
					fake_ide.fault = fault;
					fake_ide.fault_at = fake_ide.commands + n;
					rc = transfer(b, false, 5, 2, BUFFER, &done);
					assert_true(rc == 0 || rc == -EIO || rc == -ENODEV || rc == -ETIMEDOUT);
					assert_true(rc ? done < 2 : done == 2);
					if (!rc)
						assert_holds(BUFFER, 5, 2, 2048);
					assert_true(rc == 0 || fake_log_lines());
					fake_ide.fault = FAULT_NONE;
					assert_true((rc == -ETIMEDOUT) == fake_ide_let_end());
					assert_reads(b, 50, 3, BUFFER);
				}
}

static void a_drive_that_offers_nothing_is_not_asked_for_long(STATE)
{
	struct block *b;
	uint64_t before;
	uint32_t done;

	start(0);
	b = cd(100);
	assert_reads(b, 5, 1, BUFFER);
	fake_ide.fault = FAULT_LENGTH_ZERO;
	fake_ide.fault_at = fake_ide.commands + 1;
	before = fake_io_accesses();
	assert_int_equal(transfer(b, false, 5, 1, BUFFER, &done), -ENODEV);
	assert_true(fake_io_accesses() - before < 30);
}

static void dma_of_a_cd_that_fails_is_not_tried_again(STATE)
{
	struct block *b = cd(100);

	fake_ide.fault = FAULT_DMA_SHORT;
	fake_ide.fault_at = 1;
	fake_ide.fault_stays = true;
	assert_reads(b, 5, 4, BUFFER);
	assert_true(fake_log_has("the data port is used instead"));
	assert_reads(b, 9, 4, BUFFER);
	assert_int_equal(fake_ide.dma_commands, 1);
}

static void a_tray_is_locked_and_opened(STATE)
{
	struct block *b = cd(100);

	assert_reads(b, 5, 4, BUFFER);
	assert_int_equal(b->driver->lock(b, true), 0);
	assert_true(fake_ide.drive[0].locked);
	assert_int_equal(b->driver->eject(b), -EBUSY);
	assert_false(fake_ide.drive[0].ejected);
	assert_int_equal(b->driver->lock(b, false), 0);
	assert_int_equal(b->driver->eject(b), 0);
	assert_true(fake_ide.drive[0].ejected);
	assert_int_equal(b->sectors, 0);
	assert_quiet();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_channel_costs_two_accesses, setup),
		cmocka_unit_test_setup(a_bus_without_a_channel_is_left_alone, setup),
		cmocka_unit_test_setup(a_disk_is_found_and_described, setup),
		cmocka_unit_test_setup(both_drives_of_both_channels_are_found, setup),
		cmocka_unit_test_setup(drive_1_is_found_alone, setup),
		cmocka_unit_test_setup(a_second_function_with_the_same_ports_adds_nothing, setup),
		cmocka_unit_test_setup(of_several_with_legacy_ports_the_last_has_them, setup),
		cmocka_unit_test_setup(native_mode_takes_the_ports_of_bars, setup),
		cmocka_unit_test_setup(bars_of_another_kind_or_size_are_no_ports, setup),
		cmocka_unit_test_setup(without_a_bus_master_the_data_port_is_used, setup),
		cmocka_unit_test_setup(a_drive_that_has_no_dma_is_believed, setup),
		cmocka_unit_test_setup(ports_of_pc_at_are_found_without_pci, setup),
		cmocka_unit_test_setup(what_is_no_disk_or_cd_is_named_and_left, setup),
		cmocka_unit_test_setup(without_memory_a_channel_is_not_used, setup),
		cmocka_unit_test_setup(the_search_survives_every_fault, setup),
		cmocka_unit_test_setup(a_channel_that_is_busy_for_ever_ends_the_search_in_bounded_time, setup),
		cmocka_unit_test_setup(a_read_by_dma_takes_14_accesses, setup),
		cmocka_unit_test_setup(a_read_by_port_takes_9_accesses_and_129_a_sector, setup),
		cmocka_unit_test_setup(what_is_written_is_read, setup),
		cmocka_unit_test_setup(the_longest_request_is_256_sectors, setup),
		cmocka_unit_test_setup(commands_have_48_bits_where_28_do_not_reach, setup),
		cmocka_unit_test_setup(regions_do_not_cross_64_kib, setup),
		cmocka_unit_test_setup(sectors_of_4096_bytes_are_whole, setup),
		cmocka_unit_test_setup(a_buffer_in_pieces_of_any_length_is_filled, setup),
		cmocka_unit_test_setup(a_bad_sector_fails_with_what_came_before_it, setup),
		cmocka_unit_test_setup(what_was_written_is_flushed, setup),
		cmocka_unit_test_setup(only_a_cache_that_is_used_is_flushed, setup),
		cmocka_unit_test_setup(a_disk_is_asked_whether_it_is_ready, setup),
		cmocka_unit_test_setup(a_protected_disk_says_so, setup),
		cmocka_unit_test_setup(a_transfer_that_somebody_left_is_ended_first, setup),
		cmocka_unit_test_setup(a_write_that_fails_at_its_last_sector_fails, setup),
		cmocka_unit_test_setup(dma_that_fails_on_one_drive_is_used_on_the_other, setup),
		cmocka_unit_test_setup(every_fault_of_a_disk_ends_and_the_next_request_works, setup),
		cmocka_unit_test_setup(dma_that_fails_once_is_not_tried_again, setup),
		cmocka_unit_test_setup(a_dead_channel_fails_in_bounded_time, setup),
		cmocka_unit_test_setup(reset_makes_a_drive_work_again, setup),
		cmocka_unit_test_setup(a_cd_is_asked_when_it_is_read, setup),
		cmocka_unit_test_setup(a_cd_that_nobody_reads_costs_few_accesses, setup),
		cmocka_unit_test_setup(a_cd_that_has_no_dma_is_believed, setup),
		cmocka_unit_test_setup(a_cd_is_read_by_port_in_the_parts_it_offers, setup),
		cmocka_unit_test_setup(a_read_of_a_cd_by_dma_takes_15_accesses, setup),
		cmocka_unit_test_setup(beyond_the_end_of_a_cd_the_medium_is_asked_again, setup),
		cmocka_unit_test_setup(without_a_medium_there_is_none, setup),
		cmocka_unit_test_setup(a_cd_is_never_written, setup),
		cmocka_unit_test_setup(a_bad_sector_of_a_cd_is_an_error_with_its_sense, setup),
		cmocka_unit_test_setup(every_fault_of_a_cd_ends_and_the_next_request_works, setup),
		cmocka_unit_test_setup(a_drive_that_offers_nothing_is_not_asked_for_long, setup),
		cmocka_unit_test_setup(dma_of_a_cd_that_fails_is_not_tried_again, setup),
		cmocka_unit_test_setup(a_tray_is_locked_and_opened, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
