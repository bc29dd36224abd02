/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/bar_test.c: BARs of all kinds, and answers that are no size.
 * LINK: src/hw/pci/scan.c src/hw/pci/bar.c src/hw/pci/bridge.c src/hw/pci/known.c src/hw/pci/irq.c src/hw/pci/config.c tests/fake/pci.c tests/fake/io.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/pci_case.h"

static struct pci_function *scan_one(uint32_t reg, uint32_t value, uint32_t writable)
{
	int device;

	fake_pci_add_host(CHIPSET_I440FX);
	device = fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 0);
	fake_pci_set32(device, (uint8_t)reg, value, writable);
	scan();
	assert_int_equal(tree.count, 2);
	return &functions[1];
}

static void assert_refused(const struct pci_function *function, uint32_t n, uint8_t reg)
{
	assert_int_equal(function->bar[n].size, 0);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("00:04.0: BAR"));
	assert_true(fake_log_has("is no size; not used"));
	assert_int_equal(fake_pci_get32(1, reg) & fake_pci.function[1].writable[reg], 0);
}

static void a_size_that_is_no_power_of_two_costs_the_bar(void **state UNUSED)
{
	assert_refused(scan_one(0x14, 0, 0xfffd0000), 1, 0x14);
}

static void an_io_size_that_is_no_power_of_two_costs_the_bar(void **state UNUSED)
{
	assert_refused(scan_one(0x14, 1, 0xffffffb0), 1, 0x14);
}

static void a_64_bit_type_in_the_last_bar_costs_the_bar(void **state UNUSED)
{
	assert_refused(scan_one(0x24, 4, 0xfffff000), 5, 0x24);
	assert_int_equal(functions[1].bar[6].size, 0);
}

/* pvpanic-pci has two bytes: address bits lie where the type should be. */
static void a_bar_of_two_bytes_is_one_of_32_bits(void **state UNUSED)
{
	assert_bar(scan_one(0x10, 0, 0xfffffffe), 0, PCI_MEM, 0x1000, false);	/* of 16 bytes */
	assert_int_equal(fake_log_lines(), 0);
}

static void a_reserved_type_decodes_32_bits(void **state UNUSED)
{
	assert_bar(scan_one(0x10, 6, 0xfffff000), 0, PCI_MEM, 0x1000, false);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_bar_below_1_mib_costs_the_bar(void **state UNUSED)
{
	assert_refused(scan_one(0x10, 2, 0xfffff000), 0, 0x10);
}

static void bars_up_to_1_pib_are_sizes_and_more_is_refused(void **state UNUSED)
{
	int device;

	fake_pci_add_host(CHIPSET_I440FX);
	device = fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 0);
	fake_pci_bar(device, 0, 8ull << 40, 0xc);
	fake_pci_bar(device, 2, 1ull << 50, 0xc);
	fake_pci_bar(device, 4, 1ull << 51, 0xc);
	scan();
	assert_bar(&functions[1], 0, PCI_PREF, 8ull << 40, true);
	assert_bar(&functions[1], 2, PCI_PREF, 1ull << 50, true);
	assert_int_equal(functions[1].bar[4].size, 0);
	assert_int_equal(fake_log_lines(), 1);
}

static void bars_that_answer_all_ones_are_refused(void **state UNUSED)
{
	assert_refused(scan_one(0x18, 0xffffffff, 0), 2, 0x18);
}

static void a_bar_without_an_address_bit_is_refused(void **state UNUSED)
{
	assert_refused(scan_one(0x18, 8, 0), 2, 0x18);
}

static void an_io_bar_larger_than_32_kib_is_refused(void **state UNUSED)
{
	assert_refused(scan_one(0x18, 1, 0xffff0000), 2, 0x18);
}

static void an_io_bar_that_decodes_16_bits_is_sized(void **state UNUSED)
{
	assert_bar(scan_one(0x18, 1, 0x0000ff00), 2, PCI_IO, 0x100, false);
	assert_int_equal(fake_log_lines(), 0);
}

static void the_smallest_and_largest_32_bit_bars_are_sized(void **state UNUSED)
{
	/* 16 bytes take a page, as 4 KiB do; the next size is as it is. */
	assert_bar(scan_one(0x18, 0, 0xfffffff0), 2, PCI_MEM, 0x1000, false);
	setup(NULL);
	assert_bar(scan_one(0x18, 0, 0xfffff000), 2, PCI_MEM, 0x1000, false);
	setup(NULL);
	assert_bar(scan_one(0x18, 0, 0xffffe000), 2, PCI_MEM, 0x2000, false);
	setup(NULL);
	assert_bar(scan_one(0x18, 8, 0x80000000), 2, PCI_PREF, 0x80000000, false);
}

static void a_64_bit_bar_leaves_its_high_half_0(void **state UNUSED)
{
	int device;

	fake_pci_add_host(CHIPSET_I440FX);
	device = fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 0);
	fake_pci_bar(device, 1, 0x1000, 4);
	scan();
	assert_bar(&functions[1], 1, PCI_MEM, 0x1000, true);
	assert_int_equal(functions[1].bar[2].size, 0);
	assert_int_equal(fake_pci_get32(device, 0x18), 0);
}

static void a_rom_of_an_impossible_size_is_refused(void **state UNUSED)
{
	struct pci_function *function = scan_one(0x30, 0, 0xffff5001);

	assert_int_equal(function->bar[6].size, 0);
	assert_true(fake_log_has("BAR 6"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(a_size_that_is_no_power_of_two_costs_the_bar),
		T(an_io_size_that_is_no_power_of_two_costs_the_bar),
		T(a_64_bit_type_in_the_last_bar_costs_the_bar),
		T(a_bar_of_two_bytes_is_one_of_32_bits),
		T(a_reserved_type_decodes_32_bits),
		T(a_bar_below_1_mib_costs_the_bar),
		T(bars_up_to_1_pib_are_sizes_and_more_is_refused),
		T(bars_that_answer_all_ones_are_refused),
		T(a_bar_without_an_address_bit_is_refused),
		T(an_io_bar_larger_than_32_kib_is_refused),
		T(an_io_bar_that_decodes_16_bits_is_sized),
		T(the_smallest_and_largest_32_bit_bars_are_sized),
		T(a_64_bit_bar_leaves_its_high_half_0),
		T(a_rom_of_an_impossible_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
