/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/timer_test.c: waits on a machine whose clocks all run from one virtual time, so
 * that "at least this long, and not much longer" can be asserted for every kind of clock.
 * LINK: src/hw/pit.c tests/fake/cpu.c tests/fake/io.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "hw/timer.c"		/* for its state: a clock is found once in a boot */

struct machine machine;

#define ACCESS_NS 1000		/* a port access */

static struct {
	uint16_t latch;
	bool high;		/* next byte of the latch */
	uint32_t setup;		/* bytes written to set it up */
	uint64_t speed;		/* of a broken one, in Hz */
} fake_pit;
static uint64_t pm_hz;

static uint64_t count(uint64_t hz)
{
	return (uint64_t)((unsigned __int128)fake_cpu.now_ns * hz / 1000000000);
}

static uint32_t fake_pit_in(void *opaque, uint16_t port, unsigned int width)
{
	uint32_t byte = fake_pit.high ? fake_pit.latch >> 8 : fake_pit.latch & 0xff;

	(void)opaque;
	assert_int_equal(port, 0x40);
	assert_int_equal(width, 1);
	fake_cpu.now_ns += ACCESS_NS;
	fake_pit.high = !fake_pit.high;
	return byte;
}

static void fake_pit_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	fake_cpu.now_ns += ACCESS_NS;
	if (port == 0x43 && value == 0x00) {
		fake_pit.latch = -count(fake_pit.speed);
		fake_pit.high = false;
		return;
	}
	if (port == 0x43)
		assert_int_equal(value, 0x34);
	else
		assert_int_equal(value, 0);
	fake_pit.setup++;
}

static uint32_t fake_pm_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert_int_equal(port, 0x608);
	assert_int_equal(width, 4);
	fake_cpu.now_ns += ACCESS_NS;
	return count(pm_hz) & 0xffffff;
}

static void add_pit(uint64_t hz)
{
	fake_pit.speed = hz;
	fake_io_add(0x40, 0x43, fake_pit_in, fake_pit_out, NULL);
}

static void add_pm_timer(uint64_t hz)
{
	machine.chipset = CHIPSET_I440FX;
	pm_hz = hz;
	fake_io_add(0x608, 0x60b, fake_pm_in, NULL, NULL);
}

static int fresh(void **state __attribute__((unused)))
{
	counter = NULL;
	rate = 0;
	tsc = tsc_rate_assumed = false;
	counter_last = 0;
	ticks = 0;
	idle = NULL;
	idle_at = 0;
	memset(&fake_pit, 0, sizeof(fake_pit));
	memset(&machine, 0, sizeof(machine));
	fake_cpu_reset();
	fake_cpu.tsc_khz = 2500000;
	fake_cpu.now_ns = 123456789;
	fake_io_reset();
	fake_log_reset();
	machine.cpu_features = CPUID_1_EDX_TSC;
	return 0;
}

/* Microseconds until a wait runs out, after the clock has been found. */
static uint64_t waited(uint32_t limit_us)
{
	struct wait wait = wait_start(limit_us, "test: thing");
	uint64_t begin;

	for (uint32_t i = 0; i < WAIT_FREE_SPINS + 1; i++)
		if (wait_expired(&wait))
			return 0;
	begin = fake_cpu.now_ns;
	while (!wait_expired(&wait))
		;
	return (fake_cpu.now_ns - begin) / 1000;
}

static void takes_between(uint32_t limit_us, uint64_t most_us)
{
	uint64_t took = waited(limit_us);

	assert_in_range(took, limit_us - limit_us / 500, most_us);
}

/* A hypervisor whose leaves begin at base and reach to max. machine_init() has found KVM's. */
static void cpuid_hypervisor(uint32_t kvm, uint32_t max, uint32_t khz)
{
	uint32_t base = kvm ? kvm : 0x40000000;

	machine.kvm = kvm;
	fake_cpuid_set(1, 0, (struct cpuid){ .ecx = CPUID_1_ECX_HYPERVISOR,
					     .edx = CPUID_1_EDX_TSC });
	fake_cpuid_set(base, 0, (struct cpuid){ .eax = max });
	fake_cpuid_set(base + 0x10, 0, (struct cpuid){ .eax = khz });
}

