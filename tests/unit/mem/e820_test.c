/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/mem/e820_test.c: the memory map against hand-made cases and against a model that is
 * too simple to be wrong: one byte of type per page.
 * LINK: src/mem/e820.c tests/fake/e820.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/e820.h"
#include "mem/e820.h"

#define SOFT	E820_SOFT_RESERVED
#define LAYERS	600

static struct e820_layer layer[LAYERS];
static struct e820_layers layers;
static struct e820_map map;

static int fresh(void **state __attribute__((unused)))
{
	layers = (struct e820_layers){ layer, 0 };
	return 0;
}

static void add(uint64_t base, uint64_t length, uint32_t type)
{
	layer[layers.count++] = e820_layer(base, length, type);
}

/* What must hold of every map: sorted, apart, merged, no empty row. */
static void check(void)
{
	assert_true(map.count <= 2 * layers.count);
	for (uint32_t i = 0; i < map.count; i++) {
		const struct e820_entry *e = &map.entry[i];

		assert_true(e->length > 0);
		assert_true(e->type != E820_NONE);
		assert_true(e->base + e->length > e->base);
		if (!i)
			continue;
		assert_true(e[-1].base + e[-1].length <= e->base);
		if (e[-1].base + e[-1].length == e->base)
			assert_true(e[-1].type != e->type || e->type > E820_UNUSABLE);
	}
}

/* Into exactly the room that is promised to be enough: the address sanitizer guards its end. */
static void build(void)
{
	free(map.entry);
	map.entry = malloc(2 * layers.count * sizeof(*map.entry));
	map.count = 0xeeeeeeee;
	e820_build(&map, &layers);
	check();
}

static const char *text(void)
{
	build();
	return e820_text(&map);
}

static void a_pc_with_5_gib_is_mapped_as_expected(void **state __attribute__((unused)))
{
	/* etc/e820 of pc -m 5G, in QEMU's order, then what the firmware carves */
	add(0xfeffc000, 0x4000, E820_RESERVED);
	add(0, 0xc0000000, E820_RAM);
	add(0x100000000, 0x80000000, E820_RAM);
	add(0xa0000, 0x40000, E820_NONE);
	add(0x9fc00, 0x400, E820_RESERVED);
	add(0xe0000, 0x20000, E820_RESERVED);
	add(0xfffc0000, 0x40000, E820_RESERVED);
	assert_string_equal(text(), "0-9fc00:1 9fc00-a0000:2 e0000-100000:2 100000-c0000000:1 "
				    "feffc000-ff000000:2 fffc0000-100000000:2 "
				    "100000000-180000000:1");
}

static void no_layers_are_no_rows(void **state __attribute__((unused)))
{
	assert_string_equal(text(), "");
	add(0x1000, 0x1000, E820_NONE);
	assert_string_equal(text(), "");
}

