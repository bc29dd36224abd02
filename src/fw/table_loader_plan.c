/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader_plan.c: the first pass over the script: what can be known without touching
 * anything. A record that could not be carried out refuses the script as a whole; unknown commands,
 * which newer QEMU may have, and allocations of absent files are left out, and whoever refers to
 * such a file is refused.
 *
 * What may be wrong with a record is tested all at once; which of it was is asked when it is told.
 */
#include "fw/table_loader_plan.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"

/* The file of a name that none has: nothing fits into it, nothing is ever written to it. */
static struct loader_file none;

static const char *const command_name[] = {
	"padding", "ALLOCATE", "ADD_POINTER", "ADD_CHECKSUM", "WRITE_POINTER",
};

/* Refuse r, with the number that is wrong and the one it was held against. */
static int refuse(const struct loader_plan *plan, const struct loader_record *r, const char *what,
		  uint32_t value, uint32_t limit)
{
	log("acpi: table-loader record %u, %s: %s (0x%x against 0x%x); no ACPI",
	    loader_number(plan, r), command_name[r->command], what, value, limit);
	return -EINVAL;
}

/* The same for a name of r. */
static int refuse_name(const struct loader_plan *plan, const struct loader_record *r,
		       const struct loader_name *name, const char *what)
{
	if (!name->text[0])
		what = "file name is empty";
	else if (strnlen(name->text, sizeof(name->text)) == sizeof(name->text))
		what = "file name has no end";
	log("acpi: table-loader record %u, %s: %s: \"%s\"; no ACPI", loader_number(plan, r),
	    command_name[r->command], what, log_text_n(name->text, sizeof(name->text)));
	return -EINVAL;
}

/* The allocated file of that name, or none: a name without a NUL matches nothing. */
static struct loader_file *find_file(const struct loader_plan *plan, const struct loader_name *name)
{
	for (struct loader_file *f = plan->file_end; f-- > plan->file;)
		if (memcmp(name, f->name, f->name_bytes) == 0)
			return f;
	return &none;
}

/* 0: 4 or 8, which differ in one bit. No address that is given here fits into 1 or 2 bytes. */
static uint32_t no_pointer_size(uint32_t size)
{
	return (size - 4) & ~4u;
}

static int refuse_size(const struct loader_plan *plan, const struct loader_record *r, uint8_t size)
{
	return refuse(plan, r, size == 1 || size == 2 ? "address is longer than its pointer" :
		      "pointer size is not 1, 2, 4 or 8", size, 8);
}

static int refuse_allocation(const struct loader_plan *plan, const struct loader_record *r,
			     const struct loader_file *f)
{
	if (f->name_bytes < 2 || f->name_bytes > sizeof(*f->name))
		return refuse_name(plan, r, f->name, "");
	if (find_file(plan, f->name) != &none)
		return refuse(plan, r, "file is allocated twice", 2, 1);
	if (f->align & (f->align - 1))
		return refuse(plan, r, "alignment is not a power of two", f->align, 1);
	return refuse(plan, r, "no such zone", f->zone, LOADER_ZONE_FSEG);
}

static int plan_allocate(struct loader_plan *plan, const struct loader_record *r, bool twice)
{
	struct loader_file *f = plan->file_end;

	f->name = &r->allocate.file;
	f->name_bytes = strnlen(f->name->text, sizeof(*f->name)) + 1;
	f->align = r->allocate.align + !r->allocate.align;
	f->zone = r->allocate.zone;
	f->data = NULL;
	if ((f->align & (f->align - 1)) | (f->name_bytes < 2) | (f->name_bytes > sizeof(*f->name)) |
	    ((f->zone != LOADER_ZONE_HIGH) & (f->zone != LOADER_ZONE_FSEG)) | twice)
		return refuse_allocation(plan, r, f);
	if (fw_cfg_find_n(f->name->text, f->name_bytes - 1, &f->item) != 0) {
		if (!plan->absent)
			log("acpi: table-loader record %u, ALLOCATE: fw_cfg has no file %s; left out",
			    loader_number(plan, r), log_text(f->name->text));
		plan->absent = true;
		return 0;
	}
	if (f->item.size > LOADER_MAX_FILES - plan->allocated)
		return refuse(plan, r, "files are too large", f->item.size, LOADER_MAX_FILES);
	plan->allocated += f->item.size;
	plan->file_end++;
	return 0;
}

static int refuse_pointer(const struct loader_plan *plan, const struct loader_step *s, uint8_t size)
{
	const struct loader_record *r = s->record;

	if (s->file == &none)
		return refuse_name(plan, r, &r->add_pointer.dest, "file is not allocated");
	if (s->source == &none)
		return refuse_name(plan, r, &r->add_pointer.source, "file is not allocated");
	if (no_pointer_size(size))
		return refuse_size(plan, r, size);
	return refuse(plan, r, "pointer is not inside its file", s->offset, s->file->item.size);
}

static int plan_add_pointer(const struct loader_plan *plan, struct loader_step *s)
{
	const struct loader_record *r = s->record;
	uint8_t size = r->add_pointer.size;
	uint32_t file_size = s->file->item.size;

	s->source = find_file(plan, &r->add_pointer.source);
	s->offset = r->add_pointer.offset;
	if (no_pointer_size(size) | (s->offset > file_size) | (size > file_size - s->offset) |
	    (s->source == &none))
		return refuse_pointer(plan, s, size);
	return 0;
}

