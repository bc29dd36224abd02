/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/nvme/nvme_test.c: namespaces of a fake NVMe controller, through the block interface: what is found,
 * what it costs, how requests become commands, and every failure; after each of them the controller works again, or is
 * off, and nothing of an old command reaches memory.
 * LINK: src/hw/block/model.c src/hw/block/nvme/nvme.c src/hw/block/nvme/nvme_controller.c src/hw/block/controller.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/nvme.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "fake/driver_case.h"
#include "fake/nvme.h"
#include "hw/block/nvme/nvme.h"
#include "lib/endian.h"

#define SECTORS	0x100000ull

static int fresh(STATE)
{
	fresh_machine();
	fake_nvme_reset();
	return 0;
}

static int clean(STATE)
{
	return told(fake_nvme.violations, fake_nvme.violation);
}

static int init(void)
{
	struct pci_function f = fake_nvme_function();

	return nvme_init(&f);
}

static struct block *one(uint64_t sectors, uint32_t size)
{
	fake_nvme_add(1, sectors, size);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 1);
	return block_first;
}

static struct block *disk(void)
{
	return one(SECTORS, 512);
}

/* Of a namespace: how long its blocks are, whatever is seen of them. */
static uint32_t size_of(const struct block *b)
{
	uint32_t i = 0;

	while (fake_nvme.space[i].nsid != b->target)
		i++;
	return fake_nvme.space[i].sector_size;
}

static bool holds(const struct block *b, uint32_t linear, uint64_t lba, uint32_t count)
{
	uint32_t size = size_of(b), each = size / 512;

	for (uint32_t i = 0; i < count * 512; i++) {
		uint64_t sector = lba + i / 512;

		if (fake_ram[linear + i] != fake_nvme_byte(b->target, sector / each, (uint32_t)(sector % each) * 512 + i % 512))
			return false;
	}
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
	assert_true(holds(b, linear, lba, count));
}

static int put(struct block *b, uint64_t lba, uint32_t count, uint32_t linear)
{
	uint32_t done = 0xdead;
	int rc = block_transfer(b, true, lba, count, linear, &done);

	assert_int_equal(done, rc ? 0 : count);
	return rc;
}

static void count_from_here(void)
{
	fake_io_count = (struct fake_io_count){ 0 };
	fake_nvme.commands = fake_nvme.heads = 0;
}

static void a_disk_costs_nineteen_accesses_and_a_read_one(void **state)
{
	struct block *b = disk();

	(void)state;
	/*
	 * CAP twice, CF8 and CFC for bus mastering, CC; INTMS, AQA, 4 addresses, CC, CSTS; 5 commands; head and INTMC
	 * where interrupts come back.
	 */
	assert_int_equal(fake_io_accesses(), 2 + 2 + 1 + 8 + 5 + 2);
	assert_int_equal(fake_nvme.masked, 0);
	count_from_here();
	reads_back(b, 1, 1, BUFFER);
	assert_int_equal(fake_io_accesses(), 1);
	reads_back(b, 7, 127, BUFFER);
	assert_int_equal(fake_io_accesses(), 2);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_timer_waits, 1);
	assert_int_equal(fake_timer_expired, 0);
}

static void the_head_is_told_twice_a_round(void **state)
{
	struct block *b = disk();

	(void)state;
	count_from_here();
	for (uint32_t i = 0; i < 640; i++)
		reads_back(b, i * 3, 1, BUFFER + 512 * (i % 8));
	assert_int_equal(fake_nvme.heads, 20);
	assert_int_equal(fake_io_accesses(), 640 + 20);
}

static void short_queues_are_enough(void **state)
{
	struct block *b;

	for (uint32_t entries = 2; entries <= 100; entries += entries / 2) {
		fresh(state);
		fake_nvme.cap = (FAKE_NVME_CAP & ~0xffffull) | (entries - 1);
		b = disk();
		for (uint32_t i = 0; i < 150; i++)
			reads_back(b, i, 1, BUFFER);
	}
	fresh(state);
	fake_nvme.cap = FAKE_NVME_CAP | 0xffff;
	b = disk();
	reads_back(b, 5, 5, BUFFER);
}

static void what_a_disk_is_is_what_it_says(void **state)
{
	struct block *b = disk();

	(void)state;
	assert_int_equal(b->kind, BLOCK_DISK);
	assert_int_equal(b->bus, BUS_NVME);
	assert_int_equal(b->bdf, FAKE_NVME_BDF);
	assert_int_equal(b->target, 1);
	assert_int_equal(b->sectors, SECTORS);
	assert_int_equal(b->sector_size, 512);
	assert_int_equal(b->max_sectors, 1024);
	assert_false(b->read_only || b->removable);
	assert_string_equal(b->description, "Fake NVMe");
}

static void names_are_text(void **state)
{
	static const struct { const char *model, *description; } cases[] = {
		{ "a\x01" "b\xff", "a?b?" }, { "   ", "NVMe disk" }, { " x  y ", "x  y" },
		{ "0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789" },
	};

	for (uint32_t i = 0; i < 4; i++) {
		fresh(state);
		memset(fake_nvme.identify + 24, 0, 40);
		memcpy(fake_nvme.identify + 24, cases[i].model, strlen(cases[i].model));
		assert_string_equal(disk()->description, cases[i].description);
	}
}