static void the_rate_itself_can_be_asked(void **state __attribute__((unused)))
{
	cpuid_hypervisor(0x40000000, 0x40000010, 2300000);
	assert_int_equal(timer_told_khz(), 2300000);
	assert_in_range(timer_tsc_khz(), 2300000, 2300010);
	assert_int_equal(fake_io_accesses(), 0);

	fresh(NULL);
	assert_int_equal(timer_told_khz(), 0);
	add_pm_timer(3579545);
	assert_in_range(timer_tsc_khz(), 2500000, 2510000);

	fresh(NULL);			/* nothing to measure by: not told as 5 GHz */
	assert_int_equal(timer_tsc_khz(), 0);
	assert_int_equal(timer_tsc_khz(), 0);

	fresh(NULL);
	machine.cpu_features = 0;
	assert_int_equal(timer_tsc_khz(), 0);
	assert_int_equal(fake_cpu.rdtscs, 0);
}

static void a_wait_that_ends_early_touches_nothing(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(100, "test: thing");

	for (uint32_t i = 0; i < WAIT_FREE_SPINS; i++)
		assert_false(wait_expired(&wait));
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(fake_cpu.rdtscs, 0);
	assert_int_equal(fake_cpu.cpuids, 0);
	assert_int_equal(fake_cpu.pauses, WAIT_FREE_SPINS);
	assert_int_equal(fake_log_lines(), 0);
}

static void kvm_tells_the_rate(void **state __attribute__((unused)))
{
	cpuid_hypervisor(0x40000000, 0x40000010, 2500000);
	takes_between(100000, 101000);
	assert_int_equal(fake_io_accesses(), 0);
	assert_true(fake_log_has("2560003 ticks in 1024 us by CPUID"));
	assert_true(fake_log_has("test: thing: not done within 100000 us"));
	assert_int_equal(fake_log_lines(), 2);
}

static void kvm_tells_the_rate_behind_the_leaves_of_another(void **state __attribute__((unused)))
{
	cpuid_hypervisor(0x40000100, 0x40000110, 2500000);
	takes_between(100000, 101000);
	assert_int_equal(fake_io_accesses(), 0);
}

static void a_hypervisor_that_does_not_tell_is_measured(void **state __attribute__((unused)))
{
	static const uint32_t cases[][3] = {
		{ 0, 0x40000010, 10000000 },	/* TCG */
		{ 0x40000000, 0x40000001, 10000000 },	/* leaf too high */
		{ 0x40000000, 0xffffffff, 10000000 },	/* no leaf number at all */
		{ 0x40000100, 0x40000010, 10000000 },	/* of the one before it */
		{ 0x40000000, 0x40000010, 0 },
		{ 0x40000000, 0x40000010, 9999 },
		{ 0x40000000, 0x40000010, 20000001 },
		{ 0x40000000, 0x40000010, 0xffffffff },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(NULL);
		add_pm_timer(3579545);
		cpuid_hypervisor(cases[i][0], cases[i][1], cases[i][2]);
		takes_between(100000, 104000);
		assert_true(fake_log_has("by PM timer"));
	}
}

static void the_processor_tells_crystal_or_megahertz(void **state __attribute__((unused)))
{
	static const struct {
		uint32_t max;
		struct cpuid leaf15, leaf16;
		bool told;
	} cases[] = {
		{ 0x15, { 2, 200, 25000000, 0 }, { 0 }, true },
		{ 0x14, { 2, 200, 25000000, 0 }, { 0 }, false },	/* not there */
		{ 0x16, { 2, 200, 0, 0 }, { .eax = 2500 }, true },	/* no crystal */
		{ 0x16, { 0, 200, 25000000, 0 }, { .eax = 2500 }, true },
		{ 0x16, { 2, 0xffffffff, 25000000, 0 }, { .eax = 2500 }, true },
		{ 0x15, { 2, 0xffffffff, 25000000, 0 }, { .eax = 2500 }, false },
		{ 0x16, { 0 }, { 0 }, false },
		{ 0x16, { 0 }, { .eax = 20001 }, false },
		{ 0x16, { 0 }, { .eax = 0xffff0000 | 2500 }, true },	/* upper half reserved */
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(NULL);
		add_pit(1193182);
		fake_cpuid_set(0, 0, (struct cpuid){ .eax = cases[i].max });
		fake_cpuid_set(0x15, 0, cases[i].leaf15);
		fake_cpuid_set(0x16, 0, cases[i].leaf16);
		takes_between(50000, 53000);
		assert_int_equal(fake_log_has("by CPUID"), cases[i].told);
		assert_int_equal(fake_io_accesses() == 0, cases[i].told);
	}
}

