/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/memory_size.c: see memory_size.h.
 */
#include "arch/far.h"
#include "arch/layout.h"
#include "rt16/caller.h"
#include "rt16/memory_size.h"
#include "rt16/shared.h"
#include "std/bda.h"
#include "std/e820.h"

#define SMAP		0x534d4150u
#define ROW_BYTES	20u
#define EXTENDED_BYTES	24u
#define ROW_IS_VALID	1u	/* extended attribute, bit 0; without it the row is to be ignored */
#define NOT_SUPPORTED	0x86

void memory_equipment(struct regs *r)
{
	r->ax = ((volatile __far struct bda *)far_open(BDA_SEGMENT, 0))->equipment;
}

void memory_base_kib(struct regs *r)
{
	r->ax = ((volatile __far struct bda *)far_open(BDA_SEGMENT, 0))->base_kib;
}

bool memory_map(struct regs *r)
{
	uint32_t n = r->ebx, word[EXTENDED_BYTES / 4];
	volatile __far uint32_t *p;

	if (r->edx != SMAP || r->ecx < ROW_BYTES || n >= vars16.e820_count) {
		r->ah = NOT_SUPPORTED;
		r->flags |= FLAGS_CF;
		return true;
	}
	p = far_open(FSEG_BASE >> 4, (uint16_t)(vars16.e820_offset + n * ROW_BYTES));
	for (uint32_t i = 0; i < ROW_BYTES / 4; i++)
		word[i] = p[i];
	r->ecx = r->ecx >= EXTENDED_BYTES ? EXTENDED_BYTES : ROW_BYTES;
	word[ROW_BYTES / 4] = ROW_IS_VALID;
	p = far_open(r->es, r->di);
	for (uint32_t i = 0; i < r->ecx / 4 && caller_may_write(r->es, r->di, (uint16_t)r->ecx); i++)
		p[i] = word[i];
	r->ebx = n + 1 < vars16.e820_count ? n + 1 : 0;
	r->eax = SMAP;
	r->flags &= ~FLAGS_CF;
	return true;
}
