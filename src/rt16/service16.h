/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/service16.h: the 16-bit services, called by the entries (entry.S).
 */
#ifndef RT16_SERVICE16_H
#define RT16_SERVICE16_H

#include <stdbool.h>
#include "arch/regs.h"

/* Serve r->vector with the caller's registers; false, nothing changed: 32-bit code does. */
bool service16(struct regs *r);

/*
 * What goes out of a service. Far pointers are to be opened again behind it; interrupts are off before and after.
 */

/* Call the handler of an interrupt vector as INT does, with AX and carry set. Returns AX and VECTOR_SET_CARRY. */
uint32_t call_vector(uint16_t vector, uint16_t ax);
#define VECTOR_SET_CARRY 0x10000u

/* Call a program's mouse handler (segment << 16 | offset) with four words on the stack, which it leaves there. */
void call_mouse_handler(uint32_t handler, const uint16_t words[4]);

/* The PCI BIOS, but for routing options: src/pm/pci.S. There is PCI. */
void pci_bios_call(struct regs *r);

/* Reset the machine. */
void __attribute__((noreturn)) rt16_hard_reset(void);

/* Let interrupts in: until one has come, in virtual-8086 mode for a moment. */
void wait_interrupt(void);

/* The same for a moment in either mode: none need come. */
void let_interrupts_in(void);

#endif
