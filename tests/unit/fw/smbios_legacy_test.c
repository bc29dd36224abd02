/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/smbios_legacy_test.c: SMBIOS of machine types up to 2.0, from item 0x8001: recorded and
 * hostile records, memory and processors of different sizes.
 *
 * LINK: src/trace/timeline.c src/fw/smbios.c src/fw/smbios_table.c src/fw/smbios_bios.c src/fw/smbios_entry.c src/fw/table_room.c src/fw/smbios_legacy.c src/fw/smbios_builders.c src/fw/smbios_records.c src/arch/checksum.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/smbios_case.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/cpu.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/fw_cfg.h"
#include "fake/log.h"
#include "fake/smbios_case.h"
#include "fw/fw_cfg.h"
#include "fw/smbios.h"
#include "lib/endian.h"
#include "machine/machine.h"

#define STATE void **state __attribute__((unused))
#define GIB (1ull << 30)

static struct smbios_found found;
static uint8_t records[SMBIOS_CASE_MAX];
static uint8_t big[0x20010];

/* These machine types have no fw_cfg DMA. */
static int setup(STATE)
{
	smbios_case_reset();
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	fake_cpuid_set(1, 0, (struct cpuid){ .eax = 0x663, .edx = 0x078bfbfd });
	return 0;
}

static void run_with(const void *bytes, uint32_t size)
{
	setup(NULL);
	fake_fw_cfg_set(FW_CFG_SMBIOS_ENTRIES, bytes, size);
	smbios_case_run();
}

static void assert_refused(const char *line)
{
	assert_false(smbios_case_find(&found));
	assert_int_equal(fake_alloc_live(ZONE_FSEG), 0);
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 0);
	if (!fake_log_has(line))
		fail_msg("no line with \"%s\"; the last is \"%s\"", line,
			 fake_log_line(fake_log_lines() - 1));
}

static const char *text(uint8_t type, uint32_t field)
{
	const uint8_t *p = smbios_case_structure(&found, type, 0);

	return smbios_case_string(p, p[field]);
}

static void the_command_line_of_pc_2_0_is_in_the_structures(STATE)
{
	static const uint8_t uuid[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
					0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0 };
	uint32_t size = smbios_case_read("legacy_2_0.records", records);
	const uint8_t *p;

	run_with(records, size);
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.entry21.major, 2);
	assert_int_equal(found.entry21.minor, 4);
	assert_int_equal(found.entry21.bcd_revision, 0x24);
	assert_int_equal(found.count, 11);
	assert_string_equal(text(0, 4), "Vend");
	assert_string_equal(text(0, 5), "v1.2-3-gabcdef0");
	p = smbios_case_structure(&found, 0, 0);
	assert_int_equal(p[20], 3);
	assert_int_equal(p[21], 5);
	assert_string_equal(text(1, 4), "Foo");
	assert_string_equal(text(1, 5), "Bar");
	assert_string_equal(text(1, 6), "pc-i440fx-2.0");
	assert_string_equal(text(1, 7), "");
	p = smbios_case_structure(&found, 1, 0);
	assert_memory_equal(p + 8, uuid, 16);
	assert_string_equal(text(3, 4), "Bochs");
	p = smbios_case_structure(&found, 4, 1);
	assert_string_equal(smbios_case_string(p, p[4]), "CPU 2");
	assert_int_equal(get_le32(p + 8), 0x663);
	assert_int_equal(get_le32(p + 12), 0x078bfbfd);
	assert_null(smbios_case_structure(&found, 4, 2));
	p = smbios_case_structure(&found, 16, 0);
	assert_int_equal(get_le32(p + 7), 512 << 10);
	p = smbios_case_structure(&found, 17, 0);
	assert_int_equal(get_le16(p + 12), 512);
	assert_string_equal(text(17, 16), "DIMM 0");
	p = smbios_case_structure(&found, 19, 0);
	assert_int_equal(get_le32(p + 4), 0);
	assert_int_equal(get_le32(p + 8), (512 << 10) - 1);
	assert_int_equal(fake_alloc_live(ZONE_TEMP), 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void without_any_wish_there_are_defaults(STATE)
{
	run_with("\0\0", 2);
	assert_true(smbios_case_find(&found));
	assert_string_equal(text(0, 4), "Slipway");
	assert_string_equal(text(1, 4), "Bochs");
	assert_string_equal(text(1, 5), "Bochs");
}

static void the_memory_of_all_sizes_is_told(STATE)
{
	static const struct {
		uint64_t low, high;	/* bytes */
		uint32_t dimms, areas, mapped, last_mib;
	} sizes[] = {
		{ 1 << 20, 0, 1, 1, 1, 1 },
		{ 3 * GIB, 2 * GIB, 1, 2, 2, 5 * 1024 },
		{ 3 * GIB, 13 * GIB, 1, 2, 2, 16 * 1024 },
		{ 3 * GIB, 14 * GIB, 2, 2, 3, 1024 },
		{ 3 * GIB, 29 * GIB, 2, 2, 3, 16 * 1024 },
		{ 3 * GIB, 1021 * GIB, 64, 2, 65, 16 * 1024 },
	};

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t n = 0;
		uint64_t sum = 0;
		const uint8_t *p;

		setup(NULL);
		machine.low_ram_end = sizes[i].low;
		machine.high_ram_end = 4 * GIB + sizes[i].high;
		smbios_case_run();
		assert_true(smbios_case_find(&found));
		for (; (p = smbios_case_structure(&found, 17, n)); n++)
			if (n == sizes[i].dimms - 1)
				assert_int_equal(get_le16(p + 12), sizes[i].last_mib);
		assert_int_equal(n, sizes[i].dimms);
		assert_int_equal(get_le16(smbios_case_structure(&found, 16, 0) + 13), n);
		for (n = 0; smbios_case_structure(&found, 19, n);)
			n++;
		assert_int_equal(n, sizes[i].areas);
		for (n = 0; (p = smbios_case_structure(&found, 20, n)); n++)
			sum += get_le32(p + 8) - get_le32(p + 4) + 1;
		assert_int_equal(n, sizes[i].mapped);
		assert_int_equal(sum << 10, sizes[i].low + sizes[i].high);
	}
}

