/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/fpdt_test.c: the FPDT is linked into every root table there is, and whatever is wrong
 * leaves ACPI as it was.
 * LINK: src/fw/fpdt.c src/trace/timeline.c src/arch/checksum.c tests/fake/alloc.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "hw/tsc_rate.h"
#include "lib/checksum.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "machine/machine.h"
#include "trace/timeline.h"
#include "std/fpdt.h"

#define RSDP	0xf0100u
#define RSDT	where
#define XSDT	(where + 0x1000)
#define TABLE	(where + 0x2000)	/* some table, every entry points to it */

#define STATICS	0xf0000000u	/* where the firmware's RAM is here */

struct machine machine;
static struct fw_cfg_item known[FW_CFG_FILES];

static uint32_t where, khz, begins, ends;
static bool off;
static struct acpi_rsdp *rsdp;
static uint8_t before[0x20000];

bool tsc_rate_begin(void)
{
	begins++;
	return true;
}

uint32_t tsc_rate_end(uint32_t *pm_ticks, uint32_t *unsure)
{
	ends++;
	*pm_ticks = 77;
	*unsure = 7;
	return khz;
}

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	*item = known[file];
	return item->key ? 0 : -ENOENT;
}

bool fw_cfg_says_off(enum fw_cfg_file file, const struct fw_cfg_item *item)
{
	assert_int_equal(file, FW_CFG_FPDT);
	assert_int_equal(item->key, 0x2f);
	return off;
}

/* A root table with that many entries of that many bytes. */
static void make_root(uint32_t phys, const char *signature, uint32_t entries, uint32_t size)
{
	struct acpi_header *h = phys_to_ptr(phys);
	uint8_t *entry = (uint8_t *)(h + 1);

	memcpy(h->signature, signature, 4);
	h->length = sizeof(*h) + entries * size;
	h->revision = 1;
	memcpy(h->oem_id, "BOCHS ", 6);
	for (uint32_t i = 0; i < entries; i++)
		memcpy(entry + i * size, &(uint32_t){ TABLE }, 4);
	h->checksum = 0;
	h->checksum = (uint8_t)-checksum8(h, h->length);
}

static void finish_rsdp(void)
{
	rsdp->checksum = rsdp->extended_checksum = 0;
	rsdp->checksum = (uint8_t)-checksum8(rsdp, ACPI_RSDP1_SIZE);
	if (rsdp->revision)
		rsdp->extended_checksum = (uint8_t)-checksum8(rsdp, sizeof(*rsdp));
}

static void make_rsdp(uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
	memset(rsdp, 0, sizeof(*rsdp));
	memcpy(rsdp->signature, "RSD PTR ", 8);
	rsdp->revision = revision;
	rsdp->rsdt = rsdt;
	if (revision) {
		rsdp->length = sizeof(*rsdp);
		rsdp->xsdt = xsdt;
	}
	finish_rsdp();
}

static void make_tables_at(uint32_t phys)
{
	where = phys;
	memcpy(phys_to_ptr(TABLE), "APIC", 4);
	make_root(RSDT, "RSDT", 4, 4);
	make_root(XSDT, "XSDT", 3, 8);
	make_rsdp(0, RSDT, 0);
}

static int setup(void **state)
{
	(void)state;
	fake_ram_reset(4u << 20);
	fake_ram_map_statics(STATICS);
	fake_alloc_reset();
	fake_log_reset();
	fake_cpu_reset();
	memset(&machine, 0, sizeof(machine));
	memset(known, 0, sizeof(known));
	known[FW_CFG_TABLE_LOADER].key = 0x21;
	machine.rsdp = RSDP;
	memset(&timeline, 0, sizeof(timeline));
	timeline_init(true, 0);
	timeline.begin[PHASE_KIND_OF_START] = 1000;
	khz = 1000000;
	begins = ends = 0;
	off = false;
	rsdp = phys_to_ptr(RSDP);
	make_tables_at(0x110000);
	return 0;
}

static void remember(void)
{
	memcpy(before, fake_ram + where, 0x3000);
	memcpy(before + 0x3000, rsdp, sizeof(*rsdp));
}

