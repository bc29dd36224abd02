/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/place_test.c: where things go: QEMU's machines, full and strange ones, and
 * random ones for the rules that always hold.
 * LINK: src/boot/kernel/place.c src/mem/e820.c tests/fake/e820.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/place.h"
#include "fake/e820.h"
#include "fake/log.h"
#include "lib/bits.h"
#include "lib/errno.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

static struct e820_entry rows[256];
static struct e820_map map;
static struct bzimage kernel;
static struct place_request want;
static struct placement got;

static void set(uint64_t from, uint64_t to, uint32_t type)
{
	e820_set(&map, from, to - from, type);
}

/* A PC with that much RAM and 256 KiB of tables at its end, and Debian's kernel. */
static void a_pc(uint64_t ram)
{
	map = (struct e820_map){ .entry = rows };
	set(0, 0x9fc00, E820_RAM);
	set(0x9fc00, 0xa0000, E820_RESERVED);
	set(0xe0000, 0x100000, E820_RESERVED);
	set(MIB, ram - 0x40000, E820_RAM);
	set(ram - 0x40000, ram, E820_ACPI);
	want.map = &map;
	want.limit = (uint32_t)((ram - 0x40000) / PLACE_PAGE);
	want.initrd_limit = want.limit;
}

/* What is placed and ends there ends with a page. */
static uint64_t limit(void)
{
	return (uint64_t)want.limit * PLACE_PAGE;
}

/* The page behind an address that something ends at. */
static uint32_t place_end(uint64_t address)
{
	return (uint32_t)((address + PLACE_PAGE - 1) / PLACE_PAGE);
}

static struct place_range pages(uint64_t base, uint64_t end)
{
	return (struct place_range){ (uint32_t)(base / PLACE_PAGE), place_end(end) };
}

static int before(void **state)
{
	(void)state;
	fake_log_reset();
	memset(&want, 0, sizeof(want));
	memset(&got, 0xa5, sizeof(got));
	a_pc(512 * MIB);
	kernel = (struct bzimage){
		.version = 0x020f, .init_size = 0x3377000, .runs_at = 0x1000000,
	};
	want.taken[PLACE_KERNEL] = pages(MIB, 0x4377000);
	want.taken[PLACE_KEEP] = pages(0x30000, 0x30400);
	want.initrd_size = 31 << 20;
	want.cmdline_size = 100;
	return 0;
}

static int kernel_fits(uint32_t size)
{
	memset(&want.taken[PLACE_KERNEL], 0xa5, sizeof(want.taken[PLACE_KERNEL]));
	return place_kernel(&want, &kernel, size);
}

static void assert_one_line(const char *a, const char *b)
{
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(a));
	assert_true(fake_log_has(b));
}

