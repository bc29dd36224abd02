/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/dispi.h: the DISPI registers, by what card.h asks for: those at the ports, or bochs-display's in memory.
 */
#ifndef VGA_DISPI_H
#define VGA_DISPI_H

#include "card.h"

uint32_t dispi_memory_64k(void);
bool dispi_fits(const struct shape *shape);
bool dispi_set(const struct shape *shape, bool clear);
uint32_t dispi_get(enum card_register reg);
bool dispi_put(enum card_register reg, uint32_t value);

/* bochs_display.c: a register in memory. Where that is out of reach: 0, and nothing is written. */
uint16_t bochs_display_read(uint16_t index);
void bochs_display_write(uint16_t index, uint16_t value);

/*
 * The framebuffer is remembered at init, in rom_info, since each character is painted there; a mode is set only where
 * it is still the same. The second is also for what has it in RAM.
 */
void bochs_display_prepare(void);
uint32_t bochs_display_framebuffer(void);

/* Of 32 bits, and neither side too short. */
bool bochs_display_fits(const struct shape *shape);

#endif
