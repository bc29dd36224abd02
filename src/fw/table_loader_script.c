/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_loader_script.c: the records of the script, each checked and then carried out. One that
 * cannot be refuses the script as a whole; unknown commands, which newer QEMU may have, and allocations
 * of absent files are left out, and whoever refers to such a file is refused.
 *
 * What may be wrong with a record is tested all at once; which of it was is asked when it is told.
 */
#include "fw/table_loader_script.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"

/* Is it the file of a name that no file has? It is in front of the others; nothing fits into it. */
static bool is_none(const struct loader_file *f)
{
	return !f->name_bytes;
}

/* There is one at a time. */
static struct loader_script script;

/* Nothing more of it is carried out. */
static void stop(int rc)
{
	script.rc = rc;
	script.record_end = script.record;
}

static const char *const command_name[] = {
	"padding", "ALLOCATE", "ADD_POINTER", "ADD_CHECKSUM", "WRITE_POINTER",
};

/* Refuse r, with the number that is wrong and the one it was held against. */
static void refuse(const struct loader_record *r, const char *what, uint32_t value, uint32_t limit)
{
	log("acpi: table-loader record %u, %s: %s (0x%x against 0x%x); no ACPI",
	    loader_number(r), command_name[r->command], what, value, limit);
	stop(-EINVAL);
}

/* The same for a name of r. */
static void refuse_name(const struct loader_record *r, const struct loader_name *name, const char *what)
{
	if (!name->text[0])
		what = "file name is empty";
	else if (strnlen(name->text, sizeof(name->text)) == sizeof(name->text))
		what = "file name has no end";
	log("acpi: table-loader record %u, %s: %s: \"%s\"; no ACPI", loader_number(r),
	    command_name[r->command], what, log_text_n(name->text, sizeof(name->text)));
	stop(-EINVAL);
}

uint32_t loader_number(const struct loader_record *r)
{
	return r - script.record;
}

const struct loader_file *loader_find_file(const struct loader_name *name)
{
	const struct loader_file *f = script.file_end;

	do
		f--;
	while (memcmp(name, f->name, f->name_bytes) != 0);
	return f;
}

/* 0: 4 or 8, which differ in one bit. No address that is given here fits into 1 or 2 bytes. */
static uint32_t no_pointer_size(uint32_t size)
{
	return (size - 4) & ~4u;
}

static void refuse_size(const struct loader_record *r, uint8_t size)
{
	refuse(r, size == 1 || size == 2 ? "address is longer than its pointer" :
	       "pointer size is not 1, 2, 4 or 8", size, 8);
}

static void refuse_allocation(const struct loader_record *r, const struct loader_file *same,
			      const struct loader_file *other __attribute__((unused)))
{
	const struct loader_file *f = script.file_end;

	if (f->name_bytes < 2 || f->name_bytes > sizeof(*f->name))
		refuse_name(r, f->name, "");
	else if (!is_none(same))
		refuse(r, "file is allocated twice", 2, 1);
	else if (f->align & (f->align - 1))
		refuse(r, "alignment is not a power of two", f->align, 1);
	else if (f->zone != LOADER_ZONE_HIGH && f->zone != LOADER_ZONE_FSEG)
		refuse(r, "no such zone", f->zone, LOADER_ZONE_FSEG);
	else
		refuse(r, "files are too large", f->item.size, LOADER_MAX_FILES);
}

/* Nothing to refuse. */
static bool tell_absent(const struct loader_record *r)
{
	if (!script.absent)
		log("acpi: table-loader record %u, ALLOCATE: fw_cfg has no file %s; left out",
		    loader_number(r), log_text(r->allocate.file.text));
	script.absent = true;
	return false;
}

/*
 * Where the F segment stays as it is, without a chipset that could protect it, all files go there while they are small: of high
 * memory they would have a page that is all a small guest uses of one of the host's huge pages, and the host clears 2 MiB for it.
 */
