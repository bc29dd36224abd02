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

static struct bounce {
	uint8_t *buffer;
	uint32_t size;
	bool taken;
} bounces[2];				/* by struct dma_list's low */

/* The firmware's segment is below 1 MiB and ends with a multiple of 64 KiB. */
static uint8_t low_buffer[DMA_BOUNCE_LOW] __attribute__((section(".scratch.bounce")));

int dma_init(void)
{
	/* aligned to its size: within any boundary */
	bounces[false] = (struct bounce){ alloc_raw(ZONE_HIGH, DMA_BOUNCE, DMA_BOUNCE, "DMA bounce buffer"), DMA_BOUNCE, false };
	bounces[true] = (struct bounce){ low_buffer, sizeof(low_buffer), false };
	return bounces[false].buffer ? 0 : -ENOMEM;
}

/* Is addr in RAM that is the guest's? All is the same up to *end, which is not above limit. */
static bool direct_at(uint32_t addr, uint32_t limit, uint32_t *end)
{
	const uint32_t edge[] = { PAGE_0_END, alloc_low_bottom(), MIB, alloc_high_bottom() };
	uint32_t i = 0;

	while (i < ARRAY_SIZE(edge) && edge[i] <= addr)
		i++;
	*end = i < ARRAY_SIZE(edge) ? min_u32(edge[i], limit) : limit;
	return i & 1;
}

bool dma_direct(uint32_t addr, uint32_t len)
{
	uint32_t last = addr + len - 1, end = addr < MIB ? alloc_low_bottom() : alloc_high_bottom();

	if (addr < PAGE_0_END || last < addr)
		return false;
	return last < end;
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

/* Take len bytes at offset through the buffer. Returns how many it can be, 0: none. */
static uint32_t take_bounce(struct dma_list *list, uint32_t offset, uint32_t len)
{
	if (list->bounced && list->bounced_at + list->bounced != offset)
		return 0;	/* one piece of a request; the rest is another request */
	if (!list->bounced)
		list->bounced_at = offset;
	len = min_u32(len, bounces[list->low].size - list->bounced);
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

/*
 * The next piece of a request, from at on: how many bytes at most, and whether the device may have them where they
 * are.
 */
static bool next_piece(uint32_t at, uint32_t end, uint32_t granule, const struct dma_limits *limits, uint32_t *len)
{
	uint32_t to;
	bool direct = direct_at(at, end, &to);

	if (real_call_remote || (limits->top && at >= limits->top))
		direct = false;
	else if (limits->top)
		to = min_u32(to, limits->top);
	*len = to - at;
	if (limits->boundary)
		*len = min_u32(*len, limits->boundary - (at & (limits->boundary - 1)));
	if (limits->whole) {
		*len -= *len % granule;
		if (!*len) {	/* its first granule lies on both sides of something */
			*len = granule;
			return false;
		}
	}
	return direct;
}

int dma_map(struct dma_list *list, uint32_t linear, uint32_t len, uint32_t granule, bool to_device,
	    const struct dma_limits *limits)
{
	struct bounce *bounce = &bounces[limits->top != 0];
	uint32_t at = linear, end = linear + len, buffer = (uint32_t)ptr_to_phys(bounce->buffer);
	bool merge = !limits->boundary;

	*list = (struct dma_list){ .linear = linear, .to_device = to_device, .low = limits->top != 0 };
	while (at != end && list->count < DMA_RANGES) {
		uint32_t n, used = list->bounced;
		bool direct = next_piece(at, end, granule, limits, &n);

		/*
		 * Edges of any kind are aligned, and so is each piece of a request that begins so. Of one that
		 * does not, no piece is direct: behind an edge it would be aligned, and the one in front odd.
		 */
		if (direct && !((linear | len) & limits->align_mask)) {
			append(list, at, n, merge);
		} else {
			n = take_bounce(list, at - linear, n);
			if (!n)
				break;
			append(list, buffer + used, n, used);	/* the buffer lies within any boundary */
		}
		at += n;
	}
	trim(list, list->bytes - list->bytes % granule);
	if (!list->bytes)
		return -EINVAL;
	if (!list->bounced)
		return 0;
	if (bounce->taken)
		return -EBUSY;
	bounce->taken = true;
	if (to_device)
		dma_read_guest(bounce->buffer, linear + list->bounced_at, list->bounced);
	return 0;
}

bool dma_map_whole(struct dma_list *list, uint32_t linear, uint32_t len, const struct dma_limits *limits)
{
	uint32_t crossed = linear ^ (linear + len - 1);

	if (limits->top | ((linear | len) & limits->align_mask) || crossed & -limits->boundary || !dma_direct(linear, len))
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
		dma_write_guest(list->linear + list->bounced_at, bounces[list->low].buffer,
			  min_u32(done - list->bounced_at, list->bounced));
	bounces[list->low].taken = false;
}

void dma_own(struct dma_list *list, void *p, uint32_t len)
{
	*list = (struct dma_list){ .range[0] = { (uint32_t)ptr_to_phys(p), len }, .count = 1, .bytes = len };
}

void dma_abandon(void)
{
	bounces[false].taken = bounces[true].taken = false;
}
