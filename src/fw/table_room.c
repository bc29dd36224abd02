/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_room.c: see table_room.h.
 */
#include "fw/table_room.h"
#include "arch/phys.h"
#include "lib/checksum.h"
#include "lib/string.h"

void *table_room(struct table_room *room, uint32_t size, uint32_t fseg_max, const char *what)
{
	void *start;

	room->zone = size <= fseg_max ? ZONE_FSEG : ZONE_HIGH;
	alloc_mark(&room->mark);
	start = alloc_raw(room->zone, size, 16, what);
	if (!start && room->zone == ZONE_FSEG)
		return table_room(room, size, 0, what);
	return start;
}

void table_room_release(const struct table_room *room)
{
	alloc_release(room->zone, &room->mark);
}

uint32_t table_publish(const struct table_kind *kind, const void *table)
{
	uint8_t *copy = alloc_raw(ZONE_FSEG, kind->size, 16, kind->what);

	if (!copy)
		return 0;
	memcpy(copy, table, kind->size);
	copy[kind->checksum] -= checksum8(copy, kind->size);
	return (uint32_t)ptr_to_phys(copy);
}
