/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/table_loader_test.c: a recorded script with one thing changed: every condition a
 * client must detect, under its number in docs/acpi.md. Mutations in bulk are in
 * table_loader_mutation_test.c, good scripts and the state round them in acpi_test.c.
 * LINK: src/fw/acpi.c src/fw/acpi_check.c src/fw/table_loader.c src/fw/table_loader_script.c
 * LINK: src/arch/checksum.c
 * LINK: tests/fake/acpi_case.c tests/fake/acpi_walk.c tests/fake/alloc.c tests/fake/fw_cfg_files.c
 * LINK: tests/fake/log.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/acpi_case_assert.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/table_loader_script.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "machine/machine.h"

TEST(row_1_a_part_of_a_record_at_the_end_is_ignored_with_a_line)
{
	c.script_size = c.records * 128 + 100;
	memset(&c.record[c.records], 0xff, 100);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_true(fake_log_has("not a multiple of 128; the last 100 bytes are ignored"));
}

TEST(row_2_no_loader_or_an_empty_one_is_silent)
{
	acpi_case_prepare(&c);
	strcpy(fake_files_find("etc/table-loader")->name, "etc/other");
	assert_int_equal(acpi_case_run(&c), CASE_BROKEN);
	assert_string_equal(case_complaint, "no line says no ACPI");
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(fake_files.accesses, 0);
	assert_int_equal(machine.rsdp, 0);

	c.script_size = 0;
	acpi_case_try(&c);
	assert_int_equal(fake_log_lines(), 0);
	assert_int_equal(machine.rsdp, 0);
}

TEST(row_3_unknown_commands_are_skipped_with_one_line)
{
	memset(append(5)->bytes, 0xff, 124);
	append(0x12345678);
	append(~0u);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_true(fake_log_has("command 0x5 is not known; skipped"));
	assert_int_equal(fake_log_lines(), 2);
}

TEST(row_4_padding_in_the_middle_is_skipped)
{
	memmove(&c.record[3], &c.record[2], (c.records - 2) * 128);
	memset(&c.record[2], 0, 128);
	memset(c.record[2].bytes, 0xff, 124);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_log_lines(), 1);
}

TEST(row_5_a_name_without_end_is_refused)
{
	memset(&first(LOADER_ALLOCATE)->allocate.file, 'A', 56);
	assert_refused("ALLOCATE: file name has no end: \"AAAA");
	load_pc(state);
	memset(&first(LOADER_ADD_POINTER)->add_pointer.dest, 'A', 56);
	assert_refused("ADD_POINTER: file name has no end");
	load_pc(state);
	memset(&first(LOADER_ADD_POINTER)->add_pointer.source, 'A', 56);
	assert_refused("ADD_POINTER: file name has no end");
	load_pc(state);
	memset(&first(LOADER_ADD_CHECKSUM)->add_checksum.file, 'A', 56);
	assert_refused("ADD_CHECKSUM: file name has no end");
	load_vmgenid(state);
	memset(&first(LOADER_WRITE_POINTER)->write_pointer.dest, 'A', 56);
	assert_refused("WRITE_POINTER: file name has no end");
	load_vmgenid(state);
	memset(&first(LOADER_WRITE_POINTER)->write_pointer.source, 'A', 56);
	assert_refused("WRITE_POINTER: file name has no end");
}

TEST(row_6_an_empty_name_is_refused)
{
	set_name(&first(LOADER_ALLOCATE)->allocate.file, "");
	assert_refused("ALLOCATE: file name is empty");
	load_pc(state);
	set_name(&first(LOADER_ADD_CHECKSUM)->add_checksum.file, "");
	assert_refused("ADD_CHECKSUM: file name is empty");
	load_vmgenid(state);
	set_name(&first(LOADER_WRITE_POINTER)->write_pointer.dest, "");
	assert_refused("WRITE_POINTER: file name is empty");
}

TEST(row_7_an_absent_file_is_left_out_and_references_to_it_are_refused)
{
	struct loader_record *r = append(LOADER_ALLOCATE);

	set_name(&r->allocate.file, "etc/none");
	r->allocate.zone = LOADER_ZONE_HIGH;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_true(fake_log_has("fw_cfg has no file etc/none; left out"));

	set_name(&first(LOADER_ADD_POINTER)->add_pointer.source, "etc/none");
	assert_refused("ADD_POINTER: file is not allocated: \"etc/none\"");
}

