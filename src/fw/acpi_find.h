/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/acpi_find.h: the way from the RSDP to a table, as an OS takes it. Whoever has had the memory meanwhile may have changed
 * each of them, so each is looked at before it is believed: within RAM, its signature, its length.
 * Spec: ACPI 6.5, 5.2.
 */
#ifndef FW_ACPI_FIND_H
#define FW_ACPI_FIND_H

#include <stdint.h>

/*
 * The table at the physical address phys, if it lies in the F segment or in RAM up to ram_end, has that signature, and is least bytes
 * long or more. NULL: it does not.
 */
const uint8_t *acpi_table_at(uint32_t phys, uint32_t signature, uint32_t least, uint32_t ram_end);

/* An address of 64 bits in a table that is below 4 GiB; else 0. */
uint32_t acpi_low(const uint8_t *field);

/* The FADT, ACPI_FADT_SIZE_1 bytes or more. rsdp: physical address, 0: there is none. NULL: there is no way to it. */
const uint8_t *acpi_find_fadt(uint32_t rsdp, uint32_t ram_end);

#endif
