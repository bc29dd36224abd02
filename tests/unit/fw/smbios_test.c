/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/smbios_test.c: SMBIOS from QEMU's items: recorded ones, and what a wrong anchor,
 * a wrong chain, a failed read or a full zone leaves behind. Old machine types: smbios_legacy_test.c.
 *
 * LINK: src/trace/timeline.c src/fw/smbios.c src/fw/smbios_table.c src/fw/smbios_bios.c src/fw/smbios_entry.c src/fw/table_room.c src/fw/smbios_legacy.c src/fw/smbios_builders.c src/fw/smbios_records.c src/arch/checksum.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/smbios_case.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/cpu.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/fw_cfg.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/smbios_case.h"
#include "fw/fw_cfg.h"
#include "fw/smbios.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"

#define STATE void **state __attribute__((unused))

static struct smbios_found found;
static struct pci_tree tree;
static uint8_t anchor[SMBIOS_CASE_MAX], tables[SMBIOS_CASE_MAX];

/* Larger tables, made by the test. */
static uint8_t big[(1 << 20) + 1];

static int setup(STATE)
{
	smbios_case_reset();
	return 0;
}

/* Nothing published, nothing kept, and somebody said why. */
static void assert_refused(const char *line)
{
	assert_false(smbios_case_find(&found));
	assert_int_equal(fake_alloc_live(ZONE_FSEG), 0);
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 0);
	assert_int_equal(fake_alloc_live(ZONE_NVS), 0);
	if (!fake_log_has(line))
		fail_msg("no line with \"%s\"; the last is \"%s\"", line,
			 fake_log_line(fake_log_lines() - 1));
}

static void items_with_tables(const void *bytes, uint32_t size)
{
	uint32_t anchor_size = smbios_case_read("pc.anchor", anchor);

	smbios_case_items(anchor, anchor_size, bytes, size);
}

/* --- what QEMU gives ------------------------------------------------------------------------ */

static void pc_is_found_with_our_type_0(STATE)
{
	const uint8_t *bios;

	smbios_case_recorded("pc");
	machine.rsdp = 0xf5000;
	machine.pci = &tree;
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_false(found.is_30);
	assert_int_equal(found.count, 9);		/* QEMU gave 8 */
	assert_int_equal(found.entry21.major, 2);
	assert_int_equal(found.entry21.minor, 8);
	assert_int_equal(found.entry21.bcd_revision, 0x28);
	assert_int_equal(found.entry21.max_structure, 0x51);
	assert_true(found.address >= 0xf0000 && found.address < 0x100000);

	bios = smbios_case_structure(&found, 0, 0);
	assert_int_equal(bios[1], 24);
	assert_int_equal(bios[2] | bios[3] << 8, 0);	/* handle */
	assert_string_equal(smbios_case_string(bios, bios[4]), "Slipway");
	assert_string_equal(smbios_case_string(bios, bios[5]), "v1.2-3-gabcdef0");
	assert_int_equal(bios[6] | bios[7] << 8, 0xe800);
	assert_int_equal(strlen(smbios_case_string(bios, bios[8])), 10);
	assert_int_equal(smbios_case_string(bios, bios[8])[2], '/');
	assert_int_equal(bios[9], 7);			/* 512 KiB */
	assert_int_equal(bios[10], 0x80);		/* characteristics are given; PCI */
	assert_int_equal(bios[11], 0x10);		/* shadowing */
	assert_int_equal(bios[18], 1);			/* ACPI */
	assert_int_equal(bios[19], 0x14);		/* virtual machine, targeted content */
	assert_int_equal(bios[20], 1);			/* release 1.2 */
	assert_int_equal(bios[21], 2);
	assert_int_equal(bios[22], 0xff);
	assert_int_equal(bios[23], 0xff);

	/* What follows is QEMU's, byte for byte. */
	assert_int_equal(smbios_case_read("pc.tables", tables), 321);
	assert_memory_equal(fake_ram + found.address + (found.length - 321), tables, 321);
	assert_int_equal(fake_log_lines(), 0);
}

