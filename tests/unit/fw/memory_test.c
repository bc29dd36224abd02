/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/memory_test.c: the map of each kind of machine, from the bytes QEMU gives for
 * it, and every way in which the source may lie or fail.
 * LINK: src/fw/memory.c src/mem/alloc.c src/mem/e820.c src/hw/cmos.c tests/fake/cmos.c tests/fake/e820.c tests/fake/fw_cfg_files.c tests/fake/io.c tests/fake/log.c tests/fake/ram.c
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/cmos.h"
#include "fake/e820.h"
#include "fake/fw_cfg_files.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "lib/endian.h"
#include "mem/alloc.h"
#include "machine/machine.h"
#include "fw/memory.h"

#define MIB 0x100000u

struct machine machine;

/* The numbered item 0x8003: zeros when it is not there, as the device has it. */
static uint8_t old_item[324];
static bool old_item_fails;
static uint32_t old_item_reads;

static int read_old_item(uint16_t key, void *buf, uint32_t len)
{
	assert_int_equal(key, 0x8003);
	assert_int_equal(len, sizeof(old_item));
	old_item_reads++;
	memcpy(buf, old_item, len);
	return old_item_fails ? -EIO : 0;
}

static int fresh(void **state __attribute__((unused)))
{
	fake_ram_reset(16 * MIB);
	memset(fake_ram, 0x5a, 16 * MIB);	/* leftovers of whoever ran before */
	fake_io_reset();
	fake_files_reset();
	fake_files.on_number = read_old_item;
	fake_log_reset();
	memset(&machine, 0, sizeof(machine));
	memset(old_item, 0, sizeof(old_item));
	old_item_fails = false;
	old_item_reads = 0;
	machine.start = START_RESET;
	machine.chipset = CHIPSET_I440FX;
	alloc_init(0xf4000, MIB);
	return 0;
}

/* etc/e820 in the making. */
static uint8_t file[20 * 1100];
static uint32_t file_size;

static void file_start(void) { file_size = 0; }

static void file_add(uint64_t base, uint64_t length, uint32_t type)
{
	put_le64(file + file_size, base);
	put_le64(file + file_size + 8, length);
	put_le32(file + file_size + 16, type);
	file_size += 20;
}

static int init(void)
{
	fake_files_add("etc/e820", file, file_size);
	return memory_init();
}

/* The map as the OS is told it, as text. */
static const char *text(void)
{
	memory_finish();
	return e820_text(&machine.e820);
}

#define LOW_ROWS "0-9fc00:1 9fc00-a0000:2 e0000-100000:2 "

/* pc -m 512, recorded from QEMU 7.2 (qemu64 is an AMD processor: HyperTransport hole). */
static const uint8_t pc_512[] = {
	0, 0, 0, 0, 0xfd, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 1, 0, 0, 0,
};

#define PC_512_ROWS LOW_ROWS "100000-20000000:1 fff80000-100000000:2 fd00000000-10000000000:2"

static void pc_with_512_mib(void **state __attribute__((unused)))
{
	memcpy(file, pc_512, sizeof(pc_512));
	file_size = sizeof(pc_512);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), PC_512_ROWS);
	assert_int_equal(machine.low_ram_end, 0x20000000);
	assert_true(machine.high_ram_end == 1ull << 32);
	assert_int_equal(alloc_high_bottom(), 0x20000000);
	assert_int_equal(fake_io_accesses(), 0);	/* CMOS was not asked */
	assert_int_equal(fake_files.accesses, 1);
	assert_int_equal(old_item_reads, 0);
	assert_int_equal(fake_log_lines(), 1);		/* memory: RAM ... */
}

