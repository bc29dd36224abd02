/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/cpu.h: one processor of a host build: a table of CPUID leaves, a table of MSRs, and
 * a time stamp that runs with a virtual clock. What would be an exception on a real processor
 * (an MSR that is not there, CPUID on a 486) ends the test with a message.
 */
#ifndef FAKE_CPU_H
#define FAKE_CPU_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include "arch/cpu.h"

struct fake_cpu {
	bool is_486;		/* no CPUID, and so nothing else either */
	uint64_t now_ns;	/* the virtual clock */
	uint32_t tsc_khz;	/* 1,000,000 after a reset, as under TCG */
	uint64_t tsc_offset;	/* the TSC when now_ns is 0 */
	uint32_t rdtsc_ns;	/* what rdtsc() and cpu_pause() take: 20 each after a reset */
	uint32_t pause_ns;
	uint32_t cpuids, rdtscs, pauses, rdmsrs, wrmsrs;	/* calls */
	void (*tick)(void);	/* called by rdtsc() and cpu_pause(), after the clock moved */
	jmp_buf *halt;		/* where cpu_halt() jumps to; without it, it ends the test */
};
extern struct fake_cpu fake_cpu;

/*
 * A processor with leaves 0 (max 1, "GenuineIntel"), 1 (EDX: TSC, MSR, APIC, MTRR; all else 0)
 * and 0x80000000 (max 0x80000000), and no MSR.
 */
void fake_cpu_reset(void);

/* Add or replace a leaf. Leaves that were never set read as 0. */
void fake_cpuid_set(uint32_t leaf, uint32_t subleaf, struct cpuid value);

/* Make an MSR exist, with a value. */
void fake_msr_set(uint32_t msr, uint64_t value);
uint64_t fake_msr(uint32_t msr);
bool fake_msr_exists(uint32_t msr);

/* The writes since the reset, in order; false beyond the end. */
bool fake_msr_write(uint32_t n, uint32_t *msr, uint64_t *value);

#endif
