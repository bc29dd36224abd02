/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader.c: the second pass: what the plan says, done in memory that nobody looks at.
 *
 * All is loaded where it stays. No OS runs that could find it, and what lies in the F segment, which one
 * would scan, is cleared if anything fails. What QEMU is told (WRITE_POINTER) is told last, and taken
 * back if it refuses any of it.
 */
#include "fw/table_loader.h"
#include "arch/phys.h"
#include "fw/acpi_check.h"
#include "fw/table_loader_plan.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"

static int load_files(const struct loader_plan *plan)
{
	static const enum zone zone_of[] = {
		[LOADER_ZONE_HIGH] = ZONE_NVS, [LOADER_ZONE_FSEG] = ZONE_FSEG,
	};

	for (struct loader_file *f = plan->file; f < plan->file_end; f++) {
		uint32_t size = f->item.size;
		int rc;

		if (!size)	/* nothing to point to: any reference has been, or will be, refused */
			continue;
		/* In whole paragraphs: on such addresses an OS looks for an RSDP, whatever the script asks for. */
		f->data = alloc_raw(zone_of[f->zone], align_up(size, 16), f->align, "ACPI tables");
		if (!f->data) {
			log("acpi: %s: no memory for 0x%x bytes, aligned to 0x%x; no ACPI",
			    log_text(f->name->text), size, f->align);
			return -ENOMEM;
		}
		rc = fw_cfg_read(&f->item, 0, f->data, size);
		if (rc) {
			log("acpi: %s: reading %u bytes failed (%d); no ACPI", log_text(f->name->text),
			    size, rc);
			return rc;
		}
	}
	return 0;
}

static int refuse_offset(const struct loader_plan *plan, const struct loader_step *s, uint64_t value)
{
	log("acpi: table-loader record %u: pointer goes behind its file (0x%llx against 0x%x); no ACPI",
	    loader_number(plan, s->record), (unsigned long long)value, s->source->item.size);
	return -EINVAL;
}

/* The field holds an offset into the source; make it an address, which has 32 bits. */
static int add_pointer(const struct loader_plan *plan, const struct loader_step *s)
{
	uint8_t *field = s->file->data + s->offset;
	uint32_t value = get_le32(field);

	if (s->record->add_pointer.size == 8 && get_le32(field + 4))
		return refuse_offset(plan, s, get_le64(field));
	if (value >= s->source->item.size)
		return refuse_offset(plan, s, value);
	put_le32(field, value + (uint32_t)ptr_to_phys(s->source->data));
	return 0;
}

/* Subtraction is right whatever the byte holds: it is part of the sum. */
static void add_checksum(const struct loader_step *s)
{
	const struct loader_record *r = s->record;
	uint8_t *data = s->file->data;

	data[s->offset] -= checksum8(data + r->add_checksum.start, r->add_checksum.length);
}

static int link_files(const struct loader_plan *plan)
{
	int rc = 0;

	for (const struct loader_step *s = plan->step; !rc && s < plan->step_end; s++) {
		if (s->record->command == LOADER_ADD_POINTER)
			rc = add_pointer(plan, s);
		else if (s->record->command == LOADER_ADD_CHECKSUM)
			add_checksum(s);
	}
	return rc;
}

/* What a WRITE_POINTER step is to write. */
static uint64_t pointed_to(const struct loader_step *s)
{
	return (uint32_t)ptr_to_phys(s->source->data) + s->record->write_pointer.source_offset;
}

/* The file that it writes to: there is one, or the script would have been refused. */
static struct fw_cfg_item file_written(const struct loader_step *s)
{
	struct fw_cfg_item item = { 0 };

	fw_cfg_find(s->record->write_pointer.dest.text, &item);
	return item;
}

/* Put back what the files held, for the WRITE_POINTER steps before end, last first. */
static void take_back(const struct loader_plan *plan, const struct loader_step *end,
		      const uint64_t *old, uint32_t written)
{
	for (const struct loader_step *s = end; written && s-- > plan->step;) {
		struct fw_cfg_item item;
		int rc;

		if (s->record->command != LOADER_WRITE_POINTER)
			continue;
		item = file_written(s);
		rc = fw_cfg_write(&item, s->offset, &old[--written], s->record->write_pointer.size);
		if (rc)
			log("acpi: table-loader record %u: QEMU keeps a pointer to 0x%x, which is free again (%d)",
			    loader_number(plan, s->record), (uint32_t)pointed_to(s), rc);
	}
}

static int write_pointers(const struct loader_plan *plan)
{
	const struct loader_step *s = plan->step, *end = plan->step_end;
	uint64_t *old = alloc(ZONE_TEMP, plan->writes * sizeof(*old), sizeof(*old), "old pointers");
	uint32_t written = 0;

	if (!old) {
		log("acpi: no memory for %u old pointers; no ACPI", plan->writes);
		return -ENOMEM;
	}
	for (; s < end; s++) {
		struct fw_cfg_item item;
		uint64_t value;
		uint8_t size;
		int rc;

		if (s->record->command != LOADER_WRITE_POINTER)
			continue;
		item = file_written(s);
		value = pointed_to(s);
		size = s->record->write_pointer.size;
		rc = fw_cfg_read(&item, s->offset, &old[written], size);
		if (!rc)
			rc = fw_cfg_write(&item, s->offset, &value, size);
		if (rc) {
			log("acpi: table-loader record %u, WRITE_POINTER: fw_cfg refuses %u bytes at 0x%x (%d); no ACPI",
			    loader_number(plan, s->record), size, s->offset, rc);
			take_back(plan, s, old, written);
			return rc;
		}
		written++;
	}
	return 0;
}

static int run(const struct loader_plan *plan, struct table_loader_result *result)
{
	int rc = load_files(plan);

	if (!rc)
		rc = link_files(plan);
	if (!rc)
		rc = acpi_check(plan, result);
	if (!rc && plan->writes)
		rc = write_pointers(plan);
	return rc;
}

/* An OS takes for tables what it finds in the F segment, whoever it belongs to. */
static void clear_f_segment(const struct loader_plan *plan)
{
	for (const struct loader_file *f = plan->file; f < plan->file_end; f++)
		if (f->zone == LOADER_ZONE_FSEG && f->data)
			memset(f->data, 0, f->item.size);
}

int table_loader_run(const struct fw_cfg_item *item, struct table_loader_result *result)
{
	struct alloc_mark before;
	struct loader_plan plan;
	int rc;

	alloc_mark(&before);
	rc = table_loader_plan(item, &plan);
	if (!rc) {
		rc = run(&plan, result);
		if (rc) {
			clear_f_segment(&plan);
			alloc_release(ZONE_NVS, &before);
			alloc_release(ZONE_FSEG, &before);
		}
	}
	alloc_release(ZONE_TEMP, &before);
	return rc;
}