static int refuse_checksum(const struct loader_plan *plan, const struct loader_step *s)
{
	const struct loader_record *r = s->record;
	uint32_t start = r->add_checksum.start, length = r->add_checksum.length;
	uint32_t size = s->file->item.size;

	if (s->file == &none)
		return refuse_name(plan, r, &r->add_checksum.file, "file is not allocated");
	if (s->offset >= size)
		return refuse(plan, r, "checksum is not inside its file", s->offset, size);
	if (start > size)
		return refuse(plan, r, "range starts behind its file", start, size);
	if (length > size - start)
		return refuse(plan, r, "range ends behind its file", length, size - start);
	return refuse(plan, r, "too much to sum", plan->summed, LOADER_MAX_SUMMED);
}

static void tell_outside(const struct loader_plan *plan, const struct loader_record *r)
{
	log("acpi: table-loader record %u, ADD_CHECKSUM: byte 0x%x is not in its range 0x%x + 0x%x",
	    loader_number(plan, r), r->add_checksum.offset, r->add_checksum.start,
	    r->add_checksum.length);
}

static int plan_add_checksum(struct loader_plan *plan, struct loader_step *s)
{
	const struct loader_record *r = s->record;
	uint32_t start = r->add_checksum.start, length = r->add_checksum.length, size;

	s->offset = r->add_checksum.offset;
	size = s->file->item.size;
	plan->summed += length;		/* not wrapping, if length is good */
	if ((s->offset >= size) | (start > size) | (length > size - start) |
	    (plan->summed > LOADER_MAX_SUMMED))
		return refuse_checksum(plan, s);
	/* An offset below start wraps, to more than any length. */
	if ((s->offset - start >= length) & !!length)
		tell_outside(plan, r);
	return 0;
}

static int plan_write_pointer(struct loader_plan *plan, struct loader_step *s)
{
	const struct loader_record *r = s->record;
	const struct loader_name *dest = &r->write_pointer.dest;
	uint8_t size = r->write_pointer.size;
	struct fw_cfg_item item;

	s->file = &none;
	s->source = find_file(plan, &r->write_pointer.source);
	s->offset = r->write_pointer.dest_offset;
	if (s->source == &none)
		return refuse_name(plan, r, &r->write_pointer.source, "file is not allocated");
	if (strnlen(dest->text, sizeof(*dest)) == sizeof(*dest) || fw_cfg_find(dest->text, &item) != 0)
		return refuse_name(plan, r, dest, "fw_cfg has no file");
	if (no_pointer_size(size))
		return refuse_size(plan, r, size);
	if (!range_inside32(s->offset, size, item.size))
		return refuse(plan, r, "pointer is not inside its file", s->offset, item.size);
	if (r->write_pointer.source_offset >= s->source->item.size)
		return refuse(plan, r, "it points behind its file", r->write_pointer.source_offset,
			      s->source->item.size);
	if (!fw_cfg_has_dma())
		return refuse(plan, r, "writing needs DMA, which fw_cfg lacks", size, 0);
	plan->writes++;
	return 0;
}

static int plan_record(struct loader_plan *plan, const struct loader_record *r)
{
	struct loader_step *s = plan->step_end;

	if (r->command == LOADER_PADDING)
		return 0;
	s->record = r;
	s->file = find_file(plan, &r->allocate.file);	/* all begin with a name */
	switch (r->command) {
	case LOADER_ALLOCATE:
		return plan_allocate(plan, r, s->file != &none);
	case LOADER_ADD_POINTER:
		plan->step_end++;
		return plan_add_pointer(plan, s);
	case LOADER_ADD_CHECKSUM:
		plan->step_end++;
		return plan_add_checksum(plan, s);
	case LOADER_WRITE_POINTER:
		plan->step_end++;
		return plan_write_pointer(plan, s);
	}
	if (!plan->unknown)
		log("acpi: table-loader record %u: command 0x%x is not known; skipped",
		    loader_number(plan, r), r->command);
	plan->unknown = true;
	return 0;
}

static int refuse_script(uint32_t size)
{
	if (size > LOADER_MAX_SCRIPT)
		log("acpi: etc/table-loader: size 0x%x is above 0x%x; no ACPI", size, LOADER_MAX_SCRIPT);
	else
		log("acpi: etc/table-loader: no whole record in %u bytes; no ACPI", size);
	return -EINVAL;
}

int table_loader_plan(const struct fw_cfg_item *item, struct loader_plan *plan)
{
	uint32_t records = item->size / sizeof(struct loader_record);
	struct loader_record *script;
	int rc;

	if ((item->size > LOADER_MAX_SCRIPT) | !records)
		return refuse_script(item->size);
	if (item->size % sizeof(*script))
		log("acpi: etc/table-loader: size %u is not a multiple of 128; the last %u bytes are ignored",
		    item->size, item->size % (uint32_t)sizeof(*script));

	/* At most a file, or a step, for each record. */
	script = alloc_raw(ZONE_TEMP, records * (sizeof(*script) + sizeof(*plan->file) +
			   sizeof(*plan->step)), 16, "table-loader script");
	if (!script) {
		log("acpi: etc/table-loader: no memory for %u records; no ACPI", records);
		return -ENOMEM;
	}
	plan->writes = plan->allocated = plan->summed = 0;
	plan->unknown = plan->absent = false;
	plan->record = script;
	plan->file = plan->file_end = (void *)(script + records);
	plan->step = plan->step_end = (void *)(plan->file + records);
	rc = fw_cfg_read(item, 0, script, records * sizeof(*script));
	if (rc)
		log("acpi: etc/table-loader: reading %u bytes failed (%d); no ACPI", item->size, rc);
	for (; !rc && records; records--)
		rc = plan_record(plan, script++);
	return rc;
}