static void q35_with_5_gib_reserves_mmconfig(void **state __attribute__((unused)))
{
	machine.chipset = CHIPSET_Q35;
	file_start();
	file_add(0xfeffc000, 0x4000, 2);
	file_add(0, 0x80000000, 1);
	file_add(1ull << 32, 0xc0000000, 1);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-80000000:1 b0000000-c0000000:2 "
					     "feffc000-ff000000:2 fff80000-100000000:2 "
					     "100000000-1c0000000:1");
	assert_int_equal(machine.low_ram_end, 0x80000000);
	assert_true(machine.high_ram_end == 0x1c0000000);
}

static void microvm_has_one_entry_from_0(void **state __attribute__((unused)))
{
	machine.chipset = CHIPSET_NONE;
	file_start();
	file_add(0, 512 * MIB, 1);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-20000000:1 fff80000-100000000:2");
}

static void rows_above_4_gib_are_kept_as_they_are(void **state __attribute__((unused)))
{
	/* AMD's HyperTransport hole at 1012 GiB moves high RAM; SGX memory is reserved */
	file_start();
	file_add(0xfeffc000, 0x4000, 2);
	file_add(0xfd00000000, 0x300000000, 2);
	file_add(0, 0xc0000000, 1);
	file_add(0x10000000000, 0x12740000000, 1);
	file_add(0x180000000, 0x4000000, 2);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-c0000000:1 feffc000-ff000000:2 "
					     "fff80000-100000000:2 180000000-184000000:2 "
					     "fd00000000-10000000000:2 "
					     "10000000000-22740000000:1");
	assert_true(machine.high_ram_end == 0x22740000000);
}

static void the_end_of_high_ram_is_not_that_of_a_reservation(void **state
							    __attribute__((unused)))
{
	file_start();
	file_add(0, 0x40000000, 1);
	file_add(1ull << 32, 0x1000, 1);
	file_add(0x200000000, 0x1000, 2);
	assert_int_equal(init(), 0);
	assert_true(machine.high_ram_end == 0x100001000);
}

static void many_numa_entries_in_odd_order_are_one_row(void **state __attribute__((unused)))
{
	file_start();
	for (uint32_t i = 64; i-- > 0;)
		file_add(i * 0x1000000ull, 0x1000000, 1);
	for (uint32_t i = 0; i < 64; i++)
		file_add((1ull << 32) + (i * 37 % 64) * 0x1000000ull, 0x1000000, 1);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-40000000:1 fff80000-100000000:2 "
					     "100000000-140000000:1");
}

static void reservations_win_over_ram_in_any_order(void **state __attribute__((unused)))
{
	for (int order = 0; order < 2; order++) {
		fresh(NULL);
		file_start();
		if (order)
			file_add(0, 0x10000000, 1);
		file_add(0x8000000, 0x1000, 2);
		file_add(0x9000000, 0x1000, 3);
		file_add(0xa000000, 0x1000, 4);
		file_add(0xb000000, 0x1000, 5);
		if (!order)
			file_add(0, 0x10000000, 1);
		assert_int_equal(init(), 0);
		assert_string_equal(text(), LOW_ROWS "100000-8000000:1 8000000-8001000:2 "
				    "8001000-9000000:1 9000000-9001000:3 9001000-a000000:1 "
				    "a000000-a001000:4 a001000-b000000:1 b000000-b001000:5 "
				    "b001000-10000000:1 fff80000-100000000:2");
		assert_int_equal(machine.low_ram_end, 0x8000000);
	}
}

static void other_types_are_passed_on_as_they_are(void **state __attribute__((unused)))
{
	static const uint32_t types[] = { 6, 7, 8, 12, 0xf0000000, 0xffffffff };

	for (uint32_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		fresh(NULL);
		file_start();
		file_add(0, 0x10000000, 1);
		file_add(0x4000000, 0x1000, types[i]);
		assert_int_equal(init(), 0);
		memory_finish();
		assert_true(e820_is(&machine.e820, 0x4000000, 0x1000, types[i]));
		assert_int_equal(fake_log_lines(), 1);
	}
}