static void it_takes_five_pages_that_stay(void **state)
{
	uint32_t n = 0;

	(void)state;
	disk();
	for (uint32_t i = 0; fake_alloc_piece(i); i++) {
		const struct fake_piece *piece = fake_alloc_piece(i);

		assert_int_equal(piece->zone, ZONE_HIGH);
		assert_false(piece->released);
		if (strcmp(piece->what, "NVMe controller") == 0) {
			assert_int_equal(piece->phys % 4096, 0);
			assert_int_equal(piece->size, 5 * 4096);
			n++;
		}
	}
	assert_int_equal(n, 1);
}

/* What nobody has zeroed holds anything. */
static void memory_is_not_taken_for_zero(void **state)
{
	(void)state;
	memset(fake_ram + MIB, 0xa5, alloc_high_bottom() - MIB - 4096);
	reads_back(disk(), 3, 100, BUFFER);
}

static void namespaces_are_told_apart(void **state)
{
	static const uint32_t nsid[] = { 1, 2, 7, 0xfffffffe };

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		fake_nvme_add(nsid[i], 1000 * (i + 1), i == 2 ? 4096 : 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 4);
	for (struct block *b = block_first, *end = NULL; b != end; b = b->next)
		reads_back(b, b->sectors - 1, 1, BUFFER);
	assert_int_equal(last_drive()->target, 0xfffffffe);
	assert_int_equal(last_drive()->controller, block_first->controller);
	assert_int_equal(get(block_first, 1000, 1, BUFFER), -ERANGE);
}

static void many_namespaces_are_asked_for_in_parts(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FAKE_NVME_SPACES; i++)
		fake_nvme_add(2 * i + 1, 1000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), FAKE_NVME_SPACES);
	assert_int_equal(fake_nvme.admin_commands, 3 + 3 + FAKE_NVME_SPACES);
	reads_back(last_drive(), 999, 1, BUFFER);
}

static void sixteen_namespaces_are_all_there_are(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 16; i++)
		fake_nvme_add(i + 1, 1000, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 16);
	assert_int_equal(fake_nvme.admin_commands, 3 + 2 + 16);
}

static void a_controller_without_namespaces_is_none(void **state)
{
	(void)state;
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
}

static void a_list_that_goes_back_ends_there(void **state)
{
	(void)state;
	fake_nvme_add(3, 1000, 512);
	fake_nvme_add(3, 1000, 512);
	fake_nvme_add(4, 1000, 512);
	assert_int_equal(init(), -ENODEV);
	assert_int_equal(drives(), 1);
	assert_true(fake_log_has("namespace 3: the list goes back, from (3); not used"));
	reads_back(block_first, 1, 1, BUFFER);
}

static void formats_are_looked_up(void **state)
{
	static const struct {
		uint8_t formats, flbas, at, size;	/* formats - 1; where the format is written, and the logarithm */
		uint16_t metadata;
		bool good;
		const char *said;
	} cases[] = {
		{ 0, 0, 0, 9, 0, true, NULL }, { 0, 0, 0, 12, 0, true, NULL },
		{ 7, 0x17, 7, 12, 0, true, NULL },		/* bit 4: where metadata would be */
		{ 15, 0x6f, 15, 9, 0, true, NULL },		/* bits 6 and 5 mean nothing yet */
		{ 16, 0x20, 16, 9, 0, true, NULL }, { 63, 0x6f, 63, 12, 0, true, NULL },
		{ 62, 0x6f, 63, 12, 0, false, "its format is none of those it has (63)" },
		{ 6, 7, 7, 9, 0, false, "its format is none of those it has (7)" },
		{ 7, 1, 1, 9, 8, false, "its blocks have metadata, bytes (8)" },
		{ 7, 1, 1, 12, 0x8000, false, "its blocks have metadata, bytes (32768)" },
		{ 7, 1, 1, 0, 0, false, "the logarithm of a block's size is neither 9 nor 12 (0)" },
		{ 7, 1, 1, 11, 0, false, "neither 9 nor 12 (11)" }, { 7, 1, 1, 13, 0, false, "neither 9 nor 12 (13)" },
		{ 7, 1, 1, 41, 0, false, "neither 9 nor 12 (41)" }, { 7, 1, 1, 255, 0, false, "neither 9 nor 12 (255)" },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake_nvme_space *s;

		fresh(state);
		s = fake_nvme_add(5, 1000, 512);
		memset(s->identify + 128, 0, 256);
		s->identify[25] = cases[i].formats;
		s->identify[26] = cases[i].flbas;
		put_le32(s->identify + 128 + 4 * cases[i].at, cases[i].metadata | (uint32_t)cases[i].size << 16);
		fake_nvme_add(6, 500, 512);		/* the next one is used in any case */
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), cases[i].good ? 2 : 1);
		assert_int_equal(fake_log_lines(), cases[i].good ? 0 : 1);
		if (cases[i].good)
			assert_int_equal(block_first->sectors, (1000ull << cases[i].size) / 512);
		else
			assert_true(fake_log_has(cases[i].said));
		reads_back(last_drive(), 1, 1, BUFFER);
	}
}

