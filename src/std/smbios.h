/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/smbios.h: what the SMBIOS standard fixes: entry points and the structures the firmware
 * writes itself. Spec: DMTF DSP0134 3.6; section numbers are given in [brackets]. Everything is
 * little-endian; a string field holds the number of a string behind the structure, 0: none.
 */
#ifndef STD_SMBIOS_H
#define STD_SMBIOS_H

#include <stddef.h>
#include <stdint.h>

/* 2.1 (32-bit) entry point, on a 16-byte boundary in 0xf0000-0xfffff [5.2.1]. */
struct smbios_entry21 {
	char anchor[4];			/* "_SM_" */
	uint8_t checksum;		/* all length bytes sum to 0 */
	uint8_t length;			/* 0x1f; 0x1e by an error of version 2.1 of the standard */
	uint8_t major, minor;
	uint16_t max_structure;		/* bytes of the largest structure, with its strings */
	uint8_t revision;
	uint8_t formatted[5];
	char dmi_anchor[5];		/* "_DMI_" */
	uint8_t dmi_checksum;		/* bytes from dmi_anchor on sum to 0 */
	uint16_t table_length;		/* bytes */
	uint32_t table_address;		/* physical */
	uint16_t structures;
	uint8_t bcd_revision;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_entry21) == 0x1f, "SMBIOS 2.1 entry point is 31 bytes");
_Static_assert(offsetof(struct smbios_entry21, dmi_anchor) == 0x10, "_DMI_ is at 16");
_Static_assert(offsetof(struct smbios_entry21, table_address) == 0x18, "table address is at 24");

/* 3.0 (64-bit) entry point, in the same place [5.2.2]. */
struct smbios_entry30 {
	char anchor[5];			/* "_SM3_" */
	uint8_t checksum;		/* all length bytes sum to 0 */
	uint8_t length;			/* 0x18 */
	uint8_t major, minor, docrev;
	uint8_t revision;		/* 1 */
	uint8_t reserved;
	uint32_t table_max_size;	/* bytes, an upper bound */
	uint64_t table_address;		/* physical */
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_entry30) == 0x18, "SMBIOS 3.0 entry point is 24 bytes");
_Static_assert(offsetof(struct smbios_entry30, table_address) == 0x10, "table address is at 16");

/*
 * Every structure begins with this; length bytes of fixed fields are followed by its strings,
 * each with a NUL, and one more NUL (two when there is no string) [6.1].
 */
struct smbios_header {
	uint8_t type;
	uint8_t length;
	uint16_t handle;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_header) == 4, "SMBIOS structure header is 4 bytes");

#define SMBIOS_BIOS		0
#define SMBIOS_SYSTEM		1
#define SMBIOS_CHASSIS		3
#define SMBIOS_PROCESSOR	4
#define SMBIOS_MEMORY_ARRAY	16
#define SMBIOS_MEMORY_DEVICE	17
#define SMBIOS_ARRAY_MAPPED	19
#define SMBIOS_DEVICE_MAPPED	20
#define SMBIOS_BOOT		32
#define SMBIOS_END		127
#define SMBIOS_END_BYTES	6	/* of a type 127: header and two NULs */

/* Handles 0xff00 and up are reserved [6.1.2]. */
#define SMBIOS_HANDLE_LIMIT	0xff00
#define SMBIOS_NO_HANDLE	0xffff	/* there is none */
#define SMBIOS_UNKNOWN_HANDLE	0xfffe	/* no information */

/* Type 0, version 2.4 [7.1]. */
struct smbios_bios {
	struct smbios_header header;
	uint8_t vendor_str;
	uint8_t version_str;
	uint16_t start_segment;		/* real-mode segment: run-time size is up to 0xfffff */
	uint8_t date_str;		/* mm/dd/yyyy */
	uint8_t rom_size;		/* 64 KiB x (n + 1) */
	uint8_t characteristics[8];	/* bitmap */
	uint8_t extension[2];
	uint8_t major, minor;		/* release; 0xff, 0xff: not given */
	uint8_t ec_major, ec_minor;	/* 0xff: there is no embedded controller */
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_bios) == 0x18, "SMBIOS type 0 of 2.4 is 24 bytes");
_Static_assert(offsetof(struct smbios_bios, characteristics) == 0x0a, "characteristics are at 10");

