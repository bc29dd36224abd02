/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/table_loader_mutation_test.c: every field of every record of the recorded scripts
 * set to everything that might be a limit, and every truncation: whatever happens, what is left is
 * complete valid ACPI, or none and one line.
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
#include "lib/bits.h"

static const char *const machines[] = { "pc", "q35", "vmgenid", "nvdimm", "microvm" };

static uint32_t tried, complete;

/* Run the script as it is now; where says what was changed, if it goes wrong. */
static enum acpi_verdict try(const char *machine, const char *what, uint32_t where, uint32_t value)
{
	enum acpi_verdict verdict;

	memset(c.guid_address, 0, sizeof(c.guid_address));
	verdict = acpi_case_try(&c);
	if (verdict == CASE_BROKEN)
		fail_msg("%s: %s %u set to 0x%x: %s; first line: %s", machine, what, where, value,
			 case_complaint, fake_log_line(0));
	tried++;
	complete += verdict == CASE_COMPLETE;
	return verdict;
}

/* Set a field of record n, of size bytes at offset, to all its limits in turn. */
static void mutate_number(const char *machine, uint32_t n, uint32_t offset, uint32_t size)
{
	uint32_t values[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 20, 21, 36, 63, 64, 65, 0x7f, 0x80, 0xff, 0x100,
		c.tables_size - 9, c.tables_size - 8, c.tables_size - 4, c.tables_size - 3,
		c.tables_size - 1, c.tables_size, c.tables_size + 1, 4095, 4096, 4097, 0x7fffffff,
		0x80000000, 0xfffffff0, 0xfffffff8, 0xfffffffc, 0xfffffffe, 0xffffffff,
		0, 0, 0, 0,	/* the value it has, give and take */
	};
	uint8_t *field = c.script + n * 128 + offset, old[4];
	uint32_t was = 0, count = ARRAY_SIZE(values);

	memcpy(old, field, size);
	memcpy(&was, field, size);
	values[count - 4] = was + 1;
	values[count - 3] = was - 1;
	values[count - 2] = was + 0x80000000;
	values[count - 1] = -was;
	for (uint32_t i = 0; i < count; i++) {
		if (values[i] == was || (size == 1 && values[i] > 0xff))
			continue;
		memcpy(field, &values[i], size);
		try(machine, "number in record", n, values[i]);
	}
	memcpy(field, old, size);
}

static void mutate_name(const char *machine, uint32_t n, uint32_t offset)
{
	static const char *const names[] = {
		"", "etc/acpi/rsdp", "etc/acpi/tables", "etc/acpi/nvdimm-mem", "etc/vmgenid_guid",
		"etc/vmgenid_addr", "etc/tpm/log", "etc/table-loader", "bootorder", "etc/acpi/table",
		"etc/acpi/tablest", "etc/none",
	};
	struct loader_name *name = (void *)(c.script + n * 128 + offset), was = *name;

	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		memset(name, 0, sizeof(*name));
		strcpy(name->text, names[i]);
		try(machine, names[i], n, 0);
		memset(name->text + strlen(names[i]) + 1, 0xa5, 55 - strlen(names[i]));
		try(machine, "rubbish behind name", n, i);
		memset(name->text + strlen(names[i]), 'A', 56 - strlen(names[i]));
		try(machine, "unterminated name", n, i);
	}
	for (uint32_t i = 0; i < 56; i++) {
		*name = was;
		name->text[i] ^= 0x20;
		try(machine, "character of name", n, i);
	}
	*name = was;
}

/* Every field of one record. */
static void mutate_record(const char *machine, uint32_t n)
{
	struct loader_record was = c.record[n];

	mutate_number(machine, n, 0, 4);
	switch (was.command) {
	case LOADER_ALLOCATE:
		mutate_name(machine, n, 4);
		mutate_number(machine, n, 60, 4);
		mutate_number(machine, n, 64, 1);
		break;
	case LOADER_ADD_POINTER:
		mutate_name(machine, n, 4);
		mutate_name(machine, n, 60);
		mutate_number(machine, n, 116, 4);
		mutate_number(machine, n, 120, 1);
		break;
	case LOADER_ADD_CHECKSUM:
		mutate_name(machine, n, 4);
		mutate_number(machine, n, 60, 4);
		mutate_number(machine, n, 64, 4);
		mutate_number(machine, n, 68, 4);
		break;
	case LOADER_WRITE_POINTER:
		mutate_name(machine, n, 4);
		mutate_name(machine, n, 60);
		mutate_number(machine, n, 116, 4);
		mutate_number(machine, n, 120, 4);
		mutate_number(machine, n, 124, 1);
		break;
	}
	assert_memory_equal(&was, &c.record[n], sizeof(was));

	memset(&c.record[n], 0, sizeof(was));
	try(machine, "emptied record", n, 0);
	for (uint32_t other = 0; other < c.records; other++) {	/* again, before its time, or both */
		c.record[n] = c.record[other];
		try(machine, "replaced record", n, other);
	}
	c.record[n] = was;
}

