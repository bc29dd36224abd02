/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader_plan.c: the first pass over the script: what can be known without touching
 * anything. A record that could not be carried out refuses the script as a whole; unknown commands,
 * which newer QEMU may have, and allocations of absent files are left out, and whoever refers to
 * such a file is refused.
 */
#include "fw/table_loader_plan.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"

/* Off the usual path, and kept out of its code; "used": called with the arguments it has. */
#define COLD __attribute__((cold, noinline, used))

/* Of the records so far. */
struct totals {
	uint32_t allocated;	/* bytes of all files */
	uint32_t summed;	/* bytes of all ranges */
	bool unknown, absent;	/* the line about such a record has been said */
};

static const char *const command_name[] = {
	"padding", "ALLOCATE", "ADD_POINTER", "ADD_CHECKSUM", "WRITE_POINTER",
};

/* Refuse r, with the number that is wrong and the one it was held against. */
static COLD int refuse(const struct loader_plan *plan, const struct loader_record *r,
		       const char *what, uint32_t value, uint32_t limit)
{
	log("acpi: table-loader record %u, %s: %s (0x%x against 0x%x); no ACPI",
	    loader_number(plan, r), command_name[r->command], what, value, limit);
	return -EINVAL;
}

/* The same for a name of r. */
static COLD int refuse_name(const struct loader_plan *plan, const struct loader_record *r,
			    const union loader_name *name)
{
	const char *what = "file is not allocated";

	if (!name->text[0])
		what = "file name is empty";
	else if (strnlen(name->text, sizeof(name->text)) == sizeof(name->text))
		what = "file name has no end";
	log("acpi: table-loader record %u, %s: %s: \"%s\"; no ACPI", loader_number(plan, r),
	    command_name[r->command], what, log_text_n(name->text, sizeof(name->text)));
	return -EINVAL;
}

/* The names that nearly all records have are compared with constants, by words. */
static inline bool is_tables(const union loader_name *name)
{
	return name->word[0] == get_le32("etc/") && name->word[1] == get_le32("acpi") &&
	       name->word[2] == get_le32("/tab") && name->word[3] == get_le32("les");
}

static inline bool is_rsdp(const union loader_name *name)
{
	return name->word[0] == get_le32("etc/") && name->word[1] == get_le32("acpi") &&
	       name->word[2] == get_le32("/rsd") && (name->word[3] & 0xffff) == 'p';
}

static __attribute__((noinline)) struct loader_file *
find_any_file(const struct loader_plan *plan, const union loader_name *name)
{
	for (struct loader_file *f = plan->file; f < plan->file + plan->files; f++)
		if (strncmp(name->text, f->name->text, sizeof(name->text)) == 0)
			return f;
	return NULL;
}

/* The allocated file of that name, or NULL. A name without a NUL matches nothing. */
static inline struct loader_file *find_file(const struct loader_plan *plan,
					    const union loader_name *name)
{
	if (is_tables(name))
		return plan->tables;
	if (is_rsdp(name))
		return plan->rsdp;
	return find_any_file(plan, name);
}

static bool is_empty_or_endless(const union loader_name *name)
{
	return !name->text[0] || strnlen(name->text, sizeof(name->text)) == sizeof(name->text);
}

static inline bool pointer_size_good(uint8_t size)
{
	return size == 4 || size == 8 || size == 1 || size == 2;
}

