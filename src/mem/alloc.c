/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/alloc.c: see alloc.h.
 *
 * ZONE_NVS and ZONE_HIGH share the top of RAM, which is taken downwards in runs of whole pages of
 * one type, so that the memory map gets one page-aligned row for each run. A zone fills its
 * newest run first; it extends that run while it is the lowest, and begins another one below
 * otherwise. ZONE_TEMP grows towards them from 1 MiB; each side stops at the other.
 */
#include "mem/alloc.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/e820.h"

#define TEMP_LOW_START	0x30000
#define TEMP_LOW_END	0x90000
#define LOW_FLOOR	0x9a000		/* a kernel's own below: Linux boot protocol, "zero page" */
#define MIB		0x100000u
#define PAGE		4096u
#define BDA_BASE_KIB	0x413		/* le16: conventional memory in KiB */

#define RUNS		32
#define RUN_ZONE	7u		/* in a page-aligned address: enum zone */
#define RUN_FREE	ZONE_COUNT	/* released, but runs below it are in use */

static uint32_t temp_low, temp_high;		/* next free byte, growing up */
static uint32_t fseg_next, fseg_limit;		/* likewise */
static uint32_t low_bottom;			/* lowest used byte, growing down */
static uint32_t high_top, high_bottom;		/* page aligned; bottom grows down */
static bool sealed;				/* the map has been told: no new pages */

static uint32_t run[RUNS];			/* lowest address | zone, from the top down */
static uint32_t runs;
static struct page_zone {
	uint32_t next;		/* lowest used byte of the newest run, growing down */
	uint32_t newest;	/* index of that run plus 1, 0: none */
} page_zone[2];			/* ZONE_NVS, ZONE_HIGH */

void alloc_init(uint32_t fseg_start, uint32_t fseg_end)
{
	temp_low = TEMP_LOW_START;
	fseg_next = fseg_start;
	fseg_limit = fseg_end;
	low_bottom = EBDA_BASE;
	temp_high = high_top = high_bottom = MIB;
	sealed = false;
	runs = 0;
	memset(page_zone, 0, sizeof(page_zone));
}

void alloc_open_high(uint32_t top)
{
	if (top > MIB)
		high_top = high_bottom = align_down(top, PAGE);
}

uint32_t alloc_high_bottom(void)
{
	return high_bottom;
}

uint32_t alloc_low_bottom(void)
{
	return low_bottom;
}

/* size bytes of [*next, limit) from its lower end; 0: they do not fit. */
static uint32_t take_up(uint32_t *next, uint32_t limit, uint32_t size, uint32_t align)
{
	uint32_t at = align_up(*next, align);

	if (at < *next || at > limit || size > limit - at)
		return 0;
	*next = at + size;
	return at;
}

/* size bytes of [floor, from) at its upper end; 0: they do not fit. */
static uint32_t fit_down(uint32_t floor, uint32_t from, uint32_t size, uint32_t align)
{
	uint32_t at;

	if (size > from - floor)
		return 0;
	at = align_down(from - size, align);
	return at >= floor ? at : 0;
}

static void low_set(uint32_t bottom)
{
	low_bottom = bottom;
	put_le16(phys_to_ptr(BDA_BASE_KIB), bottom / 1024);
}

static uint32_t take_low(uint32_t size, uint32_t align)
{
	uint32_t at = sealed ? 0 : fit_down(LOW_FLOOR, low_bottom, size, align);

	if (at)
		low_set(at);
	return at;
}

static uint32_t run_bottom(uint32_t n)
{
	return align_down(run[n], PAGE);
}

static uint32_t take_pages(enum zone zone, uint32_t size, uint32_t align)
{
	struct page_zone *z = &page_zone[zone - ZONE_NVS];
	bool lowest = z->newest && z->newest == runs;
	uint32_t at = 0;

	if (z->newest)
		at = fit_down(run_bottom(z->newest - 1), z->next, size, align);
	if (!at) {
		if (sealed || (!lowest && runs == RUNS))
			return 0;
		at = fit_down(align_up(temp_high, PAGE), lowest ? z->next : high_bottom, size,
			      align);
		if (!at)
			return 0;
		if (!lowest)
			z->newest = ++runs;
		high_bottom = align_down(at, PAGE);
		run[runs - 1] = high_bottom | zone;
	}
	z->next = at;
	return at;
}

