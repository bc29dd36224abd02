/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/services.h: what a guest may call, the 32-bit halves, and setting all of it up.
 */
#ifndef SERVICES_SERVICES_H
#define SERVICES_SERVICES_H

#include "arch/regs.h"

/*
 * Put the 16-bit image in its place and let the interrupt vectors lead to it. From here on real_call() works.
 * The F segment is writable; world_init() has run.
 */
void services_init(void);

/*
 * Copy the memory map (machine.e820) to where INT 15h finds it. Before the F segment is locked. Returns 0, or -1
 * without room there.
 */
int services_map(void);

/*
 * Interrupts that wait are taken now: the clock ticks on, and hooks of it may call services. Every wait that takes
 * long does it by itself (timer_set_idle()).
 */
void services_window(void);

/* Every call that 16-bit code does not serve itself comes here (src/arch/cross.S). */
void service32(struct regs *regs);

#endif
