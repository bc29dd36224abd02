/* SPDX-License-Identifier: BSD-2-Clause
 * src/machine/machine.c: see machine.h.
 */
#include "machine/machine.h"
#include "arch/cpu.h"

#define LEAF_HYPERVISOR	0x40000000
#define KVM		0x4b4d564b	/* "KVMK" of "KVMKVMKVM" in EBX */

/* Not in .bss, which is zeroed only when the kind of start is known. */
struct machine machine __attribute__((section(".noinit.machine")));

static enum chipset chipset_of(uint32_t host_bridge)
{
	switch (host_bridge) {
	case HOST_BRIDGE_I440FX:
		return CHIPSET_I440FX;
	case HOST_BRIDGE_Q35:
		return CHIPSET_Q35;
	default:
		return CHIPSET_NONE;
	}
}

/*
 * CPUID leaf 1 EDX, less what does not work here. KVM may run code in its instruction emulator
 * (hosts without unrestricted guests, nested ones), which knows no SSE2 arithmetic and stops.
 */
static uint32_t usable_features(bool *is_kvm)
{
	struct cpuid leaf;

	if (!cpu_has_cpuid())
		return 0;
	leaf = cpuid(1, 0);
	if (leaf.ecx & CPUID_1_ECX_HYPERVISOR && cpuid(LEAF_HYPERVISOR, 0).ebx == KVM) {
		leaf.edx &= ~CPUID_1_EDX_SSE2;
		*is_kvm = true;
	}
	return leaf.edx;
}

void machine_init(uint32_t host_bridge)
{
	machine = (struct machine){ .chipset = chipset_of(host_bridge) };
	machine.cpu_features = usable_features(&machine.kvm);
}
