/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader_plan.h: a checked script, between its parser (table_loader_plan.c), its
 * execution (table_loader.c) and the verification of what it made (acpi_check.c).
 */
#ifndef FW_TABLE_LOADER_PLAN_H
#define FW_TABLE_LOADER_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include "fw/fw_cfg.h"
#include "std/table_loader.h"

/* Limits of what is accepted; QEMU's own are 64 KiB of script and 2 MiB of tables. */
#define LOADER_MAX_SCRIPT (1u << 20)	/* bytes */
#define LOADER_MAX_FILES  (16u << 20)	/* bytes of all allocated files together */
#define LOADER_MAX_SUMMED (64u << 20)	/* bytes of all checksum ranges together */

/* An allocated file. */
struct loader_file {
	const struct loader_name *name;	/* in the script, terminated */
	uint32_t name_bytes;	/* with the NUL */
	uint32_t align;		/* bytes, at least 1 */
	uint32_t zone;		/* enum loader_zone */
	struct fw_cfg_item item;
	uint8_t *data;		/* its bytes, where the OS will find them; NULL: not loaded (yet) */
};

/* A record whose names, ranges and sizes are good. */
struct loader_step {
	const struct loader_record *record;	/* ADD_POINTER, ADD_CHECKSUM or WRITE_POINTER */
	uint32_t offset;	/* of the pointer or checksum byte in its file */
	struct loader_file *file;	/* holds the pointer or range; not for WRITE_POINTER */
	struct loader_file *source;	/* pointed to; not for ADD_CHECKSUM */
};

struct loader_plan {
	const struct loader_record *record;	/* the first of the script */
	struct loader_file *file, *file_end;
	struct loader_step *step, *step_end;
	uint32_t writes;	/* WRITE_POINTER steps */
	uint32_t allocated;	/* bytes of all files */
	uint32_t summed;	/* bytes of all ranges */
	bool unknown, absent;	/* the line about such a record has been said */
};

/* The number of a record in its script, from 0, as the log gives it. */
static inline uint32_t loader_number(const struct loader_plan *plan, const struct loader_record *r)
{
	return r - plan->record;
}

/*
 * Read the script and check all of it; everything is in ZONE_TEMP, no other zone and nothing that
 * the guest sees is touched. Returns 0; a negative errno, logged, *plan is undefined.
 */
int table_loader_plan(const struct fw_cfg_item *item, struct loader_plan *plan);

#endif