static void without_acpi_and_pci_type_0_does_not_claim_them(STATE)
{
	const uint8_t *bios;

	smbios_case_recorded("pc");
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	bios = smbios_case_structure(&found, 0, 0);
	assert_int_equal(bios[10] & 0x80, 0);
	assert_int_equal(bios[18], 0);
}

static void two_device_accesses_are_enough(STATE)
{
	uint32_t before;

	smbios_case_recorded("q35");
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	before = fake_fw_cfg.transfers;
	smbios_init();
	assert_int_equal(fake_fw_cfg.transfers - before, 2);
	assert_int_equal(fake_fw_cfg.port_bytes, 1);	/* the feature bits, before */
	assert_true(smbios_case_find(&found));
}

static void a_64_bit_anchor_is_completed(STATE)
{
	smbios_case_recorded("pc_64");
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_true(found.is_30);
	assert_int_equal(found.entry30.major, 3);
	assert_int_equal(found.entry30.revision, 1);
	assert_int_equal(found.count, 9);
	assert_non_null(smbios_case_structure(&found, 0, 0));
}

static void type_0_from_the_command_line_stays_alone(STATE)
{
	const uint8_t *bios;

	smbios_case_recorded("pc_type0");
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.count, 9);
	bios = smbios_case_structure(&found, 0, 0);
	assert_string_equal(smbios_case_string(bios, bios[4]), "Acme");
	assert_null(smbios_case_structure(&found, 0, 1));
}

static void a_type_0_with_any_handle_stays_alone(STATE)
{
	static uint8_t two[] = "\x82\x04\x01\x00\0\0\0\x18\x05\x00\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0X\0\0"
			       "\x7f\x04\x00\xfe\0";

	items_with_tables(two, sizeof(two));
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.count, 3);
	assert_int_equal(found.length, sizeof(two));
	assert_memory_equal(fake_ram + found.address, two, sizeof(two));
	assert_int_equal(fake_log_lines(), 0);
}

static void what_is_too_large_for_the_f_segment_goes_to_high_memory(STATE)
{
	smbios_case_recorded("pc_type11");
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_true(found.address > 0x100000);
	assert_int_equal(found.count, 10);
	assert_int_equal(found.largest, 0x2f22);

	smbios_case_reset();
	smbios_case_recorded("pc_smp8");
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_true(found.address > 0x100000);
	assert_non_null(smbios_case_structure(&found, 4, 7));
}

static void it_works_by_port_too(STATE)
{
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	smbios_case_recorded("pc");
	smbios_case_run();
	assert_true(smbios_case_find(&found));
}

static void microvm_has_no_items_and_gets_no_smbios(STATE)
{
	machine.chipset = CHIPSET_NONE;
	smbios_case_run();
	assert_false(smbios_case_find(&found));
	assert_int_equal(fake_alloc_calls() - fake_alloc_live_all(), 0);
	assert_int_equal(fake_log_lines(), 0);
}

/* --- handles -------------------------------------------------------------------------------- */

/* n structures of type 130 with handles from first on, then type 127. */
static uint32_t many(uint8_t *p, uint32_t n, uint32_t first)
{
	uint8_t *at = p;

	for (uint32_t i = 0; i < n; i++) {
		memcpy(at, "\x82\x04\x00\x00\x00\x00", 6);
		at[2] = first + i;
		at[3] = (first + i) >> 8;
		at += 6;
	}
	memcpy(at, "\x7f\x04\x00\xfe\x00\x00", 6);
	return at + 6 - p;
}

static void the_handle_of_type_0_is_one_nobody_has(STATE)
{
	static const uint32_t taken[] = { 1, 31, 32, 33, 100, 10000 };
	for (unsigned int i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		const uint8_t *bios;

		smbios_case_reset();
		items_with_tables(big, many(big, taken[i], 0));
		smbios_case_run();
		assert_true(smbios_case_find(&found));
		bios = smbios_case_structure(&found, 0, 0);
		assert_int_equal(bios[2] | bios[3] << 8, taken[i]);
	}
}

static void when_every_handle_is_taken_type_0_is_left_out(STATE)
{
	smbios_case_items(anchor, smbios_case_read("pc_64.anchor", anchor), big,
			  many(big, 0xff00, 0));
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_null(smbios_case_structure(&found, 0, 0));
	assert_true(fake_log_has("every handle"));
}

