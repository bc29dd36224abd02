/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/mem/alloc_test.c: every zone to its last byte and one further, rollback, what the
 * memory map is told, and a long random run in which every piece keeps its contents.
 * LINK: src/mem/alloc.c src/mem/e820.c tests/fake/e820.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/e820.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/endian.h"
#include "mem/alloc.h"
#include "mem/e820.h"

#define MIB   0x100000u
#define RAM   (16 * MIB)
#define START 0xf4000		/* of the F segment's free part */

static struct e820_entry entries[2 * (2 + ALLOC_LAYERS)];
static struct e820_map map;

static int fresh(void **state __attribute__((unused)))
{
	fake_ram_reset(RAM);
	memset(fake_ram, 0xee, RAM);
	fake_log_reset();
	alloc_init(START, MIB);
	alloc_open_high(RAM);
	return 0;
}

/* What the OS is told: the firmware's rows over all RAM. */
static void reserve(void)
{
	struct e820_layer rows[2 + ALLOC_LAYERS] = {
		{ 0, 0xa0000, E820_RAM }, { MIB, RAM, E820_RAM },
	};
	struct e820_layers layers = { rows, 2 };

	layers.count += alloc_layers(rows + 2);
	assert_true(layers.count <= 2 + ALLOC_LAYERS);
	map = (struct e820_map){ entries, 0 };
	e820_build(&map, &layers);
}

/* The address of a new piece, 0 when there is none. */
static uint32_t get(enum zone zone, uint32_t size, uint32_t align)
{
	void *p = alloc_raw(zone, size, align, "test");

	return p ? ptr_to_phys(p) : 0;
}

static void only_alloc_zeroes(void **state __attribute__((unused)))
{
	for (int zone = 0; zone < ZONE_COUNT; zone++) {
		uint8_t *raw = alloc_raw(zone, 64, 16, "raw"), *p = alloc(zone, 64, 16, "zeroed");

		assert_int_equal(raw[0], 0xee);
		assert_int_equal(raw[63], 0xee);
		for (int i = 0; i < 64; i++)
			assert_int_equal(p[i], 0);
	}
	assert_int_equal(fake_log_lines(), 0);
}

static void bad_sizes_and_alignments_are_refused(void **state __attribute__((unused)))
{
	static const uint32_t bad[][2] = { { 0, 1 }, { 1, 0 }, { 1, 3 }, { 16, 0xffffffff },
					   { 0xffffffff, 1 }, { 0xfffff001, 4096 },
					   { 1, 0x80000000 }, { 0x80000000, 0x80000000 },
					   { 0xffffffff, 0x80000000 } };

	for (int zone = 0; zone < ZONE_COUNT; zone++)
		for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			fake_log_reset();
			assert_null(alloc(zone, bad[i][0], bad[i][1], "bad"));
			assert_int_equal(fake_log_lines(), 1);
			assert_true(fake_log_has("alloc: bad: "));
		}
	assert_int_equal(get(ZONE_TEMP, 1, 1), 0x8ffff);	/* nothing was lost by it */
	assert_int_equal(get(ZONE_FSEG, 1, 1), MIB - 1);
	assert_int_equal(get(ZONE_LOW, 1, 1), 0x9fbff);
	assert_int_equal(get(ZONE_NVS, 1, 1), RAM - 1);
	assert_int_equal(get(ZONE_HIGH, 1, 1), RAM - 4097);
}

static void before_the_map_is_known_nothing_above_1_mib_is_given(void **state
								 __attribute__((unused)))
{
	alloc_init(START, MIB);
	assert_int_equal(get(ZONE_NVS, 1, 1), 0);
	assert_int_equal(get(ZONE_HIGH, 1, 1), 0);
	assert_int_equal(get(ZONE_TEMP, 0x60001, 1), 0);
	assert_int_equal(get(ZONE_TEMP, 0x60000, 1), 0x30000);
	assert_int_equal(get(ZONE_TEMP, 1, 1), 0);
	assert_int_equal(get(ZONE_FSEG, 1, 1), MIB - 1);
	alloc_open_high(RAM);
	assert_int_equal(get(ZONE_TEMP, 1, 1), MIB);
}

