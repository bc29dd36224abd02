/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/space_test.c: which addresses are free for PCI.
 * LINK: src/hw/pci/space.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/cpu.h"
#include "hw/pci/layout.h"
#include "hw/pci/space.h"

#define UNUSED __attribute__((unused))
#define GIB 0x40000000ull

static struct pci_space space;

static int setup(void **state UNUSED)
{
	fake_cpu_reset();
	memset(&space, 0xa5, sizeof(space));
	return 0;
}

static void the_32_bit_window_lies_behind_ram(void **state UNUSED)
{
	static const struct {
		enum chipset chipset;
		uint32_t ram, base;
	} cases[] = {
		{ CHIPSET_I440FX, 0x8000000, 0x80000000 },
		{ CHIPSET_I440FX, 0x80000000, 0x80000000 },
		{ CHIPSET_I440FX, 0x80001000, 0xc0000000 },
		{ CHIPSET_I440FX, 0xc0000000, 0xc0000000 },
		{ CHIPSET_I440FX, 0xe0000000, 0xe0000000 },
		{ CHIPSET_I440FX, 0xf0001000, 0xf1000000 },
		{ CHIPSET_I440FX, 0xfff00000, 0xfec00000 },
		{ CHIPSET_Q35, 0x8000000, 0xc0000000 },
		{ CHIPSET_Q35, 0x80000000, 0xc0000000 },
	};

	for (uint32_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		pci_space_low(&space, cases[n].chipset, cases[n].ram);
		assert_int_equal(space.range[LAYOUT_LOW][0].base, cases[n].base);
		assert_int_equal(space.range[LAYOUT_LOW][0].end, 0xfec00000);
		assert_int_equal(space.range[LAYOUT_HIGH][0].end, 0);
	}
}

static void set_cpu(const char *vendor, bool pae, bool lm, uint32_t bits)
{
	struct cpuid c = { .eax = 1 };

	memcpy(&c.ebx, vendor, 4);
	memcpy(&c.edx, vendor + 4, 4);
	memcpy(&c.ecx, vendor + 8, 4);
	fake_cpuid_set(0, 0, c);
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = pae ? 1u << 6 : 0 });
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = bits ? 0x80000008 : 0x80000001 });
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = lm ? 1u << 29 : 0 });
	fake_cpuid_set(0x80000008, 0, (struct cpuid){ .eax = 0x3000 | bits });
}

static void the_64_bit_window_lies_behind_ram_and_ends_with_the_address_bits(void **state UNUSED)
{
	set_cpu("GenuineIntel", true, true, 40);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_int_equal(space.range[LAYOUT_HIGH][0].base, 4 * GIB);
	assert_int_equal(space.range[LAYOUT_HIGH][0].end, 1ull << 40);
	assert_true(pci_space_high(&space, 5 * GIB + 4096, 0));
	assert_int_equal(space.range[LAYOUT_HIGH][0].base, 6 * GIB);
	assert_true(pci_space_high(&space, 5 * GIB, 20 * GIB + 1));
	assert_int_equal(space.range[LAYOUT_HIGH][0].base, 21 * GIB);
	assert_false(pci_space_high(&space, 4 * GIB, (1ull << 40) - 1));
	assert_false(pci_space_high(&space, 4 * GIB, ~0ull));
	assert_int_equal(space.range[LAYOUT_HIGH][0].end, 0);
}

static void a_processor_without_long_mode_has_36_bits_or_no_window(void **state UNUSED)
{
	set_cpu("GenuineIntel", true, false, 0);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_int_equal(space.range[LAYOUT_HIGH][0].end, 1ull << 36);
	set_cpu("GenuineIntel", false, true, 0);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_int_equal(space.range[LAYOUT_HIGH][0].end, 1ull << 36);
	set_cpu("GenuineIntel", false, false, 0);
	assert_false(pci_space_high(&space, 4 * GIB, 0));
	fake_cpu.is_486 = true;
	assert_false(pci_space_high(&space, 4 * GIB, 0));
}

static void address_bits_beyond_52_are_not_believed(void **state UNUSED)
{
	set_cpu("GenuineIntel", true, true, 0xff);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_int_equal(space.range[LAYOUT_HIGH][0].end, 1ull << 52);
}

static void assert_high(uint32_t n, uint64_t base, uint64_t end)
{
	assert_int_equal(space.range[LAYOUT_HIGH][n].base, base);
	assert_int_equal(space.range[LAYOUT_HIGH][n].end, end);
}

static void amd_processors_have_a_hole_below_1_tib(void **state UNUSED)
{
	set_cpu("AuthenticAMD", true, true, 48);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_high(0, 4 * GIB, 0xfd00000000);
	assert_high(1, 1ull << 40, 1ull << 48);
	assert_high(2, 0, 0);
	assert_true(pci_space_high(&space, 0xfd00000000, 0));
	assert_high(0, 1ull << 40, 1ull << 48);
	assert_high(1, 0, 0);
	assert_true(pci_space_high(&space, 0xff00000000, 0));
	assert_high(0, 1ull << 40, 1ull << 48);
	assert_true(pci_space_high(&space, 2ull << 40, 0));
	assert_high(0, 2ull << 40, 1ull << 48);
	assert_high(1, 0, 0);
	set_cpu("AuthenticAMD", true, true, 52);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_high(1, 1ull << 40, 1ull << 52);
}

static void what_ends_at_or_below_the_hole_is_one_range(void **state UNUSED)
{
	set_cpu("AuthenticAMD", true, true, 39);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_high(0, 4 * GIB, 1ull << 39);
	assert_high(1, 0, 0);
	set_cpu("AuthenticAMD", true, true, 40);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_high(0, 4 * GIB, 0xfd00000000);
	assert_high(1, 0, 0);
	assert_false(pci_space_high(&space, 0xfd00000000, 0));
	assert_high(0, 0, 0);
	set_cpu("GenuineIntel", true, true, 48);
	assert_true(pci_space_high(&space, 4 * GIB, 0));
	assert_high(0, 4 * GIB, 1ull << 48);
	assert_high(1, 0, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(the_32_bit_window_lies_behind_ram),
		T(the_64_bit_window_lies_behind_ram_and_ends_with_the_address_bits),
		T(a_processor_without_long_mode_has_36_bits_or_no_window),
		T(address_bits_beyond_52_are_not_believed),
		T(amd_processors_have_a_hole_below_1_tib),
		T(what_ends_at_or_below_the_hole_is_one_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
