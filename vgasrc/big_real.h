/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/big_real.h: memory above 1 MiB from 16-bit code, for displays that have nothing below: their registers, or
 * their framebuffer. The processor is in protected mode for the few instructions that give ES a limit of 4 GiB, by a
 * table of segments in the ROM; loads in real mode keep the limit, so ES with base 0 reaches everything until the next
 * excursion.
 *
 * It keeps that limit: it cannot be asked for, a program that had it needs it on, and one that had 64 KiB sees no
 * difference as long as it stays within them. All else is the caller's afterwards: GDTR, base of ES, CR0, A20, flags.
 * Interrupts are off from big_real_begin() to big_real_end(), since handlers may go to protected mode themselves, and
 * no firmware is called in between; an NMI between the two writes of CR0 has no table to go by, as in any program that
 * does the same.
 *
 * Not in virtual-8086 mode, nor in emulators of 16-bit code: those that show a CR0 of protected mode, and those that run
 * this ROM alone, without a BIOS behind INT 15h, which may not know SMSW at all. What reads reads 0 then, and nothing is
 * written. Assembly in big_real.S. Addresses are physical.
 */
#ifndef VGA_BIG_REAL_H
#define VGA_BIG_REAL_H

#include <stdbool.h>
#include <stdint.h>
#include "rom.h"

/* Memory can be reached; and physical addresses are what segments say. */
bool big_real_possible(void);

/* The flags to end with; 0: it is not possible, and there is no end. One may begin in between once more. */
uint32_t big_real_begin(void);

static inline void big_real_end(uint32_t flags)
{
	__asm__ volatile("pushw %w0; popfw" : : "r"(flags) : "memory", "cc");
}

/* Between those two. */
uint16_t big_read16(uint32_t address);
void big_write16(uint32_t address, uint16_t value);

/* count dwords of one value, upwards. */
void big_fill32(uint32_t address, uint32_t value, uint32_t count);

/* count dwords, upwards; they do not overlap. */
void big_copy32(uint32_t to, uint32_t from, uint32_t count);

/*
 * A character of 8x16 and its attribute (high byte), in pixels of 32 bits; address: its upper left one, pitch: bytes
 * of a line.
 */
void big_draw(uint32_t address, uint16_t cell, uint32_t pitch);

#endif
