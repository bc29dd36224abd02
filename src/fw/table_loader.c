/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader.c: the second pass: what the plan says, done in memory that nobody looks at.
 *
 * Files for high memory are loaded where they stay: no OS finds them without the RSDP. Files for
 * the F segment, which an OS scans, are put together elsewhere and copied there when nothing can
 * fail any more. What QEMU is told (WRITE_POINTER) is told just before that, and taken back if it
 * refuses any of it.
 */
#include "fw/table_loader.h"
#include "arch/phys.h"
#include "fw/acpi_check.h"
#include "fw/table_loader_plan.h"
#include "lib/checksum.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"

static int load_files(struct loader_plan *plan, struct table_loader_result *result)
{
	struct loader_file *f = plan->file, *end = f + plan->files;

	result->base = ~0u;
	result->bytes = 0;
	for (; f < end; f++) {
		uint32_t size = f->item.size;
		void *place;
		int rc;

		if (!size)	/* nothing to point to: any reference has been, or will be, refused */
			continue;
		if (f->zone == LOADER_ZONE_HIGH) {
			place = f->data = alloc_raw(ZONE_NVS, size, f->align, "ACPI tables");
		} else {
			place = alloc_raw(ZONE_FSEG, size, f->align, "RSDP");
			f->data = alloc_raw(ZONE_TEMP, size, 16, "RSDP, unpublished");
		}
		if (!place || !f->data) {
			log("acpi: %s: no memory for 0x%x bytes, aligned to 0x%x; no ACPI",
			    log_text(f->name->text), size, f->align);
			return -ENOMEM;
		}
		f->base = ptr_to_phys(place);
		rc = fw_cfg_read(&f->item, 0, f->data, size);
		if (rc) {
			log("acpi: %s: reading %u bytes failed (%d); no ACPI", log_text(f->name->text),
			    size, rc);
			return rc;
		}
		if (f->zone == LOADER_ZONE_HIGH) {
			result->base = min_u32(result->base, f->base);
			result->bytes += size;
		}
	}
	return 0;
}

/* A write at offset: does it change what has been summed already? */
static inline void note_write(struct loader_file *f, uint32_t offset)
{
	if (offset < f->summed_end)
		f->rewritten = true;
}

static inline bool fits(uint64_t value, uint8_t size)
{
	return size == 8 || !(value >> (size * 8));
}

static __attribute__((cold, noinline)) int
refuse_value(const struct loader_plan *plan, const struct loader_step *s, const char *what,
	     uint64_t value, uint32_t limit)
{
	log("acpi: table-loader record %u: %s (0x%llx against 0x%x); no ACPI",
	    loader_number(plan, s->record), what, (unsigned long long)value, limit);
	return -EINVAL;
}

static __attribute__((cold, noinline)) int
refuse_offset(const struct loader_plan *plan, const struct loader_step *s, uint64_t value)
{
	return refuse_value(plan, s, "pointer goes behind its file", value, s->source->item.size);
}

/* A pointer of 1 or 2 bytes: none that this firmware gives fits in. */
static __attribute__((noinline)) int
add_short_pointer(const struct loader_plan *plan, const struct loader_step *s, uint8_t *field)
{
	uint8_t size = s->record->add_pointer.size;
	uint64_t value = 0;

	memcpy(&value, field, size);
	if (value >= s->source->item.size)
		return refuse_offset(plan, s, value);
	value += s->source->base;
	if (!fits(value, size))
		return refuse_value(plan, s, "address is longer than its pointer", value, size);
	memcpy(field, &value, size);
	return 0;
}

/* What a WRITE_POINTER step is to write. */
static uint64_t pointed_to(const struct loader_step *s)
{
	return (uint64_t)s->source->base + s->write.source_offset;
}

/* The field holds an offset into the source; make it an address, which has 32 bits. */
static inline int add_pointer(const struct loader_plan *plan, const struct loader_step *s)
{
	uint8_t *field = s->file->data + s->offset;
	uint8_t size = s->record->add_pointer.size;
	uint32_t value;

	note_write(s->file, s->offset);
	if (size < 4)
		return add_short_pointer(plan, s, field);
	value = get_le32(field);
	if (size == 8 && get_le32(field + 4))
		return refuse_offset(plan, s, get_le64(field));
	if (value >= s->source->item.size)
		return refuse_offset(plan, s, value);
	put_le32(field, value + s->source->base);
	return 0;
}

