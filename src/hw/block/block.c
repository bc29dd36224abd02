/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/block.c: see block.h.
 */
#include <stddef.h>
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/block/sectors.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

struct block *block_first;
static struct block *block_last;
static uint32_t timeout_us __attribute__((section(".scratch.block")));

void block_init(void)
{
	block_first = block_last = NULL;
	block_set_timeout(BLOCK_SECONDS);
}

void block_set_timeout(uint32_t seconds)
{
	timeout_us = seconds * 1000 * 1000;
}

uint32_t block_timeout_us(void)
{
	return timeout_us;
}

/* The short way is not for a drive that is out of use: do_parts() sees that; nor for limits that dma_map_whole() ignores. */
static void set_use(struct block *b, bool in_use)
{
	const struct dma_limits *limits = &b->driver->limits;

	b->state.out_of_use = !in_use;
	b->state.short_sectors = in_use && !(limits->top | limits->max_range) ? b->max_sectors : 0;
}

struct block *block_add(const struct block *block)
{
	struct block *b = alloc_raw(ZONE_HIGH, sizeof(*b), 8, "block device");

	if (!b)
		return NULL;
	memcpy(b, block, sizeof(*b));
	if (!b->max_sectors)
		b->max_sectors = UINT32_MAX;
	if (b->kind == BLOCK_DISK && b->sector_size != 512)
		b = sectors_of_512(b);
	if (!b)
		return NULL;
	set_use(b, true);
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

/* One call of a driver's; the request is transfer()'s. */
typedef int call_driver(struct block *block, struct block_request *r);

static int call_transfer(struct block *block, struct block_request *r)
{
	r->done = 0;
	return block->driver->transfer(block, r);
}

static int call_media(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->media(block);
}

static int call_ready(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->ready(block);
}

static int call_flush(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->flush(block);
}

static int call_lock(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->lock(block, true);
}

static int call_unlock(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->lock(block, false);
}

static int call_eject(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->eject(block);
}

static int call_reset(struct block *block, struct block_request *r __attribute__((unused)))
{
	return block->driver->reset ? block->driver->reset(block) : 0;
}

/*
 * Who: its name; PCI function, or the halves of an address; channel, drive or target, unit. What: of a request the sectors.
 * The last is a number of each line's own.
 */
#define WHO	"block: %s at %02x:%02x.%u, %u.%u.%u: %s of %u sectors at %llu: "
static const char *const lines[] = {
	WHO "error, status %x",
	WHO "no answer within %u s; reset, and asked once more",
	WHO "no answer again (error %u); out of use until it is reset",
	WHO "no answer within %u s, but it is at it; out of use until it has ended",
};
enum line { LINE_ERROR, LINE_ONCE_MORE, LINE_OUT_OF_USE, LINE_AT_IT };

static void tell(enum line line, const struct block *b, const struct block_request *r, const char *what, uint32_t number)
{
	uint32_t at[3] = { PCI_BUS(b->bdf), PCI_DEV(b->bdf), PCI_FN(b->bdf) };

	if (b->bdf == PCI_NONE_BDF) {
		at[0] = b->mmio >> 16;
		at[1] = (b->mmio & 0xffff) | b->io[0];
		at[2] = 0;
	}
	log(lines[line], b->description, at[0], at[1], at[2], (uint32_t)b->channel, b->target + b->unit, (uint32_t)b->lun,
	    r ? r->write ? "write" : "read" : what, r ? r->sectors : 0, (unsigned long long)(r ? r->lba : 0), number);
}

/* The call has failed with rc: what comes of it. Not inlined: its variables would cost every request. */
static int __attribute__((noinline)) recover(struct block *b, call_driver *call, struct block_request *r, const char *what,
					     int rc)
{
	uint32_t seconds = timeout_us / (1000 * 1000);

	if (rc == -EALREADY && !b->state.out_of_use && call_reset(b, NULL) == 0)
		rc = call(b, r);
	if (rc == -ETIMEDOUT) {
		tell(LINE_ONCE_MORE, b, r, what, seconds);
		rc = call_reset(b, NULL);
		if (rc == 0)
			rc = call(b, r);
		else if (rc != -EINPROGRESS && rc != -EALREADY)
			rc = -ETIMEDOUT;
		if (rc == -ETIMEDOUT) {
			set_use(b, false);
			tell(LINE_OUT_OF_USE, b, r, what, -(uint32_t)rc);
		}
	}
	if (rc == -EINPROGRESS)
		tell(LINE_AT_IT, b, r, what, seconds);
	if (rc == -EIO || rc == -ENODEV || (rc == -ENOMEDIUM && !b->removable))
		tell(LINE_ERROR, b, r, what, b->status);
	b->status = 0;
	return rc;
}

static int run(struct block *b, call_driver *call, struct block_request *r, const char *what)
{
	int rc = b->state.out_of_use ? -EALREADY : call(b, r);

	return rc ? recover(b, call, r, what, rc) : 0;
}

/* What callers hear: that a drive is at it, or out of use, is for them that it has not answered in time. */
static int heard(int rc)
{
	return rc == -EINPROGRESS || rc == -EALREADY ? -ETIMEDOUT : rc;
}

/* What is beyond the end may have been inside since the medium was changed: then the drive is asked. */
static int check_range(struct block *block, const struct block_request *r)
{
	int rc;

	if (inside(block, r))
		return 0;
	if (!block->driver->media)
		return -ERANGE;
	rc = run(block, call_media, NULL, "look for a medium");
	if (rc)
		return rc;
	return inside(block, r) ? 0 : -ERANGE;
}

/* Behind a write: what of it is done. */
static int flush(struct block *block, struct block_request *r)
{
	int rc = heard(run(block, call_flush, NULL, "flush"));

	if (rc)
		r->done = 0;
	return rc;
}

/* Nobody touches what the drive held any more: a bounce buffer is free. */
static void let_go(struct block *b)
{
	dma_release(b->state.held);
	b->state.held = NULL;
}

/*
 * Does a drive that was at it still hold its buffer? Asks the drive, which is one look. asking has its controller; NULL:
 * nobody asks for one.
 */
static bool holds(struct block *b, const struct block *asking)
{
	int rc;

	if (!b->state.held)
		return false;
	if (b->controller->busy && !(asking && b->controller == asking->controller))
		return true;
	rc = call_reset(b, NULL);
	if (rc == -EALREADY || rc == -EINPROGRESS)
		return true;
	let_go(b);
	return false;
}

/* When there is no bounce buffer left, those that have one are asked whether they still do: in their order, once. */
static int map(struct block *block, struct block_request *part, const struct sg_list *sg, uint32_t offset)
{
	uint32_t size = block->sector_size, len = part->sectors * size;
	const struct dma_limits *limits = &block->driver->limits;
	int rc = dma_map(&part->list, sg, offset, len, size, part->write, limits);

	for (struct block *b = block_first; b && rc == -EBUSY; b = b->next)
		if (b->state.held && !holds(b, block))
			rc = dma_map(&part->list, sg, offset, len, size, part->write, limits);
	return rc;
}

/* One that is at it is not given a second buffer. */
static int may_be_asked(struct block *block, const struct block_request *r)
{
	return block->state.out_of_use || holds(block, block) ? -EALREADY : check_range(block, r);
}

/*
 * What cannot be done at once, or not at all, and all that is written. Each part is as much as can be mapped. Not inlined:
 * its variables would cost every read.
 */
static int __attribute__((noinline)) do_parts(struct block *block, struct block_request *r, const struct sg_list *sg)
{
	int rc = r->write && block->read_only ? -EROFS : may_be_asked(block, r);
	uint32_t size = block->sector_size;
	struct block_request part;

	part.write = r->write;
	while (rc == 0 && r->done != r->sectors) {
		part.lba = r->lba + r->done;
		part.sectors = min_u32(r->sectors - r->done, block->max_sectors);
		part.done = 0;
		rc = map(block, &part, sg, r->done * size);
		if (rc)
			break;
		part.sectors = part.list.bytes / size;
		block->state.held = part.list.buffer;
		rc = run(block, call_transfer, &part, NULL);
		if (rc == 0)
			part.done = part.sectors;
		if (rc != -EINPROGRESS) {
			dma_unmap(&part.list, part.done * size);
			block->state.held = NULL;
		}
		r->done += part.done;
	}
	if (rc == 0 && r->write && block->driver->flush)
		rc = flush(block, r);
	return heard(rc);
}

static int __attribute__((noinline)) do_parts_of_one(struct block *block, struct block_request *r, uint32_t linear)
{
	struct sg_list sg;

	sg_single(&sg, linear, r->sectors * block->sector_size);
	return do_parts(block, r, &sg);
}

int block_do(struct block *block, struct block_request *r, uint32_t linear)
{
	int rc;

	r->done = 0;
	if (block_controller_take(block->controller))
		return -EBUSY;
	if (!r->write && plainly_inside(block, r) && r->sectors <= block->state.short_sectors &&
	    dma_map_whole(&r->list, linear, r->sectors * block->sector_size, &block->driver->limits)) {
		rc = block->driver->transfer(block, r);
		if (rc)
			rc = heard(recover(block, call_transfer, r, NULL, rc));
		if (rc == 0)
			r->done = r->sectors;
	} else {
		rc = do_parts_of_one(block, r, linear);
	}
	return block_controller_free(block->controller, rc);
}

/* Read or write what is as long as the vector is. */
static int do_vector(struct block *block, bool write, uint64_t lba, const struct sg_list *sg, uint32_t *done)
{
	struct block_request r = { .lba = lba, .sectors = sg->bytes / block->sector_size, .write = write };
	int rc = -EINVAL;

	*done = 0;
	if (sg->bytes % block->sector_size)
		return rc;
	if (block_controller_take(block->controller))
		return -EBUSY;
	rc = block_controller_free(block->controller, do_parts(block, &r, sg));
	*done = r.done;
	return rc;
}

int block_readv(struct block *block, uint64_t lba, const struct sg_list *sg, uint32_t *done)
{
	return do_vector(block, false, lba, sg, done);
}

int block_writev(struct block *block, uint64_t lba, const struct sg_list *sg, uint32_t *done)
{
	return do_vector(block, true, lba, sg, done);
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

static int take_and_run(struct block *block, call_driver *call, const char *what)
{
	if (block_controller_take(block->controller))
		return -EBUSY;
	return block_controller_free(block->controller, heard(run(block, call, NULL, what)));
}

int block_media(struct block *block)
{
	return block->driver->media ? take_and_run(block, call_media, "look for a medium") : 0;
}

int block_flush(struct block *block)
{
	return block->driver->flush ? take_and_run(block, call_flush, "flush") : 0;
}

int block_lock(struct block *block, bool lock)
{
	return take_and_run(block, lock ? call_lock : call_unlock, "lock");
}

int block_eject(struct block *block)
{
	return take_and_run(block, call_eject, "eject");
}

int block_reset(struct block *block)
{
	int rc;

	if (!block->driver->reset)
		return 0;
	if (block_controller_take(block->controller))
		return -EBUSY;
	rc = block->driver->reset(block);
	if (rc == 0) {
		set_use(block, true);
		let_go(block);
	}
	return block_controller_free(block->controller, heard(rc));
}

/* May a drive that was at it still write this? */
static bool is_held(const void *buffer, const struct block *asking)
{
	for (struct block *b = block_first; b; b = b->next)
		if (b->state.held == buffer && holds(b, asking))
			return true;
	return false;
}

bool block_holds(const void *buffer)
{
	return is_held(buffer, NULL);
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
	rc = is_held(buffer, block) ? -EBUSY : may_be_asked(block, &r);
	if (rc == 0) {
		dma_own(&r.list, buffer, count * block->sector_size);
		block->state.held = buffer;
		rc = run(block, call_transfer, &r, NULL);
		if (rc != -EINPROGRESS)
			block->state.held = NULL;
	}
	return block_controller_free(block->controller, heard(rc));
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
		rc = run(block, call_transfer, &part, NULL);
		r->done += rc ? part.done : part.sectors;
	}
	return block_controller_free(block->controller, heard(rc));
}

int block_ready(struct block *block, void *own)
{
	struct block_request first = { .sectors = 1 };

	if (block->driver->ready)
		return take_and_run(block, call_ready, "ask whether it is ready");
	return block->driver->media ? block_media(block) : block_verify(block, &first, own);
}

/* One that is at it for longer keeps the buffer that it was given, if it was: nobody else waits for anything. */
void block_abandon(void)
{
	for (struct block *b = block_first; b; b = b->next) {
		int rc = b->controller->busy || b->state.held ? call_reset(b, NULL) : 0;

		if (rc != -EINPROGRESS && rc != -EALREADY)
			b->state.held = NULL;
	}
	dma_abandon();
	for (struct block *b = block_first; b; b = b->next) {
		b->controller->busy = false;
		dma_keep(b->state.held);
	}
}

void block_lost(void)
{
	for (struct block *b = block_first; b; b = b->next)
		b->controller->busy = true;
}
