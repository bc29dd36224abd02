/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/alloc.c: see alloc.h.
 *
 * ZONE_NVS and ZONE_HIGH share the top of RAM, which is taken downwards in whole pages; pages of one type
 * that follow each other are a run, one row of the memory map. What the newest pages of a zone have left
 * is used first. ZONE_TEMP grows towards them from 1 MiB; each side stops at the other. All else is given
 * from the end of a zone down.
 */
#include <stdbool.h>
#include "mem/alloc.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "mem/e820.h"
#include "mem/failures.h"
#include "trace/log.h"
#include "std/bda.h"

#define LOW_FLOOR	0x9a000		/* a kernel's own below: Linux boot protocol, "zero page" */
#define TEMP_END	0x90000		/* of what is below 1 MiB; given from there down */
#define MIB		0x100000u
#define PAGE		4096u

/* What zones give at once; when that is not enough, take_more() looks further. */
static const struct alloc_mark fresh = { {
	[ZONE_LOW] = { .start = EBDA_BASE, .end = EBDA_BASE },
	[ZONE_TEMP] = { .start = 0x30000, .end = TEMP_END, .more = MIB },
} };
static struct alloc_mark now;

/* What is lent above 1 MiB: three quarters of what is free, not more than somebody needs; from how much on. */
#define LOAN_MAX	(16 * MIB)
#define LOAN_FROM	(256 * 1024u)
static uint32_t lent_to;			/* the end of what is in use of it */

static struct {
	bool sealed;				/* the map has been told: no new pages */
	bool refused;				/* somebody does without */
} has __attribute__((aligned(2)));

/* In whole pages, from the top down; E820_RAM: released, but runs below it are in use. The first is not ours. */
static struct e820_layer run[1 + ALLOC_RUNS];
static uint32_t runs;

/* Where the free RAM above 1 MiB ends. */
static uint32_t bottom(void)
{
	return (uint32_t)run[runs].base;
}

void alloc_init(uint32_t fseg_start, uint32_t fseg_end)
{
	memcpy(&now, &fresh, sizeof(now));
	now.space[ZONE_FSEG].start = fseg_start;
	now.space[ZONE_FSEG].end = fseg_end;
	run[0].base = MIB;
	run[0].type = E820_RAM;
	has.sealed = has.refused = false;
	runs = 0;
}

void alloc_open_high(uint32_t top)
{
	if (top > MIB)
		run[0].base = align_down(top, PAGE);
}

/* What is left of it without [base, end): one piece. */
static void keep_off(struct alloc_space *s, uint64_t base, uint64_t end)
{
	uint64_t below = base > s->start ? base - s->start : 0, above = end < s->end ? s->end - end : 0;

	if (base >= s->end || end <= s->start)
		return;
	if (below > above)
		s->end = (uint32_t)base;
	else
		s->start = (uint32_t)min_u64(end, s->end);
}

uint32_t alloc_keep_off(uint32_t base, uint32_t size)
{
	struct alloc_space *temp = &now.space[ZONE_TEMP];
	struct alloc_space high = { .start = temp->more, .end = bottom() };
	uint64_t end = (uint64_t)base + size;
	uint32_t used = 0;

	if (temp->end < TEMP_END && base < TEMP_END && end > temp->end)
		used = max_u32(base, temp->end);
	else if (base < temp->more && end > MIB && temp->more > MIB)
		used = max_u32(base, MIB);
	keep_off(temp, base, end);
	keep_off(&high, base, end);
	temp->more = high.start;
	run[0].base = align_down(high.end, PAGE);
	return used;
}

uint32_t alloc_high_bottom(void)
{
	return bottom();
}

uint32_t alloc_low_bottom(void)
{
	return now.space[ZONE_LOW].end;
}

/* size bytes from the end of s, which is where they are then; false: they do not fit, or that is no size or alignment. */
static bool take(struct alloc_space *s, uint32_t size, uint32_t align)
{
	uint32_t last = s->end - size;	/* the highest address; wraps to no less than the end, as 0 bytes do */
	uint32_t at = last & -align;

	if ((last >= s->end) | (at < s->start) | (align & (align - 1)))
		return false;
	s->end = at;
	return true;
}

static uint32_t page_type(enum zone zone)
{
	return zone == ZONE_NVS ? E820_NVS : E820_RESERVED;
}

/* Pages of its own below all others. */
static uint32_t take_pages(enum zone zone, uint32_t size, uint32_t align)
{
	struct alloc_space *z = &now.space[zone];
	struct alloc_space s = { .start = align_up(now.space[ZONE_TEMP].more, PAGE), .end = bottom() };
	uint32_t type = page_type(zone), n = runs + (run[runs].type != type);

	if (n > ALLOC_RUNS || !take(&s, size, align))
		return 0;
	runs = z->more = n;
	z->end = s.end;
	z->start = align_down(s.end, PAGE);
	run[n] = (struct e820_layer){ z->start, run[n - 1].base, type };
	return s.end;
}

static void low_set(uint32_t bottom)
{
	now.space[ZONE_LOW].start = now.space[ZONE_LOW].end = bottom;
	put_le16(phys_to_ptr(BDA_BASE_KIB), bottom / 1024);
}

