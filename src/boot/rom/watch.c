/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/watch.c: see watch.h. The tick counts in src/rt16/clock.c.
 */
#include "boot/rom/watch.h"
#include <stddef.h>
#include "arch/phys.h"
#include "hw/pit.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "rt16/shared.h"
#include "trace/log.h"

#define MAGIC		0x57524c53u	/* "SLRW" */
#define TRIES		3u		/* that may end in a reset nobody asked for */

/*
 * At ROM_WATCH_AT: free memory, where POST puts nothing. Whoever forges it has one start without some
 * option ROMs.
 */
struct record {
	uint32_t magic;
	uint32_t running;	/* the ROM's; 0: none is */
	uint32_t suspect;	/* the one during which the machine was reset, so many times in a row */
	uint32_t tries;
	uint32_t count;		/* left out */
	uint32_t out[8];
	uint32_t sum;		/* with it all words add up to 0 */
	uint32_t expired;	/* ROM_WATCH_EXPIRED: written by the tick */
};
_Static_assert(ROM_WATCH_AT + offsetof(struct record, expired) == ROM_WATCH_EXPIRED_AT, "the tick writes it");

static struct record now;

static uint32_t sum_of(const struct record *r)
{
	const uint32_t *word = &r->magic;
	uint32_t sum = 0;

	while (word <= &r->sum)
		sum += *word++;
	return sum;
}

static struct record *in_ram(void)
{
	return phys_to_ptr(ROM_WATCH_AT);
}

/* FNV-1a. */
uint32_t rom_watch_number(const char *name)
{
	uint32_t hash = 0x811c9dc5u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 0x01000193u;
	return hash ? hash : 1;
}

static void leave_out(uint32_t hash)
{
	/* Once the list is full, the oldest has another try. */
	if (now.count == ARRAY_SIZE(now.out))
		memmove(now.out, now.out + 1, --now.count * sizeof(now.out[0]));
	now.out[now.count++] = hash;
	now.suspect = now.tries = 0;
}

/* A reset may come twice, when QEMU takes its time for the first: what it has told is there for the second. */
static void store(uint32_t running)
{
	now.running = running;
	now.expired = 0;
	now.sum -= sum_of(&now);
	memcpy(in_ram(), &now, sizeof(now));
}

static void judge(void)
{
	now.tries = now.running == now.suspect ? now.tries + 1 : 1;
	now.suspect = now.running;
	if (now.expired == ROM_WATCH_EXPIRED || now.tries >= TRIES)
		leave_out(now.suspect);
}

/* What the last start has left; without a good record, nothing. */
static void load(void)
{
	memcpy(&now, in_ram(), sizeof(now));
	if (now.magic != MAGIC || sum_of(&now) != 0 || now.count > ARRAY_SIZE(now.out)) {
		memset(&now, 0, sizeof(now));
		now.magic = MAGIC;
	}
}

/* So that rom_watch_init() finds nothing to judge. */
void rom_watch_hung(uint32_t number)
{
	load();
	leave_out(number);
	store(0);
}

void rom_watch_init(uint32_t seconds)
{
	uint64_t ticks = (uint64_t)min_u32(seconds, ROM_WATCH_SECONDS_MAX) * PIT_HZ >> 16;

	rt16_vars.rom_ticks_given = (uint16_t)min_u64(ticks, UINT16_MAX);	/* half a second less than an hour */
	load();
	if (now.running)
		judge();
	store(0);
}

bool rom_watch_left_out(const char *name)
{
	for (uint32_t i = 0; i < now.count; i++)
		if (now.out[i] == rom_watch_number(name)) {
			log("rom: %s: its init has not come back at the last start, and the machine was reset; left out", name);
			return true;
		}
	return false;
}

void rom_watch_begin(const char *name)
{
	store(rom_watch_number(name));
	rt16_vars.rom_ticks = rt16_vars.rom_ticks_given;
}

void rom_watch_end(void)
{
	rt16_vars.rom_ticks = 0;
	if (now.running == now.suspect)
		now.suspect = now.tries = 0;
	store(0);
}

void rom_watch_forget(void)
{
	in_ram()->magic = 0;
}

void rom_watch_again(bool begin)
{
	rt16_vars.rom_ticks = begin ? rt16_vars.rom_ticks_given : 0;
}
