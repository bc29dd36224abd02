/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader_plan.c: the first pass over the script: what can be known without touching
 * anything. A record that could not be carried out refuses the script as a whole; unknown commands,
 * which newer QEMU may have, and allocations of absent files are left out, and whoever refers to
 * such a file is refused.
 */
#include "fw/table_loader_plan.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "post/alloc.h"

/* The names nearly every script has: found without a walk through the directory. */
static const struct {
	union {
		char text[16];
		uint32_t word[4];
	} name;
	enum fw_cfg_file file;
} known[] = {
	{ { "etc/acpi/tables" }, FW_CFG_ACPI_BLOB },
	{ { "etc/acpi/rsdp" }, FW_CFG_ACPI_RSDP },
};
#define KNOWN_LAST_WORD 3	/* both names end in their fourth word */

static const char *const command_name[] = {
	"padding", "ALLOCATE", "ADD_POINTER", "ADD_CHECKSUM", "WRITE_POINTER",
};

/* Refuse record n, with the number that is wrong and the one it was held against. */
static int refuse(const struct loader_plan *plan, uint32_t n, const char *what, uint32_t value,
		  uint32_t limit)
{
	log("acpi: table-loader record %u, %s: %s (0x%x against 0x%x); no ACPI", n,
	    command_name[plan->record[n].command], what, value, limit);
	return -EINVAL;
}

/* The same for a name of record n. */
static int refuse_name(const struct loader_plan *plan, uint32_t n, const union loader_name *name)
{
	const char *what = "file is not allocated";

	if (!name->text[0])
		what = "file name is empty";
	else if (strnlen(name->text, sizeof(name->text)) == sizeof(name->text))
		what = "file name has no end";
	log("acpi: table-loader record %u, %s: %s: \"%s\"; no ACPI", n,
	    command_name[plan->record[n].command], what, log_text_n(name->text, sizeof(name->text)));
	return -EINVAL;
}

/* Names differ at their ends ("etc/acpi/..."), so they are compared from there, by words. */
static inline __attribute__((always_inline)) bool
same_words(const uint32_t *a, const uint32_t *b, uint32_t last, uint32_t mask)
{
	if ((a[last] ^ b[last]) & mask)
		return false;
	while (last--)
		if (a[last] != b[last])
			return false;
	return true;
}

/*
 * The allocated file of that name, or NULL. A name without a NUL matches nothing. QEMU allocates
 * last what is referred to most.
 */
static struct loader_file *find_file(const struct loader_plan *plan, const union loader_name *name)
{
	for (struct loader_file *f = plan->file + plan->files; f-- > plan->file;)
		if (same_words(name->word, f->name->word, f->last_word, f->last_mask))
			return f;
	return NULL;
}

static int find_item(const struct loader_file *f, struct fw_cfg_item *item)
{
	if (f->last_word == KNOWN_LAST_WORD)
		for (uint32_t i = 0; i < ARRAY_SIZE(known); i++)
			if (same_words(f->name->word, known[i].name.word, KNOWN_LAST_WORD, f->last_mask))
				return fw_cfg_file(known[i].file, item);
	return fw_cfg_find(f->name->text, item);
}

/* range_inside() in 32 bits: this is asked for every record. */
static inline bool inside(uint32_t offset, uint32_t len, uint32_t size)
{
	return offset <= size && len <= size - offset;
}

static bool pointer_size_good(uint8_t size)
{
	return size == 4 || size == 8 || size == 1 || size == 2;
}

/* *total is the bytes of all files so far. */
static int plan_allocate(struct loader_plan *plan, uint32_t n, uint32_t *total, bool *absent_said)
{
	const struct loader_record *r = &plan->record[n];
	const union loader_name *name = &r->allocate.file;
	struct loader_file *f = &plan->file[plan->files];
	uint32_t len = strnlen(name->text, sizeof(name->text));

	if (!len || len == sizeof(name->text))
		return refuse_name(plan, n, name);
	if (find_file(plan, name))
		return refuse(plan, n, "file is allocated twice", n, plan->files);
	if (r->allocate.align & (r->allocate.align - 1))
		return refuse(plan, n, "alignment is not a power of two", r->allocate.align, 1);
	if (r->allocate.zone != LOADER_ZONE_HIGH && r->allocate.zone != LOADER_ZONE_FSEG)
		return refuse(plan, n, "no such zone", r->allocate.zone, LOADER_ZONE_FSEG);

	*f = (struct loader_file){
		.name = name,
		.last_word = len / 4,
		.last_mask = 0xffffffffu >> (24 - len % 4 * 8),
		.align = r->allocate.align ? r->allocate.align : 1,
		.zone = r->allocate.zone,
	};
	if (find_item(f, &f->item)) {
		if (!*absent_said)
			log("acpi: table-loader record %u, ALLOCATE: fw_cfg has no file %s; left out", n,
			    log_text_n(name->text, len));
		*absent_said = true;
		return 0;
	}
	if (!inside(*total, f->item.size, LOADER_MAX_FILES))
		return refuse(plan, n, "files are too large", f->item.size, LOADER_MAX_FILES);
	*total += f->item.size;
	plan->files++;
	return 0;
}

