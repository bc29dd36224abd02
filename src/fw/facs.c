/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/facs.c: see facs.h.
 */
#include "fw/facs.h"
#include <stddef.h>
#include "arch/phys.h"
#include "fw/acpi_find.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "std/acpi.h"
#include "trace/log.h"

#define WAKING_END	0x100000u

static const uint8_t *find_facs(const uint8_t *fadt, uint32_t ram_end)
{
	const uint8_t *facs = NULL;

	if (get_le32(fadt + ACPI_FACS_LENGTH) >= ACPI_FADT_X_FACS + 8)
		facs = acpi_table_at(acpi_low(fadt + ACPI_FADT_X_FACS), ACPI_SIGNATURE_FACS, ACPI_FACS_SIZE, ram_end);
	return facs ? facs : acpi_table_at(get_le32(fadt + ACPI_FADT_FACS), ACPI_SIGNATURE_FACS, ACPI_FACS_SIZE, ram_end);
}

int facs_read(uint32_t rsdp, uint32_t ram_end, struct facs_vector *vector)
{
	const uint8_t *fadt = acpi_find_fadt(rsdp, ram_end), *facs = fadt ? find_facs(fadt, ram_end) : NULL;

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
