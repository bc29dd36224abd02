/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader_script.h: a script that is being carried out, between what does its records
 * (table_loader_script.c), what makes it all or nothing (table_loader.c) and the verification of what it made
 * (acpi_check.c).
 */
#ifndef FW_TABLE_LOADER_SCRIPT_H
#define FW_TABLE_LOADER_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include "fw/fw_cfg.h"
#include "std/table_loader.h"

/* Limits of what is accepted; QEMU's own are 64 KiB of script and 2 MiB of tables. */
#define LOADER_MAX_SCRIPT (1u << 20)	/* bytes */
#define LOADER_MAX_FILES  (16u << 20)	/* bytes of all allocated files together */
#define LOADER_MAX_SUMMED (64u << 20)	/* bytes that all checksum ranges stay below together */

/* An allocated file. */
struct loader_file {
	const struct loader_name *name;	/* in the script, terminated */
	uint32_t name_bytes;	/* with the NUL */
	uint32_t align;		/* bytes, at least 1 */
	uint32_t zone;		/* enum loader_zone */
	struct fw_cfg_item item;
	uint8_t *data;		/* its bytes, where the OS will find them; NULL: there was no memory */
};

struct loader_script {
	const struct loader_record *record, *record_end;
	struct loader_file *file, *file_end;
	uint32_t writes;	/* WRITE_POINTER records */
	uint32_t allocated;	/* bytes of all files */
	uint32_t summed;	/* bytes of all ranges */
	int rc;			/* negative errno: something of it cannot be carried out */
	bool unknown, absent;	/* the line about such a record has been said */
};

/* The number of a record in the script, from 0, as the log gives it. */
uint32_t loader_number(const struct loader_record *r);

/* The allocated file of that name, or one without bytes: a name without a NUL matches nothing. */
const struct loader_file *loader_find_file(const struct loader_name *name);

/* What a WRITE_POINTER record writes to; key 0: there is no such file. */
void loader_file_written(const struct loader_record *r, struct fw_cfg_item *item);

/*
 * Read the script and carry it out: every record is checked and then done, but for WRITE_POINTER, which is
 * checked alone. The script is in ZONE_TEMP, files are where it wants them. Returns how far it has come, which
 * is good up to the next call: rc 0, or a negative errno, logged. Then what has been allocated (file up to
 * file_end) is the caller's to release.
 */
const struct loader_script *table_loader_script(const struct fw_cfg_item *item);

#endif
