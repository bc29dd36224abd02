/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/list/describe_test.c: devices in words, of every kind and size, also where there is little room.
 * LINK: src/boot/list/describe.c src/lib/format.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/list/describe.h"
#include "hw/block/block.h"
#include "hw/pci/config.h"
#include "lib/bits.h"

static void is(struct block block, const char *expected)
{
	char text[80], copy[80];

	describe_block(&block, text, sizeof(text));
	assert_string_equal(text, expected);
	for (uint32_t size = 1; size <= strlen(expected) + 1; size++) {
		memset(copy, '#', sizeof(copy));
		describe_block(&block, copy, size);
		assert_true(strlen(copy) < size);
		assert_memory_equal(copy, expected, strlen(copy));
		for (uint32_t i = size; i < sizeof(copy); i++)
			assert_int_equal(copy[i], '#');
	}
}

static void every_bus(void **state)
{
	(void)state;
	is((struct block){ .description = "QEMU HARDDISK", .sectors = 16 << 20, .sector_size = 512, .bus = BUS_IDE,
			   .channel = 0, .unit = 1, .bdf = 9 }, "QEMU HARDDISK, 8 GiB, IDE channel 0 drive 1");
	is((struct block){ .description = "QEMU DVD-ROM", .kind = BLOCK_CD, .sectors = 99, .sector_size = 2048,
			   .bus = BUS_AHCI, .bdf = 0xfa, .channel = 2 }, "QEMU DVD-ROM, CD, PCI 00:1f.2 port 2");
	is((struct block){ .description = "virtio disk", .sectors = 2048, .sector_size = 512, .bus = BUS_VIRTIO_PCI,
			   .bdf = 0xffff }, "virtio disk, 1 MiB, PCI ff:1f.7");
	is((struct block){ .description = "virtio disk", .sectors = 3, .sector_size = 512, .bus = BUS_VIRTIO_MMIO,
			   .mmio = 0xfeb00e00 }, "virtio disk, 1 KiB, at 0xfeb00e00");
	is((struct block){ .description = "floppy drive", .kind = BLOCK_FLOPPY, .bus = BUS_FLOPPY, .unit = 0 },
	   "floppy drive A");
	is((struct block){ .description = "floppy drive", .kind = BLOCK_FLOPPY, .bus = BUS_FLOPPY, .unit = 1 },
	   "floppy drive B");
	is((struct block){ .description = "floppyimg/dos.img", .kind = BLOCK_FLOPPY, .bus = BUS_RAM }, "floppyimg/dos.img, in RAM");
	is((struct block){ .description = "SD card", .sectors = 64 << 11, .sector_size = 512, .bus = BUS_SD, .bdf = 0x20 },
	   "SD card, 64 MiB, PCI 00:04.0");
	is((struct block){ .description = "other", .kind = BLOCK_FLOPPY, .bus = BUS_EMULATED }, "other");
}

static void every_size(void **state)
{
	static const struct { uint64_t sectors; uint32_t size; const char *is; } cases[] = {
		{ 0, 512, "d, 0 KiB" }, { 1, 512, "d, 0 KiB" }, { 2, 512, "d, 1 KiB" }, { 2046, 512, "d, 1023 KiB" },
		{ 2048, 512, "d, 1 MiB" }, { 2050, 512, "d, 1025 KiB" }, { 20478, 512, "d, 10239 KiB" },
		{ 20482, 512, "d, 10 MiB" }, { 7000 * 2048, 512, "d, 7000 MiB" }, { 1ull << 31, 512, "d, 1 TiB" },
		{ 256, 4096, "d, 1 MiB" }, { 1ull << 42, 512, "d, 2048 TiB" },
		{ 1ull << 55, 4096, "d, 134217728 TiB" }, { UINT64_MAX, 4096, "d, 134217728 TiB" },
		{ UINT64_MAX, 512, "d, 16777216 TiB" },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++)
		is((struct block){ .description = "d", .sectors = cases[i].sectors, .sector_size = cases[i].size,
				   .bus = BUS_EMULATED }, cases[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bus),
		cmocka_unit_test(every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
