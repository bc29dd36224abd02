/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/mtrr_test.c: the list makes RAM write-back and the hole uncached, whatever the
 * sizes, and never more than it may.
 * LINK: src/hw/mtrr.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/log.h"
#include "hw/mtrr.h"

#define QEMU_CAPABILITIES 0x508		/* WC, fixed ranges, 8 variable ones */
#define MIB (1u << 20)

static struct msr_value list[MTRR_LIST_MAX + 1];
static uint32_t count;

static void make(uint32_t capabilities, uint32_t low_ram_end, uint32_t bits)
{
	fake_log_reset();
	memset(list, 0xee, sizeof(list));
	count = mtrr_list(list, capabilities, low_ram_end, bits);
	assert_true(count >= 1 && count <= MTRR_LIST_MAX);
	assert_int_equal(list[count].msr, 0xeeeeeeee);
}

static uint64_t value_of(uint32_t msr)
{
	uint64_t value = 0;
	unsigned int found = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (list[i].msr == msr) {
			value = (uint64_t)list[i].high << 32 | list[i].low;
			found++;
		}
	}
	assert_true(found <= 1);
	return value;
}

static unsigned int variable_ranges(void)
{
	unsigned int n = 0;

	while (value_of(0x201 + 2 * n) & 0x800)
		n++;
	return n;
}

/* What the processor makes of the list, above 1 MiB [SDM 12.11.2.3]. */
static uint8_t type_at(uint64_t address)
{
	for (unsigned int n = 0; n < 8; n++) {
		uint64_t mask = value_of(0x201 + 2 * n);
		uint64_t base = value_of(0x200 + 2 * n);

		if ((mask & 0x800) && ((address ^ base) & mask & ~0xfffull) == 0)
			return base & 0xff;
	}
	return value_of(0x2ff) & 0xff;
}

static void fixed_ranges_and_the_default_come_as_an_os_expects_them(void **state)
{
	(void)state;
	make(QEMU_CAPABILITIES, 128 * MIB, 40);
	assert_int_equal(value_of(0x250), 0x0606060606060606);
	assert_int_equal(value_of(0x258), 0x0606060606060606);
	assert_int_equal(value_of(0x259), 0);
	for (uint32_t msr = 0x268; msr <= 0x26f; msr++)
		assert_int_equal(value_of(msr), 0x0505050505050505);
	assert_int_equal(value_of(0x2ff), 0xc06);
	assert_int_equal(list[count - 1].msr, 0x2ff);	/* last: it switches all others on */
	assert_int_equal(fake_log_lines(), 0);
}

static void small_machines_need_one_range(void **state)
{
	static const uint32_t sizes[] = { 0, 1 * MIB, 128 * MIB, 512 * MIB, 2048 * MIB };

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		make(QEMU_CAPABILITIES, sizes[i], 40);
		assert_int_equal(variable_ranges(), 1);
		assert_int_equal(value_of(0x200), 0x80000000);
		assert_int_equal(value_of(0x201), 0xff80000800);
	}
}

static void the_hole_of_3_gib_of_ram_is_one_range(void **state)
{
	(void)state;
	make(QEMU_CAPABILITIES, 3072 * MIB, 40);	/* also 5 GiB on pc */
	assert_int_equal(variable_ranges(), 1);
	assert_int_equal(value_of(0x200), 0xc0000000);
	assert_int_equal(value_of(0x201), 0xffc0000800);
}

static void the_hole_of_3_and_a_half_gib_of_ram_is_one_range(void **state)
{
	(void)state;
	make(QEMU_CAPABILITIES, 3584u * MIB, 40);	/* old machine types */
	assert_int_equal(variable_ranges(), 1);
	assert_int_equal(value_of(0x200), 0xe0000000);
}

static void ram_stays_cached_and_the_hole_is_uncached_for_every_size(void **state)
{
	(void)state;
	for (uint32_t mib = 16; mib <= 3584; mib += 16) {
		uint32_t end = mib * MIB;
		uint32_t hole = end < 0x80000000 ? 0x80000000 : (end + 0x0fffffff) & 0xf0000000;

		make(QEMU_CAPABILITIES, end, 40);
		assert_true(variable_ranges() <= 3);
		assert_int_equal(type_at(end - 1), 6);
		assert_int_equal(type_at(hole - 1), 6);
		assert_int_equal(type_at(hole), 0);
		assert_int_equal(type_at(0xb0000000), 0xb0000000 >= hole ? 0 : 6);
		assert_int_equal(type_at(0xfee00000), 0);
		assert_int_equal(type_at(0xffffffff), 0);
		assert_int_equal(type_at(0x100000000), 6);
		/* bases are aligned to their sizes */
		for (unsigned int n = 0; n < variable_ranges(); n++)
			assert_int_equal(value_of(0x200 + 2 * n) & ~(value_of(0x201 + 2 * n)), 0);
		assert_int_equal(fake_log_lines(), 0);
	}
}

