/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/sectors_test.c: a disk of 4096-byte sectors in 512 bytes, against the plain bytes of it.
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c tests/fake/block.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END		(16u << 20)
#define SECTORS		1000u		/* of 4096 bytes */
#define BUFFER		0x20001u
#define EDGE		0xe05u		/* its first bytes are in page 0, and go through the bounce buffer */
#define BESIDE		16u

static uint8_t model[FAKE_BLOCK_BYTES];
static struct block *disk;

static void start(uint32_t ram_end)
{
	fake_log_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = ram_end;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(ram_end);
	block_init();
	fake_block_reset(SECTORS);
	fake_block.block.sector_size = 4096;
	fake_block.block.chs_cylinders = fake_block.block.chs_heads = fake_block.block.chs_sectors = 1;
}

static int set_up(void **state)
{
	(void)state;
	start(RAM_END);
	assert_int_equal(dma_init(), 0);
	for (uint32_t i = 0; i < sizeof(model); i++)
		model[i] = fake_block_pattern(i);
	disk = block_add(&fake_block.block);
	assert_non_null(disk);
	return 0;
}

static uint8_t *at(uint32_t linear)
{
	return phys_to_ptr(linear);
}

/* How many sectors of the disk are touched in part, and is there a whole one? */
static uint32_t parts(uint32_t lba, uint32_t count)
{
	uint32_t last = lba + count - 1;

	if (lba / 8 == last / 8)
		return count != 8;
	return (lba % 8 != 0) + (last % 8 != 7);
}

static uint32_t wholes(uint32_t lba, uint32_t count)
{
	return align_down(lba + count, 8) > align_up(lba, 8);
}

static void what_is_added_is_a_disk_of_512(void **state)
{
	(void)state;
	assert_ptr_equal(block_first, disk);
	assert_null(disk->next);
	assert_int_equal(disk->sector_size, 512);
	assert_int_equal(disk->sectors, SECTORS * 8);
	assert_int_equal(disk->max_sectors, 0xfffffff8);
	assert_int_equal(disk->chs_cylinders | disk->chs_heads | disk->chs_sectors, 0);
	assert_ptr_equal(disk->controller, &fake_block.controller);
	assert_int_equal(disk->bdf, fake_block.block.bdf);
	assert_string_equal(disk->description, "fake disk");
	fake_block.block.max_sectors = 5;
	fake_block.block.sectors = UINT64_MAX;
	disk = block_add(&fake_block.block);
	assert_int_equal(disk->max_sectors, 40);
	assert_int_equal(disk->sectors, UINT64_MAX - 7);
	fake_block.block.sector_size = 512;
	assert_int_equal(block_add(&fake_block.block)->max_sectors, 5);
	fake_block.block.sector_size = 2048;
	fake_block.block.kind = BLOCK_CD;
	assert_int_equal(block_add(&fake_block.block)->sector_size, 2048);
}

static void reads_of_every_shape_bring_what_they_name(void **state)
{
	static const uint32_t buffers[] = { BUFFER, BUFFER + 1, EDGE };
	uint32_t done;

	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(buffers); b++)
		for (uint32_t lba = 56; lba < 56 + 17; lba++)
			for (uint32_t count = 1; count < 36; count++) {
				uint8_t *p = at(buffers[b]);

				memset(p - BESIDE, 0xa5, count * 512 + 2 * BESIDE);
				fake_block.requests = 0;
				assert_int_equal(block_transfer(disk, false, lba, count, buffers[b], &done), 0);
				assert_int_equal(done, count);
				assert_int_equal(fake_block.requests, 1);
				assert_memory_equal(p, model + lba * 512, count * 512);
				for (uint32_t i = 1; i <= BESIDE; i++) {
					assert_int_equal(p[-(int)i], 0xa5);
					assert_int_equal(p[count * 512 + i - 1], 0xa5);
				}
			}
}

