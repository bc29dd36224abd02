/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/stack.h: the ROM's own stack, for callers that have little left. Also for assembly.
 */
#ifndef VGA_STACK_H
#define VGA_STACK_H

#include "arch/vga_rom.h"

#define STACK_BYTES	VGA_ROM_STACK
#define STACK_BUSY	0	/* byte: somebody is on it */
#define STACK_CALLER	4	/* the caller's ESP and, behind it, SS */
#define STACK_WIDTH	12	/* what the monitor likes best, in pixels; two words, the second 0: it has not been asked */
#define STACK_HEIGHT	14
#define STACK_VARIABLES	VGA_ROM_VARIABLES

#endif
