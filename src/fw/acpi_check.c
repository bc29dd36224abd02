/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi_check.c: see acpi_check.h. Spec: ACPI 6.5, sections 5.2.5 to 5.2.11.
 */
#include "fw/acpi_check.h"
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
	const struct loader_file *files, *files_end;
	uint32_t budget;	/* bytes that tables may still have: no table is there twice */
	uint32_t tables;
};

static __attribute__((cold, noinline)) int bad(const char *what, uint32_t phys)
{
	log("acpi: %s at 0x%x; no ACPI", what, phys);
	return -EINVAL;
}

/* The file in high memory that holds size bytes at phys, or NULL. QEMU's tables are in the last. */
static inline const struct loader_file *file_at(const struct walk *w, uint32_t phys, uint32_t size)
{
	for (const struct loader_file *f = w->files_end; f-- > w->files;) {
		uint32_t offset = phys - f->base;	/* wraps below base, to more than any size */

		if (f->zone == LOADER_ZONE_HIGH && offset < f->item.size &&
		    size <= f->item.size - offset)
			return f;
	}
	return NULL;
}

/*
 * Has the script summed these bytes to 0, with the checksum at that offset of the file, and written
 * nothing there since? The search begins with the last step, as a walk does with the root tables,
 * which QEMU makes last.
 */
static inline bool summed_by_script(const struct loader_file *f, uint32_t start, uint32_t length,
				    uint32_t checksum)
{
	if (f->rewritten)
		return false;
	for (const struct loader_step *s = f->sums; s; s = s->sum.previous)
		if (s->sum.start == start && s->sum.length == length && s->offset == checksum)
			return true;
	return false;
}

/* A table with a header; signature 0: any. NULL, logged. */
static const struct acpi_header *table_at(struct walk *w, uint32_t phys, uint32_t signature)
{
	const struct loader_file *f = file_at(w, phys, sizeof(struct acpi_header));
	const struct acpi_header *h;
	uint32_t offset, length;

	if (!f) {
		bad("no table", phys);
		return NULL;
	}
	offset = phys - f->base;
	h = (const void *)(f->data + offset);
	if (signature && get_le32(h->signature) != signature) {
		bad("another table than expected", phys);
		return NULL;
	}
	length = h->length;
	if (length < sizeof(*h) || length > f->item.size - offset || length > w->budget) {
		bad("bad table length", phys);
		return NULL;
	}
	w->budget -= length;
	if (!summed_by_script(f, offset, length, offset + offsetof(struct acpi_header, checksum)) &&
	    checksum8(h, length)) {
		bad("bad checksum of the table", phys);
		return NULL;
	}
	return h;
}

static int check_facs(const struct walk *w, uint32_t phys)
{
	const struct loader_file *f = file_at(w, phys, ACPI_FACS_SIZE);
	const uint8_t *facs;
	uint32_t length;

	if (!f || phys % ACPI_FACS_SIZE)
		return bad("no FACS", phys);
	facs = f->data + (phys - f->base);
	length = get_le32(facs + ACPI_FACS_LENGTH);
	if (get_le32(facs) != SIGNATURE_FACS || length < ACPI_FACS_SIZE ||
	    length > f->item.size - (phys - f->base))
		return bad("bad FACS", phys);
	return 0;
}

/* h is a table with a good length and checksum. */
static int check_fadt(struct walk *w, const struct acpi_header *h, uint32_t phys)
{
	const uint8_t *fadt = (const uint8_t *)h;
	uint32_t facs, dsdt;
	uint64_t x_facs = 0, x_dsdt = 0;

	if (h->length < ACPI_FADT_SIZE_1)
		return bad("bad FADT length", phys);
	facs = get_le32(fadt + ACPI_FADT_FACS);
	dsdt = get_le32(fadt + ACPI_FADT_DSDT);
	if (h->length >= ACPI_FADT_X_FACS + 8)
		x_facs = get_le64(fadt + ACPI_FADT_X_FACS);
	if (h->length >= ACPI_FADT_X_DSDT + 8)
		x_dsdt = get_le64(fadt + ACPI_FADT_X_DSDT);

	if ((x_facs | x_dsdt) >> 32)
		return bad("FACS or DSDT above 4 GiB, FADT", phys);
	if (!dsdt && !x_dsdt)
		return bad("FADT without DSDT", phys);
	if (!facs && !x_facs && !(get_le32(fadt + ACPI_FADT_FLAGS) & ACPI_FADT_HW_REDUCED))
		return bad("FADT without FACS", phys);
	if (facs && check_facs(w, facs))
		return -EINVAL;
	if (x_facs && x_facs != facs && check_facs(w, x_facs))
		return -EINVAL;
	if (dsdt && !table_at(w, dsdt, SIGNATURE_DSDT))
		return -EINVAL;
	if (x_dsdt && x_dsdt != dsdt && !table_at(w, x_dsdt, SIGNATURE_DSDT))
		return -EINVAL;
	return 0;
}

