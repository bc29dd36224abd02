/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/dispi.h: the DISPI registers, by what card.h asks for.
 */
#ifndef VGA_DISPI_H
#define VGA_DISPI_H

#include "card.h"

uint32_t dispi_memory_64k(void);
int dispi_fits(const struct shape *shape);
int dispi_set(const struct shape *shape, int clear);
uint32_t dispi_get(enum card_register reg);
int dispi_put(enum card_register reg, uint32_t value);

#endif