static void every_processor_has_its_structure(STATE)
{
	const uint8_t *p;

	machine.cpus = 255;
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	p = smbios_case_structure(&found, 4, 254);
	assert_string_equal(smbios_case_string(p, p[4]), "CPU 255");
	assert_null(smbios_case_structure(&found, 4, 255));
	assert_true(found.address > 0x100000);
	p = smbios_case_structure(&found, 4, 9);
	assert_string_equal(smbios_case_string(p, p[4]), "CPU 10");
}

static void a_486_has_no_processor_id(STATE)
{
	fake_cpu.is_486 = true;
	machine.cpu_features = 0;
	machine.cpus = 1;
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(get_le32(smbios_case_structure(&found, 4, 0) + 8), 0);
}

static void whole_structures_replace_or_join_ours(STATE)
{
	/* type 2 as a new one, type 3 twice in place of ours */
	static const uint8_t bytes[] =
		"\3\0" "\x12\0\1" "\2\x8\0\2\1\0\0\0" "Board\0\0" "\x0d\0\1" "\3\5\0\3\x01" "One\0\0"
		"\x0d\0\1" "\3\5\1\3\x01" "Two\0\0";

	run_with(bytes, sizeof(bytes) - 1);
	assert_true(smbios_case_find(&found));
	assert_string_equal(text(2, 4), "Board");
	assert_string_equal(text(3, 4), "One");
	assert_non_null(smbios_case_structure(&found, 3, 1));
	assert_null(smbios_case_structure(&found, 3, 2));
}

static void a_structure_that_does_not_end_with_its_record_is_refused(STATE)
{
	static const char *const wrong[] = {
		"\1\0" "\x0d\0\1" "\3\xff\0\3\x01" "One\0\0",	/* fixed part too long */
		"\1\0" "\x0d\0\1" "\3\3\0\3\x01" "One\0\0",	/* and too short */
		"\1\0" "\x0d\0\1" "\3\5\0\3\x01" "One\0x",	/* no end */
		"\1\0" "\x0d\0\1" "\3\5\0\3\x01" "O\0\0\0\0",	/* an end too early */
	};

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		run_with(wrong[i], 15);
		assert_refused("not one whole structure");
	}
}

