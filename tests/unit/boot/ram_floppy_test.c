/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/ram_floppy_test.c: floppies that are files of fw_cfg: which are taken, what they are like, what is read and
 * written, what is refused, and that a start does without those for which something fails.
 * LINK: src/boot/ram_floppy.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c tests/fake/fw_cfg_files.c
 * LINK: tests/fake/ram.c tests/fake/log.c src/hw/pci/config.c tests/fake/io.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "boot/ram_floppy.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "hw/block/block.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

#define RAM_END	(16u << 20)
#define BUFFER	0x20000u
#define LARGEST	2949120u
#define USUAL	1474560u

struct machine machine;
static uint8_t content[LARGEST];

static void start(uint32_t ram)
{
	fake_log_reset();
	fake_ram_reset(RAM_END);
	fake_files_reset();
	machine = (struct machine){ .low_ram_end = ram };
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(ram);
	block_init();
	assert_int_equal(dma_init(), 0);
	for (uint32_t i = 0; i < LARGEST; i++)
		content[i] = (uint8_t)(i * 7 + i / 512);
}

static int fresh(void **state)
{
	(void)state;
	start(RAM_END);
	return 0;
}

static uint32_t count(void)
{
	uint32_t n = 0;

	for (struct block *b = block_first; b; b = b->next)
		n++;
	return n;
}

static int transfer(struct block *b, bool write, uint32_t lba, uint32_t sectors, uint32_t linear)
{
	uint32_t done;
	int rc = block_transfer(b, write, lba, sectors, linear, &done);

	assert_int_equal(done, rc ? 0 : sectors);
	return rc;
}

static void every_size_of_a_floppy_has_its_geometry(void **state)
{
	static const struct { uint32_t kib, cylinders, heads, sectors; } sizes[] = {
		{ 160, 40, 1, 8 }, { 180, 40, 1, 9 }, { 320, 40, 2, 8 }, { 360, 40, 2, 9 }, { 720, 80, 2, 9 },
		{ 1200, 80, 2, 15 }, { 1440, 80, 2, 18 }, { 2880, 80, 2, 36 },
	};

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct block *b;

		fresh(state);
		fake_files_add("floppyimg/a", content, sizes[i].kib << 10);
		ram_floppy_init();
		b = block_first;
		assert_int_equal(count(), 1);
		assert_int_equal(b->sectors, sizes[i].kib * 2);
		assert_int_equal(b->chs_cylinders, sizes[i].cylinders);
		assert_int_equal(b->chs_heads, sizes[i].heads);
		assert_int_equal(b->chs_sectors, sizes[i].sectors);
		assert_int_equal(b->sector_size, 512);
		assert_int_equal(b->kind, BLOCK_FLOPPY);
		assert_int_equal(b->bus, BUS_RAM);
		assert_int_equal(b->bdf, 0xffff);
		assert_string_equal(b->description, "floppyimg/a");
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void other_sizes_are_refused(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 512, 163839, 163841, 1474559, USUAL + 1, 1720320, LARGEST + 512 };
	char line[80];

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fresh(state);
		fake_files_add("floppyimg/a", content, sizes[i]);
		ram_floppy_init();
		assert_int_equal(count(), 0);
		snprintf(line, sizeof(line), "boot: floppyimg/a: %u bytes, no floppy has so many; not used", sizes[i]);
		assert_true(fake_log_has(line));
		assert_int_equal(fake_files.accesses, 0);
	}
}

static void files_of_other_names_are_let_alone(void **state)
{
	static const char *const names[] = { "floppyimg", "floppyimg/", "floppy/a", "opt/floppyimg/a", "Floppyimg/a" };

	(void)state;
	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fake_files_add(names[i], content, USUAL);
	ram_floppy_init();
	assert_int_equal(count(), 0);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_files.accesses, 0);
}

static void packed_ones_are_refused(void **state)
{
	(void)state;
	fake_files_add("floppyimg/a.lzma", content, USUAL);
	fake_files_add("floppyimg/.lzma.img", content, USUAL);
	ram_floppy_init();
	assert_int_equal(count(), 1);
	assert_string_equal(block_first->description, "floppyimg/.lzma.img");
	assert_true(fake_log_has("boot: floppyimg/a.lzma: packed, and nothing is unpacked here; not used"));
	assert_int_equal(fake_log_lines(), 1);
}

static void the_longest_name_is_kept_whole(void **state)
{
	char name[56] = "floppyimg/";
	struct fake_file *file;

	(void)state;
	memset(name + 10, 'x', 45);
	file = fake_files_add(name, content, USUAL);
	ram_floppy_init();
	memset(file->name, 0, sizeof(file->name));	/* the directory is read anew */
	assert_string_equal(block_first->description, name);
}

