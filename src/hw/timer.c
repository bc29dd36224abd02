/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/timer.c: see timer.h.
 *
 * A rate is held as ticks in 1024 microseconds, so that scaling needs a multiplication and a shift
 * (no 64-bit division is linked). Every rounding is towards longer waits.
 */
#include "hw/timer.h"
#include <stddef.h>
#include "arch/cpu.h"
#include "arch/io.h"
#include "hw/chipset/chipset.h"
#include "hw/pit.h"
#include "lib/bits.h"
#include "trace/log.h"
#include "machine/machine.h"

/* ACPI 6.5, 4.8.3.3: 3.579545 MHz, 24 bits. */
#define PM_TIMER_PORT	(PM_BASE + 8)
#define PIT_LATCH0	0x00

#define KVM_RATE	0x10u		/* of the leaves of KVM, if it has one: kHz in EAX */
#define KVM_LEAVES	0x10000u	/* no hypervisor has more */

/* Nobody tells and nothing measures: as fast as processors are. On a slower one waits get longer. */
#define TSC_KHZ_ASSUMED	5000000u
/* No counter of any kind: a look takes more than 16 ns, and looks end in any case. */
#define LOOKS_PER_1024US 65536u

#define LOOK_PAUSES	32u		/* between two reads of a counter: reads are VM exits */
#define LOOKS_TO_MOVE	64u		/* reads after which a counter that stands is not there */
#define LOOKS_TO_MEASURE 20000u

/* Between two calls of idle(): a millisecond on a fast processor, ten on a slow one; or so many looks. */
#define IDLE_TICKS	2000000u
#define IDLE_LOOKS	4096u
#define IDLE_PAUSES	64u		/* between two looks, at most: a few microseconds */

struct counter {
	const char *name;
	void (*start)(void);
	uint32_t (*read)(void);		/* counts up */
	uint32_t mask;
	uint32_t per_1024us;
};

static const struct counter *counter;	/* NULL: the TSC, or looks */
static uint32_t rate;			/* of the clock in use; 0: no clock was needed yet */
static bool tsc;
static bool tsc_rate_assumed;
static uint32_t counter_last;
static void (*idle)(void);		/* NULL: POST, nobody else wants the processor */
static uint64_t idle_at;		/* TSC, or looks without one, when it was called last */
static uint64_t ticks;			/* of counter or looks, as far as seen */

static uint32_t pm_read(void)
{
	return inl(PM_TIMER_PORT);
}

static uint32_t pit_read(void)
{
	uint32_t low;

	outb(PIT_LATCH0, PIT_CONTROL);
	low = inb(PIT_COUNTER0);
	return -(low | (uint32_t)inb(PIT_COUNTER0) << 8);
}

static const struct counter pm_timer = { "PM timer", NULL, pm_read, 0xffffff, 3666 };
static const struct counter pit = { "PIT", pit_start, pit_read, 0xffff, 1222 };

static void look_away(void)
{
	for (uint32_t i = 0; i < LOOK_PAUSES; i++)
		cpu_pause();
}

static bool counts(const struct counter *c)
{
	uint32_t first;

	if (c->start && !idle)	/* later on the PIT is the guest's */
		c->start();
	first = c->read() & c->mask;
	for (uint32_t i = 0; i < LOOKS_TO_MOVE; i++) {
		look_away();
		if ((c->read() & c->mask) != first)
			return true;
	}
	return false;
}

/* The PM timer answers only where the chipset has one, and once that has been switched on. */
static const struct counter *find_counter(void)
{
	if (machine.chipset != CHIPSET_NONE && counts(&pm_timer))
		return &pm_timer;
	return counts(&pit) ? &pit : NULL;
}

static bool believable(uint32_t per_1024us)
{
	return per_1024us >= TSC_KHZ_MIN && per_1024us <= TSC_KHZ_MAX + TSC_KHZ_MAX / 32;
}

/* kHz as ticks in 1024 us; 0 stays 0. */
static uint32_t rate_of_khz(uint32_t khz)
{
	return khz ? khz + khz / 125 * 3 + 3 : 0;
}

/* 0 when no TSC runs like this. */
static uint32_t believed(uint32_t khz)
{
	return khz >= TSC_KHZ_MIN && khz <= TSC_KHZ_MAX ? khz : 0;
}

/* TSC ticks in 1024 us over a quarter of that time; 0 when they make no sense. */
static uint32_t measure_once(const struct counter *c)
{
	uint64_t begin = rdtsc(), took;	/* outermost: what is lost between makes waits longer */
	uint32_t first = c->read(), passed = 0;

	for (uint32_t i = 0; i < LOOKS_TO_MEASURE && passed < c->per_1024us / 4; i++) {
		look_away();
		passed = (c->read() - first) & c->mask;
	}
	took = rdtsc() - begin;
	/* the bounds keep every product below 2^32 */
	if (passed < c->per_1024us / 4 || passed >= 1u << 20 || took >> 32)
		return 0;
	if ((uint32_t)took / passed > (TSC_KHZ_MAX + TSC_KHZ_MAX / 32) / c->per_1024us)
		return 0;
	return (uint32_t)took / passed * c->per_1024us +
	       (uint32_t)took % passed * c->per_1024us / passed + 1;
}

