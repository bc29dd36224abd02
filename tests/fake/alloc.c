/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/alloc.c: see alloc.h.
 */
#include <assert.h>
#include <sanitizer/asan_interface.h>
#include <stddef.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "trace/log.h"

#define PIECES	4096
#define GAP	32	/* bytes of no man's land behind every piece */

static struct fake_piece pieces[PIECES];
static uint32_t count, calls, fail_in;
static bool refused;
static uint32_t low_taken;		/* alloc_low_taken(); 0: never */
static const uint8_t *ram_seen;

void fake_alloc_reset(void)
{
	if (!fake_ram_size)
		fake_ram_reset(32 << 20);
	/* free() of poisoned memory is fine; only RAM that stayed needs clearing */
	if (ram_seen == fake_ram)
		ASAN_UNPOISON_MEMORY_REGION(fake_ram, fake_ram_size);
	ram_seen = fake_ram;
	count = calls = fail_in = low_taken = 0;
	refused = false;
}

void fake_alloc_fail_at(uint32_t n)
{
	fail_in = n;
}

uint32_t fake_alloc_calls(void)
{
	return calls;
}

const struct fake_piece *fake_alloc_piece(uint32_t n)
{
	return n < count ? &pieces[n] : NULL;
}

uint32_t fake_alloc_live(enum zone zone)
{
	uint32_t live = 0;

	for (uint32_t i = 0; i < count; i++)
		live += pieces[i].zone == zone && !pieces[i].released;
	return live;
}

uint32_t fake_alloc_live_all(void)
{
	uint32_t live = 0;

	for (uint32_t i = 0; i < count; i++)
		live += !pieces[i].released;
	return live;
}

bool fake_alloc_owns(uint32_t phys, uint32_t size)
{
	for (uint32_t i = 0; i < count; i++)
		if (!pieces[i].released && phys >= pieces[i].phys &&
		    range_inside(phys - pieces[i].phys, size, pieces[i].size))
			return true;
	return false;
}

/* Lowest and highest bytes in use by zones a and b inside [from, to). */
static uint32_t lowest(enum zone a, enum zone b, uint32_t to)
{
	for (uint32_t i = 0; i < count; i++)
		if ((pieces[i].zone == a || pieces[i].zone == b) && !pieces[i].released)
			to = min_u32(to, pieces[i].phys);
	return to;
}

static uint32_t highest(enum zone zone, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < count; i++)
		if (pieces[i].zone == zone && !pieces[i].released && pieces[i].phys >= from &&
		    pieces[i].phys < to)
			from = max_u32(from, pieces[i].phys + pieces[i].size + GAP);
	return from;
}

static uint32_t up(enum zone zone, uint32_t from, uint32_t to, uint32_t size, uint32_t align)
{
	uint64_t at = align_up64(highest(zone, from, to), align);

	return at + size + GAP <= to ? at : 0;
}

static uint32_t down(uint32_t from, uint32_t to, uint32_t size, uint32_t align)
{
	if ((uint64_t)from + size + GAP > to)
		return 0;
	to = align_down(to - size - GAP, align);
	return to >= from ? to : 0;
}

static uint32_t place(enum zone zone, uint32_t size, uint32_t align)
{
	uint32_t at = 0;

	switch (zone) {
	case ZONE_LOW:
		return down(0x9a000, alloc_low_bottom(), size, align);
	case ZONE_FSEG:
		return up(zone, 0xf4000, 0x100000, size, align);
	case ZONE_NVS:
	case ZONE_HIGH:
		return down(highest(ZONE_TEMP, 1 << 20, fake_ram_size), alloc_high_bottom(), size,
			    align);
	case ZONE_TEMP:
		at = up(zone, 0x30000, 0x90000, size, align);
		return at ? at : up(zone, 1 << 20, alloc_high_bottom(), size, align);
	case ZONE_COUNT:
		break;
	}
	return 0;
}

static void *take(enum zone zone, uint32_t size, uint32_t align, const char *what, bool zeroed)
{
	uint32_t at;
	uint8_t *p;

	if (ram_seen != fake_ram || !fake_ram)
		fake_alloc_reset();
	calls++;
	if (fail_in && --fail_in == 0) {
		refused = true;
		log("alloc: %s: refused by the test", what);
		return NULL;
	}
	at = size && is_power_of_two(align) ? place(zone, size, align) : 0;
	if (!at) {
		refused = true;
		log("alloc: %s: %u bytes do not fit", what, size);
		return NULL;
	}
	assert(count < PIECES && "more pieces than the fake allocator remembers");
	pieces[count++] = (struct fake_piece){ zone, at, size, align, what, zeroed, false };
	p = phys_to_ptr(at);
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	memset(p, zeroed ? 0 : 0xa5, size);
	ASAN_POISON_MEMORY_REGION(p + size, GAP);
	return p;
}

bool alloc_refused(void)
{
	return refused;
}

void *alloc(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	return take(zone, size, align, what, true);
}

void *alloc_raw(enum zone zone, uint32_t size, uint32_t align, const char *what)
{
	return take(zone, size, align, what, false);
}

void alloc_mark(struct alloc_mark *mark)
{
	*mark = (struct alloc_mark){ .space[ZONE_LOW].start = count };
}

void alloc_release(enum zone zone, const struct alloc_mark *mark)
{
	for (uint32_t i = mark->space[ZONE_LOW].start; i < count; i++) {
		if (pieces[i].zone != zone || pieces[i].released)
			continue;
		pieces[i].released = true;
		ASAN_POISON_MEMORY_REGION(phys_to_ptr(pieces[i].phys), pieces[i].size);
	}
}

void alloc_init(uint32_t fseg_start, uint32_t fseg_end)
{
	(void)fseg_start, (void)fseg_end;
	fake_alloc_reset();
}

void alloc_open_high(uint32_t top)
{
	(void)top;
}

uint32_t alloc_high_bottom(void)
{
	return lowest(ZONE_NVS, ZONE_HIGH, fake_ram_size);
}

uint32_t alloc_low_bottom(void)
{
	return lowest(ZONE_LOW, ZONE_LOW, low_taken ? low_taken : 0x9fc00);
}

void alloc_low_taken(uint32_t bottom)
{
	low_taken = min_u32(bottom, alloc_low_bottom());
}

uint32_t alloc_layers(struct e820_layer layer[ALLOC_LAYERS])
{
	(void)layer;
	return 0;
}