static void a_kernel_takes_from_load_to_the_end_of_init_size(void **state)
{
	(void)state;
	assert_int_equal(kernel_fits(14 << 20), 0);
	assert_int_equal(want.taken[PLACE_KERNEL].first, (MIB) / PLACE_PAGE);
	assert_int_equal(want.taken[PLACE_KERNEL].end, (0x4377000) / PLACE_PAGE);
	kernel.runs_at = MIB;
	kernel.init_size = 0x1000;		/* less than what is loaded */
	assert_int_equal(kernel_fits(14 << 20), 0);
	assert_int_equal(want.taken[PLACE_KERNEL].end, (15 * MIB) / PLACE_PAGE);
	kernel.runs_at = 0x1000;		/* below where it is loaded: believed as far as RAM is */
	assert_int_equal(kernel_fits(0x1000), 0);
	assert_int_equal(want.taken[PLACE_KERNEL].first, (0x1000) / PLACE_PAGE);
	assert_int_equal(want.taken[PLACE_KERNEL].end, (MIB + 0x1000) / PLACE_PAGE);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_kernel_without_init_size_keeps_a_distance(void **state)
{
	(void)state;
	kernel.init_size = 0;
	kernel.runs_at = MIB;
	assert_int_equal(kernel_fits(4 << 20), 0);
	assert_int_equal(want.taken[PLACE_KERNEL].end, (17 * MIB) / PLACE_PAGE);
	a_pc(8 * MIB);				/* too small for the guess: not refused for that */
	assert_int_equal(kernel_fits(4 << 20), 0);
}

static void too_little_ram_is_refused_with_both_numbers(void **state)
{
	(void)state;
	a_pc(0x4377000 + 0x40000);		/* exactly enough */
	assert_int_equal(kernel_fits(14 << 20), 0);
	a_pc(0x4377000 + 0x3f000);
	assert_int_equal(kernel_fits(14 << 20), -ENOMEM);
	assert_one_line("0x3377000", "0x4376000");
}

static void no_ram_at_the_load_address_is_refused(void **state)
{
	(void)state;
	set(MIB, 2 * MIB, E820_RESERVED);
	assert_int_equal(kernel_fits(14 << 20), -ENOMEM);
	assert_one_line("0x100000", "ends at 0x0");
}

static void a_hole_in_what_is_loaded_or_run_is_refused(void **state)
{
	(void)state;
	set(15 * MIB, 16 * MIB, E820_RESERVED);
	assert_int_equal(kernel_fits((14 << 20) + 1), -ENOMEM);
	assert_int_equal(kernel_fits(14 << 20), 0);	/* ends below it, runs above it */
	set(0x4376000, 0x4377000, E820_NVS);
	assert_int_equal(kernel_fits(14 << 20), -ENOMEM);
}

static void hostile_kernel_numbers_do_not_wrap(void **state)
{
	(void)state;
	kernel.init_size = 0xffffffff;
	assert_int_equal(kernel_fits(1), -ENOMEM);
	kernel.init_size = 0x1000;
	kernel.runs_at = UINT32_MAX;
	assert_int_equal(kernel_fits(1), -ENOMEM);
	kernel.runs_at = UINT32_MAX - 0xfff;
	assert_int_equal(kernel_fits(1), -ENOMEM);
	kernel.runs_at = MIB;
	assert_int_equal(kernel_fits(0xffffffff), -ENOMEM);
	assert_int_equal(kernel_fits(0), -ENOMEM);
	kernel.init_size = 0;
	assert_int_equal(kernel_fits(0), -ENOMEM);
	set(3 * GIB, 6 * GIB, E820_RAM);
	kernel.runs_at = UINT32_MAX - 0xfff;	/* RAM, but partly out of reach of 32-bit code */
	kernel.init_size = 0x1001;
	assert_int_equal(kernel_fits(1), -ENOMEM);
	assert_int_equal(fake_log_lines(), 7);
}

static void the_usual_addresses_are_used(void **state)
{
	(void)state;
	want.nodes = 2;
	want.node_size[0] = 48;
	want.node_size[1] = 0x1000;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.boot_params, 0x10000);
	assert_int_equal(got.cmdline, 0x20000);
	assert_int_equal(got.node[0], 0x21000);		/* the next page, and the next */
	assert_int_equal(got.node[1], 0x22000);
	assert_int_equal(got.initrd, (512 - 31) * MIB - 0x40000);
	assert_int_equal(fake_log_lines(), 0);
}

static void the_initrd_starts_on_a_page(void **state)
{
	(void)state;
	want.initrd_size = 0x12345;
	set(512 * MIB - 0x40123, 512 * MIB - 0x40000, E820_RESERVED);	/* RAM ends within a page */
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, 512 * MIB - 0x40000 - 0x1000 - 0x13000);
}

static void no_initrd_is_no_address(void **state)
{
	(void)state;
	want.initrd_size = 0;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, 0);
}

static void the_kernels_limit_holds(void **state)
{
	(void)state;
	want.initrd_limit = 0x8000000 / PLACE_PAGE;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, 0x8000000 - (31 << 20));
	want.initrd_limit = (0x4377000 + (31 << 20)) / PLACE_PAGE;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, 0x4377000);
	want.initrd_limit--;
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_one_line("0x1f00000", "0x1eff000");
}

static void a_limit_above_4_gib_is_used(void **state)
{
	(void)state;
	set(4 * GIB, 6 * GIB, E820_RAM);
	want.initrd_limit = 8 * GIB / PLACE_PAGE;
	want.node_size[0] = 0x20000;
	want.nodes = 1;
	assert_int_equal(place(&want, &got), 0);
	assert_true(got.initrd == 6 * GIB - (31 << 20));
	assert_int_equal(got.node[0], 512 * MIB - 0x40000 - 0x20000);	/* never above */
}

