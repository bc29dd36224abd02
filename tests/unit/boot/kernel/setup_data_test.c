/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/setup_data_test.c: QEMU's list behind a kernel, good and broken; the rows of a
 * large memory map.
 * LINK: src/boot/kernel/setup_data.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/setup_data.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/errno.h"

#define BASE 0x100000u
#define SIZE 0x400u		/* of the payload */

/* As QEMU 7.2 lays them out: a device tree, then the seed, which comes first in the list. */
#define DTB_AT	0x200u
#define DTB_LEN	0x100u
#define SEED_AT	(SIZE - 48)

static uint8_t *payload;	/* exactly SIZE bytes, so that reads beyond are caught */
static struct setup_node node[SETUP_NODES];

static void put(uint32_t at, uint64_t next, uint32_t type, uint32_t len)
{
	struct setup_data header = { .next = next, .type = type, .len = len };

	memcpy(payload + at, &header, sizeof(header));
}

static int before(void **state)
{
	(void)state;
	fake_log_reset();
	payload = malloc(SIZE);
	memset(payload, 0xcc, SIZE);
	memset(node, 0xa5, sizeof(node));
	put(DTB_AT, 0, SETUP_DTB, DTB_LEN);
	put(SEED_AT, BASE + DTB_AT, SETUP_RNG_SEED, 32);
	return 0;
}

static int after(void **state)
{
	(void)state;
	free(payload);
	return 0;
}

static int scan(uint64_t head)
{
	struct bzimage kernel = { .setup_data = head, .setup_sects = 1 };

	return setup_data_scan(payload, SIZE, &kernel, node);
}

static void assert_dropped(uint64_t head, const char *a, const char *b)
{
	fake_log_reset();
	assert_int_equal(scan(head), -EINVAL);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(a));
	assert_true(fake_log_has(b));
}