static void every_zone_gives_its_last_byte_and_no_more(void **state __attribute__((unused)))
{
	assert_int_equal(get(ZONE_FSEG, MIB - START + 1, 1), 0);
	assert_int_equal(get(ZONE_FSEG, MIB - START, 1), START);
	assert_int_equal(get(ZONE_FSEG, 1, 1), 0);
	assert_int_equal(get(ZONE_LOW, 0x5c01, 1), 0);
	assert_int_equal(get(ZONE_LOW, 0x5c00, 1), 0x9a000);
	assert_int_equal(get(ZONE_LOW, 1, 1), 0);
	assert_int_equal(alloc_low_bottom(), 0x9a000);
	assert_int_equal(get(ZONE_HIGH, RAM - MIB + 1, 1), 0);
	assert_int_equal(get(ZONE_HIGH, RAM - MIB, 1), MIB);
	assert_int_equal(get(ZONE_NVS, 1, 1), 0);
	assert_int_equal(get(ZONE_TEMP, 0x60000, 1), 0x30000);
	assert_int_equal(get(ZONE_TEMP, 1, 1), 0);
	assert_int_equal(alloc_high_bottom(), MIB);
}

static void temporary_and_high_memory_stop_at_each_other(void **state __attribute__((unused)))
{
	assert_int_equal(get(ZONE_TEMP, 7 * MIB + 1, 1), MIB);
	assert_int_equal(get(ZONE_NVS, 8 * MIB, 1), 0);	/* one byte of its lowest page is taken */
	assert_int_equal(get(ZONE_NVS, 8 * MIB - 4096, 1), 8 * MIB + 4096);
	assert_int_equal(get(ZONE_HIGH, 1, 1), 0);
	assert_int_equal(get(ZONE_TEMP, 0x60000, 1), 0x30000);
	assert_int_equal(get(ZONE_TEMP, 4096, 1), 0);
	assert_int_equal(get(ZONE_TEMP, 4095, 1), 8 * MIB + 1);
	assert_int_equal(get(ZONE_TEMP, 1, 1), 0);
}

static void low_pieces_lower_conventional_memory_and_give_it_back(void **state
								  __attribute__((unused)))
{
	struct alloc_mark mark;

	alloc_mark(&mark);
	assert_int_equal(get(ZONE_LOW, 16, 16), 0x9fbf0);
	assert_int_equal(get_le16(fake_ram + 0x413), 638);
	assert_int_equal(get(ZONE_LOW, 0x3f0, 16), 0x9f800);
	assert_int_equal(get_le16(fake_ram + 0x413), 638);
	assert_int_equal(get(ZONE_LOW, 1, 1), 0x9f7ff);
	assert_int_equal(get_le16(fake_ram + 0x413), 637);
	reserve();
	assert_int_equal(e820_type_at(&map, 0x9f3ff), E820_RAM);
	assert_true(e820_is(&map, 0x9f400, 0x800, E820_RESERVED));
	assert_int_equal(e820_type_at(&map, 0x9fc00), E820_RAM);	/* the EBDA is not ours */
	alloc_release(ZONE_LOW, &mark);
	assert_int_equal(get_le16(fake_ram + 0x413), 639);
	assert_int_equal(alloc_low_bottom(), 0x9fc00);
}

static void what_a_rom_has_taken_is_nobodys(void **state __attribute__((unused)))
{
	assert_int_equal(get(ZONE_LOW, 1024, 1024), 0x9f800);
	alloc_low_taken(0x9fc00);		/* less than is gone already */
	assert_int_equal(alloc_low_bottom(), 0x9f800);
	assert_int_equal(get_le16(fake_ram + 0x413), 638);
	alloc_low_taken(0x9d000);
	assert_int_equal(alloc_low_bottom(), 0x9d000);
	assert_int_equal(get_le16(fake_ram + 0x413), 628);
	assert_int_equal(alloc_left(ZONE_LOW), 0x3000);
	assert_int_equal(get(ZONE_LOW, 1024, 1), 0x9cc00);
	reserve();
	assert_true(e820_is(&map, 0x9cc00, 0xa0000 - 0x9cc00 - 0x400, E820_RESERVED));
	assert_int_equal(e820_type_at(&map, 0x9cbff), E820_RAM);
	fresh(NULL);
	alloc_low_taken(0x90000);		/* more than the zone has: it is empty then */
	assert_int_equal(alloc_left(ZONE_LOW), 0);
	assert_int_equal(get(ZONE_LOW, 1, 1), 0);
	assert_int_equal(get(ZONE_LOW, 0x90001, 1), 0);
	assert_int_equal(alloc_low_bottom(), 0x90000);
	assert_int_equal(get_le16(fake_ram + 0x413), 576);
	assert_int_equal(get(ZONE_TEMP, 16, 16), 0x8fff0);
	reserve();
	assert_true(e820_is(&map, 0x90000, 0xfc00, E820_RESERVED));
}

