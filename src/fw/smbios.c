/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios.c: see smbios.h.
 */
#include "fw/fw_cfg.h"
#include "fw/smbios.h"
#include "fw/smbios_entry.h"
#include "fw/smbios_legacy.h"
#include "fw/smbios_table.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "machine/machine.h"

/* Far above what any machine has (255 processors: 30 KiB), far below what would hurt. */
#define TABLES_MAX (1u << 20)

/* Read the anchor: its size says which it is, its text must agree. Returns 0 or -EINVAL, -EIO. */
static int read_anchor(const struct fw_cfg_item *item, union smbios_entry *entry, bool *is_30)
{
	uint8_t length;
	bool known;

	*is_30 = item->size == sizeof(entry->v30);
	if (!*is_30 && item->size != sizeof(entry->v21)) {
		log("smbios: anchor has %u bytes, not 31 or 24; no SMBIOS", item->size);
		return -EINVAL;
	}
	if (fw_cfg_read(item, 0, entry, item->size) != 0) {
		log("smbios: anchor: cannot be read; no SMBIOS");
		return -EIO;
	}
	if (*is_30) {
		length = entry->v30.length;
		known = !memcmp(entry->v30.anchor, "_SM3_", 5) && length == sizeof(entry->v30);
	} else {
		length = entry->v21.length;
		known = !memcmp(entry->v21.anchor, "_SM_", 4) &&
			!memcmp(entry->v21.dmi_anchor, "_DMI_", 5) &&
			(length == sizeof(entry->v21) || length == sizeof(entry->v21) - 1);
	}
	if (!known) {
		log("smbios: anchor of %u bytes: wrong signature, or its length field %u; no SMBIOS",
		    item->size, length);
		return -EINVAL;
	}
	return 0;
}

/* Write type 0 just before the table, where room bytes were left for it, if the entry can have it. */
static void add_bios(struct smbios_table *table, uint32_t room, bool is_30,
		    const struct smbios_bios_facts *facts)
{
	struct smbios_writer w = { .at = table->start - room, .end = table->start };
	uint16_t handle;

	if (!is_30 && !smbios_fits_21(table->length + room, table->count + 1, table->largest)) {
		log("smbios: %u bytes in %u structures leave no room for type 0; left out",
		    table->length, table->count);
		return;
	}
	if (smbios_free_handle(table, &handle) != 0) {
		log("smbios: %u structures use every handle; type 0 is left out", table->count);
		return;
	}
	smbios_put_bios(&w, handle, facts);
	table->start -= room;
	table->length += room;
	table->count++;
	if (room > table->largest)
		table->largest = room;
}

/* Returns 0, or negative after a line; then the caller gives the memory back. */
static int load(const struct fw_cfg_item *item, union smbios_entry *entry, bool is_30,
		uint8_t *start, uint32_t room, const struct smbios_bios_facts *facts)
{
	struct smbios_table table;
	int rc;

	if (fw_cfg_read(item, 0, start + room, item->size) != 0) {
		log("smbios: tables: %u bytes cannot be read; no SMBIOS", item->size);
		return -EIO;
	}
	rc = smbios_check(start + room, item->size, &table);
	if (rc != 0)
		return rc;
	if (!table.has_bios)
		add_bios(&table, room, is_30, facts);
	return smbios_publish(entry, is_30, &table);
}

void smbios_init(void)
{
	struct fw_cfg_item anchor, tables;
	struct smbios_bios_facts facts;
	union smbios_entry entry;
	struct smbios_room memory;
	uint32_t room;
	bool is_30;

	if (fw_cfg_file(FW_CFG_SMBIOS_ANCHOR, &anchor) != 0 ||
	    fw_cfg_file(FW_CFG_SMBIOS_TABLES, &tables) != 0) {
		/* PC machine types up to 2.0 leave it to the firmware; microvm and isapc have none. */
		if (machine.chipset != CHIPSET_NONE)
			smbios_legacy_init();
		return;
	}
	if (tables.size > TABLES_MAX) {
		log("smbios: tables: %u bytes, at most %u are taken; no SMBIOS", tables.size,
		    TABLES_MAX);
		return;
	}
	if (read_anchor(&anchor, &entry, &is_30) != 0)
		return;
	facts = smbios_bios_facts();
	room = smbios_bios_size(&facts);
	if (smbios_room(room + tables.size, &memory) != 0)
		return;
	if (load(&tables, &entry, is_30, memory.start, room, &facts) != 0)
		smbios_room_release(&memory);
}
