/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/phys.h: physical addresses below 4 GiB as pointers. In the firmware they are the same
 * number; a host build maps them into an array (tests/host/arch/phys.h), so code that touches
 * memory by address must come through here.
 */
#ifndef ARCH_PHYS_H
#define ARCH_PHYS_H

#include <stdint.h>

static inline void *phys_to_ptr(uint32_t phys)
{
	return (void *)phys;
}

/* The address a device uses to reach p. */
static inline uint64_t ptr_to_phys(const void *p)
{
	return (uint32_t)p;
}

#endif