static void type_0_is_no_type_and_reserved(void **state __attribute__((unused)))
{
	file_start();
	file_add(0, 0x10000000, 1);
	file_add(0x4000000, 0x1000, 0);
	file_add(0xfffffffffffff000, 0x1000, 0);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-4000000:1 4000000-4001000:2 4001000-10000000:1 "
					     "fff80000-100000000:2 fffffffffffff000-ffffffffffffffff:2");
	assert_true(fake_log_has("row 1: 4000000 with length 1000 has type 0"));
	assert_true(fake_log_has("row 2: "));
}

/* QEMU 11, -device sp-mem: the kernel is to know it, the firmware has no opinion about it. */
static void soft_reserved_memory_is_a_row_of_its_own(void **state __attribute__((unused)))
{
	file_start();
	file_add(0, 0x10000000, 1);
	file_add(0x100000000, 0x10000000, E820_SOFT_RESERVED);	/* behind the flash row */
	file_add(0x110000000, 0x10000000, E820_SOFT_RESERVED);	/* another device */
	file_add(0x120000000, 0x10000000, 2);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-10000000:1 fff80000-100000000:2 "
					     "100000000-110000000:efffffff "
					     "110000000-120000000:efffffff 120000000-130000000:2");
	assert_int_equal(fake_log_lines(), 1);
}

static void ram_that_wraps_is_left_out(void **state __attribute__((unused)))
{
	file_start();
	file_add(0, 0x10000000, 1);
	file_add(1ull << 32, 0xffffffff00000001, 1);
	file_add(0xfffffffffffff000, 0x2000, 2);
	file_add(0x8000000, 0, 1);
	assert_int_equal(init(), 0);
	assert_true(machine.high_ram_end == 1ull << 32);
	assert_true(fake_log_has("RAM at 100000000 with length ffffffff00000001 passes 2^64"));
	memory_finish();
	assert_true(e820_is(&machine.e820, 0xfffffffffffff000, 0xfff, E820_RESERVED));
	assert_int_equal(machine.low_ram_end, 0x10000000);
}

static void the_image_is_reserved_even_where_ram_is_said_to_be(void **state
							      __attribute__((unused)))
{
	file_start();
	file_add(0, UINT64_MAX, 1);
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-fff80000:1 fff80000-100000000:2 "
					     "100000000-ffffffffffffffff:1");
	assert_int_equal(machine.low_ram_end, 0xfff80000);
}

/* CMOS as QEMU fills it for -m 512 and, with high, 2 GiB above 4 GiB. */
static void cmos_512(bool high)
{
	fake_cmos_add();
	put_le16(fake_cmos + 0x15, 640);
	put_le16(fake_cmos + 0x30, 0xffff);	/* 63 MiB and more */
	put_le16(fake_cmos + 0x34, (512 - 16) * 16);
	if (high)
		fake_cmos[0x5c] = 0x80;
}

static void a_machine_without_the_file_has_cmos_and_old_reservations(void **state
								     __attribute__((unused)))
{
	cmos_512(true);
	put_le32(old_item, 1);
	put_le64(old_item + 4, 0xfeffc000);
	put_le64(old_item + 12, 0x4000);
	put_le32(old_item + 20, 2);
	assert_int_equal(memory_init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-20000000:1 feffc000-ff000000:2 "
					     "fff80000-100000000:2 100000000-180000000:1");
	assert_true(machine.high_ram_end == 0x180000000);
	assert_int_equal(fake_log_lines(), 1);
}

static void small_cmos_sizes_come_from_the_kib_registers(void **state __attribute__((unused)))
{
	fake_cmos_add();
	put_le16(fake_cmos + 0x15, 512);
	put_le16(fake_cmos + 0x30, 7 * 1024);
	assert_int_equal(memory_init(), 0);
	assert_string_equal(text(), "0-80000:1 9fc00-a0000:2 e0000-100000:2 100000-800000:1 "
				    "fff80000-100000000:2");
	assert_int_equal(machine.low_ram_end, 0x800000);
}

