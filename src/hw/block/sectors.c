/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/sectors.c: see sectors.h.
 */
#include "hw/block/sectors.h"
#include "arch/phys.h"
#include "hw/block/block.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "mem/alloc.h"

#define SMALL	512u
#define LARGE	4096u
#define RATIO	(LARGE / SMALL)

struct view {
	struct block block;		/* first: what block.h's functions are given */
	struct block_driver driver;	/* the disk's, with what is here */
	struct block *disk;
	uint8_t *own;			/* a sector of the disk; his who has the controller */
};

static struct view *view_of(struct block *block)
{
	return (struct view *)block;
}

/* The disk may have learned of another medium; what it says of an error is for the log. */
static int done(struct view *v, int rc)
{
	v->block.status = v->disk->status;
	v->disk->status = 0;
	v->block.sectors = min_u64(v->disk->sectors, UINT64_MAX / RATIO) * RATIO;
	return rc;
}

/* len bytes from offset on, which the list has. */
static void slice(struct dma_list *to, const struct dma_list *from, uint32_t offset, uint32_t len)
{
	*to = (struct dma_list){ .bytes = len };
	for (const struct dma_range *r = from->range; len; r++) {
		uint32_t n = min_u32(r->len - min_u32(offset, r->len), len);

		if (n)
			to->range[to->count++] = (struct dma_range){ r->addr + offset, n };
		offset -= min_u32(offset, r->len);
		len -= n;
	}
}

static void copy(const struct dma_list *list, uint8_t *own, bool write)
{
	for (const struct dma_range *r = list->range; r != list->range + list->count; r++) {
		uint8_t *p = phys_to_ptr(r->addr);

		memcpy(write ? own : p, write ? p : own, r->len);
		own += r->len;
	}
}

/* Where each range is a command of its own, does each hold sectors of the disk? They were made for 512. */
static bool suits(const struct view *v, const struct dma_list *list)
{
	for (uint32_t i = 0; v->driver.limits.whole && i < list->count; i++)
		if (list->range[i].len % LARGE)
			return false;
	return true;
}

/* A sector of the disk, from or to memory of our own. */
static int one(struct view *v, uint64_t lba, bool write)
{
	struct block_request r = { .lba = lba, .sectors = 1, .write = write };

	dma_own(&r.list, v->own, LARGE);
	return v->disk->driver->transfer(v->disk, &r);
}

/* Part of one sector: list has it, skip is where it begins. */
static int __attribute__((noinline)) by_own(struct view *v, uint64_t lba, uint32_t skip, const struct block_request *r)
{
	int rc = one(v, lba, false);

	if (rc)
		return rc;
	copy(&r->list, v->own + skip * SMALL, r->write);
	return r->write ? one(v, lba, true) : 0;
}

/*
 * A read as one command: what is wanted goes where it is wanted, and what the disk's sectors have before and behind it, to
 * memory of our own, where nobody looks at it. False: the device does not take such a list.
 */
static bool widen(const struct view *v, struct block_request *all, const struct block_request *r)
{
	const struct dma_limits *limits = &v->driver.limits;
	uint32_t before = (uint32_t)r->lba % RATIO, behind = -(before + r->sectors) % RATIO, own = (uint32_t)ptr_to_phys(v->own);
	struct dma_range *to = all->list.range;

	all->lba = r->lba / RATIO;
	all->sectors = (before + r->sectors + behind) / RATIO;
	all->write = false;
	if (r->write || limits->whole || r->list.count + 2 > (limits->max_ranges ? limits->max_ranges : DMA_RANGES) ||
	    all->sectors > v->disk->max_sectors)
		return false;
	*to = (struct dma_range){ own, before * SMALL };
	to += before != 0;
	for (uint32_t i = 0; i < r->list.count; i++)
		*to++ = r->list.range[i];
	*to = (struct dma_range){ own, behind * SMALL };
	to += behind != 0;
	all->list.count = (uint32_t)(to - all->list.range);
	all->list.bytes = all->sectors * LARGE;
	all->list.to_device = false;
	all->done = 0;
	return true;
}