/* What a device does not take in one list comes in parts, as writes do: limits at their edges. */
static void reads_are_one_command_where_the_device_takes_it(void **state)
{
	static const struct { uint32_t lba, count, ranges, longest, sectors; bool one; } row[] = {
		{ 61, 24, 3, 0, 0, true }, { 61, 24, 2, 0, 0, false }, { 61, 19, 2, 0, 0, false }, { 61, 19, 3, 0, 0, true },
		{ 64, 24, 1, 0, 0, true }, { 56, 9, 3, 0, 0, true }, { 63, 2, 3, 4096, 0, true },
		{ 61, 24, 0, 0, 4, true }, { 61, 24, 0, 0, 5, true }, { 63, 10, 0, 0, 3, true }, { 63, 17, 0, 0, 3, true },
	};
	uint32_t done;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		fake_block.driver.limits = (struct dma_limits){ .max_ranges = row[i].ranges, .max_range = row[i].longest };
		fake_block.block.max_sectors = row[i].sectors;
		disk = block_add(&fake_block.block);
		fake_block.requests = 0;
		memset(at(BUFFER), 0xa5, 40 * 512);
		assert_int_equal(block_transfer(disk, false, row[i].lba, row[i].count, BUFFER, &done), 0);
		assert_int_equal(fake_block.requests == 1, row[i].one);
		assert_memory_equal(at(BUFFER), model + row[i].lba * 512, row[i].count * 512);
		assert_int_equal(at(BUFFER)[row[i].count * 512], 0xa5);
	}
	/* A request of as many sectors as the disk takes, but not where its sectors begin: one more would be needed. */
	fake_block.driver.limits = (struct dma_limits){ .max_ranges = 0 };
	fake_block.block.max_sectors = 2;
	disk = block_add(&fake_block.block);
	fake_block.requests = 0;
	assert_int_equal(block_transfer(disk, false, 57, 16, BUFFER, &done), 0);
	assert_int_equal(fake_block.requests, 3);
	assert_memory_equal(at(BUFFER), model + 57 * 512, 16 * 512);
}

static void writes_of_every_shape_change_what_they_name(void **state)
{
	uint32_t done;

	(void)state;
	for (uint32_t i = 0; i < 36 * 512; i++)
		at(BUFFER)[i] = (uint8_t)(i * 11 + (i >> 8));
	memcpy(at(EDGE), at(BUFFER), 36 * 512);
	for (uint32_t lba = 56; lba < 56 + 17; lba++)
		for (uint32_t count = 1; count < 36; count++) {
			fake_block.requests = 0;
			assert_int_equal(block_transfer(disk, true, lba, count, count & 1 ? BUFFER : EDGE, &done), 0);
			assert_int_equal(done, count);
			assert_int_equal(fake_block.requests, 2 * parts(lba, count) + wholes(lba, count));
			memcpy(model + lba * 512, at(BUFFER), count * 512);
			assert_memory_equal(fake_block.data, model, sizeof(model));
			at(BUFFER)[count]++;
			at(EDGE)[count]++;
		}
}

/* As NVMe's: whatever the buffer crosses, the disk gets ranges of its own sectors. */
static void ranges_that_are_commands_have_whole_sectors(void **state)
{
	static const uint32_t buffers[] = { BUFFER, BUFFER + 3, EDGE, EDGE - 1, EDGE + 0x1fb };
	uint32_t done;

	(void)state;
	fake_block.driver.limits = (struct dma_limits){ .align_mask = 3, .whole = true };
	disk = block_add(&fake_block.block);
	for (size_t b = 0; b < ARRAY_SIZE(buffers); b++)
		for (uint32_t lba = 56; lba < 56 + 9; lba++)
			for (uint32_t count = 1; count < 36; count++) {
				uint8_t *p = at(buffers[b]);

				memset(p, 0xa5, count * 512);
				assert_int_equal(block_transfer(disk, false, lba, count, buffers[b], &done), 0);
				assert_memory_equal(p, model + lba * 512, count * 512);
				p[0]++;
				assert_int_equal(block_transfer(disk, true, lba, count, buffers[b], &done), 0);
				model[lba * 512]++;
				assert_int_equal(fake_block.torn, 0);
			}
	assert_memory_equal(fake_block.data, model, sizeof(model));
}

/* Sectors 61-84: three of a sector, two whole sectors, five of a sector. Read, write, write, read, write. */
static void what_fails_leaves_everything_else_as_it_was(void **state)
{
	static const uint32_t good[] = { 0, 0, 3, 19, 19 };
	static const int errors[] = { -EIO, -ENOMEDIUM, -EROFS };
	uint32_t done;

	(void)state;
	memset(at(BUFFER), 0xc3, 24 * 512);
	for (size_t e = 0; e < ARRAY_SIZE(errors); e++)
		for (uint32_t n = 1; n <= ARRAY_SIZE(good); n++) {
			set_up(NULL);
			memset(at(BUFFER), 0xc3, 24 * 512);
			fake_block.fail_at = n;
			fake_block.fail_rc = errors[e];
			assert_int_equal(block_transfer(disk, true, 61, 24, BUFFER, &done), errors[e]);
			assert_int_equal(done, good[n - 1]);
			assert_int_equal(fake_block.requests, n);
			memset(model + 61 * 512, 0xc3, done * 512);
			if (fake_block.written)
				assert_memory_equal(fake_block.data, model, sizeof(model));
			else
				assert_int_equal(done, 0);
			assert_false(disk->controller->busy);
			/* the same again is as if nothing had been */
			assert_int_equal(block_transfer(disk, true, 61, 24, BUFFER, &done), 0);
			memset(model + 61 * 512, 0xc3, 24 * 512);
			assert_memory_equal(fake_block.data, model, sizeof(model));
		}
	set_up(NULL);
	assert_int_equal(block_transfer(disk, true, 61, 24, BUFFER, &done), 0);
	assert_int_equal(fake_block.requests, ARRAY_SIZE(good));
}

