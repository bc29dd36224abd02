/* SPDX-License-Identifier: BSD-2-Clause
 * src/machine/machine.c: see machine.h.
 */
#include "machine/machine.h"
#include "arch/cpu.h"
#include "arch/sse.h"

#define LEAF_HYPERVISOR	0x40000000u
#define LEAF_SECOND	0x40000100u	/* of one that stands behind another's leaves */
/* EBX of either */
#define KVM		0x4b4d564bu	/* "KVMKVMKVM" */
#define TCG		0x54474354u	/* "TCGTCGTCGTCG" */

struct machine machine;

static void find_kvm(uint32_t hypervisor)
{
	if (hypervisor == KVM)
		machine.kvm = LEAF_HYPERVISOR;
	else if (hypervisor && cpuid(LEAF_SECOND, 0).ebx == KVM)
		machine.kvm = LEAF_SECOND;
}

/*
 * SSE2 only where QEMU itself runs the code: a KVM may do so in its instruction emulator (hosts without
 * unrestricted guests, nested ones), which knows no SSE2 arithmetic and stops; and it need not
 * say that it is one (-cpu host,kvm=off), or say it behind the leaves of Hyper-V or Xen.
 */
static void ask_processor(void)
{
	struct cpuid leaf = cpuid(1, 0);
	/* bit 31 says that there is one; without it these leaves are anything */
	uint32_t hypervisor = cpuid(LEAF_HYPERVISOR, 0).ebx & -(leaf.ecx / CPUID_1_ECX_HYPERVISOR);

	machine.cpu_features = leaf.edx;
	if (hypervisor != TCG)
		find_kvm(hypervisor);
	else
		sse2_works = (leaf.edx & CPUID_1_EDX_SSE2_FXSR) == CPUID_1_EDX_SSE2_FXSR;
}

void machine_init(uint32_t host_bridge)
{
	machine.chipset = CHIPSET_I440FX * (host_bridge == HOST_BRIDGE_I440FX) +
			  CHIPSET_Q35 * (host_bridge == HOST_BRIDGE_Q35);
	if (cpu_has_cpuid())
		ask_processor();
}
