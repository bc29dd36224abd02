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
#include "post/machine.h"

/* ACPI 6.5, 4.8.3.3; 24 bits are there always. */
#define PM_TIMER_PORT	(PM_BASE + 8)
#define PM_TIMER_KHZ_1024 3665454u	/* 3,579,545 Hz in 1/1024 kHz */
#define PM_TIMER_MASK	0xffffffu
#define PM_TICKS_MIN	8u		/* fewer say nothing */

/* Linux Documentation/virt/kvm/x86/cpuid.rst and msr.rst, KVM_FEATURE_CLOCKSOURCE2. */
#define KVM_FEATURES	0x40000001u
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

/* All of it is written before it is read. */
#define NOINIT __attribute__((section(".noinit.tsc_rate")))
static volatile struct kvm_clock kvm_page NOINIT __attribute__((aligned(32)));
static uint32_t khz NOINIT;		/* told, 0: measuring */
static uint32_t pm_first NOINIT;
static uint64_t tsc_first NOINIT;

static bool believable(uint32_t rate)
{
	return rate >= TSC_KHZ_MIN && rate <= TSC_KHZ_MAX;
}

/* KVM tells the factor from ticks to ns of its clock, and is asked to forget the page again. */
static uint32_t kvm_khz(void)
{
	uint32_t rate, mul;
	int shift;

	if (!machine.kvm || !(cpuid(KVM_FEATURES, 0).eax & KVM_CLOCK))
		return 0;
	wrmsr(KVM_MSR_CLOCK, ptr_to_phys((const void *)&kvm_page) | 1);
	mul = kvm_page.mul;
	shift = kvm_page.shift;
	wrmsr(KVM_MSR_CLOCK, 0);
	if (mul < 1u << 24 || shift < -20 || shift > 20)
		return 0;
	rate = (uint32_t)div64_32(1000000ull << 32, mul);
	if (shift >= 0)
		return rate >> shift;
	return rate <= TSC_KHZ_MAX >> -shift ? rate << -shift : 0;
}

bool tsc_rate_begin(void)
{
	khz = timer_told_khz();
	if (khz)
		return true;
	khz = kvm_khz();
	if (believable(khz))
		return true;
	khz = 0;
	if (machine.chipset == CHIPSET_NONE)
		return false;
	pm_first = inl(PM_TIMER_PORT);
	tsc_first = rdtsc();
	return true;
}

uint32_t tsc_rate_end(uint32_t *pm_ticks)
{
	uint32_t ticks;
	uint64_t took, rate;

	*pm_ticks = 0;
	if (khz)
		return khz;
	ticks = (inl(PM_TIMER_PORT) - pm_first) & PM_TIMER_MASK;
	took = rdtsc() - tsc_first;
	if (ticks < PM_TICKS_MIN || took >> 40)
		return 0;
	rate = div64_32(took * PM_TIMER_KHZ_1024 >> 10, ticks);
	if (rate > TSC_KHZ_MAX || !believable((uint32_t)rate))
		return 0;
	*pm_ticks = ticks;
	return (uint32_t)rate;
}
