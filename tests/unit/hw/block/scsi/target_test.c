/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/scsi/target_test.c: which units a target has, disks and their commands, and drives that lie about either.
 * LINK: src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c src/hw/block/scsi/packet.c
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c
 * LINK: tests/fake/scsi.c tests/fake/block.c tests/fake/ram.c tests/fake/log.c tests/fake/timer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/scsi.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/block/scsi/scsi.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

#define STATE	void **state __attribute__((unused))
#define RAM_END	(16u << 20)
#define SECTORS	8000u
#define BUFFER	0x20000u
#define DISK	0
#define CD	5

struct machine machine;

static bool autosense;
static int broken_at, broken_rc;	/* the n-th packet ends so instead */
static int packets;

static void sense_to(struct block *block)
{
	memset(block->answer, 0, sizeof(block->answer));
	memcpy(block->answer, fake_scsi.sense, fake_scsi.sense_bytes);
}

static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	uint8_t data[1 << 17];
	uint32_t at = 0;
	int rc;

	assert_true(list->bytes <= sizeof(data));
	if (++packets == broken_at)
		return broken_rc;
	if (list->to_device)
		for (uint32_t i = 0; i < list->count; at += list->range[i++].len)
			memcpy(data + at, phys_to_ptr(list->range[i].addr), list->range[i].len);
	rc = fake_scsi_command(block->target, block->lun, cdb, data, list->bytes, done);
	if (!list->to_device && *done) {
		uint32_t left = *done;

		for (uint32_t i = 0; i < list->count && left; i++) {
			uint32_t len = min_u32(list->range[i].len, left);

			memcpy(phys_to_ptr(list->range[i].addr), data + at, len);
			at += len;
			left -= len;
		}
	}
	if (rc == FAKE_SCSI_NOBODY)
		return -ENODEV;
	if (rc && autosense)
		sense_to(block);
	return rc ? -EIO : 0;
}

static const struct block_driver disk = SCSI_DISK(send, NULL, { 0 }), cd = SCSI_CD(send, NULL, { 0 });
static const struct block_driver auto_disk = SCSI_DISK(send, NULL, { 0 }, .autosense = true);
static const struct block_driver auto_cd = SCSI_CD(send, NULL, { 0 }, .autosense = true);
static struct scsi_adapter adapter;
static struct block_controller controller;
static struct scsi_work *work;

static int set_up(STATE)
{
	fake_log_reset();
	fake_timer_reset();
	fake_ram_reset(RAM_END);
	fake_block_reset(SECTORS);
	fake_scsi_reset();
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	assert_int_equal(dma_init(), 0);
	work = alloc(ZONE_HIGH, sizeof(*work), 8, "work");
	block_init();
	controller.busy = false;
	adapter = (struct scsi_adapter){ .disk = &disk, .cd = &cd };
	autosense = false;
	broken_at = packets = 0;
	return 0;
}

static void with_autosense(void)
{
	adapter = (struct scsi_adapter){ .disk = &auto_disk, .cd = &auto_cd };
	autosense = true;
}

static int add(uint32_t target)
{
	const struct block template = { .bus = BUS_SCSI, .controller = &controller, .bdf = 0x20, .target = target };

	return scsi_add_target(&template, &adapter, work);
}

static uint32_t count(void)
{
	uint32_t n = 0;

	for (const struct block *b = block_first; b; b = b->next)
		n++;
	return n;
}