/* One after the other: whole sectors as far as they go, and parts of one. Not inlined: a read has no need of its variables. */
static int __attribute__((noinline)) by_parts(struct view *v, struct block_request *r)
{
	int rc = 0;

	while (rc == 0 && r->done != r->sectors) {
		uint64_t lba = r->lba + r->done;
		uint32_t skip = lba % RATIO, n = r->sectors - r->done;
		struct block_request part = { .lba = lba / RATIO, .write = r->write };
		bool whole = !skip && n >= RATIO;

		n = whole ? align_down(n, RATIO) : min_u32(n, RATIO - skip);
		part.sectors = n / RATIO;
		slice(&part.list, &r->list, r->done * SMALL, n * SMALL);
		if (whole && !suits(v, &part.list)) {
			whole = false;
			n = RATIO;
			slice(&part.list, &r->list, r->done * SMALL, n * SMALL);
		}
		rc = whole ? v->disk->driver->transfer(v->disk, &part) : by_own(v, part.lba, skip, &part);
		r->done += rc ? part.done * RATIO : n;
	}
	return rc;
}

static int transfer_in_512(struct block *block, struct block_request *r)
{
	struct view *v = view_of(block);
	struct block_request all;
	int rc;

	r->done = 0;
	if (!widen(v, &all, r))
		return done(v, by_parts(v, r));
	rc = v->disk->driver->transfer(v->disk, &all);
	if (rc && all.done)
		r->done = min_u32(all.done * RATIO - (uint32_t)r->lba % RATIO, r->sectors);
	return done(v, rc);
}

/* What is asked of the disk as it is. */
static int __attribute__((noinline)) ask(struct block *block, int (*of_disk)(struct block *disk))
{
	struct view *v = view_of(block);

	return done(v, of_disk(v->disk));
}

static int media(struct block *block)
{
	return ask(block, view_of(block)->disk->driver->media);
}

static int ready(struct block *block)
{
	return ask(block, view_of(block)->disk->driver->ready);
}

static int reset(struct block *block)
{
	return ask(block, view_of(block)->disk->driver->reset);
}

static int flush(struct block *block)
{
	return ask(block, view_of(block)->disk->driver->flush);
}

static int eject(struct block *block)
{
	return ask(block, view_of(block)->disk->driver->eject);
}

static int lock_tray(struct block *block, bool lock)
{
	return view_of(block)->disk->driver->lock(view_of(block)->disk, lock);
}

struct block *sectors_of_512(struct block *disk)
{
	const struct block_driver *driver = disk->driver;
	struct view *v = alloc(ZONE_HIGH, sizeof(*v), 8, "disk in sectors of 512");
	uint8_t *own = v ? alloc_raw(ZONE_HIGH, LARGE, LARGE, "sector of 4096") : NULL;	/* aligned: within any boundary */

	if (!own)
		return NULL;
	v->driver = (struct block_driver){
		.transfer = transfer_in_512, .limits = driver->limits,
		.reset = driver->reset ? reset : NULL, .media = driver->media ? media : NULL,
		.ready = driver->ready ? ready : NULL, .flush = driver->flush ? flush : NULL,
		.lock = driver->lock ? lock_tray : NULL, .eject = driver->eject ? eject : NULL,
	};
	v->disk = disk;
	v->own = own;
	v->block = *disk;
	v->block.driver = &v->driver;
	v->block.sector_size = SMALL;
	v->block.max_sectors = min_u32(disk->max_sectors, UINT32_MAX / RATIO) * RATIO;
	/* what it says of itself is in its own sectors */
	v->block.chs_cylinders = v->block.chs_heads = v->block.chs_sectors = 0;
	done(v, 0);
	return &v->block;
}