static void a_namespace_without_blocks_is_none(void **state)
{
	(void)state;
	fake_nvme_add(1, 0, 512);
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
	assert_true(fake_log_has("nvme: 00:04.0: namespace 1: it has no blocks (0); not used"));
}

static void big_disks_are_reached_to_their_end(void **state)
{
	uint64_t sectors = 0x1234567890abcdefull;
	struct block *b = one(sectors, 512);

	(void)state;
	reads_back(b, sectors - 1, 1, BUFFER);
	assert_int_equal(fake_nvme.space[0].last_lba, sectors - 1);
	assert_int_equal(get(b, sectors, 1, BUFFER), -ERANGE);
	assert_int_equal(get(b, sectors - 1, 2, BUFFER), -ERANGE);
	assert_int_equal(get(b, 0xffffffffffffffff, 1, BUFFER), -ERANGE);
}

static void blocks_of_4096_bytes_are_read(void **state)
{
	struct block *b = one(0x10000, 4096);

	(void)state;
	assert_int_equal(b->sectors, 0x80000);
	reads_back(b, 0x7ffff, 1, BUFFER);
	assert_int_equal(fake_nvme.space[0].last_lba, 0xffff);
	count_from_here();
	reads_back(b, 800, 128, BUFFER + 4);
	assert_int_equal(fake_nvme.space[0].last_count, 16);
	assert_int_equal(fake_nvme.commands, 1);
	reads_back(b, 800, 128, BUFFER + 1);
	reads_back(b, 2403, 1600, 2 * MIB + 1024);
	assert_int_equal(put(b, 803, 3, BUFFER), 0);
	assert_int_equal(fake_nvme_written.lba, 100);
	assert_memory_equal(fake_nvme_written.data + 3 * 512, fake_ram + BUFFER, 3 * 512);
	assert_int_equal(fake_nvme.space[0].unsafe, 0);
}

/* First page, second page, list: each at its edge. */
static void pages_are_counted_from_where_the_buffer_begins(void **state)
{
	static const struct { uint32_t at, sectors, pages; } cases[] = {
		{ 0x20000, 1, 1 }, { 0x20000, 8, 1 }, { 0x20000, 9, 2 }, { 0x20000, 16, 2 }, { 0x20000, 17, 3 },
		{ 0x20004, 7, 1 }, { 0x20004, 8, 2 }, { 0x20e00, 1, 1 }, { 0x20e04, 1, 2 }, { 0x20ffc, 1, 2 },
		{ 0x20e00, 9, 2 }, { 0x20e00, 10, 3 }, { 0x20ffc, 8, 2 }, { 0x20ffc, 9, 3 }, { 0x2fffc, 127, 17 },
		{ 0x200000, 1024, 128 }, { 0x200004, 1024, 129 }, { 0x200ffc, 1024, 129 },
	};
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		count_from_here();
		memset(fake_ram + cases[i].at - 64, 0x5a, cases[i].sectors * 512 + 128);
		reads_back(b, 10 + i, cases[i].sectors, cases[i].at);
		assert_int_equal(fake_nvme.last_pages, cases[i].pages);
		assert_int_equal(fake_nvme.commands, 1);
		for (uint32_t n = 0; n < 64; n++) {
			assert_int_equal(fake_ram[cases[i].at - 1 - n], 0x5a);
			assert_int_equal(fake_ram[cases[i].at + cases[i].sectors * 512 + n], 0x5a);
		}
	}
}

/* Whatever MDTS says: the largest request is one command, one sector more is another. */
static void requests_are_as_large_as_the_device_takes(void **state)
{
	static const struct { uint8_t mdts; uint32_t bytes; } cases[] = {
		{ 1, 8192 }, { 4, 65536 }, { 7, 512 * 1024 }, { 8, MIB }, { 9, 2 * MIB }, { 10, 2 * MIB }, { 0, 2 * MIB },
		{ 31, 2 * MIB }, { 32, 2 * MIB }, { 255, 2 * MIB },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (uint32_t size = 512; size <= 4096; size += 3584) {
			struct block *b;

			fresh(state);
			fake_nvme.identify[77] = cases[i].mdts;
			b = one(SECTORS, size);
			assert_true(size != 512 || b->max_sectors == cases[i].bytes / 512);
			if (cases[i].mdts > 10)
				fake_nvme.identify[77] = 0;	/* the fake looks at it, too */
			count_from_here();
			reads_back(b, 96, cases[i].bytes / 512, 2 * MIB + 0xffc);
			assert_int_equal(fake_nvme.commands, 1);
			reads_back(b, 96, cases[i].bytes / 512 + 1, 2 * MIB + 0xffc);
			assert_int_equal(fake_nvme.commands, 3);
		}
}

static void odd_buffers_are_filled_and_nothing_beside_them(void **state)
{
	static const uint32_t at[] = { BUFFER + 1, BUFFER + 2, 0x2ffff, 0x7001, 0x90003 };
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		uint32_t count = i == 3 ? 3 : 127;

		memset(fake_ram + at[i] - 64, 0x5a, 128 * 512 + 128);
		reads_back(b, 10 + i, count, at[i]);
		for (uint32_t n = 1; n <= 64; n++) {
			assert_int_equal(fake_ram[at[i] - n], 0x5a);
			assert_int_equal(fake_ram[at[i] + count * 512 + n - 1], 0x5a);
		}
	}
}

