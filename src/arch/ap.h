/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/ap.h: what the application processors read and write (src/arch/ap.S). In firmware RAM,
 * which stays reserved: the processors are parked with this interrupt table until an OS starts
 * them anew.
 */
#ifndef ARCH_AP_H
#define ARCH_AP_H

/* Offsets in struct ap_shared */
#define AP_ARRIVED	0
#define AP_MSRS		4
#define AP_IDS		8
#define AP_IDS_COUNT	12
#define AP_X2APIC	16
#define AP_IDT_POINTER	22
#define AP_MSR		28
#define AP_IDT		304

#define AP_MSR_MAX	23
#define AP_MSR_SIZE	12
#define AP_GATES	32
#define AP_GATE_NMI	2

/* Bits of struct ap_shared's arrived. */
#define AP_COUNTED	1	/* always set: who has added AP_ONE by XADD finds it in its register */
#define AP_ONE		2

#ifndef __ASSEMBLY__
#include <stddef.h>
#include <stdint.h>

struct msr_value {
	uint32_t msr;
	uint32_t low, high;	/* bits 31..0, 63..32 */
};
_Static_assert(sizeof(struct msr_value) == AP_MSR_SIZE, "ap.S steps by it");

/* Addresses are physical. */
struct ap_shared {
	uint32_t arrived;	/* AP_COUNTED; each adds AP_ONE */
	uint32_t msrs;		/* entries in msr[] */
	uint32_t ids;		/* a bit for each APIC id, set by its processor; 0: none */
	uint32_t ids_count;	/* bits there */
	uint32_t x2apic;	/* not 0: switch to x2APIC mode */
	uint16_t pad, idt_limit;
	uint32_t idt_base;
	struct msr_value msr[AP_MSR_MAX];	/* written by each, in this order */
	uint64_t idt[AP_GATES];
};
_Static_assert(offsetof(struct ap_shared, msrs) == AP_MSRS, "ap.S reads it there");
_Static_assert(offsetof(struct ap_shared, ids) == AP_IDS, "ap.S reads it there");
_Static_assert(offsetof(struct ap_shared, ids_count) == AP_IDS_COUNT, "ap.S reads it there");
_Static_assert(offsetof(struct ap_shared, x2apic) == AP_X2APIC, "ap.S reads it there");
_Static_assert(offsetof(struct ap_shared, idt_limit) == AP_IDT_POINTER, "ap.S reads it there");
_Static_assert(offsetof(struct ap_shared, msr) == AP_MSR, "ap.S reads it there");
_Static_assert(offsetof(struct ap_shared, idt) == AP_IDT, "a multiple of 8, without a gap");

extern struct ap_shared ap_shared;

/* 32-bit entry of a processor that the 16-bit stub (src/rt16/sipi.S) has brought here. */
extern char ap_start[];
/* Where it stays, and where every exception of its leads but an NMI; where that leads. */
extern char ap_park[], ap_nmi[];
/* The stub: page-aligned, below 1 MiB. It takes the entry as offset and selector from AP_MAILBOX. */
extern char rt16_sipi[];
#endif

#endif
