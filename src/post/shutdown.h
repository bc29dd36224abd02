/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/shutdown.h: back into a program that has left protected mode by a reset of its processor, the only way that
 * the 80286 has, with a code in CMOS 0Fh that says how it goes on.
 * Spec: IBM PC AT Technical Reference, BIOS listing: the codes, and the dword at 40:67.
 */
#ifndef POST_SHUTDOWN_H
#define POST_SHUTDOWN_H

#include <stdbool.h>
#include <stdint.h>

#define SHUTDOWN_JUMP_EOI	0x05	/* end of interrupt to both 8259s, and a jump to what 40:67 has */
#define SHUTDOWN_BLOCK_MOVE	0x09	/* back from INT 15h AH=87h as the AT does it: 40:67 is its stack */
#define SHUTDOWN_JUMP		0x0a	/* a jump to what 40:67 has */
#define SHUTDOWN_IRET		0x0b	/* IRET with the stack that 40:67 has */
#define SHUTDOWN_FAR_RETURN	0x0c	/* a far return with it */

/* Is it one of these? */
bool shutdown_code_served(uint8_t code);

/*
 * Real mode again, as one of these codes says, with A20 on. What is at 40:67 nobody can check: it is the program's own.
 * Memory is not written, but for the answer of a block move in the registers that are on its stack: AH is 0, and carry
 * clear.
 */
void __attribute__((noreturn)) shutdown_go_on(uint8_t code);

#endif
