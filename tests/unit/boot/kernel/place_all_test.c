/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/place_all_test.c: the placer on every small map: each of a few pages above 1 MiB is RAM or is
 * not, and every form has its pieces there, fixed and free ones (form_test.c has multiboot, which is all fixed). What
 * is placed is in RAM, below its limit, and alone; what is refused has no room where its turn comes. That is less than
 * that all have no room together: without low memory, which no machine lacks, a small piece may split the run that the
 * next one needs.
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
#include "fake/log.h"
#include "lib/bits.h"
#include "lib/errno.h"

#define PAGES	9u			/* above 1 MiB */
#define HIGH	(BZIMAGE_LOAD / PLACE_PAGE)
#define LOW_PAGES	0x30u		/* as far as pieces go */
#define ALL	(HIGH + PAGES)

static struct e820_entry rows[16];
static struct e820_map map = { .entry = rows };
static struct place_request want;
static struct placement got;
static bool in_use[ALL], ram[ALL];
static uint32_t placed, refused;

/* Low memory, in pages; bits: which of those above are RAM. Holes are of another type, or in no row. */
static void make_map(uint32_t low, uint32_t bits)
{
	memset(ram, 0, sizeof(ram));
	memset(ram, true, low);
	rows[0] = (struct e820_entry){ 0, (uint64_t)low * PLACE_PAGE, E820_RAM };
	map.count = 1;
	for (uint32_t i = 0; i < PAGES; i++) {
		const bool is = bits >> i & 1, joins = i && is == (bits >> (i - 1) & 1);
		struct e820_entry *row = &rows[map.count - joins];

		ram[HIGH + i] = is;
		if (!is && bits & 1)
			continue;
		if (!joins)
			*row = (struct e820_entry){ (uint64_t)(HIGH + i) * PLACE_PAGE, 0,
						    is ? E820_RAM : E820_RESERVED };
		row->length += PLACE_PAGE;
		map.count += !joins;
	}
}

static bool is_free(uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		if (i >= ALL || !ram[i] || in_use[i])
			return false;
	return true;
}

static bool room(uint32_t count, uint32_t limit)
{
	for (uint32_t at = HIGH; at + count <= limit; at++)
		if (is_free(at, count))
			return true;
	return false;
}

static void use(uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count && i < ALL; i++)
		in_use[i] = true;
}

/* What a piece has got: pages, its own from now on, or nothing. from: where it goes in low memory if it can. */
static void assert_piece(uint64_t address, uint32_t size, uint32_t limit, uint32_t from)
{
	const uint32_t count = (size - 1) / PLACE_PAGE + 1, at = (uint32_t)(address / PLACE_PAGE);
	const bool low = from + count <= LOW_PAGES && is_free(from, count);

	if (!address) {
		assert_false(low || room(count, limit));
		return;
	}
	assert_int_equal(address % PLACE_PAGE, 0);
	assert_true(is_free(at, count));
	assert_true(low ? at == from : at >= HIGH && at + count <= limit);
	use(at, count);
}

static void tally(int rc, bool all)
{
	assert_int_equal(rc, all ? 0 : -ENOMEM);
	assert_int_equal(fake_log_lines(), !all);
	fake_log_reset();
	placed += all;
	refused += !all;
}

/* With the kernel's place and what is kept in in_use. */
static void place_the_rest(uint32_t keep, uint32_t initrd, uint32_t initrd_limit, bool node)
{
	uint32_t low = PLACE_CMDLINE / PLACE_PAGE;

	want.taken[PLACE_KEEP] = keep ? (struct place_range){ keep, keep + 1 } : (struct place_range){ 0, 0 };
	use(keep, 1);
	want.limit = ALL;
	want.initrd_limit = initrd_limit;
	want.initrd_size = initrd * PLACE_PAGE - (initrd != 0);
	want.cmdline_size = node ? PLACE_PAGE + 1 : PLACE_PAGE;
	want.nodes = node;
	want.node_size[0] = PLACE_PAGE + 1;
	memset(&got, 0xa5, sizeof(got));
	place(&want, &got);
	assert_piece(got.boot_params, PLACE_PAGE, ALL, PLACE_BOOT_PARAMS / PLACE_PAGE);
	assert_piece(got.cmdline, want.cmdline_size, ALL, low);
	low += got.cmdline == PLACE_CMDLINE ? 1 + node : 0;
	if (node)
		assert_piece(got.node[0], want.node_size[0], ALL, low);
	if (initrd)
		assert_piece(got.initrd, want.initrd_size, initrd_limit, LOW_PAGES);
	tally(want.rc, got.boot_params && got.cmdline && (!node || got.node[0]) && (!initrd || got.initrd));
}

