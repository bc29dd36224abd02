/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_room.h: where tables go: what an OS scans for into the F segment, and what that points
 * to anywhere below 4 GiB (SMBIOS structures, the MP table).
 */
#ifndef FW_TABLE_ROOM_H
#define FW_TABLE_ROOM_H

#include <stdbool.h>
#include <stdint.h>
#include "mem/alloc.h"

/* Where the memory is, and how to give it back. */
struct table_room {
	enum zone zone;
	struct alloc_mark mark;
};

/*
 * size bytes at a multiple of 16, as they are: in the F segment up to fseg_max bytes and as far as it
 * has room, else in high memory. what names them in the log. NULL after a line.
 */
void *table_room(struct table_room *room, uint32_t size, uint32_t fseg_max, const char *what);

/* Give it back, and all that the zone has handed out since. */
void table_room_release(const struct table_room *room);

/* A table that an OS scans for. */
struct table_kind {
	const char *what;	/* its name in the log */
	uint16_t size;		/* bytes */
	uint16_t checksum;	/* offset of the byte that makes all of them sum to 0 */
};

/*
 * Put a copy of a table where an OS looks for it, in the F segment at a multiple of 16, and make its
 * checksum right. Returns its physical address, or 0 after a line: there is no room.
 */
uint32_t table_publish(const struct table_kind *kind, const void *table);

#endif
