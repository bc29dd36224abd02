/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/cpus.c: see cpus.h. What each processor gets is a list of MSRs: this one writes it here,
 * the others in src/arch/ap.S.
 */
#include "arch/ap.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/cpus.h"
#include "hw/lapic.h"
#include "hw/mtrr.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "trace/log.h"
#include "mem/alloc.h"
#include "machine/machine.h"

#define MSR_FEATURE_CONTROL	0x3a
#define FEATURE_CONTROL_LOCK		(1u << 0)
#define FEATURE_CONTROL_VMX_IN_SMX	(1u << 1)
#define FEATURE_CONTROL_VMX		(1u << 2)
#define FEATURE_CONTROL_SENTER		0xff00u
#define FEATURE_CONTROL_SGX_LC		(1u << 17)
#define FEATURE_CONTROL_SGX		(1u << 18)
#define FEATURE_CONTROL_LMCE		(1u << 20)
#define MSR_MCG_CAP		0x179
#define MCG_CAP_LMCE		(1u << 27)
#define MSR_MTRRCAP		0xfe

/* The MTRRs and IA32_FEATURE_CONTROL. */
_Static_assert(AP_MSR_MAX >= MTRR_LIST_MAX + 1, "the list of MSRs is too short");

/*
 * Looks before the wait asks for the time, about 100 ms: where the clock has to be measured first, that
 * takes longer than all processors together.
 */
#define LOOKS_WITHOUT_CLOCK 1000000

/* Interrupt gate, 32 bits, present; halves of the offset and the selector go into it. */
#define GATE 0x00008e0000000000ull

struct ap_shared ap_shared __attribute__((section(".scratch.ap_shared")));	/* zero */
static uint32_t ids_count;	/* bits in the map of APIC ids; ap_shared's copy is the others' */

static uint32_t address_bits(void)
{
	uint32_t bits = 36;	/* of a processor that does not say */

	if (cpuid(0x80000000, 0).eax >= 0x80000008)
		bits = cpuid(0x80000008, 0).eax & 0xff;
	return bits < 32 || bits > 52 ? 36 : bits;
}

uint32_t cpus_feature_control(void)
{
	struct cpuid features, leaf7 = { 0 };
	uint32_t bits = 0;

	if (!(machine.cpu_features & CPUID_1_EDX_MSR))
		return 0;
	features = cpuid(1, 0);
	if (cpuid(0, 0).eax >= 7)
		leaf7 = cpuid(7, 0);
	if (features.ecx & CPUID_1_ECX_VMX)
		bits |= FEATURE_CONTROL_VMX;
	if (features.ecx & CPUID_1_ECX_SMX)
		bits |= FEATURE_CONTROL_SENTER | (bits ? FEATURE_CONTROL_VMX_IN_SMX : 0);
	if (leaf7.ebx & CPUID_7_EBX_SGX)
		bits |= FEATURE_CONTROL_SGX;
	if (leaf7.ecx & CPUID_7_ECX_SGX_LC)
		bits |= FEATURE_CONTROL_SGX_LC;
	if (features.edx & CPUID_1_EDX_MCA && rdmsr(MSR_MCG_CAP) & MCG_CAP_LMCE)
		bits |= FEATURE_CONTROL_LMCE;
	return bits ? bits | FEATURE_CONTROL_LOCK : 0;
}

void cpus_set_feature_control(uint32_t value)
{
	if (rdmsr(MSR_FEATURE_CONTROL) & FEATURE_CONTROL_LOCK)	/* a write would be #GP */
		return;
	ap_shared.msr[ap_shared.msrs++] = (struct msr_value){ MSR_FEATURE_CONTROL, value, 0 };
}

void cpus_set_mtrrs(void)
{
	if (machine.cpu_features & CPUID_1_EDX_MTRR)
		ap_shared.msrs = mtrr_list(ap_shared.msr, (uint32_t)rdmsr(MSR_MTRRCAP),
					   machine.low_ram_end, address_bits());
}

static void write_msrs(void)
{
	const struct msr_value *v = ap_shared.msr, *end = v + ap_shared.msrs;

	for (; v != end; v++)
		wrmsr(v->msr, (uint64_t)v->high << 32 | v->low);
}

static uint64_t gate(const char *entry)
{
	uint32_t to = (uint32_t)ptr_to_phys(entry);

	return GATE | (uint64_t)(to & 0xffff0000u) << 32 | SEL_CODE32 << 16 | (to & 0xffff);
}

