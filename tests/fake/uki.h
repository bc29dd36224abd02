/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/uki.h: instead of a UKI: none is, until a test sets this. Bytes of the file are fake_uki_byte(), and go to fake RAM.
 */
#ifndef FAKE_UKI_H
#define FAKE_UKI_H

#include <stdbool.h>
#include "boot/kernel/uki.h"

struct fake_uki {
	bool is_one;				/* else uki_find() answers -ENOENT */
	struct uki_section part[UKI_PARTS];	/* .linux as it is when its setup part was taken */
	uint8_t setup[BZIMAGE_SETUP];		/* of the kernel inside */
	int find_rc, take_rc;			/* what is answered for one */
	uint32_t finds, loads, fail_at;		/* calls; the load that fails, from 1 */
	struct { uint32_t offset, size; uint64_t phys; } load[8];
};
extern struct fake_uki fake_uki;

static inline uint8_t fake_uki_byte(uint32_t offset)
{
	return (uint8_t)(offset * 5 + (offset >> 8) + 1);
}

#endif
