/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/cpu.c: see cpu.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/cpu.h"

#define LEAVES 64
#define MSRS   256
#define WRITES 1024

static struct { uint32_t leaf, subleaf; struct cpuid value; } leaves[LEAVES];
static struct { uint32_t msr; uint64_t value; } msrs[MSRS], writes[WRITES];
static uint32_t n_leaves, n_msrs, n_writes;
struct fake_cpu fake_cpu;

static void __attribute__((noreturn)) die(const char *what, uint32_t number)
{
	fprintf(stderr, "fake cpu: %s %#x\n", what, number);
	abort();
}

void fake_cpu_reset(void)
{
	memset(&fake_cpu, 0, sizeof(fake_cpu));
	fake_cpu.tsc_khz = 1000000;
	fake_cpu.rdtsc_ns = fake_cpu.pause_ns = 20;
	n_leaves = n_msrs = n_writes = 0;
	fake_cpuid_set(0, 0, (struct cpuid){ 1, 0x756e6547, 0x6c65746e, 0x49656e69 });
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = CPUID_1_EDX_TSC | CPUID_1_EDX_MSR |
						    CPUID_1_EDX_APIC | CPUID_1_EDX_MTRR });
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000000 });
}

void fake_cpuid_set(uint32_t leaf, uint32_t subleaf, struct cpuid value)
{
	uint32_t i = 0;

	while (i < n_leaves && (leaves[i].leaf != leaf || leaves[i].subleaf != subleaf))
		i++;
	if (i == LEAVES)
		die("too many leaves at", leaf);
	if (i == n_leaves)
		n_leaves++;
	leaves[i].leaf = leaf;
	leaves[i].subleaf = subleaf;
	leaves[i].value = value;
}

static uint32_t find_msr(uint32_t msr)
{
	uint32_t i = 0;

	while (i < n_msrs && msrs[i].msr != msr)
		i++;
	return i;
}

void fake_msr_set(uint32_t msr, uint64_t value)
{
	uint32_t i = find_msr(msr);

	if (i == MSRS)
		die("too many MSRs at", msr);
	if (i == n_msrs)
		n_msrs++;
	msrs[i].msr = msr;
	msrs[i].value = value;
}

bool fake_msr_exists(uint32_t msr)
{
	return find_msr(msr) < n_msrs;
}

uint64_t fake_msr(uint32_t msr)
{
	uint32_t i = find_msr(msr);

	if (i == n_msrs)
		die("#GP: no MSR", msr);
	return msrs[i].value;
}

bool fake_msr_write(uint32_t n, uint32_t *msr, uint64_t *value)
{
	if (n >= n_writes || n >= WRITES)
		return false;
	*msr = writes[n].msr;
	*value = writes[n].value;
	return true;
}

bool cpu_has_cpuid(void)
{
	return !fake_cpu.is_486;
}

struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	if (fake_cpu.is_486)
		die("#UD: CPUID on a 486, leaf", leaf);
	fake_cpu.cpuids++;
	for (uint32_t i = 0; i < n_leaves; i++)
		if (leaves[i].leaf == leaf && leaves[i].subleaf == subleaf)
			return leaves[i].value;
	return (struct cpuid){ 0 };
}

uint64_t rdmsr(uint32_t msr)
{
	fake_cpu.rdmsrs++;
	return fake_msr(msr);
}

void wrmsr(uint32_t msr, uint64_t value)
{
	if (!fake_msr_exists(msr))
		die("#GP: no MSR", msr);
	fake_cpu.wrmsrs++;
	fake_msr_set(msr, value);
	if (n_writes < WRITES) {
		writes[n_writes].msr = msr;
		writes[n_writes].value = value;
		n_writes++;
	}
}

static void pass(uint32_t ns)
{
	fake_cpu.now_ns += ns;
	if (fake_cpu.tick)
		fake_cpu.tick();
}

uint64_t rdtsc(void)
{
	if (!(cpu_features() & CPUID_1_EDX_TSC))
		die("#UD: RDTSC, features", cpu_features());
	fake_cpu.rdtscs++;
	pass(fake_cpu.rdtsc_ns);
	return fake_cpu.tsc_offset +
	       (uint64_t)((unsigned __int128)fake_cpu.now_ns * fake_cpu.tsc_khz / 1000000);
}

void cpu_pause(void)
{
	fake_cpu.pauses++;
	pass(fake_cpu.pause_ns);
}

void cpu_halt(void)
{
	if (fake_cpu.halt)
		longjmp(*fake_cpu.halt, 1);
	die("halted, number of pauses", fake_cpu.pauses);
}