/* pc with max-ram-below-4g: PCI begins at the next 16 MiB there. */
static void ram_up_to_the_ioapic_is_cached_and_what_follows_is_not(void **state)
{
	(void)state;
	for (uint32_t end = 0xe0000000 + MIB; end <= 0xfe000000; end += MIB) {
		uint32_t hole = (end + 0xffffff) & 0xff000000;

		make(QEMU_CAPABILITIES, end, 40);
		assert_true(variable_ranges() <= 5);
		assert_int_equal(type_at(end - 1), 6);
		assert_int_equal(type_at(0xe0000000), 6);
		assert_int_equal(type_at(hole - 1), 6);
		assert_int_equal(type_at(hole), 0);
		assert_int_equal(type_at(0xfec00000), 0);
		assert_int_equal(type_at(0xffffffff), 0);
		assert_int_equal(fake_log_lines(), 0);
	}
	make(QEMU_CAPABILITIES, 4000u * MIB, 40);
	assert_int_equal(variable_ranges(), 2);
	assert_int_equal(value_of(0x200), 0xfc000000);
	assert_int_equal(value_of(0x202), 0xfa000000);
}

static void an_impossible_end_of_ram_still_leaves_the_roms_uncached(void **state)
{
	static const uint32_t ends[] = { 0xfe000001, 0xfec00000, 0xfffff000, 0xffffffff };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		make(QEMU_CAPABILITIES, ends[i], 40);
		assert_int_equal(variable_ranges(), 1);
		assert_int_equal(type_at(0xfe000000), 0);
		assert_int_equal(type_at(0xfdffffff), 6);
	}
}

static void masks_are_as_wide_as_addresses(void **state)
{
	(void)state;
	make(QEMU_CAPABILITIES, 128 * MIB, 32);
	assert_int_equal(value_of(0x201), 0x80000800);
	make(QEMU_CAPABILITIES, 128 * MIB, 36);
	assert_int_equal(value_of(0x201), 0xf80000800);
	make(QEMU_CAPABILITIES, 128 * MIB, 46);
	assert_int_equal(value_of(0x201), 0x3fff80000800);
	make(QEMU_CAPABILITIES, 128 * MIB, 52);
	assert_int_equal(value_of(0x201), 0xfffff80000800);
}

static void too_few_variable_ranges_are_reported_and_leave_out_what_is_next_to_ram(void **state)
{
	(void)state;
	make(0x500, 128 * MIB, 40);
	assert_int_equal(variable_ranges(), 0);
	assert_int_equal(value_of(0x2ff), 0xc06);
	assert_true(fake_log_has("mtrr: 0 variable ranges: 80000000-ffffffff stays cached"));

	make(0x501, 0x88000000, 40);		/* from 0x90000000: needs three */
	assert_int_equal(variable_ranges(), 1);
	assert_int_equal(type_at(0xc0000000), 0);
	assert_int_equal(type_at(0xbfffffff), 6);
	assert_true(fake_log_has("mtrr: 1 variable ranges: 90000000-bfffffff stays cached"));
}

static void ten_variable_ranges_are_no_more_work_than_eight(void **state)
{
	(void)state;
	make(0x50a, 0xe1000000, 46);
	assert_int_equal(variable_ranges(), 5);
	assert_int_equal(count, MTRR_LIST_MAX);
}

static void without_fixed_ranges_none_are_written(void **state)
{
	(void)state;
	make(0x008, 128 * MIB, 40);
	assert_int_equal(count, 3);
	assert_int_equal(value_of(0x2ff), 0x806);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_ranges_and_the_default_come_as_an_os_expects_them),
		cmocka_unit_test(small_machines_need_one_range),
		cmocka_unit_test(the_hole_of_3_gib_of_ram_is_one_range),
		cmocka_unit_test(the_hole_of_3_and_a_half_gib_of_ram_is_one_range),
		cmocka_unit_test(ram_stays_cached_and_the_hole_is_uncached_for_every_size),
		cmocka_unit_test(ram_up_to_the_ioapic_is_cached_and_what_follows_is_not),
		cmocka_unit_test(an_impossible_end_of_ram_still_leaves_the_roms_uncached),
		cmocka_unit_test(masks_are_as_wide_as_addresses),
		cmocka_unit_test(too_few_variable_ranges_are_reported_and_leave_out_what_is_next_to_ram),
		cmocka_unit_test(ten_variable_ranges_are_no_more_work_than_eight),
		cmocka_unit_test(without_fixed_ranges_none_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
