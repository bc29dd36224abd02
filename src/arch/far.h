/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/far.h: other segments than our own, for 16-bit code. gcc's named address space makes a far pointer a
 * type of its own: one used as a near pointer does not compile.
 */
#ifndef ARCH_FAR_H
#define ARCH_FAR_H

#include <stdint.h>

#define __far __seg_fs

static inline void set_fs(uint16_t segment)
{
	__asm__ volatile("movw %w0, %%fs" : : "rm"(segment) : "memory");
}

/* Open a segment; the pointer is good until the next far_open(). The entry has saved the caller's FS. */
static inline volatile __far void *far_open(uint16_t segment, uint16_t offset)
{
	set_fs(segment);
	return (volatile __far void *)(uintptr_t)offset;
}

#endif
