/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/descriptor.h: a segment descriptor, and what LGDT and LIDT load. Spec: Intel SDM volume 3, 3.4.5 and 3.5.1.
 */
#ifndef STD_DESCRIPTOR_H
#define STD_DESCRIPTOR_H

#include <stdint.h>

struct descriptor {
	uint16_t limit;		/* bits 0-15, bytes but one */
	uint8_t base[3];	/* bits 0-23 */
	uint8_t access;
	uint8_t flags;		/* and bits 16-19 of the limit */
	uint8_t base_high;
} __attribute__((packed));
_Static_assert(sizeof(struct descriptor) == 8, "a descriptor is 8 bytes");

#define DESCRIPTOR_ACCESSED	0x01
#define DESCRIPTOR_WRITABLE	0x02	/* code: readable */
#define DESCRIPTOR_SEGMENT	0x10	/* not a gate or a task */
#define DESCRIPTOR_CODE		0x18
#define DESCRIPTOR_PRESENT	0x80

static inline uint32_t descriptor_base(const struct descriptor *d)
{
	return d->base[0] | (uint32_t)d->base[1] << 8 | (uint32_t)d->base[2] << 16 | (uint32_t)d->base_high << 24;
}

struct descriptor_table {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

#endif