static __attribute__((noinline)) int
plan_allocate(struct loader_plan *plan, const struct loader_record *r, struct totals *total)
{
	const union loader_name *name = &r->allocate.file;
	struct loader_file *f = &plan->file[plan->files], **known = NULL;
	uint32_t align = r->allocate.align;
	int rc;

	if (is_tables(name))
		known = &plan->tables;
	else if (is_rsdp(name))
		known = &plan->rsdp;
	else if (is_empty_or_endless(name))
		return refuse_name(plan, r, name);
	if (known ? *known : find_any_file(plan, name))
		return refuse(plan, r, "file is allocated twice", loader_number(plan, r), plan->files);
	if (align & (align - 1))
		return refuse(plan, r, "alignment is not a power of two", align, 1);
	if (r->allocate.zone != LOADER_ZONE_HIGH && r->allocate.zone != LOADER_ZONE_FSEG)
		return refuse(plan, r, "no such zone", r->allocate.zone, LOADER_ZONE_FSEG);
	if (known == &plan->tables)
		rc = fw_cfg_file(FW_CFG_ACPI_BLOB, &f->item);
	else if (known)
		rc = fw_cfg_file(FW_CFG_ACPI_RSDP, &f->item);
	else
		rc = fw_cfg_find(name->text, &f->item);
	if (rc) {
		if (!total->absent)
			log("acpi: table-loader record %u, ALLOCATE: fw_cfg has no file %s; left out",
			    loader_number(plan, r), log_text(name->text));
		total->absent = true;
		return 0;
	}
	if (!range_inside32(total->allocated, f->item.size, LOADER_MAX_FILES))
		return refuse(plan, r, "files are too large", f->item.size, LOADER_MAX_FILES);
	total->allocated += f->item.size;

	/* data and base are set where it is loaded. */
	f->name = name;
	f->sums = NULL;
	f->align = align ? align : 1;
	f->summed_end = 0;
	f->rewritten = false;
	f->zone = r->allocate.zone;
	plan->files++;
	if (known)
		*known = f;
	return 0;
}

/* What is found is put into the step at once: the processor has few registers. */
static inline int plan_add_pointer(const struct loader_plan *plan, const struct loader_record *r,
				   struct loader_step *step)
{
	uint32_t room;
	uint8_t size = r->add_pointer.size;

	step->file = find_file(plan, &r->add_pointer.dest);
	if (!step->file)
		return refuse_name(plan, r, &r->add_pointer.dest);
	step->source = find_file(plan, &r->add_pointer.source);
	if (!step->source)
		return refuse_name(plan, r, &r->add_pointer.source);
	if (!pointer_size_good(size))
		return refuse(plan, r, "pointer size is not 1, 2, 4 or 8", size, 8);
	step->offset = r->add_pointer.offset;
	room = step->file->item.size;
	if (!range_inside32(step->offset, size, room))
		return refuse(plan, r, "pointer is not inside its file", step->offset, room);
	return 0;
}

static COLD void tell_outside(const struct loader_plan *plan, const struct loader_record *r)
{
	log("acpi: table-loader record %u, ADD_CHECKSUM: byte 0x%x is not in its range 0x%x + 0x%x",
	    loader_number(plan, r), r->add_checksum.offset, r->add_checksum.start,
	    r->add_checksum.length);
}

static inline int plan_add_checksum(const struct loader_plan *plan, const struct loader_record *r,
				    struct loader_step *step, struct totals *total)
{
	struct loader_file *file = find_file(plan, &r->add_checksum.file);
	uint32_t offset, start, length, size;

	if (!file)
		return refuse_name(plan, r, &r->add_checksum.file);
	step->file = file;
	step->sum.previous = file->sums;
	file->sums = step;
	size = file->item.size;
	offset = step->offset = r->add_checksum.offset;
	start = step->sum.start = r->add_checksum.start;
	length = step->sum.length = r->add_checksum.length;
	if (offset >= size)
		return refuse(plan, r, "checksum is not inside its file", offset, size);
	if (start > size)
		return refuse(plan, r, "range starts behind its file", start, size);
	if (length > size - start)
		return refuse(plan, r, "range ends behind its file", length, size - start);
	if (length > LOADER_MAX_SUMMED - total->summed)
		return refuse(plan, r, "too much to sum", length, LOADER_MAX_SUMMED - total->summed);
	total->summed += length;
	/* An offset below start wraps, to more than any length. */
	if (offset - start >= length && length)
		tell_outside(plan, r);
	return 0;
}

static __attribute__((noinline)) int
plan_write_pointer(struct loader_plan *plan, const struct loader_record *r,
		   struct loader_step *step)
{
	const union loader_name *dest = &r->write_pointer.dest;
	struct loader_file *source = find_file(plan, &r->write_pointer.source);
	uint8_t size = r->write_pointer.size;

