/* SPDX-License-Identifier: BSD-2-Clause
 * src/dma/dma.c: see dma.h.
 */
#include "dma/dma.h"
#include <stddef.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"

#define PAGE_0_END	0x1000u		/* vectors and BIOS data area */
#define MIB		0x100000u

/* The firmware's segment is below 1 MiB and ends with a multiple of 64 KiB. */
static uint8_t low_buffer[DMA_BOUNCE_LOW] __attribute__((section(".scratch.bounce")));

/* Buffers by number: the spare ones, the large one, which lies behind them, and the one below 1 MiB. */
#define LARGE	DMA_SPARES
#define LOW	(DMA_SPARES + 1)
_Static_assert(DMA_SPARES * DMA_SPARE % DMA_BOUNCE == 0, "each buffer is aligned to its size");

static struct {
	uint8_t *first;
	uint32_t taken;			/* bit n: number n is */
} bounces;

static void *bounce_at(uint32_t n)
{
	return n == LOW ? low_buffer : bounces.first + n * DMA_SPARE;
}

static uint32_t bounce_size(uint32_t n)
{
	return n == LOW ? DMA_BOUNCE_LOW : n == LARGE ? DMA_BOUNCE : DMA_SPARE;
}

/* The bit of a buffer, 0: it is none. */
static uint32_t bounce_bit(const void *buffer)
{
	for (uint32_t n = 0; n <= LOW; n++)
		if (bounce_at(n) == buffer)
			return 1u << n;
	return 0;
}

int dma_init(void)
{
	/* aligned to their sizes: within any boundary */
	bounces.first = alloc_raw(ZONE_HIGH, DMA_SPARES * DMA_SPARE + DMA_BOUNCE, DMA_BOUNCE, "DMA bounce buffers");
	bounces.taken = 0;
	return bounces.first ? 0 : -ENOMEM;
}

/* Is addr in RAM that is the guest's? All is the same up to *end, which is not above limit. */
static bool direct_at(uint32_t addr, uint32_t limit, uint32_t *end)
{
	const struct { uint32_t start, end; } guests[] = { { PAGE_0_END, alloc_low_bottom() }, { MIB, alloc_high_bottom() } };

	for (uint32_t i = 0; i < ARRAY_SIZE(guests); i++)
		if (addr < guests[i].end) {
			bool inside = addr >= guests[i].start;

			*end = min_u32(inside ? guests[i].end : guests[i].start, limit);
			return inside;
		}
	*end = limit;
	return false;
}

/* Up to the last byte. */
static bool direct_to(uint32_t addr, uint32_t last)
{
	uint32_t end = addr < MIB ? alloc_low_bottom() : alloc_high_bottom();

	if (addr < PAGE_0_END || last < addr)
		return false;
	return last < end;
}

bool dma_direct(uint32_t addr, uint32_t len)
{
	return direct_to(addr, addr + len - 1);
}

static const struct pool_range *given;	/* of the firmware's memory */
static uint32_t givens;

void dma_give(const struct pool_range *range, uint32_t count)
{
	given = range;
	givens = count;
}

static bool is_given(uint32_t addr, uint32_t last)
{
	for (uint32_t i = 0; i < givens; i++)
		if (addr >= given[i].start && addr <= last && last < given[i].end)
			return true;
	return false;
}

