/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/floppy/floppy_test.c: floppy drives, on a controller and an 8237 that are told how to fail.
 * LINK: src/hw/block/floppy/fdc.c
 * LINK: src/hw/block/floppy/floppy.c src/hw/block/block.c src/hw/block/sectors.c src/hw/isa_dma.c src/hw/cmos.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c
 * LINK: src/mem/e820.c tests/fake/fdc.c tests/fake/cmos.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 * LINK: tests/fake/timer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "dma/dma.h"
#include "fake/cmos.h"
#include "fake/fdc.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/floppy/floppy.h"
#include "hw/cmos.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END	(15u << 20)
#define BUFFER	0x20000u
#define SECTOR	512u

static void set_up_with(uint8_t types)
{
	fake_log_reset();
	fake_timer_reset();
	fake_io_reset();
	fake_cmos_add();
	fake_fdc_add();
	fake_cmos[CMOS_FLOPPIES] = types;
	fake_ram_reset(RAM_END);
	fake_ram_map_statics(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	assert_int_equal(dma_init(), 0);
	block_init();
	floppy_init();
}

static int set_up(void **state)
{
	(void)state;
	set_up_with(FLOPPY_1440K << 4);
	fake_fdc_insert(0, 80, 2, 18, FLOPPY_500K);
	return 0;
}

static int correct(void **state)
{
	(void)state;
	assert_int_equal(fake_fdc.protocol_errors, 0);
	assert_int_equal(fake_fdc.dma_errors, 0);
	return 0;
}

static struct block *drive(unsigned int n)
{
	struct block *b = block_first;

	while (b && n--)
		b = b->next;
	return b;
}

static int media(void)
{
	struct block *b = drive(0);

	return b->driver->media(b);
}

static void assert_read(uint32_t at, uint32_t lba, uint32_t sectors)
{
	const struct block *b = drive(0);
	const uint8_t *p = phys_to_ptr(at);

	for (; sectors--; lba++, p += SECTOR) {
		uint32_t track = lba / b->chs_sectors;

		assert_memory_equal(p, fake_fdc_sector(0, (uint8_t)(track / b->chs_heads), (uint8_t)(track % b->chs_heads),
						       (uint8_t)(lba % b->chs_sectors + 1)), SECTOR);
	}
}

static int read(uint32_t lba, uint32_t sectors, uint32_t at)
{
	uint32_t done;
	int rc = block_transfer(drive(0), false, lba, sectors, at, &done);

	assert_true(rc || done == sectors);
	return rc;
}

static void drives_are_what_cmos_says(void **state)
{
	static const struct { uint8_t cmos; unsigned int count; uint8_t unit; } cases[] = {
		{ 0x00, 0, 0 }, { 0x40, 1, 0 }, { 0x04, 1, 1 }, { 0x44, 2, 0 }, { 0x52, 2, 0 }, { 0x60, 0, 0 }, { 0xff, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up_with(cases[i].cmos);
		assert_int_equal(fake_io_accesses(), 2);	/* and nobody else was asked */
		if (!cases[i].count) {
			assert_null(drive(0));
			continue;
		}
		assert_int_equal(drive(0)->unit, cases[i].unit);
		assert_non_null(drive(cases[i].count - 1));
		assert_null(drive(cases[i].count));
		assert_int_equal(drive(0)->kind, BLOCK_FLOPPY);
	}
}

/* Rate, sectors and sides, whatever is in the drive. */
static void media_are_found_out(void **state)
{
	static const struct {
		uint8_t type, cylinders, heads, sectors, rate;
		uint16_t found_cylinders;
	} cases[] = {
		{ FLOPPY_360K, 40, 2, 9, FLOPPY_250K, 40 }, { FLOPPY_360K, 40, 1, 8, FLOPPY_250K, 40 },
		{ FLOPPY_1200K, 80, 2, 15, FLOPPY_500K, 80 }, { FLOPPY_1200K, 40, 2, 9, FLOPPY_300K, 40 },
		{ FLOPPY_1200K, 80, 2, 9, FLOPPY_250K, 80 }, { FLOPPY_1200K, 80, 2, 18, FLOPPY_500K, 80 },
		{ FLOPPY_720K, 80, 2, 9, FLOPPY_250K, 80 },
		{ FLOPPY_1440K, 80, 2, 18, FLOPPY_500K, 80 }, { FLOPPY_1440K, 80, 2, 21, FLOPPY_500K, 80 },
		{ FLOPPY_1440K, 80, 2, 9, FLOPPY_250K, 80 }, { FLOPPY_1440K, 80, 1, 9, FLOPPY_250K, 80 },
		{ FLOPPY_1440K, 80, 2, 1, FLOPPY_500K, 80 },
		{ FLOPPY_2880K, 80, 2, 36, FLOPPY_1M, 80 }, { FLOPPY_2880K, 80, 2, 48, FLOPPY_1M, 80 },
		{ FLOPPY_2880K, 80, 2, 18, FLOPPY_500K, 80 }, { FLOPPY_2880K, 80, 2, 9, FLOPPY_250K, 80 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_up_with((uint8_t)(cases[i].type << 4));
		fake_fdc_insert(0, cases[i].cylinders, cases[i].heads, cases[i].sectors, cases[i].rate);
		assert_int_equal(media(), 0);
		assert_int_equal(drive(0)->chs_cylinders, cases[i].found_cylinders);
		assert_int_equal(drive(0)->chs_heads, cases[i].heads);
		assert_int_equal(drive(0)->chs_sectors, cases[i].sectors);
		assert_int_equal(drive(0)->sectors, cases[i].found_cylinders * cases[i].heads * cases[i].sectors);
		assert_int_equal(floppy_of(drive(0))->drive[0].rate, cases[i].rate);
		assert_int_equal(read(0, cases[i].sectors, BUFFER), 0);
		assert_read(BUFFER, 0, cases[i].sectors);
		correct(state);
	}
}

static void a_medium_is_looked_at_once(void **state)
{
	uint32_t before;

	(void)state;
	assert_int_equal(media(), 0);
	before = fake_fdc.commands;
	assert_int_equal(media(), 0);
	assert_int_equal(fake_fdc.commands, before);
	assert_false(floppy_of(drive(0))->drive[0].changed);
	fake_fdc_insert(0, 80, 2, 9, FLOPPY_250K);
	assert_int_equal(media(), 0);
	assert_int_equal(drive(0)->chs_sectors, 9);
	assert_true(floppy_of(drive(0))->drive[0].changed);
}

static void an_empty_drive_is_told(void **state)
{
	(void)state;
	fake_fdc.drive[0].cylinders = 0;
	assert_int_equal(media(), -ENOMEDIUM);
	fake_fdc_insert(0, 80, 2, 18, FLOPPY_500K);
	assert_int_equal(media(), 0);
	fake_fdc.drive[0].cylinders = 0;
	fake_fdc.drive[0].changed = true;
	assert_int_equal(media(), -ENOMEDIUM);
	assert_int_equal(read(0, 1, BUFFER), -ENOMEDIUM);
}

static void an_unformatted_medium_is_an_error(void **state)
{
	(void)state;
	fake_fdc.drive[0].sectors = 0;
	assert_int_equal(media(), -EIO);
}

static void requests_are_cut_at_cylinders(void **state)
{
	static const struct { uint32_t lba, sectors, commands; } cases[] = {
		{ 0, 1, 1 }, { 17, 2, 1 }, { 0, 36, 1 }, { 35, 1, 1 }, { 35, 2, 2 }, { 20, 100, 4 }, { 36, 127, 4 }, { 2879, 1, 1 },
	};

	(void)state;
	assert_int_equal(media(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t before = fake_fdc.transfers;

		memset(phys_to_ptr(BUFFER), 0, 0x20000);
		assert_int_equal(read(cases[i].lba, cases[i].sectors, BUFFER), 0);
		assert_read(BUFFER, cases[i].lba, cases[i].sectors);
		assert_int_equal(*(uint8_t *)phys_to_ptr(BUFFER + cases[i].sectors * SECTOR), 0);
		assert_int_equal(fake_fdc.transfers - before, cases[i].commands);
	}
	assert_int_equal(read(2880, 1, BUFFER), -ERANGE);
	assert_int_equal(read(2879, 2, BUFFER), -ERANGE);
}

static void any_memory_is_reached(void **state)
{
	static const uint32_t at[] = { 0x2fc00, 0x2fd80, 0x2ff81, 0x9fb00, 0xffff0, 0x0, 0x7ffe00, 0xd00001 };

	(void)state;
	assert_int_equal(media(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(read(30, 20, at[i]), 0);
		if (at[i] != 0xffff0)
			assert_read(at[i], 30, 20);
	}
	assert_read(0xffff0 + SECTOR, 31, 19);	/* of the first sector 16 bytes are ROM's */
}

static void what_is_written_is_there(void **state)
{
	uint32_t done;

	(void)state;
	assert_int_equal(media(), 0);
	for (uint32_t i = 0; i < 40 * SECTOR; i++)
		((uint8_t *)phys_to_ptr(0x2f081))[i] = (uint8_t)(i * 13 + (i >> 9));
	assert_int_equal(block_transfer(drive(0), true, 100, 40, 0x2f081, &done), 0);
	assert_int_equal(done, 40);
	assert_read(0x2f081, 100, 40);
	assert_int_equal(fake_fdc_sector(0, 2, 1, 10)[5], fake_fdc_pattern(0, 2, 1, 10, 5));
}

static void a_protected_medium_is_told(void **state)
{
	uint32_t done;

	(void)state;
	fake_fdc.drive[0].protected = true;
	assert_int_equal(media(), 0);
	assert_int_equal(block_transfer(drive(0), true, 0, 1, BUFFER, &done), -EROFS);
	assert_int_equal(done, 0);
	assert_int_equal(read(0, 1, BUFFER), 0);
}

static void the_second_drive_is_another(void **state)
{
	uint32_t done;
	struct block *b;

	(void)state;
	set_up_with(FLOPPY_1440K << 4 | FLOPPY_1200K);
	fake_fdc_insert(0, 80, 2, 18, FLOPPY_500K);
	fake_fdc_insert(1, 80, 2, 15, FLOPPY_500K);
	b = drive(1);
	assert_int_equal(media(), 0);
	assert_int_equal(b->driver->media(b), 0);
	assert_int_equal(b->chs_sectors, 15);
	assert_int_equal(block_transfer(b, false, 15, 1, BUFFER, &done), 0);
	assert_memory_equal(phys_to_ptr(BUFFER), fake_fdc_sector(1, 0, 1, 1), SECTOR);
	assert_int_equal(media(), 0);
	assert_int_equal(read(18, 1, BUFFER), 0);
	assert_read(BUFFER, 18, 1);
}

static void sectors_are_verified(void **state)
{
	(void)state;
	assert_int_equal(media(), 0);
	assert_int_equal(floppy_verify(drive(0), 10, 60), 0);
	assert_int_equal(floppy_verify(drive(0), 2879, 1), 0);
	assert_int_equal(floppy_verify(drive(0), 2879, 2), -ERANGE);
	fake_fdc.drive[0].sectors = 17;		/* and one is missing */
	assert_int_equal(floppy_verify(drive(0), 10, 7), 0);
	assert_int_equal(floppy_verify(drive(0), 10, 8), -EIO);
}

static void a_track_is_formatted(void **state)
{
	struct floppy_drive *d = &floppy_of(drive(0))->drive[0];
	uint8_t fields[36];

	(void)state;
	for (uint32_t i = 0; i < 36; i++)
		fields[i] = (uint8_t)(i ^ 0x55);
	assert_int_equal(media(), 0);
	d->format_rate = FLOPPY_250K;
	assert_int_equal(floppy_format(drive(0), 7, 1, 9, fields), 0);
	assert_memory_equal(fake_fdc.formatted, fields, 36);
	assert_int_equal(fake_fdc.drive[0].cylinder, 7);
	assert_int_equal(media(), 0);
	assert_int_equal(drive(0)->chs_sectors, 9);
	assert_int_equal(d->rate, FLOPPY_250K);
	fake_fdc.drive[0].protected = true;
	assert_int_equal(floppy_format(drive(0), 7, 1, 9, fields), -EROFS);
	fake_fdc.drive[0].cylinders = 0;
	fake_fdc.drive[0].changed = true;
	assert_int_equal(floppy_format(drive(0), 7, 1, 9, fields), -ENOMEDIUM);
}

/* A sector that cannot be read well is one nevertheless: no other geometry. A transfer that fails is an error. */
static void every_failed_command_is_reported(void **state)
{
	for (uint32_t n = 1;; n++) {
		int rc;

		set_up(state);
		fake_fdc.fail_at = n;
		fake_fdc.fail_st0 = 0x40;
		fake_fdc.fail_st1 = FLOPPY_ST1_CRC;
		rc = media();
		assert_int_equal(rc, 0);
		rc = read(35, 3, BUFFER);
		if (fake_fdc.transfers < n)
			break;
		/* Rate, behind the last sector, the last, side 1: then the two transfers. */
		if (n != 2) {	/* there is a 19th then */
			assert_int_equal(rc, n > 4 ? -EIO : 0);
			assert_int_equal(drive(0)->chs_sectors, 18);
		}
		assert_int_equal(drive(0)->chs_heads, 2);
		fake_fdc.fail_at = 0;
		floppy_of(drive(0))->drive[0].known = false;
		assert_int_equal(media(), 0);
		assert_int_equal(drive(0)->chs_sectors, 18);
		assert_int_equal(read(35, 3, BUFFER), 0);
		assert_read(BUFFER, 35, 3);
		correct(state);
	}
}

/* A command that never ends: an error in bounded time, a reset, and then all is well. */
static void a_controller_that_hangs_is_reset(void **state)
{
	uint32_t n;

	for (n = 1;; n++) {
		int found, rc;

		set_up(state);
		fake_fdc.hang_at = n;
		found = media();
		rc = found ? found : read(35, 3, BUFFER);
		if (fake_fdc.commands < n)
			break;
		/* media() is the driver's own here; the block layer asks once more */
		assert_int_equal(rc, found ? -ETIMEDOUT : 0);
		assert_int_equal(fake_log_has("floppy drive at 00:00.0, 0.0.0: read of 3 sectors at 35: no answer within 30 s; reset"), !found);
		assert_true(fake_timer_expired >= 1);
		assert_int_equal(media(), 0);
		assert_int_equal(read(35, 3, BUFFER), 0);
		assert_read(BUFFER, 35, 3);
		correct(state);
	}
	assert_true(n > 12);	/* all of set-up, probing and two reads */
}

static void a_controller_that_is_not_there_is_said_once(void **state)
{
	(void)state;
	fake_fdc.absent = true;
	assert_int_equal(media(), -ENODEV);
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(media(), -ENODEV);
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(drive(0)->driver->reset(drive(0)), -ENODEV);
}

static void a_slow_head_is_waited_for(void **state)
{
	(void)state;
	fake_fdc.slow_seek = 20;
	assert_int_equal(media(), 0);
	fake_fdc.slow_seek = 2000;
	floppy_of(drive(0))->drive[0].calibrated = false;
	assert_int_equal(media(), -ETIMEDOUT);
}

static void a_drive_without_track_0_is_an_error(void **state)
{
	(void)state;
	fake_fdc.drive[0].no_track_0 = true;
	assert_int_equal(media(), -EIO);
}

/* A program has used the controller behind our back, and left it at anything. */
static void a_reset_begins_anew(void **state)
{
	(void)state;
	assert_int_equal(media(), 0);
	outb(0x46, 0x3f5);	/* half a command */
	outb(0x00, 0x3f5);
	assert_int_equal(drive(0)->driver->reset(drive(0)), 0);
	assert_int_equal(media(), 0);
	assert_int_equal(read(1, 1, BUFFER), 0);
	assert_read(BUFFER, 1, 1);
}

static void rates_for_media(void **state)
{
	(void)state;
	assert_int_equal(floppy_rate_for(FLOPPY_1440K, 80, 18), FLOPPY_500K);
	assert_int_equal(floppy_rate_for(FLOPPY_1440K, 80, 9), FLOPPY_250K);
	assert_int_equal(floppy_rate_for(FLOPPY_1440K, 80, 15), -EOPNOTSUPP);
	assert_int_equal(floppy_rate_for(FLOPPY_1440K, 40, 9), -EOPNOTSUPP);
	assert_int_equal(floppy_rate_for(FLOPPY_1200K, 40, 9), FLOPPY_300K);
	assert_int_equal(floppy_rate_for(FLOPPY_1200K, 80, 15), FLOPPY_500K);
	assert_int_equal(floppy_rate_for(FLOPPY_360K, 40, 9), FLOPPY_250K);
	assert_int_equal(floppy_rate_for(FLOPPY_2880K, 80, 36), FLOPPY_1M);
	assert_int_equal(floppy_rate_for(FLOPPY_720K, 80, 18), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(drives_are_what_cmos_says, set_up),
		cmocka_unit_test_setup_teardown(media_are_found_out, set_up, correct),
		cmocka_unit_test_setup_teardown(a_medium_is_looked_at_once, set_up, correct),
		cmocka_unit_test_setup_teardown(an_empty_drive_is_told, set_up, correct),
		cmocka_unit_test_setup_teardown(an_unformatted_medium_is_an_error, set_up, correct),
		cmocka_unit_test_setup_teardown(requests_are_cut_at_cylinders, set_up, correct),
		cmocka_unit_test_setup_teardown(any_memory_is_reached, set_up, correct),
		cmocka_unit_test_setup_teardown(what_is_written_is_there, set_up, correct),
		cmocka_unit_test_setup_teardown(a_protected_medium_is_told, set_up, correct),
		cmocka_unit_test_setup_teardown(the_second_drive_is_another, set_up, correct),
		cmocka_unit_test_setup_teardown(sectors_are_verified, set_up, correct),
		cmocka_unit_test_setup_teardown(a_track_is_formatted, set_up, correct),
		cmocka_unit_test_setup_teardown(every_failed_command_is_reported, set_up, correct),
		cmocka_unit_test_setup_teardown(a_controller_that_hangs_is_reset, set_up, correct),
		cmocka_unit_test_setup_teardown(a_controller_that_is_not_there_is_said_once, set_up, correct),
		cmocka_unit_test_setup_teardown(a_slow_head_is_waited_for, set_up, correct),
		cmocka_unit_test_setup_teardown(a_drive_without_track_0_is_an_error, set_up, correct),
		cmocka_unit_test_setup_teardown(a_reset_begins_anew, set_up, correct),
		cmocka_unit_test_setup(rates_for_media, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
