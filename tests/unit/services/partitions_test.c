/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/partitions_test.c: tables as partitioners write them, and tables that lie.
 * LINK: src/services/partitions.c src/services/geometry.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "lib/bits.h"
#include "services/partitions.h"

#define CLIP	{ 254, 0xff, 0xff }	/* cylinder 1023, head 254, sector 63 */

static struct mbr mbr;

static int set_up(void **state)
{
	(void)state;
	memset(&mbr, 0, sizeof(mbr));
	mbr.signature = MBR_SIGNATURE;
	return 0;
}

static struct mbr_chs chs(uint32_t lba, uint32_t heads, uint32_t sectors)
{
	uint32_t cylinder = lba / (heads * sectors), head = lba / sectors % heads, sector = lba % sectors + 1;

	if (cylinder > 1023) {
		cylinder = 1023;
		head = heads - 1;
		sector = sectors;
	}
	return (struct mbr_chs){ (uint8_t)head, (uint8_t)(sector | cylinder >> 8 << 6), (uint8_t)cylinder };
}

static void put(unsigned int n, uint32_t first, uint32_t count, uint32_t heads, uint32_t sectors)
{
	uint32_t last = first + count - 1;

	mbr.partition[n] = (struct mbr_partition){ 0x80, chs(first, heads, sectors), 0x83, chs(last, heads, sectors),
						   { (uint16_t)first, (uint16_t)(first >> 16) },
						   { (uint16_t)count, (uint16_t)(count >> 16) } };
}

static void assert_told(uint64_t total, uint32_t cylinders, uint32_t heads, uint32_t sectors)
{
	struct geometry g = { 0 };

	assert_true(partitions_geometry(&mbr, total, &g));
	assert_int_equal(g.cylinders, cylinders);
	assert_int_equal(g.heads, heads);
	assert_int_equal(g.sectors, sectors);
}

static void assert_not_told(void)
{
	struct geometry g;

	assert_false(partitions_geometry(&mbr, 1 << 20, &g));
}

static void a_table_tells_how_it_was_made(void **state)
{
	static const uint32_t heads[] = { 2, 4, 8, 15, 16, 32, 64, 128, 240, 255 }, sectors[] = { 17, 32, 56, 63 };
	static const uint32_t sizes[] = { 40000, 100000, 1048576, 40000000 };

	(void)state;
	for (size_t h = 0; h < ARRAY_SIZE(heads); h++)
		for (size_t s = 0; s < ARRAY_SIZE(sectors); s++)
			for (size_t n = 0; n < ARRAY_SIZE(sizes); n++) {
				uint32_t track = heads[h] * sectors[s], firsts[] = { sectors[s], track, 1, 2048 };

				for (size_t f = 0; f < ARRAY_SIZE(firsts); f++) {
					uint32_t all = firsts[f] + sizes[n];
					struct geometry g;

					put(0, firsts[f], sizes[n], heads[h], sectors[s]);
					/* From the second track on, as partitions begin; others may fit several geometries. */
					if (f == 0 || partitions_geometry(&mbr, all, &g))
						assert_told(all, (all - 1) / track < 1023 ? (all - 1) / track + 1 : 1024, heads[h], sectors[s]);
				}
			}
}

static void as_partitioners_write_them(void **state)
{
	(void)state;
	/* fdisk: 2 GiB, start at 2048, one partition to the end */
	mbr.partition[0] = (struct mbr_partition){ 0, { 0x20, 0x21, 0x00 }, 0x83, { 0x05, 0x15, 0x05 }, { 2048, 0 }, { 0xf800, 0x3f } };
	put(0, 2048, 4194304 - 2048, 255, 63);
	assert_told(4194304, 262, 255, 63);
	/* FORMAT's of DOS: cylinders of 16 heads; an extended partition behind it */
	put(0, 63, 1008 * 500 - 63, 16, 63);
	put(1, 1008 * 500, 1008 * 200, 16, 63);
	assert_told(1008 * 700, 700, 16, 63);
	/* memory cards, small sizes */
	set_up(NULL);
	put(3, 32, 62720 - 32, 4, 32);
	assert_told(62720, 490, 4, 32);
	/* 8 GB and more: the end cannot be said, its head tells */
	set_up(NULL);
	put(0, 2048, 100000000, 255, 63);
	assert_told(200000000, 1024, 255, 63);
}

static void what_tells_nothing_is_left(void **state)
{
	struct mbr_chs none = { 0, 0, 0 }, clip = CLIP;

	(void)state;
	assert_not_told();					/* empty */
	put(0, 2048, 100000, 255, 63);
	mbr.signature = 0;
	assert_not_told();
	set_up(NULL);
	put(0, 1, 0xffffffff, 255, 63);				/* a disk with the other table */
	mbr.partition[0].type = MBR_TYPE_GPT;
	assert_not_told();
	put(0, 2048, 100000, 255, 63);				/* hybrid */
	put(1, 1, 2047, 255, 63);
	mbr.partition[1].type = MBR_TYPE_GPT;
	assert_not_told();
	set_up(NULL);
	put(0, 2048, 100000, 255, 63);				/* numbers alone */
	mbr.partition[0].start = mbr.partition[0].end = none;
	assert_not_told();
	mbr.partition[0].start = mbr.partition[0].end = clip;
	assert_not_told();
	put(0, 0, 2880, 255, 63);				/* all within the first cylinder */
	assert_not_told();
}

static void tables_that_contradict_themselves_are_left(void **state)
{
	(void)state;
	put(0, 2048, 100000, 255, 63);
	put(1, 102048, 100000, 16, 63);
	assert_not_told();
	set_up(NULL);
	put(0, 2048, 100000, 255, 63);
	mbr.partition[0].first[0]++;
	assert_not_told();
	put(0, 2048, 100000, 255, 63);
	mbr.partition[0].start.cl = 0;
	assert_not_told();
	put(0, 2048, 100000, 256, 63);				/* 256 heads: no register says so */
	assert_not_told();
	put(0, 2048, 100000, 255, 63);
	mbr.partition[0].count[0] = mbr.partition[0].count[1] = 0;
	assert_not_told();
	mbr.partition[0].count[0] = mbr.partition[0].count[1] = 0xffff;
	assert_not_told();
}

static void an_image_is_as_large_as_its_partition_says(void **state)
{
	struct geometry g;
	uint32_t sectors;

	(void)state;
	put(0, 63, 3 * 1008 - 63, 16, 63);
	assert_true(partitions_image(&mbr, &g, &sectors));
	assert_int_equal(g.cylinders, 3);
	assert_int_equal(g.heads, 16);
	assert_int_equal(sectors, 3024);
	mbr.partition[0].count[1] = 1;
	assert_true(partitions_image(&mbr, &g, &sectors));
	assert_int_equal(sectors, 63 + 3 * 1008 - 63 + 0x10000);
	mbr.partition[0].count[1] = 0xffff;
	mbr.partition[0].first[1] = 0xffff;
	assert_false(partitions_image(&mbr, &g, &sectors));
	put(0, 63, 3 * 1008 - 63, 16, 63);
	mbr.partition[0].type = MBR_TYPE_NONE;
	assert_false(partitions_image(&mbr, &g, &sectors));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_table_tells_how_it_was_made, set_up),
		cmocka_unit_test_setup(as_partitioners_write_them, set_up),
		cmocka_unit_test_setup(what_tells_nothing_is_left, set_up),
		cmocka_unit_test_setup(tables_that_contradict_themselves_are_left, set_up),
		cmocka_unit_test_setup(an_image_is_as_large_as_its_partition_says, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
