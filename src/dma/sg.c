/* SPDX-License-Identifier: BSD-2-Clause
 * src/dma/sg.c: see sg.h.
 */
#include "dma/sg.h"
#include <stddef.h>
#include "arch/phys.h"
#include "dma/dma.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"

void sg_single(struct sg_list *sg, uint32_t linear, uint32_t len)
{
	sg->entry[0].addr = linear;
	sg->entry[0].len = sg->bytes = len;
	sg->entry[0].own = false;
	sg->count = len != 0;
}

int sg_append(struct sg_list *sg, uint32_t addr, uint32_t len, bool own)
{
	struct sg_entry *last = sg->count ? &sg->entry[sg->count - 1] : NULL;

	if (!len)
		return 0;
	if (len - 1 > UINT32_MAX - addr || len > UINT32_MAX - sg->bytes)
		return -EOVERFLOW;
	if (last && last->own == own && last->addr + last->len == addr && addr) {
		last->len += len;
	} else {
		if (sg->count == SG_ENTRIES)
			return -ENOSPC;
		sg->entry[sg->count++] = (struct sg_entry){ addr, len, own };
	}
	sg->bytes += len;
	return 0;
}

const struct sg_entry *sg_find(const struct sg_list *sg, uint32_t offset, uint32_t *at)
{
	for (const struct sg_entry *e = sg->entry; e < sg->entry + sg->count; e++) {
		if (offset < e->len) {
			*at = offset;
			return e;
		}
		offset -= e->len;
	}
	return NULL;
}

uint32_t sg_slice(struct sg_list *part, const struct sg_list *sg, uint32_t offset, uint32_t len)
{
	const struct sg_entry *e;
	uint32_t at;

	sg_init(part);
	while (part->bytes != len && (e = sg_find(sg, offset + part->bytes, &at)))
		sg_append(part, e->addr + at, min_u32(e->len - at, len - part->bytes), e->own);
	return part->bytes;
}

/* One entry's share: len bytes from addr on. */
static void copy(const struct sg_entry *e, uint32_t addr, uint8_t *buffer, uint32_t len, bool to_list)
{
	if (e->own && to_list)
		memcpy(phys_to_ptr(addr), buffer, len);
	else if (e->own)
		memcpy(buffer, phys_to_ptr(addr), len);
	else if (to_list)
		dma_write_guest(addr, buffer, len);
	else
		dma_read_guest(buffer, addr, len);
}

static uint32_t copy_all(const struct sg_list *sg, uint32_t offset, uint8_t *buffer, uint32_t len, bool to_list)
{
	const struct sg_entry *e;
	uint32_t done = 0, at;

	while (done != len && done <= UINT32_MAX - offset && (e = sg_find(sg, offset + done, &at))) {
		uint32_t n = min_u32(e->len - at, len - done);

		copy(e, e->addr + at, buffer + done, n, to_list);
		done += n;
	}
	return done;
}

uint32_t sg_flatten(const struct sg_list *sg, uint32_t offset, void *to, uint32_t len)
{
	return copy_all(sg, offset, to, len, false);
}

uint32_t sg_unflatten(const struct sg_list *sg, uint32_t offset, const void *from, uint32_t len)
{
	return copy_all(sg, offset, (uint8_t *)from, len, true);
}
