/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/setup_data.c: see setup_data.h.
 */
#include <stdbool.h>
#include "arch/phys.h"
#include "boot/kernel/setup_data.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

/* A walk along the list; at and header are those of the node it has come to. */
struct walk {
	const uint8_t *payload;
	uint32_t size, base, count;
	struct setup_node *node;
	uint64_t at;
	struct setup_data header;
};

/* A list that meets itself again is a loop, or two nodes are not both what they say. */
static bool overlaps(const struct walk *w, const struct setup_node *n)
{
	for (const struct setup_node *other = w->node; other < n; other++)
		if (n->offset < other->offset + other->size &&
		    other->offset < n->offset + n->size)
			return true;
	return false;
}

/* Take the node at w->at and step on. Returns NULL, or what is wrong with it. */
static const char *step(struct walk *w)
{
	struct setup_node *node = &w->node[w->count];
	uint64_t offset = w->at - w->base;	/* wraps to something large when it is below */

	w->header = (struct setup_data){ 0 };
	if (w->count == SETUP_NODES)
		return "is one too many";
	if (!range_inside(offset, sizeof(w->header), w->size))
		return "lies outside of the kernel";
	memcpy(&w->header, w->payload + offset, sizeof(w->header));
	if (!range_inside(offset + sizeof(w->header), w->header.len, w->size))
		return "is longer than the kernel";
	if (w->header.type == SETUP_NONE || w->header.type & SETUP_INDIRECT)
		return "has no contents of its own";
	node->offset = (uint32_t)offset;
	node->size = sizeof(w->header) + w->header.len;
	if (overlaps(w, node))
		return "lies in an earlier one";
	w->count++;
	w->at = w->header.next;
	return NULL;
}

static const char *walk(struct walk *w, uint64_t head)
{
	const char *wrong = NULL;

	w->count = 0;
	for (w->at = head; w->at != 0 && !wrong;)
		wrong = step(w);
	return wrong;
}

int setup_data_scan(const uint8_t *payload, uint32_t size, const struct bzimage *kernel,
		    struct setup_node node[SETUP_NODES])
{
	struct walk w = { .payload = payload, .size = size, .base = BZIMAGE_LOAD, .node = node };
	const char *wrong = walk(&w, kernel->setup_data);
	uint64_t other;

	if (!wrong)
		return (int)w.count;
	/*
	 * From 10.0 on QEMU counts the setup part in, which is not in front of the payload in memory.
	 * What it appends is the payload's end: bytes of a kernel that look like a node are not.
	 */
	other = kernel->setup_data - bzimage_setup_size(kernel);
	if (walk(&w, other) == NULL && w.count &&
	    node[w.count - 1].offset + node[w.count - 1].size == size) {
		log("boot: setup_data: told to be at 0x%llx, where no list is, found at 0x%llx: the "
		    "host counted the setup part (0x%x bytes); taken",
		    (unsigned long long)kernel->setup_data, (unsigned long long)other,
		    bzimage_setup_size(kernel));
		return (int)w.count;
	}
	wrong = walk(&w, kernel->setup_data);
	log("boot: setup_data: node %u at 0x%llx (type 0x%x, 0x%x bytes) %s, kernel is from 0x%x to "
	    "0x%llx; the list is dropped", w.count, (unsigned long long)w.at, w.header.type,
	    w.header.len, wrong, w.base, w.base + 0ull + size);
	return -EINVAL;
}

void setup_data_move(uint8_t *payload, const struct setup_node node[], uint32_t count, const uint32_t at[], uint32_t next)
{
	for (uint32_t i = 0; i < count; i++) {
		struct setup_data *to = phys_to_ptr(at[i]);

		memcpy(to, payload + node[i].offset, node[i].size);
		memset(payload + node[i].offset, 0, node[i].size);
		to->next = i + 1 < count ? at[i + 1] : next;
	}
}

uint32_t setup_data_e820_size(const struct e820_map *map)
{
	if (map->count <= BOOT_PARAMS_E820_MAX)
		return 0;
	return sizeof(struct setup_data) +
	       (map->count - BOOT_PARAMS_E820_MAX) * sizeof(struct e820_entry);
}

void setup_data_e820_fill(const struct e820_map *map, struct setup_data *to)
{
	uint32_t len = setup_data_e820_size(map) - sizeof(*to);

	to->next = 0;
	to->type = SETUP_E820_EXT;
	to->len = len;
	memcpy(to + 1, map->entry + BOOT_PARAMS_E820_MAX, len);
}