static void the_two_high_zones_never_share_a_page(void **state __attribute__((unused)))
{
	assert_int_equal(get(ZONE_NVS, 100, 64), RAM - 128);
	assert_int_equal(get(ZONE_NVS, 3900, 1), RAM - 4028);	/* in the same page */
	assert_int_equal(get(ZONE_NVS, 100, 1), RAM - 4196);	/* in the next: the run grows */
	assert_int_equal(get(ZONE_HIGH, 100, 1), RAM - 8292);
	assert_int_equal(get(ZONE_NVS, 3900, 1), RAM - 8096);	/* still room in its newest page */
	assert_int_equal(get(ZONE_NVS, 100, 1), RAM - 12388);	/* now there is not */
	assert_int_equal(get(ZONE_HIGH, 3000, 1), RAM - 11292);
	assert_int_equal(alloc_high_bottom(), RAM - 0x4000);
	reserve();
	assert_true(e820_is(&map, RAM - 0x2000, 0x2000, E820_NVS));
	assert_true(e820_is(&map, RAM - 0x3000, 0x1000, E820_RESERVED));
	assert_true(e820_is(&map, RAM - 0x4000, 0x1000, E820_NVS));
	assert_true(e820_is(&map, MIB, RAM - MIB - 0x4000, E820_RAM));
}

static void what_was_released_is_given_again(void **state __attribute__((unused)))
{
	for (int zone = 0; zone < ZONE_COUNT; zone++) {
		uint32_t bottom, first, second;
		struct alloc_mark mark;

		get(zone, 100, 1);
		get(zone == ZONE_NVS ? ZONE_HIGH : ZONE_NVS, 100, 1);
		bottom = alloc_high_bottom();
		alloc_mark(&mark);
		first = get(zone, 5000, 1);
		second = get(zone, 7000, 4096);
		assert_true(first && second);
		alloc_release(zone, &mark);
		assert_int_equal(alloc_high_bottom(), bottom);
		assert_int_equal(get(zone, 5000, 1), first);
		assert_int_equal(get(zone, 7000, 4096), second);
		alloc_release(zone, &mark);
		alloc_release(zone, &mark);	/* nothing since: nothing to do */
		assert_int_equal(alloc_high_bottom(), bottom);
	}
	assert_int_equal(fake_log_lines(), 0);
}

static void a_release_to_the_empty_zone_gives_all_back(void **state __attribute__((unused)))
{
	struct alloc_mark mark;

	alloc_mark(&mark);
	assert_int_equal(get(ZONE_NVS, 3 * MIB, 64), RAM - 3 * MIB);
	assert_int_equal(get(ZONE_FSEG, 100, 16), MIB - 112);
	alloc_release(ZONE_NVS, &mark);
	alloc_release(ZONE_FSEG, &mark);
	assert_int_equal(alloc_high_bottom(), RAM);
	assert_int_equal(get(ZONE_FSEG, 100, 16), MIB - 112);
	reserve();
	assert_int_equal(e820_type_at(&map, RAM - 1), E820_RAM);
}

static void a_run_released_above_another_zone_is_ram_again(void **state __attribute__((unused)))
{
	struct alloc_mark nvs, high;

	alloc_mark(&high);
	get(ZONE_HIGH, 4096, 1);
	alloc_mark(&nvs);
	get(ZONE_NVS, 8192, 1);
	get(ZONE_HIGH, 4096, 1);
	alloc_release(ZONE_NVS, &nvs);
	assert_int_equal(alloc_high_bottom(), RAM - 0x4000);
	reserve();
	assert_true(e820_is(&map, RAM - 0x1000, 0x1000, E820_RESERVED));
	assert_true(e820_is(&map, RAM - 0x3000, 0x2000, E820_RAM));
	assert_true(e820_is(&map, RAM - 0x4000, 0x1000, E820_RESERVED));
	alloc_release(ZONE_HIGH, &high);
	assert_int_equal(alloc_high_bottom(), RAM);
}