void alloc_low_taken(uint32_t bottom)
{
	if (bottom < now.space[ZONE_LOW].end)
		low_set(bottom);
}

static uint32_t take_low(uint32_t size, uint32_t align)
{
	struct alloc_space s = { .start = LOW_FLOOR, .end = now.space[ZONE_LOW].end };

	if (!take(&s, size, align))
		return 0;
	low_set(s.end);
	return s.end;
}

/* From 1 MiB up. */
static uint32_t take_ram(uint32_t size, uint32_t align)
{
	uint32_t *free = &now.space[ZONE_TEMP].more;
	struct alloc_space s = { .start = *free, .end = bottom() };
	uint32_t at = align_up(*free, align);

	/* What fits at the end, fits at the start. */
	if (!take(&s, size, align))
		return 0;
	*free = at + size;
	return at;
}

static uint32_t take_more(enum zone zone, uint32_t size, uint32_t align)
{
	if (zone == ZONE_TEMP)
		return take_ram(size, align);
	if (has.sealed | (zone < ZONE_NVS))
		return zone == ZONE_LOW && !has.sealed ? take_low(size, align) : 0;
	return take_pages(zone, size, align);
}

uint32_t alloc_left(enum zone zone)
{
	const struct alloc_space *z = &now.space[zone];
	uint32_t ram = bottom() - now.space[ZONE_TEMP].more;

	switch (zone) {
	case ZONE_LOW:
		return has.sealed || z->end < LOW_FLOOR ? 0 : z->end - LOW_FLOOR;
	case ZONE_FSEG:
		return z->end - z->start;
	case ZONE_TEMP:
		return max_u32(z->end - z->start, ram);
	default:
		return has.sealed || runs == ALLOC_RUNS ? 0 : ram;
	}
}

void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	static const char names[ZONE_COUNT][8] = { "low", "fseg", "nvs", "high", "temp" };
	bool due = failure_due(FAILURE_ALLOC, what);
	uint32_t at;

	if (!due && take(&now.space[zone], size, align))
		return phys_to_ptr(now.space[zone].end);
	at = due ? 0 : take_more(zone, size, align);
	if (at)
		return phys_to_ptr(at);
	has.refused = true;
	log("alloc: %s: %u bytes aligned to %u are not in zone %s, %u left; doing without", what,
	    size, align, names[zone], alloc_left(zone));
	return NULL;
}

void *alloc(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	void *p = alloc_raw(zone, size, align, what);

	return p ? memset(p, 0, size) : NULL;
}

bool alloc_refused(void)
{
	return has.refused;
}

void alloc_mark(struct alloc_mark *mark)
{
	memcpy(mark, &now, sizeof(*mark));
}

/* Runs begun since the mark are free; those that nothing lies below go back. */
static void release_pages(enum zone zone)
{
	const struct alloc_space *z = &now.space[zone];

	for (uint32_t i = z->more + 1; i <= runs; i++)
		if (run[i].type == page_type(zone))
			run[i].type = E820_RAM;
	while (runs && run[runs].type == E820_RAM)
		runs--;
	if (runs && runs == z->more)
		run[runs].base = z->start;
}

void alloc_release(enum zone zone, const struct alloc_mark *mark)
{
	struct alloc_space *z = &now.space[zone];

	z->start = mark->space[zone].start;
	z->end = mark->space[zone].end;
	z->more = mark->space[zone].more;
	if (zone == ZONE_LOW)
		low_set(alloc_low_bottom());
	else if (zone == ZONE_NVS || zone == ZONE_HIGH)
		release_pages(zone);
}

uint32_t alloc_layers(struct e820_layer layer[ALLOC_LAYERS])
{
	uint32_t low = align_down(alloc_low_bottom(), 1024);

	has.sealed = true;
	memcpy(layer, run + 1, runs * sizeof(*run));
	layer[runs] = (struct e820_layer){ low, EBDA_BASE, E820_RESERVED };
	return runs + (low < EBDA_BASE);
}

void alloc_lend(struct alloc_loan *loan)
{
	struct alloc_space *temp = &now.space[ZONE_TEMP];
	uint32_t free = bottom() - temp->more;

	*loan = (struct alloc_loan){ temp->start, temp->end, bottom() };
	if (free < LOAN_FROM) {
		loan->low_end = temp->start = align_up(temp->start + (temp->end - temp->start) / 2, 16);
	} else {
		loan->ram = align_up(bottom() - min_u32(free / 4 * 3, LOAN_MAX), PAGE);
		*temp = (struct alloc_space){ temp->more, loan->ram, loan->ram };
	}
	lent_to = temp->more;
}

uint32_t alloc_loan_end(void)
{
	/* Whoever found no room below it has taken some behind what was in use: that is where it ends then. */
	return now.space[ZONE_TEMP].more == lent_to ? bottom() : lent_to;
}

void alloc_loan_used(uint32_t end)
{
	if (now.space[ZONE_TEMP].more == lent_to)
		now.space[ZONE_TEMP].more = lent_to = end;
}

void alloc_unseal(void)
{
	has.sealed = false;
}
