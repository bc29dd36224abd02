/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/e820.h: one row of the memory map as an OS is given it.
 * Spec: ACPI 6.5, section 15 (System Address Map Interfaces), tables 15.3 and 15.4.
 */
#ifndef STD_E820_H
#define STD_E820_H

#include <stdint.h>

#define E820_RAM	1
#define E820_RESERVED	2
#define E820_ACPI	3	/* reclaimable */
#define E820_NVS	4
#define E820_UNUSABLE	5

/* Others are passed on as they are: 7 persistent memory, 12 and what is above 0xf0000000 by agreement. */
#define E820_SOFT_RESERVED 0xefffffff	/* ordinary RAM kept for those who ask (EFI_MEMORY_SP, Linux) */

/* Native byte order, packed. */
struct e820_entry {
	uint64_t base;		/* bytes, physical */
	uint64_t length;	/* bytes */
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct e820_entry) == 20, "e820 entry is 20 bytes");

#endif