static void after_the_map_is_told_no_page_is_added(void **state __attribute__((unused)))
{
	assert_int_equal(get(ZONE_NVS, 96, 1), RAM - 96);
	get(ZONE_LOW, 1, 1);
	reserve();
	assert_int_equal(get(ZONE_NVS, 4000, 1), RAM - 4096);	/* that page is entered */
	assert_int_equal(get(ZONE_NVS, 1, 1), 0);
	assert_int_equal(get(ZONE_HIGH, 1, 1), 0);
	assert_int_equal(get(ZONE_LOW, 1, 1), 0);
	assert_true(get(ZONE_TEMP, MIB, 1));
	assert_true(get(ZONE_FSEG, 1, 1));
	reserve();
	assert_int_equal(map.count, 5);
}

static void a_piece_behind_the_seal_costs_one_line_and_no_byte(void **state __attribute__((unused)))
{
	static const struct { enum zone zone; const char *line; } zones[] = {
		{ ZONE_LOW, "alloc: late: 1 bytes aligned to 1 are not in zone low, 0 left; doing without" },
		{ ZONE_NVS, "alloc: late: 1 bytes aligned to 1 are not in zone nvs, 0 left; doing without" },
		{ ZONE_HIGH, "alloc: late: 1 bytes aligned to 1 are not in zone high, 0 left; doing without" },
	};
	struct alloc_mark mark, after;
	uint32_t bottom, changed = 0;

	get(ZONE_NVS, 4096, 1);
	reserve();
	bottom = alloc_high_bottom();
	memset(fake_ram, 0xee, RAM);
	alloc_mark(&mark);
	for (uint32_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		fake_log_reset();
		assert_null(alloc(zones[i].zone, 1, 1, "late"));
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(zones[i].line));
	}
	alloc_mark(&after);
	assert_memory_equal(&after, &mark, sizeof(mark));
	assert_int_equal(alloc_high_bottom(), bottom);
	assert_int_equal(alloc_low_bottom(), 0x9fc00);
	for (uint32_t at = 0; at < RAM; at++)
		changed += fake_ram[at] != 0xee;
	assert_int_equal(changed, 0);

	alloc_unseal();
	assert_int_equal(get(ZONE_HIGH, 1, 1), bottom - 1);
	assert_int_equal(get(ZONE_LOW, 1, 1), 0x9fbff);
	reserve();				/* told once more, it is shut once more */
	assert_int_equal(get(ZONE_NVS, 1, 1), 0);
	alloc_init(START, MIB);			/* a new start */
	alloc_open_high(RAM);
	assert_int_equal(get(ZONE_NVS, 1, 1), RAM - 1);
}

static void rows_are_bounded_and_a_zone_that_hits_the_bound_fails(void **state
								  __attribute__((unused)))
{
	uint32_t n = 0;

	while (get(n & 1 ? ZONE_HIGH : ZONE_NVS, 4096, 1))
		n++;
	assert_int_equal(n, 32);
	assert_true(fake_log_has("zone nvs, 0 left"));
	assert_int_equal(get(ZONE_HIGH, 4096, 1), RAM - 33 * 4096);	/* its run is the lowest */
	reserve();
	assert_int_equal(map.count, 34);
}

static void small_machines_survive(void **state __attribute__((unused)))
{
	static const uint32_t top[] = { 0, 1, 0x9fc00, MIB - 1, MIB, MIB + 4095 };

	for (uint32_t i = 0; i < sizeof(top) / sizeof(top[0]); i++) {
		alloc_init(START, MIB);
		alloc_open_high(top[i]);
		assert_int_equal(alloc_high_bottom(), MIB);
		assert_int_equal(get(ZONE_NVS, 1, 1), 0);
		assert_int_equal(get(ZONE_HIGH, 1, 1), 0);
		assert_int_equal(get(ZONE_TEMP, 0x60001, 1), 0);
		assert_int_equal(get(ZONE_TEMP, 16, 16), 0x8fff0);
		reserve();
		assert_int_equal(map.count, 2);
	}
	alloc_init(START, MIB);
	alloc_open_high(MIB + 4096);
	assert_int_equal(get(ZONE_NVS, 4096, 4096), MIB);
	assert_int_equal(get(ZONE_HIGH, 1, 1), 0);
}