/* Every exception of the others leads to where they park; an NMI there by way of what is not done yet. */
static void make_idt(void)
{
	for (uint32_t i = 0; i < AP_GATES; i++)
		ap_shared.idt[i] = gate(i == AP_GATE_NMI ? ap_nmi : ap_park);
	ap_shared.idt_limit = sizeof(ap_shared.idt) - 1;
	ap_shared.idt_base = (uint32_t)ptr_to_phys(ap_shared.idt);
}

static uint32_t arrived(void)
{
	return *(volatile uint32_t *)&ap_shared.arrived / AP_ONE;
}

static void wait_for(uint32_t others)
{
	/* A host with few processors runs many of ours one after the other. */
	struct wait wait = wait_start(10 * 1000 * 1000 + others * 20 * 1000, "cpus: start of the others");

	for (uint32_t i = 0; i < LOOKS_WITHOUT_CLOCK; i++) {
		if (arrived() >= others)
			return;
		cpu_pause();
	}
	while (arrived() < others) {
		if (wait_expired(&wait)) {
			/* One that comes later must not write where a kernel may be by then. */
			ap_shared.ids_count = 0;
			log("cpus: %u of %u processors answered; going on", arrived() + 1,
			    machine.cpus);
			break;
		}
	}
}

/* They begin at ap_start. */
static void start_and_wait(void)
{
	uint32_t *mailbox = phys_to_ptr(AP_MAILBOX);

	ap_shared.arrived = AP_COUNTED;
	mailbox[0] = (uint32_t)ptr_to_phys(ap_start);
	mailbox[1] = SEL_CODE32;
	lapic_start_others((uint8_t)(ptr_to_phys(rt16_sipi) >> 12));
	wait_for(machine.cpus - 1);
}

static void start_others(void)
{
	/* microvm tells a number of processors, and their ids may have gaps: some room to spare. */
	uint32_t room = max_u32(align_up(machine.apic_id_limit, 32), 256);
	uint32_t *ids = alloc(ZONE_TEMP, room / 8, 4, "APIC ids");
	uint32_t self = lapic_id();

	if (ids) {
		ap_shared.ids = (uint32_t)ptr_to_phys(ids);
		ap_shared.ids_count = ids_count = room;
		if (self < room)
			ids[self / 32] |= 1u << (self & 31);
	}
	make_idt();
	start_and_wait();
}

void cpus_start(void)
{
	write_msrs();
	if (!(machine.cpu_features & CPUID_1_EDX_APIC)) {
		if (machine.cpus > 1)
			log("cpus: %u processors, but no local APIC; only this one runs",
			    machine.cpus);
		machine.cpus = 1;
		return;
	}
	lapic_virtual_wire();
	if (machine.apic_id_limit == 1)
		return;
	/* An id of 255 or more can only be reached in x2APIC mode, and so by an OS that finds it on. */
	if (machine.apic_id_limit > 255) {
		ap_shared.x2apic = cpuid(1, 0).ecx & CPUID_1_ECX_X2APIC;
		if (!ap_shared.x2apic)
			log("cpus: APIC ids up to %u, but no x2APIC; ids above 254 cannot be started",
			    machine.apic_id_limit - 1);
	}
	if (machine.cpus > 1)
		start_others();
	if (ap_shared.x2apic)
		lapic_use_x2apic();
}

void cpus_restart(uint32_t cpus)
{
	write_msrs();
	if (!(machine.cpu_features & CPUID_1_EDX_APIC))
		return;
	lapic_virtual_wire();
	machine.cpus = cpus;
	ap_shared.ids_count = 0;	/* the map of ids was in memory that is the guest's */
	if (machine.cpus > 1) {
		make_idt();
		start_and_wait();
	}
	if (ap_shared.x2apic)
		lapic_use_x2apic();
}

bool cpus_present(uint32_t apic_id)
{
	const uint32_t *ids = phys_to_ptr(ap_shared.ids);

	if (machine.cpus <= 1)
		return apic_id == (machine.cpu_features & CPUID_1_EDX_APIC ? lapic_id() : 0);
	if (!ap_shared.ids)		/* nobody could be asked: as many as we were told */
		return apic_id < machine.cpus;
	return apic_id < ids_count && (ids[apic_id / 32] >> (apic_id & 31) & 1);
}

uint32_t cpus_found(void)
{
	return arrived() + 1;
}
