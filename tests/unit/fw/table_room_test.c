/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/table_room_test.c: where a table goes, and that it can be given back.
 *
 * LINK: src/fw/table_room.c src/arch/checksum.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/table_room.h"

#define STATE void **state __attribute__((unused))

static struct table_room room;

static int setup(STATE)
{
	fake_log_reset();
	fake_ram_reset(4 << 20);
	fake_alloc_reset();
	return 0;
}

static void assert_lies_in(const void *start, enum zone zone, uint32_t size)
{
	assert_non_null(start);
	assert_int_equal(ptr_to_phys(start) % 16, 0);
	assert_true(fake_alloc_owns((uint32_t)ptr_to_phys(start), size));
	assert_int_equal(fake_alloc_live(zone), 1);
	assert_int_equal(fake_alloc_live_all(), 1);
	assert_string_equal(fake_alloc_piece(0)->what, "a table");
}

static void up_to_the_limit_it_is_in_the_f_segment(STATE)
{
	assert_lies_in(table_room(&room, 600, 600, "a table"), ZONE_FSEG, 600);
	assert_int_equal(fake_log_lines(), 0);
	table_room_release(&room);
	assert_int_equal(fake_alloc_live_all(), 0);
}

static void above_the_limit_it_is_high(STATE)
{
	assert_lies_in(table_room(&room, 601, 600, "a table"), ZONE_HIGH, 601);
	assert_int_equal(fake_log_lines(), 0);
	table_room_release(&room);
	assert_int_equal(fake_alloc_live_all(), 0);
}

static void where_the_f_segment_is_full_it_is_high(STATE)
{
	assert_lies_in(table_room(&room, 0x10000, 0xffffffff, "a table"), ZONE_HIGH, 0x10000);
	table_room_release(&room);
	assert_int_equal(fake_alloc_live_all(), 0);
}

static void without_any_memory_there_is_none(STATE)
{
	fake_alloc_fail_at(1);
	assert_null(table_room(&room, 601, 600, "a table"));
	assert_null(table_room(&room, 8 << 20, 0xffffffff, "a table"));
	assert_true(fake_log_has("a table"));
	assert_int_equal(fake_alloc_live_all(), 0);
}

static void what_was_there_before_stays(STATE)
{
	void *before = alloc(ZONE_FSEG, 32, 16, "another");

	assert_non_null(before);
	assert_non_null(table_room(&room, 100, 600, "a table"));
	assert_non_null(alloc(ZONE_FSEG, 32, 16, "its anchor"));
	table_room_release(&room);
	assert_int_equal(fake_alloc_live_all(), 1);
	assert_true(fake_alloc_owns((uint32_t)ptr_to_phys(before), 32));
}

static const struct table_kind kind = { "a table", 40, 3 };

static void a_published_table_lies_in_the_f_segment_and_sums_to_0(STATE)
{
	uint8_t table[41], sum = 0;
	const uint8_t *copy;

	/* Whatever the byte of the checksum was; what is behind the table does not count. */
	for (uint32_t i = 0; i < sizeof(table); i++)
		table[i] = (uint8_t)(0x11 + 3 * i);
	assert_true(table_publish(&kind, table));
	copy = phys_to_ptr(fake_alloc_piece(0)->phys);
	assert_lies_in(copy, ZONE_FSEG, 40);
	for (uint32_t i = 0; i < kind.size; i++) {
		sum += copy[i];
		assert_true(i == kind.checksum || copy[i] == table[i]);
	}
	assert_int_equal(sum, 0);
	assert_int_equal(table[3], 0x1a);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_table_without_room_is_not_published(STATE)
{
	uint8_t table[40] = { 1 };

	fake_alloc_fail_at(1);
	assert_false(table_publish(&kind, table));
	assert_true(fake_log_has("a table"));
	assert_int_equal(fake_alloc_live_all(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
		T(up_to_the_limit_it_is_in_the_f_segment),
		T(above_the_limit_it_is_high),
		T(where_the_f_segment_is_full_it_is_high),
		T(without_any_memory_there_is_none),
		T(a_published_table_lies_in_the_f_segment_and_sums_to_0),
		T(a_table_without_room_is_not_published),
		T(what_was_there_before_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
