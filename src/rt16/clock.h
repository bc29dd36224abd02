/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/clock.h: the 18.2 Hz clock: IRQ 0 and the count of its ticks since midnight.
 */
#ifndef RT16_CLOCK_H
#define RT16_CLOCK_H

#include <stdbool.h>
#include "arch/regs.h"

/* INT 08h: count, call INT 1Ch, end the interrupt. */
void clock_tick(void);

/* INT 1Ah AH=00h: CX:DX ticks, AL not 0: midnight has passed since the last call. Always true. */
bool clock_read(struct regs *r);

#endif
