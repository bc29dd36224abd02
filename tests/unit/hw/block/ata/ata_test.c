/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/ata/ata_test.c: IDENTIFY data, recorded and lying.
 *
 * LINK: src/hw/block/model.c src/hw/block/ata/ata.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "hw/block/ata/ata.h"
#include "hw/block/block.h"
#include "lib/errno.h"

#define STATE void **state __attribute__((unused))

static uint16_t word[ATA_IDENTIFY_WORDS];
static struct ata_identity id;

static void load(const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/ata/%s.bin", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(word, 1, sizeof(word), f), sizeof(word));
	fclose(f);
}

static int setup(STATE)
{
	fake_ram_reset(32 << 20);
	fake_alloc_reset();
	fake_log_reset();
	load("qemu-7.2-disk-100m");
	return 0;
}

static void a_recorded_disk_is_understood(STATE)
{
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(id.sectors, 204800);
	assert_int_equal(id.sector_size, 512);
	assert_int_equal(id.chs_cylinders, 203);
	assert_int_equal(id.chs_heads, 16);
	assert_int_equal(id.chs_sectors, 63);
	assert_true(id.lba48 && id.dma);
	assert_false(id.cd || id.removable);
	assert_string_equal(id.model, "QEMU HARDDISK");
}

static void a_disk_beyond_2_tib_has_all_its_sectors(STATE)
{
	load("qemu-7.2-disk-3t");
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_true(id.sectors == 3ull << 31);
	assert_int_equal(id.sector_size, 512);
	assert_int_equal(id.chs_cylinders, 16383);
}

static void a_recorded_cd_drive_is_understood(STATE)
{
	load("qemu-7.2-cd");
	assert_int_equal(ata_identify(&id, word, true), 0);
	assert_true(id.cd && id.removable && id.dma);
	assert_int_equal(id.sectors, 0);
	assert_string_equal(id.model, "QEMU DVD-ROM");
	word[0] = (uint16_t)((word[0] & 0xe0ff) | 1 << 8);	/* a tape drive */
	assert_int_equal(ata_identify(&id, word, true), 0);
	assert_false(id.cd);
}

static void without_48_bits_the_older_words_count(STATE)
{
	word[100] = 1;
	word[101] = 0;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(id.sectors, 1);
	word[83] = 0x3400;	/* not valid */
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_false(id.lba48);
	assert_int_equal(id.sectors, 204800);
	word[83] = 0xf400;	/* not valid either */
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_false(id.lba48);
	word[60] = word[61] = 0xffff;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(id.sectors, 0xfffffff);
}

static void a_size_of_no_sectors_or_more_than_48_bits_is_not_believed(STATE)
{
	word[100] = word[101] = 0;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(id.sectors, 204800);
	word[103] = 1;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(id.sectors, 204800);
	word[60] = word[61] = 0;
	assert_int_equal(ata_identify(&id, word, false), -EINVAL);
	word[103] = 0;
	word[102] = 0xffff;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_true(id.sectors == 0xffff00000000);
}

static void sectors_are_of_512_or_4096_bytes(STATE)
{
	static const struct { uint32_t words; uint16_t flags; int rc; } rows[] = {
		{ 2048, 0x5000, 0 }, { 256, 0x5000, 0 }, { 0, 0x5000, -EINVAL }, { 257, 0x5000, -EINVAL },
		{ 4096, 0x5000, -EINVAL }, { 0x80000100, 0x5000, -EINVAL /* would wrap to 512 */ },
		{ 2048, 0x1000, 0 }, { 0, 0x9000, 0 }, { 0, 0xd000, 0 }, { 0, 0x4000, 0 },
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		word[106] = rows[i].flags;
		word[117] = (uint16_t)rows[i].words;
		word[118] = (uint16_t)(rows[i].words >> 16);
		assert_int_equal(ata_identify(&id, word, false), rows[i].rc);
	}
	word[106] = 0x700f;
	word[117] = 2048;
	word[118] = 0;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(id.sector_size, 4096);
}

static void a_disk_without_lba_is_refused(STATE)
{
	word[49] &= (uint16_t)~0x200;
	assert_int_equal(ata_identify(&id, word, false), -EINVAL);
}

