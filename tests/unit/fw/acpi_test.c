/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/acpi_test.c: recorded scripts as they are, failing memory and devices, and what is
 * verified of the tables.
 * LINK: src/fw/acpi.c src/fw/acpi_check.c src/fw/table_loader.c src/fw/table_loader_script.c
 * LINK: src/arch/checksum.c
 * LINK: tests/fake/acpi_case.c tests/fake/acpi_walk.c tests/fake/alloc.c tests/fake/fw_cfg_files.c
 * LINK: tests/fake/log.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/acpi_case_assert.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/table_loader.h"
#include "fw/table_loader_script.h"
#include "lib/endian.h"
#include "machine/machine.h"

TEST(recorded_scripts_give_complete_acpi)
{
	static const struct {
		const char *name;
		uint32_t tables;
	} machines[] = { { "pc", 4 }, { "q35", 4 }, { "vmgenid", 5 }, { "nvdimm", 6 }, { "microvm", 2 }, { "microvm-virtio", 2 } };

	for (uint32_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		uint32_t rsdp, tables;

		acpi_case_load(&c, machines[i].name);
		assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
		assert_null(acpi_walk(&rsdp, &tables));
		assert_int_equal(tables, machines[i].tables);
		assert_int_equal(fake_log_lines(), 1);
	}
}

TEST(five_accesses_are_enough)
{
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_files.accesses, 5);
	assert_int_equal(fake_files.directory_reads, 1);
	assert_int_equal(fake_files_find("etc/table-loader")->selects, 1);
	assert_int_equal(fake_files_find("etc/acpi/tables")->reads, 1);
}

/* QEMU forgets at a reset; what it is told then is what it was told in POST, and nothing is read for it. */
TEST(a_wake_tells_vmgenid_again)
{
	uint8_t told[8];

	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	memcpy(told, c.guid_address, sizeof(told));
	assert_int_not_equal(get_le64(told), 0);
	for (uint32_t times = 0; times < 3; times++) {
		uint32_t accesses = fake_files.accesses;

		memset(c.guid_address, 0, sizeof(c.guid_address));
		table_loader_resume();
		assert_memory_equal(c.guid_address, told, sizeof(told));
		assert_int_equal(fake_files.accesses, accesses + 1);
	}
	assert_int_equal(fake_log_lines(), 1);
}

/* Nothing was told, or it was taken back. */
TEST(a_wake_tells_nobody_of_what_failed)
{
	struct fake_file *file;

	acpi_case_prepare(&c);
	file = fake_files_find("etc/vmgenid_addr");
	file->writable = false;
	assert_int_equal(acpi_case_run(&c), CASE_NONE);
	file->writable = true;
	table_loader_resume();
	assert_int_equal(get_le64(c.guid_address), 0);
}

TEST(vmgenid_is_told_where_its_guid_is)
{
	uint64_t address;

	memset(c.guid, 0x5a, sizeof(c.guid));
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	address = get_le64(c.guid_address);
	assert_int_equal(address % 4096, 40);
	assert_true(fake_alloc_owns(address - 40, 4096));
	assert_int_equal(fake_ram[address], 0x5a);
}

TEST(a_cpu_without_sse_gets_the_same)
{
	acpi_case_prepare(&c);
	machine.cpu_features = 0;
	assert_verdict(acpi_case_run(&c), CASE_COMPLETE);
}

TEST(a_script_or_files_beyond_the_limits_are_refused)
{
	acpi_case_prepare(&c);
	fake_files_find("etc/table-loader")->size = LOADER_MAX_SCRIPT + 128;
	assert_verdict(acpi_case_run(&c), CASE_NONE);
	assert_int_equal(fake_files_find("etc/table-loader")->reads, 0);

	acpi_case_prepare(&c);
	fake_files_find("etc/acpi/tables")->size = LOADER_MAX_FILES - 19;	/* the RSDP has 20 */
	assert_verdict(acpi_case_run(&c), CASE_NONE);
	assert_true(fake_log_has("files are too large"));
	assert_int_equal(fake_files_find("etc/acpi/tables")->reads, 0);

	acpi_case_prepare(&c);
	fake_files_find("etc/acpi/tables")->size = 0xffffffff;
	assert_verdict(acpi_case_run(&c), CASE_NONE);
	assert_true(fake_log_has("files are too large"));
}

