/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/cpu.h: what only an x86 CPU does: CPUID, model-specific registers, time stamp, halt.
 * Spec: Intel SDM volume 2 (CPUID) and volume 3, chapter 2; the 80486 has none of it, so ask
 * cpu_has_cpuid() first.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "std/cpuid.h"

/* Does EFLAGS.ID toggle? False on a 486, where CPUID is an invalid opcode. */
static inline bool cpu_has_cpuid(void)
{
	uint32_t before, after;

	__asm__("pushfl\n\tpushfl\n\txorl $0x200000, (%%esp)\n\tpopfl\n\t"
		"pushfl\n\tpopl %0\n\tpopl %1"
		: "=&r"(after), "=&r"(before));
	return (before ^ after) & 0x200000;
}

/* The leaf must exist: see cpuid_max(). */
static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid c;

	__asm__ volatile("cpuid"
			 : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx)
			 : "0"(leaf), "2"(subleaf));
	return c;
}

/* EDX of leaf 1, 0 without CPUID. */
static inline uint32_t cpu_features(void)
{
	return cpu_has_cpuid() ? cpuid(1, 0).edx : 0;
}

/* Leaf 0x80000001 EDX, 0 where there is no such leaf. Only with CPUID. */
static inline uint32_t cpu_extended_features(void)
{
	return cpuid(0x80000000, 0).eax >= 0x80000001 ? cpuid(0x80000001, 0).edx : 0;
}

/* Reading an MSR the CPU lacks is #GP: the caller has checked the feature bit. */
static inline uint64_t rdmsr(uint32_t msr)
{
	uint64_t value;

	__asm__ volatile("rdmsr" : "=A"(value) : "c"(msr));
	return value;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "A"(value), "c"(msr) : "memory");
}

/* Ticks since reset; only with CPUID_1_EDX_TSC. */
static inline uint64_t rdtsc(void)
{
	uint64_t value;

	__asm__ volatile("rdtsc" : "=A"(value));
	return value;
}

static inline void cpu_pause(void)
{
	__asm__ volatile("rep; nop" : : : "memory");
}

/*
 * The last way to restart a machine: an exception that has no table. By UD2: a KVM that emulates code
 * without paging stops the machine at INT3 and INT n instead.
 */
static inline void __attribute__((noreturn)) cpu_triple_fault(void)
{
	static const struct { uint16_t limit; uint32_t base; } __attribute__((packed)) none;

	__asm__ volatile("lidtl %0; ud2" : : "m"(none));
	__builtin_unreachable();
}

/* Stop this CPU; an NMI only wakes it to halt again. */
static inline void __attribute__((noreturn)) cpu_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt" : : : "memory");
}

#endif
