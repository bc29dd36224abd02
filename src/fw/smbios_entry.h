/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_entry.h: where a run of SMBIOS structures lies, and the entry point in the
 * F segment that leads there. Spec: DMTF DSP0134 3.6, section 5.2.
 */
#ifndef FW_SMBIOS_ENTRY_H
#define FW_SMBIOS_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include "fw/smbios_table.h"
#include "mem/alloc.h"
#include "std/smbios.h"

union smbios_entry {
	struct smbios_entry21 v21;
	struct smbios_entry30 v30;
};

/* Memory for structures, and how to give it back. */
struct smbios_room {
	enum zone zone;
	struct alloc_mark mark;
	uint8_t *start;
};

/* size bytes for structures: a small table goes into the F segment. Returns 0; -ENOMEM. */
int smbios_room(uint32_t size, struct smbios_room *room);
void smbios_room_release(struct smbios_room *room);

/* Can a 2.1 entry point describe so many bytes and structures? Its fields have 16 bits. */
bool smbios_fits_21(uint32_t length, uint32_t count, uint32_t largest);

/*
 * Complete the entry point (kind and version are kept, all else is written new), checksum it and
 * put it where an OS looks. Returns 0; -EOVERFLOW, too much for 2.1, or -ENOMEM, each after a line.
 */
int smbios_publish(union smbios_entry *entry, bool is_30, const struct smbios_table *table);

#endif