	if (!source)
		return refuse_name(plan, r, &r->write_pointer.source);
	if (is_empty_or_endless(dest))
		return refuse_name(plan, r, dest);
	if (fw_cfg_find(dest->text, &step->write.dest)) {
		log("acpi: table-loader record %u, WRITE_POINTER: fw_cfg has no file %s; no ACPI",
		    loader_number(plan, r), log_text(dest->text));
		return -ENOENT;
	}
	if (!pointer_size_good(size))
		return refuse(plan, r, "pointer size is not 1, 2, 4 or 8", size, 8);
	if (!range_inside32(r->write_pointer.dest_offset, size, step->write.dest.size))
		return refuse(plan, r, "pointer is not inside its file", r->write_pointer.dest_offset,
			      step->write.dest.size);
	if (r->write_pointer.source_offset >= source->item.size)
		return refuse(plan, r, "it points behind its file", r->write_pointer.source_offset,
			      source->item.size);
	if (!fw_cfg_has_dma())
		return refuse(plan, r, "writing needs DMA, which fw_cfg lacks", size, 0);
	step->offset = r->write_pointer.dest_offset;
	step->source = source;
	step->write.source_offset = r->write_pointer.source_offset;
	plan->writes++;
	return 0;
}

static int plan_records(struct loader_plan *plan)
{
	const struct loader_record *r = plan->record, *end = r + plan->records;
	struct loader_step *step = plan->step;
	struct totals total = { 0 };

	for (; r < end; r++) {
		uint32_t command = r->command;
		int rc;

		if (command == LOADER_PADDING)
			continue;
		if (command == LOADER_ADD_POINTER) {
			rc = plan_add_pointer(plan, r, step);
		} else if (command == LOADER_ADD_CHECKSUM) {
			rc = plan_add_checksum(plan, r, step, &total);
		} else if (command == LOADER_WRITE_POINTER) {
			rc = plan_write_pointer(plan, r, step);
		} else if (command == LOADER_ALLOCATE) {
			rc = plan_allocate(plan, r, &total);
			if (rc)
				return rc;
			continue;
		} else {
			if (!total.unknown)
				log("acpi: table-loader record %u: command 0x%x is not known; skipped",
				    loader_number(plan, r), command);
			total.unknown = true;
			continue;
		}
		if (rc)
			return rc;
		step->record = r;
		step++;
	}
	plan->steps = step - plan->step;
	return 0;
}

int table_loader_plan(const struct fw_cfg_item *item, struct loader_plan *plan)
{
	uint32_t records = item->size / sizeof(struct loader_record);
	struct loader_record *script;
	int rc;

	if (item->size > LOADER_MAX_SCRIPT) {
		log("acpi: etc/table-loader: size 0x%x is above 0x%x; no ACPI", item->size,
		    LOADER_MAX_SCRIPT);
		return -EINVAL;
	}
	if (item->size % sizeof(struct loader_record))
		log("acpi: etc/table-loader: size %u is not a multiple of 128; the last %u bytes are ignored",
		    item->size, item->size % (uint32_t)sizeof(struct loader_record));
	if (!records) {
		log("acpi: etc/table-loader: no whole record in %u bytes; no ACPI", item->size);
		return -EINVAL;
	}

	/* At most a file, or a step, for each record. */
	script = alloc_raw(ZONE_TEMP, records * (sizeof(*script) + sizeof(*plan->file) +
			   sizeof(*plan->step)), 16, "table-loader script");
	if (!script) {
		log("acpi: etc/table-loader: no memory for %u records; no ACPI", records);
		return -ENOMEM;
	}
	plan->file = (void *)(script + records);
	plan->step = (void *)(plan->file + records);
	rc = fw_cfg_read(item, 0, script, records * sizeof(*script));
	if (rc) {
		log("acpi: etc/table-loader: reading %u bytes failed (%d); no ACPI", item->size, rc);
		return rc;
	}
	plan->record = script;
	plan->records = records;
	plan->files = plan->writes = 0;
	plan->tables = plan->rsdp = NULL;
	return plan_records(plan);
}
