/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/cpuid.h: what CPUID says, as far as the firmware asks.
 * Spec: Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E for 0x8000xxxx.
 */
#ifndef STD_CPUID_H
#define STD_CPUID_H

#include <stdint.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

/* CPUID leaf 1, EDX */
#define CPUID_1_EDX_FPU   (1u << 0)
#define CPUID_1_EDX_TSC   (1u << 4)
#define CPUID_1_EDX_MSR   (1u << 5)
#define CPUID_1_EDX_APIC  (1u << 9)
#define CPUID_1_EDX_MTRR  (1u << 12)
#define CPUID_1_EDX_MCA   (1u << 14)
#define CPUID_1_EDX_FXSR  (1u << 24)
#define CPUID_1_EDX_SSE2  (1u << 26)
/* Both are needed: setting CR4.OSFXSR without FXSR is #GP. */
#define CPUID_1_EDX_SSE2_FXSR (CPUID_1_EDX_SSE2 | CPUID_1_EDX_FXSR)
/* CPUID leaf 1, ECX */
#define CPUID_1_ECX_VMX        (1u << 5)
#define CPUID_1_ECX_SMX        (1u << 6)
#define CPUID_1_ECX_SSSE3      (1u << 9)
#define CPUID_1_ECX_SSE4_1     (1u << 19)
#define CPUID_1_ECX_X2APIC     (1u << 21)
#define CPUID_1_ECX_HYPERVISOR (1u << 31)
/* CPUID leaf 7, EBX and ECX */
#define CPUID_7_EBX_SGX    (1u << 2)
#define CPUID_7_EBX_SHA    (1u << 29)
#define CPUID_7_ECX_SGX_LC (1u << 30)
/* CPUID leaf 0x80000001, EDX */
#define CPUID_80000001_EDX_PAGE1GB (1u << 26)
#define CPUID_80000001_EDX_LM (1u << 29)

#endif