static void a_geometry_that_cannot_be_is_none(STATE)
{
	static const uint16_t rows[][4] = { { 0, 16, 63, 0 }, { 1, 0, 63, 0 }, { 1, 17, 63, 0 }, { 1, 16, 0, 0 },
					    { 1, 16, 64, 0 }, { 1, 1, 1, 1 }, { 65535, 16, 63, 65535 } };

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		word[1] = rows[i][0];
		word[3] = rows[i][1];
		word[6] = rows[i][2];
		assert_int_equal(ata_identify(&id, word, false), 0);
		assert_int_equal(id.chs_cylinders, rows[i][3]);
		assert_true(!id.chs_heads == !rows[i][3] && !id.chs_sectors == !rows[i][3]);
	}
}

static void a_sum_that_is_there_must_be_right(STATE)
{
	uint8_t sum = 0, *byte = (uint8_t *)word;

	byte[510] = 0xa5;
	byte[511] = 0;
	for (int i = 0; i < 512; i++)
		sum += byte[i];
	byte[511] = (uint8_t)-sum;
	assert_int_equal(ata_identify(&id, word, false), 0);
	byte[511]++;
	assert_int_equal(ata_identify(&id, word, false), -EINVAL);
	byte[510] = 0xa6;
	assert_int_equal(ata_identify(&id, word, false), 0);
}

static void compact_flash_is_a_fixed_disk(STATE)
{
	word[0] = 0x848a;
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_false(id.removable);
}

static void a_model_is_trimmed_and_printable(STATE)
{
	char swapped[] = " A\0bc\x7f\xff\n";

	memset(&word[27], 0, 40);
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_string_equal(id.model, "");
	memset(&word[27], ' ', 40);
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_string_equal(id.model, "");
	memcpy(&word[27], swapped, 8);	/* read as "A b\0..." by pairs */
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_string_equal(id.model, "A b ?c??");
	memset(&word[27], 'x', 40);
	assert_int_equal(ata_identify(&id, word, false), 0);
	assert_int_equal(strlen(id.model), 40);
}

static void a_block_device_is_described(STATE)
{
	struct block disk = { .unit = 1 }, cd = { .unit = 0 };

	word[106] = 0x6003;
	assert_int_equal(ata_identify(&id, word, false), 0);
	ata_describe(&disk, &id);
	memset(&id, 0, sizeof(id));	/* the model was copied */
	assert_int_equal(disk.kind, BLOCK_DISK);
	assert_int_equal(disk.sectors, 204800);
	assert_int_equal(disk.sector_size, 512);
	assert_int_equal(disk.chs_cylinders, 203);
	assert_int_equal(disk.chs_heads, 16);
	assert_int_equal(disk.chs_sectors, 63);
	assert_false(disk.read_only || disk.removable);
	assert_int_equal(disk.unit, 1);
	assert_string_equal(disk.description, "QEMU HARDDISK");
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);

	load("qemu-7.2-cd");
	memset(&word[27], 0, 40);
	assert_int_equal(ata_identify(&id, word, true), 0);
	ata_describe(&cd, &id);
	assert_int_equal(cd.kind, BLOCK_CD);
	assert_int_equal(cd.sector_size, 2048);
	assert_int_equal(cd.sectors, 0);
	assert_true(cd.read_only && cd.removable);
	assert_string_equal(cd.description, "CD drive");
}

static void without_memory_the_kind_is_the_description(STATE)
{
	struct block disk = { .unit = 0 };

	assert_int_equal(ata_identify(&id, word, false), 0);
	fake_alloc_fail_at(1);
	ata_describe(&disk, &id);
	assert_string_equal(disk.description, "ATA disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_recorded_disk_is_understood, setup),
		cmocka_unit_test_setup(a_disk_beyond_2_tib_has_all_its_sectors, setup),
		cmocka_unit_test_setup(a_recorded_cd_drive_is_understood, setup),
		cmocka_unit_test_setup(without_48_bits_the_older_words_count, setup),
		cmocka_unit_test_setup(a_size_of_no_sectors_or_more_than_48_bits_is_not_believed, setup),
		cmocka_unit_test_setup(sectors_are_of_512_or_4096_bytes, setup),
		cmocka_unit_test_setup(a_disk_without_lba_is_refused, setup),
		cmocka_unit_test_setup(a_geometry_that_cannot_be_is_none, setup),
		cmocka_unit_test_setup(a_sum_that_is_there_must_be_right, setup),
		cmocka_unit_test_setup(compact_flash_is_a_fixed_disk, setup),
		cmocka_unit_test_setup(a_model_is_trimmed_and_printable, setup),
		cmocka_unit_test_setup(a_block_device_is_described, setup),
		cmocka_unit_test_setup(without_memory_the_kind_is_the_description, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
