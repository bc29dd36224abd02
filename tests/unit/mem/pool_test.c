/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/mem/pool_test.c: blocks in ranges, to the last byte; long random runs beside a model that has a byte for
 * each unit of memory.
 * LINK: src/mem/pool.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "lib/bits.h"
#include "mem/pool.h"

#define MAX	8
#define BASE	0x30000u
#define END	0x31000u

static const struct pool_range range = { BASE, END };
static struct pool pool;

static int empty(void **state)
{
	(void)state;
	free(pool.block);
	pool = (struct pool){ calloc(MAX, sizeof(struct pool_block)), 0, MAX };
	return 0;
}

static int done(void **state)
{
	(void)state;
	free(pool.block);
	pool.block = NULL;
	return 0;
}

static uint32_t take(uint32_t bytes, uint32_t align)
{
	return pool_take(&pool, &range, bytes, align, 7);
}

static void blocks_follow_each_other_to_the_last_byte(void **state)
{
	(void)state;
	assert_int_equal(take(1, 1), BASE);
	assert_int_equal(take(0xffe, 1), BASE + 1);
	assert_int_equal(take(2, 1), 0);
	assert_int_equal(take(1, 1), END - 1);
	assert_int_equal(take(1, 1), 0);
	assert_int_equal(pool.count, 3);
}

static void a_whole_range_is_given(void **state)
{
	(void)state;
	assert_int_equal(pool_largest(&pool, &range, 16), END - BASE);
	assert_int_equal(take(END - BASE + 1, 1), 0);
	assert_int_equal(take(END - BASE, 1), BASE);
	assert_int_equal(pool_largest(&pool, &range, 1), 0);
}