static void an_initrd_of_200_mib_fits_where_there_is_room(void **state)
{
	(void)state;
	want.initrd_size = 200 << 20;
	assert_int_equal(place(&want, &got), 0);
	a_pc(256 * MIB);
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_one_line("0xc800000", "0xbc49000");	/* 256 MiB - 256 KiB - 0x4377000 */
}

static void the_space_below_the_kernel_is_found(void **state)
{
	(void)state;
	want.taken[PLACE_KERNEL] = pages(64 * MIB, 512 * MIB);
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, 33 * MIB);
	want.taken[PLACE_KERNEL] = pages(32 * MIB, 512 * MIB);
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, MIB);
}

static void what_is_in_use_stays(void **state)
{
	(void)state;
	want.taken[PLACE_KEEP] = pages(500 * MIB + 1, 500 * MIB + 2);
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, 500 * MIB - (31 << 20));
	want.taken[PLACE_KEEP] = pages(0x20fff, 0x21000);
	assert_int_equal(place(&want, &got), 0);
	assert_true(got.cmdline > MIB);			/* its last byte's page is taken */
	want.taken[PLACE_KEEP] = pages(0x21000, 0x21001);
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.cmdline, 0x20000);
}

static void small_conventional_memory_sends_things_high(void **state)
{
	(void)state;
	want.nodes = 1;
	want.node_size[0] = 48;
	set(0x20010, 0xa0000, E820_RESERVED);
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.boot_params, 0x10000);
	assert_int_equal(got.cmdline, 512 * MIB - 0x41000);
	assert_int_equal(got.node[0], 512 * MIB - 0x42000);
	assert_int_equal(got.initrd, 512 * MIB - 0x42000 - (31 << 20));
	set(0x10fff, 0x11000, E820_RESERVED);
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.boot_params, 512 * MIB - 0x41000);
	assert_int_equal(got.cmdline, 512 * MIB - 0x42000);
}

static void low_things_end_where_post_may_still_work(void **state)
{
	(void)state;
	want.taken[PLACE_KEEP] = pages(0, 0);
	want.cmdline_size = 0x10000;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.cmdline, 0x20000);
	want.cmdline_size = 0x10001;
	assert_int_equal(place(&want, &got), 0);
	assert_true(got.cmdline > MIB);
	want.cmdline_size = 0xd001;
	want.nodes = 3;
	want.node_size[0] = 0x80;
	want.node_size[1] = 0x1001;		/* one byte too many */
	want.node_size[2] = 0x1000;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.node[0], 0x2e000);
	assert_true(got.node[1] > MIB);
	assert_int_equal(got.node[2], 0x2f000);
}

static void a_node_larger_than_what_is_left_goes_high(void **state)
{
	(void)state;
	want.nodes = 1;
	want.node_size[0] = 0xf000;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.node[0], 0x21000);
	want.node_size[0]++;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.node[0], 512 * MIB - 0x40000 - 0x10000);
	assert_int_equal(got.initrd, got.node[0] - (31 << 20));
}

static void neighbours_leave_no_gap(void **state)
{
	(void)state;
	want.taken[PLACE_KERNEL].end = want.limit - 0x11 - (31 << 20) / PLACE_PAGE;
	want.nodes = 1;
	want.node_size[0] = 0x10001;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.node[0], limit() - 0x11000);
	assert_int_equal(got.initrd / PLACE_PAGE, want.taken[PLACE_KERNEL].end);
	want.taken[PLACE_KERNEL].end++;
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_int_equal(got.node[0], limit() - 0x11000);
	assert_int_equal(got.initrd, 0);
	assert_one_line("initrd: 0x1f00000", "has 0x1eff000");
}

static void ram_at_the_end_of_the_address_space_does_not_wrap(void **state)
{
	(void)state;
	set(UINT64_MAX - 0x7ff, UINT64_MAX, E820_RAM);
	want.initrd_limit = UINT32_MAX;
	assert_int_equal(place(&want, &got), 0);
	assert_int_equal(got.initrd, (512 - 31) * MIB - 0x40000);
}

