/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/mp.h: Intel MultiProcessor Specification 1.4; section numbers are given in [brackets].
 * Everything is little-endian.
 */
#ifndef STD_MP_H
#define STD_MP_H

#include <stddef.h>
#include <stdint.h>

/* MP floating pointer, on a 16-byte boundary in the F segment [4.1]. */
struct mp_pointer {
	char signature[4];		/* "_MP_" */
	uint32_t table;			/* physical address of the configuration table */
	uint8_t length;			/* in 16 bytes: 1 */
	uint8_t revision;		/* 4: version 1.4 */
	uint8_t checksum;		/* all bytes sum to 0 */
	uint8_t default_config;		/* 0: there is a table */
	uint8_t features;		/* bit 7: IMCR present; 0: virtual wire mode */
	uint8_t reserved[3];
} __attribute__((packed));
_Static_assert(sizeof(struct mp_pointer) == 16, "MP floating pointer is 16 bytes");

/* Configuration table header; the entries follow, sorted by type [4.2]. */
struct mp_header {
	char signature[4];		/* "PCMP" */
	uint16_t length;		/* bytes, header and entries */
	uint8_t revision;
	uint8_t checksum;		/* all length bytes sum to 0 */
	char oem[8];			/* padded with blanks */
	char product[12];
	uint32_t oem_table;
	uint16_t oem_table_length;
	uint16_t entries;
	uint32_t local_apic;		/* physical address */
	uint16_t extended_length;
	uint8_t extended_checksum;
	uint8_t reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct mp_header) == 44, "MP table header is 44 bytes");
_Static_assert(offsetof(struct mp_header, local_apic) == 36, "local APIC address is at 36");

#define MP_PROCESSOR	0
#define MP_BUS		1
#define MP_IOAPIC	2
#define MP_INTERRUPT	3
#define MP_LOCAL	4

/* [4.3.1] */
struct mp_processor {
	uint8_t type;
	uint8_t apic_id;
	uint8_t apic_version;
	uint8_t flags;
	uint32_t signature;		/* CPUID leaf 1 EAX: stepping, model, family */
	uint32_t features;		/* CPUID leaf 1 EDX */
	uint32_t reserved[2];
} __attribute__((packed));
_Static_assert(sizeof(struct mp_processor) == 20, "MP processor entry is 20 bytes");

#define MP_PROCESSOR_ENABLED	0x01
#define MP_PROCESSOR_BOOT	0x02

/* [4.3.2] */
struct mp_bus {
	uint8_t type;
	uint8_t id;
	char name[6];			/* padded with blanks */
} __attribute__((packed));
_Static_assert(sizeof(struct mp_bus) == 8, "MP bus entry is 8 bytes");

/* [4.3.3] */
struct mp_ioapic {
	uint8_t type;
	uint8_t id;
	uint8_t version;
	uint8_t flags;
	uint32_t address;
} __attribute__((packed));
_Static_assert(sizeof(struct mp_ioapic) == 8, "MP I/O APIC entry is 8 bytes");

#define MP_IOAPIC_ENABLED	0x01

/* I/O interrupt assignment [4.3.4] and local interrupt assignment [4.3.5]. */
struct mp_interrupt {
	uint8_t type;			/* MP_INTERRUPT or MP_LOCAL */
	uint8_t kind;
	uint16_t flags;
	union {
		struct {
			uint8_t bus;
			uint8_t source;	/* ISA: IRQ; PCI: device << 2 | pin, INTA is 0 */
			uint8_t apic;	/* destination APIC id, 0xff: all */
			uint8_t pin;	/* INTIN or LINTIN */
		};
		uint32_t way;		/* all four */
	};
} __attribute__((packed));
_Static_assert(sizeof(struct mp_interrupt) == 8, "MP interrupt entry is 8 bytes");

#define MP_WAY(bus, source, apic, pin) \
	((uint32_t)(pin) << 24 | (uint32_t)(apic) << 16 | (uint32_t)(source) << 8 | (bus))

#define MP_KIND_INT	0
#define MP_KIND_NMI	1
#define MP_KIND_EXTINT	3

#define MP_FLAGS_BUS		0x0000	/* polarity and trigger mode as the bus has it */
#define MP_FLAGS_LEVEL_HIGH	0x000d	/* level-triggered, active high */

#define MP_APIC_ALL	0xff

#endif