static void what_is_read_is_the_file(void **state)
{
	(void)state;
	fake_files_add("floppyimg/a", content, USUAL);
	ram_floppy_init();
	assert_int_equal(transfer(block_first, false, 0, 1, 0x7c00), 0);
	assert_memory_equal(fake_ram + 0x7c00, content, 512);
	assert_int_equal(transfer(block_first, false, 2752, 128, BUFFER + 1), 0);
	assert_memory_equal(fake_ram + BUFFER + 1, content + 2752 * 512, 128 * 512);
	assert_int_equal(transfer(block_first, false, 2879, 2, BUFFER), -ERANGE);
	assert_int_equal(transfer(block_first, false, 2880, 1, BUFFER), -ERANGE);
	/* through the bounce buffer, and to where nothing may be written */
	assert_int_equal(transfer(block_first, false, 5, 100, 0xe01), 0);
	assert_memory_equal(fake_ram + 0xe01, content + 5 * 512, 100 * 512);
	memset(fake_ram + 0xf0000, 0x77, 512);
	assert_int_equal(transfer(block_first, false, 5, 1, 0xf0000), 0);
	assert_int_equal(fake_ram[0xf0000], 0x77);
}

static void what_is_written_stays_in_memory(void **state)
{
	(void)state;
	fake_files_add("floppyimg/a", content, USUAL);
	fake_files_add("floppyimg/b", content, USUAL);
	ram_floppy_init();
	memset(fake_ram + BUFFER, 0xc3, 9 * 512);
	assert_int_equal(transfer(block_first, true, 2871, 9, BUFFER), 0);
	memset(fake_ram + BUFFER, 0, 11 * 512);
	assert_int_equal(transfer(block_first, false, 2870, 10, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, content + 2870 * 512, 512);
	for (uint32_t i = 512; i < 10 * 512; i++)
		assert_int_equal(fake_ram[BUFFER + i], 0xc3);
	assert_int_equal(transfer(block_first->next, false, 2870, 10, BUFFER), 0);
	assert_memory_equal(fake_ram + BUFFER, content + 2870 * 512, 10 * 512);
	assert_int_equal(fake_files.file[0].writes, 0);
}

static void no_more_than_have_numbers_are_taken(void **state)
{
	static const struct block_driver none;
	struct block drive = { .driver = &none, .kind = BLOCK_FLOPPY, .bus = BUS_FLOPPY, .description = "floppy drive" };

	(void)state;
	block_add(&drive);
	fake_files_add("floppyimg/a", content, 163840);
	fake_files_add("floppyimg/b", content, 163840);
	fake_files_add("floppyimg/c", content, 163840);
	ram_floppy_init();
	assert_int_equal(count(), 3);
	assert_true(fake_log_has("boot: floppyimg/c: there are 3 floppies, which have all numbers; not used"));
}

static void without_memory_there_is_none(void **state)
{
	(void)state;
	start(0x300000);	/* 2 MiB above the first, 1 MiB of which is left */
	fake_files_add("floppyimg/a", content, LARGEST);
	fake_files_add("floppyimg/b", content, 163840);
	ram_floppy_init();
	assert_int_equal(count(), 1);
	assert_string_equal(block_first->description, "floppyimg/b");
	assert_true(fake_log_has("boot: floppyimg/a: 2949120 bytes have no room in memory; not used"));
	assert_int_equal(fake_files_find("floppyimg/a")->reads, 0);
}

static void every_failed_read_costs_its_file_and_leaves_no_memory(void **state)
{
	for (uint32_t n = 1; n <= 2; n++) {
		uint32_t bottom;

		fresh(state);
		fake_files_add("floppyimg/a", content, USUAL);
		fake_files_add("floppyimg/b", content, USUAL);
		bottom = alloc_high_bottom();
		fake_files.fail_at = n;
		ram_floppy_init();
		assert_int_equal(count(), 1);
		assert_string_equal(block_first->description, n == 1 ? "floppyimg/b" : "floppyimg/a");
		assert_true(fake_log_has("1474560 bytes cannot be read; not used"));
		assert_true(bottom - alloc_high_bottom() < USUAL + 0x4000);
		assert_int_equal(transfer(block_first, false, 77, 3, BUFFER), 0);
		assert_memory_equal(fake_ram + BUFFER, content + 77 * 512, 3 * 512);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_size_of_a_floppy_has_its_geometry, fresh),
		cmocka_unit_test_setup(other_sizes_are_refused, fresh),
		cmocka_unit_test_setup(files_of_other_names_are_let_alone, fresh),
		cmocka_unit_test_setup(packed_ones_are_refused, fresh),
		cmocka_unit_test_setup(the_longest_name_is_kept_whole, fresh),
		cmocka_unit_test_setup(what_is_read_is_the_file, fresh),
		cmocka_unit_test_setup(what_is_written_stays_in_memory, fresh),
		cmocka_unit_test_setup(no_more_than_have_numbers_are_taken, fresh),
		cmocka_unit_test_setup(without_memory_there_is_none, fresh),
		cmocka_unit_test_setup(every_failed_read_costs_its_file_and_leaves_no_memory, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