static void each_thing_that_does_not_fit_is_named(void **state)
{
	(void)state;
	want.taken[PLACE_KERNEL].end = want.limit;		/* nothing is left above 1 MiB */
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_one_line("initrd: 0x1f00000", "has 0x0");
	want.nodes = 1;
	want.node_size[0] = 0x10001;
	fake_log_reset();
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_one_line("setup_data: 0x10001", "has 0x0");
	want.taken[PLACE_KEEP] = pages(0x20000, 0x20001);
	fake_log_reset();
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_one_line("command line: 0x64", "has 0x0");
	want.taken[PLACE_KEEP] = pages(0x10000, 0x20001);
	fake_log_reset();
	assert_int_equal(place(&want, &got), -ENOMEM);
	assert_one_line("boot_params: 0x1000", "has 0x0");
}

/* Random machines, the same on every run. */
static uint64_t seed;

static uint64_t below(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static struct { uint64_t base, end; } given[PLACE_NODES + 6];
static uint32_t n_given;

static void give(uint64_t base, uint64_t size)
{
	given[n_given].base = base;
	given[n_given++].end = base + size;
}

static void give_pages(struct place_range range)
{
	give((uint64_t)range.first * PLACE_PAGE, (uint64_t)(range.end - range.first) * PLACE_PAGE);
}

static void assert_rules(void)
{
	n_given = 0;
	give_pages(want.taken[PLACE_KERNEL]);
	give_pages(want.taken[PLACE_KEEP]);
	give(got.boot_params, 4096);
	give(got.cmdline, align_up64(want.cmdline_size, PLACE_PAGE));
	for (uint32_t i = 0; i < want.nodes; i++)
		give(got.node[i], align_up64(want.node_size[i], PLACE_PAGE));
	for (uint32_t i = 2; i < n_given; i++)
		assert_true(given[i].end <= limit() || given[i].end <= PLACE_LOW_END);
	if (want.initrd_size) {
		assert_true(got.initrd % 4096 == 0 && got.initrd >= MIB);
		assert_true(got.initrd + want.initrd_size <= (uint64_t)want.initrd_limit * PLACE_PAGE);
		give(got.initrd, align_up64(want.initrd_size, PLACE_PAGE));
	}
	for (uint32_t i = 2; i < n_given; i++) {
		assert_true(e820_is(&map, given[i].base, given[i].end - given[i].base, E820_RAM));
		for (uint32_t j = 0; j < i; j++)
			assert_true(given[i].end <= given[j].base || given[j].end <= given[i].base ||
				    given[j].base == given[j].end);
	}
}

/* Is there a free, page-aligned place of size bytes from 1 MiB to limit? Found by trying pages. */
static bool room(uint64_t size, uint64_t limit)
{
	uint64_t run = 0;

	for (uint64_t at = MIB; at + 4096 <= limit && at < 96 * MIB; at += 4096) {
		bool is_free = e820_is(&map, at, 4096, E820_RAM);

		for (uint32_t i = 0; i < n_given; i++)
			is_free &= at + 4096 <= given[i].base || given[i].end <= at ||
				   given[i].base == given[i].end;
		run = is_free ? run + 4096 : 0;
		if (run && run >= size)
			return true;
	}
	return false;
}

static void rules_hold_on_random_machines(void **state)
{
	uint32_t placed = 0, refused = 0;

	(void)state;
	seed = 0x9e3779b97f4a7c15;
	for (uint32_t n = 0; n < 3000; n++) {
		map.count = 0;
		set(below(4) ? 0 : below(0x20000), 0x90000 + below(0x10000), E820_RAM);
		set(MIB, MIB + below(64 * MIB) + 4 * MIB, E820_RAM);
		if (below(2))
			set(4 * GIB, 4 * GIB + below(4 * GIB) + 1, E820_RAM);
		for (uint64_t holes = below(12); holes; holes--) {
			uint64_t at = below(68 * MIB);

			set(at, at + 1 + below(2 * MIB), (uint32_t)below(5));
		}
		want.limit = (uint32_t)((64 * MIB + below(8 * MIB)) / PLACE_PAGE);
		want.initrd_limit = (uint32_t)((32 * MIB + below(below(3) ? 64 * MIB : 16 * GIB)) / PLACE_PAGE);
		want.taken[PLACE_KERNEL] = pages(MIB, MIB + below(8 * MIB) + 1);
		want.taken[PLACE_KEEP].first = (uint32_t)below(17000);
		want.taken[PLACE_KEEP].end = want.taken[PLACE_KEEP].first + (uint32_t)below(3) + 1;
		want.initrd_size = (uint32_t)(below(5) ? below(32 * MIB) : 0);
		want.cmdline_size = 1 + (uint32_t)below(below(4) ? 2048 : 0x14000);
		want.nodes = (uint32_t)below(PLACE_NODES + 1);
		for (uint32_t i = 0; i < want.nodes; i++)
			want.node_size[i] = 16 + (uint32_t)below(below(4) ? 64 : 0x8000);
		fake_log_reset();
		memset(&got, 0, sizeof(got));
		if (place(&want, &got) == 0) {
			placed++;
			assert_int_equal(fake_log_lines(), 0);
			assert_rules();
		} else {
			refused++;
			assert_int_equal(fake_log_lines(), 1);
			if (!fake_log_has("initrd") || want.initrd_limit > 96 * MIB / PLACE_PAGE)
				continue;
			/* What was refused really does not fit. */
			n_given = 0;
			give_pages(want.taken[PLACE_KERNEL]);
			give_pages(want.taken[PLACE_KEEP]);
			give(got.boot_params, 4096);
			give(got.cmdline, align_up64(want.cmdline_size, PLACE_PAGE));
			for (uint32_t i = 0; i < want.nodes; i++)
				give(got.node[i], align_up64(want.node_size[i], PLACE_PAGE));
			assert_false(room(want.initrd_size, (uint64_t)want.initrd_limit * PLACE_PAGE));
		}
	}
	assert_true(placed > 1000 && refused > 100);
}

/* Placed for good after all else: in RAM, apart from it, below the limit if there is room, else as high as RAM goes. */
static void an_initrd_of_any_size_goes_where_there_is_room(void **state)
{
	uint32_t below_limit = 0, above = 0, refused = 0;

	(void)state;
	seed = 0x2545f4914f6cdd1d;
	for (uint32_t n = 0; n < 3000; n++) {
		const uint64_t top = 4 * GIB + below(40 * GIB) / PLACE_PAGE * PLACE_PAGE, size = 1 + below(below(2) ? 64 * MIB : 30 * GIB);
		const char *const why = below(3) ? NULL : "there is a reason";
		uint64_t at;

		before(NULL);
		map.count = 0;
		set(0, 0x9fc00, E820_RAM);
		set(MIB, 64 * MIB, E820_RAM);
		if (top > 4 * GIB)
			set(4 * GIB, top, E820_RAM);
		for (uint64_t holes = below(6); holes; holes--) {
			const uint64_t hole = below(5) ? MIB + below(63 * MIB) : 4 * GIB + below(40 * GIB);

			if (hole < top)
				set(hole, hole + 1 + below(MIB), E820_RESERVED);
		}
		want.limit = (uint32_t)(64 * MIB / PLACE_PAGE);
		want.initrd_limit = (uint32_t)((8 * MIB + below(56 * MIB)) / PLACE_PAGE);
		want.taken[PLACE_KERNEL] = pages(MIB, MIB + below(8 * MIB) + 1);
		want.taken[PLACE_KEEP] = pages(40 * MIB, 40 * MIB + 1);
		want.initrd_size = 0;
		want.cmdline_size = 1 + (uint32_t)below(0x14000);
		if (place(&want, &got) != 0)
			continue;
		assert_rules();
		fake_log_reset();
		at = place_initrd(&want, size, why);
		if (!at) {
			refused++;
			assert_one_line("boot: initrd: 0x", why ? "and above there is a reason; not started" : "and above neither; not started");
			assert_false(room(size, (uint64_t)want.initrd_limit * PLACE_PAGE));
			continue;
		}
		assert_int_equal(fake_log_lines(), 0);
		assert_true(at % PLACE_PAGE == 0 && at >= MIB);
		assert_true(e820_is(&map, at, align_up64(size, PLACE_PAGE), E820_RAM));
		for (uint32_t i = 0; i < n_given; i++)
			assert_true(at + size <= given[i].base || given[i].end <= at || given[i].base == given[i].end);
		if (at + size <= (uint64_t)want.initrd_limit * PLACE_PAGE) {
			below_limit++;
			continue;
		}
		above++;
		assert_null(why);
		assert_false(room(size, (uint64_t)want.initrd_limit * PLACE_PAGE));
	}
	assert_true(below_limit > 300 && above > 300 && refused > 100);
}

/* Before place(), when only the kernel and what is kept have their places: the answer of the first question is that of the second. */
static void an_initrd_can_be_asked_for_before_all_else(void **state)
{
	uint64_t first;

	(void)state;
	assert_int_equal(kernel_fits(14 << 20), 0);
	first = place_initrd(&want, 31 << 20, NULL);
	assert_true(first == limit() - (31 << 20));
	want.taken[PLACE_KEEP] = pages(first + MIB, first + MIB + 1);
	assert_int_equal(kernel_fits(14 << 20), 0);
	assert_true(place_initrd(&want, 31 << 20, NULL) == first - 30 * MIB);
	want.initrd_size = 0;
	assert_int_equal(place(&want, &got), 0);
	assert_true(place_initrd(&want, 31 << 20, NULL) == first - 30 * MIB);
	/* And is kept off by what comes after it. */
	want.taken[PLACE_KEEP] = pages(first + MIB, limit());
	assert_true(place_piece(&want, 2 * PLACE_PAGE, want.limit, "more") == first - 30 * MIB - 2 * PLACE_PAGE);
	want.count--;
	/* A row that ends beyond what can be counted in pages, and a size that cannot. */
	set(4 * GIB, UINT64_MAX, E820_RAM);
	assert_true(place_initrd(&want, 8 * GIB, NULL) == ((uint64_t)UINT32_MAX << 12) - 8 * GIB);
	assert_true(place_initrd(&want, UINT64_MAX, NULL) == 0);
	assert_one_line("boot: initrd: 0xffffffffffffffff bytes have no room in one piece below 0x1ffc0000", "and above neither");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_kernel_takes_from_load_to_the_end_of_init_size, before),
		cmocka_unit_test_setup(a_kernel_without_init_size_keeps_a_distance, before),
		cmocka_unit_test_setup(too_little_ram_is_refused_with_both_numbers, before),
		cmocka_unit_test_setup(no_ram_at_the_load_address_is_refused, before),
		cmocka_unit_test_setup(a_hole_in_what_is_loaded_or_run_is_refused, before),
		cmocka_unit_test_setup(hostile_kernel_numbers_do_not_wrap, before),
		cmocka_unit_test_setup(the_usual_addresses_are_used, before),
		cmocka_unit_test_setup(the_initrd_starts_on_a_page, before),
		cmocka_unit_test_setup(no_initrd_is_no_address, before),
		cmocka_unit_test_setup(the_kernels_limit_holds, before),
		cmocka_unit_test_setup(a_limit_above_4_gib_is_used, before),
		cmocka_unit_test_setup(an_initrd_of_200_mib_fits_where_there_is_room, before),
		cmocka_unit_test_setup(the_space_below_the_kernel_is_found, before),
		cmocka_unit_test_setup(what_is_in_use_stays, before),
		cmocka_unit_test_setup(small_conventional_memory_sends_things_high, before),
		cmocka_unit_test_setup(low_things_end_where_post_may_still_work, before),
		cmocka_unit_test_setup(a_node_larger_than_what_is_left_goes_high, before),
		cmocka_unit_test_setup(neighbours_leave_no_gap, before),
		cmocka_unit_test_setup(ram_at_the_end_of_the_address_space_does_not_wrap, before),
		cmocka_unit_test_setup(each_thing_that_does_not_fit_is_named, before),
		cmocka_unit_test_setup(an_initrd_of_any_size_goes_where_there_is_room, before),
		cmocka_unit_test_setup(an_initrd_can_be_asked_for_before_all_else, before),
		cmocka_unit_test_setup(rules_hold_on_random_machines, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