/* A part of the buffer is nobody's to write directly, wherever it begins and ends. */
static void buffers_beside_the_firmware_are_read(void **state)
{
	struct block *b = disk();

	(void)state;
	for (uint32_t at = 0x9e000; at < 0x9fc00; at += 0x17c) {
		memset(fake_ram + 0x9e000, 0x5a, 0x10000);
		reads_back(b, at, 21, at);
		assert_int_equal(fake_ram[at - 1], at == 0x9e000 ? 0 : 0x5a);
		assert_int_equal(fake_ram[at + 21 * 512], 0x5a);
	}
	for (uint32_t at = 0x800; at < 0x1800; at += 0x104) {
		memset(fake_ram, 0x5a, 0x4000);
		reads_back(b, at, 9, at);
		assert_int_equal(fake_ram[at + 9 * 512], 0x5a);
	}
	/* Both ends bounced, and pages between. */
	memset(fake_ram + 0x100000 - 4096, 0x5a, 8192);
	assert_int_equal(get(b, 7, 20, 0x100000 - 1024), 0);
	assert_memory_equal(fake_ram + 0x100000 - 1024, fake_ram + 0x100000 - 4096, 1024);
	for (uint32_t i = 1024; i < 20 * 512; i++)
		assert_int_equal(fake_ram[0x100000 - 1024 + i], fake_nvme_byte(1, 7 + i / 512, i % 512));
}

/* What is in several ranges is one command where PRPs can say it, and as many as it takes else. */
static void ranges_that_join_are_one_command(void **state)
{
	static const struct { struct dma_range range[4]; uint32_t count, commands; } cases[] = {
		{ { { 0x20000, 0x1000 }, { 0x40000, 0x1000 } }, 2, 1 },
		{ { { 0x20000, 0x1000 }, { 0x40000, 0x1200 } }, 2, 1 },
		{ { { 0x20e00, 0x200 }, { 0x40000, 0x200 } }, 2, 1 },
		{ { { 0x20e00, 0x1200 }, { 0x40000, 0x3000 }, { 0x50000, 0x1000 }, { 0x60000, 0x400 } }, 4, 1 },
		{ { { 0x20000, 0x200 }, { 0x40000, 0x200 } }, 2, 2 },
		{ { { 0x20000, 0x1000 }, { 0x40200, 0x200 } }, 2, 2 },
		{ { { 0x20000, 0xe00 }, { 0x40000, 0x1000 } }, 2, 2 },
		{ { { 0x20000, 0x1000 }, { 0x40000, 0x200 }, { 0x50000, 0x1000 }, { 0x60000, 0x200 } }, 4, 2 },
		{ { { 0x20004, 0x200 }, { 0x40004, 0x200 }, { 0x50004, 0x200 }, { 0x60004, 0x200 } }, 4, 4 },
	};
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct block_request r = { .lba = 100 };
		uint32_t offset = 0;

		memcpy(r.list.range, cases[i].range, sizeof(cases[i].range));
		r.list.count = cases[i].count;
		for (uint32_t k = 0; k < r.list.count; k++)
			r.list.bytes += r.list.range[k].len;
		r.sectors = r.list.bytes / 512;
		memset(fake_ram + 0x20000, 0, 0x60000);
		count_from_here();
		assert_int_equal(b->driver->transfer(b, &r), 0);
		assert_int_equal(fake_nvme.commands, cases[i].commands);
		for (uint32_t k = 0; k < r.list.count; offset += r.list.range[k++].len)
			assert_true(holds(b, r.list.range[k].addr, 100 + offset / 512, r.list.range[k].len / 512));
	}
}

static void commands_behind_one_that_failed_are_not_sent(void **state)
{
	struct block *b = disk();
	struct block_request r = { .lba = 100, .sectors = 6, .list = { .count = 3, .bytes = 6 * 512, .range = {
		{ 0x20004, 0x400 }, { 0x40004, 0x600 }, { 0x50004, 0x200 } } } };

	(void)state;
	count_from_here();
	fake_nvme.status = 0x281;
	fake_nvme_fail(false, NVME_FAULT_STATUS, 2, 1);
	assert_int_equal(b->driver->transfer(b, &r), -EIO);
	assert_int_equal(r.done, 2);
	assert_int_equal(fake_nvme.commands, 1);
	assert_true(holds(b, 0x20004, 100, 2));
	assert_int_equal(b->status, 0x281);
}

static void writes_are_on_the_medium_when_they_are_done(void **state)
{
	struct block *b = disk();

	(void)state;
	for (uint32_t odd = 0; odd < 3; odd++) {
		for (uint32_t i = 0; i < 5 * 512; i++)
			fake_ram[BUFFER + odd + i] = (uint8_t)(i * 7 + odd);
		assert_int_equal(put(b, 0x54321, 5, BUFFER + odd), 0);
		assert_int_equal(fake_nvme_written.lba, 0x54321);
		assert_int_equal(fake_nvme_written.bytes, 5 * 512);
		assert_memory_equal(fake_nvme_written.data, fake_ram + BUFFER + odd, 5 * 512);
		assert_int_equal(fake_nvme.space[0].flushes, odd + 1);
		assert_int_equal(fake_nvme.space[0].unsafe, 0);
		reads_back(b, 0x12345, 1, 0x30ffc);	/* the next flush comes where this was */
	}
	assert_int_equal(fake_nvme.space[0].flushes, 3);
}