static void a_disk_is_added(STATE)
{
	for (int n = 0; n < 4; n++) {
		set_up(NULL);
		if (n & 1)
			with_autosense();
		fake_scsi.descriptor = n & 2;
		fake_scsi_add(3, 0, DISK, SECTORS);
		assert_int_equal(add(3), 1);
		assert_int_equal(count(), 1);
		assert_int_equal(block_first->kind, BLOCK_DISK);
		assert_int_equal(block_first->sectors, SECTORS);
		assert_int_equal(block_first->sector_size, 512);
		assert_int_equal(block_first->target, 3);
		assert_int_equal(block_first->lun, 0);
		assert_int_equal(block_first->bus, BUS_SCSI);
		assert_int_equal(block_first->bdf, 0x20);
		assert_int_equal(block_first->max_sectors, UINT32_MAX);
		assert_false(block_first->read_only || block_first->removable);
		assert_string_equal(block_first->description, "A PRODUCT");
		assert_int_equal(fake_scsi.senses, n & 1 ? 0 : 1);	/* the attention of its start */
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void nobody_is_no_line(STATE)
{
	fake_scsi_add(3, 0, DISK, SECTORS);
	assert_int_equal(add(4), -ENODEV);
	assert_int_equal(fake_log_lines(), 0);
	assert_null(block_first);
}

static void every_unit_is_added_in_the_order_of_the_list(STATE)
{
	static const uint16_t luns[] = { 0, 1, 7, 255, 256, 0x3fff, 300 };
	uint32_t n = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(luns); i++)
		fake_scsi_add(1, luns[i], i & 1 ? CD : DISK, SECTORS);
	fake_scsi_add(2, 9, DISK, SECTORS);
	assert_int_equal(add(1), ARRAY_SIZE(luns));
	for (const struct block *b = block_first; b; b = b->next, n++) {
		assert_int_equal(b->lun, luns[n]);
		assert_int_equal(b->kind, n & 1 ? BLOCK_CD : BLOCK_DISK);
		assert_int_equal(b->sectors, n & 1 ? 0 : SECTORS);	/* a CD's is asked for later */
		assert_int_equal(b->read_only, n & 1);
	}
	assert_int_equal(n, ARRAY_SIZE(luns));
}

static void a_target_without_unit_0_has_others(STATE)
{
	fake_scsi_add(1, 6, DISK, SECTORS);
	assert_int_equal(add(1), 1);
	assert_int_equal(block_first->lun, 6);
}

static void a_template_with_a_unit_is_that_alone(STATE)
{
	const struct block template = { .bus = BUS_SCSI, .controller = &controller, .target = 1, .lun = 5 };

	fake_scsi_add(1, 0, DISK, SECTORS);
	fake_scsi_add(1, 5, DISK, SECTORS);
	assert_int_equal(scsi_add_target(&template, &adapter, work), 1);
	assert_int_equal(block_first->lun, 5);
	assert_null(block_first->next);
}

/* Each list is cut where the drive, the data or the room ends, whichever is first. */
static void lists_of_units_that_lie_cost_themselves(STATE)
{
	static uint8_t list[2000];
	static const struct { uint32_t says, sends; } lies[] = {
		{ 0, 2000 }, { 7, 2000 }, { 0xffffffff, 2000 }, { 0xfffffff8, 8 }, { 16, 8 }, { 16, 0 }, { 16, 7 }, { 16, 15 },
		{ 2000, 2000 }, { 512, 520 }, { 513, 521 }, { 520, 528 }, { 0x80000000, 520 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(lies); i++) {
		set_up(NULL);
		for (uint32_t n = 8; n + 8 <= sizeof(list); n += 8)
			list[n + 1] = 1;		/* unit 1 over and over */
		for (uint32_t n = 0; n < 4; n++)
			list[n] = (uint8_t)(lies[i].says >> 8 * (3 - n));
		fake_scsi_add(1, 0, DISK, SECTORS);
		fake_scsi.luns = (struct fake_scsi_answer){ list, lies[i].sends };
		assert_int_equal(add(1), 1);		/* unit 1 is not there */
		assert_true(fake_scsi.commands < 3 + 2 * SCSI_LUNS_MAX);
	}
}

static void a_unit_that_is_listed_twice_is_one(STATE)
{
	static const uint8_t list[] = { 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
					0, 1, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0, 0, 0, 0, 0 };

	fake_scsi_add(1, 0, DISK, SECTORS);
	fake_scsi_add(1, 1, DISK, SECTORS);
	fake_scsi.luns = (struct fake_scsi_answer){ list, sizeof(list) };
	assert_int_equal(add(1), 2);
	assert_int_equal(count(), 2);
}

/* Of more levels, of other methods, and with bytes where none are expected. */
static void unit_numbers_that_are_not_understood_are_counted(STATE)
{
	static const uint8_t list[] = { 0, 0, 0, 56, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0xc1, 1, 0, 0, 0, 0, 0, 0,
					0, 2, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1,
					0x40, 2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0 };

	fake_scsi_add(1, 0, DISK, SECTORS);
	fake_scsi_add(1, 1, DISK, SECTORS);
	fake_scsi_add(1, 2, DISK, SECTORS);
	fake_scsi_add(1, 3, DISK, SECTORS);
	fake_scsi.luns = (struct fake_scsi_answer){ list, sizeof(list) };
	assert_int_equal(add(1), 2);
	assert_int_equal(block_first->next->lun, 3);
	assert_true(fake_log_has("6 units have numbers"));
	assert_int_equal(fake_log_lines(), 1);
}

static void a_drive_that_knows_no_list_has_one_unit(STATE)
{
	fake_scsi_add(1, 0, DISK, SECTORS);
	fake_scsi_add(1, 1, DISK, SECTORS);
	fake_scsi.fail_at = 4;			/* INQUIRY, attention, capacity, and then */
	fake_scsi.fail_times = 1;
	fake_scsi.fail_key = 5;
	fake_scsi.fail_code = 0x20;
	assert_int_equal(add(1), 1);
}

static void what_is_neither_disk_nor_cd_costs_a_line(STATE)
{
	fake_scsi_add(1, 0, 1, SECTORS);		/* tape */
	fake_scsi_add(1, 1, DISK, SECTORS);
	assert_int_equal(add(1), 1);
	assert_int_equal(block_first->lun, 1);
	assert_true(fake_log_has("target 1 LUN 0 is of type 1"));
}

static void an_inquiry_that_is_short_or_says_no_is_no_unit(STATE)
{
	static const struct { uint8_t bytes[36]; uint32_t len; int added; } said[] = {
		{ { 0 }, 36, 1 }, { { 0 }, 5, 1 }, { { 0 }, 4, 0 }, { { 0 }, 0, 0 }, { { 0x20 }, 36, 0 }, { { 0x7f }, 36, 0 },
		{ { 0x60 }, 36, 0 }, { { 0x1f }, 36, 0 }, { { 0xe0 }, 36, 0 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(said); i++) {
		set_up(NULL);
		fake_scsi_add(1, 0, DISK, SECTORS);
		fake_scsi.inquiry = (struct fake_scsi_answer){ said[i].bytes, said[i].len };
		assert_int_equal(add(1), said[i].added);
		if (said[i].added)
			assert_string_equal(block_first->description, "SCSI disk");
	}
}

static void a_name_is_made_fit_to_be_shown(STATE)
{
	static const struct { char bytes[17]; const char *name; } names[] = {
		{ "  a  b          ", "a  b" }, { "0123456789abcdef", "0123456789abcdef" }, { "                ", "SCSI disk" },
		{ "a\n\x7f\x80\xff           ", "a????" },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint8_t bytes[36] = { 0, 0, 5, 2, 31 };

		set_up(NULL);
		memcpy(bytes + 16, names[i].bytes, 16);
		fake_scsi_add(1, 0, DISK, SECTORS);
		fake_scsi.inquiry = (struct fake_scsi_answer){ bytes, 36 };
		assert_int_equal(add(1), 1);
		assert_string_equal(block_first->description, names[i].name);
	}
}

static void every_size_of_disk_is_known(STATE)
{
	static const struct { uint64_t sectors; uint32_t size; } disks[] = {
		{ 1, 512 }, { 1, 4096 }, { 0xfffffffe, 512 }, { 0xffffffff, 512 }, { 0x100000000, 512 }, { 0x100000001, 4096 },
		{ 1ull << 50, 512 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(disks); i++) {
		set_up(NULL);
		fake_scsi_add(1, 0, DISK, disks[i].sectors)->sector_size = disks[i].size;
		assert_int_equal(add(1), 1);
		assert_int_equal(block_first->sectors, disks[i].sectors * (disks[i].size / 512));	/* shown in 512 */
		assert_int_equal(block_first->sector_size, 512);
	}
}

static void capacities_that_lie_are_refused(STATE)
{
	static const struct { uint8_t ten[8]; uint32_t ten_len; uint8_t sixteen[32]; uint32_t sixteen_len; bool good; } said[] = {
		{ { 0, 0, 1, 0, 0, 0, 2, 0 }, 8, { 0 }, 32, true },
		{ { 0, 0, 1, 0, 0, 0, 2, 0 }, 7, { 0 }, 32, false },
		{ { 0, 0, 1, 0, 0, 0, 2, 0 }, 0, { 0 }, 32, false },
		{ { 0, 0, 1, 0, 0, 0, 0, 0 }, 8, { 0 }, 32, false },
		{ { 0, 0, 1, 0, 0, 0, 2, 1 }, 8, { 0 }, 32, false },
		{ { 0, 0, 1, 0, 0, 0, 8, 0 }, 8, { 0 }, 32, false },		/* a CD's */
		{ { 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff }, 8, { 0 }, 32, false },
		{ { 255, 255, 255, 255, 0, 0, 2, 0 }, 8, { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0 }, 32, true },
		{ { 255, 255, 255, 255, 0, 0, 2, 0 }, 8, { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0 }, 12, true },
		{ { 255, 255, 255, 255, 0, 0, 2, 0 }, 8, { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0 }, 11, false },
		{ { 255, 255, 255, 255, 0, 0, 2, 0 }, 8, { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 }, 32, false },
		{ { 255, 255, 255, 255, 0, 0, 2, 0 }, 8, { 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0 }, 32, false },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(said); i++) {
		set_up(NULL);
		fake_scsi_add(1, 0, DISK, SECTORS);
		fake_scsi.capacity_10 = (struct fake_scsi_answer){ said[i].ten, said[i].ten_len };
		fake_scsi.capacity_16 = (struct fake_scsi_answer){ said[i].sixteen, said[i].sixteen_len };
		assert_int_equal(add(1), said[i].good);
		assert_int_equal(fake_log_lines(), !said[i].good);
	}
}

/* What was read for 512 bytes is not filled with 4096. */
static void the_size_of_a_sector_does_not_change(STATE)
{
	struct fake_scsi_unit *u = fake_scsi_add(1, 0, DISK, SECTORS);
	uint8_t *p = phys_to_ptr(BUFFER);
	uint32_t done;

	assert_int_equal(add(1), 1);
	u->sector_size = 4096;
	u->attention = true;
	memset(p, 0x5a, 4096);
	assert_int_equal(block_transfer(block_first, false, SECTORS, 1, BUFFER, &done), -EIO);
	assert_int_equal(block_transfer(block_first, false, 0, 1, BUFFER, &done), -EIO);
	for (uint32_t i = 512; i < 4096; i++)
		assert_int_equal(p[i], 0x5a);
	assert_true(fake_log_has("4096 bytes now, expected 512"));
	u->sector_size = 512;
	assert_int_equal(block_transfer(block_first, false, 0, 1, BUFFER, &done), 0);
}

static void a_drive_without_a_medium_is_there(STATE)
{
	struct fake_scsi_unit *u = fake_scsi_add(1, 0, DISK, SECTORS);
	uint32_t done;

	u->removable = u->empty = true;
	assert_int_equal(add(1), 1);
	assert_true(block_first->removable);
	assert_int_equal(block_first->sectors, 0);
	assert_int_equal(block_transfer(block_first, false, 0, 1, BUFFER, &done), -ENOMEDIUM);
	u->empty = false;
	assert_int_equal(block_transfer(block_first, false, 0, 1, BUFFER, &done), 0);
	assert_int_equal(block_first->sectors, SECTORS);
}

static void requests_are_cut_to_what_the_adapter_takes(STATE)
{
	static const struct { uint32_t bytes, disk, large; } most[] = {
		{ 0, UINT32_MAX, UINT32_MAX }, { 1, 1, 1 }, { 511, 1, 1 }, { 512, 1, 1 }, { 1023, 1, 1 }, { 4096, 8, 1 },
		{ 8191, 15, 1 }, { 65536, 128, 16 },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(most); i++) {
		set_up(NULL);
		adapter.max_bytes = most[i].bytes;
		fake_scsi_add(1, 0, DISK, SECTORS);
		fake_scsi_add(1, 1, DISK, SECTORS)->sector_size = 4096;
		assert_int_equal(add(1), 2);
		assert_int_equal(block_first->max_sectors, most[i].disk);
		assert_int_equal(block_first->next->max_sectors, min_u32(most[i].large, UINT32_MAX / 8) * 8);	/* shown in 512 */
	}
}

static void reads_and_writes_have_the_command_that_fits(STATE)
{
	static const uint8_t ten[16] = { 0x28, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 7 };
	static const uint8_t sixteen[16] = { 0x88, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0, 0, 0, 7 };
	static const uint8_t write[16] = { 0x2a, 0, 0, 0, 0, 100, 0, 0, 2 };
	static const uint8_t write_16[16] = { 0x8a, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0, 0, 0, 1 };
	struct block_request r = { .lba = 1, .sectors = 0x12345 };
	uint8_t *p = phys_to_ptr(BUFFER);
	uint32_t done;

	fake_scsi_add(1, 0, DISK, 1ull << 40);
	assert_int_equal(add(1), 1);
	assert_int_equal(block_transfer(block_first, false, 0x12345678, 7, BUFFER, &done), 0);
	assert_memory_equal(fake_scsi.cdb, ten, 16);
	for (uint32_t i = 0; i < 7 * 512; i++)
		assert_int_equal(p[i], fake_block_pattern(0x12345678ull * 512 + i));
	assert_int_equal(block_transfer(block_first, false, 0x123456789a, 7, BUFFER, &done), 0);
	assert_memory_equal(fake_scsi.cdb, sixteen, 16);
	memset(p, 0xc3, 1024);
	assert_int_equal(fake_scsi.flushes, 0);
	assert_int_equal(scsi_disk_request(block_first, &(struct block_request){ .lba = 100, .sectors = 2, .write = true, .list = {
		.range = { { BUFFER, 1024 } }, .count = 1, .bytes = 1024 } }), 0);
	assert_memory_equal(fake_scsi.cdb, write, 16);
	assert_int_equal(fake_block.data[100 * 512], 0xc3);
	assert_int_equal(fake_block.data[102 * 512 - 1], 0xc3);
	assert_int_equal(fake_block.data[102 * 512], 0);
	assert_int_equal(block_transfer(block_first, true, 0x123456789a, 1, BUFFER, &done), 0);
	assert_int_equal(fake_scsi.flushes, 1);			/* what is written is on the medium */
	assert_int_equal(scsi_disk_request(block_first, &(struct block_request){ .lba = 0x123456789a, .sectors = 1, .write = true,
		.list = { .range = { { BUFFER, 512 } }, .count = 1, .bytes = 512 } }), 0);
	assert_memory_equal(fake_scsi.cdb, write_16, 16);
	r.list = (struct dma_list){ .range = { { BUFFER, 512 } }, .count = 1, .bytes = 512 };
	scsi_disk_request(block_first, &r);			/* more sectors than 16 bits hold */
	assert_int_equal(fake_scsi.cdb[0], 0x88);
	assert_memory_equal(fake_scsi.cdb + 10, "\0\x01\x23\x45", 4);
}

static void data_that_is_not_whole_is_an_error(STATE)
{
	uint32_t done;

	fake_scsi_add(1, 0, DISK, SECTORS);
	assert_int_equal(add(1), 1);
	for (fake_scsi.withheld = 1; fake_scsi.withheld <= 2048; fake_scsi.withheld += 73) {
		fake_log_reset();
		assert_int_equal(block_transfer(block_first, false, 5, 4, BUFFER, &done), -EIO);
		assert_int_equal(done, (2048 - fake_scsi.withheld) / 512);
		assert_int_equal(fake_log_lines(), 2);		/* the drive, and what it was asked for */
	}
}

/* Whatever a drive says instead of doing it, with both formats and both ways of sense data to come. */
static void sense_data_decides(STATE)
{
	static const struct { uint8_t key, code; uint32_t times; int rc; } said[] = {
		{ 6, 0x29, 1, 0 }, { 6, 0x28, 7, 0 }, { 6, 0x29, 8, -EIO }, { 0xb, 0, 3, 0 }, { 0xb, 0x47, 100, -EIO },
		{ 2, 4, 500, 0 }, { 2, 4, 100000, -EBUSY }, { 2, 0x3a, 1, 0 }, { 2, 0x3a, 2, -ENOMEDIUM }, { 2, 5, 1, -EBUSY },
		{ 7, 0x27, 1, -EROFS }, { 5, 0x25, 1, -ENOENT }, { 5, 0x53, 1, -EBUSY }, { 5, 0x21, 1, -EIO }, { 3, 0x11, 1, -EIO },
		{ 4, 0x44, 1, -EIO }, { 0, 0, 1, -EIO }, { 15, 0xff, 1, -EIO }, { 1, 0x17, 1, 0 },
	};

	for (uint32_t i = 0; i < 4 * ARRAY_SIZE(said); i++) {
		uint32_t n = i / 4, done;

		set_up(NULL);
		if (i & 1)
			with_autosense();
		fake_scsi.descriptor = i & 2;
		fake_scsi_add(1, 0, DISK, SECTORS);
		assert_int_equal(add(1), 1);
		fake_scsi.fail_at = fake_scsi.commands + 1;
		fake_scsi.fail_times = said[n].times;
		fake_scsi.fail_key = said[n].key;
		fake_scsi.fail_code = said[n].code;
		assert_int_equal(scsi_disk_request(block_first, &(struct block_request){ .sectors = 1, .list = {
			.range = { { BUFFER, 512 } }, .count = 1, .bytes = 512 } }), said[n].rc);
		assert_int_equal(fake_scsi.commands - fake_scsi.fail_at + 1, said[n].rc ? min_u32(said[n].rc == -EBUSY && said[n].code == 4 ?
				 1000 : 8, said[n].times) : said[n].times + 1);
		if (said[n].rc == -EIO)
			assert_true(fake_log_has("command 28: sense"));
		/* and it goes on */
		fake_scsi.fail_at = 0;
		assert_int_equal(block_transfer(block_first, false, 0, 1, BUFFER, &done), 0);
	}
}

/* The n-th packet cannot be sent: the drive is left out, or its request fails so, and nothing else happens. */
static void every_packet_may_fail(STATE)
{
	static const int errors[] = { -ETIMEDOUT, -ENODEV, -EINVAL };

	for (uint32_t e = 0; e < ARRAY_SIZE(errors); e++)
		for (int n = 1, sent = 1; n <= sent; n++) {
			uint32_t done;
			int rc;

			set_up(NULL);
			broken_at = n;
			broken_rc = errors[e];
			fake_scsi_add(1, 0, DISK, SECTORS);
			fake_scsi_add(1, 1, CD, SECTORS);
			rc = add(1);
			assert_true(rc == 2 || rc == 1 || rc == 0 || (rc == -ENODEV && n == 1));
			assert_int_equal(count(), rc < 0 ? 0 : rc);
			for (struct block *b = block_first; b; b = b->next) {
				rc = block_transfer(b, false, 0, 1, BUFFER, &done);
				assert_true(rc == 0 || rc == errors[e]);
			}
			sent = packets;
		}
}

static void without_memory_units_are_left_out(STATE)
{
	fake_scsi_add(1, 0, DISK, SECTORS);
	while (alloc_raw(ZONE_HIGH, 16, 1, "all there is"))
		;
	assert_int_equal(add(1), 0);
	assert_null(block_first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_disk_is_added, set_up),
		cmocka_unit_test_setup(nobody_is_no_line, set_up),
		cmocka_unit_test_setup(every_unit_is_added_in_the_order_of_the_list, set_up),
		cmocka_unit_test_setup(a_target_without_unit_0_has_others, set_up),
		cmocka_unit_test_setup(a_template_with_a_unit_is_that_alone, set_up),
		cmocka_unit_test_setup(lists_of_units_that_lie_cost_themselves, set_up),
		cmocka_unit_test_setup(a_unit_that_is_listed_twice_is_one, set_up),
		cmocka_unit_test_setup(unit_numbers_that_are_not_understood_are_counted, set_up),
		cmocka_unit_test_setup(a_drive_that_knows_no_list_has_one_unit, set_up),
		cmocka_unit_test_setup(what_is_neither_disk_nor_cd_costs_a_line, set_up),
		cmocka_unit_test_setup(an_inquiry_that_is_short_or_says_no_is_no_unit, set_up),
		cmocka_unit_test_setup(a_name_is_made_fit_to_be_shown, set_up),
		cmocka_unit_test_setup(every_size_of_disk_is_known, set_up),
		cmocka_unit_test_setup(capacities_that_lie_are_refused, set_up),
		cmocka_unit_test_setup(the_size_of_a_sector_does_not_change, set_up),
		cmocka_unit_test_setup(a_drive_without_a_medium_is_there, set_up),
		cmocka_unit_test_setup(requests_are_cut_to_what_the_adapter_takes, set_up),
		cmocka_unit_test_setup(reads_and_writes_have_the_command_that_fits, set_up),
		cmocka_unit_test_setup(data_that_is_not_whole_is_an_error, set_up),
		cmocka_unit_test_setup(sense_data_decides, set_up),
		cmocka_unit_test_setup(every_packet_may_fail, set_up),
		cmocka_unit_test_setup(without_memory_units_are_left_out, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