TEST(row_8_an_empty_file_may_be_allocated_but_not_pointed_to)
{
	struct loader_record *r = append(LOADER_ALLOCATE);

	set_name(&r->allocate.file, "etc/tpm/log");
	r->allocate.zone = LOADER_ZONE_HIGH;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	r = append(LOADER_ADD_POINTER);
	set_name(&r->add_pointer.dest, "etc/acpi/tables");
	set_name(&r->add_pointer.source, "etc/tpm/log");
	r->add_pointer.offset = c.tables_size - 8;
	r->add_pointer.size = 8;
	assert_refused("pointer goes behind its file");
}

TEST(row_9_a_second_allocation_is_refused)
{
	*append(LOADER_ALLOCATE) = *first(LOADER_ALLOCATE);
	assert_refused("file is allocated twice");
	load_pc(state);
	for (uint32_t i = 0; i < 2; i++) {
		struct loader_record *r = append(LOADER_ALLOCATE);

		set_name(&r->allocate.file, "etc/vmgenid_guid");
		r->allocate.zone = LOADER_ZONE_HIGH;
	}
	assert_refused("file is allocated twice");
}

TEST(names_count_up_to_their_nul_and_no_further)
{
	static const char *const other[] = {
		"etc/acpi/tablet", "etc/acpi/tables2", "etc/acpi/table", "etc/acpi/rsdq",
		"etc/acpi/rsdp2", "etc/acpi/rsd", "etc/acpj/rsdp", "abc/acpi/tables",
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(other); i++) {
		load_pc(state);
		set_name(&first(LOADER_ADD_POINTER)->add_pointer.dest, other[i]);
		assert_refused("file is not allocated");
		load_pc(state);
		set_name(&first(LOADER_ADD_CHECKSUM)->add_checksum.file, other[i]);
		assert_refused("file is not allocated");
	}
	load_vmgenid(state);
	for (uint32_t i = 0; i < c.records; i++) {
		struct loader_record *r = &c.record[i];
		struct loader_name *name[2] = { &r->allocate.file, NULL };

		if (r->command == LOADER_ADD_POINTER || r->command == LOADER_WRITE_POINTER)
			name[1] = &r->add_pointer.source;
		for (uint32_t j = 0; j < 2 && name[j]; j++) {
			uint32_t end = strlen(name[j]->text) + 1;

			memset(name[j]->text + end, 0xff, sizeof(*name[j]) - end);
		}
	}
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_log_lines(), 1);
}

TEST(row_10_alignment_0_is_1)
{
	struct loader_record *r = append(LOADER_ALLOCATE);

	set_name(&r->allocate.file, "etc/vmgenid_guid");
	r->allocate.zone = LOADER_ZONE_HIGH;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_alloc_live(ZONE_NVS), 2);
}

TEST(row_11_alignment_must_be_a_power_of_two)
{
	static const uint32_t wrong[] = { 3, 24, 0xffffffff, 0x80000001 };

	for (uint32_t i = 0; i < 4; i++) {
		first(LOADER_ALLOCATE)->allocate.align = wrong[i];
		assert_refused("alignment is not a power of two");
	}
}

TEST(row_12_the_zone_must_be_known)
{
	static const uint8_t wrong[] = { 0, 3, 255 };

	for (uint32_t i = 0; i < 3; i++) {
		first(LOADER_ALLOCATE)->allocate.zone = wrong[i];
		assert_refused("no such zone");
	}
}

TEST(old_qemu_may_leave_anything_beside_the_zone)
{
	memset(&first(LOADER_ALLOCATE)->allocate.zone + 1, 0xff, 3);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
}

TEST(row_13_no_memory_in_the_zone_never_means_another_zone)
{
	struct loader_record *r = first(LOADER_ALLOCATE);

	assert_int_equal(r->allocate.zone, LOADER_ZONE_FSEG);
	r->allocate.align = 0x80000000;
	assert_refused("etc/acpi/rsdp: no memory for 0x14 bytes");
}