static void run(void)
{
	remember();
	fpdt_begin();
	fpdt_init();
}

static void nothing_has_changed(void)
{
	assert_memory_equal(before, fake_ram + where, 0x3000);
	assert_memory_equal(before + 0x3000, rsdp, sizeof(*rsdp));
	assert_int_equal(fake_alloc_live_all(), 0);
	fpdt_finish();			/* must not write anywhere either */
}

/* The root table at phys has one entry more than old, an FPDT; returns that. */
static const struct acpi_fpdt *check_root(uint32_t phys, uint32_t old, uint32_t size)
{
	const struct acpi_header *h = phys_to_ptr(phys), *o = phys_to_ptr(old);
	const struct acpi_fpdt *fpdt;
	uint64_t entry = 0;

	assert_true(phys != old && phys % 8 == 0 && fake_alloc_owns(phys, h->length));
	assert_int_equal(h->length, o->length + size);
	assert_int_equal(checksum8(h, h->length), 0);
	assert_memory_equal(h->signature, o->signature, 4);
	assert_memory_equal(h->oem_id, o->oem_id, 6);
	assert_memory_equal(h + 1, o + 1, o->length - sizeof(*o));
	memcpy(&entry, (const uint8_t *)h + o->length, size);
	fpdt = phys_to_ptr((uint32_t)entry);
	assert_int_equal(entry >> 32, 0);
	assert_memory_equal(fpdt->header.signature, "FPDT", 4);
	return fpdt;
}

static const struct acpi_fbpt *check_fpdt(const struct acpi_fpdt *fpdt)
{
	const struct acpi_fbpt *fbpt = phys_to_ptr((uint32_t)fpdt->fbpt);

	assert_int_equal(fpdt->header.length, 52);
	assert_int_equal(fpdt->header.revision, 1);
	assert_int_equal(checksum8(fpdt, 52), 0);
	assert_int_equal(fpdt->type, 0);
	assert_int_equal(fpdt->record_length, 16);
	assert_int_equal(fpdt->record_revision, 1);
	assert_int_equal(fpdt->reserved, 0);
	assert_true(fpdt->fbpt % 8 == 0 && fpdt->fbpt >= STATICS);
	assert_memory_equal(fbpt->signature, "FBPT", 4);
	assert_int_equal(fbpt->length, 56);
	assert_int_equal(fbpt->boot.type, 2);
	assert_int_equal(fbpt->boot.length, 48);
	assert_int_equal(fbpt->boot.revision, 2);
	return fbpt;
}

static void old_roots_are_intact(void)
{
	assert_memory_equal(before, fake_ram + where, 0x3000);
	assert_int_equal(checksum8(rsdp, ACPI_RSDP1_SIZE), 0);
	if (rsdp->revision)
		assert_int_equal(checksum8(rsdp, sizeof(*rsdp)), 0);
	assert_int_equal(fake_alloc_live(where < 0x100000 ? ZONE_FSEG : ZONE_NVS), 1);
	assert_int_equal(fake_alloc_live_all(), 1);
}

static void an_rsdt_gets_an_entry(void **state)
{
	(void)state;
	run();
	old_roots_are_intact();
	check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
	assert_int_equal(timeline.khz, khz);
	assert_int_equal(timeline.pm_ticks, 77);
	assert_int_equal(timeline.unsure, 7);
}

static void an_xsdt_alone_gets_an_entry(void **state)
{
	(void)state;
	make_rsdp(2, 0, XSDT);
	run();
	old_roots_are_intact();
	assert_int_equal(rsdp->rsdt, 0);
	check_fpdt(check_root((uint32_t)rsdp->xsdt, XSDT, 8));
}

static void both_get_the_same_table(void **state)
{
	const struct acpi_fpdt *a, *b;

	(void)state;
	make_rsdp(2, RSDT, XSDT);
	run();
	old_roots_are_intact();
	a = check_root(rsdp->rsdt, RSDT, 4);
	b = check_root((uint32_t)rsdp->xsdt, XSDT, 8);
	assert_ptr_equal(a, b);
	check_fpdt(a);
}

