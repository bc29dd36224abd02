/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_entry.h: the SMBIOS entry point in the F segment, which leads to a run of structures.
 * Spec: DMTF DSP0134 3.6, section 5.2.
 */
#ifndef FW_SMBIOS_ENTRY_H
#define FW_SMBIOS_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include "fw/smbios_table.h"
#include "std/smbios.h"

/* Structures up to this many bytes lie in the F segment as well: it is for what must be found there. */
#define SMBIOS_FSEG_MAX 600

struct smbios_entry {
	uint32_t size;		/* of the kind: sizeof(v21) or sizeof(v30) */
	uint32_t length_max;	/* bytes of structures that it can tell of: the fields of 2.1 have 16 bits */
	union {
		struct smbios_entry21 v21;
		struct smbios_entry30 v30;
	};
};

#define SMBIOS_LENGTH_MAX_21	0xffffu		/* no more structures than that either, nor a larger one */
#define SMBIOS_LENGTH_MAX_30	0xffffffffu

/*
 * Complete the entry point (kind, signature and version are kept, all else is written new), checksum
 * it and put it where an OS looks. Returns false after a line: more than length_max, or there is no room.
 */
bool smbios_publish(struct smbios_entry *entry, const struct smbios_table *table);

#endif