static enum acpi_verdict sum_so_often(uint32_t times)
{
	static uint8_t large[2 << 20];

	load_pc(NULL);
	c.script_size = sizeof(c.script);
	memcpy(large, c.tables, c.tables_size);
	for (uint32_t i = 0; i < times; i++) {
		struct loader_record *r = append(LOADER_ADD_CHECKSUM);

		set_name(&r->add_checksum.file, "etc/acpi/tables");
		r->add_checksum.offset = sizeof(large) - 1;
		r->add_checksum.length = sizeof(large);
	}
	acpi_case_prepare(&c);
	fake_files_find("etc/acpi/tables")->data = large;
	fake_files_find("etc/acpi/tables")->size = sizeof(large);
	return acpi_case_run(&c);
}

/* The recorded script sums some bytes more. */
TEST(summing_has_a_limit)
{
	uint32_t times = LOADER_MAX_SUMMED / (2 << 20);

	assert_verdict(sum_so_often(times - 1), CASE_COMPLETE);
	assert_int_equal(fake_log_lines(), 1);
	assert_verdict(sum_so_often(times), CASE_NONE);
	assert_true(fake_log_has("ADD_CHECKSUM: too much to sum"));
}

TEST(every_allocation_may_fail)
{
	enum acpi_verdict verdict = CASE_NONE;
	uint32_t n;

	for (n = 1; verdict == CASE_NONE; n++) {
		memset(c.guid_address, 0, 8);
		acpi_case_prepare(&c);
		fake_alloc_fail_at(n);
		verdict = acpi_case_run(&c);
	}
	assert_verdict(verdict, CASE_COMPLETE);
	assert_true(n > 6);
}

TEST(every_access_may_fail)
{
	enum acpi_verdict verdict = CASE_NONE;
	uint32_t n;

	for (n = 1; verdict == CASE_NONE; n++) {
		memset(c.guid_address, 0, 8);
		acpi_case_prepare(&c);
		fake_files.fail_at = n;
		verdict = acpi_case_run(&c);
	}
	assert_verdict(verdict, CASE_COMPLETE);
	assert_int_equal(n, 5 + 3 + 2);		/* five, the GUID's page, reading and writing its address */
}

TEST(a_table_changed_after_its_checksum_is_found_out)
{
	struct loader_record *r = append(LOADER_ADD_POINTER);

	/* Into the DSDT, which has been summed by then: the DSDT's OEM revision is 1. */
	set_name(&r->add_pointer.dest, "etc/acpi/tables");
	set_name(&r->add_pointer.source, "etc/acpi/tables");
	r->add_pointer.offset = 64 + 24;
	r->add_pointer.size = 4;
	assert_refused("bad checksum of the table");
}

/* A checksum of something below, or of nothing, does not make what was summed before forgotten. */
TEST(a_table_changed_two_steps_after_its_checksum_is_found_out)
{
	struct loader_record *r = append(LOADER_ADD_CHECKSUM);

	set_name(&r->add_checksum.file, "etc/acpi/tables");
	r->add_checksum.offset = c.tables_size - 8;
	r = append(LOADER_ADD_POINTER);
	set_name(&r->add_pointer.dest, "etc/acpi/tables");
	set_name(&r->add_pointer.source, "etc/acpi/tables");
	r->add_pointer.offset = 64 + 24;
	r->add_pointer.size = 4;
	assert_refused("bad checksum of the table");
}

TEST(a_checksum_step_of_another_range_is_not_trusted)
{
	struct loader_record *r = first(LOADER_ADD_CHECKSUM);

	r->add_checksum.length--;
	if (!c.tables[r->add_checksum.start + r->add_checksum.length])
		c.tables[r->add_checksum.start + r->add_checksum.length] = 1;
	assert_refused("bad checksum of the table");
	load_pc(state);
	/* another byte of the same range: unusual, but the sum is right */
	first(LOADER_ADD_CHECKSUM)->add_checksum.offset++;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
}

