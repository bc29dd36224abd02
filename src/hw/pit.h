/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pit.h: the 8254 timer. timer.c reads it where nothing better tells the time.
 * Spec: Intel 8254 data sheet, "Programming the 8254".
 */
#ifndef HW_PIT_H
#define HW_PIT_H

#define PIT_HZ		1193182u
#define PIT_COUNTER0	0x40
#define PIT_CONTROL	0x43
#define PIT_MODE2	0x34	/* counter 0, low then high byte, rate generator */

/*
 * Counter 0 as programs expect it: 65536 ticks a round, 18.2 rounds a second, each interrupts. It runs like that
 * after a reset, but cannot be read then. Three port writes.
 */
void pit_start(void);

#endif