/* --- limits of the 2.1 entry point ---------------------------------------------------------- */

/* A table of exactly size bytes. */
static void table_of(uint8_t *p, uint32_t size)
{
	memset(p, 'x', size);
	memcpy(p, "\x82\x04\x01\x00", 4);
	memcpy(p + size - 8, "\0\0\x7f\x04\0\xfe\0\0", 8);
}

static void at_65535_bytes_a_2_1_table_is_published_without_type_0(STATE)
{
	table_of(big, 0xffff);
	items_with_tables(big, 0xffff);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.length, 0xffff);
	assert_null(smbios_case_structure(&found, 0, 0));
	assert_true(fake_log_has("no room for type 0"));
}

static void room_for_type_0_is_used_to_the_last_byte(STATE)
{
	const uint32_t bios = 24 + sizeof("Slipway") + sizeof("v1.2-3-gabcdef0") +
			      sizeof("mm/dd/yyyy") + 1;

	table_of(big, 0xffff - bios);
	items_with_tables(big, 0xffff - bios);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.length, 0xffff);
	assert_non_null(smbios_case_structure(&found, 0, 0));

	smbios_case_reset();
	table_of(big, 0xffff - bios + 1);
	items_with_tables(big, 0xffff - bios + 1);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_null(smbios_case_structure(&found, 0, 0));
}

static void above_65535_bytes_a_2_1_anchor_is_refused_and_a_3_0_anchor_is_not(STATE)
{
	table_of(big, 0x10000);
	items_with_tables(big, 0x10000);
	smbios_case_run();
	assert_refused("65536 bytes");

	smbios_case_reset();
	smbios_case_items(anchor, smbios_case_read("pc_64.anchor", anchor), big, 0x10000);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.count, 3);
}

static void tables_of_any_size_are_bounded(STATE)
{
	uint32_t anchor_size = smbios_case_read("pc_64.anchor", anchor);

	table_of(big, 1 << 20);
	smbios_case_items(anchor, anchor_size, big, 1 << 20);
	smbios_case_run();
	assert_true(smbios_case_find(&found));

	smbios_case_reset();
	table_of(big, (1 << 20) + 1);
	smbios_case_items(anchor, anchor_size, big, (1 << 20) + 1);
	smbios_case_run();
	assert_refused("1048577 bytes");

	smbios_case_reset();
	smbios_case_items(anchor, anchor_size, big, 64);
	fake_fw_cfg_claim_size("etc/smbios/smbios-tables", 0xffffffff);
	smbios_case_run();
	assert_refused("4294967295 bytes");
}

/* --- the chain ------------------------------------------------------------------------------ */

/* Offsets of the structures in a good table, and behind the last; at has room for one more. */
static uint32_t structures_at(const uint8_t *p, uint32_t size, uint32_t *at)
{
	uint32_t n = 0;

	for (uint32_t here = 0; here < size; n++) {
		at[n] = here;
		here += p[here + 1];
		while (p[here] || p[here + 1])
			here++;
		here += 2;
	}
	at[n] = size;
	return n;
}

/*
 * What is published is these structures, byte for byte, with our type 0 before them and type 127
 * behind them; the entry point's counts and sizes have been asserted. One line says why.
 */
static void assert_kept(const uint8_t *bytes, uint32_t size, uint32_t structures, const char *line)
{
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.count, 1 + structures + 1);
	assert_int_equal(*(uint8_t *)(fake_ram + found.address), 0);
	assert_memory_equal(fake_ram + found.address + (found.length - 6 - size), bytes, size);
	assert_memory_equal(fake_ram + found.address + (found.length - 6), "\x7f\x04", 2);
	assert_int_equal(fake_log_lines(), 1);
	if (!fake_log_has(line))
		fail_msg("no line with \"%s\"; it is \"%s\"", line, fake_log_line(0));
}

static void an_empty_item_leaves_type_0_and_the_end(STATE)
{
	items_with_tables("", 0);
	smbios_case_run();
	assert_kept((const uint8_t *)"", 0, 0, "no end of table in 0 bytes");
}

