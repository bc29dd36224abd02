/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/place.c: see place.h.
 */
#include "boot/place.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define PAGE		0x1000u
#define HIGH_START	0x100000u	/* what does not go to its usual low place goes above */
#define FOUR_GIB	(1ull << 32)

/* kernel, keep, boot_params, command line, initrd, nodes */
#define TAKEN_MAX (5 + PLACE_NODES)

struct space {
	const struct e820_map *map;
	uint64_t limit;			/* of what is placed high */
	uint32_t low;			/* where what is next goes if it can, at most PLACE_LOW_END */
	uint32_t count;
	int rc;
	struct place_range taken[TAKEN_MAX];
};

/* end if [base, end) is free RAM, else the highest address at which something free could end. */
static uint64_t free_end(const struct space *s, uint64_t base, uint64_t end)
{
	const struct e820_entry *row = s->map->entry;
	uint64_t top = 0;

	for (uint32_t n = s->map->count; n && row->base <= base; n--, row++)
		if (row->type == E820_RAM)
			top = row->base + row->length;
	top = min_u64(top, end);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->taken[i].base < top && base < s->taken[i].end)
			top = s->taken[i].base;
	return top;
}

/* The highest place below the limit for size bytes, a multiple of pages; 0: there is none. */
static uint64_t find_high(const struct space *s, uint64_t size)
{
	uint64_t end = s->limit, top;

	for (;; end = top) {
		end = align_down64(end, PAGE);
		if (end < HIGH_START + size)
			return 0;
		top = free_end(s, end - size, end);
		if (top == end)
			return end - size;
	}
}

/* Say it of the first thing that does not fit. */
static uint64_t no_room(struct space *s, uint64_t size, const char *what)
{
	uint64_t largest = 0;

	for (uint64_t step = 1ull << 62; step >= PAGE; step /= 2)
		if (find_high(s, largest + step))
			largest += step;
	if (s->rc == 0)
		log("boot: %s: 0x%llx bytes, but the largest free block of RAM below 0x%llx has "
		    "0x%llx; not started", what, (unsigned long long)size,
		    (unsigned long long)s->limit, (unsigned long long)largest);
	s->rc = -ENOMEM;
	return 0;
}

/* In low memory if it is free there, else high. Returns where, 0: nowhere. */
static uint64_t put(struct space *s, uint64_t size, const char *what)
{
	uint64_t at = s->low, end = at + size;

	if (end <= PLACE_LOW_END && free_end(s, at, end) == end) {
		s->low = align_up((uint32_t)end, 16);
	} else {
		end = align_up64(size, PAGE);
		at = find_high(s, end);
		if (at == 0)
			return no_room(s, size, what);
		end += at;
	}
	s->taken[s->count++] = (struct place_range){ at, end };
	return at;
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
	uint64_t run_end = kernel->runs_at + need;

	if (!e820_is(map, BZIMAGE_LOAD, size, E820_RAM) ||
	    !e820_is(map, kernel->runs_at, need, E820_RAM) || run_end > FOUR_GIB) {
		log("boot: kernel: %u bytes at 0x%x and 0x%x at 0x%llx (init_size 0x%x) are needed, "
		    "RAM there ends at 0x%llx; not started", size, BZIMAGE_LOAD, need,
		    (unsigned long long)kernel->runs_at, kernel->init_size,
		    (unsigned long long)ram_end(map));
		return -ENOMEM;
	}
	if (kernel->init_size == 0)
		run_end += 3ull * size;
	range->base = min_u64(BZIMAGE_LOAD, kernel->runs_at);
	range->end = max_u64(run_end, BZIMAGE_LOAD + (uint64_t)size);
	return 0;
}

int place(const struct place_request *want, struct placement *got)
{
	struct space s;
	uint64_t size = 0;

	s.map = want->map;
	s.limit = min_u64(want->limit, FOUR_GIB);
	s.rc = 0;
	s.count = 2;
	s.taken[0] = want->kernel;
	s.taken[1] = want->keep;
	s.low = PLACE_BOOT_PARAMS;
	got->boot_params = (uint32_t)put(&s, sizeof(struct boot_params), "boot_params");
	s.low = PLACE_CMDLINE;
	got->cmdline = (uint32_t)put(&s, want->cmdline_size, "command line");
	for (uint32_t i = 0; i < want->nodes; i++)
		got->node[i] = (uint32_t)put(&s, want->node_size[i], "setup_data");

	for (uint32_t i = 0; i < want->initrd_parts; i++) {
		got->part[i] = align_up64(size, 4);
		size = got->part[i] + want->initrd_size[i];
	}
	got->initrd_size = size;
	got->initrd = 0;
	if (size) {
		s.limit = min_u64(want->limit, want->initrd_limit);
		s.low = PLACE_LOW_END;
		got->initrd = put(&s, size, "initrd");
	}
	return s.rc;
}