static int plan_add_pointer(struct loader_plan *plan, uint32_t n, struct loader_step *step)
{
	const struct loader_record *r = &plan->record[n];
	struct loader_file *dest = find_file(plan, &r->add_pointer.dest);
	struct loader_file *source = find_file(plan, &r->add_pointer.source);

	if (!dest)
		return refuse_name(plan, n, &r->add_pointer.dest);
	if (!source)
		return refuse_name(plan, n, &r->add_pointer.source);
	if (!pointer_size_good(r->add_pointer.size))
		return refuse(plan, n, "pointer size is not 1, 2, 4 or 8", r->add_pointer.size, 8);
	if (!inside(r->add_pointer.offset, r->add_pointer.size, dest->item.size))
		return refuse(plan, n, "pointer is not inside its file", r->add_pointer.offset,
			      dest->item.size);
	step->size = r->add_pointer.size;
	step->offset = r->add_pointer.offset;
	step->file = dest;
	step->source = source;
	return 0;
}

/* *total is the bytes of all ranges so far. */
static int plan_add_checksum(struct loader_plan *plan, uint32_t n, struct loader_step *step,
			     uint32_t *total)
{
	const struct loader_record *r = &plan->record[n];
	uint32_t offset = r->add_checksum.offset;
	uint32_t start = r->add_checksum.start, length = r->add_checksum.length;
	struct loader_file *file = find_file(plan, &r->add_checksum.file);

	if (!file)
		return refuse_name(plan, n, &r->add_checksum.file);
	if (offset >= file->item.size)
		return refuse(plan, n, "checksum is not inside its file", offset, file->item.size);
	if (start > file->item.size)
		return refuse(plan, n, "range starts behind its file", start, file->item.size);
	if (length > file->item.size - start)
		return refuse(plan, n, "range ends behind its file", length, file->item.size - start);
	if (length > LOADER_MAX_SUMMED - *total)
		return refuse(plan, n, "too much to sum", length, LOADER_MAX_SUMMED - *total);
	*total += length;
	if (length && (offset < start || offset - start >= length))
		log("acpi: table-loader record %u, ADD_CHECKSUM: byte 0x%x is not in its range 0x%x + 0x%x",
		    n, offset, start, length);
	step->offset = offset;
	step->file = file;
	step->sum.start = start;
	step->sum.length = length;
	return 0;
}

static int plan_write_pointer(struct loader_plan *plan, uint32_t n, struct loader_step *step)
{
	const struct loader_record *r = &plan->record[n];
	const union loader_name *dest = &r->write_pointer.dest;
	struct loader_file *source = find_file(plan, &r->write_pointer.source);
	uint8_t size = r->write_pointer.size;

	if (!source)
		return refuse_name(plan, n, &r->write_pointer.source);
	if (!dest->text[0] || strnlen(dest->text, sizeof(dest->text)) == sizeof(dest->text))
		return refuse_name(plan, n, dest);
	if (fw_cfg_find(dest->text, &step->write.dest)) {
		log("acpi: table-loader record %u, WRITE_POINTER: fw_cfg has no file %s; no ACPI", n,
		    log_text(dest->text));
		return -ENOENT;
	}
	if (!pointer_size_good(size))
		return refuse(plan, n, "pointer size is not 1, 2, 4 or 8", size, 8);
	if (!inside(r->write_pointer.dest_offset, size, step->write.dest.size))
		return refuse(plan, n, "pointer is not inside its file", r->write_pointer.dest_offset,
			      step->write.dest.size);
	if (r->write_pointer.source_offset >= source->item.size)
		return refuse(plan, n, "it points behind its file", r->write_pointer.source_offset,
			      source->item.size);
	if (!fw_cfg_has_dma())
		return refuse(plan, n, "writing needs DMA, which fw_cfg lacks", size, 0);
	step->size = size;
	step->offset = r->write_pointer.dest_offset;
	step->source = source;
	step->write.source_offset = r->write_pointer.source_offset;
	plan->writes++;
	return 0;
}

static int plan_records(struct loader_plan *plan)
{
	uint32_t allocated = 0, summed = 0;
	bool unknown_said = false, absent_said = false;

	for (uint32_t n = 0; n < plan->records; n++) {
		struct loader_step *step = &plan->step[plan->steps];
		uint32_t command = plan->record[n].command;
		int rc;

		switch (command) {
		case LOADER_PADDING:
			continue;
		case LOADER_ALLOCATE:
			rc = plan_allocate(plan, n, &allocated, &absent_said);
			if (rc)
				return rc;
			continue;
		case LOADER_ADD_POINTER:
			rc = plan_add_pointer(plan, n, step);
			break;
		case LOADER_ADD_CHECKSUM:
			rc = plan_add_checksum(plan, n, step, &summed);
			break;
		case LOADER_WRITE_POINTER:
			rc = plan_write_pointer(plan, n, step);
			break;
		default:
			if (!unknown_said)
				log("acpi: table-loader record %u: command 0x%x is not known; skipped", n,
				    command);
			unknown_said = true;
			continue;
		}
		if (rc)
			return rc;
		step->record = n;
		step->command = command;
		plan->steps++;
	}
	return 0;
}

int table_loader_plan(const struct fw_cfg_item *item, struct loader_plan *plan)
{
	uint32_t records = item->size / sizeof(struct loader_record);
	struct loader_record *script;
	int rc;

	*plan = (struct loader_plan){ .records = records };
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
	return plan_records(plan);
}
