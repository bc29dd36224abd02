/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/system.h: INT 15h, but for keyboard, mouse, clock and what 16-bit code serves itself: A20, memory,
 * protected mode, what machine this is. Spec: IBM PS/2 and PC BIOS Interface Technical Reference; what it leaves open as SeaBIOS answers.
 */
#ifndef SERVICES_SYSTEM_H
#define SERVICES_SYSTEM_H

#include "arch/regs.h"

/* Put the table of AH=C0h where programs know it, F000:E6F5. The F segment is not locked yet. */
void system_init(void);

/* INT 15h. Functions that are none: carry, AH=86h. */
void system_service(struct regs *r);

#endif
