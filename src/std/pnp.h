/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/pnp.h: the Plug and Play installation check structure, and what an option ROM says of itself.
 * Spec: Plug and Play BIOS 1.0A, 4.4 and 3.2; BIOS Boot Specification 1.01, 3.3.
 */
#ifndef STD_PNP_H
#define STD_PNP_H

#include <stddef.h>
#include <stdint.h>

#define PNP_VERSION	0x10	/* 1.0 */

/* On a 16-byte boundary in F0000-FFFFF; little-endian. */
struct pnp_structure {
	char signature[4];		/* "$PnP" */
	uint8_t version, bytes;
	uint16_t control;		/* 0: no events */
	uint8_t checksum;		/* all bytes sum to 0 */
	uint32_t event_flag;
	uint16_t real_offset, real_segment;
	uint16_t protected_offset;	/* 16-bit protected mode */
	uint32_t protected_base;
	uint32_t oem_id;		/* 0: none */
	uint16_t real_data_segment;
	uint32_t protected_data_base;
} __attribute__((packed));
_Static_assert(sizeof(struct pnp_structure) == 33, "Plug and Play structure is 33 bytes");
_Static_assert(offsetof(struct pnp_structure, protected_offset) == 17, "protected-mode offset is at 17");

#define PNP_SIGNATURE		0x506e5024u	/* "$PnP" */
#define PNP_HEADER_UNIT		16u		/* bytes; lengths of expansion headers count in it */

/*
 * Expansion header of an option ROM. All kinds of them begin with the fields up to the checksum. Offsets are from the
 * start of the ROM; 0: there is none.
 */
struct pnp_header {
	uint32_t signature;
	uint8_t revision, units;
	uint16_t next;			/* offset of the next header */
	uint8_t reserved;
	uint8_t checksum;		/* all bytes sum to 0 */
	uint32_t device;		/* as EISA names them */
	uint16_t manufacturer, product;	/* offsets of strings that end with 0 */
	uint8_t type[3];		/* base, sub, interface */
	uint8_t indicators;
	uint16_t bcv;			/* hooks INT 13h, 10h or 9 for its device: boot connection */
	uint16_t disconnect;		/* takes that back */
	uint16_t bev;			/* boots: bootstrap entry */
	uint16_t reserved2;
	uint16_t resources;		/* tells what a device without Plug and Play uses */
} __attribute__((packed));
_Static_assert(sizeof(struct pnp_header) == 32, "Plug and Play expansion header is 32 bytes");
_Static_assert(offsetof(struct pnp_header, checksum) == 9, "the checksum is at 9");
_Static_assert(offsetof(struct pnp_header, product) == 0x10, "the product's name is at 10h");
_Static_assert(offsetof(struct pnp_header, bcv) == 0x16, "the boot connection is at 16h");
_Static_assert(offsetof(struct pnp_header, resources) == 0x1e, "resources are at 1Eh");

/* Indicators. */
#define PNP_DISPLAY		0x01
#define PNP_INPUT		0x02
#define PNP_IPL			0x04	/* can be booted from */
#define PNP_IF_SELECTED		0x10	/* needed only if its device is booted from */
#define PNP_CACHEABLE		0x20
#define PNP_SHADOWABLE		0x40
#define PNP_DDIM		0x80	/* initialises by the device driver model */

#endif