/* RSDT or XSDT: entry_size is 4 or 8 bytes. */
static int check_root(struct walk *w, uint32_t phys, uint32_t signature, uint32_t entry_size)
{
	const struct acpi_header *root = table_at(w, phys, signature);
	const uint8_t *entry, *end;
	bool fadt = false;

	if (!root)
		return -EINVAL;
	entry = (const uint8_t *)(root + 1);
	end = (const uint8_t *)root + root->length;
	if ((end - entry) % entry_size)
		return bad("bad length of RSDT or XSDT", phys);
	w->tables = 0;
	for (; entry < end; entry += entry_size) {
		uint32_t at = get_le32(entry);
		const struct acpi_header *h;

		if (entry_size == 8 && get_le32(entry + 4))
			return bad("table above 4 GiB, XSDT", phys);
		h = table_at(w, at, 0);
		if (!h)
			return -EINVAL;
		w->tables++;
		if (get_le32(h->signature) != SIGNATURE_FADT)
			continue;
		if (fadt)
			return bad("second FADT", at);
		if (check_fadt(w, h, at))
			return -EINVAL;
		fadt = true;
	}
	return fadt ? 0 : bad("RSDT or XSDT without FADT", phys);
}

/* The RSDP is at offset of f. */
static int check_rsdp(struct walk *w, const struct loader_file *f, uint32_t offset)
{
	const struct acpi_rsdp *rsdp = (const void *)(f->data + offset);
	uint32_t size = f->item.size - offset, phys = f->base + offset;
	uint32_t rsdt;
	uint64_t xsdt = 0;

	if (!summed_by_script(f, offset, ACPI_RSDP1_SIZE,
			      offset + offsetof(struct acpi_rsdp, checksum)) &&
	    checksum8(rsdp, ACPI_RSDP1_SIZE))
		return bad("bad checksum of the RSDP", phys);
	rsdt = rsdp->rsdt;
	if (rsdp->revision >= 2) {
		if (size < sizeof(*rsdp) || rsdp->length < sizeof(*rsdp) || rsdp->length > size)
			return bad("bad length of the RSDP", phys);
		if (!summed_by_script(f, offset, rsdp->length,
				      offset + offsetof(struct acpi_rsdp, extended_checksum)) &&
		    checksum8(rsdp, rsdp->length))
			return bad("bad extended checksum of the RSDP", phys);
		xsdt = rsdp->xsdt;
	}
	if (xsdt >> 32)
		return bad("XSDT above 4 GiB, RSDP", phys);
	if (!rsdt && !xsdt)
		return bad("neither RSDT nor XSDT in the RSDP", phys);
	if (rsdt && check_root(w, rsdt, SIGNATURE_RSDT, 4))
		return -EINVAL;
	if (xsdt && check_root(w, xsdt, SIGNATURE_XSDT, 8))
		return -EINVAL;
	return 0;
}

/* The next place in a file that an OS takes for an RSDP, from offset on; the file's size: none. */
static inline uint32_t next_rsdp(const struct loader_file *f, uint32_t offset)
{
	/* An OS looks at every 16th address. */
	for (offset += -(f->base + offset) % 16; offset < f->item.size &&
	     f->item.size - offset >= ACPI_RSDP1_SIZE; offset += 16)
		if (get_le64(f->data + offset) == get_le64("RSD PTR "))
			return offset;
	return f->item.size;
}

int acpi_check(const struct loader_plan *plan, struct table_loader_result *result)
{
	const struct loader_file *f, *end = plan->file + plan->files, *found = NULL;
	struct walk w = { .files = plan->file, .files_end = end };
	uint32_t at = 0;

	for (f = w.files; f < end; f++) {
		uint32_t offset;

		/* A table may be in the RSDT and in the XSDT: twice the bytes there are. */
		if (f->zone != LOADER_ZONE_FSEG) {
			w.budget += 2 * f->item.size;
			continue;
		}
		offset = next_rsdp(f, 0);
		if (offset == f->item.size)
			continue;
		if (found || next_rsdp(f, offset + 16) != f->item.size)
			return bad("second RSDP", f->base + offset);
		found = f;
		at = offset;
	}
	if (!found) {
		log("acpi: etc/table-loader leaves no RSDP in the F segment; no ACPI");
		return -EINVAL;
	}
	result->rsdp = found->base + at;
	if (check_rsdp(&w, found, at))
		return -EINVAL;
	result->tables = w.tables;
	return 0;
}