TEST(row_14_a_failed_read_ends_it)
{
	/* 1: select, 2: directory, 3: script, 4 and 5: files */
	for (uint32_t n = 1; n <= 5; n++) {
		acpi_case_prepare(&c);
		fake_files.fail_at = n;
		assert_verdict(acpi_case_run(&c), CASE_NONE);
		assert_true(fake_log_has(n < 3 ? "directory again, failed" : "bytes failed (-5)"));
	}
}

TEST(row_15_a_file_must_be_allocated_before_it_is_referred_to)
{
	struct loader_record r = c.record[1];

	set_name(&first(LOADER_ADD_CHECKSUM)->add_checksum.file, "bootorder");
	assert_refused("ADD_CHECKSUM: file is not allocated: \"bootorder\"");
	load_pc(state);
	/* the allocation of the tables behind their first use */
	c.record[1] = c.record[2];
	c.record[2] = r;
	assert_refused("file is not allocated: \"etc/acpi/tables\"");
}

TEST(row_16_all_256_pointer_sizes)
{
	for (uint32_t size = 0; size < 256; size++) {
		load_pc(state);
		first(LOADER_ADD_POINTER)->add_pointer.size = size;
		if (size == 1 || size == 2)
			assert_refused("address is longer than its pointer");
		else if (size == 4)
			assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
		else if (size == 8)
			assert_refused("pointer goes behind its file");
		else
			assert_refused("pointer size is not 1, 2, 4 or 8");
		load_vmgenid(state);
		first(LOADER_WRITE_POINTER)->write_pointer.size = size;
		if (size == 1 || size == 2)
			assert_refused("address is longer than its pointer");
		else if (size == 4 || size == 8)
			assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
		else
			assert_refused("pointer size is not 1, 2, 4 or 8");
		memset(c.guid_address, 0, 8);
	}
}

TEST(row_17_a_pointer_must_be_inside_its_file)
{
	const uint32_t wrong[] = { c.tables_size - 3, c.tables_size, 0xfffffffc, 0xffffffff };

	for (uint32_t i = 0; i < 4; i++) {
		first(LOADER_ADD_POINTER)->add_pointer.offset = wrong[i];
		assert_refused("pointer is not inside its file");
	}
	/* the last four bytes are inside */
	first(LOADER_ADD_POINTER)->add_pointer.offset = c.tables_size - 4;
	acpi_case_try(&c);
	assert_false(fake_log_has("pointer is not inside its file"));
}

TEST(row_18_a_field_that_goes_behind_its_file_is_refused)
{
	uint32_t offset = first(LOADER_ADD_POINTER)->add_pointer.offset;

	put_le32(c.tables + offset, c.tables_size);
	assert_refused("pointer goes behind its file (0x4000 against 0x4000)");
	put_le32(c.tables + offset, 0xffffffff);
	assert_refused("pointer goes behind its file");
}

TEST(row_19_a_sum_that_does_not_fit_is_refused)
{
	struct loader_record *r = append(LOADER_ADD_POINTER);

	set_name(&r->add_pointer.dest, "etc/acpi/tables");
	set_name(&r->add_pointer.source, "etc/acpi/tables");
	r->add_pointer.offset = c.tables_size - 2;
	r->add_pointer.size = 2;
	assert_refused("address is longer than its pointer");
}

TEST(row_20_the_checksum_byte_must_be_inside_its_file)
{
	first(LOADER_ADD_CHECKSUM)->add_checksum.offset = c.tables_size;
	assert_refused("checksum is not inside its file");
	first(LOADER_ADD_CHECKSUM)->add_checksum.offset = 0xffffffff;
	assert_refused("checksum is not inside its file");
}

TEST(row_21_the_summed_range_must_be_inside_its_file)
{
	struct loader_record *r = first(LOADER_ADD_CHECKSUM);
	const struct loader_record good = *r;

	r->add_checksum.start = c.tables_size + 1;
	assert_refused("range starts behind its file");
	*r = good;
	r->add_checksum.length = c.tables_size - r->add_checksum.start + 1;
	assert_refused("range ends behind its file");
	r->add_checksum.length = 0 - r->add_checksum.start;	/* the sum wraps to 0 */
	assert_refused("range ends behind its file");
}

