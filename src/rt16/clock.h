/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/clock.h: the 18.2 Hz clock, the real-time clock, and their interrupts.
 * Spec: IBM PC AT Technical Reference, BIOS listing; Motorola MC146818A. What they leave open as SeaBIOS answers.
 */
#ifndef RT16_CLOCK_H
#define RT16_CLOCK_H

#include <stdbool.h>
#include "arch/regs.h"

/* INT 08h: count, switch the floppy's motor off in time, call INT 1Ch, end the interrupt. */
void clock_tick(void);

/*
 * INT 1Ah, AH below 8: 00 and 01 ticks since midnight (AL after 00 not 0: it has passed since the last call),
 * 02 and 03 time, 04 and 05 date, 06 and 07 alarm. Carry: there is no clock, or an alarm is set already.
 */
void clock_service(struct regs *r);

/* INT 15h AH=83h: set bit 7 of the byte at ES:BX in CX:DX microseconds (AL 0), or do not (AL 1). */
void clock_event(struct regs *r);

/* INT 70h: the real-time clock's interrupts: AH=83h, and the alarm, which is INT 4Ah. */
void clock_rtc_interrupt(void);

#endif