static void records_shorter_than_their_header_are_refused(STATE)
{
	for (uint8_t length = 0; length < 7; length++) {
		uint8_t bytes[64] = { 1, 0, length, 0, 1, 3 };

		run_with(bytes, sizeof(bytes));
		assert_refused("kind 1");
		if (length < 6) {
			bytes[4] = 0;
			run_with(bytes, sizeof(bytes));
			assert_refused("kind 0");
		}
	}
}

static void a_record_of_an_unknown_kind_is_refused(STATE)
{
	static const uint8_t bytes[64] = { 1, 0, 8, 0, 2, 3 };

	run_with(bytes, sizeof(bytes));
	assert_refused("kind 2, length 8");
}

static void a_value_without_a_nul_is_no_text(STATE)
{
	static const uint8_t bytes[] = "\1\0" "\x0a\0\0" "\1\4\0" "Evil";

	run_with(bytes, sizeof(bytes) - 1);
	assert_true(smbios_case_find(&found));
	assert_string_equal(text(1, 4), "Bochs");
}

static void a_short_uuid_is_no_uuid(STATE)
{
	static const uint8_t bytes[] = "\1\0" "\x15\0\0" "\1\x8\0" "123456789012345";
	static const uint8_t zero[16];

	run_with(bytes, sizeof(bytes) - 1);
	assert_true(smbios_case_find(&found));
	assert_memory_equal(smbios_case_structure(&found, 1, 0) + 8, zero, 16);
}

static void every_byte_of_the_records_may_be_wrong(STATE)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 6, 127, 255 };
	uint32_t size = smbios_case_read("legacy_2_0.records", records);

	for (uint32_t at = 0; at < size; at++) {
		uint8_t right = records[at];

		for (unsigned int v = 0; v < sizeof(values); v++) {
			records[at] = values[v];
			run_with(records, size);
			if (!smbios_case_find(&found))
				assert_refused("no SMBIOS");
		}
		records[at] = right;
	}
}

/* A list of n texts of 4,096 bytes for the serial number. */
static uint32_t long_list(uint32_t n)
{
	uint8_t *at = big + 2;

	memset(big, 'x', sizeof(big));
	put_le16(big, n);
	while (n--) {
		memcpy(at, "\x00\x10\0\1\7\0", 6);
		at[4095] = 0;
		at += 4096;
	}
	return at - big;
}

static void a_long_list_is_read_to_its_end_and_no_further(STATE)
{
	run_with(big, long_list(8));
	assert_true(smbios_case_find(&found));
	assert_int_equal(strlen(text(1, 7)), 4096 - 7);
	assert_true(fake_fw_cfg.port_bytes < 140000 * 2);

	run_with(big, long_list(31));
	assert_true(smbios_case_find(&found));

	run_with(big, long_list(32));		/* 131,074 bytes */
	assert_refused("more than 131072 bytes");
}

static void every_failed_allocation_is_survived(STATE)
{
	uint32_t n = 1, size = smbios_case_read("legacy_2_0.records", records);
	bool complete = false;

	for (; !complete; n++) {
		uint32_t calls;

		setup(NULL);
		fake_fw_cfg_set(FW_CFG_SMBIOS_ENTRIES, records, size);
		assert_int_equal(fw_cfg_init(), 0);
		assert_int_equal(fw_cfg_read_directory(), 0);
		calls = fake_alloc_calls();
		fake_alloc_fail_at(n);
		smbios_init();
		complete = fake_alloc_calls() - calls < n;
		if (!smbios_case_find(&found))
			assert_refused("refused by the test");
	}
	assert_true(smbios_case_find(&found));
	assert_true(n > 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
		T(the_command_line_of_pc_2_0_is_in_the_structures),
		T(without_any_wish_there_are_defaults),
		T(the_memory_of_all_sizes_is_told),
		T(every_processor_has_its_structure),
		T(a_486_has_no_processor_id),
		T(whole_structures_replace_or_join_ours),
		T(a_structure_that_does_not_end_with_its_record_is_refused),
		T(records_shorter_than_their_header_are_refused),
		T(a_record_of_an_unknown_kind_is_refused),
		T(a_value_without_a_nul_is_no_text),
		T(a_short_uuid_is_no_uuid),
		T(every_byte_of_the_records_may_be_wrong),
		T(a_long_list_is_read_to_its_end_and_no_further),
		T(every_failed_allocation_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
