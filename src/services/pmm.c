/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pmm.c: see pmm.h. The entry is in src/rt16/entry.S.
 */
#include "services/pmm.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "dma/dma.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "mem/failures.h"
#include "mem/pool.h"
#include "services/guest.h"
#include "std/pmm.h"

#define BLOCKS		64	/* at once; seven network ROMs have nine */
#define RANGES		16
#define KIB		1024u
#define MIB		0x100000u
#define PAGE		4096u
#define LOWEST		0x10000u	/* of the next program's memory; a kernel's parameters come with the kernel */
#define FAILED		1u	/* of PMM_DEALLOCATE */

_Static_assert(ROM_RAM_END <= STACK_TOP - STACK_SIZE, "ROMs' memory lies below the stack");

extern char rt16_pmm[];		/* src/rt16/entry.S */

/* Where blocks are: the first two are the next program's, the others have what is kept, as it is needed. */
enum { CONVENTIONAL, EXTENDED, KEPT };

static struct {
	struct pool pool;
	struct pool_range range[RANGES];
	struct pool_range given[RANGES];	/* the same, as far as it has been asked for */
	uint32_t ranges;
	uint32_t used_to;		/* what has ever been in use of CONVENTIONAL */
	struct pmm_structure *structure;
	bool open;
} pmm;

/* One of those in which a block with these flags may lie? */
static bool suits(uint32_t i, uint16_t flags)
{
	return (flags & PMM_PERMANENT ? i >= KEPT : i < KEPT) &&
	       flags & (pmm.range[i].start < MIB ? PMM_CONVENTIONAL : PMM_EXTENDED);
}

/* The high tables may have grown; */
static void look_at_tables(void)
{
	pmm.range[EXTENDED].end = alloc_loan_end();
}

/* and stop at the highest block. */
static void tell_tables(void)
{
	look_at_tables();
	alloc_loan_used(pool_top(&pmm.pool, &pmm.range[EXTENDED]));
}

/* What a zone could give to be kept. Where conventional memory ends stands in a word that ROMs count down themselves. */
static uint32_t zone_left(enum zone zone)
{
	if (pmm.ranges == RANGES || pmm.pool.count == pmm.pool.max)
		return 0;
	if (zone == ZONE_LOW && guest_bda()->base_kib != alloc_low_bottom() / KIB)
		return 0;
	return align_down(alloc_left(zone), zone == ZONE_LOW ? KIB : PAGE);
}

static void add_kept(uint32_t start, uint32_t end)
{
	pmm.given[pmm.ranges] = pmm.range[pmm.ranges] = (struct pool_range){ start, end };
	pmm.ranges++;
}

/* It is the firmware's no more: who owns it reads disks to it, and copies there by INT 15h AH=87h. */
static void give_kept(void)
{
	pmm.given[KEPT].end = pool_top(&pmm.pool, &pmm.range[KEPT]);
	dma_give(pmm.given + KEPT, pmm.ranges - KEPT);
}

/* One more range, in which bytes fit. */
static uint32_t take_kept(enum zone zone, uint32_t bytes, uint32_t align, uint32_t handle)
{
	uint32_t unit = zone == ZONE_LOW ? KIB : PAGE, size = align_up(bytes, unit), left = zone_left(zone), start;
	uint8_t *p;

	align = max_u32(align, unit);
	if (size < bytes || size > left || align - unit > left - size)
		return 0;
	p = alloc_raw(zone, size, align, "option ROM");
	if (!p)
		return 0;
	start = (uint32_t)ptr_to_phys(p);
	add_kept(start, start + size);
	return pool_take(&pmm.pool, &pmm.range[pmm.ranges - 1], bytes, align, handle);
}

static uint32_t allocate(uint32_t bytes, uint32_t align, uint32_t handle, uint16_t flags)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < pmm.ranges && !at; i++)
		if (suits(i, flags))
			at = pool_take(&pmm.pool, &pmm.range[i], bytes, align, handle);
	if (!at && (flags & PMM_PERMANENT) && (flags & PMM_CONVENTIONAL))
		at = take_kept(ZONE_LOW, bytes, align, handle);
	if (!at && (flags & PMM_PERMANENT) && (flags & PMM_EXTENDED))
		at = take_kept(ZONE_HIGH, bytes, align, handle);
	return at;
}

