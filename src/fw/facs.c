/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/facs.c: see facs.h.
 */
#include "fw/facs.h"
#include <stddef.h>
#include "arch/phys.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "std/acpi.h"
#include "trace/log.h"

#define MIB		0x100000u
#define FSEG		0xf0000u
#define WAKING_END	0x100000u

static uint32_t ram_end;

/* The structure at phys, of at least least bytes, or NULL. */
static const uint8_t *at(uint32_t phys, uint32_t signature, uint32_t least)
{
	const uint8_t *table = phys_to_ptr(phys);
	uint32_t length;

	if (phys < MIB || phys >= ram_end || ram_end - phys < least)
		return NULL;
	length = get_le32(table + ACPI_FACS_LENGTH);	/* where every table has it */
	if (get_le32(table) != signature || length < least || length > ram_end - phys)
		return NULL;
	return table;
}

/* An address of 64 bits that is below 4 GiB; 0. */
static uint32_t low(const uint8_t *field)
{
	return get_le32(field + 4) ? 0 : get_le32(field);
}

/* A FADT among the entries of a root table, each of size bytes. */
static const uint8_t *fadt_of(const uint8_t *root, uint32_t size)
{
	const uint8_t *entry, *fadt = NULL;
	uint32_t left;

	if (!root)
		return NULL;
	entry = root + sizeof(struct acpi_header);
	left = get_le32(root + ACPI_FACS_LENGTH) - sizeof(struct acpi_header);
	for (; left >= size && !fadt; left -= size, entry += size)
		fadt = at(size == 8 ? low(entry) : get_le32(entry), ACPI_SIGNATURE_FADT, ACPI_FADT_SIZE_1);
	return fadt;
}

static const uint8_t *find_fadt(uint32_t phys)
{
	const struct acpi_rsdp *rsdp = phys_to_ptr(phys);
	const uint8_t *fadt = NULL;

	if (phys < FSEG || phys > MIB - sizeof(*rsdp) || checksum8(rsdp, ACPI_RSDP1_SIZE))
		return NULL;
	if (rsdp->revision >= 2)
		fadt = fadt_of(at(low((const uint8_t *)&rsdp->xsdt), ACPI_SIGNATURE_XSDT, sizeof(struct acpi_header)), 8);
	return fadt ? fadt : fadt_of(at(rsdp->rsdt, ACPI_SIGNATURE_RSDT, sizeof(struct acpi_header)), 4);
}

static const uint8_t *find_facs(const uint8_t *fadt)
{
	const uint8_t *facs = NULL;

	if (get_le32(fadt + ACPI_FACS_LENGTH) >= ACPI_FADT_X_FACS + 8)
		facs = at(low(fadt + ACPI_FADT_X_FACS), ACPI_SIGNATURE_FACS, ACPI_FACS_SIZE);
	return facs ? facs : at(get_le32(fadt + ACPI_FADT_FACS), ACPI_SIGNATURE_FACS, ACPI_FACS_SIZE);
}

int facs_read(uint32_t rsdp, uint32_t end, struct facs_vector *vector)
{
	const uint8_t *fadt, *facs;

	ram_end = end;
	fadt = find_fadt(rsdp);
	facs = fadt ? find_facs(fadt) : NULL;
	if (!facs) {
		log("resume: acpi: no way from the RSDP at 0x%x to a %s", rsdp, fadt ? "FACS" : "FADT");
		return -ENOENT;
	}
	vector->real = get_le32(facs + ACPI_FACS_WAKING);
	vector->flat = facs[ACPI_FACS_VERSION] ? get_le32(facs + ACPI_FACS_X_WAKING) : 0;
	if (facs[ACPI_FACS_VERSION] && get_le32(facs + ACPI_FACS_X_WAKING + 4)) {
		log("resume: acpi: the FACS's 64-bit vector is above 4 GiB, where nothing is without paging; not taken");
		vector->flat = 0;
	}
	if (vector->real >= WAKING_END) {
		log("resume: acpi: the FACS's vector 0x%x is not below 1 MiB; not taken", vector->real);
		vector->real = 0;
	}
	if (!vector->real && !vector->flat) {
		log("resume: acpi: the FACS at 0x%x has no waking vector", (uint32_t)ptr_to_phys(facs));
		return -EINVAL;
	}
	return 0;
}