/* Whichever command it was: all of the request is done once more. */
static void what_times_out_is_done_once_more(void **state)
{
	uint32_t done;

	(void)state;
	for (uint32_t n = 1; n <= 5; n++) {
		set_up(NULL);
		memset(at(BUFFER), 0xc3, 24 * 512);
		fake_block.fail_at = n;
		fake_block.fail_rc = -ETIMEDOUT;
		assert_int_equal(block_transfer(disk, true, 61, 24, BUFFER, &done), 0);
		assert_int_equal(done, 24);
		assert_int_equal(fake_block.requests, n + 5);
		assert_int_equal(fake_block.resets, 1);
		memset(model + 61 * 512, 0xc3, 24 * 512);
		assert_memory_equal(fake_block.data, model, sizeof(model));
	}
}

static void what_a_disk_has_done_in_part_counts_in_512(void **state)
{
	uint32_t done;

	(void)state;
	fake_block.fail_at = 1;
	fake_block.fail_rc = -EIO;
	fake_block.fail_done = 3 * 4096 + 100;
	assert_int_equal(block_transfer(disk, false, 61, 40, BUFFER, &done), -EIO);
	assert_int_equal(done, 3 + 16);
	assert_memory_equal(at(BUFFER), model + 61 * 512, done * 512);
	fake_block.fail_at = 2;
	fake_block.fail_done = 4095;
	assert_int_equal(block_transfer(disk, false, 61, 40, BUFFER, &done), -EIO);
	assert_int_equal(done, 0);
	fake_block.fail_at = 3;		/* what is behind the end of what is wanted does not count */
	fake_block.fail_done = 4096;
	assert_int_equal(block_transfer(disk, false, 61, 1, BUFFER, &done), -EIO);
	assert_int_equal(done, 1);
	fake_block.fail_at = 5;		/* a write: three of a sector are read and written before */
	fake_block.fail_done = 2 * 4096 + 100;
	fake_block.requests = 2;
	assert_int_equal(block_transfer(disk, true, 61, 40, BUFFER, &done), -EIO);
	assert_int_equal(done, 3 + 16);
}

static void the_end_is_the_end(void **state)
{
	uint32_t done;

	(void)state;
	assert_int_equal(block_transfer(disk, false, SECTORS * 8 - 1, 1, BUFFER, &done), 0);
	assert_memory_equal(at(BUFFER), model + (SECTORS * 8 - 1) * 512, 512);
	assert_int_equal(block_transfer(disk, false, SECTORS * 8 - 1, 2, BUFFER, &done), -ERANGE);
	assert_int_equal(block_transfer(disk, false, SECTORS * 8, 1, BUFFER, &done), -ERANGE);
	assert_int_equal(fake_block.requests, 1);
	disk->read_only = true;
	assert_int_equal(block_transfer(disk, true, 0, 1, BUFFER, &done), -EROFS);
	assert_int_equal(fake_block.requests, 1);
}

static struct { struct block *disk; uint32_t media, ready, flush; uint64_t sectors; int rc; } calls;

static int media(struct block *block)
{
	calls.media++;
	calls.disk = block;
	assert_int_equal(block->sector_size, 4096);
	block->sectors = calls.sectors;
	return calls.rc;
}

static int ready(struct block *block)
{
	calls.ready++;
	assert_int_equal(block->sector_size, 4096);
	return calls.rc;
}

static int flush(struct block *block)
{
	calls.flush++;
	assert_int_equal(block->sector_size, 4096);
	return calls.rc;
}