static void cmos_that_lies_is_cut_to_what_can_be(void **state __attribute__((unused)))
{
	static const uint16_t bases[] = { 0, 63, 641, 0xffff };

	for (uint32_t i = 0; i < 4; i++) {
		fresh(NULL);
		fake_cmos_add();
		put_le16(fake_cmos + 0x15, bases[i]);
		put_le16(fake_cmos + 0x34, 0xfffe);
		assert_int_equal(memory_init(), 0);
		assert_string_equal(text(), LOW_ROWS "100000-fff80000:1 fff80000-100000000:2");
		assert_int_equal(machine.low_ram_end, 0xfff80000);
		assert_int_equal(fake_log_lines(), 3);
	}
}

static void a_cmos_size_that_ends_inside_the_image_is_cut(void **state __attribute__((unused)))
{
	static const struct { uint16_t units; const char *line; } sizes[] = {
		{ 0xfef8, NULL },				/* ends where the image begins */
		{ 0xfef9, "RAM up to fff90000, below 4 GiB fff80000" },
		{ 0xff00, "RAM up to 100000000, below 4 GiB fff80000" },
	};

	for (uint32_t i = 0; i < 3; i++) {
		fresh(NULL);
		cmos_512(false);
		put_le16(fake_cmos + 0x34, sizes[i].units);
		assert_int_equal(memory_init(), 0);
		assert_int_equal(fake_log_lines(), sizes[i].line ? 1 : 0);
		assert_true(!sizes[i].line || fake_log_has(sizes[i].line));
		assert_int_equal(machine.low_ram_end, 0xfff80000);
		assert_true(machine.high_ram_end == 1ull << 32);
		assert_string_equal(text(), LOW_ROWS "100000-fff80000:1 fff80000-100000000:2");
	}
}

static void the_old_reservations_are_checked(void **state __attribute__((unused)))
{
	cmos_512(false);
	put_le32(old_item, 17);
	memset(old_item + 4, 0x11, 320);
	assert_int_equal(memory_init(), 0);
	assert_true(fake_log_has("item 0x8003: 17 entries, at most 16"));
	assert_string_equal(text(), LOW_ROWS "100000-20000000:1 fff80000-100000000:2");

	fresh(NULL);
	cmos_512(false);
	put_le32(old_item, 16);
	for (uint32_t i = 0; i < 16; i++) {
		put_le64(old_item + 4 + i * 20, 0x1000000 + i * 0x2000);
		put_le64(old_item + 12 + i * 20, 0x1000);
		put_le32(old_item + 20 + i * 20, i == 3 ? 1 : 2);
	}
	assert_int_equal(memory_init(), 0);
	memory_finish();
	assert_int_equal(machine.e820.count, 6 + 15 * 2 - 1);
	assert_int_equal(e820_type_at(&machine.e820, 0x101e000), E820_RESERVED);

	fresh(NULL);
	cmos_512(false);
	put_le32(old_item, 1);
	old_item_fails = true;
	assert_int_equal(memory_init(), 0);
	assert_string_equal(text(), LOW_ROWS "100000-20000000:1 fff80000-100000000:2");
}

static void a_bad_file_means_cmos_and_a_line(void **state __attribute__((unused)))
{
	static const struct { uint32_t size; const char *line; } bad[] = {
		{ 0, "size 0 " }, { 19, "size 19 " }, { 21, "size 21 " }, { 1030, "size 1030 " },
		{ 20 * 1025, "1025 entries, at most 1024" }, { 0xffffffff, "size 4294967295 " },
		{ 0xfffffff0, "214748364 entries" },
	};

	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh(NULL);
		cmos_512(false);
		memset(file, 0, sizeof(file));
		file_size = bad[i].size;
		assert_int_equal(init(), 0);
		assert_true(fake_log_has(bad[i].line));
		assert_true(fake_log_has("using CMOS memory size"));
		assert_int_equal(machine.low_ram_end, 0x20000000);
		assert_int_equal(fake_files.accesses, 0);
	}
}

