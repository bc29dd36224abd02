/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/pnp.h: the Plug and Play installation check structure. Spec: Plug and Play BIOS 1.0A, 4.4.
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

#endif
