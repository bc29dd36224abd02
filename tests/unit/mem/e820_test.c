/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/mem/e820_test.c: the memory map against hand-made cases and against a model that is
 * too simple to be wrong: one byte of type per page.
 * LINK: src/mem/e820.c
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "mem/e820.h"

#define MAX 600

static struct e820_entry entries[MAX + 1];
static struct e820_map map;

static void start(uint32_t max)
{
	memset(entries, 0xee, sizeof(entries));
	map = (struct e820_map){ entries, 0, max };
}

static int fresh(void **state __attribute__((unused)))
{
	start(MAX);
	return 0;
}

static void set(uint64_t base, uint64_t length, uint32_t type)
{
	assert_int_equal(e820_set(&map, base, length, type), 0);
}

/* What must hold after every change: sorted, apart, merged, no empty entry, inside the array. */
static void check(void)
{
	assert_true(map.count <= map.max);
	for (uint32_t i = 0; i < map.count; i++) {
		const struct e820_entry *e = &entries[i];

		assert_true(e->length > 0);
		assert_true(e->type != E820_NONE);
		assert_true(e->base + e->length > e->base);
		if (!i)
			continue;
		assert_true(e[-1].base + e[-1].length <= e->base);
		if (e[-1].base + e[-1].length == e->base)
			assert_true(e[-1].type != e->type);
	}
	assert_int_equal(entries[map.max].type, 0xeeeeeeee);
}

/* The map as text, addresses in hexadecimal: "0-9fc00:1 9fc00-a0000:2". */
static const char *text(void)
{
	static char buf[4096];
	size_t at = 0;

	check();
	buf[0] = 0;
	for (uint32_t i = 0; i < map.count && at < sizeof(buf) - 64; i++) {
		uint64_t base = entries[i].base, length = entries[i].length;

		at += sprintf(buf + at, "%s%llx-%llx:%u", i ? " " : "", (unsigned long long)base,
			      (unsigned long long)(base + length), entries[i].type);
	}
	return buf;
}

static void a_pc_with_5_gib_is_mapped_as_expected(void **state __attribute__((unused)))
{
	/* etc/e820 of pc -m 5G, in QEMU's order, then what the firmware carves */
	set(0xfeffc000, 0x4000, E820_RESERVED);
	set(0, 0xc0000000, E820_RAM);
	set(0x100000000, 0x80000000, E820_RAM);
	set(0xa0000, 0x40000, E820_NONE);
	set(0x9fc00, 0x400, E820_RESERVED);
	set(0xe0000, 0x20000, E820_RESERVED);
	set(0xfffc0000, 0x40000, E820_RESERVED);
	assert_string_equal(text(), "0-9fc00:1 9fc00-a0000:2 e0000-100000:2 100000-c0000000:1 "
				    "feffc000-ff000000:2 fffc0000-100000000:2 "
				    "100000000-180000000:1");
	assert_true(e820_total(&map, E820_RAM) == 0x9fc00 + 0xbff00000ull + 0x80000000);
	assert_true(e820_total(&map, E820_NVS) == 0);
	assert_true(e820_ram_end(&map, 0x100000, 1ull << 32) == 0xc0000000);
}

