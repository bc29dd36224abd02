/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/services.h: what a guest may call, the 32-bit halves, and setting all of it up.
 */
#ifndef SERVICES_SERVICES_H
#define SERVICES_SERVICES_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/regs.h"

/*
 * Put the 16-bit image in its place and let the interrupt vectors lead to it. From here on real_call() works.
 * The F segment is writable; world_init() has run.
 */
void services_init(void);

/*
 * Copy the memory map (machine.e820) to where INT 15h finds it, and let the F segment add up to 0: the last to change it,
 * before it is locked. Without room there (a line in the log) INT 15h has no map.
 */
void services_map(void);

/*
 * Of the F segment: where code and constants of the image end, and where begins what is made at run time, tables and
 * entries at fixed addresses, up to its end. Physical addresses, multiples of 4; between them there are but zeros.
 */
uint32_t services_code_end(void);
uint32_t services_tables(void);

/*
 * And of the code the part that has variables among it, which services_init() sets: the entries for protected mode, whose
 * callers map nothing else. Likewise.
 */
uint32_t services_pm_start(void);
uint32_t services_pm_end(void);

/* The same sum anew: something in the F segment has changed, which is not locked. */
void services_seal(void);

/*
 * Interrupts that wait are taken now: the clock ticks on, and hooks of it may call services. Every wait that takes
 * long does it by itself (timer_set_idle()).
 */
void services_window(void);

/*
 * Nothing is left to be booted: keys are taken, so that Ctrl-Alt-Del restarts the machine. used: a program has run;
 * vectors and legacy devices are then made anew, and what was typed until now is lost. Returns at once where
 * services_init() has not run, else never.
 */
void services_stand_still(bool used);

/*
 * What INT 18h (the next device) and INT 19h (all again) lead to, once there is something to boot from: on the stack as
 * POST began with it; whoever called does not come back.
 */
void services_on_boot(void (*next)(void), void (*again)(void));

/* While an option ROM sets itself up these two lead nowhere: they return. */
void services_hold_boot(bool hold);

/* Every call that 16-bit code does not serve itself comes here (src/arch/cross.S). */
void service32(struct regs *regs);

#endif