static void ram_up_to_the_last_page_below_4_gib_is_no_special_case(void **state
								  __attribute__((unused)))
{
	alloc_init(START, MIB);
	alloc_open_high(0xffffffff);
	assert_int_equal(ptr_to_phys(alloc_raw(ZONE_NVS, 4096, 1, "top")), 0xffffe000);
	assert_null(alloc_raw(ZONE_TEMP, 0xfff00000, 1, "all"));
	assert_int_equal(ptr_to_phys(alloc_raw(ZONE_TEMP, 0x90000000, 1, "big")), MIB);
	assert_null(alloc_raw(ZONE_TEMP, 0x60000, 0x80000000, "alignment wraps"));
	assert_int_equal(ptr_to_phys(alloc_raw(ZONE_TEMP, 0x60001, 1, "next")), MIB + 0x90000000);
	reserve();
	assert_true(e820_is(&map, 0xffffe000, 4096, E820_NVS));
}

static uint32_t seed;
static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

struct piece {
	enum zone zone;
	uint32_t at, size, stamp;
};

static bool in_its_zone(const struct piece *p)
{
	uint32_t end = p->at + p->size;

	switch (p->zone) {
	case ZONE_LOW:
		return p->at >= 0x9a000 && end <= 0x9fc00;
	case ZONE_FSEG:
		return p->at >= START && end <= MIB;
	case ZONE_TEMP:
		return (p->at >= 0x30000 && end <= 0x90000) ||
		       (p->at >= MIB && end <= alloc_high_bottom());
	default:
		return p->at >= alloc_high_bottom() && end <= RAM;
	}
}

static void a_piece_keeps_its_place_and_contents(const struct piece *p)
{
	uint32_t type = p->zone == ZONE_NVS ? E820_NVS : E820_RESERVED;

	assert_true(in_its_zone(p));
	for (uint32_t i = 0; i < p->size; i++)
		assert_int_equal(fake_ram[p->at + i], (uint8_t)p->stamp);
	if (p->zone == ZONE_NVS || p->zone == ZONE_HIGH || p->zone == ZONE_LOW)
		assert_true(e820_is(&map, p->at, p->size, type));
	else if (p->zone == ZONE_TEMP)
		assert_true(e820_is(&map, p->at, p->size, E820_RAM));
}

#define PIECES 200

static void random_pieces_do_not_overlap(void **state)
{
	static struct piece piece[PIECES];
	uint32_t refused = 0, released = 0;

	for (uint32_t round = 0; round < 60; round++) {
		uint32_t n = 0, marked[ZONE_COUNT];
		struct alloc_mark mark[ZONE_COUNT];

		fresh(state);
		seed = round * 77 + 1;
		memset(marked, 0xff, sizeof(marked));
		for (uint32_t step = 0; step < 150; step++) {
			enum zone zone = random_below(ZONE_COUNT);
			uint32_t size = 1 + random_below(random_below(4) ? 600 : 9000);
			uint32_t align = 1u << random_below(random_below(5) ? 7 : 14);
			uint32_t what = random_below(12);

			if (what == 0) {
				alloc_mark(&mark[zone]);
				marked[zone] = n;
			} else if (what == 1 && marked[zone] <= n) {
				alloc_release(zone, &mark[zone]);
				for (uint32_t i = marked[zone]; i < n; i++)
					if (piece[i].zone == zone)
						piece[i].size = 0;
				released++;
			} else {
				uint32_t at = get(zone, size, align);

				refused += !at;
				if (!at)
					continue;
				assert_int_equal(at % align, 0);
				memset(fake_ram + at, (uint8_t)n, size);
				piece[n] = (struct piece){ zone, at, size, n };
				n++;
			}
		}
		reserve();
		for (uint32_t i = 0; i < n; i++)
			if (piece[i].size)
				a_piece_keeps_its_place_and_contents(&piece[i]);
	}
	assert_true(refused > 20 && released > 100);
}