static void it_goes_where_the_tables_are(void **state)
{
	(void)state;
	make_tables_at(0xf1000);
	make_rsdp(2, RSDT, XSDT);
	run();
	old_roots_are_intact();
	check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
	assert_in_range(rsdp->rsdt, 0xf4000, 0xfffff);
}

/* Checksums are kept by differences: try sums with every carry between bytes. */
static void checksums_hold_wherever_memory_is(void **state)
{
	(void)state;
	for (uint32_t entries = 0; entries < 70; entries++) {
		setup(NULL);
		make_root(RSDT, "RSDT", entries, 4);
		make_root(XSDT, "XSDT", 69 - entries, 8);
		make_rsdp(2, RSDT, XSDT);
		assert_non_null(alloc(ZONE_NVS, 1 + entries * 1237, 1, "filler"));
		remember();
		fpdt_begin();
		fpdt_init();
		check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
		check_fpdt(check_root((uint32_t)rsdp->xsdt, XSDT, 8));
		assert_int_equal(checksum8(rsdp, ACPI_RSDP1_SIZE), 0);
		assert_int_equal(checksum8(rsdp, sizeof(*rsdp)), 0);
	}
}

static void a_wrong_checksum_stays_wrong(void **state)
{
	struct acpi_header *h = phys_to_ptr(RSDT);

	(void)state;
	h->checksum += 5;
	run();
	assert_int_equal(checksum8(phys_to_ptr(rsdp->rsdt), h->length + 4), 5);
}

static void an_rsdp_of_revision_0_has_no_xsdt(void **state)
{
	(void)state;
	rsdp->xsdt = 0xffffffffffff;		/* behind its end: somebody else's */
	run();
	check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
	assert_true(rsdp->xsdt == 0xffffffffffff);
}

static void root_tables_that_are_none_are_left_alone(void **state)
{
	const struct {
		uint8_t revision;
		uint32_t rsdt;
		uint64_t xsdt;
		uint32_t length;	/* of the RSDT, 0: as it is */
	} bad[] = {
		{ 0, 0, 0, 0 },			/* no table at all */
		{ 2, 0, 0, 0 },
		{ 0, TABLE, 0, 0 },		/* another table */
		{ 0, XSDT, 0, 0 },
		{ 2, RSDT, RSDT, 0 },
		{ 2, RSDT, 1ull << 32 | XSDT, 0 },	/* above 4 GiB */
		{ 0, RSDT, 0, 35 },		/* shorter than its header */
		{ 0, RSDT, 0, 37 },		/* not whole entries */
		{ 0, RSDT, 0, 0x1004 },		/* too long */
		{ 0, RSDT, 0, 0xffffffff },
		{ 0, RSDT, 0, 0xfffffffc },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(NULL);
		make_rsdp(bad[i].revision, bad[i].rsdt, bad[i].xsdt);
		if (bad[i].length)
			((struct acpi_header *)phys_to_ptr(RSDT))->length = bad[i].length;
		run();
		nothing_has_changed();
		assert_true(fake_log_has("fpdt: RSDP at 0xf0100"));
	}
}

static void the_longest_root_table_is_taken(void **state)
{
	(void)state;
	make_root(RSDT, "RSDT", (0x1000 - 36) / 4, 4);
	make_rsdp(0, RSDT, 0);
	run();
	check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
}

static void an_rsdp_without_its_signature_is_left_alone(void **state)
{
	(void)state;
	rsdp->signature[0] = 'X';
	run();
	nothing_has_changed();
}

static void no_memory_changes_nothing(void **state)
{
	(void)state;
	fake_alloc_fail_at(1);
	run();
	assert_int_equal(fake_alloc_calls(), 1);
	nothing_has_changed();
}

static void a_table_of_the_users_is_not_doubled(void **state)
{
	(void)state;
	memcpy(phys_to_ptr(TABLE), "FPDT", 4);
	run();
	nothing_has_changed();
	assert_true(fake_log_has("already"));
}

static void an_entry_above_4g_is_not_looked_at(void **state)
{
	uint8_t *entry = (uint8_t *)phys_to_ptr(XSDT) + sizeof(struct acpi_header);

	(void)state;
	memcpy(phys_to_ptr(TABLE), "FPDT", 4);
	for (int i = 0; i < 3; i++)
		entry[i * 8 + 4] = 1;
	make_rsdp(2, 0, XSDT);
	run();
	assert_true(rsdp->xsdt != XSDT);
}

