/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fake/alloc_test.c: the allocator other tests link keeps its promises.
 * LINK: tests/fake/alloc.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/ram.h"

static int fresh(void **state __attribute__((unused)))
{
	fake_ram_reset(4 << 20);
	fake_alloc_reset();
	fake_cpu_reset();
	return 0;
}

static void the_nth_allocation_fails_once(void **state __attribute__((unused)))
{
	fake_alloc_fail_at(2);
	assert_non_null(alloc(ZONE_TEMP, 16, 1, "a"));
	assert_null(alloc(ZONE_NVS, 16, 1, "b"));
	assert_non_null(alloc(ZONE_FSEG, 16, 1, "c"));
	assert_int_equal(fake_alloc_calls(), 3);
	assert_int_equal(fake_alloc_live_all(), 2);
	assert_null(fake_alloc_piece(2));
}

static void pieces_are_aligned_apart_and_in_their_zones(void **state __attribute__((unused)))
{
	static const uint32_t from[] = { 0x9a000, 0xf4000, 1 << 20, 1 << 20, 0x30000 };
	static const uint32_t to[] = { 0x9fc00, 1 << 20, 4 << 20, 4 << 20, 0x90000 };

	for (int zone = 0; zone < ZONE_COUNT; zone++)
		for (uint32_t align = 1; align <= 256; align *= 2) {
			uint8_t *p = alloc_raw(zone, 100, align, "x");
			uint32_t at = ptr_to_phys(p);

			assert_non_null(p);
			assert_int_equal(at % align, 0);
			assert_true(at >= from[zone] && at + 100 <= to[zone]);
			assert_true(fake_alloc_owns(at, 100));
			assert_false(fake_alloc_owns(at, 101));
			assert_true(__asan_address_is_poisoned(p + 100));
			assert_false(__asan_address_is_poisoned(p + 99));
		}
}

static void temporary_pieces_go_above_1_mib_when_low_memory_is_full(void **state
								     __attribute__((unused)))
{
	assert_int_equal(ptr_to_phys(alloc(ZONE_TEMP, 0x80000, 4096, "big")), 1 << 20);
	assert_null(alloc(ZONE_TEMP, 4 << 20, 1, "too big"));
	assert_null(alloc(ZONE_TEMP, 0, 1, "none"));
	assert_null(alloc(ZONE_TEMP, 1, 3, "odd"));
}

static void released_pieces_are_trapped_and_others_kept(void **state __attribute__((unused)))
{
	uint8_t *before = alloc(ZONE_NVS, 64, 1, "before"), *after;
	struct alloc_mark mark;
	uint8_t *other;

	alloc_mark(&mark);
	after = alloc(ZONE_NVS, 64, 1, "after");
	other = alloc(ZONE_FSEG, 64, 1, "other");
	alloc_release(ZONE_NVS, &mark);
	assert_false(__asan_address_is_poisoned(before));
	assert_false(__asan_address_is_poisoned(other));
	assert_true(__asan_address_is_poisoned(after));
	assert_int_equal(fake_alloc_live(ZONE_NVS), 1);
	assert_ptr_equal(alloc(ZONE_NVS, 64, 1, "again"), after);
	assert_int_equal(after[63], 0);
}

static void the_processor_keeps_msrs_leaves_and_time(void **state __attribute__((unused)))
{
	uint32_t msr;
	uint64_t value;

	assert_int_equal(cpuid(0, 0).eax, 1);
	assert_int_equal(cpuid(0x40000010, 0).eax, 0);
	fake_msr_set(0xfe, 0x508);
	wrmsr(0xfe, 7);
	assert_int_equal(rdmsr(0xfe), 7);
	assert_true(fake_msr_write(0, &msr, &value));
	assert_int_equal(msr, 0xfe);
	assert_false(fake_msr_write(1, &msr, &value));
	value = rdtsc();
	fake_cpu.now_ns += 1000;
	assert_int_equal(rdtsc() - value, 1020);
	fake_cpu.is_486 = true;
	assert_int_equal(cpu_features(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_nth_allocation_fails_once, fresh),
		cmocka_unit_test_setup(pieces_are_aligned_apart_and_in_their_zones, fresh),
		cmocka_unit_test_setup(temporary_pieces_go_above_1_mib_when_low_memory_is_full,
				       fresh),
		cmocka_unit_test_setup(released_pieces_are_trapped_and_others_kept, fresh),
		cmocka_unit_test_setup(the_processor_keeps_msrs_leaves_and_time, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