static void a_controller_without_a_cache_is_not_flushed(void **state)
{
	struct block *b;

	(void)state;
	fake_nvme.identify[525] = 6;
	b = disk();
	count_from_here();
	assert_int_equal(put(b, 5, 5, BUFFER), 0);
	assert_int_equal(fake_nvme.space[0].flushes, 0);
	assert_int_equal(fake_io_accesses(), 1);
}

static void a_flush_that_fails_fails_its_write(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme.status = 0x280;
	fake_nvme_fail(false, NVME_FAULT_STATUS, 2, 1);
	assert_int_equal(put(b, 5, 5, BUFFER), -EIO);
	fake_nvme_fail(false, NVME_FAULT_NO_END, 2, 1);
	assert_int_equal(put(b, 5, 5, BUFFER), -ETIMEDOUT);
	assert_int_equal(put(b, 5, 5, BUFFER), -ETIMEDOUT);
	assert_true(fake_nvme_answer());
	assert_int_equal(put(b, 5, 5, BUFFER), 0);
	assert_int_equal(fake_nvme.space[0].unsafe, 0);
}

static void a_protected_namespace_is_read_only(void **state)
{
	struct block *b;

	(void)state;
	fake_nvme_add(1, 1000, 512)->identify[99] = 1;
	assert_int_equal(init(), 0);
	b = block_first;
	assert_true(b->read_only);
	assert_int_equal(put(b, 1, 1, BUFFER), -EROFS);
	assert_int_equal(fake_nvme.commands, 0);
	reads_back(b, 1, 1, BUFFER);
}

static void statuses_become_errors(void **state)
{
	static const struct { uint16_t status; int rc; } cases[] = {
		{ 0x281, -EIO }, { 0x001, -EIO }, { 0x7ff, -EIO }, { 0x4280, -EIO }, { 0x020, -EROFS }, { 0x4020, -EROFS },
		{ 0x182, -EROFS }, { 0x082, -EBUSY }, { 0x120, -EIO },
	};
	struct block *b = disk();

	(void)state;
	fake_nvme.space[0].write_protected = true;	/* since it was asked */
	assert_int_equal(put(b, 1, 1, BUFFER), -EROFS);
	fake_nvme.space[0].write_protected = false;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_nvme.status = cases[i].status;
		fake_nvme_fail(false, NVME_FAULT_STATUS, 1, 1);
		assert_int_equal(put(b, 1, 1, BUFFER), cases[i].rc);
		reads_back(b, 1, 1, BUFFER);
	}
	assert_int_equal(fake_nvme.stops, 0);
	assert_true(fake_log_has("block: Fake NVMe at 00:04.0, 0.1.0: write of 1 sectors at 1: error, status 281"));
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

static void slow_commands_are_waited_for(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_timer_looks = 1000000;
	for (uint32_t looks = 1; looks < 300000; looks = looks * 5 + 3) {
		fake_nvme.looks = looks;
		count_from_here();
		reads_back(b, looks, 2, BUFFER);
		assert_int_equal(fake_io_accesses(), 1);
	}
	assert_int_equal(fake_timer_expired, 0);
}

/* What the device is at is left alone: QEMU's would wait for it in any attempt to stop it, with the whole machine. */
static void commands_that_end_late_are_left_alone(void **state)
{
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		memset(fake_ram + BUFFER, 0x5a, 16 * 512);
		fake_nvme_fail(false, NVME_FAULT_NO_END, 1, 1);
		assert_int_equal(get(b, 4, 16, BUFFER), -ETIMEDOUT);
		count_from_here();
		assert_int_equal(get(b, 4, 16, BUFFER + MIB), -ETIMEDOUT);
		assert_int_equal(put(b, 4, 16, BUFFER + MIB), -ETIMEDOUT);
		assert_int_equal(b->driver->transfer(b, &(struct block_request){ 0 }), -EALREADY);
		assert_int_equal(b->driver->flush(b), -EALREADY);
		assert_int_equal(b->driver->reset(b), -EALREADY);
		assert_int_equal(fake_nvme.commands, 0);
		assert_int_equal(fake_timer_expired, i + 1);
		assert_true(fake_nvme_answer());
		assert_true(holds(b, BUFFER, 4, 16));
		reads_back(b, 8, 16, BUFFER);
	}
	assert_int_equal(fake_nvme.stops, 0);
	assert_int_equal(fake_nvme.starts, 1);
	assert_true(fake_log_has("nvme: command: not done within 30000000 us"));
}

