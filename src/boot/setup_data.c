/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/setup_data.c: see setup_data.h.
 */
#include <stdbool.h>
#include "boot/setup_data.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"

/* A list that meets itself again is a loop, or two nodes are not both what they say. */
static bool overlaps(const struct setup_node *node, uint32_t count, const struct setup_node *n)
{
	for (uint32_t i = 0; i < count; i++)
		if (n->offset < node[i].offset + node[i].size &&
		    node[i].offset < n->offset + n->size)
			return true;
	return false;
}

int setup_data_scan(const uint8_t *payload, uint32_t size, uint32_t base, uint64_t head,
		    struct setup_node node[SETUP_NODES])
{
	uint32_t count = 0;

	for (uint64_t at = head; at != 0; count++) {
		uint64_t offset = at - base;	/* wraps to something large when it is below */
		struct setup_data header;

		if (count == SETUP_NODES) {
			log("boot: setup_data: more than %u nodes; the list is dropped", SETUP_NODES);
			return -EINVAL;
		}
		if (!range_inside(offset, sizeof(header), size)) {
			log("boot: setup_data: node at 0x%llx, kernel is from 0x%x to 0x%llx; the list "
			    "is dropped", (unsigned long long)at, base, base + 0ull + size);
			return -EINVAL;
		}
		memcpy(&header, payload + offset, sizeof(header));
		if (!range_inside(offset + sizeof(header), header.len, size)) {
			log("boot: setup_data: node at 0x%llx has 0x%x bytes, the kernel ends at "
			    "0x%llx; the list is dropped", (unsigned long long)at, header.len,
			    base + 0ull + size);
			return -EINVAL;
		}
		if (header.type & SETUP_INDIRECT) {
			log("boot: setup_data: node at 0x%llx has type 0x%x, which points elsewhere; "
			    "the list is dropped", (unsigned long long)at, header.type);
			return -EINVAL;
		}
		node[count].offset = (uint32_t)offset;
		node[count].size = sizeof(header) + header.len;
		if (overlaps(node, count, &node[count])) {
			log("boot: setup_data: node %u at 0x%llx lies in an earlier one; the list is "
			    "dropped", count, (unsigned long long)at);
			return -EINVAL;
		}
		at = header.next;
	}
	return (int)count;
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
