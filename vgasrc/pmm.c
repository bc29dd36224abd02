/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/pmm.c: see pmm.h.
 */
#include "pmm.h"
#include <stdbool.h>
#include "segment.h"
#include "std/pmm.h"

#define FIRST_SEGMENT	0xe000u
#define SEGMENT_OFFSETS	0x10000u
#define ONE_MIB		0x100000u

/* entry.S: a far call with C's arguments on the stack. */
uint32_t far_call_pmm(struct far entry, const struct pmm_call *call);

static bool is_pmm(uint16_t segment, uint16_t at)
{
	uint8_t sum = 0;

	if (far_read16(segment, at) != (PMM_SIGNATURE & 0xffff) || far_read16(segment, (uint16_t)(at + 2)) != PMM_SIGNATURE >> 16)
		return 0;
	for (uint16_t i = 0; i < sizeof(struct pmm_structure); i++)
		sum = (uint8_t)(sum + far_read8(segment, (uint16_t)(at + i)));
	return sum == 0;
}

static uint32_t ask(struct far entry, uint32_t bytes, uint16_t kind)
{
	struct pmm_call call = { PMM_ALLOCATE, { { (bytes + PMM_UNIT - 1) / PMM_UNIT, PMM_ANONYMOUS,
						   kind | PMM_PERMANENT } } };

	return far_call_pmm(entry, &call);
}

/* What is called has proved itself by a checksum only. */
static uint32_t allocate(uint32_t bytes, uint16_t kind)
{
	for (uint32_t segment = FIRST_SEGMENT; segment < 0x10000; segment += 0x1000)
		for (uint32_t at = 0; at < SEGMENT_OFFSETS; at += 16)
			if (is_pmm((uint16_t)segment, (uint16_t)at))
				return ask(far_at(far_read16((uint16_t)segment, (uint16_t)(at + 9)),
						  far_read16((uint16_t)segment, (uint16_t)(at + 7))),
					   bytes, kind);
	return 0;
}

/* An answer that makes no sense is none. */
uint16_t pmm_allocate(uint32_t bytes)
{
	uint32_t address = allocate(bytes, PMM_CONVENTIONAL);

	return address < ONE_MIB && address % 16 == 0 ? (uint16_t)(address >> 4) : 0;
}

uint32_t pmm_allocate_high(uint32_t bytes)
{
	uint32_t address = allocate(bytes, PMM_EXTENDED | PMM_ALIGN);

	return address >= ONE_MIB && address % bytes == 0 ? address : 0;
}