TEST(row_22_a_checksum_outside_its_range_is_carried_out_with_a_line)
{
	struct loader_record *r = append(LOADER_ADD_CHECKSUM);

	set_name(&r->add_checksum.file, "etc/acpi/tables");
	r->add_checksum.offset = c.tables_size - 1;
	r->add_checksum.start = 64;
	r->add_checksum.length = 4;	/* "DSDT" */
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_true(fake_log_has("is not in its range 0x40 + 0x4"));
	for (uint32_t i = 0; i < 3; i++) {
		const struct fake_piece *p = fake_alloc_piece(i);

		if (p->zone == ZONE_NVS && p->size == c.tables_size)
			assert_int_equal(fake_ram[p->phys + c.tables_size - 1],
					 (uint8_t)-('D' + 'S' + 'D' + 'T'));
	}
}

TEST(row_23_a_checksum_of_nothing_changes_nothing)
{
	struct loader_record *r = append(LOADER_ADD_CHECKSUM);

	set_name(&r->add_checksum.file, "etc/acpi/tables");
	r->add_checksum.start = c.tables_size;	/* the end is a good place for nothing */
	r->add_checksum.offset = 70;
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	assert_int_equal(fake_log_lines(), 1);
}

TEST(row_24_the_file_written_to_must_be_there_large_enough_and_writable)
{
	struct loader_record *r = first(LOADER_WRITE_POINTER);
	const struct loader_record good = *r;

	set_name(&r->write_pointer.dest, "etc/none");
	assert_refused("fw_cfg has no file: \"etc/none\"");
	*r = good;
	r->write_pointer.dest_offset = 1;
	assert_refused("pointer is not inside its file (0x1 against 0x8)");
	r->write_pointer.dest_offset = 0xfffffff8;
	assert_refused("pointer is not inside its file");
	*r = good;
	acpi_case_prepare(&c);
	fake_files_find("etc/vmgenid_addr")->writable = false;
	assert_verdict(acpi_case_run(&c), CASE_NONE);
	assert_true(fake_log_has("WRITE_POINTER: fw_cfg refuses 8 bytes at 0x0 (-5)"));
}

TEST(row_25_the_place_pointed_to_must_be_inside_its_file)
{
	first(LOADER_WRITE_POINTER)->write_pointer.source_offset = 4096;
	assert_refused("it points behind its file (0x1000 against 0x1000)");
	first(LOADER_WRITE_POINTER)->write_pointer.source_offset = 0xffffffff;
	assert_refused("it points behind its file");
}

TEST(row_26_writing_needs_dma)
{
	acpi_case_prepare(&c);
	fake_files.no_dma = true;
	assert_verdict(acpi_case_run(&c), CASE_NONE);
	assert_true(fake_log_has("writing needs DMA"));
	assert_int_equal(fake_files_find("etc/vmgenid_addr")->writes, 0);
	assert_int_equal(fake_files_find("etc/vmgenid_addr")->reads, 0);
}

TEST(without_dma_and_without_writes_there_is_acpi)
{
	acpi_case_prepare(&c);
	fake_files.no_dma = true;
	assert_verdict(acpi_case_run(&c), CASE_COMPLETE);
}

TEST(row_27_written_pointers_are_taken_back_when_a_later_one_fails)
{
	struct loader_record *r;

	/* two halves of what the device held are written, a third write fails */
	memcpy(c.guid_address, "01234567", 8);
	first(LOADER_WRITE_POINTER)->write_pointer.size = 4;
	for (uint32_t offset = 4; offset <= 8; offset += 4) {
		r = append(LOADER_WRITE_POINTER);
		*r = *first(LOADER_WRITE_POINTER);
		r->write_pointer.dest_offset = offset % 8;
	}
	acpi_case_prepare(&c);
	fake_files.write_fail_at = 3;
	assert_verdict(acpi_case_run(&c), CASE_NONE);
	assert_int_equal(fake_files_find("etc/vmgenid_addr")->writes, 3 + 2);
	assert_memory_equal(c.guid_address, "01234567", 8);
}

static void row_28_grow(struct fake_file *file)
{
	if (!strcmp(file->name, "etc/table-loader"))
		fake_files_find("etc/acpi/tables")->size = c.tables_size;
}