/* Every place in the ring, with the turn of the phase. */
static void late_ends_come_anywhere_in_the_queue(void **state)
{
	struct block *b = disk();

	(void)state;
	for (uint32_t i = 0; i < 150; i++) {
		fake_nvme_fail(false, NVME_FAULT_NO_END, 1, 1);
		assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
		assert_true(fake_nvme_answer());
		assert_int_equal(block_reset(b), 0);
	}
	reads_back(b, 8, 16, BUFFER);
	assert_int_equal(fake_nvme.starts, 1);
}

static void answers_to_other_commands_stop_the_controller(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme_fail(false, NVME_FAULT_OTHER, 1, 1);
	assert_int_equal(get(b, 4, 16, BUFFER), -EIO);
	assert_int_equal(fake_nvme.stops, 1);
	assert_true(fake_log_has("nvme: 00:04.0: command 0 was sent, 5 is answered; stopped"));
	reads_back(b, 8, 16, BUFFER);
	assert_int_equal(fake_nvme.starts, 2);
}

static void a_command_that_is_lost_is_sent_once_more(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme_fail(false, NVME_FAULT_RESET, 1, 1);
	reads_back(b, 4, 16, BUFFER);
	assert_int_equal(fake_nvme.starts, 2);
	assert_int_equal(fake_timer_expired, 1);
	fake_nvme_fail(false, NVME_FAULT_RESET, 1, 2);
	assert_int_equal(get(b, 4, 16, BUFFER), -ETIMEDOUT);
	assert_int_equal(block_reset(b), 0);
	reads_back(b, 4, 16, BUFFER);
}

/* A command was under way, and then somebody reset the controller. */
static void a_command_that_is_late_may_be_lost_afterwards(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme_fail(false, NVME_FAULT_NO_END, 1, 1);
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
	fake_nvme_lose();
	reads_back(b, 4, 1, BUFFER);
	assert_int_equal(fake_nvme.starts, 2);
}

static void every_command_of_a_boot_may_be_the_last(void **state)
{
	static const enum fake_nvme_fault faults[] = { NVME_FAULT_NO_END, NVME_FAULT_RESET, NVME_FAULT_OTHER, NVME_FAULT_STATUS,
						       NVME_FAULT_GONE };

	for (uint32_t kind = 0; kind < 5; kind++)
		for (uint32_t n = 1; n <= 7; n++) {
			bool namespaces = n == 5 || n == 6;	/* whose IDENTIFY fails, which costs that one */

			fresh(state);
			fake_nvme_add(1, 1000, 512);
			fake_nvme_add(2, 1000, 512);
			fake_nvme.status = 0x006;
			fake_nvme_fail(true, faults[kind], n, 1);
			assert_int_equal(init() == 0, n == 7 || (namespaces && faults[kind] == NVME_FAULT_STATUS));
			assert_int_equal(drives(), n == 7 ? 2 : faults[kind] == NVME_FAULT_STATUS ? namespaces : n == 6);
			assert_int_equal(fake_nvme.violations, 0);
			assert_false(fake_nvme_answer());
			if (n == 7 || faults[kind] == NVME_FAULT_STATUS)
				continue;
			assert_true(fake_log_lines());
			if (faults[kind] == NVME_FAULT_GONE)
				assert_int_equal(fake_nvme.command, 0);
			else
				assert_int_equal(fake_nvme.stops, faults[kind] != NVME_FAULT_RESET);
		}
}

/* Found before, and then IDENTIFY of the next one never ended: the first one works all the same. */
static void a_disk_works_beside_one_that_does_not(void **state)
{
	(void)state;
	fake_nvme_add(1, 1000, 512);
	fake_nvme_add(2, 1000, 512);
	fake_nvme_fail(true, NVME_FAULT_NO_END, 6, 1);
	assert_int_equal(init(), -EIO);
	assert_int_equal(drives(), 1);
	reads_back(block_first, 1, 1, BUFFER);
	assert_int_equal(fake_nvme.starts, 2);
}

static void a_restart_that_fails_is_tried_again(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme_fail(false, NVME_FAULT_OTHER, 1, 1);
	assert_int_equal(get(b, 4, 1, BUFFER), -EIO);
	fake_nvme_fail(true, NVME_FAULT_NO_END, 1, 1);
	assert_int_equal(b->driver->reset(b), -ETIMEDOUT);
	fake_nvme_fail(true, NVME_FAULT_STATUS, 2, 1);
	fake_nvme.status = 0x101;
	assert_int_equal(b->driver->reset(b), -EIO);
	assert_true(fake_log_has("admin command 01, 10001, failed (error 5), status 101"));
	assert_int_equal(b->driver->reset(b), 0);
	reads_back(b, 4, 1, BUFFER);
}

static void a_controller_that_does_not_stop_is_taken_off_the_bus(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme.stops_never = true;
	fake_nvme_fail(false, NVME_FAULT_OTHER, 1, 1);
	assert_int_equal(get(b, 4, 1, BUFFER), -EIO);
	assert_int_equal(fake_nvme.command, 0);
	assert_true(fake_log_has("nvme: controller to stop: not done within 8000000 us"));
	assert_true(fake_log_has("nvme: 00:04.0: the controller does not stop; taken off the bus"));
	count_from_here();
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
	assert_int_equal(put(b, 4, 1, BUFFER), -ETIMEDOUT);
	assert_int_equal(b->driver->reset(b), -EIO);
	assert_int_equal(b->driver->flush(b), -EALREADY);
	assert_int_equal(fake_io_accesses(), 0);
}