/* The smaller of two: a host that takes the CPU away in between makes one too large. */
static uint32_t measure(const struct counter *c)
{
	uint32_t a = measure_once(c), b = measure_once(c), best = min_u32(a, b);

	best = best ? best : max_u32(a, b);
	return believable(best) ? best : 0;
}

/* What the hypervisor or the processor says, 0 when neither does. */
uint32_t timer_told_khz(void)
{
	uint32_t max = cpuid(0, 0).eax, khz, r;
	struct cpuid c;

	if (machine.kvm && cpuid(machine.kvm, 0).eax - machine.kvm - KVM_RATE < KVM_LEAVES) {
		r = believed(cpuid(machine.kvm + KVM_RATE, 0).eax);
		if (r)
			return r;
	}
	if (max >= 0x15) {	/* crystal in Hz times EBX / EAX */
		c = cpuid(0x15, 0);
		if (c.eax && c.ebx && !__builtin_mul_overflow(c.ecx / 1000, c.ebx, &khz)) {
			r = believed(khz / c.eax);
			if (r)
				return r;
		}
	}
	if (max >= 0x16)	/* MHz in 16 bits */
		return believed((cpuid(0x16, 0).eax & 0xffff) * 1000);
	return 0;
}

static void find_tsc_rate(void)
{
	const struct counter *c;

	tsc = true;
	rate = rate_of_khz(timer_told_khz());
	if (rate) {
		log("timer: TSC, %u ticks in 1024 us by CPUID", rate);
		return;
	}
	c = find_counter();
	rate = c ? measure(c) : 0;
	if (rate) {
		log("timer: TSC, %u ticks in 1024 us by %s", rate, c->name);
		return;
	}
	rate = rate_of_khz(TSC_KHZ_ASSUMED);
	tsc_rate_assumed = true;
	log("timer: TSC: its rate is not told and cannot be measured; taken as %u kHz",
	    TSC_KHZ_ASSUMED);
}

static void find_clock(void)
{
	if (machine.cpu_features & CPUID_1_EDX_TSC) {
		find_tsc_rate();
		return;
	}
	counter = find_counter();
	if (counter) {
		rate = counter->per_1024us;
		counter_last = counter->read();
		log("timer: %s, the processor has no TSC", counter->name);
		return;
	}
	rate = LOOKS_PER_1024US;
	log("timer: neither TSC nor PM timer nor PIT; %u looks are taken as 1024 us", rate);
}

uint32_t timer_tsc_khz(void)
{
	if (!(machine.cpu_features & CPUID_1_EDX_TSC))
		return 0;
	if (!rate)
		find_clock();
	return tsc_rate_assumed ? 0 : rate / 128 * 125 + rate % 128 * 125 / 128;
}

/* Must come round at least once in each round of a counter (54 ms); what is missed only adds. */
static uint64_t now(void)
{
	uint32_t at;

	if (tsc)
		return rdtsc();
	if (!counter)
		return ++ticks;
	at = counter->read();
	ticks += (at - counter_last) & counter->mask;
	counter_last = at;
	return ticks;
}

/* Let others have the processor where a wait takes long. */
static void be_idle(uint64_t at, uint32_t after)
{
	if (at - idle_at < after)
		return;
	idle_at = at;
	idle();
}

/*
 * A wait in a service: the clock may not be known, and a slow disk is no reason to measure it. True while not
 * even the slowest TSC could have passed the limit.
 */
static bool surely_not_over(struct wait *wait)
{
	uint64_t at;

	if (!(machine.cpu_features & CPUID_1_EDX_TSC)) {
		be_idle(wait->spins, IDLE_LOOKS);
		return false;
	}
	at = rdtsc();
	be_idle(at, rate ? rate : IDLE_TICKS);
	if (!wait->begin)
		wait->begin = at;
	return at - wait->begin < (uint64_t)wait->limit_us * (TSC_KHZ_MIN / 1000);
}

/* The number of looks bounds a wait even if the clock stands: at 20 ns each, 85 seconds. */
static bool over(struct wait *wait)
{
	uint64_t at;

	/* A look is an access: the longer a service has waited, the longer to the next one. */
	for (uint32_t n = idle ? min_u32(wait->spins, IDLE_PAUSES) : 0; n; n--)
		cpu_pause();
	cpu_pause();
	if (wait->spins == UINT32_MAX)
		return true;
	if (wait->spins++ < WAIT_FREE_SPINS || (idle && !wait->alone && surely_not_over(wait)))
		return false;
	if (!rate)
		find_clock();
	at = now();
	if (!wait->end)
		wait->end = at + ((uint64_t)wait->limit_us * rate >> 10) + 1;
	return at >= wait->end;
}

void timer_set_idle(void (*fn)(void))
{
	idle = fn;
}

void timer_let_idle(void)
{
	if (idle)
		idle();
}

struct wait wait_start(uint32_t limit_us, const char *what)
{
	return (struct wait){ .what = what, .limit_us = limit_us };
}

bool wait_expired(struct wait *wait)
{
	if (!over(wait))
		return false;
	if (wait->what)
		log("%s: not done within %u us", wait->what, wait->limit_us);
	return true;
}

void delay_us(uint32_t us)
{
	struct wait wait = { .limit_us = us, .spins = WAIT_FREE_SPINS };

	while (us && !over(&wait))
		;
}
