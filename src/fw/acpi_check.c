/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi_check.c: see acpi_check.h. Spec: ACPI 6.5, sections 5.2.5 to 5.2.11.
 *
 * The walk goes on when something is wrong, from a table that leads nowhere, and only its first fault
 * is told.
 */
#include "fw/acpi_check.h"
#include <stdbool.h>
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "std/acpi.h"

#define SIGNATURE_RSDT ACPI_SIGNATURE('R', 'S', 'D', 'T')
#define SIGNATURE_XSDT ACPI_SIGNATURE('X', 'S', 'D', 'T')
#define SIGNATURE_FADT ACPI_SIGNATURE('F', 'A', 'C', 'P')
#define SIGNATURE_DSDT ACPI_SIGNATURE('D', 'S', 'D', 'T')
#define SIGNATURE_FACS ACPI_SIGNATURE('F', 'A', 'C', 'S')

/* The walk; there is one at a time. */
static struct {
	const struct loader_plan *plan;
	uint32_t budget;	/* bytes that tables may still have: no table is there twice */
	uint32_t tables;
	bool bad;
} walk;

/* What a pointer may point to. */
static const struct kind {
	uint32_t signature;
	uint32_t known;		/* mask of the bits of the signature that are */
	uint32_t min;		/* bytes */
	uint32_t alignment;	/* mask of what the standard wants at 0 */
	bool must, summed;	/* 0 is no pointer; the table has a checksum */
} any = { 0, 0, sizeof(struct acpi_header), 0, true, true };

/* What the FADT points to, by 32 bits and in later versions by 64. */
static const struct pointed {
	struct kind kind;
	uint32_t old, new;	/* offsets of the two in the FADT */
	uint32_t not_needed;	/* bit of the FADT's flags */
} pointed[] = {
	{ { SIGNATURE_FACS, ~0u, ACPI_FACS_SIZE, 63, false, false },
	  ACPI_FADT_FACS, ACPI_FADT_X_FACS, ACPI_FADT_HW_REDUCED },
	{ { SIGNATURE_DSDT, ~0u, sizeof(struct acpi_header), 0, false, true },
	  ACPI_FADT_DSDT, ACPI_FADT_X_DSDT, 0 },
};

/* What the RSDP points to; from revision 2 on to both. */
static const struct root {
	struct kind kind;
	uint32_t pointer;	/* its offset in the RSDP */
	uint32_t size;		/* of it, and of the pointers in the table: bytes */
} roots[] = {
	{ { SIGNATURE_RSDT, ~0u, sizeof(struct acpi_header), 0, false, true },
	  offsetof(struct acpi_rsdp, rsdt), 4 },
	{ { SIGNATURE_XSDT, ~0u, sizeof(struct acpi_header), 0, false, true },
	  offsetof(struct acpi_rsdp, xsdt), 8 },
};

static const struct acpi_header nothing = { .length = sizeof(struct acpi_header) };

/* Returns what the walk goes on with. */
static const struct acpi_header *bad(const char *what, uint32_t phys)
{
	if (!walk.bad)
		log("acpi: %s at 0x%x; no ACPI", what, phys);
	walk.bad = true;
	return &nothing;
}

/* Nobody looks for it, so every OS lives with less than the standard's 64 bytes; but it holds a lock. */
static void tell_alignment(uint32_t phys)
{
	if (phys % 8)
		bad("FACS that is not even on 8 bytes", phys);
	else
		log("acpi: FACS at 0x%x: is not on 64 bytes; left there", phys);
}

/*
 * The table at phys, complete and with its checksum; one without contents where phys is 0 and may be, or,
 * logged, where something is wrong.
 */
static const struct acpi_header *table_at(uint32_t phys, const struct kind *kind)
{
	const struct loader_file *f = walk.plan->file_end;
	const struct acpi_header *h;
	uint32_t offset, room, another;

	do {		/* QEMU's tables are in the last file */
		if (f-- == walk.plan->file)
			return phys || kind->must ? bad("no table", phys) : &nothing;
		offset = phys - (uint32_t)ptr_to_phys(f->data);	/* wraps below, to more than any size */
	} while (offset >= f->item.size);
	room = f->item.size - offset;
	if ((room < kind->min) | (f->zone != LOADER_ZONE_HIGH))
		return bad("no table", phys);
	if (phys & kind->alignment)
		tell_alignment(phys);
	h = (const void *)(f->data + offset);
	another = (get_le32(h->signature) ^ kind->signature) & kind->known;
	/* A length below the least wraps, to more than any room. */
	if (another | (h->length - kind->min > room - kind->min) | (h->length > walk.budget))
		return bad(another ? "another table than expected" : "bad table length", phys);
	walk.budget -= h->length;
	if (kind->summed && checksum8(h, h->length))
		return bad("bad checksum of the table", phys);
	return h;
}