static const uint32_t fseg_most[CHIPSET_COUNT] = { [CHIPSET_NONE] = 16 * 1024 };

static enum zone zone_for(const struct loader_file *f)
{
	bool fseg = (f->zone == LOADER_ZONE_FSEG) | (script.allocated + f->align <= fseg_most[machine.chipset]);

	return fseg ? ZONE_FSEG : ZONE_NVS;
}

/* In whole paragraphs, one at least: on such addresses an OS looks for an RSDP, whatever the script asks for. */
static uint8_t *room_for(const struct loader_file *f, enum zone zone)
{
	return alloc_raw(zone, align_up(f->item.size + !f->item.size, 16), f->align, "ACPI tables");
}

/* Where it should be there was no room. Is it in high memory now? The F segment may have been our idea. */
static bool elsewhere(struct loader_file *f)
{
	if (f->zone == LOADER_ZONE_HIGH && zone_for(f) == ZONE_FSEG)
		f->data = room_for(f, ZONE_NVS);
	if (f->data)
		return true;
	log("acpi: %s: no memory for 0x%x bytes, aligned to 0x%x; no ACPI",
	    log_text(f->name->text), f->item.size, f->align);
	stop(-ENOMEM);
	return false;
}

static void load(struct loader_file *f)
{
	uint32_t size = f->item.size;
	int rc;

	f->data = room_for(f, zone_for(f));
	if (!f->data && !elsewhere(f))
		return;
	rc = fw_cfg_read_key(f->item.key, f->data, size);
	if (rc) {
		log("acpi: %s: reading %u bytes failed (%d); no ACPI", log_text(f->name->text), size, rc);
		stop(rc);
	}
}

static bool allocate_file(const struct loader_record *r, const struct loader_file *same,
		     const struct loader_file *other __attribute__((unused)))
{
	struct loader_file *f = script.file_end;

	f->name = &r->allocate.file;
	f->name_bytes = strnlen(f->name->text, sizeof(*f->name)) + 1;
	f->align = r->allocate.align + !r->allocate.align;
	f->zone = r->allocate.zone;
	if ((f->align & (f->align - 1)) | (f->name_bytes < 2) | (f->name_bytes > sizeof(*f->name)) |
	    ((f->zone != LOADER_ZONE_HIGH) & (f->zone != LOADER_ZONE_FSEG)) |
	    same->name_bytes)
		return true;
	if (fw_cfg_find_n(f->name->text, f->name_bytes - 1, &f->item) != 0)
		return tell_absent(r);
	if (f->item.size > LOADER_MAX_FILES - script.allocated)
		return true;
	script.allocated += f->item.size;
	script.file_end++;
	load(f);
	return false;
}

/* The pointer of size bytes at field, which holds an offset until it is an address; the high half of four is 0. */
static uint32_t high_half(const uint8_t *field, uint32_t size)
{
	return get_le32(field + size - 4) & -(size / 8);	/* of 4 bytes: the same four, and none of their bits */
}

static void refuse_pointer(const struct loader_record *r, const struct loader_file *file,
			   const struct loader_file *source)
{
	uint32_t offset = r->add_pointer.offset, size = r->add_pointer.size;
	const uint8_t *field = file->data + offset;

	if (is_none(file))
		return refuse_name(r, &r->add_pointer.dest, "file is not allocated");
	if (is_none(source))
		return refuse_name(r, &r->add_pointer.source, "file is not allocated");
	if (no_pointer_size(size))
		return refuse_size(r, size);
	if (!range_inside32(offset, size, file->item.size))
		return refuse(r, "pointer is not inside its file", offset, file->item.size);
	log("acpi: table-loader record %u: pointer goes behind its file (0x%llx against 0x%x); no ACPI",
	    loader_number(r), (unsigned long long)high_half(field, size) << 32 | get_le32(field), source->item.size);
	stop(-EINVAL);
}

