/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/place.c: see place.h. Everything is counted in pages here, which 32 bits can do up to 16 TiB.
 */
#include <stdbool.h>
#include "boot/kernel/place.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define BOOT_PARAMS	(PLACE_BOOT_PARAMS / PLACE_PAGE)
#define CMDLINE		(PLACE_CMDLINE / PLACE_PAGE)
#define LOW_END		(PLACE_LOW_END / PLACE_PAGE)
#define HIGH_START	(BZIMAGE_LOAD / PLACE_PAGE)	/* what does not go low goes above */

/* Where free RAM from that page on ends; if it is none, the highest page before which some could end. */
static uint32_t free_end(const struct place_request *s, uint32_t first)
{
	const struct e820_entry *start = s->map->entry, *row = start + s->map->count;
	const struct place_range *taken = s->taken;
	uint64_t base = (uint64_t)first * PLACE_PAGE;
	uint32_t top;

	do {		/* The last that begins before it, if any does. */
		if (row == start)
			return 0;
		row--;
	} while ((row->type != E820_RAM) | (row->base > base));
	top = (uint32_t)((row->base + row->length) / PLACE_PAGE);
	do {
		/* One that ends before it is not in its way. */
		top = min_u32(top, taken->first | -(uint32_t)(taken->end <= first));
	} while (++taken < s->taken + s->count);
	return top;
}

/* The first of so many pages, the highest below the limit; 0: there are none. */
static uint32_t find_high(const struct place_request *s, uint32_t pages, uint32_t limit)
{
	uint32_t end = limit, top;

	for (; end >= HIGH_START + pages; end = top) {
		top = free_end(s, end - pages);
		if (top >= end)
			return end - pages;
	}
	return 0;
}

/* Say it of the first thing that does not fit. */
static uint32_t no_room(struct place_request *s, uint32_t size, uint32_t limit, const char *what)
{
	uint32_t largest = 0;

	for (uint32_t step = 1u << 30; step; step /= 2)
		if (find_high(s, largest + step, limit))
			largest += step;
	if (s->rc == 0)
		log("boot: %s: 0x%x bytes, but the largest free block of RAM below 0x%llx has "
		    "0x%llx; not started", what, size, (unsigned long long)limit * PLACE_PAGE,
		    (unsigned long long)largest * PLACE_PAGE);
	s->rc = -ENOMEM;
	return 0;
}

/* In low memory if it is free there, else high. Returns the first page, 0: nowhere. */
static uint32_t put_part(struct place_request *s, uint32_t size, uint32_t limit, const char *what)
{
	uint32_t pages = (size - 1) / PLACE_PAGE + 1;
	uint32_t first = s->low;

	if (pages <= LOW_END - first && free_end(s, first) >= first + pages) {
		s->low = first + pages;
	} else {
		first = find_high(s, pages, limit);
		if (first == 0)
			return no_room(s, size, limit, what);
	}
	s->taken[s->count++] = (struct place_range){ first, first + pages };
	return first;
}

static uint64_t ram_end(const struct e820_map *map)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->entry[i].type == E820_RAM && map->entry[i].base == BZIMAGE_LOAD)
			return map->entry[i].base + map->entry[i].length;
	return 0;
}

int place_kernel(struct place_request *want, const struct bzimage *kernel, uint32_t size)
{
	/*
	 * Before 2.10 a kernel did not say what it needs: it is not refused for a guess, but a
	 * guess keeps the initrd out of its way.
	 */
	uint32_t need = max_u32(kernel->init_size, size);
	uint32_t last = kernel->runs_at + need - 1;
	uint32_t runs = kernel->runs_at / PLACE_PAGE, run_end = last / PLACE_PAGE + 1;
	uint32_t load_end = HIGH_START + (size - 1) / PLACE_PAGE + 1;	/* size 0: beyond any RAM */
	uint32_t bad;

	want->taken[PLACE_KERNEL].end = 0;	/* nothing, until it has its place */
	want->count = PLACE_KERNEL + 1;
	bad = last < kernel->runs_at;		/* beyond 4 GiB, or nothing */
	bad += free_end(want, HIGH_START) < load_end;
	bad += free_end(want, runs) < run_end;
	if (bad) {
		log("boot: kernel: %u bytes at 0x%x and 0x%x at 0x%x (init_size 0x%x) are needed, "
		    "RAM there ends at 0x%llx; not started", size, BZIMAGE_LOAD, need,
		    kernel->runs_at, kernel->init_size, (unsigned long long)ram_end(want->map));
		return -ENOMEM;
	}
	if (kernel->init_size == 0)
		run_end += 3 * (size / PLACE_PAGE);
	want->taken[PLACE_KERNEL].first = min_u32(HIGH_START, runs);
	want->taken[PLACE_KERNEL].end = max_u32(run_end, load_end);
	return 0;
}

int place(struct place_request *want, struct placement *got)
{
	want->rc = 0;
	want->count = PLACE_GIVEN;
	want->low = BOOT_PARAMS;
	got->boot_params = put_part(want, sizeof(struct boot_params), want->limit, "boot_params") * PLACE_PAGE;
	want->low = CMDLINE;
	got->cmdline = put_part(want, want->cmdline_size, want->limit, "command line") * PLACE_PAGE;
	got->node[0] = 0;
	for (uint32_t i = 0; i < want->nodes; i++)
		got->node[i] = put_part(want, want->node_size[i], want->limit, "setup_data") * PLACE_PAGE;
	want->low = LOW_END;
	got->initrd = 0;
	if (want->initrd_size)
		got->initrd = (uint64_t)put_part(want, want->initrd_size, want->initrd_limit, "initrd") * PLACE_PAGE;
	return want->rc;
}

/* Where the highest row of RAM ends, in pages. */
static uint32_t last_page(const struct e820_map *map)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < map->count; i++)
		if (map->entry[i].type == E820_RAM)
			end = max_u64(end, map->entry[i].base + map->entry[i].length);
	return (uint32_t)min_u64(end / PLACE_PAGE, UINT32_MAX);
}

uint64_t place_initrd(struct place_request *want, uint64_t size, const char *not_above)
{
	const uint64_t pages = (size - 1) / PLACE_PAGE + 1;
	uint32_t first = 0;

	want->count = max_u32(want->count, PLACE_GIVEN);
	if (pages < UINT32_MAX - HIGH_START) {
		first = find_high(want, (uint32_t)pages, want->initrd_limit);
		if (!first && !not_above)
			first = find_high(want, (uint32_t)pages, last_page(want->map));
	}
	if (first) {
		want->taken[want->count++] = (struct place_range){ first, first + (uint32_t)pages };
		return (uint64_t)first * PLACE_PAGE;
	}
	log("boot: initrd: 0x%llx bytes have no room in one piece below 0x%llx, and above %s; not started", (unsigned long long)size,
	    (unsigned long long)want->initrd_limit * PLACE_PAGE, not_above ? not_above : "neither");
	return 0;
}

void place_begin(struct place_request *want, uint32_t base, uint32_t size)
{
	want->taken[PLACE_KERNEL] = (struct place_range){ base / PLACE_PAGE, (uint32_t)((base + (uint64_t)size - 1) / PLACE_PAGE) + 1 };
	want->rc = 0;
	want->count = PLACE_GIVEN;
	want->low = BOOT_PARAMS;
}

uint32_t place_piece(struct place_request *want, uint32_t size, uint32_t limit, const char *what)
{
	return put_part(want, size, limit, what) * PLACE_PAGE;
}