static void equal_neighbours_merge_in_any_order(void **state __attribute__((unused)))
{
	static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					      { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	for (uint32_t type = E820_RAM; type <= E820_UNUSABLE; type++)
		for (int o = 0; o < 6; o++) {
			fresh(NULL);
			for (int i = 0; i < 3; i++)
				add(0x1000 + orders[o][i] * 0x1000u, 0x1000, type);
			build();
			assert_int_equal(map.count, 1);
			assert_true(e820_is(&map, 0x1000, 0x3000, type));
		}
}

static void neighbours_of_another_type_do_not_merge(void **state __attribute__((unused)))
{
	add(0x1000, 0x1000, E820_RAM);
	add(0x2000, 0x1000, E820_ACPI);
	add(0x3000, 0x1000, E820_NVS);
	assert_string_equal(text(), "1000-2000:1 2000-3000:3 3000-4000:4");
	add(0x2000, 0x1000, E820_NVS);
	assert_string_equal(text(), "1000-2000:1 2000-4000:4");
}

static void ram_gives_way_to_all_others_in_any_order(void **state __attribute__((unused)))
{
	for (int order = 0; order < 2; order++) {
		fresh(NULL);
		if (order)
			add(0, 0x9000, E820_RAM);
		add(0x4000, 0x1000, E820_RESERVED);
		add(0x6000, 0x1000, E820_NONE);
		add(0x8000, 0x2000, 6);
		if (!order)
			add(0, 0x9000, E820_RAM);
		assert_string_equal(text(), "0-4000:1 4000-5000:2 5000-6000:1 7000-8000:1 "
					    "8000-a000:6");
	}
}

static void of_the_others_the_later_wins(void **state __attribute__((unused)))
{
	for (uint32_t i = 0; i < 8; i++)
		add(i * 0x2000, 0x1000, i & 1 ? E820_ACPI : E820_RESERVED);
	add(0x800, 0xe000, E820_NVS);
	assert_string_equal(text(), "0-800:2 800-e800:4 e800-f000:3");
	add(0x1000, 0x1000, E820_NONE);
	assert_string_equal(text(), "0-800:2 800-1000:4 2000-e800:4 e800-f000:3");
	add(0, 0x10000, E820_RAM);
	assert_string_equal(text(), "0-800:2 800-1000:4 2000-e800:4 e800-f000:3 f000-10000:1");
	add(0, 0x10000, E820_NONE);
	assert_string_equal(text(), "");
}

static void other_types_keep_the_borders_they_came_with(void **state __attribute__((unused)))
{
	/* QEMU's sp-mem right behind the image: a row of its own, and two devices are two rows */
	add(0xfffc0000, 0x40000, E820_RESERVED);
	add(0x100000000, 0x40000000, SOFT);
	add(0x140000000, 0x40000000, SOFT);
	add(0x180000000, 0x40000000, E820_RAM);
	assert_string_equal(text(), "fffc0000-100000000:2 100000000-140000000:efffffff "
				    "140000000-180000000:efffffff 180000000-1c0000000:1");
	/* and what lies below it does not cut one in pieces */
	add(0x110000000, 0x1000, E820_RAM);
	assert_string_equal(text(), "fffc0000-100000000:2 100000000-140000000:efffffff "
				    "140000000-180000000:efffffff 180000000-1c0000000:1");
	add(0x110000000, 0x1000, E820_RESERVED);
	assert_string_equal(text(), "fffc0000-100000000:2 100000000-110000000:efffffff "
				    "110000000-110001000:2 110001000-140000000:efffffff "
				    "140000000-180000000:efffffff 180000000-1c0000000:1");
}

static void layers_without_length_are_nothing(void **state __attribute__((unused)))
{
	add(0, 0, E820_RAM);
	add(0x1000, 0, E820_RAM);
	add(UINT64_MAX, 0, E820_RAM);
	assert_string_equal(text(), "");
	add(0x1000, 0x2000, E820_RAM);
	add(0x2000, 0, E820_NONE);
	add(0x2000, 0, E820_RESERVED);
	assert_string_equal(text(), "1000-3000:1");
}

static void the_end_of_the_address_space_is_reached(void **state __attribute__((unused)))
{
	add(UINT64_MAX - 0xfff, 0xfff, E820_RAM);
	assert_string_equal(text(), "fffffffffffff000-ffffffffffffffff:1");
	add(UINT64_MAX - 0x1fff, 0x1fff, E820_RESERVED);
	assert_string_equal(text(), "ffffffffffffe000-ffffffffffffffff:2");
	fresh(NULL);
	add(0, UINT64_MAX, E820_RAM);
	assert_string_equal(text(), "0-ffffffffffffffff:1");
	add(1, UINT64_MAX - 1, E820_NONE);
	assert_string_equal(text(), "0-1:1");
}

static void owners_are_told_with_how_far_they_reach(void **state __attribute__((unused)))
{
	const struct e820_layer *owner;
	uint64_t end;

	add(0x3000, 0x1000, E820_NVS);
	add(0x1000, 0x3000, E820_RAM);
	owner = e820_owner(&layers, 0, &end);
	assert_int_equal(end, 0x1000);
	assert_int_equal(owner->type, E820_NONE);
	owner = e820_owner(&layers, 0x1000, &end);
	assert_int_equal(end, 0x3000);
	assert_ptr_equal(owner, &layer[1]);
	owner = e820_owner(&layers, 0x2fff, &end);
	assert_int_equal(end, 0x3000);
	owner = e820_owner(&layers, 0x3000, &end);
	assert_int_equal(end, 0x4000);
	assert_ptr_equal(owner, &layer[0]);
	owner = e820_owner(&layers, 0x4000, &end);
	assert_true(end == E820_END);
	assert_int_equal(owner->type, E820_NONE);
	add(0x5000, UINT64_MAX - 0x5000, E820_RESERVED);
	owner = e820_owner(&layers, UINT64_MAX - 1, &end);
	assert_true(end == E820_END);
	assert_ptr_equal(owner, &layer[2]);
	layers.count = 0;
	owner = e820_owner(&layers, 0, &end);
	assert_true(end == E820_END);
	assert_int_equal(owner->type, E820_NONE);
}

static void conventional_memory_is_cut_where_it_ends_now(void **state __attribute__((unused)))
{
	const struct e820_entry before[] = {
		{ 0, 0x9fc00, E820_RAM }, { 0x9fc00, 0x400, E820_RESERVED }, { 0x100000, 0x7f00000, E820_RAM },
	};
	struct e820_entry row[3];
	static const struct { uint32_t bottom, left; } cut[] = {
		{ 0x9fc00, 0x9fc00 }, { 0x9fbff, 0x9fbff }, { 0x9d000, 0x9d000 }, { 1, 1 }, { 0xa0000, 0x9fc00 }
	};

	for (uint32_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		struct e820_map m = { row, 3 };

		memcpy(row, before, sizeof(row));
		e820_cut_conventional(&m, cut[i].bottom);
		assert_int_equal(m.count, 3);
		assert_int_equal(row[0].length, cut[i].left);
		row[0].length = before[0].length;
		assert_memory_equal(row, before, sizeof(row));
	}
	e820_cut_conventional(&(struct e820_map){ NULL, 0 }, 0x9d000);		/* none is made yet */
}

/* However many rows it is in, and nothing else of them. */
static void only_ram_below_1_mib_is_cut(void **state __attribute__((unused)))
{
	struct e820_entry row[] = {
		{ 0, 0x1000, E820_RESERVED }, { 0x1000, 0x7f000, E820_RAM }, { 0x80000, 0x10000, E820_RESERVED },
		{ 0x90000, 0xfc00, E820_RAM }, { 0x100000, 0x1000, E820_RAM }, { 0x101000, 0x1000, E820_NVS },
	};
	struct e820_map m = { row, 6 };

	e820_cut_conventional(&m, 0x98000);
	assert_int_equal(row[1].length, 0x7f000);
	assert_int_equal(row[3].length, 0x8000);
	e820_cut_conventional(&m, 0x88000);		/* within what is reserved; the RAM behind it is gone too */
	for (uint32_t i = 0; i < m.count; i++)
		if (m.entry[i].type == E820_RAM && m.entry[i].base < 0x100000)
			assert_true(m.entry[i].base + m.entry[i].length <= 0x88000);
	for (uint32_t i = 0; i < m.count; i++) {
		assert_true(m.entry[i].length > 0);
		assert_true(!i || m.entry[i - 1].base + m.entry[i - 1].length <= m.entry[i].base);
	}
	assert_int_equal(m.entry[m.count - 1].type, E820_NVS);
}

static void ranges_are_judged_at_every_edge(void **state __attribute__((unused)))
{
	add(0x1000, 0x2000, E820_RAM);
	add(0x3000, 0x1000, E820_NVS);
	build();
	assert_true(e820_is(&map, 0x1000, 0x2000, E820_RAM));
	assert_true(e820_is(&map, 0x2fff, 1, E820_RAM));
	assert_false(e820_is(&map, 0x1000, 0x2001, E820_RAM));
	assert_false(e820_is(&map, 0xfff, 0x2000, E820_RAM));
	assert_false(e820_is(&map, 0x1000, 0, E820_RAM));
	assert_false(e820_is(&map, 0x3000, 0, E820_NVS));
	assert_false(e820_is(&map, 0x2000, UINT64_MAX, E820_RAM));
	assert_false(e820_is(&map, 0x2000, 0x1000, E820_NVS));
	assert_true(e820_is(&map, 0x3000, 0x1000, E820_NVS));
	assert_false(e820_is(&map, 0x3001, 0x1000, E820_NVS));
	assert_false(e820_is(&map, 0x8000, 0x1000, E820_NONE));	/* a hole has no type to be of */
}

/* A fixed sequence: the same on every host. */
static uint32_t seed;
static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

#define PAGES 512

static void random_layers_agree_with_a_page_map(void **state __attribute__((unused)))
{
	uint8_t page[PAGES], claimed[PAGES];
	uint32_t rows = 0;

	for (uint32_t round = 0; round < 400; round++) {
		uint32_t n = random_below(round % 4 ? 12 : 200);

		seed = round + 1;
		fresh(NULL);
		memset(page, E820_NONE, sizeof(page));
		memset(claimed, 0, sizeof(claimed));
		for (uint32_t i = 0; i < n; i++) {
			uint32_t base = random_below(PAGES);
			uint32_t most = random_below(8) ? 6 : PAGES;
			uint32_t length = random_below(most < PAGES - base ? most : PAGES - base);
			uint32_t type = random_below(8);

			add(base * 4096ull, length * 4096ull, type);
			for (uint32_t p = base; p < base + length; p++)
				if (type != E820_RAM || !claimed[p]) {
					page[p] = (uint8_t)type;
					claimed[p] |= type != E820_RAM;
				}
		}
		build();
		rows += map.count;
		for (uint32_t i = 0; i < PAGES; i++) {
			const struct e820_layer *owner;
			uint64_t end;

			assert_int_equal(e820_type_at(&map, i * 4096ull), page[i]);
			assert_int_equal(e820_type_at(&map, i * 4096ull + 4095), page[i]);
			owner = e820_owner(&layers, i * 4096ull, &end);
			assert_true(end == E820_END || end % 4096 == 0);
			assert_int_equal(owner->type, page[i]);
		}
	}
	assert_true(rows > 4000);
}

static void hundreds_of_layers_in_falling_order_are_kept(void **state __attribute__((unused)))
{
	for (uint32_t i = LAYERS; i-- > 0;)
		add(i * 0x2000ull, 0x1000, i & 1 ? E820_RAM : E820_RESERVED);
	build();
	assert_int_equal(map.count, LAYERS);
	for (uint32_t i = 0; i < LAYERS; i++)
		assert_int_equal(e820_type_at(&map, i * 0x2000ull),
				 i & 1 ? E820_RAM : E820_RESERVED);
	fresh(NULL);
	add(0, LAYERS * 0x2000ull, E820_RAM);
	for (uint32_t i = 1; i < LAYERS; i++)
		add(i * 0x2000ull, 0x1000, E820_RESERVED);
	build();
	assert_int_equal(map.count, 2 * LAYERS - 1);	/* as many as there can be */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_pc_with_5_gib_is_mapped_as_expected, fresh),
		cmocka_unit_test_setup(no_layers_are_no_rows, fresh),
		cmocka_unit_test_setup(equal_neighbours_merge_in_any_order, fresh),
		cmocka_unit_test_setup(neighbours_of_another_type_do_not_merge, fresh),
		cmocka_unit_test_setup(ram_gives_way_to_all_others_in_any_order, fresh),
		cmocka_unit_test_setup(of_the_others_the_later_wins, fresh),
		cmocka_unit_test_setup(other_types_keep_the_borders_they_came_with, fresh),
		cmocka_unit_test_setup(layers_without_length_are_nothing, fresh),
		cmocka_unit_test_setup(the_end_of_the_address_space_is_reached, fresh),
		cmocka_unit_test_setup(owners_are_told_with_how_far_they_reach, fresh),
		cmocka_unit_test_setup(conventional_memory_is_cut_where_it_ends_now, fresh),
		cmocka_unit_test_setup(only_ram_below_1_mib_is_cut, fresh),
		cmocka_unit_test_setup(ranges_are_judged_at_every_edge, fresh),
		cmocka_unit_test_setup(random_layers_agree_with_a_page_map, fresh),
		cmocka_unit_test_setup(hundreds_of_layers_in_falling_order_are_kept, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