static uint32_t largest(uint16_t flags)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < pmm.ranges; i++)
		if (suits(i, flags))
			bytes = max_u32(bytes, pool_largest(&pmm.pool, &pmm.range[i], PMM_UNIT));
	if ((flags & PMM_PERMANENT) && (flags & PMM_CONVENTIONAL))
		bytes = max_u32(bytes, zone_left(ZONE_LOW));
	if ((flags & PMM_PERMANENT) && (flags & PMM_EXTENDED))
		bytes = max_u32(bytes, zone_left(ZONE_HIGH));
	return bytes;
}

static uint32_t pmm_allocate(uint32_t length, uint32_t handle, uint16_t flags)
{
	uint32_t bytes = length * PMM_UNIT, at;

	look_at_tables();
	if (!length)
		return largest(flags);
	if (length > UINT32_MAX / PMM_UNIT || (handle != PMM_ANONYMOUS && pool_find(&pmm.pool, handle)))
		return 0;
	if (failure_due(FAILURE_ALLOC, "option ROM's block"))
		return 0;
	at = allocate(bytes, flags & PMM_ALIGN ? bytes & -bytes : PMM_UNIT, handle, flags);
	pmm.used_to = max_u32(pmm.used_to, pool_top(&pmm.pool, &pmm.range[CONVENTIONAL]));
	tell_tables();
	give_kept();
	return at;
}

static uint32_t pmm_find(uint32_t handle)
{
	const struct pool_block *b = handle == PMM_ANONYMOUS ? NULL : pool_find(&pmm.pool, handle);

	return b ? b->start : 0;
}

static uint32_t pmm_deallocate(uint32_t address)
{
	if (!pool_give(&pmm.pool, address))
		return FAILED;
	tell_tables();
	return 0;
}

static uint32_t answer(const struct pmm_call *call)
{
	switch (call->function) {
	case PMM_ALLOCATE:
		return pmm.open ? pmm_allocate(call->allocate.length, call->allocate.handle, call->allocate.flags) : 0;
	case PMM_FIND:
		return pmm.open ? pmm_find(call->handle) : 0;
	case PMM_DEALLOCATE:
		return pmm.open ? pmm_deallocate(call->address) : FAILED;
	default:
		return PMM_UNSUPPORTED;
	}
}

void pmm_service(struct regs *r)
{
	struct pmm_call call;
	uint32_t result;

	guest_read(&call, guest_linear(r->ss, (uint16_t)(r->esp + REGS_PMM_CALL)), sizeof(call));
	result = answer(&call);
	r->ax = (uint16_t)result;
	r->dx = (uint16_t)(result >> 16);
}

/* The list of blocks lies in memory that stays, since programs may run before a ROM comes again. */
static void set_aside(void)
{
	struct alloc_loan loan;

	pmm.pool.block = alloc_raw(ZONE_HIGH, BLOCKS * sizeof(*pmm.pool.block), 4, "option ROMs' blocks");
	if (!pmm.pool.block)
		return;
	pmm.pool.max = BLOCKS;
	alloc_lend(&loan);
	pmm.range[CONVENTIONAL] = (struct pool_range){ LOWEST, loan.low_end };
	pmm.range[EXTENDED] = (struct pool_range){ loan.ram, loan.ram };
	pmm.ranges = KEPT;
	add_kept(ROM_RAM_BASE, ROM_RAM_END);
}

void pmm_open(void)
{
	struct pmm_structure *s;

	if (!pmm.structure)
		pmm.structure = alloc(ZONE_FSEG, sizeof(*s), 16, "$PMM");
	if (pmm.structure && !pmm.pool.block)
		set_aside();
	if (!pmm.structure || !pmm.pool.block)
		return;
	s = pmm.structure;
	*s = (struct pmm_structure){
		.signature = PMM_SIGNATURE, .revision = PMM_REVISION, .bytes = sizeof(*s),
		.entry_offset = (uint16_t)(uintptr_t)rt16_pmm, .entry_segment = FSEG_BASE >> 4,
	};
	s->checksum = -checksum8(s, sizeof(*s));
	pmm.open = true;
}

void pmm_boot(void)
{
	const struct pool_range *low = &pmm.range[CONVENTIONAL];

	if (pmm.used_to <= low->start)
		return;
	while (pmm.pool.count && pmm.pool.block[0].start < low->end)	/* they are the lowest */
		pool_give(&pmm.pool, pmm.pool.block[0].start);
	memset(phys_to_ptr(low->start), 0, pmm.used_to - low->start);
	pmm.used_to = 0;
}

void pmm_close(void)
{
	pmm.open = false;
	if (pmm.structure)
		memset(pmm.structure, 0, sizeof(*pmm.structure));
}