static void an_unreadable_file_means_cmos(void **state __attribute__((unused)))
{
	cmos_512(false);
	memcpy(file, pc_512, sizeof(pc_512));
	file_size = sizeof(pc_512);
	fake_files.fail_at = 1;
	assert_int_equal(init(), 0);
	assert_true(fake_log_has("read failed"));
	assert_string_equal(text(), LOW_ROWS "100000-20000000:1 fff80000-100000000:2");
}

static void a_file_without_ram_means_cmos(void **state __attribute__((unused)))
{
	cmos_512(false);
	file_start();
	file_add(0xfeffc000, 0x4000, 2);
	file_add(0x1000, 0, 1);
	assert_int_equal(init(), 0);
	assert_true(fake_log_has("none of 2 entries is RAM"));
	assert_int_equal(machine.low_ram_end, 0x20000000);
}

static void without_file_and_rtc_there_is_no_boot(void **state __attribute__((unused)))
{
	assert_int_equal(memory_init(), -ENODEV);
	assert_true(fake_log_has("neither etc/e820 nor an RTC"));
}

static void no_ram_at_1_mib_is_survived(void **state __attribute__((unused)))
{
	file_start();
	file_add(0, 0x100000, 1);			/* -m 1 */
	assert_int_equal(init(), 0);
	assert_string_equal(text(), LOW_ROWS "fff80000-100000000:2");
	assert_int_equal(machine.low_ram_end, 0);
	assert_true(fake_log_has("no RAM at 1 MiB"));
	assert_null(alloc(ZONE_HIGH, 1, 1, "x"));
	assert_non_null(alloc(ZONE_TEMP, 1, 1, "x"));
	memory_finish();

	fresh(NULL);
	file_start();
	file_add(0, 0x100000, 1);
	file_add(0x100001, 0x1000000, 1);
	assert_int_equal(init(), 0);
	assert_int_equal(machine.low_ram_end, 0);
	memory_finish();
}

static void a_thousand_entries_fit_with_all_that_is_added(void **state __attribute__((unused)))
{
	uint64_t map_at;

	file_start();
	file_add(0, 0xc0000000, 1);
	for (uint32_t i = 1; i < 1024; i++)
		file_add(0x40000000 + i * 0x2000, 0x1000, i % 4 ? 2 : 3);
	assert_int_equal(init(), 0);
	assert_int_equal(machine.low_ram_end, 0x40002000);
	for (uint32_t i = 0; i < ALLOC_RUNS; i++)
		assert_non_null(alloc_raw(i & 1 ? ZONE_HIGH : ZONE_NVS, 4096, 1, "x"));
	assert_non_null(alloc_raw(ZONE_LOW, 16, 1, "x"));
	memory_finish();
	assert_int_equal(machine.e820.count, 2 * 1023 + 5 + ALLOC_RUNS);
	map_at = ptr_to_phys(machine.e820.entry);
	assert_true(map_at >= 0x30000 && map_at + machine.e820.count * 20 <= 0x90000);
	assert_true(e820_is(&machine.e820, 0x9f800, 0x800, E820_RESERVED));
}

static void later_allocations_touch_neither_the_list_nor_the_map(void **state
								 __attribute__((unused)))
{
	memcpy(file, pc_512, sizeof(pc_512));
	file_size = sizeof(pc_512);
	assert_int_equal(init(), 0);
	for (uint32_t i = 0; i < 64; i++)
		memset(alloc_raw(ZONE_TEMP, 4096, 1, "x"), 0xff, 4096);
	assert_string_equal(text(), PC_512_ROWS);
	memset(alloc_raw(ZONE_TEMP, 4096, 1, "x"), 0xff, 4096);
	assert_string_equal(e820_text(&machine.e820), PC_512_ROWS);
}

