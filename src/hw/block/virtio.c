/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio.c: the queue itself: see virtio.h.
 */
#include "arch/io.h"
#include "hw/block/virtio.h"
#include "hw/timer.h"
#include "lib/errno.h"

#define REQUEST_US	(30 * 1000 * 1000)
#define AVAIL_INDEX	1	/* of the words: 0 flags, 1 idx, then the ring */
#define AVAIL_RING	2
#define USED_INDEX	1

int virtio_request(struct virtio *v, const struct virtio_range *range, uint32_t readable, uint32_t count)
{
	struct wait wait = wait_start(REQUEST_US, v->name);

	for (uint32_t i = 0; i < count; i++) {
		v->desc[i].addr = range[i].addr;
		v->desc[i].len = range[i].len;
		v->desc[i].flags = (uint16_t)((i + 1 < count ? VIRTIO_DESC_NEXT : 0) |
					      (i < readable ? 0 : VIRTIO_DESC_WRITE));
		v->desc[i].next = (uint16_t)(i + 1);
	}
	/* Every chain begins at descriptor 0; the ring's entries say so since they are zero. */
	v->next++;
	io_barrier();
	v->avail[AVAIL_INDEX] = v->next;
	io_barrier();
	v->transport->notify(v);
	while (v->used[USED_INDEX] != v->next)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	return 0;
}
