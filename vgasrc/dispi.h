/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/dispi.h: the DISPI registers by their two ports, which no bridge passes on.
 * Spec: QEMU docs/specs/standard-vga.rst.
 */
#ifndef VGA_DISPI_H
#define VGA_DISPI_H

#include <stdint.h>

/* Whether there are such registers at the ports. */
int dispi_there(void);

uint16_t dispi_read(uint16_t index);
void dispi_write(uint16_t index, uint16_t value);

#endif
