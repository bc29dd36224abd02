/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/state.h: the state of the VGA and of its BIOS: told, INT 10h AH=1Bh, and saved and restored, AH=1Ch.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h.
 */
#ifndef VGA_STATE_H
#define VGA_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "segment.h"

struct regs;

/* Bits of what is saved. A saved state is this program's own: another's, or its later version's, cannot restore it. */
#define STATE_HARDWARE	0x01		/* the VGA's registers */
#define STATE_BIOS	0x02		/* BIOS data and vectors */
#define STATE_DAC	0x04
#define STATE_VGA	0x07
#define STATE_BLOCK	64u		/* bytes; sizes are counted in them */

/* Blocks that these states (of STATE_VGA) take. */
uint32_t state_blocks(uint32_t states);

/* To or from the caller's buffer, who may have changed it: registers can hold whatever is there. With the VGA's registers only. */
void state_transfer(struct far at, uint32_t states, bool restore);

/* AH=1Bh: 64 bytes to ES:DI. */
void state_information(struct regs *r);

/* AH=1Ch */
void state_service(struct regs *r);

#endif
