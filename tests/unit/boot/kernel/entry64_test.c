/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/entry64_test.c: the map that a 64-bit entry needs, where it lies, and where there is none.
 * LINK: src/boot/kernel/entry64.c src/boot/kernel/place.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/cpu.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/launch.h"
#include "boot/kernel/entry64.h"
#include "boot/kernel/place.h"
#include "fake/cpu.h"
#include "fake/e820.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

#define MIB	0x100000u
#define RAM	(16 * MIB)
#define TOP	(RAM - 0x20000)
#define GIB	(1ull << 30)

struct machine machine;
struct place_request kernel_want;

static uint32_t entry, top;
static struct bzimage kernel;

uint32_t alloc_high_bottom(void)
{
	return top;
}

static int before(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	memset(fake_ram, 0xff, RAM);
	fake_log_reset();
	fake_cpu_reset();
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000008 });
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = 1u << 29 | 1u << 26 });
	memset(&machine, 0, sizeof(machine));
	machine.cpu_features = 1;
	machine.high_ram_end = 4 * GIB;
	machine.e820 = (struct e820_map){ .entry = (void *)(fake_ram + 0xf8000) };
	e820_set(&machine.e820, MIB, RAM - MIB, E820_RAM);
	top = TOP;
	place_by_map(&kernel_want, &machine.e820);
	place_begin(&kernel_want, MIB, 4 * MIB);
	kernel_want.low = PLACE_LOW_END / PLACE_PAGE;
	kernel = (struct bzimage){ .is_64bit = true };
	entry = MIB;
	launch_page_tables = 0x1234;
	return 0;
}

static uint64_t slot(uint32_t n)
{
	return get_le64(fake_ram + launch_page_tables + 8 * n);
}

static void assert_map(uint32_t gibs)
{
	assert_int_equal(entry64_prepare(&kernel, &entry), 0);
	assert_int_equal(entry, (uint32_t)(uintptr_t)launch_linux64);
	assert_int_equal(launch_page_tables, TOP - 0x2000);
	assert_int_equal(slot(0), (launch_page_tables + 0x1000) | 0x23);
	for (uint32_t i = 1; i < 512; i++)
		assert_int_equal(slot(i), 0);
	for (uint32_t i = 0; i < 512; i++)
		assert_int_equal(slot(512 + i), i < gibs ? i * GIB | 0xe3 : 0);
	assert_int_equal(fake_ram[launch_page_tables - 1], 0xff);
	assert_int_equal(fake_ram[launch_page_tables + 0x2000], 0xff);
}

static void all_ram_is_mapped_and_all_below_4_gib(void **state)
{
	static const struct { uint64_t end; uint32_t gibs; } cases[] = {
		{ GIB, 4 }, { 4 * GIB, 4 }, { 4 * GIB + 1, 5 }, { 5 * GIB, 5 }, { 512 * GIB, 512 }, { 1ull << 46, 512 }, { UINT64_MAX, 512 },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		before(state);
		machine.high_ram_end = cases[i].end;
		assert_map(cases[i].gibs);
	}
}

static void the_tables_have_a_place_of_their_own(void **state)
{
	(void)state;
	top = 5 * MIB + 0x2000;
	assert_int_equal(entry64_prepare(&kernel, &entry), 0);
	assert_int_equal(launch_page_tables, 5 * MIB);
	before(state);
	top = 5 * MIB + 0x1fff;
	assert_int_equal(entry64_prepare(&kernel, &entry), -ENOMEM);
	assert_true(fake_log_has("page tables: 0x2000 bytes"));
	assert_int_equal(entry, MIB);
}

static void without_what_it_needs_the_32_bit_entry_stays(void **state)
{
	for (uint32_t i = 0; i < 5; i++) {
		before(state);
		if (i == 0)
			kernel.is_64bit = false;
		else if (i == 1)
			fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = 1u << 29 });
		else if (i == 2)
			fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = 1u << 26 });
		else if (i == 3)
			fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000000 });
		else
			machine.cpu_features = 0;
		assert_int_equal(entry64_prepare(&kernel, &entry), 0);
		assert_int_equal(entry, MIB);
		assert_true(fake_log_has(i ? "the processor has no pages of 1 GiB" : "the kernel has none"));
		assert_true(fake_log_has("the 32-bit entry is taken"));
		assert_int_equal(fake_log_lines(), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_ram_is_mapped_and_all_below_4_gib, before),
		cmocka_unit_test_setup(the_tables_have_a_place_of_their_own, before),
		cmocka_unit_test_setup(without_what_it_needs_the_32_bit_entry_stays, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
