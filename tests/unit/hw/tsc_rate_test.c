/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/tsc_rate_test.c: what KVM tells and what two looks at the PM timer measure.
 * LINK: tests/fake/io.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
#include "arch/cpu.h"
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "hw/timer.h"
#include "hw/tsc_rate.c"	/* for the page that KVM writes */
#include "machine/machine.h"

struct machine machine;

static uint32_t told, reads, pm_base, unsure, slow_reads, read_ns;
static bool pm_stands;

uint32_t timer_told_khz(void)
{
	return told;
}

static uint32_t pm_in(void *opaque, uint16_t port, unsigned int width)
{
	uint32_t value;

	(void)opaque;
	assert_int_equal(port, 0x608);
	assert_int_equal(width, 4);
	reads++;
	if (slow_reads && slow_reads--)
		fake_cpu.now_ns += 3000000;	/* the host had something else to do */
	if (pm_stands)
		return pm_base;
	fake_cpu.now_ns += read_ns / 2;
	value = pm_base + (uint32_t)(fake_cpu.now_ns * 3579545 / 1000000000);
	fake_cpu.now_ns += read_ns / 2;
	return value & 0xffffff;
}

static int setup(void **state)
{
	(void)state;
	fake_io_reset();
	fake_cpu_reset();
	fake_log_reset();
	fake_io_add(0x608, 0x60b, pm_in, NULL, NULL);
	machine = (struct machine){ .chipset = CHIPSET_I440FX, .cpu_features = CPUID_1_EDX_TSC };
	fake_cpu.pause_ns = 50;
	told = reads = pm_base = slow_reads = read_ns = 0;
	pm_stands = false;
	return 0;
}

static void what_cpuid_tells_needs_no_device(void **state)
{
	uint32_t ticks = 5;

	(void)state;
	told = 2300000;
	assert_true(tsc_rate_begin());
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 2300000);
	assert_int_equal(ticks, 0);
	assert_int_equal(reads, 0);
}

static void measure(uint32_t rate_khz, uint32_t us, uint32_t error_per_mille)
{
	uint32_t ticks, got;

	fake_cpu.tsc_khz = rate_khz;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += us * 1000ull;
	got = tsc_rate_end(&ticks, &unsure);
	assert_in_range(ticks, us * 3579545ull / 1000000 - 1, us * 3579545ull / 1000000 + 2);
	assert_in_range(got, rate_khz - (uint64_t)rate_khz * error_per_mille / 1000,
			rate_khz + (uint64_t)rate_khz * error_per_mille / 1000);
}

static void two_looks_measure_it(void **state)
{
	(void)state;
	measure(2300000, 3000, 1);
	assert_int_equal(reads, 2);
	measure(1000000, 100, 4);
	measure(10100, 50000, 1);
	measure(19900000, 50000, 1);
	measure(930000, 4600000, 1);	/* nearly one round of the timer, nearly 2^32 ticks of the TSC */
}

static void the_timer_may_come_round_in_between(void **state)
{
	(void)state;
	pm_base = 0xfffff0;
	measure(2300000, 1000, 2);
}

/* Where each takes a while, their middles are what lies apart. */
static void reads_that_take_a_while_do_not_bend_the_rate(void **state)
{
	uint32_t ticks;

	(void)state;
	read_ns = 24000;
	fake_cpu.tsc_khz = 2300000;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 2000000;
	assert_in_range(tsc_rate_end(&ticks, &unsure), 2300000 - 2300, 2300000 + 2300);
	assert_int_equal(reads, 2);
	assert_in_range(unsure, 2 * 24 * 2300, 2 * 25 * 2300);

	setup(NULL);			/* a 32nd of all, and a little more */
	read_ns = 33000;
	fake_cpu.tsc_khz = 2300000;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 2000000;
	tsc_rate_end(&ticks, &unsure);
	assert_true(reads > 2);
}

