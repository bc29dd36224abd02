/* SPDX-License-Identifier: BSD-2-Clause
 * src/smm/state.h: the state of a processor as an SMI saves it and RSM takes it back, in both layouts that there are.
 * Spec: AMD64 manual volume 2 (24593), 10.2.3 (64 bits, revision 64h in the low word), and what QEMU and KVM use for
 * processors without long mode (revision 0): AMD's for the K6 (21062, 7.3), with CR4. All little-endian.
 * Both have the revision at the same place; bit 17 of it says that SMBASE may be moved.
 */
#ifndef SMM_STATE_H
#define SMM_STATE_H

#include <stdint.h>
#include "arch/smm.h"

/* Offsets in the save area, SMM_SAVE_SIZE bytes at SMBASE + SMM_SAVE_OFFSET. */
#define STATE_REVISION	0xfc
#define STATE_CAN_MOVE	0x20000u
#define STATE_64_SMBASE	0x100
#define STATE_32_SMBASE	0xf8

/* In the order in which both have them. */
enum state_segment { STATE_ES, STATE_CS, STATE_SS, STATE_DS, STATE_FS, STATE_GS, STATE_SEGMENTS };

/*
 * Attributes: bits 8-23 of a descriptor's second dword, without those of the limit. In the layout without long mode KVM
 * has them where they are in that dword, 8 bits higher; of a segment that is loaded they are never 0.
 */
#define STATE_PRESENT	0x0080u
#define STATE_BIG	0x4000u		/* code: 32 bits; stack: all of ESP counts */
#define STATE_FLAT_CODE	0xc09bu
#define STATE_FLAT_DATA	0xc093u

#define STATE_CR0_PE	0x00000001u
#define STATE_CR0_KEEP	0x60010030u	/* caches, WP, ET, NE: whatever else is on runs in flat code as well */
#define STATE_CR0_PG	0x80000000u
#define STATE_VM	0x00020000u	/* EFLAGS */
#define STATE_FLAGS	0x00000002u	/* nothing but the bit that reads as 1 */
#define STATE_DR7	0x00000400u	/* no breakpoint */

/* A processor that was interrupted, and what came of it. Selectors and attributes have 16 bits. */
struct state_selector {
	uint32_t selector, attributes, limit, base;
};

struct smm_kept {
	uint32_t owner;			/* SMBASE of the processor whose state this is, 0: none */
	uint8_t state[SMM_SAVE_SIZE] __attribute__((aligned(8)));
};

/*
 * Where a request is recognised and where it leads, physical addresses and offsets in the F segment: what the image
 * has, nothing that a guest could choose.
 */
struct smm_places {
	uint32_t v86_first, v86_end, v86_answered;		/* offsets */
	uint32_t protected_first, protected_end, protected_answered;
	uint32_t gdt, gdt_limit, idt, idt_limit;		/* of the flat state, in ROM */
};

/*
 * An SMI has come: area is the state of the processor with this SMBASE, which RSM will take. It is exchanged for flat
 * 32-bit code at SMM32_ENTRY and put away, or the one that was put away put back, where it is exactly that
 * which is asked for; else it is left alone.
 */
void smm_handle(uint8_t area[SMM_SAVE_SIZE], uint32_t smbase, struct smm_kept *kept, const struct smm_places *places);

#endif
