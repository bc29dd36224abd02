/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/lapic.h: the local APIC of the processor this runs on, as a reset leaves it: enabled in
 * IA32_APIC_BASE, at its default address, in xAPIC mode. Only with CPUID_1_EDX_APIC.
 * Spec: Intel SDM volume 3, chapter 11.
 */
#ifndef HW_LAPIC_H
#define HW_LAPIC_H

#include <stdint.h>

#define LAPIC_BASE	0xfee00000u
#define LAPIC_MSR(at)	(0x800u + (at) / 16)	/* of a register, in x2APIC mode */
#define LAPIC_SPURIOUS	0x0f0
#define LAPIC_ICR_LOW	0x300
#define LAPIC_ICR_HIGH	0x310
#define LAPIC_LVT_LINT0	0x350
#define LAPIC_LVT_LINT1	0x360

#define MSR_APIC_BASE		0x1b
#define APIC_BASE_MODE		0xc00
#define APIC_BASE_XAPIC		0x800
#define APIC_BASE_BSP		0x100u	/* this is the bootstrap processor */
#define MSR_X2APIC_ICR		0x830
#define APIC_BASE_X2APIC	0xc00	/* enabled, and in x2APIC mode */

/*
 * Let interrupts of the 8259 pair through to this processor (virtual wire mode), and NMI: a kernel
 * that does not use the APIC relies on it. 3 accesses.
 */
void lapic_virtual_wire(void);

/*
 * The same after an INIT, which has cleared it, in whatever mode the guest's local APIC is. Nothing where it is off or
 * moved.
 */
void lapic_wire_again(void);

/*
 * INIT, then one start-up IPI, to all processors but this one, which begin in real mode at page
 * << 12 (page 0..255). 2 accesses: hypervisors need no delay in between, and no second start-up.
 */
void lapic_start_others(uint8_t page);

/* An SMI for the processor with this APIC id, in the mode that this one's APIC is in. 2 accesses, in x2APIC mode none. */
void lapic_send_smi(uint32_t id);

/* APIC id of this processor, the 32-bit one where there is one [CPUID leaf 0xb]. */
uint32_t lapic_id(void);

/* Go to x2APIC mode: the registers above are no longer in memory. Only with CPUID_1_ECX_X2APIC. */
void lapic_use_x2apic(void);

#endif
