/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/floppy_test.c: INT 13h on floppy drives, down to a modelled controller.
 * LINK: src/services/partitions.c
 * LINK: src/services/disk.c src/services/edd.c src/services/floppy.c src/services/geometry.c src/services/guest.c
 * LINK: src/hw/block/floppy/fdc.c
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/hw/block/floppy/floppy.c src/hw/isa_dma.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c
 * LINK: src/hw/cmos.c tests/fake/fdc.c tests/fake/cmos.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 * LINK: tests/fake/timer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/phys.h"
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
#include "services/disk.h"
#include "services/floppy.h"
#include "std/bda.h"
#include "std/floppy.h"

struct machine machine;

#define RAM_END	(15u << 20)
#define BUFFER	0x20000u
#define CARRY	0x100

static struct regs r;

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
	assert_int_equal(disk_init(), 0);
	block_init();
	floppy_init();
	for (struct block *b = block_first; b; b = b->next)
		disk_add(b, NULL);
	floppy_services_init();
}

static int set_up(void **state)
{
	(void)state;
	set_up_with(FLOPPY_1440K << 4);
	fake_fdc_insert(0, 80, 2, 18, FLOPPY_500K);
	return 0;
}

/* An image in RAM, which has no drive: AH=00h to 05h are a disk's. */
static void a_floppy_in_ram_answers_as_one_without_a_drive(void **state)
{
	static const struct { uint8_t cylinders, heads, sectors, type, table; } media[] = {
		{ 40, 1, 8, FLOPPY_360K, 18 }, { 40, 2, 9, FLOPPY_360K, 9 }, { 80, 2, 9, FLOPPY_720K, 9 },
		{ 80, 2, 15, FLOPPY_1200K, 15 }, { 80, 2, 18, FLOPPY_1440K, 18 }, { 80, 2, 36, FLOPPY_2880K, 36 },
	};
	static const uint8_t none[] = { 0x06, 0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14, 0x17, 0x18, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46,
					0x47, 0x48, 0x49, 0x4e };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(media); i++) {
		struct block b = { .kind = BLOCK_FLOPPY, .bus = BUS_RAM, .sector_size = 512, .bdf = 0xffff };
		const struct floppy_table *t;
		struct drive *d;

		b.chs_cylinders = media[i].cylinders;
		b.chs_heads = media[i].heads;
		b.chs_sectors = media[i].sectors;
		b.sectors = (uint64_t)media[i].cylinders * media[i].heads * media[i].sectors;
		d = disk_add(&b, NULL);
		r = (struct regs){ .ax = 0x0811, .bx = 0xbbbb, .dx = d->number, .flags = FLAGS_CF };
		disk_service(&r);
		assert_false(r.flags & FLAGS_CF);
		assert_int_equal(r.ax, 0);
		assert_int_equal(r.bx, media[i].type);
		assert_int_equal(r.cx, (media[i].cylinders - 1) << 8 | media[i].sectors);
		assert_int_equal(r.dx, (media[i].heads - 1) << 8 | 2);
		t = phys_to_ptr((uint32_t)r.es * 16 + r.di);
		assert_int_equal(t->sectors, media[i].table);
		r = (struct regs){ .ax = 0x1500, .dx = d->number };
		disk_service(&r);
		assert_int_equal(r.ah, 1);
		assert_false(r.flags & FLAGS_CF);
		r = (struct regs){ .ax = 0x1600, .dx = d->number };
		disk_service(&r);
		assert_int_equal(r.ah, DISK_CHANGED);
		for (uint32_t n = 0; n < ARRAY_SIZE(none); n++) {
			r = (struct regs){ .ax = (uint16_t)(none[n] << 8), .dx = d->number };
			disk_service(&r);
			assert_int_equal(r.ah, DISK_BAD_PARAMETER);
			assert_true(r.flags & FLAGS_CF);
		}
		disk_remove_last();
	}
}

static int correct(void **state)
{
	(void)state;
	assert_int_equal(fake_fdc.protocol_errors, 0);
	assert_int_equal(fake_fdc.dma_errors, 0);
	return 0;
}

static struct bda *bda(void)
{
	return phys_to_ptr(0x400);
}

static unsigned int call_at(uint16_t ax, uint16_t cx, uint16_t dx, uint32_t at)
{
	unsigned int status;

	r = (struct regs){ .flags = FLAGS_FIXED | FLAGS_CF, .ax = ax, .cx = cx, .dx = dx, .es = (uint16_t)(at >> 4), .bx = at & 15 };
	disk_service(&r);
	status = r.ah | (r.flags & FLAGS_CF ? CARRY : 0);
	if ((ax >> 8) != 0x15)
		assert_int_equal(bda()->floppy_status, status & 0xff);
	return status;
}