static void what_is_lent_lies_between_the_zones(void **state __attribute__((unused)))
{
	struct alloc_loan loan;
	uint32_t before = get(ZONE_TEMP, 0x1000, 16), table;

	assert_int_equal(before, 0x90000 - 0x1000);
	alloc_lend(&loan);
	assert_int_equal(loan.low, 0x30000);
	assert_int_equal(loan.low_end, before);
	assert_int_equal(loan.ram, RAM - (RAM - MIB) / 4 * 3);
	assert_int_equal(alloc_loan_end(), RAM);
	assert_int_equal(get(ZONE_TEMP, 0x1000, 4096), loan.ram - 0x1000);
	table = get(ZONE_HIGH, 0x2000, 4096);
	assert_int_equal(table, RAM - 0x2000);
	assert_int_equal(alloc_loan_end(), table);
	alloc_loan_used(table - 0x1234);
	assert_int_equal(alloc_left(ZONE_HIGH), 0x1234);
	assert_int_equal(get(ZONE_HIGH, 0x2000, 4096), 0);
	assert_int_equal(get(ZONE_HIGH, 0x1000, 4096), table - 0x1000);
	alloc_loan_used(loan.ram + 0x10);
	assert_int_equal(get(ZONE_NVS, 0x2000, 4096), table - 0x3000);
}

static void where_the_temporary_zone_needs_more_the_loan_ends(void **state __attribute__((unused)))
{
	struct alloc_loan loan;

	alloc_lend(&loan);
	alloc_loan_used(loan.ram + 0x1000);
	assert_int_equal(get(ZONE_TEMP, loan.ram - MIB, 1), MIB);
	assert_int_equal(get(ZONE_TEMP, 0x1000, 16), loan.ram + 0x1000);
	assert_int_equal(alloc_loan_end(), loan.ram + 0x1000);
	alloc_loan_used(loan.ram);		/* somebody else's is behind it */
	assert_int_equal(alloc_loan_end(), loan.ram + 0x1000);
	assert_int_equal(get(ZONE_TEMP, 0x1000, 16), loan.ram + 0x2000);
}

static void with_little_ram_half_of_the_low_part_is_lent(void **state __attribute__((unused)))
{
	struct alloc_loan loan;

	alloc_init(START, MIB);
	alloc_open_high(MIB + 0x3000);
	alloc_lend(&loan);
	assert_int_equal(loan.low_end, 0x60000);
	assert_int_equal(alloc_loan_end(), loan.ram);
	assert_int_equal(get(ZONE_TEMP, 0x30000, 16), 0x60000);
	assert_int_equal(get(ZONE_TEMP, 0x1000, 16), MIB);
}

/* Whatever is asked for afterwards: nothing is given of it, and of what is beside it the larger part. */
static void a_kernel_in_ram_is_kept_off(void **state)
{
	static const struct {
		uint32_t base, size, temp, high;	/* what is left of the temporary zone below 1 MiB, and above */
	} cases[] = {
		{ MIB, MIB, 0x60000, RAM - 2 * MIB }, { 2 * MIB, 4 * MIB, 0x60000, RAM - 6 * MIB }, { 12 * MIB, 4 * MIB, 0x60000, 11 * MIB },
		{ 12 * MIB, 2 * MIB, 0x60000, 11 * MIB }, { MIB, RAM - MIB, 0x60000, 0 }, { MIB - 1, 2, 0x60000, RAM - MIB - 1 },
		{ 0x30000, 0x60000, 0, RAM - MIB }, { 0x20000, 0x10000, 0x60000, RAM - MIB }, { 0x20000, 0x10001, 0x5ffff, RAM - MIB },
		{ 0x40000, 0x10000, 0x40000, RAM - MIB }, { 0x80000, 0x10000, 0x50000, RAM - MIB }, { 0x90000, 0x10000, 0x60000, RAM - MIB },
		{ 0x10000, RAM - 0x10000, 0, 0 }, { RAM, 16, 0x60000, RAM - MIB }, { UINT32_MAX, UINT32_MAX, 0x60000, RAM - MIB },
		{ RAM - 0x1800, 0x800, 0x60000, RAM - 0x2000 - MIB },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t base = cases[i].base, end = base + cases[i].size;
		uint32_t at;

		fresh(state);
		assert_int_equal(alloc_keep_off(cases[i].base, cases[i].size), 0);
		assert_int_equal(alloc_left(ZONE_TEMP), cases[i].temp > cases[i].high ? cases[i].temp : cases[i].high);
		for (uint32_t n = 0; n < 100; n++) {
			at = get(n % 3 ? ZONE_NVS : ZONE_HIGH, 40000, 16);
			assert_true(at == 0 || at >= end || at + 40000u <= base);
			at = get(ZONE_TEMP, 30000, 16);
			assert_true(at == 0 || at >= end || at + 30000u <= base);
		}
		fresh(state);
		alloc_keep_off(cases[i].base, cases[i].size);
		if (cases[i].temp)
			assert_int_not_equal(get(ZONE_TEMP, cases[i].temp, 1), 0);
		if (cases[i].high >= 4096)
			assert_int_not_equal(get(ZONE_NVS, cases[i].high & ~4095u, 1), 0);
	}
}

