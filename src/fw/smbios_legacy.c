/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_legacy.c: see smbios_legacy.h; the structures themselves are made in smbios_builders.c.
 */
#include "fw/fw_cfg.h"
#include "fw/smbios_entry.h"
#include "fw/smbios_legacy.h"
#include "fw/table_room.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

#define ITEM_FIRST	512		/* bytes: enough for what command lines have */
#define ITEM_MAX	0x20000

/* How long the item is one learns by walking it: more is read until it is whole. */
static int read_records(struct smbios_records *records)
{
	for (uint32_t size = ITEM_FIRST; size <= ITEM_MAX; size *= 4) {
		uint8_t *buf = alloc_raw(ZONE_TEMP, size, 4, "SMBIOS records");
		int32_t length;

		if (!buf)
			return -ENOMEM;
		if (fw_cfg_read_key(FW_CFG_SMBIOS_ENTRIES, buf, size) != 0) {
			log("smbios: item 0x8001 cannot be read; no SMBIOS");
			return -EIO;
		}
		*records = (struct smbios_records){ .start = buf, .size = size };
		length = smbios_records_check(records);
		if (length >= 0) {
			records->size = length;
			return 0;
		}
		if (length != -ERANGE)
			return length;
	}
	log("smbios: item 0x8001 has more than %u bytes; no SMBIOS", ITEM_MAX);
	return -ERANGE;
}

/* A failure has had its line: the guest goes without SMBIOS. */
static void build(struct smbios_entry *entry)
{
	struct smbios_records records;
	struct smbios_writer w = { .full = false };
	struct smbios_table table = { .own = 0 };
	struct table_room memory;
	uint8_t *kept;
	uint32_t bound;

	if (read_records(&records) != 0)
		return;
	bound = smbios_legacy_bound(&records);
	table.start = alloc_raw(ZONE_TEMP, bound + SMBIOS_END_BYTES, 4, "SMBIOS structures");
	if (!table.start)
		return;
	w.at = table.start;
	w.end = table.start + bound;
	smbios_legacy_build(&records, &w);
	if (w.full) {
		log("smbios: structures take more than %u bytes; no SMBIOS", bound);
		return;
	}
	smbios_check(&table, (uint32_t)(w.at - table.start));
	kept = table_room(&memory, table.length, SMBIOS_FSEG_MAX, "SMBIOS");
	if (!kept)
		return;
	memcpy(kept, table.start, table.length);
	table.start = kept;
	if (!smbios_publish(entry, &table))
		table_room_release(&memory);
}

void smbios_legacy_init(void)
{
	struct smbios_entry entry = {
		.size = sizeof(entry.v21),
		.length_max = SMBIOS_LENGTH_MAX_21,
		.v21 = {
			.anchor = { '_', 'S', 'M', '_' },
			.major = 2,
			.minor = 4,
			.dmi_anchor = { '_', 'D', 'M', 'I', '_' },
			.bcd_revision = 0x24,
		},
	};
	struct alloc_mark mark;

	alloc_mark(&mark);
	build(&entry);
	alloc_release(ZONE_TEMP, &mark);
}
