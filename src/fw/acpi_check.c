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

#define SIGNATURE(a, b, c, d) ((uint32_t)(a) | (b) << 8 | (c) << 16 | (uint32_t)(d) << 24)
#define SIGNATURE_RSDT SIGNATURE('R', 'S', 'D', 'T')
#define SIGNATURE_XSDT SIGNATURE('X', 'S', 'D', 'T')
#define SIGNATURE_FADT SIGNATURE('F', 'A', 'C', 'P')
#define SIGNATURE_DSDT SIGNATURE('D', 'S', 'D', 'T')
#define SIGNATURE_FACS SIGNATURE('F', 'A', 'C', 'S')

struct walk {
	const struct loader_plan *plan;
	uint32_t budget;	/* bytes that tables may still have: no table is there twice */
	uint32_t tables;
	bool bad;
};

/* What the FADT points to, by 32 bits and in later versions by 64. */
static const struct pointed {
	uint32_t old, new;	/* offsets of the two in the FADT */
	uint32_t min;		/* bytes */
	uint32_t signature;
	uint32_t not_needed;	/* bit of the FADT's flags */
	uint32_t alignment;	/* mask of what the standard wants at 0 */
} pointed[] = {
	{ ACPI_FADT_FACS, ACPI_FADT_X_FACS, ACPI_FACS_SIZE, SIGNATURE_FACS, ACPI_FADT_HW_REDUCED, 63 },
	{ ACPI_FADT_DSDT, ACPI_FADT_X_DSDT, sizeof(struct acpi_header), SIGNATURE_DSDT, 0, 0 },
};

static void bad(struct walk *w, const char *what, uint32_t phys)
{
	if (!w->bad)
		log("acpi: %s at 0x%x; no ACPI", what, phys);
	w->bad = true;
}

/*
 * Do these bytes of a file add up to 0? What the script has summed, with the checksum at that place,
 * is not summed again. The search begins with the last step, as a walk does with the root tables,
 * which QEMU makes last.
 */
static bool adds_up(const struct loader_file *f, uint32_t start, uint32_t length, uint32_t checksum)
{
	const struct loader_step *s = f->sums;

	while (s && s->offset != start + checksum)
		s = s->previous;
	return (s && s->record->add_checksum.start == start && s->record->add_checksum.length == length) ||
	       !checksum8(f->data + start, length);
}

/*
 * A table of at least min bytes, complete and with its checksum (the FACS has none); logged, and one
 * without contents, if it is not.
 */
static const struct acpi_header *table_at(struct walk *w, uint32_t phys, uint32_t min)
{
	static const struct acpi_header nothing = { .length = sizeof(struct acpi_header) };
	const struct loader_file *f = w->plan->file_end;
	const struct acpi_header *h;
	uint32_t offset, room;

	do {		/* QEMU's tables are in the last file */
		if (f-- == w->plan->file) {
			bad(w, "no table", phys);
			return &nothing;
		}
		offset = phys - (uint32_t)ptr_to_phys(f->data);	/* wraps below, to more than any size */
	} while (offset >= f->item.size);
	room = f->item.size - offset;
	if ((room < min) | (f->zone != LOADER_ZONE_HIGH)) {
		bad(w, "no table", phys);
		return &nothing;
	}
	h = (const void *)(f->data + offset);
	if ((h->length < min) | (h->length > room) | (h->length > w->budget)) {
		bad(w, "bad table length", phys);
		return &nothing;
	}
	w->budget -= h->length;
	if (min != ACPI_FACS_SIZE &&
	    !adds_up(f, offset, h->length, offsetof(struct acpi_header, checksum))) {
		bad(w, "bad checksum of the table", phys);
		return &nothing;
	}
	return h;
}

/* Nobody looks for it, so every OS lives with less than the standard's 64 bytes; but it holds a lock. */
static void tell_alignment(struct walk *w, uint32_t phys)
{
	if (phys % 8)
		bad(w, "FACS that is not even on 8 bytes", phys);
	else
		log("acpi: FACS at 0x%x: is not on 64 bytes; left there", phys);
}

static void check_pointed(struct walk *w, const struct pointed *p, uint32_t phys)
{
	if (!phys)
		return;
	if (phys & p->alignment)
		tell_alignment(w, phys);
	if (get_le32(table_at(w, phys, p->min)) != p->signature)
		bad(w, "another table than expected", phys);
}

