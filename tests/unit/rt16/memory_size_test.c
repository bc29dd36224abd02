/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/memory_size_test.c: INT 11h and 12h, and the memory map of INT 15h AX=E820h row by row: what is
 * written, and nothing beside it, and which registers are results.
 * LINK: src/rt16/memory_size.c tests/fake/rt16.c tests/fake/io.c tests/fake/ram.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/far.h"
#include "fake/ram.h"
#include "fake/rt16.h"
#include "rt16/memory_size.h"
#include "rt16/shared.h"
#include "std/bda.h"
#include "std/e820.h"

#define SMAP		0x534d4150u
#define ROWS		5u
#define ROWS_OFFSET	0x9124u		/* in the F segment */
#define BUFFER_SEGMENT	0x2000u
#define BUFFER_OFFSET	0x0124u
#define BUFFER		(BUFFER_SEGMENT * 16 + BUFFER_OFFSET)
#define FILL		0xa5

static const struct e820_entry map[ROWS] = {
	{ 0, 0x9fc00, E820_RAM },
	{ 0x9fc00, 0x400, E820_RESERVED },
	{ 0x100000, 0x7fe0000 - 0x100000, E820_RAM },
	{ 0xfffc0000, 0x40000, E820_RESERVED },
	{ 0x123456789000, 0xabcdef012000, E820_NVS },
};

static int setup(void **state)
{
	(void)state;
	fake_rt16_reset();
	memset(fake_ram, FILL, 0x110000);
	memcpy(fake_ram + 0xf0000 + ROWS_OFFSET, map, sizeof(map));
	vars16 = (struct rt16_vars){ .e820_offset = ROWS_OFFSET, .e820_count = ROWS };
	return 0;
}

static struct regs asked(uint32_t row, uint32_t room)
{
	return (struct regs){
		.flags = 0x0ed7, .a20_off = 1, .vector = 0x15, .ds = 0xdddd, .edi = 0xd1d10000 | BUFFER_OFFSET, .esi = 0x51515151,
		.ebp = 0xbbbbbbbb, .ebx = row, .edx = SMAP, .ecx = room, .eax = 0x1111e820, .gs = 0x6565, .fs = 0xf5f5,
		.es = BUFFER_SEGMENT, .esp = 0x12345678, .ss = 0x5555,
	};
}

/* Not a byte beside the first of the buffer. */
static void assert_written(uint32_t bytes)
{
	uint32_t other = 0;

	for (uint32_t at = 0x600; at < 0x9f000; at++)
		other += fake_ram[at] != FILL && (at < BUFFER || at >= BUFFER + bytes);
	assert_int_equal(other, 0);
}

static void assert_refused(uint32_t row, uint32_t room, uint32_t signature)
{
	struct regs r = asked(row, room), was;

	r.edx = signature;
	r.flags &= (uint16_t)~FLAGS_CF;
	was = r;
	assert_true(memory_map(&r));
	was.ah = 0x86;
	was.flags |= FLAGS_CF;
	assert_memory_equal(&r, &was, sizeof(r));
	assert_written(0);
}

