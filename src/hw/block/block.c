/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/block.c: see block.h.
 */
#include <stddef.h>
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/block/sectors.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"

struct block *block_first;
static struct block *block_last;

void block_init(void)
{
	block_first = block_last = NULL;
}

struct block *block_add(const struct block *block)
{
	struct block *b = alloc_raw(ZONE_HIGH, sizeof(*b), 8, "block device");

	if (!b)
		return NULL;
	memcpy(b, block, sizeof(*b));
	b->max_sectors -= !b->max_sectors;	/* 0: more than any request has */
	if (b->kind == BLOCK_DISK && b->sector_size != 512)
		b = sectors_of_512(b);
	if (!b)
		return NULL;
	b->next = NULL;
	if (block_first)
		block_last->next = b;
	else
		block_first = b;
	block_last = b;
	return b;
}

static bool inside(const struct block *block, const struct block_request *r)
{
	return range_inside(r->lba, r->sectors, block->sectors);
}

/* The same for sure, where 32 bits suffice to tell: 64 cost four times as much. */
static bool plainly_inside(const struct block *block, const struct block_request *r)
{
	uint32_t high = (uint32_t)(block->sectors >> 32) | (uint32_t)(r->lba >> 32);

	return !high && range_inside32((uint32_t)r->lba, r->sectors, (uint32_t)block->sectors);
}

/* What is beyond the end may have been inside since the medium was changed: then the drive is asked. */
static int check_range(struct block *block, const struct block_request *r)
{
	int rc;

	if (inside(block, r))
		return 0;
	if (!block->driver->media)
		return -ERANGE;
	rc = block->driver->media(block);
	if (rc)
		return rc;
	return inside(block, r) ? 0 : -ERANGE;
}

/* Behind a write: what of it is done. */
static int flush(struct block *block, struct block_request *r)
{
	int rc = block->driver->flush(block);

	if (rc)
		r->done = 0;
	return rc;
}

/*
 * What cannot be done at once, or not at all. Each part is as much as can be mapped. Not inlined: its variables would
 * cost every request.
 */
static int __attribute__((noinline)) do_parts(struct block *block, struct block_request *r, uint32_t linear)
{
	int rc = r->write && block->read_only ? -EROFS : check_range(block, r);
	uint32_t size = block->sector_size;
	struct block_request part;

	part.write = r->write;
	while (rc == 0 && r->done != r->sectors) {
		part.lba = r->lba + r->done;
		part.sectors = min_u32(r->sectors - r->done, block->max_sectors);
		part.done = 0;
		rc = dma_map(&part.list, linear + r->done * size, part.sectors * size, size, r->write, &block->driver->limits);
		if (rc)
			break;
		part.sectors = part.list.bytes / size;
		rc = block->driver->transfer(block, &part);
		if (rc == 0)
			part.done = part.sectors;
		dma_unmap(&part.list, part.done * size);
		r->done += part.done;
	}
	return rc;
}

int block_do(struct block *block, struct block_request *r, uint32_t linear)
{
	struct block_controller *controller = block->controller;
	int rc;

	r->done = 0;
	if (block_controller_take(controller))
		return -EBUSY;
	if (plainly_inside(block, r) && !(r->write & block->read_only) && r->sectors <= block->max_sectors &&
	    dma_map_whole(&r->list, linear, r->sectors * block->sector_size, &block->driver->limits)) {
		rc = block->driver->transfer(block, r);
		if (rc == 0)
			r->done = r->sectors;
	} else {
		rc = do_parts(block, r, linear);
	}
	if (rc == 0 && r->write && block->driver->flush)
		rc = flush(block, r);
	return block_controller_free(controller, rc);
}

int block_transfer(struct block *block, bool write, uint64_t lba, uint32_t count, uint32_t linear, uint32_t *done)
{
	struct block_request r;
	int rc;

	r.lba = lba;
	r.sectors = count;
	r.write = write;
	rc = block_do(block, &r, linear);
	*done = r.done;
	return rc;
}

int block_media(struct block *block)
{
	if (!block->driver->media)
		return 0;
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, block->driver->media(block));
}

int block_reset(struct block *block)
{
	if (!block->driver->reset)
		return 0;
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, block->driver->reset(block));
}

int block_lock(struct block *block, bool lock)
{
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, block->driver->lock(block, lock));
}

int block_eject(struct block *block)
{
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, block->driver->eject(block));
}

int block_read_own(struct block *block, uint64_t lba, uint32_t count, void *buffer)
{
	struct block_request r;
	int rc;

	if (block_controller_take(block->controller))
		return -EBUSY;
	r.lba = lba;
	r.sectors = count;
	r.write = false;
	r.done = 0;
	rc = check_range(block, &r);
	if (rc == 0) {
		dma_own(&r.list, buffer, count * block->sector_size);
		rc = block->driver->transfer(block, &r);
	}
	return block_controller_free(block->controller, rc);
}

int block_verify(struct block *block, struct block_request *r, void *own)
{
	uint32_t size = block->sector_size, most = min_u32(block->max_sectors, DMA_RANGES * BLOCK_OWN / size);
	struct block_request part = { .write = false };
	int rc;

	r->done = 0;
	if (block_controller_take(block->controller))
		return -EBUSY;
	rc = check_range(block, r);
	while (rc == 0 && r->done != r->sectors) {
		struct dma_list *list = &part.list;
		uint32_t left;

		part.lba = r->lba + r->done;
		part.sectors = min_u32(r->sectors - r->done, most);
		part.done = 0;
		left = part.sectors * size;
		*list = (struct dma_list){ .bytes = left };
		for (; left; left -= list->range[list->count++].len)
			list->range[list->count] = (struct dma_range){ (uint32_t)ptr_to_phys(own), min_u32(left, BLOCK_OWN) };
		rc = block->driver->transfer(block, &part);
		r->done += rc ? part.done : part.sectors;
	}
	return block_controller_free(block->controller, rc);
}

int block_ready(struct block *block, void *own)
{
	struct block_request first = { .sectors = 1 };

	if (!block->driver->ready)
		return block->driver->media ? block_media(block) : block_verify(block, &first, own);
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, block->driver->ready(block));
}

void block_abandon(void)
{
	dma_abandon();
	for (struct block *b = block_first; b; b = b->next) {
		if (!b->controller->busy)
			continue;
		if (b->driver->reset)
			b->driver->reset(b);
		b->controller->busy = false;
	}
}

void block_lost(void)
{
	for (struct block *b = block_first; b; b = b->next)
		b->controller->busy = true;
}