/* What had been given before it was known is told by its lowest address in there. */
static void what_a_kernel_has_lost_already_is_told(void **state)
{
	(void)state;
	assert_int_equal(get(ZONE_TEMP, 0x1000, 1), 0x8f000);
	assert_int_equal(alloc_keep_off(0x8e000, 0x1000), 0);
	assert_int_equal(alloc_keep_off(0x90000, 0x1000), 0);
	assert_int_equal(alloc_keep_off(0x8e000, 0x1001), 0x8e000);	/* since what is kept off counts as given */
	fresh(state);
	get(ZONE_TEMP, 0x1000, 1);
	assert_int_equal(alloc_keep_off(0x80000, 0x10000), 0x8f000);
	fresh(state);
	get(ZONE_TEMP, 0x1000, 1);
	assert_int_equal(alloc_keep_off(0x8f800, 0x1000000), 0x8f800);
	fresh(state);
	assert_int_equal(get(ZONE_TEMP, 0x60000, 1), 0x30000);
	assert_int_equal(get(ZONE_TEMP, 0x2000, 1), MIB);
	assert_int_equal(alloc_keep_off(MIB + 0x1fff, 1), MIB + 0x1fff);
	assert_int_equal(alloc_keep_off(MIB - 16, 17), MIB);
	fresh(state);
	assert_int_equal(get(ZONE_TEMP, 0x60001, 1), MIB);
	assert_int_equal(alloc_keep_off(MIB + 0x60001, 1), 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void who_was_refused_is_remembered(void **state)
{
	assert_false(alloc_refused());
	assert_int_not_equal(get(ZONE_TEMP, 16, 1), 0);
	assert_false(alloc_refused());
	assert_int_equal(get(ZONE_FSEG, MIB, 1), 0);
	assert_int_not_equal(get(ZONE_TEMP, 16, 1), 0);
	assert_true(alloc_refused());
	fresh(state);
	assert_false(alloc_refused());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_alloc_zeroes, fresh),
		cmocka_unit_test_setup(bad_sizes_and_alignments_are_refused, fresh),
		cmocka_unit_test_setup(who_was_refused_is_remembered, fresh),
		cmocka_unit_test_setup(before_the_map_is_known_nothing_above_1_mib_is_given, fresh),
		cmocka_unit_test_setup(every_zone_gives_its_last_byte_and_no_more, fresh),
		cmocka_unit_test_setup(temporary_and_high_memory_stop_at_each_other, fresh),
		cmocka_unit_test_setup(low_pieces_lower_conventional_memory_and_give_it_back,
				       fresh),
		cmocka_unit_test_setup(what_a_rom_has_taken_is_nobodys, fresh),
		cmocka_unit_test_setup(the_two_high_zones_never_share_a_page, fresh),
		cmocka_unit_test_setup(what_was_released_is_given_again, fresh),
		cmocka_unit_test_setup(a_release_to_the_empty_zone_gives_all_back, fresh),
		cmocka_unit_test_setup(a_run_released_above_another_zone_is_ram_again, fresh),
		cmocka_unit_test_setup(after_the_map_is_told_no_page_is_added, fresh),
		cmocka_unit_test_setup(a_piece_behind_the_seal_costs_one_line_and_no_byte, fresh),
		cmocka_unit_test_setup(rows_are_bounded_and_a_zone_that_hits_the_bound_fails,
				       fresh),
		cmocka_unit_test_setup(small_machines_survive, fresh),
		cmocka_unit_test_setup(ram_up_to_the_last_page_below_4_gib_is_no_special_case,
				       fresh),
		cmocka_unit_test_setup(random_pieces_do_not_overlap, fresh),
		cmocka_unit_test_setup(what_is_lent_lies_between_the_zones, fresh),
		cmocka_unit_test_setup(where_the_temporary_zone_needs_more_the_loan_ends, fresh),
		cmocka_unit_test_setup(with_little_ram_half_of_the_low_part_is_lent, fresh),
		cmocka_unit_test_setup(a_kernel_in_ram_is_kept_off, fresh),
		cmocka_unit_test_setup(what_a_kernel_has_lost_already_is_told, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
