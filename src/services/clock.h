/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/clock.h: INT 15h AH=86h. The rest of the clocks is src/rt16/clock.c.
 */
#ifndef SERVICES_CLOCK_H
#define SERVICES_CLOCK_H

#include "arch/regs.h"

/*
 * INT 15h AH=86h: come back after CX:DX microseconds, with interrupts let in every millisecond. Carry and AH=83h: a wait
 * of AH=83h is going on.
 */
void clock_delay(struct regs *r);

#endif
