/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/segment.h: memory of other segments: the screen's, callers' buffers, vectors. By ES,
 * which is nobody's (rom.h).
 * Offsets wrap at 64 KiB as for any 16-bit program.
 */
#ifndef VGA_SEGMENT_H
#define VGA_SEGMENT_H

#include <stdint.h>

struct far { uint16_t offset, segment; };

/* As a double word has it, in memory and in a register. */
union far_dword { uint32_t dword; struct far far; };

/* Of its halves. gcc would clear the upper ones of both, shift and or. */
static inline struct far far_at(uint16_t segment, uint16_t offset)
{
	union far_dword at = { offset };

	if (!__builtin_constant_p(segment) || segment)
		__asm__("shll $16, %0; movw %w2, %w0" : "=&r"(at.dword) : "0"((uint32_t)segment), "r"(offset) : "cc");
	return at.far;
}

/* Of something on this stack, which is aligned to two bytes, not to the four that gcc takes for granted. */
static inline struct far far_of(const void *object)
{
	uint16_t segment;

	__asm__("movw %%ss, %0" : "=r"(segment), "+r"(object));
	return (struct far){ (uint16_t)(uintptr_t)object, segment };
}

static inline uint8_t far_read8(uint16_t segment, uint16_t offset)
{
	uint8_t value;

	__asm__ volatile("movw %w1, %%es; movb %%es:(%%di), %0"
			 : "=q"(value) : "r"(segment), "D"(offset) : "memory");
	return value;
}

static inline uint16_t far_read16(uint16_t segment, uint16_t offset)
{
	uint16_t value;

	__asm__ volatile("movw %w1, %%es; movw %%es:(%%di), %0"
			 : "=r"(value) : "r"(segment), "D"(offset) : "memory");
	return value;
}

static inline void far_write8(uint16_t segment, uint16_t offset, uint8_t value)
{
	__asm__ volatile("movw %w1, %%es; movb %0, %%es:(%%di)"
			 : : "q"(value), "r"(segment), "D"(offset) : "memory");
}

static inline void far_write16(uint16_t segment, uint16_t offset, uint16_t value)
{
	__asm__ volatile("movw %w1, %%es; movw %0, %%es:(%%di)"
			 : : "r"(value), "r"(segment), "D"(offset) : "memory");
}

/* count words of one value, upwards. */
void far_fill16(uint16_t segment, uint16_t offset, uint16_t value, uint16_t count);

/* count bytes from one segment to another, upwards, or downwards from the last byte where to_offset is above. */
void far_copy(struct far to, struct far from, uint16_t count);

#endif
