/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/arch/hash/sha256_ni_test.c: where SHA's instructions are used and where not. What they compute: lib/hash/sha256_test.c.
 * LINK: src/arch/hash/sha256_ni.c src/lib/hash/sha256.c tests/fake/cpu.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/hash/sha256_ni.h"
#include "fake/cpu.h"
#include "fake/sha.h"
#include "lib/bits.h"

static int before(void **state)
{
	(void)state;
	fake_cpu_reset();
	fake_cpu_give_sha_ni();
	return 0;
}

static void where_all_of_it_is_there(void **state)
{
	(void)state;
	assert_true(sha256_ni_works(cpu_features()));
	assert_int_equal(fake_cpu.rdtscs, 2);
}

/* Each bit that is needed away, and a processor that never heard of leaf 7; on none a clock is read. */
static void what_lacks_something_has_none(void **state)
{
	static const uint32_t edx[] = { CPUID_1_EDX_TSC, CPUID_1_EDX_FXSR, CPUID_1_EDX_SSE2 };
	static const uint32_t ecx[] = { CPUID_1_ECX_SSSE3, CPUID_1_ECX_SSE4_1 };
	const uint32_t features = cpu_features(), more = cpuid(1, 0).ecx;

	for (uint32_t i = 0; i < ARRAY_SIZE(edx); i++)
		assert_false(sha256_ni_works(features & ~edx[i]));
	for (uint32_t i = 0; i < ARRAY_SIZE(ecx); i++) {
		fake_cpuid_set(1, 0, (struct cpuid){ .edx = features, .ecx = more & ~ecx[i] });
		assert_false(sha256_ni_works(features));
	}
	before(state);
	fake_cpuid_set(7, 0, (struct cpuid){ .ebx = ~CPUID_7_EBX_SHA });
	assert_false(sha256_ni_works(features));
	before(state);
	fake_cpuid_set(0, 0, (struct cpuid){ .eax = 6 });
	assert_false(sha256_ni_works(features));
	assert_int_equal(fake_cpu.rdtscs, 0);
}

/* A 486: not even CPUID is asked. */
static void without_cpuid_nothing_is_asked(void **state)
{
	(void)state;
	fake_cpu.is_486 = true;
	assert_false(sha256_ni_works(0));
	assert_int_equal(fake_cpu.cpuids, 0);
}

static uint32_t quick_from;

/* What takes a thousand ticks an instruction until so many times have been read. */
static void slow_at_first(void)
{
	fake_cpu.rdtsc_ns = fake_cpu.rdtscs < quick_from ? 1000 * 1000 : 20;
}

static void an_emulator_is_told_by_its_time(void **state)
{
	for (quick_from = 0; quick_from < 9; quick_from++) {
		before(state);
		fake_cpu.rdtsc_ns = quick_from ? 1000 * 1000 : 20;
		fake_cpu.tick = slow_at_first;
		assert_int_equal(sha256_ni_works(cpu_features()), quick_from < 6);	/* one try of three is enough */
		assert_true(fake_cpu.rdtscs <= 6);
	}
}

/* A clock that a host sets back does not tell anything. */
static void back(void)
{
	fake_cpu.tsc_offset -= 1000 * 1000;
}

static void a_clock_that_goes_backwards_is_not_believed(void **state)
{
	(void)state;
	fake_cpu.tsc_offset = 1ull << 40;
	fake_cpu.tick = back;
	assert_false(sha256_ni_works(cpu_features()));
}

#define TEST(name) cmocka_unit_test_setup(name, before)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_all_of_it_is_there),
		TEST(what_lacks_something_has_none),
		TEST(without_cpuid_nothing_is_asked),
		TEST(an_emulator_is_told_by_its_time),
		TEST(a_clock_that_goes_backwards_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