static void of_every_truncation_the_whole_structures_are_kept(STATE)
{
	static const char *const names[] = { "q35", "pc_type11", "pc_smp8" };

	for (unsigned int t = 0; t < sizeof(names) / sizeof(names[0]); t++) {
		char path[32];
		uint32_t size, at[64], n, whole = 0;

		snprintf(path, sizeof(path), "%s.tables", names[t]);
		size = smbios_case_read(path, tables);
		n = structures_at(tables, size, at);
		for (uint32_t cut = 0; cut < size; cut += 1 + cut / 512) {
			while (whole < n && at[whole + 1] <= cut)
				whole++;
			smbios_case_reset();
			items_with_tables(tables, cut);
			smbios_case_run();
			assert_kept(tables, at[whole], whole,
				    cut - at[whole] ? "is not whole; the table ends before it"
						    : "no end of table");
		}
	}
}

/*
 * Each byte, each wrong value of a few: what is published is a good chain (asserted by
 * smbios_case_find) that begins with the structures before the wrong byte.
 */
static void every_byte_may_be_wrong(STATE)
{
	static const uint8_t values[] = { 0, 1, 3, 4, 127, 255 };
	uint32_t size = smbios_case_read("pc.tables", tables), at[32], whole = 0, cut = 0;

	structures_at(tables, size, at);
	for (uint32_t here = 0; here < size; here++) {
		uint8_t right = tables[here];

		while (at[whole + 1] <= here)
			whole++;
		for (unsigned int v = 0; v < sizeof(values); v++) {
			const uint8_t *p;

			tables[here] = values[v];
			smbios_case_reset();
			items_with_tables(tables, size);
			smbios_case_run();
			assert_true(smbios_case_find(&found));
			assert_true(found.count >= whole + 1);
			/* Ours comes first, but where the wrong byte made a type 0 of another. */
			p = fake_ram + found.address;
			if (*p == 0 && !strcmp(smbios_case_string(p, p[4]), "Slipway"))
				p += smbios_case_size(&found, p);
			assert_memory_equal(p, tables, at[whole]);
			cut += fake_log_has("not whole") || fake_log_has("no end of table");
			assert_true(fake_log_lines() <= 1);
		}
		tables[here] = right;
	}
	assert_true(cut > 50);
}

static void before_a_length_below_4_or_past_the_end_the_table_ends(STATE)
{
	uint32_t size = smbios_case_read("q35.tables", tables), at[32];
	uint32_t n = structures_at(tables, size, at);

	assert_int_equal(n, 8);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t right = tables[at[i] + 1];

		for (uint32_t length = 0; length < 256; length++) {
			tables[at[i] + 1] = length;
			smbios_case_reset();
			items_with_tables(tables, size);
			smbios_case_run();
			if (length < 4 || length > size - at[i])
				assert_kept(tables, at[i], i, "not whole; the table ends before it");
			else
				assert_true(smbios_case_find(&found));
		}
		tables[at[i] + 1] = right;
	}
}

static void a_missing_terminator_is_noticed(STATE)
{
	uint32_t size = smbios_case_read("q35.tables", tables), at[32];
	uint32_t n = structures_at(tables, size, at);

	/* Without it the next structure is swallowed: the count tells. */
	for (uint32_t i = 0; i < n; i++) {
		tables[at[i + 1] - 1] = 'x';
		smbios_case_reset();
		items_with_tables(tables, size);
		smbios_case_run();
		if (i == n - 1) {
			assert_kept(tables, at[i], i, "not whole");
		} else {
			assert_true(smbios_case_find(&found));
			assert_true(found.count < 9 || fake_log_lines() == 1);
		}
		tables[at[i + 1] - 1] = 0;
	}
}

/*
 * QEMU 10 and 11, -smbios type=41,designation=nic,pcidev=n with n behind a root port: the structure
 * lacks its last NUL, so that type 127 reads as more of its strings.
 */
