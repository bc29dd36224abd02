/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/place.c: see place.h. Everything is counted in pages here, which 32 bits can do up to 16 TiB.
 */
#include <stdbool.h>
#include "boot/place.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define BOOT_PARAMS	(PLACE_BOOT_PARAMS / PLACE_PAGE)
#define CMDLINE		(PLACE_CMDLINE / PLACE_PAGE)
#define LOW_END		(PLACE_LOW_END / PLACE_PAGE)
#define HIGH_START	(BZIMAGE_LOAD / PLACE_PAGE)	/* what does not go low goes above */

/* kernel, keep, boot_params, command line, initrd, nodes */
#define TAKEN_MAX (5 + PLACE_NODES)

struct space {
	const struct e820_map *map;
	uint32_t limit;			/* of what is placed high */
	uint32_t low;			/* where what is next goes if it can, at most LOW_END */
	int rc;
	uint32_t count;
	struct place_range taken[TAKEN_MAX];
};

/* end if [first, end) is free RAM, else the highest page before which something free could end. */
static uint32_t free_end(const struct space *s, uint32_t first, uint32_t end)
{
	const struct e820_entry *row = s->map->entry;
	uint64_t base = (uint64_t)first * PLACE_PAGE;
	uint32_t top = 0;

	for (uint32_t n = s->map->count; n && row->base <= base; n--, row++)
		if (row->type == E820_RAM)
			top = (uint32_t)((row->base + row->length) / PLACE_PAGE);
	top = min_u32(top, end);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->taken[i].first < top && first < s->taken[i].end)
			top = s->taken[i].first;
	return top;
}

/* The first of so many pages, the highest below the limit; 0: there are none. */
static uint32_t find_high(const struct space *s, uint32_t pages)
{
	uint32_t end = s->limit, top;

	for (; end >= HIGH_START + pages; end = top) {
		top = free_end(s, end - pages, end);
		if (top == end)
			return end - pages;
	}
	return 0;
}

/* Say it of the first thing that does not fit. */
static uint32_t no_room(struct space *s, uint64_t size, const char *what)
{
	uint32_t largest = 0;

	for (uint32_t step = 1u << 30; step; step /= 2)
		if (find_high(s, largest + step))
			largest += step;
	if (s->rc == 0)
		log("boot: %s: 0x%llx bytes, but the largest free block of RAM below 0x%llx has "
		    "0x%llx; not started", what, (unsigned long long)size,
		    (unsigned long long)s->limit * PLACE_PAGE,
		    (unsigned long long)largest * PLACE_PAGE);
	s->rc = -ENOMEM;
	return 0;
}

/* In low memory if it is free there, else high. Returns the first page, 0: nowhere. */
static uint32_t put(struct space *s, uint64_t size, const char *what)
{
	uint32_t pages = (uint32_t)((size + PLACE_PAGE - 1) / PLACE_PAGE);
	uint32_t first = s->low, end = first + pages;

	if (pages <= LOW_END - first && free_end(s, first, end) == end) {
		s->low = end;
	} else {
		first = find_high(s, pages);
		if (first == 0)
			return no_room(s, size, what);
		end = first + pages;
	}
	s->taken[s->count++] = (struct place_range){ first, end };
	return first;
}

static uint64_t ram_end(const struct e820_map *map)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (map->entry[i].type == E820_RAM && map->entry[i].base == BZIMAGE_LOAD)
			return map->entry[i].base + map->entry[i].length;
	return 0;
}

int place_kernel(const struct e820_map *map, const struct bzimage *kernel, uint32_t size,
		 struct place_range *range)
{
	/*
	 * Before 2.10 a kernel did not say what it needs: it is not refused for a guess, but a
	 * guess keeps the initrd out of its way.
	 */
	uint32_t need = max_u32(kernel->init_size, size);
	uint32_t last = kernel->runs_at + need - 1;
	uint32_t runs = kernel->runs_at / PLACE_PAGE, run_end = last / PLACE_PAGE + 1;
	uint32_t load_end = HIGH_START + (size - 1) / PLACE_PAGE + 1;	/* size 0: beyond any RAM */
	struct space s;
	bool bad;

	s.map = map;
	s.count = 0;
	bad = last < kernel->runs_at;		/* beyond 4 GiB, or nothing */
	bad |= free_end(&s, HIGH_START, load_end) != load_end;
	bad |= free_end(&s, runs, run_end) != run_end;
	if (bad) {
		log("boot: kernel: %u bytes at 0x%x and 0x%x at 0x%x (init_size 0x%x) are needed, "
		    "RAM there ends at 0x%llx; not started", size, BZIMAGE_LOAD, need,
		    kernel->runs_at, kernel->init_size, (unsigned long long)ram_end(map));
		return -ENOMEM;
	}
	if (kernel->init_size == 0)
		run_end += 3 * (size / PLACE_PAGE);
	range->first = min_u32(HIGH_START, runs);
	range->end = max_u32(run_end, load_end);
	return 0;
}

int place(const struct place_request *want, struct placement *got)
{
	uint64_t size = 0;
	struct space s;

	s.map = want->map;
	s.limit = want->limit;
	s.rc = 0;
	s.count = 2;
	s.taken[0] = want->kernel;
	s.taken[1] = want->keep;
	s.low = BOOT_PARAMS;
	got->boot_params = put(&s, sizeof(struct boot_params), "boot_params") * PLACE_PAGE;
	s.low = CMDLINE;
	got->cmdline = put(&s, want->cmdline_size, "command line") * PLACE_PAGE;
	got->node[0] = 0;
	for (uint32_t i = 0; i < want->nodes; i++)
		got->node[i] = put(&s, want->node_size[i], "setup_data") * PLACE_PAGE;

	for (uint32_t i = 0; i < want->initrd_parts; i++) {
		got->part[i] = align_up64(size, 4);
		size = got->part[i] + want->initrd_size[i];
	}
	got->initrd_size = size;
	got->initrd = 0;
	if (size) {
		s.limit = want->initrd_limit;
		s.low = LOW_END;
		got->initrd = (uint64_t)put(&s, size, "initrd") * PLACE_PAGE;
	}
	return s.rc;
}