#define SMBIOS_BIOS_PCI			(1u << 7)
#define SMBIOS_BIOS_SHADOWING		(1u << 12)
#define SMBIOS_BIOS_EXT0_ACPI		(1u << 0)
#define SMBIOS_BIOS_EXT1_TARGETED	(1u << 2)	/* targeted content distribution */
#define SMBIOS_BIOS_EXT1_VIRTUAL	(1u << 4)	/* the system is a virtual machine */

/* Type 1, version 2.4 [7.2]. */
struct smbios_system {
	struct smbios_header header;
	uint8_t manufacturer_str, product_str, version_str, serial_str;
	uint8_t uuid[16];		/* before version 2.6 in text order; all 0: not set */
	uint8_t wake_up;		/* 6: power switch */
	uint8_t sku_str, family_str;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_system) == 0x1b, "SMBIOS type 1 of 2.4 is 27 bytes");
_Static_assert(offsetof(struct smbios_system, uuid) == 8, "UUID is at 8");

/* Type 3, version 2.3 without the count of contained elements [7.4]. */
struct smbios_chassis {
	struct smbios_header header;
	uint8_t manufacturer_str;
	uint8_t type;			/* 1: other */
	uint8_t version_str, serial_str, asset_str;
	uint8_t boot_state, power_state, thermal_state;	/* 3: safe */
	uint8_t security;		/* 2: unknown */
	uint32_t oem;
	uint8_t height, power_cords, elements;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_chassis) == 0x14, "SMBIOS type 3 is 20 bytes");

/* Type 4, version 2.0 with the cache handles of 2.1 [7.5]. */
struct smbios_processor {
	struct smbios_header header;
	uint8_t socket_str;
	uint8_t type;			/* 3: central processor */
	uint8_t family;			/* 1: other */
	uint8_t manufacturer_str;
	uint32_t id[2];			/* CPUID leaf 1: EAX, EDX */
	uint8_t version_str;
	uint8_t voltage;
	uint16_t external_clock;	/* MHz, 0: unknown */
	uint16_t max_speed, current_speed;	/* MHz */
	uint8_t status;			/* bit 6 populated, bits 2..0: 1 enabled */
	uint8_t upgrade;		/* 1: other */
	uint16_t cache[3];		/* handles of L1, L2, L3 */
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_processor) == 0x20, "SMBIOS type 4 of 2.1 is 32 bytes");

/* Type 16, version 2.1 [7.17]. */
struct smbios_memory_array {
	struct smbios_header header;
	uint8_t location;		/* 1: other */
	uint8_t use;			/* 3: system memory */
	uint8_t error_correction;	/* 6: multi-bit */
	uint32_t max_capacity_kib;	/* 0x80000000: more than fits */
	uint16_t error_handle;
	uint16_t devices;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_memory_array) == 0x0f, "SMBIOS type 16 is 15 bytes");

/* Type 17, version 2.1 [7.18]. */
struct smbios_memory_device {
	struct smbios_header header;
	uint16_t array_handle, error_handle;
	uint16_t total_width, data_width;	/* bits */
	uint16_t size_mib;
	uint8_t form_factor;		/* 9: DIMM */
	uint8_t set;
	uint8_t locator_str, bank_str;
	uint8_t type;			/* 7: RAM */
	uint16_t type_detail;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_memory_device) == 0x15, "SMBIOS type 17 of 2.1 is 21 bytes");

/* Type 19, version 2.1 [7.20]. */
struct smbios_array_mapped {
	struct smbios_header header;
	uint32_t start_kib, end_kib;	/* last KiB, inclusive */
	uint16_t array_handle;
	uint8_t partition_width;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_array_mapped) == 0x0f, "SMBIOS type 19 is 15 bytes");

/* Type 20, version 2.1 [7.21]. */
struct smbios_device_mapped {
	struct smbios_header header;
	uint32_t start_kib, end_kib;	/* last KiB, inclusive */
	uint16_t device_handle, mapped_handle;
	uint8_t row, interleave, interleave_depth;
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_device_mapped) == 0x13, "SMBIOS type 20 is 19 bytes");

/* Type 32 [7.33]. */
struct smbios_boot {
	struct smbios_header header;
	uint8_t reserved[6];
	uint8_t status;			/* 0: no errors */
} __attribute__((packed));
_Static_assert(sizeof(struct smbios_boot) == 0x0b, "SMBIOS type 32 is 11 bytes");

#endif