/* h is a table with a good length and checksum. */
static void check_fadt(struct walk *w, const struct acpi_header *h, uint32_t phys)
{
	const uint8_t *fadt = (const uint8_t *)h;

	if (h->length < ACPI_FADT_SIZE_1) {
		bad(w, "bad FADT length", phys);
		return;
	}
	for (const struct pointed *p = pointed; p < pointed + ARRAY_SIZE(pointed); p++) {
		uint32_t at = get_le32(fadt + p->old), x_at = 0;

		if (h->length >= p->new + 8) {
			x_at = get_le32(fadt + p->new);
			if (get_le32(fadt + p->new + 4))
				bad(w, "FACS or DSDT above 4 GiB, FADT", phys);
		}
		if (!(at | x_at | (get_le32(fadt + ACPI_FADT_FLAGS) & p->not_needed)))
			bad(w, "FADT without FACS or DSDT", phys);
		check_pointed(w, p, at);
		if (x_at && x_at != at)
			check_pointed(w, p, x_at);
	}
}

/* An OS uses the first or the last of several FADTs; without one there is no ACPI. */
static void tell_root(struct walk *w, uint32_t phys, uint32_t fadts, uint32_t left)
{
	if (!fadts)
		bad(w, "RSDT or XSDT without FADT", phys);
	if (fadts > 1)
		log("acpi: RSDT or XSDT at 0x%x: has %u FADTs; left so", phys, fadts);
	if (left)
		log("acpi: RSDT or XSDT at 0x%x: not whole entries, %u bytes remain; ignored", phys, left);
}

/* RSDT or XSDT: size of an entry is 4 or 8 bytes. */
static void check_root(struct walk *w, uint32_t phys, uint32_t signature, uint32_t size)
{
	const struct acpi_header *root = table_at(w, phys, sizeof(struct acpi_header));
	uint32_t left = root->length - sizeof(*root), fadts = 0;
	const uint8_t *entry = (const uint8_t *)(root + 1);

	if (get_le32(root->signature) != signature)
		bad(w, "another table than expected", phys);
	w->tables = 0;
	for (; (left >= size) & !w->bad; left -= size, entry += size) {
		uint32_t at = get_le32(entry);
		const struct acpi_header *h = table_at(w, at, sizeof(*h));

		if (size == 8 && get_le32(entry + 4))
			bad(w, "table above 4 GiB, XSDT", phys);
		w->tables++;
		if (get_le32(h->signature) == SIGNATURE_FADT) {
			fadts++;
			check_fadt(w, h, at);
		}
	}
	if (left | (fadts != 1))
		tell_root(w, phys, fadts, left);
}

/* The RSDP is at that offset of f, in its first form at least. */
static void check_rsdp(struct walk *w, const struct loader_file *f, uint32_t offset)
{
	const struct acpi_rsdp *rsdp = (const void *)(f->data + offset);
	uint32_t size = f->item.size - offset, phys = (uint32_t)ptr_to_phys(rsdp);
	uint64_t xsdt = 0;

	if (!adds_up(f, offset, ACPI_RSDP1_SIZE, offsetof(struct acpi_rsdp, checksum)))
		bad(w, "bad checksum of the RSDP", phys);
	if (rsdp->revision >= 2) {
		if ((size < sizeof(*rsdp)) || (rsdp->length < sizeof(*rsdp)) | (rsdp->length > size)) {
			bad(w, "bad length of the RSDP", phys);
			return;
		}
		if (!adds_up(f, offset, rsdp->length, offsetof(struct acpi_rsdp, extended_checksum)))
			bad(w, "bad extended checksum of the RSDP", phys);
		xsdt = rsdp->xsdt;
		if (xsdt >> 32)
			bad(w, "XSDT above 4 GiB, RSDP", phys);
	}
	if (!(rsdp->rsdt | (uint32_t)xsdt))
		bad(w, "neither RSDT nor XSDT in the RSDP", phys);
	if (rsdp->rsdt)
		check_root(w, rsdp->rsdt, SIGNATURE_RSDT, 4);
	if ((uint32_t)xsdt)
		check_root(w, (uint32_t)xsdt, SIGNATURE_XSDT, 8);
}

/* Not one, or several. */
static int refuse_rsdps(struct walk *w, const struct loader_file *last, uint32_t offset)
{
	if (last)
		bad(w, "second RSDP", (uint32_t)ptr_to_phys(last->data + offset));
	else
		log("acpi: etc/table-loader leaves no RSDP in the F segment; no ACPI");
	return -EINVAL;
}

int acpi_check(const struct loader_plan *plan, struct table_loader_result *result)
{
	const struct loader_file *rsdp = NULL;
	/* A table may be in the RSDT and in the XSDT: twice the bytes there are. */
	struct walk w = { .plan = plan, .budget = 2 * plan->allocated };
	uint32_t found = 0, at = 0;

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
		return refuse_rsdps(&w, rsdp, at);
	check_rsdp(&w, rsdp, at);
	result->rsdp = (uint32_t)ptr_to_phys(rsdp->data + at);
	result->tables = w.tables;
	return w.bad ? -EINVAL : 0;
}