/* h is a table with a good length and checksum. */
static void check_fadt(const struct acpi_header *h, uint32_t phys)
{
	const uint8_t *fadt = (const uint8_t *)h;

	if (h->length < ACPI_FADT_SIZE_1) {
		bad("bad FADT length", phys);
		return;
	}
	for (const struct pointed *p = pointed; p < pointed + ARRAY_SIZE(pointed); p++) {
		uint32_t at = get_le32(fadt + p->old), x_at = at;

		if (h->length >= p->new + 8) {
			x_at = get_le32(fadt + p->new);
			if (get_le32(fadt + p->new + 4))
				bad("FACS or DSDT above 4 GiB, FADT", phys);
		}
		if (!(at | x_at | (get_le32(fadt + ACPI_FADT_FLAGS) & p->not_needed)))
			bad("FADT without FACS or DSDT", phys);
		table_at(at, &p->kind);
		if (x_at != at)
			table_at(x_at, &p->kind);
	}
}

/* An OS uses the first or the last of several FADTs; without one there is no ACPI. */
static void tell_root(uint32_t phys, uint32_t fadts, uint32_t left)
{
	if (!fadts)
		bad("RSDT or XSDT without FADT", phys);
	if (fadts > 1)
		log("acpi: RSDT or XSDT at 0x%x: has %u FADTs; left so", phys, fadts);
	if (left)
		log("acpi: RSDT or XSDT at 0x%x: not whole entries, %u bytes remain; ignored", phys, left);
}

static void check_root(uint32_t phys, const struct root *root)
{
	const struct acpi_header *table = table_at(phys, &root->kind);
	uint32_t left = table->length - sizeof(*table), fadts = 0;
	const uint8_t *entry = (const uint8_t *)(table + 1);

	walk.tables = 0;
	for (; (left >= root->size) & !walk.bad; left -= root->size, entry += root->size) {
		uint32_t at = get_le32(entry);
		const struct acpi_header *h = table_at(at, &any);

		if (root->size == 8 && get_le32(entry + 4))
			bad("table above 4 GiB, XSDT", phys);
		walk.tables++;
		if (get_le32(h->signature) == SIGNATURE_FADT) {
			fadts++;
			check_fadt(h, at);
		}
	}
	if (left | (fadts != 1))
		tell_root(phys, fadts, left);
}

/* The RSDP is at that offset of f, in its first form at least. */
static void check_rsdp(const struct loader_file *f, uint32_t offset)
{
	const struct acpi_rsdp *rsdp = (const void *)(f->data + offset);
	uint32_t size = f->item.size - offset, phys = (uint32_t)ptr_to_phys(rsdp), found = 0;
	const struct root *end = roots + 1;

	if (checksum8(rsdp, ACPI_RSDP1_SIZE))
		bad("bad checksum of the RSDP", phys);
	if (rsdp->revision >= 2) {
		end++;
		if ((size < sizeof(*rsdp)) || (rsdp->length < sizeof(*rsdp)) | (rsdp->length > size)) {
			bad("bad length of the RSDP", phys);
			return;
		}
		if (checksum8(rsdp, rsdp->length))
			bad("bad extended checksum of the RSDP", phys);
		if (rsdp->xsdt >> 32)
			bad("XSDT above 4 GiB, RSDP", phys);
	}
	for (const struct root *root = roots; root < end; root++) {
		uint32_t at = get_le32(f->data + offset + root->pointer);

		found |= at;
		if (at)
			check_root(at, root);
	}
	if (!found)
		bad("neither RSDT nor XSDT in the RSDP", phys);
}

/* Not one, or several. */
static int refuse_rsdps(const struct loader_file *last, uint32_t offset)
{
	if (last)
		bad("second RSDP", (uint32_t)ptr_to_phys(last->data + offset));
	else
		log("acpi: etc/table-loader leaves no RSDP in the F segment; no ACPI");
	return -EINVAL;
}

int acpi_check(const struct loader_plan *plan, struct table_loader_result *result)
{
	const struct loader_file *rsdp = NULL;
	uint32_t found = 0, at = 0;

	walk.plan = plan;
	/* A table may be in the RSDT and in the XSDT: twice the bytes there are. */
	walk.budget = 2 * plan->allocated;
	walk.bad = false;
	for (const struct loader_file *f = plan->file; f < plan->file_end; f++) {
		/* An OS looks at every 16th address. */
		uint32_t offset = -(uint32_t)ptr_to_phys(f->data) % 16;

		if (f->zone != LOADER_ZONE_FSEG)
			continue;
		for (; offset + ACPI_RSDP1_SIZE <= f->item.size; offset += 16) {
			if ((get_le32(f->data + offset) ^ get_le32("RSD ")) |
			    (get_le32(f->data + offset + 4) ^ get_le32("PTR ")))
				continue;
			rsdp = f;
			at = offset;
			found++;
		}
	}
	if (found != 1)
		return refuse_rsdps(rsdp, at);
	check_rsdp(rsdp, at);
	result->rsdp = (uint32_t)ptr_to_phys(rsdp->data + at);
	result->tables = walk.tables;
	return walk.bad ? -EINVAL : 0;
}