static unsigned int call(uint16_t ax, uint16_t cx, uint16_t dx)
{
	return call_at(ax, cx, dx, BUFFER);
}

static void assert_sector(uint32_t at, uint8_t cylinder, uint8_t head, uint8_t sector)
{
	assert_memory_equal(phys_to_ptr(at), fake_fdc_sector(0, cylinder, head, sector), 512);
}

static void nothing_is_asked_before_the_first_call(void **state)
{
	(void)state;
	assert_int_equal(fake_io_accesses(), 2);	/* CMOS */
	assert_int_equal(bda()->equipment, 0x0001);
	assert_int_equal(bda()->floppy_info, 0x07);
	set_up_with(FLOPPY_1440K << 4 | FLOPPY_2880K);
	assert_int_equal(bda()->equipment, 0x0041);
	assert_int_equal(bda()->floppy_info, 0x77);
	set_up_with(0);
	assert_int_equal(bda()->equipment, 0);
	assert_int_equal(call(0x0201, 1, 0), CARRY | 0x01);
	assert_int_equal(call(0x0000, 0, 0), CARRY | 0x01);
}

static void the_table_is_where_it_always_was(void **state)
{
	static const uint8_t table[] = { 0xaf, 0x02, 0x25, 0x02, 0x12, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08 };

	(void)state;
	assert_int_equal(((uint32_t *)phys_to_ptr(0))[0x1e], 0xf000efc7);
	assert_memory_equal(phys_to_ptr(0xfefc7), table, sizeof(table));
	set_up_with(0);		/* boot sectors of other disks copy it, too */
	assert_int_equal(((uint32_t *)phys_to_ptr(0))[0x1e], 0xf000efc7);
	assert_memory_equal(phys_to_ptr(0xfefc7), table, sizeof(table));
}

static void sectors_are_read(void **state)
{
	static const uint8_t results[] = { 0x04, 0, 0, 0, 1, 1, 2 };

	(void)state;
	assert_int_equal(call(0x0212, 0x0001, 0x0000), 0);
	assert_int_equal(r.al, 0x12);
	assert_sector(BUFFER, 0, 0, 1);
	assert_sector(BUFFER + 17 * 512, 0, 0, 18);
	assert_memory_equal(&bda()->floppy_result[1], &results[1], 6);
	assert_int_equal(bda()->floppy_recalibrate, 0x01);
	assert_int_equal(bda()->floppy_motor & 0x0f, 0x01);
	assert_int_equal(bda()->floppy_motor_ticks, 37);
	assert_int_equal(bda()->floppy_media[0], 0x17);
	assert_int_equal(bda()->floppy_rate, 0x00);
	assert_true(fake_timer_idle >= 1);
	assert_int_equal(call(0x0203, 0x4f11, 0x0000), 0);	/* over the side */
	assert_sector(BUFFER + 2 * 512, 79, 1, 1);
	assert_int_equal(bda()->floppy_cylinder[0], 79);
	assert_int_equal(call(0x0240, 0x0101, 0x0100), 0);	/* over cylinders */
	assert_sector(BUFFER + 63 * 512, 3, 0, 10);
}