static void tsc_is_measured_against_the_pm_timer(void **state __attribute__((unused)))
{
	static const uint32_t khz[] = { 60000, 1000000, 3333333, 19000000 };

	for (uint32_t i = 0; i < 4; i++) {
		fresh(NULL);
		fake_cpu.tsc_khz = khz[i];
		add_pm_timer(3579545);
		add_pit(1193182);
		takes_between(100000, 104000);
		assert_true(fake_log_has("by PM timer"));
		assert_int_equal(fake_pit.setup, 0);
		/* about 0.5 ms of reads, and none while waiting */
		assert_in_range(fake_io_accesses(), 2, 600);
	}
}

static void tsc_is_measured_against_the_pit(void **state __attribute__((unused)))
{
	static const uint32_t khz[] = { 60000, 1000000, 3333333, 19000000 };

	for (uint32_t i = 0; i < 4; i++) {
		fresh(NULL);
		fake_cpu.tsc_khz = khz[i];
		add_pit(1193182);
		takes_between(100000, 106000);
		assert_true(fake_log_has("by PIT"));
		assert_int_equal(fake_pit.setup, 3);
	}
}

static void a_pm_timer_that_stands_is_passed_over(void **state __attribute__((unused)))
{
	add_pm_timer(0);
	add_pit(1193182);
	takes_between(100000, 106000);
	assert_true(fake_log_has("by PIT"));

	fresh(NULL);
	machine.chipset = CHIPSET_Q35;		/* block not enabled yet: reads all ones */
	add_pit(1193182);
	takes_between(100000, 106000);
	assert_true(fake_log_has("by PIT"));
}

static void the_pm_port_is_not_touched_without_a_chipset(void **state __attribute__((unused)))
{
	add_pm_timer(3579545);
	machine.chipset = CHIPSET_NONE;
	add_pit(1193182);
	takes_between(1000, 1100);
	assert_true(fake_log_has("by PIT"));
}

/* The host takes the processor away once, somewhere in a measurement. */
static uint64_t steal_at;
static void steal(void)
{
	if (steal_at && fake_cpu.now_ns >= steal_at) {
		steal_at = 0;
		fake_cpu.now_ns += 70000000;	/* more than one round of the PIT */
	}
}

static void time_stolen_while_measuring_does_no_harm(void **state __attribute__((unused)))
{
	for (uint32_t us = 0; us < 900; us += 9) {
		fresh(NULL);
		add_pit(1193182);
		steal_at = fake_cpu.now_ns + us * 1000;
		fake_cpu.tick = steal;
		takes_between(100000, 106000);
	}
}

static void a_bogus_rate_is_not_believed(void **state __attribute__((unused)))
{
	static const uint32_t khz[] = { 0, 1, 5000, 30000000, 0xffffffff };

	for (uint32_t i = 0; i < 5; i++) {
		fresh(NULL);
		fake_cpu.tsc_khz = khz[i];
		add_pm_timer(3579545);
		find_clock();
		assert_int_equal(rate, 5120003);
		assert_true(fake_log_has("taken as 5000000 kHz"));
	}
	fresh(NULL);
	add_pm_timer(60);		/* moves, but far too slowly */
	fake_cpu.rdtsc_ns = 1000000;
	find_clock();
	assert_int_equal(rate, 5120003);
}

static void leap(void)
{
	fake_cpu.tsc_offset += 1ull << 32;
}

static void a_tsc_that_leaps_is_not_believed(void **state __attribute__((unused)))
{
	add_pm_timer(3579545);
	fake_cpu.tick = leap;
	find_clock();
	assert_int_equal(rate, 5120003);
}

static void the_pm_timer_may_wrap_while_measuring(void **state __attribute__((unused)))
{
	/* 2^24 ticks are 4.687 s; the first measurement reaches over it, or the second */
	for (uint64_t us = 0; us < 700; us += 50) {
		fresh(NULL);
		add_pm_timer(3579545);
		fake_cpu.now_ns = 4686972000 - us * 1000;
		find_clock();
		assert_in_range(rate, 2560000, 2640000);
		assert_true(fake_log_has("by PM timer"));
	}
}

static void a_machine_without_any_timer_waits_too_long_but_ends(void **state
								__attribute__((unused)))
{
	fake_cpu.tsc_khz = 1000000;
	takes_between(10000, 55000);
	assert_true(fake_log_has("not told and cannot be measured"));
}