static uint32_t take(enum zone zone, uint32_t size, uint32_t align)
{
	uint32_t at;

	switch (zone) {
	case ZONE_LOW:
		return take_low(size, align);
	case ZONE_FSEG:
		return take_up(&fseg_next, fseg_limit, size, align);
	case ZONE_NVS:
	case ZONE_HIGH:
		return take_pages(zone, size, align);
	case ZONE_TEMP:
		at = take_up(&temp_low, TEMP_LOW_END, size, align);
		return at ? at : take_up(&temp_high, high_bottom, size, align);
	case ZONE_COUNT:
		break;
	}
	return 0;
}

/* The longest piece without alignment that a zone could still give, for the log. */
static uint32_t left(enum zone zone)
{
	switch (zone) {
	case ZONE_LOW:
		return sealed ? 0 : low_bottom - LOW_FLOOR;
	case ZONE_FSEG:
		return fseg_limit - fseg_next;
	case ZONE_TEMP:
		return max_u32(TEMP_LOW_END - temp_low, high_bottom - temp_high);
	default:
		return sealed || runs == RUNS ? 0 : high_bottom - temp_high;
	}
}

void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	static const char names[ZONE_COUNT][8] = { "low", "fseg", "nvs", "high", "temp" };
	uint32_t at = size && align && !(align & (align - 1)) ? take(zone, size, align) : 0;

	if (at)
		return phys_to_ptr(at);
	log("alloc: %s: %u bytes aligned to %u are not in zone %s, %u left; doing without", what,
	    size, align, names[zone], left(zone));
	return NULL;
}

void *alloc(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	void *p = alloc_raw(zone, size, align, what);

	return p ? memset(p, 0, size) : NULL;
}

struct alloc_mark alloc_mark(enum zone zone)
{
	const struct page_zone *z;

	switch (zone) {
	case ZONE_LOW:
		return (struct alloc_mark){ { low_bottom } };
	case ZONE_FSEG:
		return (struct alloc_mark){ { fseg_next } };
	case ZONE_TEMP:
		return (struct alloc_mark){ { temp_low, temp_high } };
	default:
		z = &page_zone[zone - ZONE_NVS];
		return (struct alloc_mark){ { z->newest, z->next,
					      z->newest ? run_bottom(z->newest - 1) : 0 } };
	}
}

/* Runs begun since the mark are free; those that nothing lies below go back. */
static void release_pages(enum zone zone, struct alloc_mark mark)
{
	struct page_zone *z = &page_zone[zone - ZONE_NVS];

	for (uint32_t i = mark.at[0]; i < runs; i++)
		if ((run[i] & RUN_ZONE) == zone)
			run[i] = run_bottom(i) | RUN_FREE;
	while (runs && (run[runs - 1] & RUN_ZONE) == RUN_FREE)
		runs--;
	z->newest = mark.at[0];
	z->next = mark.at[1];
	if (runs && runs == z->newest)
		run[runs - 1] = mark.at[2] | zone;
	high_bottom = runs ? run_bottom(runs - 1) : high_top;
}

void alloc_release(enum zone zone, struct alloc_mark mark)
{
	switch (zone) {
	case ZONE_LOW:
		if (mark.at[0] != low_bottom)
			low_set(mark.at[0]);
		break;
	case ZONE_FSEG:
		fseg_next = mark.at[0];
		break;
	case ZONE_TEMP:
		temp_low = mark.at[0];
		temp_high = mark.at[1];
		break;
	default:
		release_pages(zone, mark);
	}
}

int alloc_reserve(struct e820_map *map)
{
	uint32_t top = high_top, bottom = align_down(low_bottom, 1024);
	int rc = 0;

	sealed = true;
	for (uint32_t i = 0; i < runs && !rc; top = run_bottom(i), i++)
		if ((run[i] & RUN_ZONE) != RUN_FREE)
			rc = e820_set(map, run_bottom(i), top - run_bottom(i),
				      (run[i] & RUN_ZONE) == ZONE_NVS ? E820_NVS : E820_RESERVED);
	if (!rc && bottom < EBDA_BASE)
		rc = e820_set(map, bottom, EBDA_BASE - bottom, E820_RESERVED);
	return rc;
}
