/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_room.c: see table_room.h.
 */
#include "fw/table_room.h"

void *table_room(struct table_room *room, uint32_t size, uint32_t fseg_max, const char *what)
{
	struct table_room new = { .zone = size <= fseg_max ? ZONE_FSEG : ZONE_HIGH };
	void *start;

	new.mark = alloc_mark(new.zone);
	start = alloc_raw(new.zone, size, 16, what);
	if (!start && new.zone == ZONE_FSEG)
		return table_room(room, size, 0, what);
	*room = new;
	return start;
}

void table_room_release(const struct table_room *room)
{
	alloc_release(room->zone, room->mark);
}
