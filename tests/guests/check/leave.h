/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/leave.h: what leave.c, which leaves things behind over a reset, and state.c, which looks
 * for them, both know.
 */
#ifndef LEAVE_H
#define LEAVE_H

#include "guest.h"

#define DIRT	  0x54524944	/* "DIRT" */
#define APIC	  0xfee00000
#define IOAPIC	  0xfec00000
#define PIC1	  0x20
#define PIC2	  0xa0

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HAS_MSR(f)  ((f) & 1 << 5)
#define HAS_APIC(f) ((f) & 1 << 9)
#define HAS_MTRR(f) ((f) & 1 << 12)
#define HAS_PAT(f)  ((f) & 1 << 16)

static inline uint64_t rdmsr(uint32_t msr)
{
	uint64_t value;

	__asm__ volatile("rdmsr" : "=A"(value) : "c"(msr));
	return value;
}

uint32_t features(void);		/* EDX of CPUID leaf 1, 0 without */

/* Everywhere an OS looks for tables and option ROMs. */
#define AREAS 3
extern const struct area { uint32_t from, end; } areas[AREAS];

/* Memory-type registers but the default type. */
#define MTRRS 27
extern const uint16_t mtrrs[MTRRS];

#endif
