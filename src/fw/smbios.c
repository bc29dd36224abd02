/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios.c: see smbios.h.
 */
#include <stddef.h>
#include "fw/fw_cfg.h"
#include "fw/smbios.h"
#include "fw/smbios_bios.h"
#include "fw/smbios_entry.h"
#include "fw/smbios_legacy.h"
#include "fw/smbios_table.h"
#include "fw/table_room.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "trace/log.h"

/* Far above what any machine has (255 processors: 30 KiB), far below what would hurt. */
#define TABLES_MAX (1u << 20)

/* Not at a multiple of 16, where who looks for one of these would take it for the entry: some machines show the image. */
static const struct {
	char before, v30[5], v21[4];
} anchors __attribute__((aligned(16))) = {
	.v30 = { '_', 'S', 'M', '3', '_' }, .v21 = { '_', 'S', 'M', '_' },
};

/* Read the anchor: its size says which it is, its text must agree. Returns 0; negative after a line. */
static int read_anchor(const struct fw_cfg_item *item, struct smbios_entry *entry)
{
	uint32_t wrong, length;

	entry->size = item->size;
	if (item->size != sizeof(entry->v21) && item->size != sizeof(entry->v30)) {
		log("smbios: anchor has %u bytes, not 31 or 24; no SMBIOS", item->size);
		return -EINVAL;
	}
	if (fw_cfg_read(item, 0, &entry->v21, item->size) != 0) {
		log("smbios: anchor: cannot be read; no SMBIOS");
		return -EIO;
	}
	if (item->size == sizeof(entry->v30)) {
		entry->length_max = SMBIOS_LENGTH_MAX_30;
		length = entry->v30.length;
		wrong = memcmp(entry->v30.anchor, anchors.v30, sizeof(anchors.v30)) | (length ^ sizeof(entry->v30));
	} else {
		entry->length_max = SMBIOS_LENGTH_MAX_21;
		length = entry->v21.length;	/* 30 by an error of version 2.1 of the standard */
		wrong = memcmp(entry->v21.anchor, anchors.v21, sizeof(anchors.v21)) |
			memcmp(entry->v21.dmi_anchor, "_DMI_", 5) | (31 - length > 1);
	}
	if (wrong) {
		log("smbios: anchor of %u bytes: wrong signature, or its length field %u; no SMBIOS",
		    item->size, length);
		return -EINVAL;
	}
	return 0;
}

/* Our type 0 goes out: the tables that follow have one, or there is no room or handle for it. */
static void drop_bios(struct smbios_table *table)
{
	uint32_t size = table->length - table->own;

	table->start += table->own;
	table->own = 0;
	smbios_check(table, size);
}

/* Our type 0 is not alone, its handle is another's, or the table with it is too long. */
static void mend_bios(struct smbios_table *table, uint32_t length_max)
{
	int32_t handle;

	if (table->bios > 1)
		return drop_bios(table);
	if (table->length > length_max) {
		log("smbios: %u bytes in %u structures leave no room for type 0; left out",
		    table->length - table->own, table->count - 1);
		return drop_bios(table);
	}
	handle = smbios_free_handle(table);
	if (handle < 0) {
		log("smbios: %u structures use every handle; type 0 is left out", table->count - 1);
		return drop_bios(table);
	}
	put_le16(table->start + offsetof(struct smbios_header, handle), (uint16_t)handle);
}

void smbios_init(void)
{
	struct smbios_table table;
	struct fw_cfg_item anchor, tables;
	struct smbios_entry entry;
	struct table_room room;

	if (fw_cfg_file(FW_CFG_SMBIOS_ANCHOR, &anchor) || fw_cfg_file(FW_CFG_SMBIOS_TABLES, &tables)) {
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
	if (read_anchor(&anchor, &entry) != 0)
		return;
	table.own = smbios_bios_size();
	table.start = table_room(&room, table.own + tables.size + SMBIOS_END_BYTES, SMBIOS_FSEG_MAX,
				 "SMBIOS");
	if (!table.start)
		return;
	smbios_put_bios(table.start);
	if (fw_cfg_read(&tables, 0, table.start + table.own, tables.size) != 0) {
		log("smbios: tables: %u bytes cannot be read; no SMBIOS", tables.size);
	} else {
		smbios_check(&table, table.own + tables.size);
		if ((table.bios - 1) | (table.handles_0 - 1) | (table.length > entry.length_max))
			mend_bios(&table, entry.length_max);
		if (smbios_publish(&entry, &table))
			return;
	}
	table_room_release(&room);
}
