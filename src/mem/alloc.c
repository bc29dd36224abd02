/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/alloc.c: see alloc.h.
 *
 * ZONE_NVS and ZONE_HIGH share the top of RAM, which is taken downwards in whole pages; pages of one type
 * that follow each other are a run, one row of the memory map. What the newest pages of a zone have left
 * is used first. ZONE_TEMP grows towards them from 1 MiB; each side stops at the other.
 */
#include <stdbool.h>
#include "mem/alloc.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "mem/e820.h"
#include "trace/log.h"
#include "std/bda.h"

#define LOW_FLOOR	0x9a000		/* a kernel's own below: Linux boot protocol, "zero page" */
#define MIB		0x100000u
#define PAGE		4096u

/* What a zone gives at once; when that is not enough, take_more() looks further. */
struct space {
	uint32_t start, end;	/* ZONE_LOW: both its bottom; page zones: what the newest pages have left */
	uint32_t more;		/* ZONE_TEMP: its next free byte above 1 MiB; page zones: the run that
				   the newest pages are in, 0: none */
	uint32_t up;		/* all ones: given from the start on; 0: from the end down */
};
static const struct space fresh[ZONE_COUNT] = {
	[ZONE_LOW] = { .start = EBDA_BASE, .end = EBDA_BASE },
	[ZONE_FSEG] = { .up = ~0u },
	[ZONE_TEMP] = { .start = 0x30000, .end = 0x90000, .more = MIB, .up = ~0u },
};
static struct space space[ZONE_COUNT];

static bool sealed;				/* the map has been told: no new pages */

static struct run {
	uint32_t bottom;	/* page aligned; it reaches to the one before */
	uint32_t type;		/* of the memory map; E820_RAM: released, but runs below it are in use */
} run[1 + ALLOC_RUNS];		/* from the top down; what begins at bottom 0 is not ours */
static uint32_t runs;

void alloc_init(uint32_t fseg_start, uint32_t fseg_end)
{
	memcpy(space, fresh, sizeof(space));
	space[ZONE_FSEG].start = fseg_start;
	space[ZONE_FSEG].end = fseg_end;
	run[0] = (struct run){ MIB, E820_RAM };
	sealed = false;
	runs = 0;
}

void alloc_open_high(uint32_t top)
{
	if (top > MIB)
		run[0].bottom = align_down(top, PAGE);
}

uint32_t alloc_high_bottom(void)
{
	return run[runs].bottom;
}

uint32_t alloc_low_bottom(void)
{
	return space[ZONE_LOW].end;
}

/* size bytes of s, or 0: they do not fit, or that is no size or alignment. */
static uint32_t take(struct space *s, uint32_t size, uint32_t align)
{
	uint32_t room = s->end - s->start;
	uint32_t up = s->up;	/* as a mask: a branch would be translated with all that follows, twice */
	uint32_t at = (((s->start + align - 1) & up) | ((s->end - size) & ~up)) & -align;

	/* What wrapped lies below the start, so the last difference is larger than any room. */
	if ((size - 1 >= room) | (align & (align - 1)) | (at - s->start > room - size))
		return 0;
	if (up)
		s->start = at + size;
	else
		s->end = at;
	return at;
}

static uint32_t page_type(enum zone zone)
{
	return zone == ZONE_NVS ? E820_NVS : E820_RESERVED;
}

/* Pages of its own below all others. */
static uint32_t take_pages(enum zone zone, uint32_t size, uint32_t align)
{
	struct space *z = &space[zone];
	struct space s = { .start = align_up(space[ZONE_TEMP].more, PAGE), .end = run[runs].bottom };
	uint32_t type = page_type(zone), n = runs + (run[runs].type != type);
	uint32_t at = n <= ALLOC_RUNS ? take(&s, size, align) : 0;

	if (!at)
		return 0;
	runs = z->more = n;
	z->end = at;
	z->start = align_down(at, PAGE);
	run[n] = (struct run){ z->start, type };
	return at;
}

static void low_set(uint32_t bottom)
{
	space[ZONE_LOW].start = space[ZONE_LOW].end = bottom;
	put_le16(phys_to_ptr(BDA_BASE_KIB), bottom / 1024);
}

static uint32_t take_low(uint32_t size, uint32_t align)
{
	struct space s = { .start = LOW_FLOOR, .end = space[ZONE_LOW].end };
	uint32_t at = take(&s, size, align);

	if (at)
		low_set(at);
	return at;
}

static uint32_t take_more(enum zone zone, uint32_t size, uint32_t align)
{
	struct space *z = &space[zone];

	if (zone == ZONE_TEMP) {
		struct space s = { .start = z->more, .end = run[runs].bottom, .up = ~0u };
		uint32_t at = take(&s, size, align);

		z->more = s.start;
		return at;
	}
	if (sealed || zone == ZONE_FSEG)
		return 0;
	return zone == ZONE_LOW ? take_low(size, align) : take_pages(zone, size, align);
}

/* The longest piece without alignment that a zone could still give, for the log. */
static uint32_t left(enum zone zone)
{
	const struct space *z = &space[zone];
	uint32_t ram = run[runs].bottom - space[ZONE_TEMP].more;

	switch (zone) {
	case ZONE_LOW:
		return sealed ? 0 : z->end - LOW_FLOOR;
	case ZONE_FSEG:
		return z->end - z->start;
	case ZONE_TEMP:
		return max_u32(z->end - z->start, ram);
	default:
		return sealed || runs == ALLOC_RUNS ? 0 : ram;
	}
}

void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	static const char names[ZONE_COUNT][8] = { "low", "fseg", "nvs", "high", "temp" };
	uint32_t at = take(&space[zone], size, align);

	if (!at)
		at = take_more(zone, size, align);
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
	const struct space *z = &space[zone];

	return (struct alloc_mark){ z->start, z->end, z->more };
}

/* Runs begun since the mark are free; those that nothing lies below go back. */
static void release_pages(enum zone zone)
{
	const struct space *z = &space[zone];

	for (uint32_t i = z->more + 1; i <= runs; i++)
		if (run[i].type == page_type(zone))
			run[i].type = E820_RAM;
	while (runs && run[runs].type == E820_RAM)
		runs--;
	if (runs && runs == z->more)
		run[runs].bottom = z->start;
}

void alloc_release(enum zone zone, struct alloc_mark mark)
{
	struct space *z = &space[zone];

	z->start = mark.start;
	z->end = mark.end;
	z->more = mark.more;
	if (z->up)
		return;
	if (zone == ZONE_LOW)
		low_set(z->end);
	else
		release_pages(zone);
}

uint32_t alloc_layers(struct e820_layer layer[ALLOC_LAYERS])
{
	uint32_t low = align_down(alloc_low_bottom(), 1024), n;

	sealed = true;
	for (n = 0; n < runs; n++)
		layer[n] = (struct e820_layer){ run[n + 1].bottom, run[n].bottom, run[n + 1].type };
	layer[n] = (struct e820_layer){ low, EBDA_BASE, E820_RESERVED };
	return n + (low < EBDA_BASE);
}