/* The field holds an offset into the source; make it an address, which has 32 bits. */
static bool add_pointer(const struct loader_record *r, const struct loader_file *file,
			const struct loader_file *source)
{
	uint32_t offset = r->add_pointer.offset, size = r->add_pointer.size, value;
	uint8_t *field;

	if (no_pointer_size(size) | (offset > file->item.size) | (size > file->item.size - offset) |
	    is_none(source))
		return true;
	field = file->data + offset;
	value = get_le32(field);
	if (high_half(field, size) | (value >= source->item.size))
		return true;
	put_le32(field, value + (uint32_t)ptr_to_phys(source->data));
	return false;
}

static void refuse_checksum(const struct loader_record *r, const struct loader_file *file,
			    const struct loader_file *other __attribute__((unused)))
{
	uint32_t offset = r->add_checksum.offset, start = r->add_checksum.start, length = r->add_checksum.length;
	uint32_t size = file->item.size;

	if (is_none(file))
		refuse_name(r, &r->add_checksum.file, "file is not allocated");
	else if (offset >= size)
		refuse(r, "checksum is not inside its file", offset, size);
	else if (start > size)
		refuse(r, "range starts behind its file", start, size);
	else if (length > size - start)
		refuse(r, "range ends behind its file", length, size - start);
	else
		refuse(r, "too much to sum", script.summed, LOADER_MAX_SUMMED);
}

static void tell_outside(const struct loader_record *r)
{
	log("acpi: table-loader record %u, ADD_CHECKSUM: byte 0x%x is not in its range 0x%x + 0x%x",
	    loader_number(r), r->add_checksum.offset, r->add_checksum.start, r->add_checksum.length);
}

/* Subtraction is right whatever the byte holds: it is part of the sum. */
static bool add_checksum(const struct loader_record *r, const struct loader_file *file,
			 const struct loader_file *other __attribute__((unused)))
{
	uint32_t offset = r->add_checksum.offset, start = r->add_checksum.start, length = r->add_checksum.length;
	uint32_t size = file->item.size;

	script.summed += length;		/* not wrapping, if length is good */
	if ((offset >= size) | (start > size) | (length > size - start) |
	    script.summed / LOADER_MAX_SUMMED)
		return true;
	/* An offset below start wraps, to more than any length. */
	if ((offset - start >= length) & !!length)
		tell_outside(r);
	file->data[offset] -= checksum8(file->data + start, length);
	return false;
}

void loader_file_written(const struct loader_record *r, struct fw_cfg_item *item)
{
	*item = (struct fw_cfg_item){ 0 };
	if (strnlen(r->write_pointer.dest.text, sizeof(r->write_pointer.dest)) < sizeof(r->write_pointer.dest))
		fw_cfg_find(r->write_pointer.dest.text, item);
}

static void refuse_write_pointer(const struct loader_record *r, const struct loader_file *other __attribute__((unused)),
				 const struct loader_file *source)
{
	uint8_t size = r->write_pointer.size;
	struct fw_cfg_item item;

	loader_file_written(r, &item);
	if (is_none(source))
		refuse_name(r, &r->write_pointer.source, "file is not allocated");
	else if (!item.key)
		refuse_name(r, &r->write_pointer.dest, "fw_cfg has no file");
	else if (no_pointer_size(size))
		refuse_size(r, size);
	else if (!range_inside32(r->write_pointer.dest_offset, size, item.size))
		refuse(r, "pointer is not inside its file", r->write_pointer.dest_offset, item.size);
	else if (r->write_pointer.source_offset >= source->item.size)
		refuse(r, "it points behind its file", r->write_pointer.source_offset, source->item.size);
	else
		refuse(r, "writing needs DMA, which fw_cfg lacks", size, 0);
}

/* It is done when all else is good. */
static bool check_write_pointer(const struct loader_record *r,
				const struct loader_file *other __attribute__((unused)),
				const struct loader_file *source)
{
	uint8_t size = r->write_pointer.size;
	struct fw_cfg_item item;

	loader_file_written(r, &item);
	if (is_none(source) || !item.key || no_pointer_size(size) ||
	    !range_inside32(r->write_pointer.dest_offset, size, item.size) ||
	    r->write_pointer.source_offset >= source->item.size || !fw_cfg_has_dma())
		return true;
	script.writes++;
	return false;
}

