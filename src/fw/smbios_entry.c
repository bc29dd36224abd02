/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_entry.c: see smbios_entry.h.
 */
#include "arch/phys.h"
#include "fw/smbios_entry.h"
#include "lib/checksum.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"

/* The F segment is for what must be found there; a table need not be, but it is near. */
#define FSEG_MAX 600

int smbios_room(uint32_t size, struct smbios_room *room)
{
	room->zone = size <= FSEG_MAX ? ZONE_FSEG : ZONE_HIGH;
	room->mark = alloc_mark(room->zone);
	room->start = alloc_raw(room->zone, size, 16, "SMBIOS");
	if (!room->start && room->zone == ZONE_FSEG) {
		room->zone = ZONE_HIGH;
		room->mark = alloc_mark(room->zone);
		room->start = alloc_raw(room->zone, size, 16, "SMBIOS");
	}
	return room->start ? 0 : -ENOMEM;
}

void smbios_room_release(struct smbios_room *room)
{
	alloc_release(room->zone, room->mark);
}

bool smbios_fits_21(uint32_t length, uint32_t count, uint32_t largest)
{
	return length <= 0xffff && count <= 0xffff && largest <= 0xffff;
}

static void complete_21(struct smbios_entry21 *entry, const struct smbios_table *table)
{
	entry->length = sizeof(*entry);		/* also where QEMU gave 0x1e */
	entry->max_structure = table->largest;
	entry->revision = 0;
	memset(entry->formatted, 0, sizeof(entry->formatted));
	entry->table_length = table->length;
	entry->table_address = ptr_to_phys(table->start);
	entry->structures = table->count;
	entry->dmi_checksum = 0;
	entry->dmi_checksum = -checksum8(entry->dmi_anchor,
					 sizeof(*entry) - offsetof(struct smbios_entry21, dmi_anchor));
	entry->checksum = 0;
	entry->checksum = -checksum8(entry, sizeof(*entry));
}

static void complete_30(struct smbios_entry30 *entry, const struct smbios_table *table)
{
	entry->length = sizeof(*entry);
	entry->revision = 1;
	entry->reserved = 0;
	entry->table_max_size = table->length;
	entry->table_address = ptr_to_phys(table->start);
	entry->checksum = 0;
	entry->checksum = -checksum8(entry, sizeof(*entry));
}

int smbios_publish(union smbios_entry *entry, bool is_30, const struct smbios_table *table)
{
	uint32_t size = is_30 ? sizeof(entry->v30) : sizeof(entry->v21);
	void *anchor;

	if (!is_30 && !smbios_fits_21(table->length, table->count, table->largest)) {
		log("smbios: %u bytes in %u structures, the 2.1 entry point holds 65535; no SMBIOS",
		    table->length, table->count);
		return -EOVERFLOW;
	}
	anchor = alloc_raw(ZONE_FSEG, size, 16, "SMBIOS anchor");
	if (!anchor)
		return -ENOMEM;
	if (is_30)
		complete_30(&entry->v30, table);
	else
		complete_21(&entry->v21, table);
	memcpy(anchor, entry, size);
	return 0;
}