TEST(a_checksum_step_of_another_file_is_not_trusted)
{
	struct loader_record *r;

	acpi_case_load(&c, "microvm");	/* its DSDT is at 0, so that the other file has room for it */
	c.script_size += 128;
	memmove(&c.record[1], &c.record[0], c.records++ * 128);
	r = &c.record[0];
	*r = (struct loader_record){ .command = LOADER_ALLOCATE };
	set_name(&r->allocate.file, "etc/vmgenid_guid");
	r->allocate.zone = LOADER_ZONE_HIGH;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	set_name(&first(LOADER_ADD_CHECKSUM)->add_checksum.file, "etc/vmgenid_guid");
	assert_refused("bad checksum of the table");
}

TEST(tables_cannot_be_longer_than_their_files_together)
{
	struct loader_record *r, sum;
	uint32_t n = 1, root;

	/* The RSDT is summed just before the RSDP is linked. */
	while (strcmp(c.record[n + 1].add_checksum.file.text, "etc/acpi/rsdp"))
		n++;
	sum = c.record[n];
	memset(&c.record[n], 0, sizeof(sum));
	root = sum.add_checksum.start;
	assert_memory_equal(c.tables + root, "RSDT", 4);
	/* Give it the DSDT six times more, 6 * 6333 bytes of twice 16384. */
	for (uint32_t i = 4; i < 10; i++) {
		r = append(LOADER_ADD_POINTER);
		set_name(&r->add_pointer.dest, "etc/acpi/tables");
		set_name(&r->add_pointer.source, "etc/acpi/tables");
		r->add_pointer.offset = root + 36 + 4 * i;
		r->add_pointer.size = 4;
		put_le32(c.tables + r->add_pointer.offset, 64);
	}
	sum.add_checksum.length = 36 + 4 * 10;
	put_le32(c.tables + root + 4, sum.add_checksum.length);
	*append(LOADER_ADD_CHECKSUM) = sum;
	assert_refused("bad table length");
}

/* One more file, for c.guid. */
static void allocate_guid(uint8_t zone)
{
	struct loader_record *r = append(LOADER_ALLOCATE);

	set_name(&r->allocate.file, "etc/vmgenid_guid");
	r->allocate.zone = zone;
	r->allocate.align = 16;
}

TEST(the_rsdp_must_be_in_the_f_segment_once_and_on_16_bytes)
{
	first(LOADER_ALLOCATE)->allocate.zone = LOADER_ZONE_HIGH;
	assert_refused("leaves no RSDP in the F segment");
	load_pc(state);
	c.rsdp[7] = 'x';
	assert_refused("leaves no RSDP in the F segment");
	load_pc(state);
	memcpy(c.rsdp + 32, c.rsdp, 20);
	c.rsdp_size = 64;
	assert_refused("second RSDP");
	load_pc(state);
	allocate_guid(LOADER_ZONE_FSEG);
	memcpy(c.guid, c.rsdp, 20);
	assert_refused("second RSDP");
	memcpy(c.guid + 1, c.rsdp, 20);
	c.guid[0] = 0;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
}

TEST(small_files_are_in_the_f_segment_where_that_stays_as_it_is)
{
	acpi_case_load(&c, "microvm");
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_alloc_live(ZONE_FSEG), 2);
	assert_int_equal(fake_alloc_live(ZONE_NVS), 0);
	c.tables_size = (16 << 10) - 64 - c.rsdp_size;		/* with the alignment that the script asks for: all that they may have */
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_alloc_live(ZONE_NVS), 0);
	c.tables_size++;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_alloc_live(ZONE_FSEG), 1);
	assert_int_equal(fake_alloc_live(ZONE_NVS), 1);
	load_pc(NULL);
	c.tables_size = 8 << 10;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_alloc_live(ZONE_NVS), 1);
}

/* Nobody has asked for the F segment: what has no room there, for its alignment, goes where it was to go. */
TEST(where_the_f_segment_is_full_there_is_high_memory)
{
	uint32_t high = 0;

	acpi_case_load(&c, "microvm");
	for (uint32_t n = 1; n <= 3; n++) {		/* the script, and the two files */
		acpi_case_prepare(&c);
		fake_alloc_fail_at(n);
		if (acpi_case_run(&c) == CASE_COMPLETE)
			high += fake_alloc_live(ZONE_NVS);
		else
			assert_int_equal(fake_alloc_live_all(), 0);
	}
	assert_int_equal(high, 1);		/* not the RSDP, which an OS looks for in the F segment */
}