TEST(every_single_field_mutation_leaves_all_or_nothing)
{
	tried = complete = 0;
	for (uint32_t m = 0; m < ARRAY_SIZE(machines); m++) {
		acpi_case_load(&c, machines[m]);
		for (uint32_t n = 0; n < c.records; n++)
			mutate_record(machines[m], n);
		assert_int_equal(try(machines[m], "nothing", 0, 0), CASE_COMPLETE);
	}
	print_message("%u mutations: %u complete, %u none\n", tried, complete, tried - complete);
	assert_true(tried > 5000 && complete > 100 && complete < tried / 2);
}

TEST(every_truncation_of_the_script_leaves_all_or_nothing)
{
	for (uint32_t m = 0; m < ARRAY_SIZE(machines); m++) {
		uint32_t whole;

		acpi_case_load(&c, machines[m]);
		whole = c.script_size;
		for (c.script_size = 1; c.script_size <= whole; c.script_size++)
			assert_int_equal(try(machines[m], "length of the script", 0, c.script_size),
					 c.script_size / 128 < c.records ? CASE_NONE : CASE_COMPLETE);
	}
}

TEST(every_truncation_of_the_tables_leaves_all_or_nothing)
{
	for (uint32_t m = 0; m < ARRAY_SIZE(machines); m++) {
		uint32_t whole, used;

		acpi_case_load(&c, machines[m]);
		used = whole = c.tables_size;
		while (used && !c.tables[used - 1])
			used--;
		for (c.tables_size = 0; c.tables_size <= whole; c.tables_size++) {
			enum acpi_verdict v = try(machines[m], "length of the tables", 0, c.tables_size);

			if (c.tables_size < used)
				assert_int_equal(v, CASE_NONE);
		}
		c.tables_size = whole;
		assert_int_equal(try(machines[m], "nothing", 0, 0), CASE_COMPLETE);
	}
}

TEST(every_truncation_of_the_rsdp_leaves_all_or_nothing)
{
	for (uint32_t m = 0; m < ARRAY_SIZE(machines); m++) {
		uint32_t whole;

		acpi_case_load(&c, machines[m]);
		whole = c.rsdp_size;
		for (c.rsdp_size = 0; c.rsdp_size <= 64; c.rsdp_size++)
			assert_int_equal(try(machines[m], "length of the RSDP", 0, c.rsdp_size),
					 c.rsdp_size < whole ? CASE_NONE : CASE_COMPLETE);
	}
}

/* One bit at a time: what no checksum covers must not be trusted. */
TEST(every_changed_byte_of_the_tables_leaves_all_or_nothing)
{
	acpi_case_load(&c, "microvm");
	for (uint32_t at = 0; at < c.tables_size; at++)
		for (uint32_t bit = 0; bit < 8; bit += at % 2 ? 3 : 1) {
			c.tables[at] ^= 1 << bit;
			try("microvm", "byte of the tables", at, bit);
			c.tables[at] ^= 1 << bit;
		}
	for (uint32_t at = 0; at < c.rsdp_size * 8; at++) {
		c.rsdp[at / 8] ^= 1 << at % 8;
		try("microvm", "bit of the RSDP", at, 0);
		c.rsdp[at / 8] ^= 1 << at % 8;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_single_field_mutation_leaves_all_or_nothing),
		cmocka_unit_test(every_truncation_of_the_script_leaves_all_or_nothing),
		cmocka_unit_test(every_truncation_of_the_tables_leaves_all_or_nothing),
		cmocka_unit_test(every_truncation_of_the_rsdp_leaves_all_or_nothing),
		cmocka_unit_test(every_changed_byte_of_the_tables_leaves_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