bool dma_foreign(uint32_t addr, uint32_t len)
{
	uint32_t last = addr + len - 1;
	const struct { uint32_t start, end; } ours[] = {
		{ FW_RAM_BASE, FSEG_END },
		{ max_u32(alloc_high_bottom(), MIB), max_u32(machine.low_ram_end, MIB) },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (addr < ours[i].end && ours[i].start <= last)
			return is_given(addr, last);
	return addr <= last && last < FLASH_BASE;
}

/* Cut what is mapped down to len bytes. */
static void trim(struct dma_list *list, uint32_t len)
{
	list->bytes = 0;
	for (uint32_t i = 0; i < list->count; i++) {
		list->range[i].len = min_u32(list->range[i].len, len - list->bytes);
		if (!list->range[i].len)
			list->count = i;
		else
			list->bytes += list->range[i].len;
	}
	list->bounced = list->bounced_at < len ? min_u32(list->bounced, len - list->bounced_at) : 0;
}

/*
 * Take len bytes at offset, in the request, through the buffer, which has size bytes. Returns how many it can be, 0: none.
 */
static uint32_t take_bounce(struct dma_list *list, uint32_t size, uint32_t offset, uint32_t len)
{
	if (list->bounced && list->bounced_at + list->bounced != offset)
		return 0;	/* one piece of a request; the rest is another request */
	if (!list->bounced)
		list->bounced_at = offset;
	len = min_u32(len, size - list->bounced);
	list->bounced += len;
	return len;
}

static void append(struct dma_list *list, uint32_t addr, uint32_t len, bool merge)
{
	struct dma_range *last = list->count ? &list->range[list->count - 1] : NULL;

	if (merge && last && last->addr + last->len == addr)
		last->len += len;
	else
		list->range[list->count++] = (struct dma_range){ addr, len };
	list->bytes += len;
}

/* What dma_map() was asked for. */
struct wish {
	const struct sg_list *sg;
	uint32_t offset, end;	/* in sg */
	uint32_t granule;
	const struct dma_limits *limits;
	bool all;		/* of it by the buffer */
};

/*
 * Edges of any kind are aligned, and so is each piece of an entry that begins so. Where one entry does not, no piece
 * is direct: what is behind it would begin at an odd place of the request.
 */
static bool aligned(const struct wish *w)
{
	uint32_t bits = w->offset;

	for (uint32_t i = 0; i < w->sg->count; i++)
		bits |= w->sg->entry[i].addr | w->sg->entry[i].len;
	return !(bits & w->limits->align_mask);
}

/* Bytes from some place of a request on, which are all direct or all are not. */
struct piece {
	uint32_t addr;		/* where they are, if they are direct */
	uint32_t len;
	bool direct;		/* the device may have them where they are */
};

/* What is at offset, as far as the memory there is of one kind. */
static void find_piece(struct piece *p, const struct wish *w, uint32_t offset)
{
	uint32_t at = 0, end, top = w->limits->top;
	const struct sg_entry *e = sg_find(w->sg, offset, &at);

	p->addr = e->addr + at;
	end = p->addr + min_u32(e->len - at, w->end - offset);
	p->direct = e->own || (direct_at(p->addr, end, &end) && !real_call_remote);
	if (top && p->addr >= top)
		p->direct = false;
	else if (top)
		end = min_u32(end, top);
	p->len = end - p->addr;
}

/* No more of it than lies on one side of a boundary, and than goes into one range. */
static void cut_piece(struct piece *p, const struct dma_limits *limits)
{
	if (limits->boundary)
		p->len = min_u32(p->len, limits->boundary - (p->addr & (limits->boundary - 1)));
	if (limits->max_range)
		p->len = min_u32(p->len, limits->max_range);
}

/* Whole granules of it; where not one is, since the first lies on both sides of something, that one by the buffer. */
static void round_piece(struct piece *p, uint32_t granule)
{
	p->len -= p->len % granule;
	if (!p->len)
		*p = (struct piece){ .len = granule };
}

static void next_piece(struct piece *p, const struct wish *w, uint32_t offset)
{
	if (w->all)
		*p = (struct piece){ .len = w->end - offset };
	else
		find_piece(p, w, offset);
	cut_piece(p, w->limits);
	if (w->limits->whole)
		round_piece(p, w->granule);
	p->len = min_u32(p->len, w->end - offset);	/* which may end within a granule */
}

/* Fills list with what can be mapped at once: whole granules. size: of its buffer. */
static void map_pieces(struct dma_list *list, const struct wish *w, uint32_t size)
{
	uint32_t buffer = (uint32_t)ptr_to_phys(list->buffer), at = w->offset, n;
	uint32_t most = w->limits->max_ranges ? w->limits->max_ranges : DMA_RANGES, limit = w->limits->max_range;
	bool merge = !w->limits->boundary && !limit;

	while (at != w->end && list->count < most) {
		uint32_t used = list->bounced;
		struct piece p;

		next_piece(&p, w, at);
		n = p.len;
		if (p.direct) {
			append(list, p.addr, n, merge);
		} else {
			n = take_bounce(list, size, at - w->offset, n);
			if (!n)
				break;
			/* the buffer lies within any boundary */
			append(list, buffer + used, n, used && (!limit || list->range[list->count - 1].len + n <= limit));
		}
		at += n;
	}
	trim(list, list->bytes - list->bytes % w->granule);
}

int dma_map(struct dma_list *list, const struct sg_list *sg, uint32_t offset, uint32_t len, uint32_t granule, bool to_device,
	    const struct dma_limits *limits)
{
	struct wish w = { sg, offset, offset + len, granule, limits, false };
	uint32_t mine = limits->top ? 1u << LOW : (1u << LOW) - 1, free = mine & ~bounces.taken;
	uint32_t n = 31 - (uint32_t)__builtin_clz(free ? free : mine);	/* the largest; perhaps the request needs none */

	if (offset >= sg->bytes || len > sg->bytes - offset)
		return -EINVAL;
	w.all = !aligned(&w);
	for (;;) {
		*list = (struct dma_list){ .sg = sg, .offset = offset, .buffer = bounce_at(n), .to_device = to_device };
		map_pieces(list, &w, bounce_size(n));
		if (list->bytes)
			break;
		if (w.all)
			return -EINVAL;
		w.all = true;	/* a granule may be in more pieces than the device takes */
	}
	if (!list->bounced) {
		list->buffer = NULL;
		return 0;
	}
	if (!free)
		return -EBUSY;
	bounces.taken |= 1u << n;
	if (to_device)
		sg_flatten(sg, offset + list->bounced_at, list->buffer, list->bounced);
	return 0;
}

bool dma_map_whole(struct dma_list *list, uint32_t linear, uint32_t len, const struct dma_limits *limits)
{
	uint32_t last = linear + len - 1;

	if ((linear | len) & limits->align_mask || (linear ^ last) & -limits->boundary || !direct_to(linear, last))
		return false;
	list->range[0].addr = linear;
	list->range[0].len = list->bytes = len;
	list->count = 1;
	return true;
}

void dma_read_guest(void *to, uint32_t from, uint32_t len)
{
	const struct dma_remote *remote = real_call_remote;

	if (remote)
		remote->copy(from, to, len, false);
	else
		memcpy(to, phys_to_ptr(from), len);
}

void dma_write_guest(uint32_t to, const void *data, uint32_t len)
{
	const struct dma_remote *remote = real_call_remote;

	if (remote)
		remote->copy(to, (void *)data, len, true);
	else
		dma_write_physical(to, data, len);
}

void dma_write_physical(uint32_t to, const void *data, uint32_t len)
{
	const uint8_t *from = data;

	if (dma_foreign(to, len)) {
		memcpy(phys_to_ptr(to), from, len);
		return;
	}
	for (uint32_t i = 0; i < len; i++)
		if (dma_foreign(to + i, 1))
			*(uint8_t *)phys_to_ptr(to + i) = from[i];
}

void dma_unmap(struct dma_list *list, uint32_t done)
{
	if (!list->bounced)
		return;
	if (!list->to_device && done > list->bounced_at)
		sg_unflatten(list->sg, list->offset + list->bounced_at, list->buffer,
			     min_u32(done - list->bounced_at, list->bounced));
	dma_release(list->buffer);
}

void dma_own(struct dma_list *list, void *p, uint32_t len)
{
	*list = (struct dma_list){ .range[0] = { (uint32_t)ptr_to_phys(p), len }, .count = 1, .bytes = len };
}

void dma_release(const void *buffer)
{
	bounces.taken &= ~bounce_bit(buffer);
}

void dma_abandon(void)
{
	bounces.taken = 0;
}

void dma_keep(const void *buffer)
{
	bounces.taken |= bounce_bit(buffer);
}