static void no_list_is_no_node(void **state)
{
	(void)state;
	assert_int_equal(scan(0), 0);
	assert_int_equal(setup_data_scan(NULL, 0, &(struct bzimage){ 0 }, node), 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void seed_and_device_tree_are_found(void **state)
{
	(void)state;
	assert_int_equal(scan(BASE + SEED_AT), 2);
	assert_int_equal(node[0].offset, SEED_AT);
	assert_int_equal(node[0].size, 48);
	assert_int_equal(node[1].offset, DTB_AT);
	assert_int_equal(node[1].size, 16 + DTB_LEN);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_node_may_be_empty_and_end_with_the_kernel(void **state)
{
	(void)state;
	put(SIZE - 16, 0, SETUP_DTB, 0);
	assert_int_equal(scan(BASE + SIZE - 16), 1);
	assert_int_equal(node[0].size, 16);
}

static void a_node_outside_of_the_kernel_drops_the_list(void **state)
{
	(void)state;
	assert_dropped(BASE + SIZE - 15, "0x1003f1", "0x100400");
	assert_dropped(BASE + SIZE, "0x100400", "0x100000");
	assert_dropped(BASE - 1, "0xfffff", "0x100400");
	assert_dropped(1, "0x1", "0x100400");
	assert_dropped(UINT64_MAX, "0xffffffffffffffff", "0x100400");
	assert_dropped((1ull << 32) + BASE + SEED_AT, "0x1001003d0", "0x100400");
	put(SEED_AT, BASE + SIZE, SETUP_RNG_SEED, 32);
	assert_dropped(BASE + SEED_AT, "0x100400", "dropped");
}

static void a_node_longer_than_the_kernel_drops_the_list(void **state)
{
	(void)state;
	put(SEED_AT, 0, SETUP_RNG_SEED, 33);
	assert_dropped(BASE + SEED_AT, "0x21 bytes", "0x100400");
	put(SEED_AT, 0, SETUP_RNG_SEED, 0xffffffff);
	assert_dropped(BASE + SEED_AT, "0xffffffff bytes", "0x100400");
	put(SEED_AT, 0, SETUP_RNG_SEED, 0xfffffff0);
	assert_dropped(BASE + SEED_AT, "0xfffffff0 bytes", "0x100400");
}

static void a_loop_drops_the_list(void **state)
{
	(void)state;
	put(SEED_AT, BASE + SEED_AT, SETUP_RNG_SEED, 32);
	assert_dropped(BASE + SEED_AT, "node 1 at 0x1003d0", "earlier");
	put(SEED_AT, BASE + DTB_AT, SETUP_RNG_SEED, 32);
	put(DTB_AT, BASE + SEED_AT, SETUP_DTB, DTB_LEN);
	assert_dropped(BASE + SEED_AT, "node 2 at 0x1003d0", "earlier");
}

static void nodes_that_overlap_drop_the_list(void **state)
{
	(void)state;
	put(DTB_AT, 0, SETUP_DTB, SEED_AT - DTB_AT - 16);	/* ends where the seed begins */
	assert_int_equal(scan(BASE + SEED_AT), 2);
	put(DTB_AT, 0, SETUP_DTB, SEED_AT - DTB_AT - 15);
	assert_dropped(BASE + SEED_AT, "node 1 at 0x100200", "earlier");
}

static void a_node_that_points_elsewhere_drops_the_list(void **state)
{
	(void)state;
	put(SEED_AT, 0, SETUP_INDIRECT, 32);
	assert_dropped(BASE + SEED_AT, "0x80000000", "no contents of its own");
	put(SEED_AT, 0, SETUP_INDIRECT | SETUP_RNG_SEED, 32);	/* the real form: or-ed with what it is */
	assert_dropped(BASE + SEED_AT, "0x80000009", "no contents of its own");
	put(SEED_AT, BASE + DTB_AT, SETUP_RNG_SEED, 32);
	put(DTB_AT, 0, SETUP_INDIRECT | SETUP_DTB, DTB_LEN);
	assert_dropped(BASE + SEED_AT, "0x80000002", "node 1");
}

/* What the bytes of something else look like where they are zero. */
static void an_empty_node_drops_the_list(void **state)
{
	(void)state;
	put(SEED_AT, 0, SETUP_NONE, 0);
	assert_dropped(BASE + SEED_AT, "0x1003d0", "no contents of its own");
}

static void assert_found_below(uint64_t told, uint8_t setup_sects, const char *told_text)
{
	struct bzimage kernel = { .setup_data = told, .setup_sects = setup_sects };

	fake_log_reset();
	assert_int_equal(setup_data_scan(payload, SIZE, &kernel, node), 1);
	assert_int_equal(node[0].offset, DTB_AT);
	assert_int_equal(node[0].size, SIZE - DTB_AT);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(told_text));
	assert_true(fake_log_has("found at 0x100200"));
}

/* As QEMU 10 makes it: the file's offset taken for one in memory, where the setup part is not. */
static void a_list_told_too_high_by_the_setup_part_is_found(void **state)
{
	(void)state;
	put(DTB_AT, 0, SETUP_DTB, SIZE - DTB_AT - 16);
	assert_found_below(BASE + DTB_AT + 0x400, 1, "0x100600");	/* behind the payload */
	assert_found_below(BASE + DTB_AT + 0x400, 1, "(0x400 bytes)");
	assert_found_below(BASE + DTB_AT + 0xa00, 0, "(0xa00 bytes)");
	assert_found_below(BASE + DTB_AT + 0x20000, 255, "(0x20000 bytes)");
}

static void a_told_list_is_taken_if_it_is_one(void **state)
{
	static uint8_t large[0x1000];
	struct setup_data first = { .type = SETUP_DTB, .len = 0xc00 - sizeof(first) };
	const struct setup_data second = { .type = SETUP_DTB, .len = 0x20 };
	const struct bzimage kernel = { .setup_data = BASE + 0x800, .setup_sects = 1 };

	(void)state;
	memcpy(large + 0x400, &first, sizeof(first));
	memcpy(large + 0x800, &second, sizeof(second));
	assert_int_equal(setup_data_scan(large, sizeof(large), &kernel, node), 1);
	assert_int_equal(node[0].offset, 0x800);
	assert_int_equal(fake_log_lines(), 0);
	memset(large + 0x800, 0, sizeof(second));
	assert_int_equal(setup_data_scan(large, sizeof(large), &kernel, node), 1);
	assert_int_equal(node[0].offset, 0x400);
	assert_int_equal(fake_log_lines(), 1);
	first.len--;			/* not the end of the payload: bytes of the kernel */
	memcpy(large + 0x400, &first, sizeof(first));
	assert_int_equal(setup_data_scan(large, sizeof(large), &kernel, node), -EINVAL);
}

/* Nothing below the address space, and an end of a list is no list. */
static void no_list_below_is_not_made_up(void **state)
{
	(void)state;
	assert_dropped(0x3ff, "0x3ff", "dropped");
	assert_dropped(0x400, "0x400", "dropped");
	assert_dropped(0x401, "0x401", "dropped");
	put(DTB_AT, BASE + SIZE, SETUP_DTB, 0);		/* broken in both places: told's is told */
	assert_dropped(BASE + DTB_AT + 0x400, "node 0 at 0x100600", "outside of the kernel");
}

static void more_nodes_than_qemu_makes_drop_the_list(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SETUP_NODES; i++)
		put(16 * i, i + 1 < SETUP_NODES ? BASE + 16 * (i + 1) : 0, SETUP_DTB, 0);
	assert_int_equal(scan(BASE), SETUP_NODES);
	put(16 * (SETUP_NODES - 1), BASE + 16 * SETUP_NODES, SETUP_DTB, 0);
	put(16 * SETUP_NODES, 0, SETUP_DTB, 0);
	assert_dropped(BASE, "node 8", "one too many");
}

static void rows_beyond_the_128th_make_a_node(void **state)
{
	static struct e820_entry rows[131];
	struct e820_map map = { .entry = rows, .count = 128 };
	struct { struct setup_data header; struct e820_entry row[3]; } __attribute__((packed)) ext;

	(void)state;
	for (uint32_t i = 0; i < 131; i++)
		rows[i] = (struct e820_entry){ i * 0x2000, 0x1000, 1 + i % 5 };
	assert_int_equal(setup_data_e820_size(&map), 0);
	map.count = 129;
	assert_int_equal(setup_data_e820_size(&map), 36);
	map.count = 131;
	assert_int_equal(setup_data_e820_size(&map), sizeof(ext));
	memset(&ext, 0xcc, sizeof(ext));
	setup_data_e820_fill(&map, &ext.header);
	assert_int_equal(ext.header.next, 0);
	assert_int_equal(ext.header.type, 1);
	assert_int_equal(ext.header.len, 60);
	assert_memory_equal(ext.row, rows + 128, 60);
}

/* The order is the list's, each is as it was but for its link, and the payload has nothing of them any more. */
static void nodes_are_moved_and_linked_anew(void **state)
{
	static const uint32_t at[] = { 0x3000, 0x1000 };
	const struct setup_data *seed, *dtb;

	(void)state;
	fake_ram_reset(0x4000);
	memset(fake_ram, 0x5a, 0x4000);
	assert_int_equal(scan(BASE + SEED_AT), 2);
	setup_data_move(payload, node, 2, at, 0x2000);
	seed = (const void *)(fake_ram + at[0]);
	dtb = (const void *)(fake_ram + at[1]);
	assert_true(seed->type == SETUP_RNG_SEED && seed->len == 32 && seed->next == at[1]);
	assert_true(dtb->type == SETUP_DTB && dtb->len == DTB_LEN && dtb->next == 0x2000);
	assert_int_equal(fake_ram[at[0] + 47], 0xcc);
	assert_int_equal(fake_ram[at[0] + 48], 0x5a);
	assert_int_equal(fake_ram[at[1] + sizeof(*dtb) + DTB_LEN - 1], 0xcc);
	for (uint32_t i = 0; i < SIZE; i++) {
		bool gone = i >= SEED_AT || (i >= DTB_AT && i < DTB_AT + sizeof(*dtb) + DTB_LEN);

		assert_int_equal(payload[i], gone ? 0 : 0xcc);
	}
	setup_data_move(payload, node, 0, at, 0x2000);
	assert_true(seed->next == at[1]);
	fake_ram_reset(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_list_is_no_node),
		TEST(seed_and_device_tree_are_found),
		TEST(a_node_may_be_empty_and_end_with_the_kernel),
		TEST(a_node_outside_of_the_kernel_drops_the_list),
		TEST(a_node_longer_than_the_kernel_drops_the_list),
		TEST(a_loop_drops_the_list),
		TEST(nodes_that_overlap_drop_the_list),
		TEST(a_node_that_points_elsewhere_drops_the_list),
		TEST(an_empty_node_drops_the_list),
		TEST(a_list_told_too_high_by_the_setup_part_is_found),
		TEST(a_told_list_is_taken_if_it_is_one),
		TEST(no_list_below_is_not_made_up),
		TEST(more_nodes_than_qemu_makes_drop_the_list),
		TEST(nodes_are_moved_and_linked_anew),
		TEST(rows_beyond_the_128th_make_a_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
