/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/far.h: src/arch/far.h for a host build: segments lie in the array of tests/fake/ram.c, and a far
 * pointer is a pointer.
 */
#ifndef ARCH_FAR_H
#define ARCH_FAR_H

#include <stdint.h>
#include "arch/phys.h"

#define __far

static inline volatile void *far_open(uint16_t segment, uint16_t offset)
{
	return phys_to_ptr(((uint32_t)segment << 4) + offset);
}

#endif
