/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader.c: all or nothing.
 *
 * All is loaded where it stays. No OS runs that could find it, and what lies in the F segment, which one
 * would scan, is cleared if anything fails. What QEMU is told (WRITE_POINTER) is told last, and taken
 * back if it refuses any of it.
 */
#include "fw/table_loader.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "fw/acpi_check.h"
#include "fw/table_loader_script.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"

/* What a WRITE_POINTER record is to write. */
static uint64_t pointed_to(const struct loader_record *r)
{
	return (uint32_t)ptr_to_phys(loader_find_file(&r->write_pointer.source)->data) +
	       r->write_pointer.source_offset;
}

/* What QEMU was told and forgets at a reset. Lives as long as the tables do. */
static struct {
	struct told {
		struct fw_cfg_item item;
		uint32_t offset, size;
		uint64_t value;
	} *of;
	uint32_t count;
} told;

/* Put back what the files held, for the WRITE_POINTER records before end, last first. */
static void take_back(const struct loader_script *script, const struct loader_record *end,
		      const uint64_t *old, uint32_t written)
{
	for (const struct loader_record *r = end; written && r-- > script->record;) {
		struct fw_cfg_item item;
		int rc;

		if (r->command != LOADER_WRITE_POINTER)
			continue;
		loader_file_written(r, &item);
		rc = fw_cfg_write(&item, r->write_pointer.dest_offset, &old[--written], r->write_pointer.size);
		if (rc)
			log("acpi: table-loader record %u: QEMU keeps a pointer to 0x%x, which is free again (%d)",
			    loader_number(r), (uint32_t)pointed_to(r), rc);
	}
}

static int write_pointers(const struct loader_script *script)
{
	uint64_t *old = alloc(ZONE_TEMP, script->writes * sizeof(*old), sizeof(*old), "old pointers");
	uint32_t written = 0;

	told.count = 0;
	told.of = alloc(ZONE_NVS, script->writes * sizeof(*told.of), 8, "pointers for a wake");
	if (!old || !told.of) {
		log("acpi: no memory for %u pointers; no ACPI", script->writes);
		return -ENOMEM;
	}
	for (const struct loader_record *r = script->record; r < script->record_end; r++) {
		struct fw_cfg_item item;
		uint32_t offset;
		uint64_t value;
		uint8_t size;
		int rc;

		if (r->command != LOADER_WRITE_POINTER)
			continue;
		loader_file_written(r, &item);
		value = pointed_to(r);
		offset = r->write_pointer.dest_offset;
		size = r->write_pointer.size;
		rc = fw_cfg_read(&item, offset, &old[written], size);
		if (!rc)
			rc = fw_cfg_write(&item, offset, &value, size);
		if (rc) {
			log("acpi: table-loader record %u, WRITE_POINTER: fw_cfg refuses %u bytes at 0x%x (%d); no ACPI",
			    loader_number(r), size, offset, rc);
			take_back(script, r, old, written);
			return rc;
		}
		told.of[written++] = (struct told){ item, offset, size, value };
	}
	told.count = written;
	return 0;
}

/* An OS takes for tables what it finds in the F segment, whoever it belongs to. */
static void undo(const struct loader_script *script, const struct alloc_mark *before)
{
	for (const struct loader_file *f = script->file; f < script->file_end; f++)
		if (f->data && (uint32_t)ptr_to_phys(f->data) < FSEG_END)
			memset(f->data, 0, f->item.size);
	alloc_release(ZONE_NVS, before);
	alloc_release(ZONE_FSEG, before);
}

int table_loader_run(const struct fw_cfg_item *item, struct table_loader_result *result)
{
	struct alloc_mark before;
	const struct loader_script *script;
	int rc;

	alloc_mark(&before);
	script = table_loader_script(item);
	rc = script->rc;
	if (!rc)
		rc = acpi_check(script, result);
	if (!rc && script->writes)
		rc = write_pointers(script);
	if (rc)
		undo(script, &before);
	alloc_release(ZONE_TEMP, &before);
	return rc;
}

void table_loader_resume(void)
{
	for (const struct told *t = told.of, *end = t + told.count; t < end; t++) {
		int rc = fw_cfg_write(&t->item, t->offset, &t->value, t->size);

		if (rc)
			log("resume: acpi: fw_cfg refuses the pointer 0x%x at 0x%x of item 0x%x (%d)", (uint32_t)t->value, t->offset,
			    t->item.key, rc);
	}
}