/* Subtraction is right whatever the byte holds: it is part of the sum. */
static void add_checksum(const struct loader_step *s)
{
	struct loader_file *f = s->file;

	note_write(f, s->offset);
	f->data[s->offset] -= checksum8(f->data + s->sum.start, s->sum.length);
	f->summed_end = max_u32(f->summed_end, s->sum.start + s->sum.length);
}

static int link_files(const struct loader_plan *plan)
{
	const struct loader_step *s = plan->step, *end = s + plan->steps;

	for (; s < end; s++) {
		uint32_t command = s->record->command;
		int rc = 0;

		if (command == LOADER_ADD_POINTER)
			rc = add_pointer(plan, s);
		else if (command == LOADER_ADD_CHECKSUM)
			add_checksum(s);
		else if (!fits(pointed_to(s), s->record->write_pointer.size))
			rc = refuse_value(plan, s, "address is longer than its pointer",
					  pointed_to(s), s->record->write_pointer.size);
		if (rc)
			return rc;
	}
	return 0;
}

/* Put back what the files held, for the WRITE_POINTER steps before end, last first. */
static void take_back(const struct loader_plan *plan, const struct loader_step *end,
		      const uint64_t *old, uint32_t written)
{
	for (const struct loader_step *s = end; written && s-- > plan->step;) {
		int rc;

		if (s->record->command != LOADER_WRITE_POINTER)
			continue;
		rc = fw_cfg_write(&s->write.dest, s->offset, &old[--written],
				  s->record->write_pointer.size);
		if (rc)
			log("acpi: table-loader record %u: QEMU keeps a pointer to 0x%x, which is free again (%d)",
			    loader_number(plan, s->record), (uint32_t)pointed_to(s), rc);
	}
}

static int write_pointers(const struct loader_plan *plan)
{
	const struct loader_step *s = plan->step, *end = s + plan->steps;
	uint64_t *old = alloc(ZONE_TEMP, plan->writes * sizeof(*old), sizeof(*old), "old pointers");
	uint32_t written = 0;

	if (!old) {
		log("acpi: no memory for %u old pointers; no ACPI", plan->writes);
		return -ENOMEM;
	}
	for (; s < end; s++) {
		uint64_t value;
		uint8_t size;
		int rc;

		if (s->record->command != LOADER_WRITE_POINTER)
			continue;
		value = pointed_to(s);
		size = s->record->write_pointer.size;
		rc = fw_cfg_read(&s->write.dest, s->offset, &old[written], size);
		if (!rc)
			rc = fw_cfg_write(&s->write.dest, s->offset, &value, size);
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

/* The RSDP is in the F segment from here on. */
static void publish(const struct loader_plan *plan)
{
	const struct loader_file *f = plan->file, *end = f + plan->files;

	for (; f < end; f++)
		if (f->zone == LOADER_ZONE_FSEG && f->item.size)
			memcpy(phys_to_ptr(f->base), f->data, f->item.size);
}

static int run(const struct fw_cfg_item *item, struct table_loader_result *result)
{
	struct loader_plan plan;
	int rc = table_loader_plan(item, &plan);

	if (!rc)
		rc = load_files(&plan, result);
	if (!rc)
		rc = link_files(&plan);
	if (!rc)
		rc = acpi_check(&plan, result);
	if (!rc && plan.writes)
		rc = write_pointers(&plan);
	if (!rc)
		publish(&plan);
	return rc;
}

int table_loader_run(const struct fw_cfg_item *item, struct table_loader_result *result)
{
	struct alloc_mark temp = alloc_mark(ZONE_TEMP);
	struct alloc_mark nvs = alloc_mark(ZONE_NVS);
	struct alloc_mark fseg = alloc_mark(ZONE_FSEG);
	int rc = run(item, result);

	if (rc) {
		alloc_release(ZONE_NVS, nvs);
		alloc_release(ZONE_FSEG, fseg);
	}
	alloc_release(ZONE_TEMP, temp);
	return rc;
}