static void a_read_that_took_long_is_made_again(void **state)
{
	uint32_t ticks;

	(void)state;
	slow_reads = 1;			/* the first: then two more are enough */
	fake_cpu.tsc_khz = 2300000;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 4000000;
	assert_in_range(tsc_rate_end(&ticks, &unsure), 2298000, 2302000);
	assert_int_equal(reads, 4);
	assert_in_range(unsure, 1, 1000);

	setup(NULL);
	slow_reads = 100;		/* all: no rate, and an end to it */
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 4000000;
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 0);
	assert_int_equal(reads, 8);
	assert_int_equal(ticks | unsure, 0);
	assert_true(fake_log_has("no rate"));
}

static void nonsense_is_not_a_rate(void **state)
{
	uint32_t ticks;

	(void)state;
	pm_stands = true;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 1000000;
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 0);
	assert_int_equal(ticks, 0);

	setup(NULL);			/* too little time: measured again */
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 1500;
	assert_in_range(tsc_rate_end(&ticks, &unsure), 999000, 1001000);
	assert_int_equal(reads, 4);

	setup(NULL);			/* too fast, too slow to be true; too long */
	fake_cpu.tsc_khz = 20100000;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 100000000;
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 0);
	setup(NULL);
	fake_cpu.tsc_khz = 9900;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 100000000;
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 0);
	setup(NULL);
	fake_cpu.tsc_khz = 4000000;
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 600000000000;	/* measured again */
	assert_in_range(tsc_rate_end(&ticks, &unsure), 3990000, 4010000);
	assert_int_equal(reads, 4);
}

static void a_tsc_that_stands_still_is_not_waited_for(void **state)
{
	uint32_t ticks = 5;

	(void)state;
	fake_cpu.tsc_khz = 0;
	alarm(20);
	assert_true(tsc_rate_begin());
	fake_cpu.now_ns += 1000000;
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 0);
	alarm(0);
	assert_int_equal(ticks | unsure, 0);
	assert_true(fake_log_has("in 0 ticks of the TSC"));
}

/* 2^39 ticks of the TSC in 9 of the timer: 2.1 * 10^14 kHz, whose low 32 bits could be believed. */
static void a_rate_of_more_than_32_bits_is_not_one(void **state)
{
	uint32_t ticks;

	(void)state;
	first = (struct look){ 0 };
	last = (struct look){ .pm = 9 };
	for (uint64_t took = 1ull << 38; took < 1ull << 39; took += (1ull << 25) + 77) {
		last.before = took;
		assert_int_equal(rate_of_looks(&ticks, &unsure), 0);
	}
}

static void where_there_is_no_timer_there_is_no_rate(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_NONE;
	assert_false(tsc_rate_begin());
	assert_int_equal(reads, 0);
}

static void a_kvm_without_a_clock_is_measured(void **state)
{
	(void)state;
	machine.kvm = 0x40000000;
	fake_cpuid_set(0x40000001, 0, (struct cpuid){ .eax = ~8u });
	measure(2300000, 3000, 1);
	assert_int_equal(fake_cpu.wrmsrs, 0);
}

/* What the host writes between the two MSR writes is there before them here. */
static void a_kvm_clock_tells_its_rate(void **state)
{
	static const struct { uint32_t mul; int8_t shift; uint32_t rate; } told_by[] = {
		{ 0xde9bd37a, -1, 2300000 },	/* ns = ticks / 2 * 0.8696 */
		{ 0x80000000, 1, 1000000 },
		{ 0xffffffff, 0, 1000000 },
		{ 0x80000000, -2, 8000000 },
		{ 0xcccccccc, 4, 78125 },
	};
	uint32_t ticks;

	(void)state;
	machine.chipset = CHIPSET_NONE;
	machine.kvm = 0x40000000;
	fake_cpuid_set(0x40000001, 0, (struct cpuid){ .eax = 8 });
	fake_msr_set(0x4b564d01, 0);
	for (size_t i = 0; i < sizeof(told_by) / sizeof(told_by[0]); i++) {
		kvm_page.mul = told_by[i].mul;
		kvm_page.shift = told_by[i].shift;
		assert_true(tsc_rate_begin());
		assert_in_range(tsc_rate_end(&ticks, &unsure), told_by[i].rate - told_by[i].rate / 10000,
				told_by[i].rate + told_by[i].rate / 10000);
		assert_int_equal(ticks, 0);
	}
	assert_int_equal(reads, 0);
}