static void every_row_is_told_in_its_order(void **state)
{
	static const uint32_t rooms[] = { 20, 21, 23, 24, 25, 64, 0x10018, 0xffffffff };
	uint32_t next = 0;

	for (uint32_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
		for (uint32_t n = 0; n < ROWS; n++) {
			uint32_t bytes = rooms[i] < 24 ? 20 : 24;
			struct regs r = asked(next, rooms[i]), was = r;

			setup(state);
			assert_int_equal(next, n);
			assert_true(memory_map(&r));
			next = r.ebx;
			was.eax = SMAP;
			was.ebx = n + 1 < ROWS ? n + 1 : 0;
			was.ecx = bytes;
			was.flags &= (uint16_t)~FLAGS_CF;
			assert_memory_equal(&r, &was, sizeof(r));
			assert_memory_equal(fake_ram + BUFFER, &map[n], 20);
			if (bytes == 24)
				assert_memory_equal(fake_ram + BUFFER + 20, "\1\0\0", 4);
			assert_written(bytes);
		}
}

/* Linear addresses of a row of 24 bytes: the last one in front of the firmware's memory, those that touch it, the first behind. */
static void the_firmwares_memory_takes_no_row(void **state)
{
	static const struct { uint32_t at; bool written; } rows[] = {
		{ 0xe8000 - 24, true }, { 0xe8000 - 23, false }, { 0xe8000, false }, { 0xe8010, false }, { 0xefff0, false },
		{ 0xf1234, false }, { 0xfffff, false }, { 0x100000, true }, { 0x10ffd0, true },
	};
	static uint8_t before[0x120000];

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct regs r = asked(1, 24);

		setup(state);
		r.es = (uint16_t)(rows[i].at < 0x100000 ? rows[i].at >> 4 : 0xffff);
		r.di = (uint16_t)(rows[i].at - ((uint32_t)r.es << 4));
		memcpy(before, fake_ram, 0x110000);
		assert_true(memory_map(&r));
		assert_int_equal(r.flags & FLAGS_CF, 0);
		assert_int_equal(r.ecx, 24);
		if (rows[i].written)
			assert_memory_equal(fake_ram + rows[i].at, &map[1], 20);
		else
			assert_memory_equal(fake_ram, before, 0x110000);
	}
}

static void a_map_of_one_row_ends_with_it(void **state)
{
	struct regs r = asked(0, 20);

	vars16.e820_count = 1;
	assert_true(memory_map(&r));
	assert_int_equal(r.ebx, 0);
	assert_int_equal(r.flags & FLAGS_CF, 0);
	assert_written(20);
	setup(state);
	vars16.e820_count = 1;
	assert_refused(1, 20, SMAP);
}

static void what_is_no_such_call_is_refused(void **state)
{
	static const uint32_t no_rows[] = { ROWS, ROWS + 1, 0xff, 0x100, 0x10000, 0x80000000, 0xffffffff };
	static const uint32_t no_rooms[] = { 0, 1, 19 };
	static const uint32_t no_signatures[] = { 0, SMAP ^ 1, SMAP ^ 0x80000000, 0x50414d53, SMAP & 0xffff };

	(void)state;
	for (uint32_t i = 0; i < sizeof(no_rows) / sizeof(no_rows[0]); i++)
		assert_refused(no_rows[i], 24, SMAP);
	for (uint32_t i = 0; i < sizeof(no_rooms) / sizeof(no_rooms[0]); i++)
		assert_refused(0, no_rooms[i], SMAP);
	for (uint32_t i = 0; i < sizeof(no_signatures) / sizeof(no_signatures[0]); i++)
		assert_refused(0, 24, no_signatures[i]);
}

static void without_a_map_there_is_no_row(void **state)
{
	(void)state;
	vars16 = (struct rt16_vars){ 0 };
	assert_refused(0, 20, SMAP);
	assert_refused(0, 24, SMAP);
}

static void equipment_and_base_memory_are_those_of_the_data_area(void **state)
{
	volatile struct bda *b = far_open(BDA_SEGMENT, 0);
	struct regs r = asked(0, 0), was = r;

	(void)state;
	b->equipment = 0x4226;
	b->base_kib = 637;
	memory_equipment(&r);
	was.ax = 0x4226;
	assert_memory_equal(&r, &was, sizeof(r));
	memory_base_kib(&r);
	was.ax = 637;
	assert_memory_equal(&r, &was, sizeof(r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_row_is_told_in_its_order, setup),
		cmocka_unit_test_setup(the_firmwares_memory_takes_no_row, setup),
		cmocka_unit_test_setup(a_map_of_one_row_ends_with_it, setup),
		cmocka_unit_test_setup(what_is_no_such_call_is_refused, setup),
		cmocka_unit_test_setup(without_a_map_there_is_no_row, setup),
		cmocka_unit_test_setup(equipment_and_base_memory_are_those_of_the_data_area, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
