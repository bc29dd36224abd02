/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/fpdt.h: the Firmware Performance Data Table and what it points to. Little-endian.
 * Spec: ACPI 6.5, 5.2.24; times are nanoseconds from reset.
 */
#ifndef STD_FPDT_H
#define STD_FPDT_H

#include <stddef.h>
#include <stdint.h>
#include "std/acpi.h"

#define FPDT_BOOT_POINTER	0	/* record type: pointer to the basic boot record's table */
#define FPDT_BOOT_POINTER_SIZE	16
#define FBPT_BASIC_BOOT		2	/* record type */

/* The table, with its one record [5.2.24.3]. */
struct acpi_fpdt {
	struct acpi_header header;
	uint16_t type;
	uint8_t record_length;
	uint8_t record_revision;
	uint32_t reserved;
	uint64_t fbpt;			/* physical address; reserved memory */
} __attribute__((packed));
_Static_assert(sizeof(struct acpi_fpdt) == 52, "an FPDT with one record is 52 bytes");

/* Firmware basic boot performance record [5.2.24.6]. */
struct acpi_fbpt_boot {
	uint16_t type;
	uint8_t length;
	uint8_t revision;
	uint32_t reserved;
	uint64_t reset_end;		/* firmware begins */
	uint64_t loader_load;		/* before the OS loader is loaded */
	uint64_t loader_start;		/* before it is started; without UEFI: before INT 19h */
	uint64_t exit_entry;		/* ExitBootServices called */
	uint64_t exit_exit;		/* and left */
} __attribute__((packed));
_Static_assert(sizeof(struct acpi_fbpt_boot) == 48, "the record is 48 bytes");

/* What the FPDT points to [5.2.24.5]. No checksum. */
struct acpi_fbpt {
	char signature[4];		/* "FBPT" */
	uint32_t length;
	struct acpi_fbpt_boot boot;
} __attribute__((packed));
_Static_assert(sizeof(struct acpi_fbpt) == 56, "the FBPT is 56 bytes");

#endif