/* A command that is none of ours, or padding, of which there may be much. */
static void tell_unknown(const struct loader_record *r)
{
	if (r->command == LOADER_PADDING)
		return;
	if (!script.unknown)
		log("acpi: table-loader record %u: command 0x%x is not known; skipped", loader_number(r), r->command);
	script.unknown = true;
}

/*
 * What a record names in first and second place; the second is NULL where there is none. carry_out: is it refused?
 * refuse asks why, apart from what is carried out on each start, which does without all that is needed to tell.
 */
static const struct {
	bool (*carry_out)(const struct loader_record *r, const struct loader_file *first,
			  const struct loader_file *second);
	void (*refuse)(const struct loader_record *r, const struct loader_file *first,
		       const struct loader_file *second);
	bool two;
} commands[] = {
	[LOADER_ALLOCATE] = { allocate_file, refuse_allocation, false },
	[LOADER_ADD_POINTER] = { add_pointer, refuse_pointer, true },
	[LOADER_ADD_CHECKSUM] = { add_checksum, refuse_checksum, false },
	[LOADER_WRITE_POINTER] = { check_write_pointer, refuse_write_pointer, true },
};

static void carry_out(const struct loader_record *r)
{
	const struct loader_file *first, *second = NULL;

	if (r->command - 1 >= ARRAY_SIZE(commands) - 1)		/* padding wraps */
		return tell_unknown(r);
	first = loader_find_file(&r->name[0]);
	if (commands[r->command].two)
		second = loader_find_file(&r->name[1]);
	if (commands[r->command].carry_out(r, first, second))
		commands[r->command].refuse(r, first, second);
}

/* Too many bytes, too few, or not whole records. Can it be carried out all the same? */
static bool tell_odd_script(uint32_t size)
{
	if (size > LOADER_MAX_SCRIPT) {
		log("acpi: etc/table-loader: size 0x%x is above 0x%x; no ACPI", size, LOADER_MAX_SCRIPT);
	} else if (size < sizeof(struct loader_record)) {
		log("acpi: etc/table-loader: no whole record in %u bytes; no ACPI", size);
	} else {
		log("acpi: etc/table-loader: size %u is not a multiple of 128; the last %u bytes are ignored",
		    size, size % (uint32_t)sizeof(struct loader_record));
		return true;
	}
	stop(-EINVAL);
	return false;
}

const struct loader_script *table_loader_script(const struct fw_cfg_item *item)
{
	uint32_t records = item->size / sizeof(struct loader_record);
	struct loader_record *r;
	struct loader_file *none;
	int rc;

	memset(&script, 0, sizeof(script));
	if (((item->size > LOADER_MAX_SCRIPT) | !records | item->size % sizeof(*r)) && !tell_odd_script(item->size))
		return &script;

	/* At most a file for each record, and none. */
	r = alloc_raw(ZONE_TEMP, records * (sizeof(*r) + sizeof(*none)) + sizeof(*none), 16,
		      "table-loader script");
	if (!r) {
		log("acpi: etc/table-loader: no memory for %u records; no ACPI", records);
		stop(-ENOMEM);
		return &script;
	}
	script.record = r;
	script.record_end = r + records;
	none = (void *)(r + records);
	none->name = &r->allocate.file;
	none->name_bytes = none->item.size = 0;
	script.file = script.file_end = none + 1;
	rc = fw_cfg_read_key(item->key, r, records * sizeof(*r));
	if (rc) {
		log("acpi: etc/table-loader: reading %u bytes failed (%d); no ACPI", item->size, rc);
		stop(rc);
		return &script;
	}
	do
		carry_out(r);
	while (++r < script.record_end);
	return &script;
}