static void without_acpi_or_rate_or_tsc_there_is_none(void **state)
{
	(void)state;
	machine.rsdp = 0;
	run();
	nothing_has_changed();

	setup(NULL);
	khz = 0;
	run();
	nothing_has_changed();

	setup(NULL);
	memset(&timeline, 0, sizeof(timeline));
	timeline_init(false, 0);
	run();
	nothing_has_changed();
	assert_int_equal(begins + ends, 0);

	setup(NULL);
	known[FW_CFG_TABLE_LOADER].key = 0;
	run();
	nothing_has_changed();
	assert_int_equal(begins + ends, 0);
}

static void a_file_switches_it_off(void **state)
{
	(void)state;
	known[FW_CFG_FPDT] = (struct fw_cfg_item){ .key = 0x2f, .size = 3 };
	off = true;
	run();
	nothing_has_changed();
	assert_int_equal(ends, 0);
	setup(NULL);			/* it says something else */
	known[FW_CFG_FPDT] = (struct fw_cfg_item){ .key = 0x2f, .size = 3 };
	run();
	check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
	setup(NULL);			/* it is not there */
	off = true;
	run();
	check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
}

static void the_record_has_nanoseconds_from_the_first_stamp(void **state)
{
	const struct acpi_fbpt *fbpt;

	(void)state;
	khz = 2000000;
	run();
	fbpt = check_fpdt(check_root(rsdp->rsdt, RSDT, 4));
	timeline.begin[PHASE_DO_BOOT] = 1000 + 2000000;
	timeline.begin[PHASE_LAUNCH] = 1000 + 3000001;
	timeline.begin[PHASE_KERNEL] = 1000 + 7200000000000;	/* an hour */
	fpdt_finish();
	assert_true(fbpt->boot.reset_end == 0);
	assert_true(fbpt->boot.loader_load == 1000000);
	assert_true(fbpt->boot.loader_start == 1000000);
	assert_true(fbpt->boot.exit_entry == 1500000);
	assert_true(fbpt->boot.exit_exit == 3600000000000);
}

static void a_second_boot_starts_afresh(void **state)
{
	(void)state;
	run();
	assert_true(rsdp->rsdt != RSDT);
	fake_alloc_reset();
	make_rsdp(0, RSDT, 0);
	machine.rsdp = 0;
	fpdt_begin();
	fpdt_init();
	fpdt_finish();			/* the block of the first boot is nobody's: not written */
	assert_int_equal(rsdp->rsdt, RSDT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_rsdt_gets_an_entry, setup),
		cmocka_unit_test_setup(an_xsdt_alone_gets_an_entry, setup),
		cmocka_unit_test_setup(both_get_the_same_table, setup),
		cmocka_unit_test_setup(it_goes_where_the_tables_are, setup),
		cmocka_unit_test_setup(checksums_hold_wherever_memory_is, setup),
		cmocka_unit_test_setup(a_wrong_checksum_stays_wrong, setup),
		cmocka_unit_test_setup(an_rsdp_of_revision_0_has_no_xsdt, setup),
		cmocka_unit_test_setup(root_tables_that_are_none_are_left_alone, setup),
		cmocka_unit_test_setup(the_longest_root_table_is_taken, setup),
		cmocka_unit_test_setup(an_rsdp_without_its_signature_is_left_alone, setup),
		cmocka_unit_test_setup(no_memory_changes_nothing, setup),
		cmocka_unit_test_setup(a_table_of_the_users_is_not_doubled, setup),
		cmocka_unit_test_setup(an_entry_above_4g_is_not_looked_at, setup),
		cmocka_unit_test_setup(without_acpi_or_rate_or_tsc_there_is_none, setup),
		cmocka_unit_test_setup(a_file_switches_it_off, setup),
		cmocka_unit_test_setup(the_record_has_nanoseconds_from_the_first_stamp, setup),
		cmocka_unit_test_setup(a_second_boot_starts_afresh, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
