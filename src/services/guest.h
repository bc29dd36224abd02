/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/guest.h: memory that a real-mode caller names, from 32-bit code. What is the firmware's behaves
 * like ROM: it reads as it is, and a write to it is lost.
 */
#ifndef SERVICES_GUEST_H
#define SERVICES_GUEST_H

#include <stdint.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "dma/dma.h"
#include "std/bda.h"

/* Linear address of segment:offset. Above 1 MiB where the sum is: A20 is on. */
static inline uint32_t guest_linear(uint16_t segment, uint16_t offset)
{
	return ((uint32_t)segment << 4) + offset;
}

/* The same of a buffer that goes to dma_map(). */
static inline uint32_t guest_buffer(uint16_t segment, uint16_t offset)
{
	return guest_linear(segment, offset) + (real_call_remote ? DMA_REMOTE : 0);
}

/* The same of both in one, segment << 16 | offset, as vectors are. */
static inline uint32_t guest_linear_of(uint32_t far)
{
	return guest_linear((uint16_t)(far >> 16), (uint16_t)far);
}

/* The BIOS data area. */
static inline struct bda *guest_bda(void)
{
	return phys_to_ptr(BDA_SEGMENT << 4);
}

/* Where interrupt n leads: segment << 16 | offset. */
static inline uint32_t guest_vector(uint8_t n)
{
	return ((const uint32_t *)phys_to_ptr(0))[n];
}

static inline void guest_set_vector(uint8_t n, uint32_t to)
{
	((uint32_t *)phys_to_ptr(0))[n] = to;
}

/* Copy len bytes from or to the linear address linear; small structures. */
void guest_read(void *to, uint32_t linear, uint32_t len);
void guest_write(uint32_t linear, const void *from, uint32_t len);

/* The same for one word, which lies below all that is the firmware's mostly. */
void guest_write16_anywhere(uint32_t linear, uint16_t value);

static inline void guest_write16(uint32_t linear, uint16_t value)
{
	if (linear <= FW_RAM_BASE - sizeof(value))
		*(volatile uint16_t *)phys_to_ptr(linear) = value;
	else
		guest_write16_anywhere(linear, value);
}

#endif