static void a_processor_without_tsc_counts_the_pm_timer(void **state __attribute__((unused)))
{
	machine.cpu_features = 0;
	fake_cpu.is_486 = true;
	add_pm_timer(3579545);
	fake_cpu.now_ns = 4600000000;		/* the 24 bits wrap in the wait */
	takes_between(500000, 502000);
	assert_true(fake_log_has("PM timer, the processor has no TSC"));
	assert_int_equal(fake_cpu.rdtscs, 0);
}

static void a_processor_without_tsc_counts_the_pit(void **state __attribute__((unused)))
{
	machine.cpu_features = 0;
	fake_cpu.is_486 = true;
	add_pit(1193182);
	takes_between(300000, 301000);		/* several rounds of 16 bits */
	assert_true(fake_log_has("PIT, the processor has no TSC"));
}

static void with_no_clock_at_all_looks_are_counted(void **state __attribute__((unused)))
{
	machine.cpu_features = 0;
	fake_cpu.is_486 = true;
	fake_cpu.pause_ns = 16;
	takes_between(1000, 1100);
	assert_true(fake_log_has("neither TSC nor PM timer nor PIT"));
}

static void a_standing_tsc_does_not_make_a_wait_endless(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(100, "test: thing");

	cpuid_hypervisor(0x40000000, 0x40000010, 2500000);
	fake_cpu.tsc_khz = 0;
	wait.spins = UINT32_MAX - 3;
	for (int i = 0; i < 3; i++)
		assert_false(wait_expired(&wait));
	assert_true(wait_expired(&wait));
	assert_true(wait_expired(&wait));
}

static void a_limit_of_0_ends_after_the_free_looks(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(0, "test: thing");
	uint32_t looks = 0;

	cpuid_hypervisor(0x40000000, 0x40000010, 2500000);
	while (!wait_expired(&wait))
		looks++;
	assert_in_range(looks, WAIT_FREE_SPINS, WAIT_FREE_SPINS + 2);
}

static void the_longest_limit_does_not_overflow(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(UINT32_MAX, "test: thing");

	cpuid_hypervisor(0x40000000, 0x40000010, 20000000);
	fake_cpu.tsc_khz = 20000000;
	fake_cpu.now_ns = 0;
	for (uint32_t i = 0; i < WAIT_FREE_SPINS + 8; i++)
		assert_false(wait_expired(&wait));
	fake_cpu.now_ns = 4294900ull * 1000000;
	assert_false(wait_expired(&wait));
	fake_cpu.now_ns = 4295100ull * 1000000;
	assert_true(wait_expired(&wait));
}

static void delays_are_never_short(void **state __attribute__((unused)))
{
	static const uint32_t us[] = { 1, 2, 10, 999, 50000 };

	add_pm_timer(3579545);
	delay_us(0);
	assert_int_equal(fake_io_accesses(), 0);
	delay_us(1);
	for (uint32_t i = 0; i < 5; i++) {
		uint64_t begin = fake_cpu.now_ns;

		delay_us(us[i]);
		assert_in_range(fake_cpu.now_ns - begin, us[i] * 1000, us[i] * 1040 + 200);
	}
	assert_int_equal(fake_log_lines(), 1);	/* only which clock it is */
}

static void the_clock_is_found_once(void **state __attribute__((unused)))
{
	uint64_t accesses;

	add_pm_timer(3579545);
	waited(1000);
	accesses = fake_io_accesses();
	waited(1000);
	delay_us(1000);
	assert_int_equal(fake_io_accesses(), accesses);
}

/* --- in a service ------------------------------------------------------------------------------ */

static struct {
	uint32_t calls;
	uint64_t last, longest;		/* virtual time of the last call, the longest from one to the next, ns */
	uint64_t takes;			/* what others do with the processor meanwhile, ns */
} idled;

static void count_idle(void)
{
	uint64_t since = fake_cpu.now_ns - idled.last;

	if (idled.calls++ && since > idled.longest)
		idled.longest = since;
	idled.last = fake_cpu.now_ns;
	fake_cpu.now_ns += idled.takes;
}

static void be_a_service(uint64_t takes)
{
	memset(&idled, 0, sizeof(idled));
	idled.takes = takes;
	timer_set_idle(count_idle);
}

static uint64_t tsc_ticks(uint64_t ns)
{
	return (uint64_t)((unsigned __int128)ns * fake_cpu.tsc_khz / 1000000);
}

