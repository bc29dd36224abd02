/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/geometry_test.c: the geometry that programs see is what SeaBIOS 1.16.2 told a boot sector for
 * disks of these sizes.
 * LINK: src/services/geometry.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/bits.h"
#include "services/geometry.h"

#define MIB_SECTORS(n) ((uint64_t)(n) * 2048)

static void assert_geometry(struct geometry g, uint32_t cylinders, uint32_t heads, uint32_t sectors)
{
	assert_int_equal(g.cylinders, cylinders);
	assert_int_equal(g.heads, heads);
	assert_int_equal(g.sectors, sectors);
}

static void a_disk_that_says_nothing_has_16_heads_and_63_sectors(void **state)
{
	(void)state;
	assert_geometry(geometry_physical(MIB_SECTORS(5)), 10, 16, 63);
	assert_geometry(geometry_physical(MIB_SECTORS(4100)), 8330, 16, 63);
	assert_geometry(geometry_physical(MIB_SECTORS(9000)), 16383, 16, 63);
	assert_geometry(geometry_physical(UINT64_MAX), 16383, 16, 63);
	assert_geometry(geometry_physical(0), 1, 16, 63);
	assert_geometry(geometry_physical(1), 1, 16, 63);
}

static void without_a_word_on_it_translation_is_as_recorded(void **state)
{
	static const struct { uint32_t mib, cylinders, heads; } recorded[] = {
		{ 5, 10, 16 }, { 100, 203, 16 }, { 500, 1015, 16 }, { 505, 513, 32 }, { 520, 528, 32 }, { 600, 609, 32 },
		{ 1000, 1015, 32 }, { 1023, 519, 64 }, { 2100, 533, 128 }, { 4048, 1024, 128 }, { 4064, 518, 255 },
		{ 4100, 522, 255 }, { 8000, 1019, 255 }, { 9000, 1024, 255 }, { 102400, 1024, 255 }, { 3145728, 1024, 255 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(recorded); i++) {
		uint64_t total = MIB_SECTORS(recorded[i].mib);
		struct geometry physical = geometry_physical(total);

		assert_geometry(geometry_translate(&physical, total, geometry_translation(&physical)),
				recorded[i].cylinders, recorded[i].heads, 63);
	}
}

static void what_cmos_asks_for_is_done_as_recorded(void **state)
{
	static const struct { uint32_t mib; enum translation how; uint32_t cylinders, heads; } recorded[] = {
		{ 600, TRANSLATE_NONE, 1024, 16 }, { 600, TRANSLATE_LBA, 609, 32 }, { 600, TRANSLATE_LARGE, 609, 32 },
		{ 600, TRANSLATE_RECHS, 650, 30 }, { 480, TRANSLATE_RECHS, 520, 30 },
		{ 100, TRANSLATE_RECHS, 216, 15 }, { 4100, TRANSLATE_LBA, 522, 255 }, { 4100, TRANSLATE_LARGE, 1024, 128 },
		{ 4100, TRANSLATE_RECHS, 555, 240 }, { 9000, TRANSLATE_LARGE, 1024, 128 }, { 9000, TRANSLATE_RECHS, 1024, 240 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(recorded); i++) {
		uint64_t total = MIB_SECTORS(recorded[i].mib);
		struct geometry physical = geometry_physical(total);

		assert_geometry(geometry_translate(&physical, total, recorded[i].how), recorded[i].cylinders,
				recorded[i].heads, 63);
	}
}

/* Whatever a drive says of itself, the registers hold the result. */
static void every_result_fits(void **state)
{
	static const uint32_t edge[] = { 0, 1, 15, 16, 17, 63, 64, 127, 128, 254, 255, 256, 1023, 1024, 1025, 16383, 65535 };
	static const uint64_t totals[] = { 0, 1, 62, 63, 1008, 16514064, 0xffffffff, 0x100000000, UINT64_MAX };

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(edge); c++)
		for (size_t h = 0; h < ARRAY_SIZE(edge); h++)
			for (size_t s = 0; s < ARRAY_SIZE(edge); s++)
				for (size_t t = 0; t < ARRAY_SIZE(totals); t++)
					for (int how = TRANSLATE_NONE; how <= TRANSLATE_RECHS; how++) {
						struct geometry p = { edge[c], (uint16_t)edge[h], (uint16_t)edge[s] };
						struct geometry g = geometry_translate(&p, totals[t], (enum translation)how);

						assert_true(geometry_fits(&g));
						(void)geometry_translation(&p);
					}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_that_says_nothing_has_16_heads_and_63_sectors),
		cmocka_unit_test(without_a_word_on_it_translation_is_as_recorded),
		cmocka_unit_test(what_cmos_asks_for_is_done_as_recorded),
		cmocka_unit_test(every_result_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