static void a_kvm_behind_the_leaves_of_another_tells_its_rate(void **state)
{
	uint32_t ticks;

	(void)state;
	machine.kvm = 0x40000100;
	fake_cpuid_set(0x40000101, 0, (struct cpuid){ .eax = 8 });
	fake_msr_set(0x4b564d01, 0);
	kvm_page.mul = 0x80000000;
	kvm_page.shift = 1;
	assert_true(tsc_rate_begin());
	assert_int_equal(tsc_rate_end(&ticks, &unsure), 1000000);
	assert_int_equal(reads, 0);
}

static void a_kvm_clock_that_lies_is_not_believed(void **state)
{
	static const struct { uint32_t mul; int8_t shift; } lies[] = {
		{ 0, 0 }, { (1u << 24) - 1, 0 }, { 0x80000000, 21 }, { 0x80000000, -21 },
		{ 0x80000000, 127 }, { 0x80000000, -128 }, { 0x80000000, 20 }, { 0x80000000, -20 },
		{ 0x80000000, -5 }, { 1u << 24, 0 },
	};

	(void)state;
	machine.chipset = CHIPSET_NONE;
	machine.kvm = 0x40000000;
	fake_cpuid_set(0x40000001, 0, (struct cpuid){ .eax = 8 });
	fake_msr_set(0x4b564d01, 0);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		kvm_page.mul = lies[i].mul;
		kvm_page.shift = lies[i].shift;
		assert_false(tsc_rate_begin());
	}
}

static void a_kvm_clock_that_says_nothing_is_measured(void **state)
{
	uint32_t msr;
	uint64_t value;

	(void)state;
	machine.kvm = 0x40000000;
	kvm_page.mul = 0;
	fake_cpuid_set(0x40000001, 0, (struct cpuid){ .eax = 8 });
	fake_msr_set(0x4b564d01, 0);
	measure(2300000, 3000, 1);
	assert_int_equal(fake_cpu.wrmsrs, 2);
	assert_true(fake_msr_write(0, &msr, &value) && msr == 0x4b564d01 && value & 1);
	assert_true(fake_msr_write(1, &msr, &value) && msr == 0x4b564d01 && value == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_cpuid_tells_needs_no_device, setup),
		cmocka_unit_test_setup(two_looks_measure_it, setup),
		cmocka_unit_test_setup(the_timer_may_come_round_in_between, setup),
		cmocka_unit_test_setup(reads_that_take_a_while_do_not_bend_the_rate, setup),
		cmocka_unit_test_setup(a_read_that_took_long_is_made_again, setup),
		cmocka_unit_test_setup(nonsense_is_not_a_rate, setup),
		cmocka_unit_test_setup(a_tsc_that_stands_still_is_not_waited_for, setup),
		cmocka_unit_test_setup(a_rate_of_more_than_32_bits_is_not_one, setup),
		cmocka_unit_test_setup(where_there_is_no_timer_there_is_no_rate, setup),
		cmocka_unit_test_setup(a_kvm_without_a_clock_is_measured, setup),
		cmocka_unit_test_setup(a_kvm_clock_tells_its_rate, setup),
		cmocka_unit_test_setup(a_kvm_behind_the_leaves_of_another_tells_its_rate, setup),
		cmocka_unit_test_setup(a_kvm_clock_that_lies_is_not_believed, setup),
		cmocka_unit_test_setup(a_kvm_clock_that_says_nothing_is_measured, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
