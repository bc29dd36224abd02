/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/dma_fuzz.c: vectors of any memory under the limits of any device, beside a model that is plain memory: after
 * a read each byte is the device's where it was said to be transferred, and what it was everywhere else.
 *
 * LINK: src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c tests/fake/ram.c tests/fake/log.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "dma/dma.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct machine machine;

#define RAM_END	0x140000u
#define OWN	0x8000u			/* of the firmware's, for entries of its own */

static const uint8_t *input;
static size_t left;
static uint8_t model[RAM_END];
static uint32_t own;

static uint32_t next(uint32_t bytes)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < bytes && left; i++, left--)
		value |= (uint32_t)*input++ << 8 * i;
	return value;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void make_vector(struct sg_list *sg, uint32_t granule)
{
	uint32_t entries = 1 + next(1) % SG_ENTRIES;

	sg_init(sg);
	for (uint32_t i = 0; i < entries; i++) {
		bool is_own = next(1) & 1;
		uint32_t len = 1 + next(2) % OWN;
		uint32_t at = is_own ? own + next(2) % (OWN - min_u32(len, OWN - 1)) : next(3) % (RAM_END - len);

		/* The buffer itself, between them, is copied over itself: whatever that brings. */
		if (!is_own && at < own && at + len > alloc_high_bottom())
			at %= alloc_high_bottom() - len;
		if (is_own && len >= OWN)
			len = OWN - (at - own);
		must(sg_append(sg, at, len, is_own) == 0);
	}
	/* whole granules */
	if (sg->bytes % granule) {
		struct sg_list cut;

		sg_slice(&cut, sg, 0, sg->bytes - sg->bytes % granule);
		*sg = cut;
	}
}

/* What a range is made of: of the buffer, or where the vector has it; and what the device is told fits its limits. */
static void check_ranges(const struct dma_list *list, const struct sg_list *sg, uint32_t offset, const struct dma_limits *l)
{
	uint32_t in = 0;

	must(list->count && list->count <= (l->max_ranges ? l->max_ranges : DMA_RANGES));
	for (uint32_t i = 0; i < list->count; i++) {
		const struct dma_range *r = &list->range[i];
		uint32_t at;
		const struct sg_entry *e = sg_find(sg, offset + in, &at);

		must(r->len && r->addr < RAM_END && r->len <= RAM_END - r->addr && e);
		must(!((r->addr | r->len) & l->align_mask));
		must(!l->boundary || (r->addr ^ (r->addr + r->len - 1)) < l->boundary);
		must(!l->max_range || r->len <= l->max_range);
		if (in < list->bounced_at || in >= list->bounced_at + list->bounced)
			must(r->addr == e->addr + at && (e->own || dma_direct(r->addr, r->len)));
		else
			must(r->addr >= alloc_high_bottom());
		in += r->len;
	}
	must(in == list->bytes);
}

/* The device writes done bytes of what is mapped; the model has them where a caller finds them. */
static void device_writes(const struct dma_list *list, const struct sg_list *sg, uint32_t offset, uint32_t done)
{
	uint32_t in = 0;

	for (uint32_t i = 0; i < list->count; i++)
		for (uint32_t k = 0; k < list->range[i].len; k++, in++) {
			uint8_t byte = (uint8_t)(next(1) ^ in);
			uint32_t at;
			const struct sg_entry *e = sg_find(sg, offset + in, &at);

			if (in >= done)
				continue;
			fake_ram[list->range[i].addr + k] = byte;
			if (e->own || dma_foreign(e->addr + at, 1))
				model[e->addr + at] = byte;
		}
}

/* Devices that do not answer have these, and may write there at any time. */
static struct dma_list kept[DMA_SPARES];
static uint32_t keeps;

static bool keep(const struct dma_list *list)
{
	for (uint32_t i = 0; i < keeps; i++) {
		must(!list->bounced || kept[i].buffer != list->buffer);
		memset(kept[i].buffer, (int)next(1), kept[i].bounced);
	}
	if (!list->bounced || keeps == DMA_SPARES || next(1) & 3)
		return false;
	kept[keeps++] = *list;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t granules[] = { 1, 16, 512, 2048 }, boundaries[] = { 0, 0x8000, 0x10000 }, masks[] = { 0, 1, 3 };
	struct sg_list sg;
	uint32_t granule, rounds = 0;
	struct dma_limits l = { 0 };

	input = data;
	left = size;
	keeps = 0;
	fake_log_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	own = (uint32_t)ptr_to_phys(alloc(ZONE_HIGH, OWN, 4096, "own"));
	if (dma_init() != 0)
		abort();
	memcpy(model, fake_ram, RAM_END);
	granule = granules[next(1) % ARRAY_SIZE(granules)];
	l.align_mask = granule == 1 ? 0 : masks[next(1) % ARRAY_SIZE(masks)];
	l.boundary = boundaries[next(1) % ARRAY_SIZE(boundaries)];
	l.max_range = next(1) & 1 ? granule * (1 + next(1)) : 0;
	l.max_ranges = next(1) % (DMA_RANGES + 1);
	if (l.max_range & l.align_mask)
		return 0;
	make_vector(&sg, granule);
	for (uint32_t offset = 0; offset != sg.bytes && rounds < 200; rounds++) {
		bool to_device = next(1) & 1;
		struct dma_list list;
		uint32_t done;

		if (dma_map(&list, &sg, offset, sg.bytes - offset, granule, to_device, &l) != 0)
			abort();
		must(list.bytes % granule == 0);
		check_ranges(&list, &sg, offset, &l);
		if (keep(&list)) {
			offset += list.bytes;
			continue;
		}
		done = next(2) % (list.bytes + 1);
		if (!to_device)
			device_writes(&list, &sg, offset, done);
		dma_unmap(&list, done);
		offset += list.bytes;
	}
	/* below the firmware's own memory, and in the part that entries have of it */
	must(memcmp(model, fake_ram, alloc_high_bottom()) == 0);
	must(memcmp(model + own, fake_ram + own, OWN) == 0);
	return 0;
}