/* An OS finds it, whatever zone the script asked for. */
TEST(an_rsdp_among_tables_in_the_f_segment_is_a_second_one)
{
	acpi_case_load(&c, "microvm");
	c.script_size += sizeof(struct loader_record);
	allocate_guid(LOADER_ZONE_HIGH);
	memcpy(c.guid + 16, c.rsdp, 20);
	assert_refused("second RSDP");
	load_pc(NULL);
	allocate_guid(LOADER_ZONE_HIGH);
	memcpy(c.guid + 16, c.rsdp, 20);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
}

/* Whoever knows revision 2 takes the second address, and for an XSDT. */
TEST(an_rsdt_is_no_xsdt)
{
	struct loader_record *r;
	uint32_t n = 0;

	c.rsdp_size = 36;
	c.rsdp[15] = 2;
	put_le32(c.rsdp + 20, 36);
	memset(c.rsdp + 24, 0, 12);
	r = append(LOADER_ADD_CHECKSUM);
	set_name(&r->add_checksum.file, "etc/acpi/rsdp");
	r->add_checksum.offset = 32;
	r->add_checksum.length = 36;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	r->add_checksum.length = 35;
	c.rsdp[35] = 1;
	assert_refused("bad extended checksum of the RSDP at");
	r->add_checksum.length = 36;
	c.rsdp[35] = 0;
	put_le32(c.rsdp + 28, 1);
	assert_refused("address above 4 GiB in the RSDP at");
	put_le32(c.rsdp + 28, 0);
	while (c.record[n].command != LOADER_ADD_POINTER ||
	       strcmp(c.record[n].add_pointer.dest.text, "etc/acpi/rsdp"))
		n++;
	memmove(&c.record[n + 1], &c.record[n], (c.records++ - n) * 128);
	c.script_size += 128;
	c.record[n].add_pointer.offset = 24;
	memcpy(c.rsdp + 24, c.rsdp + 16, 4);
	assert_refused("another table than expected");
}

TEST(tables_in_the_f_segment_are_refused)
{
	acpi_case_find(&c, LOADER_ALLOCATE, 1)->allocate.zone = LOADER_ZONE_FSEG;
	assert_refused("no table at");
}

/* On q35 the FADT has 64-bit addresses, and a step links that of the DSDT. */
TEST(tables_above_4_gib_are_refused)
{
	struct loader_record *x_dsdt;
	uint32_t i = 0;

	acpi_case_load(&c, "q35");
	do {
		x_dsdt = acpi_case_find(&c, LOADER_ADD_POINTER, i++);
	} while (x_dsdt->add_pointer.size != 8);
	put_le32(c.tables + x_dsdt->add_pointer.offset - 8 + 4, 1);
	assert_refused("address above 4 GiB in the FADT at");

	put_le32(c.tables + x_dsdt->add_pointer.offset - 8 + 4, 0);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	put_le32(c.tables + x_dsdt->add_pointer.offset + 4, 1);
	x_dsdt->command = LOADER_PADDING;
	assert_refused("address above 4 GiB in the FADT at");
}

/* Every OS reads it there; only the standard asks for 64. What nobody could lock is refused. */
TEST(a_facs_on_8_bytes_is_a_line)
{
	struct loader_record *facs = first(LOADER_ADD_POINTER);

	assert_memory_equal(c.tables, "FACS", 4);
	assert_int_equal(facs->add_pointer.size, 4);
	for (uint32_t at = 1; at <= 64; at++) {
		load_pc(state);
		/* the FACS once more, in the padding behind the tables */
		memcpy(c.tables + 0x3000 + at, c.tables, 64);
		put_le32(c.tables + facs->add_pointer.offset, 0x3000 + at);
		if (at % 8) {
			assert_refused("FACS");
			continue;
		}
		assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
		assert_int_equal(fake_log_has("FACS"), at % 64 != 0);
		assert_int_equal(fake_log_lines(), 1 + (at % 64 != 0));
	}
}

/* Its entries are not looked at: nothing is said of them. */
TEST(an_rsdt_with_a_bad_checksum_is_one_line)
{
	uint32_t n = 1;

	while (strcmp(c.record[n + 1].add_checksum.file.text, "etc/acpi/rsdp"))
		n++;
	c.record[n].command = LOADER_PADDING;
	assert_refused("bad checksum of the table");
	assert_int_equal(fake_log_lines(), 1);
}