static void what_the_driver_can_do_is_done_by_it(void **state)
{
	uint32_t done;

	(void)state;
	assert_null(disk->driver->media);
	assert_null(disk->driver->ready);
	assert_null(disk->driver->flush);
	assert_null(disk->driver->lock);
	assert_null(disk->driver->eject);
	fake_block_has_tray();
	fake_block.driver.media = media;
	fake_block.driver.ready = ready;
	fake_block.driver.flush = flush;
	memset(&calls, 0, sizeof(calls));
	disk = block_add(&fake_block.block);
	calls.sectors = 2 * SECTORS;
	assert_int_equal(block_transfer(disk, false, SECTORS * 8, 1, BUFFER, &done), 0);	/* another medium, a larger one */
	assert_int_equal(disk->sectors, 2 * SECTORS * 8);
	calls.rc = -ENOMEDIUM;
	calls.sectors = 0;
	assert_int_equal(block_media(disk), -ENOMEDIUM);
	assert_int_equal(disk->sectors, 0);
	assert_int_equal(block_ready(disk, NULL), -ENOMEDIUM);
	calls.rc = 0;
	calls.sectors = SECTORS;
	assert_int_equal(block_ready(disk, NULL), 0);
	assert_int_equal(block_media(disk), 0);
	assert_int_equal(calls.media, 3);
	assert_int_equal(calls.ready, 2);
	assert_int_equal(block_transfer(disk, false, 1, 1, BUFFER, &done), 0);
	assert_int_equal(calls.flush, 0);
	calls.disk->sectors = 7;	/* as where the drive said that its medium is another */
	assert_int_equal(block_transfer(disk, false, 1, 1, BUFFER, &done), 0);
	assert_int_equal(disk->sectors, 56);
	calls.rc = -EIO;
	assert_int_equal(block_transfer(disk, true, 1, 1, BUFFER, &done), -EIO);
	assert_int_equal(done, 0);
	assert_int_equal(calls.flush, 1);
	assert_int_equal(block_reset(disk), 0);
	assert_int_equal(fake_block.resets, 1);
	assert_int_equal(block_lock(disk, true), 0);
	assert_true(fake_block.locked);
	assert_int_equal(block_eject(disk), 0);
	assert_true(fake_block.ejected);
	fake_block.driver.reset = NULL;
	assert_null(block_add(&fake_block.block)->driver->reset);
}

static void without_memory_there_is_no_disk(void **state)
{
	struct block *added = NULL;

	(void)state;
	for (uint32_t pages = 1; !added; pages++) {
		assert_true(pages < 10);
		start(0x100000 + pages * 4096);
		added = block_add(&fake_block.block);
		assert_ptr_equal(block_first, added);
		assert_int_equal(fake_log_lines(), added ? 0 : 1);
	}
}

static void what_is_verified_is_read_into_memory_of_our_own(void **state)
{
	uint8_t *own = alloc(ZONE_HIGH, 2 * BLOCK_OWN, BLOCK_OWN, "test");
	struct block_request r = { .lba = 3, .sectors = 127 };

	(void)state;
	memset(own + BLOCK_OWN, 0xa5, BLOCK_OWN);
	assert_int_equal(block_verify(disk, &r, own), 0);
	assert_int_equal(r.done, 127);
	for (uint32_t i = 0; i < BLOCK_OWN; i++)
		assert_int_equal(own[BLOCK_OWN + i], 0xa5);
	r = (struct block_request){ .lba = SECTORS * 8 - 5, .sectors = 6 };
	assert_int_equal(block_verify(disk, &r, own), -ERANGE);
	assert_int_equal(r.done, 0);
	fake_block.requests = 0;
	fake_block.fail_at = 1;
	fake_block.fail_rc = -EIO;
	fake_block.fail_done = 2 * 4096;	/* sectors 40-55 */
	r = (struct block_request){ .lba = 45, .sectors = 17 };
	assert_int_equal(block_verify(disk, &r, own), -EIO);
	assert_int_equal(r.done, 11);
	assert_false(disk->controller->busy);
	disk->controller->busy = true;
	assert_int_equal(block_verify(disk, &r, own), -EBUSY);
	assert_int_equal(block_ready(disk, own), -EBUSY);
	disk->controller->busy = false;
	assert_int_equal(block_ready(disk, own), 0);	/* no ready(), no media(): the first sector */
	assert_int_equal(fake_block.requests, 2);
	fake_block.fail_at = 3;
	assert_int_equal(block_ready(disk, own), -EIO);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_added_is_a_disk_of_512),
		TEST(reads_of_every_shape_bring_what_they_name),
		TEST(reads_are_one_command_where_the_device_takes_it),
		TEST(writes_of_every_shape_change_what_they_name),
		TEST(ranges_that_are_commands_have_whole_sectors),
		TEST(what_fails_leaves_everything_else_as_it_was),
		TEST(what_times_out_is_done_once_more),
		TEST(what_a_disk_has_done_in_part_counts_in_512),
		TEST(the_end_is_the_end),
		TEST(what_the_driver_can_do_is_done_by_it),
		TEST(without_memory_there_is_no_disk),
		TEST(what_is_verified_is_read_into_memory_of_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