static void a_type_41_that_swallows_the_end_of_table_costs_nothing_else(STATE)
{
	static const uint8_t type_41[] = "\x29\x0b\x00\x29\x01\x83\x01\x00\x00\x00\x00nic";
	uint32_t size = smbios_case_read("q35.tables", tables), at[32];
	uint32_t n = structures_at(tables, size, at), end = at[n - 1];
	const uint8_t *p;

	memmove(tables + end + sizeof(type_41), tables + end, size - end);
	memcpy(tables + end, type_41, sizeof(type_41));
	size += sizeof(type_41);
	items_with_tables(tables, size);
	smbios_case_run();
	assert_kept(tables, size, n, "no end of table");
	p = smbios_case_structure(&found, 41, 0);
	assert_string_equal(smbios_case_string(p, p[4]), "nic");
	assert_non_null(smbios_case_structure(&found, 1, 0));
	assert_non_null(smbios_case_structure(&found, 127, 0));
}

/* Three structures of one length: where the room behind the item begins makes no difference. */
static void the_end_is_put_behind_a_table_of_any_size(STATE)
{
	for (uint32_t size = 12; size < 700; size++) {
		memset(big, 'x', size);
		memcpy(big, "\x82\x04\x01\x00\0\0\x83\x04\x02\x00", 10);
		memset(big + size - 2, 0, 2);
		smbios_case_reset();
		items_with_tables(big, size);
		smbios_case_run();
		assert_kept(big, size, 2, "no end of table");
	}
}

static void what_follows_the_end_of_table_is_cut_off(STATE)
{
	static const uint8_t three[] = "\x82\x04\x01\x00\0\0\x7f\x04\x00\xfe\0\0\x83\x04\x02\x00\0\0";

	items_with_tables(three, 18);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.count, 3);
	assert_null(smbios_case_structure(&found, 0x83, 0));
	assert_true(fake_log_has("end of table at 12 of 18"));
}

/* --- the anchor ----------------------------------------------------------------------------- */

static void an_anchor_of_another_size_is_refused(STATE)
{
	uint32_t tables_size = smbios_case_read("pc.tables", tables);

	smbios_case_read("pc.anchor", anchor);
	for (uint32_t n = 0; n <= 64; n++) {
		if (n == 31)
			continue;
		smbios_case_reset();
		smbios_case_items(anchor, n, tables, tables_size);
		smbios_case_run();
		assert_refused("anchor");
	}
}

static void a_wrong_signature_or_length_is_refused(STATE)
{
	static const struct {
		const char *name;
		uint8_t at, value;
	} wrong[] = {
		{ "pc.anchor", 0, 'X' }, { "pc.anchor", 3, 'X' }, { "pc.anchor", 16, 'X' },
		{ "pc.anchor", 20, 'X' }, { "pc.anchor", 5, 0x1d }, { "pc.anchor", 5, 0x20 },
		{ "pc.anchor", 5, 0 }, { "pc.anchor", 5, 0xff }, { "pc_64.anchor", 0, 'X' },
		{ "pc_64.anchor", 4, 'X' }, { "pc_64.anchor", 6, 0x17 },
		{ "pc_64.anchor", 6, 0x19 },
	};

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint32_t size = smbios_case_read(wrong[i].name, anchor);
		uint32_t tables_size = smbios_case_read("pc.tables", tables);

		smbios_case_reset();
		anchor[wrong[i].at] = wrong[i].value;
		smbios_case_items(anchor, size, tables, tables_size);
		smbios_case_run();
		assert_refused("wrong signature, or its length");
	}
}

static void the_erratum_length_of_30_is_accepted_and_put_right(STATE)
{
	uint32_t size = smbios_case_read("pc.anchor", anchor);
	uint32_t tables_size = smbios_case_read("pc.tables", tables);

	anchor[5] = 0x1e;
	smbios_case_items(anchor, size, tables, tables_size);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.entry21.length, 0x1f);
}

static void other_fields_of_the_anchor_are_not_believed(STATE)
{
	static const uint8_t derived[] = { 4, 8, 9, 10, 11, 15, 21, 22, 23, 24, 27, 28, 29 };
	uint32_t size = smbios_case_read("pc.anchor", anchor);
	uint32_t tables_size = smbios_case_read("pc.tables", tables);

	for (unsigned int i = 0; i < sizeof(derived); i++)
		anchor[derived[i]] ^= 0xff;
	smbios_case_items(anchor, size, tables, tables_size);
	smbios_case_run();
	assert_true(smbios_case_find(&found));
	assert_int_equal(found.count, 9);
	assert_int_equal(found.entry21.revision, 0);
	for (unsigned int i = 0; i < sizeof(found.entry21.formatted); i++)
		assert_int_equal(found.entry21.formatted[i], 0);
}

