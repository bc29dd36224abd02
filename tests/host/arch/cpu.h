/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/cpu.h: src/arch/cpu.h for a host build: the same functions, over the processor
 * of tests/fake/cpu.h.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "std/cpuid.h"

bool cpu_has_cpuid(void);
struct cpuid cpuid(uint32_t leaf, uint32_t subleaf);
static inline uint32_t cpu_features(void)
{
	return cpu_has_cpuid() ? cpuid(1, 0).edx : 0;
}

/* Leaf 0x80000001 EDX, 0 where there is no such leaf. Only with CPUID. */
static inline uint32_t cpu_extended_features(void)
{
	return cpuid(0x80000000, 0).eax >= 0x80000001 ? cpuid(0x80000001, 0).edx : 0;
}
uint64_t rdmsr(uint32_t msr);
void wrmsr(uint32_t msr, uint64_t value);
uint64_t rdtsc(void);
void cpu_pause(void);
void __attribute__((noreturn)) cpu_halt(void);

#endif