static void once_the_map_is_made_the_allocator_is_shut(void **state __attribute__((unused)))
{
	static const enum zone shut[] = { ZONE_LOW, ZONE_NVS, ZONE_HIGH };

	memcpy(file, pc_512, sizeof(pc_512));
	file_size = sizeof(pc_512);
	assert_int_equal(init(), 0);
	assert_non_null(alloc_raw(ZONE_NVS, 4096, 1, "before"));
	assert_non_null(alloc_raw(ZONE_LOW, 1024, 1, "before"));
	memory_finish();
	for (uint32_t i = 0; i < sizeof(shut) / sizeof(shut[0]); i++) {
		fake_log_reset();
		assert_null(alloc_raw(shut[i], 1, 1, "behind"));
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("alloc: behind: 1 bytes"));
	}
	/* what has been told stays true */
	assert_true(e820_is(&machine.e820, alloc_high_bottom(), machine.low_ram_end - alloc_high_bottom(), E820_NVS));
	assert_true(e820_is(&machine.e820, alloc_low_bottom(), 0xa0000 - alloc_low_bottom(), E820_RESERVED));
}

/* Rows of a list of n, of what is fixed, of the firmware's tables; twice that for the map. */
#define ROOM(n) (3 * ((n) + 4 + 3 * ALLOC_LAYERS) * 20)

static void no_room_for_the_map_is_an_error(void **state __attribute__((unused)))
{
	memcpy(file, pc_512, sizeof(pc_512));
	file_size = sizeof(pc_512);
	assert_non_null(alloc_raw(ZONE_TEMP, 0x60000 - ROOM(2), 4, "x"));
	assert_int_equal(init(), 0);
	assert_string_equal(text(), PC_512_ROWS);

	fresh(NULL);
	assert_non_null(alloc_raw(ZONE_TEMP, 0x60000 - ROOM(2) + 1, 1, "x"));
	assert_int_equal(init(), -ENOMEM);

	fresh(NULL);
	cmos_512(false);
	assert_non_null(alloc_raw(ZONE_TEMP, 0x60000, 1, "x"));
	assert_int_equal(memory_init(), -ENOMEM);
}

static void conventional_memory_of_another_type_is_said(void **state __attribute__((unused)))
{
	file_start();
	file_add(0, 0xa0000, 4);
	file_add(MIB, 16 * MIB, 1);
	assert_int_equal(init(), 0);
	memory_finish();
	assert_true(fake_log_has("not all of the 639 KiB conventional memory is RAM"));
}

static void the_bda_and_ebda_are_written(void **state __attribute__((unused)))
{
	memcpy(file, pc_512, sizeof(pc_512));
	file_size = sizeof(pc_512);
	assert_int_equal(init(), 0);
	assert_int_equal(get_le16(fake_ram + 0x40e), 0x9fc0);
	assert_int_equal(get_le16(fake_ram + 0x413), 639);
	assert_int_equal(fake_ram[0x9fc00], 1);
	for (uint32_t i = 0x9fc01; i < 0xa0000; i++)
		assert_int_equal(fake_ram[i], 0x5a);	/* world_init() has cleared it */
	assert_int_equal(fake_ram[0x9fbff], 0x5a);
	assert_int_equal(fake_ram[0xa0000], 0x5a);
	assert_int_equal(fake_ram[0x415], 0x5a);
}