/* --- failures ------------------------------------------------------------------------------- */

static void every_failed_transfer_is_survived(STATE)
{
	bool sound = false;

	/* The client repeats a failed transfer by port, so both ways must fail to lose the item. */
	for (uint32_t n = 1; !sound; n++) {
		smbios_case_reset();
		smbios_case_recorded("pc");
		fake_fw_cfg.fail_at = n;
		assert_int_equal(fw_cfg_init(), 0);
		if (fw_cfg_read_directory() == 0)
			smbios_init();
		sound = fake_fw_cfg.transfers < n;
		if (!smbios_case_find(&found))
			assert_int_equal(fake_alloc_live(ZONE_FSEG), 0);
		assert_true(n < 20);
	}
	assert_true(smbios_case_find(&found));
}

static void every_failed_allocation_is_survived(STATE)
{
	uint32_t n = 1, complete = 0;

	for (; complete < 2; n++) {
		uint32_t calls;

		smbios_case_reset();
		smbios_case_recorded(n % 2 ? "pc" : "pc_type11");
		assert_int_equal(fw_cfg_init(), 0);
		assert_int_equal(fw_cfg_read_directory(), 0);
		calls = fake_alloc_calls();
		fake_alloc_fail_at((n + 1) / 2);
		smbios_init();
		if (fake_alloc_calls() - calls < (n + 1) / 2)
			complete++;
		else if (!smbios_case_find(&found))
			assert_refused("refused by the test");
		assert_true(n < 20);
	}
	assert_true(n > 4);
}

static void a_full_f_segment_sends_the_table_to_high_memory(STATE)
{
	smbios_case_recorded("pc");
	assert_int_equal(fw_cfg_init(), 0);
	assert_int_equal(fw_cfg_read_directory(), 0);
	fake_alloc_fail_at(1);
	smbios_init();
	assert_true(smbios_case_find(&found));
	assert_true(found.address > 0x100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
		T(pc_is_found_with_our_type_0),
		T(without_acpi_and_pci_type_0_does_not_claim_them),
		T(two_device_accesses_are_enough),
		T(a_64_bit_anchor_is_completed),
		T(type_0_from_the_command_line_stays_alone),
		T(a_type_0_with_any_handle_stays_alone),
		T(what_is_too_large_for_the_f_segment_goes_to_high_memory),
		T(it_works_by_port_too),
		T(microvm_has_no_items_and_gets_no_smbios),
		T(the_handle_of_type_0_is_one_nobody_has),
		T(when_every_handle_is_taken_type_0_is_left_out),
		T(at_65535_bytes_a_2_1_table_is_published_without_type_0),
		T(room_for_type_0_is_used_to_the_last_byte),
		T(above_65535_bytes_a_2_1_anchor_is_refused_and_a_3_0_anchor_is_not),
		T(tables_of_any_size_are_bounded),
		T(an_empty_item_leaves_type_0_and_the_end),
		T(of_every_truncation_the_whole_structures_are_kept),
		T(every_byte_may_be_wrong),
		T(before_a_length_below_4_or_past_the_end_the_table_ends),
		T(a_missing_terminator_is_noticed),
		T(a_type_41_that_swallows_the_end_of_table_costs_nothing_else),
		T(the_end_is_put_behind_a_table_of_any_size),
		T(what_follows_the_end_of_table_is_cut_off),
		T(an_anchor_of_another_size_is_refused),
		T(a_wrong_signature_or_length_is_refused),
		T(the_erratum_length_of_30_is_accepted_and_put_right),
		T(other_fields_of_the_anchor_are_not_believed),
		T(every_failed_transfer_is_survived),
		T(every_failed_allocation_is_survived),
		T(a_full_f_segment_sends_the_table_to_high_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