TEST(row_28_sizes_are_those_after_the_first_select)
{
	acpi_case_prepare(&c);
	fake_files_find("etc/acpi/tables")->size = 4096;
	fake_files.on_select = row_28_grow;
	assert_verdict(acpi_case_run(&c), CASE_COMPLETE);
}

TEST(row_29_every_record_may_allocate_a_file)
{
	static uint8_t more[CASE_MAX_RECORDS][16];
	uint32_t files = 0;

	acpi_case_prepare(&c);
	while (fake_files.files < 16) {
		struct loader_record *r = append(LOADER_ALLOCATE);

		snprintf(r->allocate.file.text, 56, "etc/more/%u", files);
		r->allocate.align = 1u << files;
		r->allocate.zone = files % 2 ? LOADER_ZONE_HIGH : LOADER_ZONE_FSEG;
		fake_files_add(r->allocate.file.text, more[files], 1 + files);
		files++;
	}
	assert_true(files >= 6);
	assert_verdict(acpi_case_run(&c), CASE_COMPLETE);
	assert_int_equal(fake_alloc_live_all(), files + 2);
}

TEST(row_30_a_failure_at_the_last_record_leaves_nothing)
{
	struct loader_record *r = append(LOADER_ADD_POINTER);

	set_name(&r->add_pointer.dest, "etc/acpi/rsdp");
	set_name(&r->add_pointer.source, "etc/acpi/rsdp");
	r->add_pointer.size = 8;	/* the signature, as an offset */
	assert_refused("pointer goes behind its file");
}

int main(void)
{
#define ON_PC(test) cmocka_unit_test_setup(test, load_pc)
#define ON_VMGENID(test) cmocka_unit_test_setup(test, load_vmgenid)
	const struct CMUnitTest tests[] = {
		ON_PC(row_1_a_part_of_a_record_at_the_end_is_ignored_with_a_line),
		ON_PC(row_2_no_loader_or_an_empty_one_is_silent),
		ON_PC(row_3_unknown_commands_are_skipped_with_one_line),
		ON_PC(row_4_padding_in_the_middle_is_skipped),
		ON_PC(row_5_a_name_without_end_is_refused),
		ON_PC(row_6_an_empty_name_is_refused),
		ON_PC(row_7_an_absent_file_is_left_out_and_references_to_it_are_refused),
		ON_PC(row_8_an_empty_file_may_be_allocated_but_not_pointed_to),
		ON_PC(row_9_a_second_allocation_is_refused),
		ON_PC(names_count_up_to_their_nul_and_no_further),
		ON_PC(row_10_alignment_0_is_1),
		ON_PC(row_11_alignment_must_be_a_power_of_two),
		ON_PC(row_12_the_zone_must_be_known),
		ON_PC(old_qemu_may_leave_anything_beside_the_zone),
		ON_PC(row_13_no_memory_in_the_zone_never_means_another_zone),
		ON_PC(row_14_a_failed_read_ends_it),
		ON_PC(row_15_a_file_must_be_allocated_before_it_is_referred_to),
		ON_PC(row_16_all_256_pointer_sizes),
		ON_PC(row_17_a_pointer_must_be_inside_its_file),
		ON_PC(row_18_a_field_that_goes_behind_its_file_is_refused),
		ON_PC(row_19_a_sum_that_does_not_fit_is_refused),
		ON_PC(row_20_the_checksum_byte_must_be_inside_its_file),
		ON_PC(row_21_the_summed_range_must_be_inside_its_file),
		ON_PC(row_22_a_checksum_outside_its_range_is_carried_out_with_a_line),
		ON_PC(row_23_a_checksum_of_nothing_changes_nothing),
		ON_VMGENID(row_24_the_file_written_to_must_be_there_large_enough_and_writable),
		ON_VMGENID(row_25_the_place_pointed_to_must_be_inside_its_file),
		ON_VMGENID(row_26_writing_needs_dma),
		ON_PC(without_dma_and_without_writes_there_is_acpi),
		ON_VMGENID(row_27_written_pointers_are_taken_back_when_a_later_one_fails),
		ON_PC(row_28_sizes_are_those_after_the_first_select),
		ON_PC(row_29_every_record_may_allocate_a_file),
		ON_PC(row_30_a_failure_at_the_last_record_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
