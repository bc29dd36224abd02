/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/facs_test.c: the way to the waking vector through recorded tables, and through tables that the OS has spoilt
 * since: a line, never a look outside of RAM.
 * LINK: src/fw/facs.c src/fw/acpi_find.c src/fw/acpi.c src/fw/acpi_check.c src/fw/table_loader.c src/fw/table_loader_script.c
 * LINK: src/arch/checksum.c
 * LINK: tests/fake/acpi_case.c tests/fake/acpi_walk.c tests/fake/alloc.c tests/fake/fw_cfg_files.c
 * LINK: tests/fake/log.c tests/fake/ram.c
 */
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/acpi_case_assert.h"
#include "fake/ram.h"
#include "fw/facs.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "std/acpi.h"

#define VECTOR	0x9b5a0u

static uint32_t rsdp, root, fadt, facs;

static uint32_t at(uint32_t phys)
{
	return get_le32(fake_ram + phys);
}

static void put(uint32_t phys, uint32_t value)
{
	put_le32(fake_ram + phys, value);
}

static int boot(const char *name)
{
	acpi_case_load(&c, name);
	assert_verdict(acpi_case_try(&c), CASE_COMPLETE);
	ASAN_UNPOISON_MEMORY_REGION(fake_ram, fake_ram_size);	/* by now all of it is the OS's */
	rsdp = machine.rsdp;
	root = at(rsdp + offsetof(struct acpi_rsdp, rsdt));
	fadt = at(root + sizeof(struct acpi_header));
	assert_memory_equal(fake_ram + fadt, "FACP", 4);
	facs = at(fadt + ACPI_FADT_FACS);
	put(facs + ACPI_FACS_WAKING, VECTOR);
	fake_log_reset();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	return boot("pc");
}

static int look(struct facs_vector *vector)
{
	memset(vector, 0xff, sizeof(*vector));
	fake_log_reset();
	return facs_read(rsdp, fake_ram_size, vector);
}

static void assert_real(uint32_t address)
{
	struct facs_vector vector;

	assert_int_equal(look(&vector), 0);
	assert_int_equal(vector.real, address);
	assert_int_equal(vector.flat, 0);
}

static void assert_none(int rc, const char *why)
{
	struct facs_vector vector;

	assert_int_equal(look(&vector), rc);
	assert_true(fake_log_lines() >= 1);
	if (!fake_log_has(why))
		fail_msg("\"%s\" is not in: %s", why, fake_log_line(0));
}

TEST(the_vector_is_found_on_every_machine_that_sleeps)
{
	static const char *const names[] = { "pc", "q35", "vmgenid", "nvdimm" };

	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		boot(names[i]);
		assert_real(VECTOR);
		assert_int_equal(fake_log_lines(), 0);
	}
}

TEST(the_vector_for_protected_mode_comes_first_where_there_is_one)
{
	struct facs_vector vector;

	put(facs + ACPI_FACS_X_WAKING, 0x123456);
	assert_real(VECTOR);			/* version 0 has no such field */
	fake_ram[facs + ACPI_FACS_VERSION] = 1;
	assert_int_equal(look(&vector), 0);
	assert_int_equal(vector.flat, 0x123456);
	put(facs + ACPI_FACS_WAKING, 0);
	assert_int_equal(look(&vector), 0);
	assert_int_equal(vector.flat, 0x123456);
	put(facs + ACPI_FACS_X_WAKING + 4, 1);
	assert_none(-EINVAL, "above 4 GiB");
	put(facs + ACPI_FACS_WAKING, VECTOR);
	assert_real(VECTOR);
}

TEST(a_vector_above_1_mib_is_none)
{
	put(facs + ACPI_FACS_WAKING, 0xfffff);
	assert_real(0xfffff);
	put(facs + ACPI_FACS_WAKING, 0x100000);
	assert_none(-EINVAL, "0x100000 is not below 1 MiB");
	put(facs + ACPI_FACS_WAKING, 0);
	assert_none(-EINVAL, "no waking vector");
}