static void a_controller_that_is_gone_fails_soon(void **state)
{
	struct block *b = disk();

	(void)state;
	fake_nvme_fail(false, NVME_FAULT_GONE, 1, 1);
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
	assert_int_equal(fake_timer_expired, 1);
	assert_int_equal(fake_nvme.command, 0);
	assert_int_equal(get(b, 4, 1, BUFFER), -ETIMEDOUT);
}

static void a_reset_of_a_working_controller_costs_nothing(void **state)
{
	struct block *b = disk();

	(void)state;
	count_from_here();
	assert_int_equal(block_reset(b), 0);
	assert_int_equal(fake_io_accesses(), 0);
}

/* Somebody waits for a request and never comes back: seen from inside of the wait. */
static struct block *abandoned;
static uint32_t looks_left;
static void (*fake_tick)(void);

static void abandon(void)
{
	fake_tick();
	if (looks_left && !--looks_left) {
		block_abandon();
		fake_nvme.looks = 0;
		reads_back(abandoned, 9, 3, BUFFER + MIB);
		assert_int_equal(fake_nvme.space[0].commands, 2);
		assert_int_equal(fake_nvme.starts, 1);
	}
}

/* It has ended when the next one comes; or while he waits for it. */
static void an_abandoned_command_is_waited_for(void **state)
{
	for (uint32_t i = 0; i < 2; i++) {
		fresh(state);
		abandoned = disk();
		fake_tick = fake_timer_tick;
		fake_timer_tick = abandon;
		fake_nvme.looks = i ? 10 : 4;
		looks_left = i ? 3 : 4;
		get(abandoned, 4, 1, BUFFER);		/* how this ends nobody ever sees */
		assert_int_equal(looks_left, 0);
		assert_true(holds(abandoned, BUFFER + MIB, 9, 3));
		assert_int_equal(fake_nvme.violations, 0);
	}
}

static void a_controller_that_somebody_used_is_started_anew(void **state)
{
	struct block *b;

	(void)state;
	fake_nvme_used();
	b = disk();
	assert_int_equal(fake_nvme.stops, 1);
	reads_back(b, 1, 1, BUFFER);
}

static void a_controller_that_does_not_start_is_refused(void **state)
{
	for (uint32_t i = 0; i < 3; i++) {
		fresh(state);
		fake_nvme_add(1, 1000, 512);
		fake_nvme.starts_never = i == 0;
		fake_nvme.starts_fatal = i == 1;
		fake_nvme.stops_never = i == 2;
		if (i == 2)
			fake_nvme_used();
		assert_int_equal(init(), i == 1 ? -EIO : -ETIMEDOUT);
		assert_int_equal(drives(), 0);
		assert_true(fake_log_has(i == 2 ? "does not stop; taken off the bus" :
				i == 1 ? "nvme: 00:04.0: the controller does not start: status 2; not used" : "status 0; not used"));
		assert_int_equal(fake_nvme.stops, 1);
	}
}

static void a_bar_that_is_not_there_is_refused(void **state)
{
	struct pci_function f = fake_nvme_function();

	(void)state;
	f.bar[0].base = 0;
	assert_int_equal(nvme_init(&f), -ENODEV);
	f.bar[0].base = 1ull << 32 | FAKE_NVME_BASE;
	assert_int_equal(nvme_init(&f), -ENODEV);
	assert_true(fake_log_has("nvme: 00:04.0: registers at 1feb00000, 4000 bytes, expected 1000 below 4 GiB in BAR 0; not used"));
	f = fake_nvme_function();
	f.bar[0].kind = PCI_IO;
	assert_int_equal(nvme_init(&f), -ENODEV);
	f = fake_nvme_function();
	f.bar[0].size = 0x800;
	assert_int_equal(nvme_init(&f), -ENODEV);
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(fake_log_lines(), 4);
	f.bar[0].size = 0x1000;		/* no doorbells */
	assert_int_equal(nvme_init(&f), -ENODEV);
	assert_true(fake_log_has("its doorbells are behind the BAR (CAP 004018200f0107ff); not used"));
}

static void capabilities_are_believed_within_reason(void **state)
{
	static const struct { uint64_t cap; const char *said; } cases[] = {
		{ FAKE_NVME_CAP | 1ull << 48, "it has no pages of 4 KiB" },
		{ FAKE_NVME_CAP | 15ull << 48, "it has no pages of 4 KiB" },
		{ FAKE_NVME_CAP & ~(1ull << 37), "it has no NVM command set" },
		{ FAKE_NVME_CAP & ~0xffffull, "its queues have one entry" },
		{ FAKE_NVME_CAP | 10ull << 32, "its doorbells are behind the BAR" },
		{ FAKE_NVME_CAP | 15ull << 32, "its doorbells are behind the BAR" },
		{ ~0ull, "it has no pages of 4 KiB (CAP ffffffffffffffff); not used" },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(state);
		fake_nvme.cap = cases[i].cap;
		assert_int_equal(init(), -ENODEV);
		assert_true(fake_log_has(cases[i].said));
		assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);	/* the bounce buffer */
		assert_int_equal(fake_io_accesses(), 2);
	}
}

