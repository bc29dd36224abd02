/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio.c: the queue itself: see virtio.h.
 */
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/block/virtio/virtio.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/alloc.h"

#define AVAIL_NO_INTERRUPT 1

/* Bytes: descriptors and what is available, what is used. */
static uint32_t first_part(uint32_t size)
{
	return size * (uint32_t)sizeof(struct virtio_desc) + 2 * (3 + size);
}

static uint32_t used_part(uint32_t size)
{
	return 2 * 3 + 8 * size;
}

uint32_t virtio_make_queue(struct virtio *v, uint32_t align)
{
	uint32_t used = align_up(first_part(v->size), align);
	uint8_t *memory = (uint8_t *)v->desc;

	if (!v->room)
		memory = alloc(ZONE_HIGH, used + used_part(v->size), max_u32(align, 16), "virtio queue");
	else if (v->room != v->size)
		return 0;
	if (!memory)
		return 0;
	v->room = v->size;
	v->desc = (volatile struct virtio_desc *)memory;
	v->avail = (volatile uint16_t *)(memory + v->size * sizeof(struct virtio_desc));
	v->used = (volatile uint16_t *)(memory + used);
	v->avail[0] = AVAIL_NO_INTERRUPT;
	v->avail[VIRTIO_RING_INDEX] = v->used[VIRTIO_RING_INDEX] = v->next = 0;
	return (uint32_t)ptr_to_phys(memory);
}

static bool done(const struct virtio *v)
{
	return v->used[VIRTIO_RING_INDEX] == v->next;
}

int virtio_restart(struct virtio *v)
{
	int rc;

	if (!v->lost)
		return 0;
	if (!done(v) && v->transport->runs(v)) {
		rc = v->at_it ? -EALREADY : virtio_await(v);
		if (rc != -ETIMEDOUT)
			return rc;
	}
	v->at_it = false;
	if (done(v)) {
		v->lost = false;
		return 0;
	}
	rc = v->transport->start(v);
	if (rc)
		v->transport->stop(v);
	v->lost = rc != 0;
	return rc;
}

/* Whoever leaves this by another way than its end (block_abandon()) has lost a request. */
int virtio_await(struct virtio *v)
{
	struct wait wait = wait_start(block_timeout_us(), "virtio: request");

	v->lost = true;
	do
		if (wait_expired(&wait)) {
			v->at_it = v->transport->runs(v);
			if (v->at_it)
				return -EINPROGRESS;
			v->transport->stop(v);
			return -ETIMEDOUT;
		}
	while (!done(v));
	v->lost = false;
	return 0;
}

int virtio_requests(struct virtio *v, uint32_t count)
{
	v->next = (uint16_t)(v->next + count - 1);	/* the device does not see it before the last one's */
	return virtio_request(v);
}