/* Until the wait ends; how long it took in ns, and how long (the first time) without an access. */
static uint64_t service_waits(uint32_t limit_us, uint64_t *quiet)
{
	struct wait wait = wait_start(limit_us, "test: thing");
	uint64_t begin = fake_cpu.now_ns, before = begin, most = (uint64_t)limit_us * 20000;

	*quiet = UINT64_MAX;
	while (!wait_expired(&wait)) {
		if (fake_io_accesses() && *quiet == UINT64_MAX)
			*quiet = before - begin;
		before = fake_cpu.now_ns;
		assert_true(before - begin < most);
	}
	return fake_cpu.now_ns - begin;
}

static void a_service_asks_no_counter_while_not_even_the_slowest_tsc_is_through(void **state __attribute__((unused)))
{
	static const uint32_t khz[] = { 10000, 60000, 1000000, 2500000, 20000000 };
	static const uint32_t limits_us[] = { 1000000, 30000000 };

	for (uint32_t i = 0; i < sizeof(khz) / sizeof(khz[0]); i++)
		for (uint32_t l = 0; l < 2; l++) {
			uint64_t quiet, took, limit_ns = limits_us[l] * 1000ull;
			uint64_t look = (IDLE_PAUSES + 2) * (limits_us[l] / 500);

			fresh(NULL);
			fake_cpu.tsc_khz = khz[i];
			fake_cpu.pause_ns = limits_us[l] / 500;
			add_pm_timer(3579545);
			add_pit(1193182);
			be_a_service(0);
			took = service_waits(limits_us[l], &quiet);
			/* the limit on a TSC of 10 MHz, but for a look, and the looks that need no clock */
			assert_in_range(tsc_ticks(quiet + look), limits_us[l] * 10ull, limits_us[l] * 10ull +
					tsc_ticks((WAIT_FREE_SPINS + 2) * look));
			/* and from then on the whole limit as measured */
			assert_in_range(took, limit_ns, limit_ns * 107 / 100 + quiet * 107 / 100);
			assert_int_equal(fake_pit.setup, 0);
			assert_true(fake_log_has("by PM timer"));
			assert_true(fake_log_has("test: thing: not done within"));
			assert_int_equal(fake_log_lines(), 2);
		}
}

static void a_service_never_programs_the_guests_timer(void **state __attribute__((unused)))
{
	uint64_t quiet;

	add_pit(1193182);			/* there is nothing else to measure by */
	be_a_service(0);
	assert_in_range(service_waits(500000, &quiet), 500000000, 560000000);
	assert_true(fake_log_has("by PIT"));
	assert_int_equal(fake_pit.setup, 0);

	fresh(NULL);
	machine.cpu_features = 0;		/* asked at every look: the wait itself is counted by it */
	fake_cpu.is_486 = true;
	add_pit(1193182);
	be_a_service(0);
	assert_in_range(service_waits(500000, &quiet), 500000000, 560000000);
	assert_true(fake_log_has("PIT, the processor has no TSC"));
	assert_int_equal(fake_pit.setup, 0);
	assert_int_equal(fake_cpu.rdtscs, 0);
}

static void others_have_the_processor_about_every_millisecond(void **state __attribute__((unused)))
{
	static const uint32_t khz[] = { 1000000, 2500000, 4000000 };

	for (uint32_t i = 0; i < sizeof(khz) / sizeof(khz[0]); i++) {
		struct wait wait = wait_start(30000000, "test: thing");
		uint64_t begin, most = (uint64_t)IDLE_TICKS * 1000000 / khz[i];

		fresh(NULL);
		fake_cpu.tsc_khz = khz[i];
		be_a_service(50000);
		begin = fake_cpu.now_ns;
		while (fake_cpu.now_ns - begin < 60000000)	/* of which no rate is known: 300 million ticks are not over */
			assert_false(wait_expired(&wait));
		assert_int_equal(fake_io_accesses(), 0);
		assert_int_equal(fake_log_lines(), 0);
		assert_in_range(idled.longest, most, most + 2000);
		assert_in_range(idled.calls, 60000000 / (most + 2000) - 1, 60000000 / most + 1);

		fresh(NULL);			/* where POST has found the rate, a millisecond it is */
		cpuid_hypervisor(0x40000000, 0x40000010, khz[i]);
		fake_cpu.tsc_khz = khz[i];
		find_clock();
		be_a_service(0);
		wait = wait_start(30000000, "test: thing");
		begin = fake_cpu.now_ns;
		while (fake_cpu.now_ns - begin < 60000000)
			assert_false(wait_expired(&wait));
		assert_in_range(idled.longest, 1000000, 1050000);
		assert_in_range(idled.calls, 56, 62);
		assert_int_equal(fake_io_accesses(), 0);
	}
}