static void doorbells_have_strides(void **state)
{
	for (uint32_t stride = 0; stride < 10; stride++) {
		struct block *b;

		fresh(state);
		fake_nvme.cap |= (uint64_t)stride << 32;
		b = disk();
		for (uint32_t i = 0; i < 40; i++)
			reads_back(b, i, 1, BUFFER);
	}
}

static void time_to_start_is_what_it_says(void **state)
{
	static const struct { uint32_t to; const char *said; } cases[] = {
		{ 0, "to start: not done within 500000 us" }, { 255, "to start: not done within 128000000 us" },
	};

	for (uint32_t i = 0; i < 2; i++) {
		fresh(state);
		fake_nvme.cap = (FAKE_NVME_CAP & ~0xff000000ull) | (uint64_t)cases[i].to << 24;
		fake_nvme.starts_never = true;
		assert_int_equal(init(), -ETIMEDOUT);
		assert_true(fake_log_has(cases[i].said));
	}
}

static void every_failed_allocation_costs_disks_only(void **state)
{
	bool failed = true;

	for (uint32_t n = 1; failed; n++) {
		fresh(state);
		fake_nvme_add(1, 1000, 512);
		fake_nvme_add(2, 1000, 4096);
		fake_alloc_fail_at(n);
		init();
		failed = fake_log_has("refused by the test");
		assert_true(n < 10);
		assert_int_equal(drives(), failed ? n > 1 : 2);
		for (struct block *b = block_first; b; b = b->next)
			reads_back(b, 1, 1, BUFFER);
		assert_int_equal(fake_nvme.violations, 0);
	}
}

static void a_nested_request_is_refused(void **state)
{
	struct block *b;
	uint64_t accesses;

	(void)state;
	fake_nvme_add(1, 1000, 512);
	fake_nvme_add(2, 1000, 512);
	assert_int_equal(init(), 0);
	accesses = fake_io_accesses();
	b = block_first;
	b->controller->busy = true;
	assert_int_equal(get(b, 1, 1, BUFFER), -EBUSY);
	assert_int_equal(get(b->next, 1, 1, BUFFER), -EBUSY);
	assert_int_equal(block_media(b), 0);
	b->controller->busy = false;
	assert_int_equal(fake_io_accesses(), accesses);
	reads_back(b->next, 1, 1, BUFFER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_disk_costs_nineteen_accesses_and_a_read_one),
		TEST(the_head_is_told_twice_a_round),
		TEST(short_queues_are_enough),
		TEST(what_a_disk_is_is_what_it_says),
		TEST(names_are_text),
		TEST(it_takes_five_pages_that_stay),
		TEST(memory_is_not_taken_for_zero),
		TEST(namespaces_are_told_apart),
		TEST(many_namespaces_are_asked_for_in_parts),
		TEST(sixteen_namespaces_are_all_there_are),
		TEST(a_controller_without_namespaces_is_none),
		TEST(a_list_that_goes_back_ends_there),
		TEST(formats_are_looked_up),
		TEST(a_namespace_without_blocks_is_none),
		TEST(big_disks_are_reached_to_their_end),
		TEST(blocks_of_4096_bytes_are_read),
		TEST(pages_are_counted_from_where_the_buffer_begins),
		TEST(requests_are_as_large_as_the_device_takes),
		TEST(odd_buffers_are_filled_and_nothing_beside_them),
		TEST(buffers_beside_the_firmware_are_read),
		TEST(ranges_that_join_are_one_command),
		TEST(commands_behind_one_that_failed_are_not_sent),
		TEST(writes_are_on_the_medium_when_they_are_done),
		TEST(a_controller_without_a_cache_is_not_flushed),
		TEST(a_flush_that_fails_fails_its_write),
		TEST(a_protected_namespace_is_read_only),
		TEST(statuses_become_errors),
		TEST(firmware_memory_keeps_its_value),
		TEST(slow_commands_are_waited_for),
		TEST(commands_that_end_late_are_left_alone),
		TEST(late_ends_come_anywhere_in_the_queue),
		TEST(answers_to_other_commands_stop_the_controller),
		TEST(a_command_that_is_lost_is_sent_once_more),
		TEST(a_command_that_is_late_may_be_lost_afterwards),
		TEST(every_command_of_a_boot_may_be_the_last),
		TEST(a_disk_works_beside_one_that_does_not),
		TEST(a_restart_that_fails_is_tried_again),
		TEST(a_controller_that_does_not_stop_is_taken_off_the_bus),
		TEST(a_controller_that_is_gone_fails_soon),
		TEST(a_reset_of_a_working_controller_costs_nothing),
		TEST(an_abandoned_command_is_waited_for),
		TEST(a_controller_that_somebody_used_is_started_anew),
		TEST(a_controller_that_does_not_start_is_refused),
		TEST(a_bar_that_is_not_there_is_refused),
		TEST(capabilities_are_believed_within_reason),
		TEST(doorbells_have_strides),
		TEST(time_to_start_is_what_it_says),
		TEST(every_failed_allocation_costs_disks_only),
		TEST(a_nested_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
