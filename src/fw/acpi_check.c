/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi_check.c: see acpi_check.h. Spec: ACPI 6.5, sections 5.2.5 to 5.2.11.
 *
 * The walk goes on when something is wrong, past what leads nowhere, and only its first fault is told.
 */
#include "fw/acpi_check.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "std/acpi.h"

#define SIGNATURE_DSDT ACPI_SIGNATURE('D', 'S', 'D', 'T')

/* The walk; there is one at a time. */
static struct {
	const struct loader_script *script;
	uint32_t budget;	/* bytes that tables may still have: no table is there twice */
	uint32_t tables;	/* in the last root table */
	uint32_t fadts;		/* of them */
	uint32_t bad;		/* 1: something is wrong */
} walk;

/* What a pointer may point to. */
struct kind {
	uint32_t signature;
	uint32_t known;		/* mask of the bits of the signature that are */
	uint32_t min;		/* bytes */
	uint32_t alignment;	/* mask of what the standard wants at 0 */
	uint32_t summed;	/* mask of the length: all of it has a checksum, or nothing */
	uint32_t entry;		/* bytes of the pointers that it consists of, 0: of something else */
	uint32_t high;		/* mask of what must be 0 in the last four bytes of such a pointer */
};
static const struct kind any  = { 0, 0, sizeof(struct acpi_header), 0, ~0u, 0, 0 };
static const struct kind rsdt = { ACPI_SIGNATURE_RSDT, ~0u, sizeof(struct acpi_header), 0, ~0u, 4, 0 };
static const struct kind xsdt = { ACPI_SIGNATURE_XSDT, ~0u, sizeof(struct acpi_header), 0, ~0u, 8, ~0u };
static const struct kind dsdt = { SIGNATURE_DSDT, ~0u, sizeof(struct acpi_header), 0, ~0u, 0, 0 };
static const struct kind facs = { ACPI_SIGNATURE_FACS, ~0u, ACPI_FACS_SIZE, 63, 0, 0, 0 };

/* Two pointers of which one is enough: of 32 bits, and of 64 in structures that are long enough for it. */
struct pair {
	const struct kind *kind, *x_kind;
	uint32_t at, x_at;	/* offsets */
	uint32_t not_needed;	/* bit of the FADT's flags */
};
static const struct pair rsdp_pair = {
	&rsdt, &xsdt, offsetof(struct acpi_rsdp, rsdt), offsetof(struct acpi_rsdp, xsdt), 0,
};
static const struct pair fadt_pairs[] = {
	{ &facs, &facs, ACPI_FADT_FACS, ACPI_FADT_X_FACS, ACPI_FADT_HW_REDUCED },
	{ &dsdt, &dsdt, ACPI_FADT_DSDT, ACPI_FADT_X_DSDT, 0 },
};

static void bad(const char *what, uint32_t phys)
{
	if (!walk.bad)
		log("acpi: %s at 0x%x; no ACPI", what, phys);
	walk.bad = 1;
}

/*
 * Only a FACS has its place, and no checksum. Nobody looks for it, so every OS lives with less than the standard's
 * 64 bytes; but it holds a lock.
 */
static void tell_contents(uint32_t phys, uint32_t misplaced)
{
	if (!misplaced)
		bad("bad checksum of the table", phys);
	else if (phys % 8)
		bad("FACS that is not even on 8 bytes", phys);
	else
		log("acpi: FACS at 0x%x: is not on 64 bytes; left there", phys);
}

static void check_entries(const struct acpi_header *h, const struct kind *kind);
static void check_fadt(const struct acpi_header *h);

/* The table at phys must be complete and have its checksum, and so must be what it points to. */
static void check_table(uint32_t phys, const struct kind *kind)
{
	const struct loader_file *f = walk.script->file_end;
	const struct acpi_header *h;
	uint32_t offset, room, another, misplaced;

	do {		/* QEMU's tables are in the last file */
		if (f-- == walk.script->file) {
			bad("no table", phys);
			return;
		}
		offset = phys - (uint32_t)ptr_to_phys(f->data);	/* wraps below, to more than any size */
	} while (offset >= f->item.size);
	room = f->item.size - offset;
	if ((room < kind->min) | (f->zone ^ LOADER_ZONE_HIGH)) {
		bad("no table", phys);
		return;
	}
	h = (const void *)(f->data + offset);
	another = (get_le32(h->signature) ^ kind->signature) & kind->known;
	/* A length below the least wraps, to more than any room. */
	if (another | (h->length - kind->min > room - kind->min) | (h->length > walk.budget)) {
		bad(another ? "another table than expected" : "bad table length", phys);
		return;
	}
	walk.budget -= h->length;
	misplaced = phys & kind->alignment;
	if (checksum8(h, h->length & kind->summed) | misplaced)
		tell_contents(phys, misplaced);
	if (kind->entry)
		check_entries(h, kind);
	else if (get_le32(h->signature) == ACPI_SIGNATURE_FADT)
		check_fadt(h);
}