static void equal_neighbours_merge_in_any_order(void **state __attribute__((unused)))
{
	static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					      { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	for (int o = 0; o < 6; o++) {
		start(2);	/* never more than two at a time */
		for (int i = 0; i < 3; i++)
			set(0x1000 + orders[o][i] * 0x1000u, 0x1000, E820_RAM);
		assert_string_equal(text(), "1000-4000:1");
	}
}

static void neighbours_of_another_type_do_not_merge(void **state __attribute__((unused)))
{
	set(0x1000, 0x1000, E820_RAM);
	set(0x2000, 0x1000, E820_ACPI);
	set(0x3000, 0x1000, E820_NVS);
	assert_string_equal(text(), "1000-2000:1 2000-3000:3 3000-4000:4");
	set(0x2000, 0x1000, E820_NVS);
	assert_string_equal(text(), "1000-2000:1 2000-4000:4");
	set(0x2000, 0x1000, E820_RAM);
	assert_string_equal(text(), "1000-3000:1 3000-4000:4");
}

static void the_middle_of_a_range_is_split_out(void **state __attribute__((unused)))
{
	set(0, 0x9000, E820_RAM);
	set(0x4000, 0x1000, E820_RESERVED);
	assert_string_equal(text(), "0-4000:1 4000-5000:2 5000-9000:1");
	set(0x4000, 0x1000, E820_RAM);
	assert_string_equal(text(), "0-9000:1");
	set(0x4000, 0x1000, E820_NONE);
	assert_string_equal(text(), "0-4000:1 5000-9000:1");
}

static void a_range_inside_its_own_type_changes_nothing(void **state __attribute__((unused)))
{
	set(0x1000, 0x8000, E820_RAM);
	set(0x2000, 0x1000, E820_RAM);
	set(0x1000, 0x1000, E820_RAM);
	set(0x8000, 0x1000, E820_RAM);
	assert_string_equal(text(), "1000-9000:1");
}

static void one_range_may_swallow_many_and_trim_both_ends(void **state __attribute__((unused)))
{
	for (uint32_t i = 0; i < 8; i++)
		set(i * 0x2000, 0x1000, i & 1 ? E820_RAM : E820_RESERVED);
	set(0x800, 0xe000, E820_NVS);
	assert_string_equal(text(), "0-800:2 800-e800:4 e800-f000:1");
	set(0, 0x10000, E820_NONE);
	assert_string_equal(text(), "");
}

static void a_hole_in_nothing_is_nothing(void **state __attribute__((unused)))
{
	start(0);
	set(0x1000, 0x1000, E820_NONE);
	assert_string_equal(text(), "");
	start(1);
	set(0x2000, 0x1000, E820_RAM);
	set(0x1000, 0x1000, E820_NONE);
	set(0x3000, 0x1000, E820_NONE);
	assert_string_equal(text(), "2000-3000:1");
}

static void length_0_does_nothing(void **state __attribute__((unused)))
{
	set(0x1000, 0, E820_RAM);
	set(0, 0, E820_RAM);
	set(UINT64_MAX, 0, E820_RAM);
	assert_int_equal(map.count, 0);
	set(0x1000, 0x2000, E820_RAM);
	set(0x2000, 0, E820_NONE);
	assert_string_equal(text(), "1000-3000:1");
}

static void what_wraps_is_cut_below_2_to_the_64(void **state __attribute__((unused)))
{
	set(0xfffffffffffff000, 0x1000, E820_RAM);	/* ends at 2^64 */
	assert_string_equal(text(), "fffffffffffff000-ffffffffffffffff:1");
	set(0xffffffffffffe000, UINT64_MAX, E820_RESERVED);
	assert_string_equal(text(), "ffffffffffffe000-ffffffffffffffff:2");
	set(UINT64_MAX, 1, E820_RAM);
	set(UINT64_MAX, UINT64_MAX, E820_RAM);
	assert_string_equal(text(), "ffffffffffffe000-ffffffffffffffff:2");
	set(0, UINT64_MAX, E820_RAM);
	assert_string_equal(text(), "0-ffffffffffffffff:1");
	set(1, UINT64_MAX - 1, E820_NONE);
	assert_string_equal(text(), "0-1:1");
}

static void a_full_map_refuses_and_stays_as_it_was(void **state __attribute__((unused)))
{
	struct e820_entry before[4];

	start(3);
	set(0x0000, 0x4000, E820_RAM);
	set(0x5000, 0x1000, E820_RAM);
	set(0x7000, 0x1000, E820_RAM);
	memcpy(before, entries, sizeof(before));
	assert_int_equal(e820_set(&map, 0x9000, 1, E820_RAM), -ENOSPC);
	assert_int_equal(e820_set(&map, 0x1000, 1, E820_RESERVED), -ENOSPC);
	assert_int_equal(e820_set(&map, 0x1000, 1, E820_NONE), -ENOSPC);
	assert_int_equal(e820_set(&map, 0x4800, 0x100, E820_RAM), -ENOSPC);
	assert_int_equal(map.count, 3);
	assert_memory_equal(entries, before, sizeof(before));
	set(0x4000, 0x1000, E820_RAM);		/* makes room */
	set(0x1000, 0, E820_RESERVED);
	assert_string_equal(text(), "0-6000:1 7000-8000:1");
	set(0x7000, 0x800, E820_NVS);		/* exactly the last place */
	assert_string_equal(text(), "0-6000:1 7000-7800:4 7800-8000:1");
}

static void questions_are_answered_at_every_edge(void **state __attribute__((unused)))
{
	set(0x1000, 0x2000, E820_RAM);
	set(0x3000, 0x1000, E820_NVS);
	assert_int_equal(e820_type_at(&map, 0xfff), E820_NONE);
	assert_int_equal(e820_type_at(&map, 0x1000), E820_RAM);
	assert_int_equal(e820_type_at(&map, 0x2fff), E820_RAM);
	assert_int_equal(e820_type_at(&map, 0x3000), E820_NVS);
	assert_int_equal(e820_type_at(&map, 0x4000), E820_NONE);
	assert_int_equal(e820_type_at(&map, UINT64_MAX), E820_NONE);

	assert_true(e820_is(&map, 0x1000, 0x2000, E820_RAM));
	assert_false(e820_is(&map, 0x1000, 0x2001, E820_RAM));
	assert_false(e820_is(&map, 0xfff, 0x2000, E820_RAM));
	assert_false(e820_is(&map, 0x1000, 0, E820_RAM));
	assert_false(e820_is(&map, 0x2000, UINT64_MAX, E820_RAM));
	assert_false(e820_is(&map, 0x2000, 0x1000, E820_NVS));
	assert_false(e820_is(&map, 0x8000, 0x1000, E820_NONE));	/* a hole has no type to be of */

	assert_true(e820_ram_end(&map, 0x1000, UINT64_MAX) == 0x3000);
	assert_true(e820_ram_end(&map, 0x2fff, 0x3000) == 0x3000);
	assert_true(e820_ram_end(&map, 0x2000, 0x2800) == 0x2800);
	assert_true(e820_ram_end(&map, 0x2800, 0x2800) == 0);
	assert_true(e820_ram_end(&map, 0x3000, UINT64_MAX) == 0);
	assert_true(e820_ram_end(&map, 0x0, UINT64_MAX) == 0);
}

/* A fixed sequence: the same on every host. */
static uint32_t seed;
static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

#define PAGES 512

static void random_changes_agree_with_a_page_map(void **state __attribute__((unused)))
{
	uint8_t page[PAGES];
	uint32_t refused = 0;

	for (uint32_t round = 0; round < 40; round++) {
		uint32_t max = round < 20 ? MAX : 3 + round % 40;

		seed = round + 1;
		start(max);
		memset(page, E820_NONE, sizeof(page));
		for (uint32_t step = 0; step < 500; step++) {
			uint32_t base = random_below(PAGES);
			uint32_t most = random_below(8) ? 6 : PAGES;
			uint32_t length = random_below(most < PAGES - base ? most : PAGES - base);
			uint32_t type = random_below(6), runs = 0;
			uint8_t next[PAGES];

			memcpy(next, page, sizeof(page));
			memset(next + base, type, length);
			for (uint32_t i = 0; i < PAGES; i++)
				runs += next[i] != E820_NONE && (!i || next[i] != next[i - 1]);
			if (e820_set(&map, base * 4096ull, length * 4096ull, type)) {
				assert_true(runs > max);
				refused++;
			} else {
				assert_true(runs <= max || !length);
				memcpy(page, next, sizeof(page));
			}
			check();
			for (uint32_t i = 0; i < PAGES; i++)
				assert_int_equal(e820_type_at(&map, i * 4096ull + 4095), page[i]);
		}
	}
	assert_true(refused > 100);
}

static void hundreds_of_entries_in_falling_order_are_kept(void **state __attribute__((unused)))
{
	for (uint32_t i = MAX; i-- > 0;)
		set(i * 0x2000ull, 0x1000, i & 1 ? E820_RAM : E820_RESERVED);
	check();
	assert_int_equal(map.count, MAX);
	assert_int_equal(e820_set(&map, MAX * 0x2000ull, 1, E820_RAM), -ENOSPC);
	for (uint32_t i = 0; i < MAX; i++)
		assert_int_equal(e820_type_at(&map, i * 0x2000ull),
				 i & 1 ? E820_RAM : E820_RESERVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_pc_with_5_gib_is_mapped_as_expected, fresh),
		cmocka_unit_test_setup(equal_neighbours_merge_in_any_order, fresh),
		cmocka_unit_test_setup(neighbours_of_another_type_do_not_merge, fresh),
		cmocka_unit_test_setup(the_middle_of_a_range_is_split_out, fresh),
		cmocka_unit_test_setup(a_range_inside_its_own_type_changes_nothing, fresh),
		cmocka_unit_test_setup(one_range_may_swallow_many_and_trim_both_ends, fresh),
		cmocka_unit_test_setup(a_hole_in_nothing_is_nothing, fresh),
		cmocka_unit_test_setup(length_0_does_nothing, fresh),
		cmocka_unit_test_setup(what_wraps_is_cut_below_2_to_the_64, fresh),
		cmocka_unit_test_setup(a_full_map_refuses_and_stays_as_it_was, fresh),
		cmocka_unit_test_setup(questions_are_answered_at_every_edge, fresh),
		cmocka_unit_test_setup(random_changes_agree_with_a_page_map, fresh),
		cmocka_unit_test_setup(hundreds_of_entries_in_falling_order_are_kept, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