static void what_the_firmware_keeps_is_entered_at_the_end(void **state __attribute__((unused)))
{
	file_start();
	file_add(0, 16 * MIB, 1);
	assert_int_equal(init(), 0);
	assert_non_null(alloc(ZONE_HIGH, 0x4000, 16, "log"));
	assert_non_null(alloc(ZONE_NVS, 0x20000, 64, "tables"));
	assert_non_null(alloc(ZONE_LOW, 1024, 16, "mp"));
	assert_string_equal(text(), "0-9f800:1 9f800-a0000:2 e0000-100000:2 100000-fdc000:1 "
				    "fdc000-ffc000:4 ffc000-1000000:2 fff80000-100000000:2");
	assert_int_equal(get_le16(fake_ram + 0x413), 638);
	assert_int_equal(fake_log_lines(), 1);
}

static void memory_words_that_somebody_changed_are_corrected(void **state
							     __attribute__((unused)))
{
	file_start();
	file_add(0, 16 * MIB, 1);
	file_add(0x50000, 0x1000, 2);
	assert_int_equal(init(), 0);
	put_le16(fake_ram + 0x413, 640);
	memory_finish();
	assert_int_equal(get_le16(fake_ram + 0x413), 639);
	assert_true(fake_log_has("BDA: 640 KiB conventional memory, 639 are free"));
	assert_true(fake_log_has("not all of the 639 KiB conventional memory is RAM"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pc_with_512_mib, fresh),
		cmocka_unit_test_setup(q35_with_5_gib_reserves_mmconfig, fresh),
		cmocka_unit_test_setup(microvm_has_one_entry_from_0, fresh),
		cmocka_unit_test_setup(rows_above_4_gib_are_kept_as_they_are, fresh),
		cmocka_unit_test_setup(the_end_of_high_ram_is_not_that_of_a_reservation, fresh),
		cmocka_unit_test_setup(many_numa_entries_in_odd_order_are_one_row, fresh),
		cmocka_unit_test_setup(reservations_win_over_ram_in_any_order, fresh),
		cmocka_unit_test_setup(other_types_are_passed_on_as_they_are, fresh),
		cmocka_unit_test_setup(type_0_is_no_type_and_reserved, fresh),
		cmocka_unit_test_setup(soft_reserved_memory_is_a_row_of_its_own, fresh),
		cmocka_unit_test_setup(ram_that_wraps_is_left_out, fresh),
		cmocka_unit_test_setup(the_image_is_reserved_even_where_ram_is_said_to_be, fresh),
		cmocka_unit_test_setup(a_machine_without_the_file_has_cmos_and_old_reservations,
				       fresh),
		cmocka_unit_test_setup(small_cmos_sizes_come_from_the_kib_registers, fresh),
		cmocka_unit_test_setup(cmos_that_lies_is_cut_to_what_can_be, fresh),
		cmocka_unit_test_setup(a_cmos_size_that_ends_inside_the_image_is_cut, fresh),
		cmocka_unit_test_setup(the_old_reservations_are_checked, fresh),
		cmocka_unit_test_setup(a_bad_file_means_cmos_and_a_line, fresh),
		cmocka_unit_test_setup(an_unreadable_file_means_cmos, fresh),
		cmocka_unit_test_setup(a_file_without_ram_means_cmos, fresh),
		cmocka_unit_test_setup(without_file_and_rtc_there_is_no_boot, fresh),
		cmocka_unit_test_setup(no_ram_at_1_mib_is_survived, fresh),
		cmocka_unit_test_setup(a_thousand_entries_fit_with_all_that_is_added, fresh),
		cmocka_unit_test_setup(later_allocations_touch_neither_the_list_nor_the_map, fresh),
		cmocka_unit_test_setup(once_the_map_is_made_the_allocator_is_shut, fresh),
		cmocka_unit_test_setup(no_room_for_the_map_is_an_error, fresh),
		cmocka_unit_test_setup(conventional_memory_of_another_type_is_said, fresh),
		cmocka_unit_test_setup(the_bda_and_ebda_are_written, fresh),
		cmocka_unit_test_setup(what_the_firmware_keeps_is_entered_at_the_end, fresh),
		cmocka_unit_test_setup(memory_words_that_somebody_changed_are_corrected, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
