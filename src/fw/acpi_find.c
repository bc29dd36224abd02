/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi_find.c: see acpi_find.h.
 */
#include "fw/acpi_find.h"
#include <stddef.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "std/acpi.h"


const uint8_t *acpi_table_at(uint32_t phys, uint32_t signature, uint32_t least, uint32_t ram_end)
{
	const uint8_t *table = phys_to_ptr(phys);
	uint32_t length;

	if (phys < FSEG_BASE || phys >= ram_end || ram_end - phys < least)
		return NULL;
	length = get_le32(table + ACPI_FACS_LENGTH);	/* where every table has it */
	if (get_le32(table) != signature || length < least || length > ram_end - phys)
		return NULL;
	return table;
}

uint32_t acpi_low(const uint8_t *field)
{
	return get_le32(field + 4) ? 0 : get_le32(field);
}

/* A FADT among the entries of a root table, each of size bytes. */
static const uint8_t *fadt_of(const uint8_t *root, uint32_t size, uint32_t ram_end)
{
	const uint8_t *entry, *fadt = NULL;
	uint32_t left;

	if (!root)
		return NULL;
	entry = root + sizeof(struct acpi_header);
	left = get_le32(root + ACPI_FACS_LENGTH) - sizeof(struct acpi_header);
	for (; left >= size && !fadt; left -= size, entry += size)
		fadt = acpi_table_at(size == 8 ? acpi_low(entry) : get_le32(entry), ACPI_SIGNATURE_FADT, ACPI_FADT_SIZE_1,
				     ram_end);
	return fadt;
}

const uint8_t *acpi_find_fadt(uint32_t phys, uint32_t ram_end)
{
	const struct acpi_rsdp *rsdp = phys_to_ptr(phys);
	const uint8_t *fadt = NULL;

	if (phys < FSEG_BASE || phys > FSEG_END - sizeof(*rsdp) || checksum8(rsdp, ACPI_RSDP1_SIZE))
		return NULL;
	if (rsdp->revision >= 2)
		fadt = fadt_of(acpi_table_at(acpi_low((const uint8_t *)&rsdp->xsdt), ACPI_SIGNATURE_XSDT,
					     sizeof(struct acpi_header), ram_end), 8, ram_end);
	if (fadt)
		return fadt;
	return fadt_of(acpi_table_at(rsdp->rsdt, ACPI_SIGNATURE_RSDT, sizeof(struct acpi_header), ram_end), 4, ram_end);
}