static void places_that_are_none(void **state)
{
	static const struct { uint16_t ax, cx, dx; unsigned int status; uint8_t al; } bad[] = {
		{ 0x0200, 0x0001, 0x0000, 0x01, 0x00 }, { 0x0281, 0x0001, 0x0000, 0x01, 0x81 },
		{ 0x0201, 0x0000, 0x0000, 0x01, 0x01 }, { 0x0201, 0x0001, 0x0200, 0x01, 0x01 },
		{ 0x0201, 0x0013, 0x0000, 0x01, 0x01 }, { 0x0201, 0x5001, 0x0000, 0x01, 0x01 },
		{ 0x0201, 0x00c1, 0x0000, 0x01, 0x01 }, { 0x0202, 0x4f12, 0x0100, 0x04, 0x00 },
		{ 0x0401, 0x5001, 0x0000, 0x01, 0x01 }, { 0x0402, 0x4f12, 0x0100, 0x04, 0x00 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(call(bad[i].ax, bad[i].cx, bad[i].dx), CARRY | bad[i].status);
		assert_int_equal(r.al, bad[i].al);
	}
	/* A drive could have it, this medium has not. */
	fake_fdc_insert(0, 80, 1, 9, FLOPPY_250K);
	assert_int_equal(call(0x0201, 0x000a, 0x0000), CARRY | 0x04);
	assert_int_equal(call(0x0201, 0x0001, 0x0100), CARRY | 0x04);
	assert_int_equal(call(0x0201, 0x0009, 0x0000), 0);
	assert_int_equal(bda()->floppy_media[0], 0x97);
	assert_int_equal(bda()->floppy_rate, 0x80);
	/* And more than it is made for. */
	fake_fdc_insert(0, 80, 2, 21, FLOPPY_500K);
	assert_int_equal(call(0x0201, 0x0015, 0x0000), 0);
	assert_sector(BUFFER, 0, 0, 21);
}

static void a_buffer_over_64_kib_is_refused(void **state)
{
	(void)state;
	assert_int_equal(call_at(0x0202, 0x0001, 0x0000, 0x2fc01), CARRY | 0x09);
	assert_int_equal(r.al, 0);
	assert_int_equal(call_at(0x0302, 0x0001, 0x0000, 0x2fc01), CARRY | 0x09);
	assert_int_equal(call_at(0x0202, 0x0001, 0x0000, 0x2fc00), 0);
	assert_int_equal(call_at(0x0402, 0x0001, 0x0000, 0x2ffff), 0);
	assert_int_equal(call_at(0x0512, 0x0001, 0x0000, 0x2ffb9), CARRY | 0x09);
}

static void sectors_are_written(void **state)
{
	(void)state;
	memset(phys_to_ptr(BUFFER), 0xc3, 1024);
	assert_int_equal(call(0x0302, 0x0512, 0x0000), 0);
	assert_int_equal(fake_fdc_sector(0, 5, 0, 18)[511], 0xc3);
	assert_int_equal(fake_fdc_sector(0, 5, 1, 1)[0], 0xc3);
	assert_int_equal(fake_fdc_sector(0, 5, 1, 2)[0], fake_fdc_pattern(0, 5, 1, 2, 0));
	fake_fdc.drive[0].protected = true;
	assert_int_equal(call(0x0301, 0x0501, 0x0000), CARRY | 0x03);
	assert_int_equal(r.al, 0);
	assert_int_equal(bda()->floppy_result[1], 0x02);
	assert_int_equal(call(0x0100, 0, 0), CARRY | 0x03);
	assert_int_equal(call(0x0512, 0x0501, 0x0000), CARRY | 0x03);
}

/* Nobody writes to a medium for which another was meant. */
static void a_changed_medium_is_told_before_it_is_written(void **state)
{
	(void)state;
	assert_int_equal(call(0x1600, 0, 0), 0);
	assert_int_equal(call(0x0201, 1, 0), 0);
	fake_fdc_insert(0, 80, 2, 18, FLOPPY_500K);
	assert_int_equal(call(0x0201, 1, 0), 0);
	assert_int_equal(call(0x0301, 1, 0), CARRY | 0x06);
	assert_int_equal(call(0x0301, 1, 0), 0);
	fake_fdc_insert(0, 80, 2, 9, FLOPPY_250K);
	assert_int_equal(call(0x1600, 0, 0), CARRY | 0x06);
	assert_int_equal(call(0x1600, 0, 0), 0);
	assert_int_equal(call(0x0301, 1, 0), 0);
	assert_int_equal(call(0x1500, 0, 0), 0x02);
	set_up_with(FLOPPY_360K << 4);
	assert_int_equal(call(0x1500, 0, 0), 0x01);
}

static void an_empty_drive_is_not_ready(void **state)
{
	static const uint16_t functions[] = { 0x0201, 0x0301, 0x0401, 0x0512, 0x1600, 0x1704 };

	(void)state;
	fake_fdc.drive[0].cylinders = 0;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		assert_int_equal(call(functions[i], 1, 0), CARRY | 0x80);
	assert_int_equal(call(0x0000, 0, 0), 0);
	assert_int_equal(call(0x0800, 0, 0), 0);
	assert_int_equal(bda()->floppy_media[0], 0);
}

static void every_cause_has_its_status(void **state)
{
	static const struct { uint8_t st1; unsigned int status; } causes[] = {
		{ 0x01, 0x02 }, { 0x02, 0x03 }, { 0x04, 0x04 }, { 0x80, 0x04 }, { 0x10, 0x08 }, { 0x20, 0x10 }, { 0x00, 0x20 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		for (unsigned int how = 2; how <= 4; how++) {
			assert_int_equal(call(0x0201, 1, 0), 0);
			fake_fdc.fail_at = fake_fdc.transfers + 1;
			fake_fdc.fail_st0 = 0x40;
			fake_fdc.fail_st1 = causes[i].st1;
			assert_int_equal(call((uint16_t)(how << 8 | 2), 1, 0), CARRY | causes[i].status);
			assert_int_equal(r.al, 0);
		}
}

static void a_controller_that_fails_is_told(void **state)
{
	(void)state;
	assert_int_equal(call(0x0201, 1, 0), 0);
	fake_fdc.hang_at = fake_fdc.commands + 1;
	assert_int_equal(call(0x0201, 1, 0), 0);		/* at the second try */
	fake_fdc.hang_at = fake_fdc.commands + 1;
	fake_fdc.hang_stays = true;
	assert_int_equal(call(0x0201, 1, 0), CARRY | 0x80);
	assert_int_equal(call(0x0201, 1, 0), CARRY | 0x80);
	fake_fdc.hang_at = 0;
	assert_int_equal(call(0x0201, 1, 0), CARRY | 0x80);
	assert_int_equal(call(0x0000, 0, 0), 0);
	assert_int_equal(call(0x0201, 1, 0), 0);
	fake_fdc.absent = true;
	assert_int_equal(call(0x0000, 0, 0), CARRY | 0x20);
	assert_int_equal(call(0x0201, 1, 0), CARRY | 0x20);
}

static void a_reset_forgets(void **state)
{
	(void)state;
	assert_int_equal(call(0x0201, 0x0501, 0), 0);
	assert_int_equal(call(0x0000, 0, 0), 0);
	assert_int_equal(bda()->floppy_recalibrate, 0);
	assert_int_equal(bda()->floppy_media[0], 0);
	assert_int_equal(bda()->floppy_cylinder[0], 0);
	assert_int_equal(call(0x0201, 1, 0), 0);
	assert_int_equal(bda()->floppy_recalibrate, 1);
}

static void a_tracks_fields_reach_the_controller(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 36; i++)
		((uint8_t *)phys_to_ptr(BUFFER + 3))[i] = (uint8_t)(i * 7);
	assert_int_equal(call_at(0x1704, 0, 0, BUFFER), 0);	/* as 720K */
	assert_int_equal(call_at(0x0509, 0x0301, 0x0100, BUFFER + 3), 0);
	assert_memory_equal(fake_fdc.formatted, phys_to_ptr(BUFFER + 3), 36);
	assert_int_equal(fake_fdc.drive[0].rate, FLOPPY_250K);
	assert_int_equal(call(0x0201, 0x0009, 0), 0);
	assert_int_equal(call(0x0500, 0x0301, 0x0100), CARRY | 0x01);
	assert_int_equal(call(0x0540, 0x0301, 0x0100), CARRY | 0x01);
	assert_int_equal(call(0x0512, 0x5001, 0x0100), CARRY | 0x01);
	assert_int_equal(call(0x0512, 0x0301, 0x0200), CARRY | 0x01);
}

static void media_to_be_formatted_are_set(void **state)
{
	static const unsigned int types[] = { CARRY | 0x01, CARRY | 0x0c, CARRY | 0x0c, CARRY | 0x0c, 0, CARRY | 0x01 };

	(void)state;
	for (uint16_t i = 0; i < ARRAY_SIZE(types); i++)
		assert_int_equal(call(0x1700 | i, 0, 0), types[i]);
	assert_int_equal(call(0x1800, 0x4f12, 0), 0);
	assert_int_equal(r.es, 0xf000);
	assert_int_equal(r.di, 0xefc7);
	assert_int_equal(call(0x1800, 0x4f09, 0), 0);
	assert_int_equal(((struct floppy_table *)phys_to_ptr(0xf0000u + r.di))->sectors, 9);
	assert_int_equal(call(0x1800, 0x4f0f, 0), CARRY | 0x0c);
	assert_int_equal(r.es, BUFFER >> 4);
	assert_int_equal(call(0x1800, 0x2709, 0), CARRY | 0x0c);
	assert_int_equal(call(0x1800, 0x4fc9, 0), CARRY | 0x0c);
	fake_fdc.drive[0].sectors = 0;		/* not formatted yet: what it is for */
	fake_fdc.drive[0].changed = true;
	assert_int_equal(call(0x1800, 0x4f12, 0), 0);
	assert_int_equal(call(0x0512, 0x0001, 0), 0);
}

static void drives_tell_what_they_are_for(void **state)
{
	static const struct { uint8_t type; uint16_t cx; uint8_t sectors; } drives[] = {
		{ FLOPPY_360K, 0x2709, 9 }, { FLOPPY_1200K, 0x4f0f, 15 }, { FLOPPY_720K, 0x4f09, 9 }, { FLOPPY_1440K, 0x4f12, 18 },
		{ FLOPPY_2880K, 0x4f24, 36 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(drives); i++) {
		set_up_with((uint8_t)(drives[i].type << 4 | FLOPPY_720K));
		assert_int_equal(call(0x0877, 0xffff, 0xff00), 0);
		assert_int_equal(r.ax, 0);
		assert_int_equal(r.bx, drives[i].type);
		assert_int_equal(r.cx, drives[i].cx);
		assert_int_equal(r.dx, 0x0102);
		assert_int_equal(((struct floppy_table *)phys_to_ptr(r.es * 16u + r.di))->sectors, drives[i].sectors);
		assert_int_equal(fake_io_accesses(), 2);
	}
}

/* Loaders count sectors by it, and the drive would mislead them. */
static void a_known_medium_is_what_counts(void **state)
{
	(void)state;
	fake_fdc_insert(0, 80, 1, 9, FLOPPY_250K);
	assert_int_equal(call(0x0800, 0, 0), 0);
	assert_int_equal(r.cx, 0x4f12);
	assert_int_equal(call(0x0201, 1, 0), 0);
	assert_int_equal(call(0x0800, 0, 0), 0);
	assert_int_equal(r.bx, FLOPPY_1440K);
	assert_int_equal(r.cx, 0x4f09);
	assert_int_equal(r.dx, 0x0001);
	assert_int_equal(((struct floppy_table *)phys_to_ptr(r.es * 16u + r.di))->sectors, 9);
	assert_int_equal(call(0x0000, 0, 0), 0);
	assert_int_equal(call(0x0800, 0, 0), 0);
	assert_int_equal(r.cx, 0x4f12);
}

/* An interrupt handler calls while a request waits. */
static void a_call_within_a_call_is_refused(void **state)
{
	static const uint16_t functions[] = { 0x0000, 0x0201, 0x0301, 0x0401, 0x0512, 0x1600, 0x1704, 0x1800 };

	(void)state;
	assert_int_equal(call(0x0201, 1, 0), 0);
	floppy_of(block_first)->controller.busy = true;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		assert_int_equal(call(functions[i], functions[i] == 0x1800 ? 0x4f12 : 1, 0), CARRY | 0xaa);
}

/* IRQ 6 leaves its mark in the BIOS data area; a program that waits for its own must not find ours. */
static void the_interrupts_mark_is_taken_away(void **state)
{
	(void)state;
	bda()->floppy_recalibrate = 0x80;
	assert_int_equal(call(0x0201, 1, 0), 0);
	assert_int_equal(bda()->floppy_recalibrate, 0x01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_floppy_in_ram_answers_as_one_without_a_drive, set_up, correct),
		cmocka_unit_test_setup_teardown(nothing_is_asked_before_the_first_call, set_up, correct),
		cmocka_unit_test_setup_teardown(the_table_is_where_it_always_was, set_up, correct),
		cmocka_unit_test_setup_teardown(sectors_are_read, set_up, correct),
		cmocka_unit_test_setup_teardown(places_that_are_none, set_up, correct),
		cmocka_unit_test_setup_teardown(a_buffer_over_64_kib_is_refused, set_up, correct),
		cmocka_unit_test_setup_teardown(sectors_are_written, set_up, correct),
		cmocka_unit_test_setup_teardown(a_changed_medium_is_told_before_it_is_written, set_up, correct),
		cmocka_unit_test_setup_teardown(an_empty_drive_is_not_ready, set_up, correct),
		cmocka_unit_test_setup_teardown(every_cause_has_its_status, set_up, correct),
		cmocka_unit_test_setup_teardown(a_controller_that_fails_is_told, set_up, correct),
		cmocka_unit_test_setup_teardown(a_reset_forgets, set_up, correct),
		cmocka_unit_test_setup_teardown(a_tracks_fields_reach_the_controller, set_up, correct),
		cmocka_unit_test_setup_teardown(media_to_be_formatted_are_set, set_up, correct),
		cmocka_unit_test_setup_teardown(drives_tell_what_they_are_for, set_up, correct),
		cmocka_unit_test_setup_teardown(a_known_medium_is_what_counts, set_up, correct),
		cmocka_unit_test_setup_teardown(a_call_within_a_call_is_refused, set_up, correct),
		cmocka_unit_test_setup_teardown(the_interrupts_mark_is_taken_away, set_up, correct),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