/* All of low memory, none that serves, so much that something goes there and something does not. */
static const uint32_t lows[] = { 0x9f, 0x10, 0x21 };

/* A bzImage of so many pages, which runs at another place in others: nothing of it can be chosen. */
static void a_bzimage(uint32_t size, uint32_t runs, uint32_t init)
{
	const struct bzimage kernel = {
		.version = 0x020f, .init_size = init * PLACE_PAGE, .runs_at = BZIMAGE_LOAD + runs * PLACE_PAGE,
	};
	const uint32_t need = init > size ? init : size;
	bool kernel_used[ALL];
	bool fits;

	want.map = &map;
	memset(in_use, 0, sizeof(in_use));
	fits = is_free(HIGH, size) && is_free(HIGH + runs, need);
	tally(place_kernel(&want, &kernel, size * PLACE_PAGE), fits);
	if (!fits)
		return;
	use(HIGH, runs + need > size ? runs + need : size);
	memcpy(kernel_used, in_use, sizeof(in_use));
	for (uint32_t keep = 0; keep < 4; keep++)
		for (uint32_t initrd = 0; initrd < 5; initrd++)
			for (uint32_t n = 0; n < 4; n++) {
				memcpy(in_use, kernel_used, sizeof(in_use));
				place_the_rest(keep ? HIGH + 3 * keep - 1 : 0, initrd, n & 1 ? ALL : ALL - 3, n & 2);
			}
}

static void a_bzimage_and_all_that_goes_with_it_on_every_map(void **state)
{
	(void)state;
	placed = refused = 0;
	for (uint32_t low = 0; low < ARRAY_SIZE(lows); low++)
		for (uint32_t bits = 0; bits < 1u << PAGES; bits++) {
			make_map(lows[low], bits);
			for (uint32_t size = 1; size < 4; size++)
				for (uint32_t n = 0; n < 6; n++)
					a_bzimage(size, 2 * (n / 2), 1 + 2 * (n % 2));
		}
	assert_true(placed > 50000 && refused > 50000);
}

/* PVH: the kernel lies where it lies, within pages; the rest is free. As pvh.c asks for it. */
static void a_fixed_kernel(uint32_t base, uint32_t size, uint32_t initrd)
{
	const uint32_t first = base / PLACE_PAGE, end = (base + size - 1) / PLACE_PAGE + 1;
	uint32_t piece[3] = { 0 };

	memset(in_use, 0, sizeof(in_use));
	if (!is_free(first, end - first))
		return;				/* that is form.c's to see */
	use(first, end - first);
	want.map = &map;
	want.taken[PLACE_KEEP] = (struct place_range){ HIGH + 4, HIGH + 5 };
	use(HIGH + 4, 1);
	place_begin(&want, base, size);
	piece[0] = place_piece(&want, 280, ALL - 1, "start info");
	assert_piece(piece[0], 280, ALL - 1, PLACE_BOOT_PARAMS / PLACE_PAGE);
	piece[1] = place_piece(&want, PLACE_PAGE, ALL - 1, "command line");
	assert_piece(piece[1], PLACE_PAGE, ALL - 1, piece[0] == PLACE_BOOT_PARAMS ? 0x11 : 0x10);
	want.low = LOW_PAGES;
	if (initrd) {
		piece[2] = place_piece(&want, initrd * PLACE_PAGE, ALL - 1, "initrd");
		assert_piece(piece[2], initrd * PLACE_PAGE, ALL - 1, LOW_PAGES);
	}
	tally(want.rc, piece[0] && piece[1] && (!initrd || piece[2]));
}

/* The n-th place: the pages above, and around what goes low. */
static uint32_t base_of(uint32_t n)
{
	return n < PAGES ? BZIMAGE_LOAD + n * PLACE_PAGE : (n - PAGES + 0xf) * PLACE_PAGE;
}

static void what_goes_with_a_kernel_that_lies_anywhere_on_every_map(void **state)
{
	static const uint32_t sizes[] = { 1, 0x1000, 0x1001, 0x2000 };

	(void)state;
	placed = refused = 0;
	for (uint32_t low = 0; low < ARRAY_SIZE(lows); low++)
		for (uint32_t bits = 0; bits < 1u << PAGES; bits++) {
			make_map(lows[low], bits);
			for (uint32_t at = 0; at < PAGES + 4; at++)
				for (uint32_t n = 0; n < 2 * ARRAY_SIZE(sizes); n++)
					for (uint32_t initrd = 0; initrd < 4; initrd++)
						a_fixed_kernel(base_of(at) + 0x7ff * (n & 1), sizes[n / 2], initrd);
		}
	assert_true(placed > 50000 && refused > 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bzimage_and_all_that_goes_with_it_on_every_map),
		cmocka_unit_test(what_goes_with_a_kernel_that_lies_anywhere_on_every_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
