/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/cpu.h: src/arch/cpu.h for a host build: the same functions, over the processor
 * of tests/fake/cpu.h.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* CPUID leaf 1, EDX */
#define CPUID_1_EDX_TSC   (1u << 4)
#define CPUID_1_EDX_MSR   (1u << 5)
#define CPUID_1_EDX_APIC  (1u << 9)
#define CPUID_1_EDX_MTRR  (1u << 12)
#define CPUID_1_EDX_FXSR  (1u << 24)
#define CPUID_1_EDX_SSE2  (1u << 26)
/* Both are needed: setting CR4.OSFXSR without FXSR is #GP. */
#define CPUID_1_EDX_SSE2_FXSR (CPUID_1_EDX_SSE2 | CPUID_1_EDX_FXSR)
/* CPUID leaf 1, ECX */
#define CPUID_1_ECX_X2APIC     (1u << 21)
#define CPUID_1_ECX_HYPERVISOR (1u << 31)
/* CPUID leaf 0x80000001, EDX */
#define CPUID_80000001_EDX_LM (1u << 29)

bool cpu_has_cpuid(void);
struct cpuid cpuid(uint32_t leaf, uint32_t subleaf);
static inline uint32_t cpu_features(void)
{
	return cpu_has_cpuid() ? cpuid(1, 0).edx : 0;
}
uint64_t rdmsr(uint32_t msr);
void wrmsr(uint32_t msr, uint64_t value);
uint64_t rdtsc(void);
void cpu_pause(void);
void __attribute__((noreturn)) cpu_halt(void);

#endif
