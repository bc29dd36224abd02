/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_entry.c: see smbios_entry.h.
 */
#include <stddef.h>
#include "arch/phys.h"
#include "fw/smbios_entry.h"
#include "fw/table_room.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "trace/log.h"

static void complete_21(struct smbios_entry21 *entry, const struct smbios_table *table)
{
	entry->length = sizeof(*entry);		/* also where QEMU gave 0x1e */
	entry->max_structure = (uint16_t)table->largest;
	entry->revision = 0;
	put_le32(entry->formatted, 0);
	entry->formatted[4] = 0;
	entry->table_length = (uint16_t)table->length;
	entry->table_address = (uint32_t)ptr_to_phys(table->start);
	entry->structures = (uint16_t)table->count;
	entry->dmi_checksum -= checksum8(entry->dmi_anchor,
					 sizeof(*entry) - offsetof(struct smbios_entry21, dmi_anchor));
}

static void complete_30(struct smbios_entry30 *entry, const struct smbios_table *table)
{
	entry->length = sizeof(*entry);
	entry->revision = 1;
	entry->reserved = 0;
	entry->table_max_size = table->length;
	entry->table_address = ptr_to_phys(table->start);
}

static const struct table_kind kind21 = {
	"SMBIOS anchor", sizeof(struct smbios_entry21), offsetof(struct smbios_entry21, checksum)
};
static const struct table_kind kind30 = {
	"SMBIOS anchor", sizeof(struct smbios_entry30), offsetof(struct smbios_entry30, checksum)
};

bool smbios_publish(struct smbios_entry *entry, const struct smbios_table *table)
{
	const struct table_kind *kind = &kind21;

	if (table->length > entry->length_max) {
		log("smbios: %u bytes in %u structures, the 2.1 entry point holds %u; no SMBIOS",
		    table->length, table->count, entry->length_max);
		return false;
	}
	if (entry->size == sizeof(entry->v30)) {
		complete_30(&entry->v30, table);
		kind = &kind30;
	} else {
		complete_21(&entry->v21, table);
	}
	return table_publish(kind, &entry->v21);
}
