/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_room.h: memory for a table to which something in the F segment points, and which may
 * itself lie anywhere below 4 GiB: SMBIOS structures, the MP table.
 */
#ifndef FW_TABLE_ROOM_H
#define FW_TABLE_ROOM_H

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

#endif
