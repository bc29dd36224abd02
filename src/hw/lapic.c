/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/lapic.c: see lapic.h.
 */
#include "arch/cpu.h"
#include "arch/io.h"
#include "hw/lapic.h"

#define SPURIOUS_ENABLE	0x100	/* software enable; bits 7..0: vector */
#define DELIVERY_EXTINT	0x700
#define DELIVERY_NMI	0x400

/* Interrupt command: to all but self, assert */
#define ICR_INIT	0xc4500
#define ICR_STARTUP	0xc4600

/* To one, by its id: SMI, assert */
#define ICR_SMI		0x4200

void lapic_virtual_wire(void)
{
	/* Enable first: while it is off, the mask bits of the other two cannot be cleared. */
	mmio_write32(LAPIC_BASE + LAPIC_SPURIOUS, SPURIOUS_ENABLE | 0xff);
	mmio_write32(LAPIC_BASE + LAPIC_LVT_LINT0, DELIVERY_EXTINT);
	mmio_write32(LAPIC_BASE + LAPIC_LVT_LINT1, DELIVERY_NMI);
}

void lapic_wire_again(void)
{
	uint32_t base = (uint32_t)rdmsr(MSR_APIC_BASE);

	if ((base & APIC_BASE_MODE) == APIC_BASE_X2APIC) {
		wrmsr(LAPIC_MSR(LAPIC_SPURIOUS), SPURIOUS_ENABLE | 0xff);
		wrmsr(LAPIC_MSR(LAPIC_LVT_LINT0), DELIVERY_EXTINT);
		wrmsr(LAPIC_MSR(LAPIC_LVT_LINT1), DELIVERY_NMI);
	} else if ((base & ~APIC_BASE_BSP) == (LAPIC_BASE | APIC_BASE_XAPIC)) {
		lapic_virtual_wire();
	}
}

void lapic_start_others(uint8_t page)
{
	io_barrier();
	mmio_write32(LAPIC_BASE + LAPIC_ICR_LOW, ICR_INIT);
	mmio_write32(LAPIC_BASE + LAPIC_ICR_LOW, ICR_STARTUP | page);
}

void lapic_send_smi(uint32_t id)
{
	io_barrier();
	if ((rdmsr(MSR_APIC_BASE) & APIC_BASE_X2APIC) == APIC_BASE_X2APIC) {
		wrmsr(MSR_X2APIC_ICR, (uint64_t)id << 32 | ICR_SMI);
		return;
	}
	mmio_write32(LAPIC_BASE + LAPIC_ICR_HIGH, id << 24);
	mmio_write32(LAPIC_BASE + LAPIC_ICR_LOW, ICR_SMI);
}

uint32_t lapic_id(void)
{
	if (cpuid(0, 0).eax >= 0xb) {
		struct cpuid topology = cpuid(0xb, 0);

		if (topology.ebx & 0xffff)	/* else the leaf is not filled */
			return topology.edx;
	}
	return cpuid(1, 0).ebx >> 24;
}

void lapic_use_x2apic(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_X2APIC);
}
