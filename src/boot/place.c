/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/place.c: see place.h.
 */
#include <stdbool.h>
#include "boot/place.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define PAGE		0x1000u
#define HIGH_START	0x100000u	/* what does not go to its usual low place goes above */
#define SMALL_NODE	PAGE		/* larger setup_data nodes are not put into low memory */
#define FOUR_GIB	(1ull << 32)

/* kernel, keep, boot_params, command line, initrd, nodes */
#define TAKEN_MAX (5 + PLACE_NODES)

struct space {
	const struct e820_map *map;
	uint32_t count;
	struct place_range taken[TAKEN_MAX];
};

static void take(struct space *s, uint64_t base, uint64_t end)
{
	if (base < end)
		s->taken[s->count++] = (struct place_range){ base, end };
}

static bool is_free(const struct space *s, uint64_t base, uint64_t size)
{
	if (!e820_is(s->map, base, size, E820_RAM))
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		if (base < s->taken[i].end && s->taken[i].base < base + size)
			return false;
	return true;
}

/* Cut [*lo, *hi) down to its highest stretch that nobody has taken; false: there is none. */
static bool cut(const struct space *s, uint64_t *lo, uint64_t *hi)
{
	for (uint32_t i = 0; i < s->count;) {
		const struct place_range *t = &s->taken[i++];

		if (t->base < *hi && t->end >= *hi) {
			*hi = t->base;	/* may lie in one seen before: look again */
			i = 0;
		}
	}
	for (uint32_t i = 0; i < s->count; i++)
		if (s->taken[i].end < *hi)
			*lo = max_u64(*lo, s->taken[i].end);
	return *lo < *hi;
}

/*
 * The highest page-aligned place for size bytes below limit, whose last page is not shared. On
 * failure 0, and *largest is what would have fitted.
 */
static uint64_t find_high(const struct space *s, uint64_t limit, uint64_t size, uint64_t *largest)
{
	*largest = 0;
	size = align_up64(size, PAGE);
	for (uint32_t i = s->map->count; i-- > 0;) {
		const struct e820_entry *e = &s->map->entry[i];
		uint64_t hi, lo = e->base;

		if (e->type != E820_RAM || lo >= limit)
			continue;
		hi = min_u64(lo + e->length, limit);
		for (; cut(s, &lo, &hi); hi = lo, lo = e->base) {
			/* neither RAM nor what is taken need begin and end on pages */
			uint64_t start = align_up64(max_u64(lo, HIGH_START), PAGE);
			uint64_t end = align_down64(hi, PAGE);

			if (start >= end || start < lo)
				continue;
			if (end - start >= size)
				return end - size;
			*largest = max_u64(*largest, end - start);
		}
	}
	return 0;
}

static uint64_t place_high(struct space *s, uint64_t limit, uint64_t size, const char *what)
{
	uint64_t largest, at = find_high(s, limit, size, &largest);

	if (at == 0)
		log("boot: %s: 0x%llx bytes, but the largest free block of RAM below 0x%llx has "
		    "0x%llx; not started", what, (unsigned long long)size,
		    (unsigned long long)limit, (unsigned long long)largest);
	else
		take(s, at, at + size);
	return at;
}

/* At its usual address if that is free, else high, below 4 GiB at any rate. 0: nowhere. */
static uint32_t place_low(struct space *s, uint64_t limit, uint32_t usual, uint32_t size,
			  const char *what)
{
	if (usual <= PLACE_LOW_END && size <= PLACE_LOW_END - usual && is_free(s, usual, size)) {
		take(s, usual, usual + size);
		return usual;
	}
	return (uint32_t)place_high(s, min_u64(limit, FOUR_GIB), size, what);
}

int place_kernel(const struct e820_map *map, const struct bzimage *kernel, uint32_t size,
		 struct place_range *range)
{
	/*
	 * Before 2.10 a kernel did not say what it needs: it is not refused for a guess, but a
	 * guess keeps the initrd out of its way.
	 */
	uint64_t need = max_u64(kernel->init_size, size);
	uint64_t run_end = kernel->runs_at + need;

	if (!e820_is(map, BZIMAGE_LOAD, size, E820_RAM) ||
	    !e820_is(map, kernel->runs_at, need, E820_RAM) || run_end > FOUR_GIB) {
		log("boot: kernel: %u bytes at 0x%x and 0x%llx at 0x%llx (init_size 0x%x) are needed, "
		    "RAM there ends at 0x%llx; not started", size, BZIMAGE_LOAD,
		    (unsigned long long)need, (unsigned long long)kernel->runs_at,
		    kernel->init_size,
		    (unsigned long long)e820_ram_end(map, BZIMAGE_LOAD, FOUR_GIB));
		return -ENOMEM;
	}
	if (kernel->init_size == 0)
		run_end += 3ull * size;
	range->base = min_u64(BZIMAGE_LOAD, kernel->runs_at);
	range->end = max_u64(run_end, BZIMAGE_LOAD + (uint64_t)size);
	return 0;
}

static int place_initrd(struct space *s, const struct place_request *want, struct placement *got)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < want->initrd_parts; i++) {
		got->part[i] = align_up64(size, 4);
		size = got->part[i] + want->initrd_size[i];
	}
	got->initrd_size = size;
	got->initrd = 0;
	if (size == 0)
		return 0;
	got->initrd = place_high(s, min_u64(want->limit, want->initrd_limit), size, "initrd");
	if (got->initrd == 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < want->initrd_parts; i++)
		got->part[i] += got->initrd;
	return 0;
}

int place(const struct place_request *want, struct placement *got)
{
	struct space s = { .map = want->map };
	uint32_t low;

	take(&s, want->kernel.base, want->kernel.end);
	take(&s, want->keep.base, want->keep.end);

	got->boot_params = place_low(&s, want->limit, PLACE_BOOT_PARAMS,
				     sizeof(struct boot_params), "boot_params");
	if (got->boot_params == 0)
		return -ENOMEM;
	got->cmdline = place_low(&s, want->limit, PLACE_CMDLINE, want->cmdline_size,
				 "command line");
	if (got->cmdline == 0 || place_initrd(&s, want, got) != 0)
		return -ENOMEM;

	low = got->cmdline == PLACE_CMDLINE ? PLACE_CMDLINE + want->cmdline_size : PLACE_CMDLINE;
	for (uint32_t i = 0; i < want->nodes; i++) {
		uint32_t size = want->node_size[i];

		low = align_up(low, 16);
		got->node[i] = place_low(&s, want->limit, size <= SMALL_NODE ? low : PLACE_LOW_END,
					 size, "setup_data");
		if (got->node[i] == 0)
			return -ENOMEM;
		if (got->node[i] == low)
			low += size;
	}
	return 0;
}