/* The pair in the length bytes of a structure. Returns 0 if neither leads anywhere. */
static uint32_t check_pair(const uint8_t *structure, uint32_t length, const struct pair *pair)
{
	uint32_t phys = get_le32(structure + pair->at), x_phys = 0;

	if (length >= pair->x_at + 8) {
		x_phys = get_le32(structure + pair->x_at);
		if (get_le32(structure + pair->x_at + 4))
			bad(pair == &rsdp_pair ? "address above 4 GiB in the RSDP" : "address above 4 GiB in the FADT",
			    (uint32_t)ptr_to_phys(structure));
	}
	if (phys)
		check_table(phys, pair->kind);
	if ((x_phys != 0) & ((x_phys != phys) | (pair->x_kind != pair->kind)))
		check_table(x_phys, pair->x_kind);
	return phys | x_phys;
}

/* Only a FADT has this signature: what must have another, has it. */
static void check_fadt(const struct acpi_header *h)
{
	const uint8_t *fadt = (const uint8_t *)h;

	walk.fadts++;
	if (h->length < ACPI_FADT_SIZE_1) {
		bad("bad FADT length", (uint32_t)ptr_to_phys(h));
		return;
	}
	for (const struct pair *p = fadt_pairs; p < fadt_pairs + ARRAY_SIZE(fadt_pairs); p++)
		if (!(check_pair(fadt, h->length, p) | (get_le32(fadt + ACPI_FADT_FLAGS) & p->not_needed)))
			bad("FADT without FACS or DSDT", (uint32_t)ptr_to_phys(h));
}

/* An OS uses the first or the last of several FADTs; without one there is no ACPI. */
static void tell_root(uint32_t phys, uint32_t left)
{
	if (!walk.fadts)
		bad("RSDT or XSDT without FADT", phys);
	if (walk.bad)		/* the entries were left where that was found */
		return;
	if (walk.fadts > 1)
		log("acpi: RSDT or XSDT at 0x%x: has %u FADTs; left so", phys, walk.fadts);
	if (left)
		log("acpi: RSDT or XSDT at 0x%x: not whole entries, %u bytes remain; ignored", phys, left);
}

/* A root table's pointers. */
static void check_entries(const struct acpi_header *h, const struct kind *kind)
{
	uint32_t size = kind->entry;
	const uint8_t *entry = (const uint8_t *)(h + 1);
	uint32_t left = h->length - sizeof(*h);

	walk.tables = walk.fadts = 0;
	for (; !((left < size) | walk.bad); left -= size, entry += size) {
		if (get_le32(entry + size - 4) & kind->high)
			bad("table above 4 GiB, XSDT", (uint32_t)ptr_to_phys(h));
		walk.tables++;
		check_table(get_le32(entry), &any);
	}
	if (left | (walk.fadts != 1))
		tell_root((uint32_t)ptr_to_phys(h), left);
}

/* It has size bytes, as many as its first form at least. */
static void check_rsdp(const struct acpi_rsdp *rsdp, uint32_t size)
{
	uint32_t length = ACPI_RSDP1_SIZE, phys = (uint32_t)ptr_to_phys(rsdp);

	if (rsdp->revision >= 2) {
		if (size < sizeof(*rsdp) || rsdp->length - sizeof(*rsdp) > size - sizeof(*rsdp)) {
			bad("bad length of the RSDP", phys);
			return;
		}
		length = rsdp->length;
	}
	if (checksum8(rsdp, ACPI_RSDP1_SIZE) | checksum8(rsdp, length))
		bad(checksum8(rsdp, ACPI_RSDP1_SIZE) ? "bad checksum of the RSDP" : "bad extended checksum of the RSDP",
		    phys);
	if (!check_pair((const uint8_t *)rsdp, length, &rsdp_pair))
		bad("neither RSDT nor XSDT in the RSDP", phys);
}

/* Not one, or several. */
static int refuse_rsdps(const struct acpi_rsdp *last)
{
	if (last)
		bad("second RSDP", (uint32_t)ptr_to_phys(last));
	else
		log("acpi: etc/table-loader leaves no RSDP in the F segment; no ACPI");
	return -EINVAL;
}

int acpi_check(const struct loader_script *script, struct table_loader_result *result)
{
	const struct acpi_rsdp *rsdp = NULL;
	uint32_t size = 0, found = 0;

	walk.script = script;
	/* A table may be in the RSDT and in the XSDT: twice the bytes there are. */
	walk.budget = 2 * script->allocated;
	walk.bad = 0;
	for (const struct loader_file *f = script->file; f < script->file_end; f++) {
		/* An OS looks at every 16th address. */
		uint32_t phys = (uint32_t)ptr_to_phys(f->data), offset = -phys % 16;
		uint32_t room = f->item.size & -(phys < FSEG_END);	/* 0: in high memory */

		for (; offset + ACPI_RSDP1_SIZE <= room; offset += 16) {
			if ((get_le32(f->data + offset) ^ get_le32("RSD ")) |
			    (get_le32(f->data + offset + 4) ^ get_le32("PTR ")))
				continue;
			rsdp = (const void *)(f->data + offset);
			size = room - offset;
			found++;
		}
	}
	if (found != 1)
		return refuse_rsdps(rsdp);
	check_rsdp(rsdp, size);
	result->rsdp = (uint32_t)ptr_to_phys(rsdp);
	result->tables = walk.tables;
	return walk.bad ? -EINVAL : 0;
}
