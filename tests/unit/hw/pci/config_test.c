/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/config_test.c: configuration access and what it costs.
 * LINK: src/hw/pci/config.c tests/fake/pci.c tests/fake/io.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/io.h"
#include "fake/io.h"
#include "fake/pci.h"
#include "hw/pci/config.h"

#define UNUSED __attribute__((unused))
#define BDF PCI_BDF(0, 3, 1)

static int setup(void **state UNUSED)
{
	int device;

	fake_io_reset();
	fake_pci_reset();
	pci_config_use_mmconfig(0);
	fake_pci_add_host(CHIPSET_I440FX);
	device = fake_pci_add(-1, 0, 3, 1, 0x100e8086, 0x02000003, 0);
	fake_pci_set32(device, 0x40, 0x11223344, 0xffffffff);
	return 0;
}

static void bytes_words_and_dwords_reach_their_place(void **state UNUSED)
{
	assert_int_equal(pci_read32(BDF, 0x40), 0x11223344);
	assert_int_equal(pci_read16(BDF, 0x42), 0x1122);
	assert_int_equal(pci_read8(BDF, 0x41), 0x33);
	pci_write8(BDF, 0x43, 0xaa);
	pci_write16(BDF, 0x40, 0xbbcc);
	assert_int_equal(pci_read32(BDF, 0x40), 0xaa22bbcc);
	pci_write32(BDF, 0x40, 0x01020304);
	assert_int_equal(pci_read32(BDF, 0x40), 0x01020304);
}

static void the_index_is_written_only_when_the_dword_changes(void **state UNUSED)
{
	pci_read32(BDF, 0x40);
	assert_int_equal(fake_io_accesses(), 2);
	pci_read8(BDF, 0x43);
	pci_write16(BDF, 0x42, 1);
	assert_int_equal(fake_io_accesses(), 4);
	pci_read32(BDF, 0x44);
	assert_int_equal(fake_io_accesses(), 6);
	pci_read32(PCI_BDF(0, 3, 0), 0x44);
	assert_int_equal(fake_io_accesses(), 8);
}

static void the_first_access_does_not_trust_what_the_start_left_in_the_index(void **state UNUSED)
{
	/* The model starts with 0x80000058 in 0xcf8; dword 0 of bus 0 must be selected anew. */
	assert_int_equal(pci_read32(0, 0), HOST_BRIDGE_I440FX);
	assert_int_equal(fake_io_accesses(), 2);
}

static void after_others_have_run_the_index_is_written_again(void **state UNUSED)
{
	assert_int_equal(pci_read32(BDF, 0x40), 0x11223344);
	outl(0x80000000, 0xcf8);
	pci_config_forget();
	assert_int_equal(pci_read32(BDF, 0x40), 0x11223344);
}

static void mmconfig_takes_one_access(void **state UNUSED)
{
	pci_config_use_mmconfig(Q35_MMCONFIG_BASE);
	assert_int_equal(pci_read32(BDF, 0x40), 0x11223344);
	pci_write16(BDF, 0x42, 0x5566);
	pci_write8(BDF, 0x40, 0x77);
	pci_write32(BDF, 0x44, 0);
	assert_int_equal(pci_read16(BDF, 0x42), 0x5566);
	assert_int_equal(pci_read8(BDF, 0x40), 0x77);
	assert_int_equal(fake_io_accesses(), 6);
	assert_int_equal(fake_io_count.in + fake_io_count.out, 0);
}

static void back_from_mmconfig_the_index_is_unknown(void **state UNUSED)
{
	pci_read32(BDF, 0x40);
	pci_config_use_mmconfig(Q35_MMCONFIG_BASE);
	pci_config_use_mmconfig(0);
	pci_read32(BDF, 0x40);
	assert_int_equal(fake_io_accesses(), 4);
}

static void a_function_that_is_not_there_reads_all_ones(void **state UNUSED)
{
	assert_int_equal(pci_read32(PCI_BDF(7, 1, 0), 0), 0xffffffff);
	assert_int_equal(pci_read16(PCI_BDF(0, 9, 0), 0), 0xffff);
	assert_int_equal(pci_read8(PCI_BDF(0, 9, 0), 0), 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bytes_words_and_dwords_reach_their_place, setup),
		cmocka_unit_test_setup(the_index_is_written_only_when_the_dword_changes, setup),
		cmocka_unit_test_setup(after_others_have_run_the_index_is_written_again, setup),
		cmocka_unit_test_setup(
			the_first_access_does_not_trust_what_the_start_left_in_the_index, setup),
		cmocka_unit_test_setup(mmconfig_takes_one_access, setup),
		cmocka_unit_test_setup(back_from_mmconfig_the_index_is_unknown, setup),
		cmocka_unit_test_setup(a_function_that_is_not_there_reads_all_ones, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
