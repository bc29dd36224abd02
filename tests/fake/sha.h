/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/sha.h: SHA's instructions, which nobody fakes: has the processor that runs the tests got them? Then the fake one
 * (fake/cpu.h) may say so too.
 */
#ifndef FAKE_SHA_H
#define FAKE_SHA_H

#include <cpuid.h>
#include <stdbool.h>
#include "fake/cpu.h"

static inline bool sha_ni_here(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_SSSE3) || !(ecx & bit_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ebx & 1u << 29;
}

/* After fake_cpu_reset(). */
static inline void fake_cpu_give_sha_ni(void)
{
	fake_cpuid_set(0, 0, (struct cpuid){ .eax = 7 });
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = CPUID_1_EDX_TSC | CPUID_1_EDX_SSE2_FXSR, .ecx = CPUID_1_ECX_SSSE3 | CPUID_1_ECX_SSE4_1 });
	fake_cpuid_set(7, 0, (struct cpuid){ .ebx = CPUID_7_EBX_SHA });
}

#endif