TEST(without_an_rsdp_there_is_no_way)
{
	static const uint32_t nowhere[] = { 0, 0xe0000, 0xffff0, 0x100000, 0xffffffff };

	for (uint32_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		rsdp = nowhere[i];
		assert_none(-ENOENT, "to a FADT");
	}
}

/* An XSDT alone, and one that leads nowhere beside an RSDT. */
TEST(both_roots_are_looked_at)
{
	uint32_t xsdt = 0x300000;
	struct acpi_rsdp *r = (void *)(fake_ram + rsdp);

	memcpy(fake_ram + xsdt, fake_ram + root, sizeof(struct acpi_header));
	memcpy(fake_ram + xsdt, "XSDT", 4);
	put(xsdt + 4, sizeof(struct acpi_header) + 16);
	put(xsdt + 36, facs);
	put(xsdt + 40, 0);
	put(xsdt + 44, fadt);
	put(xsdt + 48, 0);
	r->revision = 2;
	r->checksum = (uint8_t)(r->checksum - 2);
	r->xsdt = xsdt;
	assert_real(VECTOR);
	put(root + 36, 0);
	assert_real(VECTOR);
	put(xsdt + 48, 1);			/* above 4 GiB */
	assert_none(-ENOENT, "to a FADT");
	put(root + 36, fadt);
	assert_real(VECTOR);
	r->xsdt = 1ull << 32 | xsdt;
	assert_real(VECTOR);
}

/* Of every byte on the way each bit: a vector that is somebody's, or a line; and sanitizers watch. */
TEST(whatever_bit_has_changed_it_ends_well)
{
	struct { uint32_t from, len; } way[] = { { rsdp, 36 }, { root, 56 }, { fadt, 244 }, { facs, 64 } };

	for (uint32_t i = 0; i < sizeof(way) / sizeof(way[0]); i++)
		for (uint32_t bit = 0; bit < 8 * way[i].len; bit++) {
			uint8_t *byte = fake_ram + way[i].from + bit / 8;
			struct facs_vector vector;
			int rc;

			*byte ^= (uint8_t)(1 << bit % 8);
			rc = look(&vector);
			assert_true(rc == 0 || fake_log_lines() > 0);
			if (rc == 0)
				assert_true(vector.real < 0x100000 && (vector.real || vector.flat));
			*byte ^= (uint8_t)(1 << bit % 8);
		}
	assert_real(VECTOR);
}

/* At the end of RAM a table is there to its last byte, or not at all. */
TEST(the_end_of_ram_is_the_end)
{
	uint32_t size = fake_ram_size;

	memmove(fake_ram + size - ACPI_FACS_SIZE, fake_ram + facs, ACPI_FACS_SIZE);
	put(fadt + ACPI_FADT_FACS, size - ACPI_FACS_SIZE);
	assert_real(VECTOR);
	put(size - ACPI_FACS_SIZE + 4, ACPI_FACS_SIZE + 1);
	assert_none(-ENOENT, "to a FACS");
	put(fadt + ACPI_FADT_FACS, size - ACPI_FACS_SIZE + 1);
	assert_none(-ENOENT, "to a FACS");
	put(fadt + ACPI_FADT_FACS, 0xffffffc0);
	assert_none(-ENOENT, "to a FACS");
	put(root + 36, size - 4);
	assert_none(-ENOENT, "to a FADT");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, set_up)
	const struct CMUnitTest tests[] = {
		T(the_vector_is_found_on_every_machine_that_sleeps),
		T(the_vector_for_protected_mode_comes_first_where_there_is_one),
		T(a_vector_above_1_mib_is_none),
		T(without_an_rsdp_there_is_no_way),
		T(both_roots_are_looked_at),
		T(whatever_bit_has_changed_it_ends_well),
		T(the_end_of_ram_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