/* The checksum step of the RSDT, whose entries then are changed; returns where the RSDT is. */
static uint32_t change_root(uint32_t bytes)
{
	uint32_t n = 1, root;

	while (strcmp(c.record[n + 1].add_checksum.file.text, "etc/acpi/rsdp"))
		n++;
	root = c.record[n].add_checksum.start;
	assert_memory_equal(c.tables + root, "RSDT", 4);
	c.record[n].add_checksum.length += bytes;
	put_le32(c.tables + root + 4, c.record[n].add_checksum.length);
	return root;
}

/* All read whole entries and leave what is behind them alone. */
TEST(a_part_of_an_entry_at_the_end_of_the_rsdt_is_a_line)
{
	for (uint32_t bytes = 1; bytes < 4; bytes++) {
		load_pc(state);
		change_root(bytes);
		assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
		assert_true(fake_log_has("not whole entries"));
		assert_int_equal(fake_log_lines(), 2);
	}
}

/* The first or the last is used; both are good ones. */
TEST(a_second_fadt_is_a_line)
{
	struct loader_record *r;
	uint32_t root, n = c.records - 1;

	/* one entry more, the same as the first, which is the FADT; linked before the RSDT is summed */
	root = change_root(4);
	while (strcmp(c.record[n].add_checksum.file.text, "etc/acpi/tables") ||
	       c.record[n].command != LOADER_ADD_CHECKSUM)
		n--;
	memmove(&c.record[n + 1], &c.record[n], (c.records++ - n) * 128);
	r = &c.record[n];
	*r = (struct loader_record){ .command = LOADER_ADD_POINTER };
	set_name(&r->add_pointer.dest, "etc/acpi/tables");
	set_name(&r->add_pointer.source, "etc/acpi/tables");
	r->add_pointer.offset = root + 36 + 4 * 4;
	r->add_pointer.size = 4;
	memcpy(c.tables + r->add_pointer.offset, c.tables + root + 36, 4);
	assert_memory_equal(c.tables + get_le32(c.tables + root + 36), "FACP", 4);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_true(fake_log_has("2 FADTs"));
}

int main(void)
{
#define ON_PC(test) cmocka_unit_test_setup(test, load_pc)
#define ON_VMGENID(test) cmocka_unit_test_setup(test, load_vmgenid)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_scripts_give_complete_acpi),
		ON_PC(five_accesses_are_enough),
		ON_VMGENID(vmgenid_is_told_where_its_guid_is),
		ON_VMGENID(a_wake_tells_vmgenid_again),
		ON_VMGENID(a_wake_tells_nobody_of_what_failed),
		ON_PC(a_cpu_without_sse_gets_the_same),
		ON_PC(a_script_or_files_beyond_the_limits_are_refused),
		ON_PC(summing_has_a_limit),
		ON_VMGENID(every_allocation_may_fail),
		ON_VMGENID(every_access_may_fail),
		ON_PC(a_table_changed_after_its_checksum_is_found_out),
		ON_PC(a_table_changed_two_steps_after_its_checksum_is_found_out),
		ON_PC(a_checksum_step_of_another_range_is_not_trusted),
		ON_PC(a_checksum_step_of_another_file_is_not_trusted),
		ON_PC(tables_cannot_be_longer_than_their_files_together),
		ON_PC(the_rsdp_must_be_in_the_f_segment_once_and_on_16_bytes),
		cmocka_unit_test(small_files_are_in_the_f_segment_where_that_stays_as_it_is),
		cmocka_unit_test(where_the_f_segment_is_full_there_is_high_memory),
		cmocka_unit_test(an_rsdp_among_tables_in_the_f_segment_is_a_second_one),
		ON_PC(an_rsdt_is_no_xsdt),
		ON_PC(tables_in_the_f_segment_are_refused),
		ON_PC(tables_above_4_gib_are_refused),
		ON_PC(a_facs_on_8_bytes_is_a_line),
		ON_PC(an_rsdt_with_a_bad_checksum_is_one_line),
		ON_PC(a_part_of_an_entry_at_the_end_of_the_rsdt_is_a_line),
		ON_PC(a_second_fadt_is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