static void what_is_no_block_is_refused(void **state)
{
	static const uint32_t bad[][2] = {
		{ 0, 16 }, { 16, 0 }, { 16, 3 }, { 0xffffffff, 1 }, { 0xffffffff, 0x80000000 }, { 1, 0x80000000 },
		{ 0xfffd0000, 16 }, { 16, 0x40000 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(take(bad[i][0], bad[i][1]), 0);
	assert_int_equal(pool.count, 0);
}

static void an_empty_range_gives_nothing(void **state)
{
	static const struct pool_range none = { BASE, BASE }, turned = { END, BASE };

	(void)state;
	assert_int_equal(pool_take(&pool, &none, 1, 1, 0), 0);
	assert_int_equal(pool_take(&pool, &turned, 1, 1, 0), 0);
	assert_int_equal(pool_largest(&pool, &none, 1), 0);
	assert_int_equal(pool_largest(&pool, &turned, 1), 0);
	assert_int_equal(pool_top(&pool, &none), BASE);
}

static void the_end_of_the_address_space_does_not_wrap(void **state)
{
	static const struct pool_range top = { 0xfffff000, 0xffffffff };

	(void)state;
	assert_int_equal(pool_take(&pool, &top, 0xfff, 1, 0), 0xfffff000);
	assert_true(pool_give(&pool, 0xfffff000));
	assert_int_equal(pool_take(&pool, &top, 0xff0, 16, 0), 0xfffff000);
	assert_int_equal(pool_take(&pool, &top, 1, 16, 0), 0xfffffff0);
	assert_int_equal(pool_take(&pool, &top, 1, 16, 0), 0);
	assert_int_equal(pool_largest(&pool, &top, 16), 0);
}

static void the_list_ends(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MAX; i++)
		assert_int_equal(take(16, 16), BASE + 16 * i);
	assert_int_equal(take(16, 16), 0);
	assert_int_equal(pool_largest(&pool, &range, 16), 0);
	assert_true(pool_give(&pool, BASE + 16));
	assert_int_equal(pool_largest(&pool, &range, 16), END - BASE - MAX * 16);
	assert_int_equal(take(16, 16), BASE + 16);
}

static void what_is_given_back_is_one_with_its_neighbours(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		take(0x400, 16);
	assert_true(pool_give(&pool, BASE + 0x400));
	assert_int_equal(take(0x401, 1), 0);
	assert_true(pool_give(&pool, BASE + 0x800));
	assert_int_equal(take(0x800, 16), BASE + 0x400);
}

static void only_the_beginning_of_a_block_gives_it_back_once(void **state)
{
	(void)state;
	take(0x400, 16);
	assert_false(pool_give(&pool, BASE + 1));
	assert_false(pool_give(&pool, 0));
	assert_false(pool_give(&pool, BASE + 0x400));
	assert_true(pool_give(&pool, BASE));
	assert_false(pool_give(&pool, BASE));
}

static void blocks_are_found_by_their_handle(void **state)
{
	(void)state;
	pool_take(&pool, &range, 16, 16, 1);
	pool_take(&pool, &range, 16, 16, 2);
	pool_take(&pool, &range, 16, 16, 2);
	assert_int_equal(pool_find(&pool, 2)->start, BASE + 16);
	assert_null(pool_find(&pool, 3));
	assert_true(pool_give(&pool, BASE + 16));
	assert_int_equal(pool_find(&pool, 2)->start, BASE + 32);
}

static void blocks_of_other_ranges_are_in_nobodys_way(void **state)
{
	static const struct pool_range low = { 0x1000, 0x2000 }, around = { BASE - 0x800, END + 0x800 };

	(void)state;
	assert_int_equal(take(END - BASE, 1), BASE);
	assert_int_equal(pool_take(&pool, &low, 0x1000, 1, 0), 0x1000);
	assert_int_equal(pool_take(&pool, &around, 0x801, 1, 0), 0);
	assert_int_equal(pool_take(&pool, &around, 0x800, 1, 0), BASE - 0x800);
	assert_int_equal(pool_take(&pool, &around, 0x800, 1, 0), END);
	assert_int_equal(pool_top(&pool, &low), 0x2000);
	assert_int_equal(pool_top(&pool, &range), END);
	assert_int_equal(pool_top(&pool, &around), END + 0x800);
}

/* Where the first bytes free bytes are, aligned, in a map with a byte for each of the range; 0: nowhere. */
static uint32_t first_fit(const uint8_t *used, uint32_t bytes, uint32_t align)
{
	for (uint32_t at = align_up(BASE, align); at < END; at += align) {
		uint32_t n = 0;

		while (n < bytes && at + n < END && !used[at + n - BASE])
			n++;
		if (n == bytes)
			return at;
	}
	return 0;
}

static uint32_t longest(const uint8_t *used)
{
	uint32_t best = 0, n = 0;

	for (uint32_t i = 0; i < END - BASE; i++) {
		n = used[i] ? 0 : n + 1;
		best = n > best ? n : best;
	}
	return best;
}

static void random_runs_agree_with_the_model(void **state)
{
	static uint8_t used[END - BASE];
	struct pool_block mine[MAX];
	uint32_t count = 0;

	srand(1);
	memset(used, 0, sizeof(used));
	empty(state);
	for (uint32_t turn = 0; turn < 20000; turn++) {
		if (rand() % 2) {
			uint32_t bytes = 1 + (uint32_t)rand() % 1500, align = 1u << rand() % 10;
			uint32_t handle = (uint32_t)rand();
			uint32_t at = pool_take(&pool, &range, bytes, align, handle);

			assert_int_equal(at, count == MAX ? 0 : first_fit(used, bytes, align));
			if (!at)
				continue;
			mine[count++] = (struct pool_block){ at, bytes, handle };
			memset(used + at - BASE, 1, bytes);
		} else if (count) {
			uint32_t i = (uint32_t)rand() % count;

			assert_true(pool_find(&pool, mine[i].handle)->start == mine[i].start);
			assert_true(pool_give(&pool, mine[i].start));
			memset(used + mine[i].start - BASE, 0, mine[i].bytes);
			mine[i] = mine[--count];
		}
		assert_int_equal(pool.count, count);
		assert_int_equal(pool_largest(&pool, &range, 1), count == MAX ? 0 : longest(used));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(blocks_follow_each_other_to_the_last_byte, empty),
		cmocka_unit_test_setup(a_whole_range_is_given, empty),
		cmocka_unit_test_setup(what_is_no_block_is_refused, empty),
		cmocka_unit_test_setup(an_empty_range_gives_nothing, empty),
		cmocka_unit_test_setup(the_end_of_the_address_space_does_not_wrap, empty),
		cmocka_unit_test_setup(the_list_ends, empty),
		cmocka_unit_test_setup(what_is_given_back_is_one_with_its_neighbours, empty),
		cmocka_unit_test_setup(only_the_beginning_of_a_block_gives_it_back_once, empty),
		cmocka_unit_test_setup(blocks_are_found_by_their_handle, empty),
		cmocka_unit_test_setup(blocks_of_other_ranges_are_in_nobodys_way, empty),
		cmocka_unit_test(random_runs_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
