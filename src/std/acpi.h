/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/acpi.h: the ACPI structures the firmware looks into. Little-endian, unaligned.
 * Spec: ACPI 6.5, sections given beside each.
 */
#ifndef STD_ACPI_H
#define STD_ACPI_H

#include <stddef.h>
#include <stdint.h>

/* A table's signature as the first four bytes of it read as a number. */
#define ACPI_SIGNATURE(a, b, c, d) ((uint32_t)(a) | (b) << 8 | (c) << 16 | (uint32_t)(d) << 24)

/* Root System Description Pointer [5.2.5.3]: on a 16-byte boundary in 0xe0000-0xfffff. */
struct acpi_rsdp {
	char signature[8];	/* "RSD PTR " */
	uint8_t checksum;	/* the first ACPI_RSDP1_SIZE bytes */
	char oem_id[6];
	uint8_t revision;	/* 0: ACPI 1.0, the first ACPI_RSDP1_SIZE bytes only; else 2 */
	uint32_t rsdt;		/* physical address, 0: none */
	uint32_t length;	/* bytes, this structure */
	uint64_t xsdt;		/* physical address, 0: none */
	uint8_t extended_checksum;	/* length bytes */
	uint8_t reserved[3];
} __attribute__((packed));
_Static_assert(sizeof(struct acpi_rsdp) == 36, "the RSDP is 36 bytes");
_Static_assert(offsetof(struct acpi_rsdp, xsdt) == 24, "XsdtAddress is at 24");
#define ACPI_RSDP1_SIZE 20

/* Head of every table but the FACS [5.2.6]. */
struct acpi_header {
	char signature[4];
	uint32_t length;	/* bytes, with this header */
	uint8_t revision;
	uint8_t checksum;	/* length bytes add up to 0 */
	char oem_id[6];
	char oem_table_id[8];
	uint32_t oem_revision;
	char creator_id[4];
	uint32_t creator_revision;
} __attribute__((packed));
_Static_assert(sizeof(struct acpi_header) == 36, "a table header is 36 bytes");
_Static_assert(offsetof(struct acpi_header, checksum) == 9, "Checksum is at 9");

/* Fixed ACPI Description Table [5.2.9], offsets in bytes. */
#define ACPI_FADT_FACS		36	/* u32 physical address */
#define ACPI_FADT_DSDT		40	/* u32 */
#define ACPI_FADT_FLAGS		112	/* u32 */
#define ACPI_FADT_X_FACS	132	/* u64, 0: use the 32-bit field */
#define ACPI_FADT_X_DSDT	140	/* u64 */
#define ACPI_FADT_SIZE_1	116	/* ACPI 1.0 */
#define ACPI_FADT_HW_REDUCED	(1u << 20)	/* in the flags: no FACS needed */

/* Firmware ACPI Control Structure [5.2.10]: on a 64-byte boundary, writable, no checksum. */
#define ACPI_FACS_LENGTH	4	/* u32 */
#define ACPI_FACS_WAKING	12	/* u32 physical address below 1 MiB, real mode; 0: none */
#define ACPI_FACS_X_WAKING	24	/* u64 physical address, flat protected mode without paging; 0: use the other */
#define ACPI_FACS_VERSION	32	/* u8, from 1 on the field above is there */
#define ACPI_FACS_SIZE		64

#define ACPI_SIGNATURE_RSDT	ACPI_SIGNATURE('R', 'S', 'D', 'T')
#define ACPI_SIGNATURE_XSDT	ACPI_SIGNATURE('X', 'S', 'D', 'T')
#define ACPI_SIGNATURE_FADT	ACPI_SIGNATURE('F', 'A', 'C', 'P')
#define ACPI_SIGNATURE_DSDT	ACPI_SIGNATURE('D', 'S', 'D', 'T')
#define ACPI_SIGNATURE_FACS	ACPI_SIGNATURE('F', 'A', 'C', 'S')

#endif
