/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/tsc_rate.c: see tsc_rate.h.
 */
#include "hw/tsc_rate.h"
#include "arch/cpu.h"
#include "arch/div.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/chipset/chipset.h"
#include "hw/timer.h"
#include "trace/log.h"
#include "machine/machine.h"

/* ACPI 6.5, 4.8.3.3; 24 bits are there always. */
#define PM_TIMER_PORT	(PM_BASE + 8)
#define PM_TIMER_KHZ_1024 3665454u	/* 3,579,545 Hz in 1/1024 kHz */
#define PM_TIMER_MASK	0xffffffu
#define PM_TICKS_MIN	8u		/* fewer say nothing */

/* Linux Documentation/virt/kvm/x86/cpuid.rst and msr.rst, KVM_FEATURE_CLOCKSOURCE2. */
#define KVM_FEATURES	1u		/* of the leaves of KVM */
#define KVM_CLOCK	(1u << 3)	/* in EAX */
#define KVM_MSR_CLOCK	0x4b564d01u	/* physical address, bit 0: on */

struct kvm_clock {
	uint32_t version;		/* odd while it is written */
	uint32_t pad;
	uint64_t tsc, ns;
	uint32_t mul;			/* ns = (ticks << shift) * mul >> 32 */
	int8_t shift;
	uint8_t flags;
	uint8_t pad2[2];
};
_Static_assert(sizeof(struct kvm_clock) == 32, "KVM writes 32 bytes");

static volatile struct kvm_clock kvm_page __attribute__((aligned(32)));
static uint32_t khz;		/* told, 0: measuring */

/*
 * A look at the PM timer, and how long it took: a host may take the processor away in it, and then nobody
 * knows when within that time the timer was read.
 */
struct look {
	uint32_t pm;
	uint32_t took;			/* in ticks of the TSC */
	uint64_t before;		/* TSC */
};
static struct look first, last;

#define SURE_PART 32u			/* both looks together take less than this part of all */
#define AGAIN	  3u			/* measurements more, where the first was not sure */
#define AGAIN_PAUSES (1u << 14)		/* in the first of them, doubled in each: 40 ns to 1 us each */

/* 0: it does not tell, or nothing to believe. KVM tells the factor from ticks to ns of its clock, and is asked to forget the page again. */
static uint32_t kvm_khz(void)
{
	uint32_t rate, mul;
	int shift;

	if (!(cpuid(machine.kvm + KVM_FEATURES, 0).eax & KVM_CLOCK))
		return 0;
	wrmsr(KVM_MSR_CLOCK, ptr_to_phys((const void *)&kvm_page) | 1);
	mul = kvm_page.mul;
	shift = kvm_page.shift;
	wrmsr(KVM_MSR_CLOCK, 0);
	if (mul < 1u << 24 || shift < -20 || shift > 20)
		return 0;
	rate = (uint32_t)div64_32(1000000ull << 32, mul);
	if (shift >= 0)
		rate >>= shift;
	else
		rate = rate <= TSC_KHZ_MAX >> -shift ? rate << -shift : 0;
	return rate >= TSC_KHZ_MIN && rate <= TSC_KHZ_MAX ? rate : 0;
}

static void look(struct look *l)
{
	l->before = rdtsc();
	l->pm = inl(PM_TIMER_PORT);
	l->took = (uint32_t)rdtsc() - (uint32_t)l->before;
}

bool tsc_rate_begin(void)
{
	khz = timer_told_khz();
	if (khz)
		return true;
	if (machine.kvm) {
		khz = kvm_khz();
		if (khz)
			return true;
	}
	if (machine.chipset == CHIPSET_NONE)
		return false;
	look(&first);
	return true;
}

/* kHz from the two looks, less than 2^32 ticks of the TSC apart; 0 when they say nothing. */
static uint32_t rate_of_looks(uint32_t *pm_ticks, uint32_t *unsure)
{
	uint64_t all = last.before + last.took - first.before;
	uint32_t looked = first.took + last.took, ticks = (last.pm - first.pm) & PM_TIMER_MASK;
	uint32_t passed = (uint32_t)all, rate;

	*pm_ticks = ticks;
	*unsure = looked;
	/* 8192 ticks of the TSC in one of the timer are 29 GHz: with fewer the quotient has 32 bits */
	if ((ticks < PM_TICKS_MIN) | (all >> 32 != 0) | (looked > passed / SURE_PART) | (passed >> 13 >= ticks))
		return 0;
	/* from the middle of one look to the middle of the other */
	rate = div64_32_short((uint64_t)(passed - looked / 2) * PM_TIMER_KHZ_1024 >> 10, ticks);
	return (rate < TSC_KHZ_MIN) | (rate > TSC_KHZ_MAX) ? 0 : rate;
}

uint32_t tsc_rate_end(uint32_t *pm_ticks, uint32_t *unsure)
{
	uint32_t rate;

	*pm_ticks = *unsure = 0;
	if (khz)
		return khz;
	look(&last);
	rate = rate_of_looks(pm_ticks, unsure);
	for (uint32_t again = 0; !rate && again < AGAIN; again++) {
		look(&first);
		/* counted, not timed: the TSC may stand still */
		for (uint32_t i = 0; i < AGAIN_PAUSES << again; i++)
			cpu_pause();
		look(&last);
		rate = rate_of_looks(pm_ticks, unsure);
	}
	if (!rate) {
		log("tsc_rate: the PM timer counts %u in %u ticks of the TSC, read within %u; no rate",
		    *pm_ticks, (uint32_t)(last.before - first.before), *unsure);
		*pm_ticks = *unsure = 0;
	}
	return rate;
}
