/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/cirrus.h: what Cirrus Logic's displays have beside card.h: functions of their own in INT 10h, and their own
 * numbers for modes, which their drivers use with AH=00h.
 * Spec: interface of Cirrus Logic's VGA BIOS, as Ralf Brown's Interrupt List has it.
 */
#ifndef VGA_CIRRUS_H
#define VGA_CIRRUS_H

#include "regs.h"
#include "rom.h"

/* VBE's number of a mode that AH=00h has; 0: there is none. */
uint16_t cirrus_vbe_mode(uint8_t number);

/* AH=12h with BL of 80h and above. */
void cirrus_select(struct regs *r);

#endif