static void a_processor_without_tsc_is_given_away_by_looks(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(1000000, "test: thing");

	machine.cpu_features = 0;
	fake_cpu.is_486 = true;
	add_pm_timer(3579545);
	be_a_service(0);
	for (uint32_t looks = 0; looks < WAIT_FREE_SPINS + 5 * IDLE_LOOKS; looks++)
		assert_false(wait_expired(&wait));
	assert_in_range(idled.calls, 5, 6);
	assert_int_equal(fake_cpu.rdtscs, 0);
}

static void who_waits_alone_keeps_the_processor(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(100000, "test: thing");
	uint64_t begin = fake_cpu.now_ns;

	add_pm_timer(3579545);
	add_pit(1193182);
	be_a_service(0);
	wait.alone = true;
	while (!wait_expired(&wait))
		;
	assert_in_range(fake_cpu.now_ns - begin, 100000000, 106000000);
	assert_int_equal(idled.calls, 0);
	assert_int_equal(fake_pit.setup, 0);
}

static void a_service_that_is_soon_through_asks_no_clock(void **state __attribute__((unused)))
{
	struct wait wait = wait_start(30000000, "test: thing");

	be_a_service(0);
	for (uint32_t i = 0; i < WAIT_FREE_SPINS; i++)
		assert_false(wait_expired(&wait));
	assert_int_equal(fake_cpu.rdtscs, 0);
	assert_int_equal(fake_cpu.cpuids, 0);
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(idled.calls, 0);
	timer_let_idle();
	assert_int_equal(idled.calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_wait_that_ends_early_touches_nothing, fresh),
		cmocka_unit_test_setup(kvm_tells_the_rate, fresh),
		cmocka_unit_test_setup(kvm_tells_the_rate_behind_the_leaves_of_another, fresh),
		cmocka_unit_test_setup(a_hypervisor_that_does_not_tell_is_measured, fresh),
		cmocka_unit_test_setup(the_processor_tells_crystal_or_megahertz, fresh),
		cmocka_unit_test_setup(tsc_is_measured_against_the_pm_timer, fresh),
		cmocka_unit_test_setup(tsc_is_measured_against_the_pit, fresh),
		cmocka_unit_test_setup(a_pm_timer_that_stands_is_passed_over, fresh),
		cmocka_unit_test_setup(the_pm_port_is_not_touched_without_a_chipset, fresh),
		cmocka_unit_test_setup(time_stolen_while_measuring_does_no_harm, fresh),
		cmocka_unit_test_setup(a_bogus_rate_is_not_believed, fresh),
		cmocka_unit_test_setup(a_tsc_that_leaps_is_not_believed, fresh),
		cmocka_unit_test_setup(the_pm_timer_may_wrap_while_measuring, fresh),
		cmocka_unit_test_setup(a_machine_without_any_timer_waits_too_long_but_ends, fresh),
		cmocka_unit_test_setup(a_processor_without_tsc_counts_the_pm_timer, fresh),
		cmocka_unit_test_setup(a_processor_without_tsc_counts_the_pit, fresh),
		cmocka_unit_test_setup(with_no_clock_at_all_looks_are_counted, fresh),
		cmocka_unit_test_setup(a_standing_tsc_does_not_make_a_wait_endless, fresh),
		cmocka_unit_test_setup(a_limit_of_0_ends_after_the_free_looks, fresh),
		cmocka_unit_test_setup(the_longest_limit_does_not_overflow, fresh),
		cmocka_unit_test_setup(delays_are_never_short, fresh),
		cmocka_unit_test_setup(the_clock_is_found_once, fresh),
		cmocka_unit_test_setup(the_rate_itself_can_be_asked, fresh),
		cmocka_unit_test_setup(a_service_asks_no_counter_while_not_even_the_slowest_tsc_is_through, fresh),
		cmocka_unit_test_setup(a_service_never_programs_the_guests_timer, fresh),
		cmocka_unit_test_setup(others_have_the_processor_about_every_millisecond, fresh),
		cmocka_unit_test_setup(a_processor_without_tsc_is_given_away_by_looks, fresh),
		cmocka_unit_test_setup(who_waits_alone_keeps_the_processor, fresh),
		cmocka_unit_test_setup(a_service_that_is_soon_through_asks_no_clock, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
