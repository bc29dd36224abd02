/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/real_call.h: call something in real mode from 32-bit code: an interrupt handler, an option ROM.
 */
#ifndef ARCH_REAL_CALL_H
#define ARCH_REAL_CALL_H

#include <stdint.h>
#include "arch/regs.h"

#define FAR_POINTER(segment, offset) ((uint32_t)(segment) << 16 | (uint16_t)(offset))

/*
 * For whom the service that runs has been called. NULL: real mode. Else by SMI (arch/smm.h): a struct dma_remote;
 * real_call() goes out by SMI too, and from protected mode, whatever its target, lets interrupts in. Kept over
 * real_call(), during which it is NULL.
 */
extern const void *real_call_remote;

/* What it will be once VECTOR_RETURNED comes, NULL also where no real_call() is out. */
const void *real_call_waiting(void);

/*
 * Enter target (segment << 16 | offset) with the registers in *regs, by an interrupt's frame: it comes back by
 * IRET or by a far return, and finds IF as in regs->flags. Afterwards *regs is what it left. regs lies on the
 * caller's stack, the services are set up (services_init()), A20 is on. Calls nest.
 */
void real_call(struct regs *regs, uint32_t target);

/*
 * The same for a program that is started: on its own stack, regs->ss:esp, and with limits of 64 KiB on all segments.
 * It may never come back, or by a far return or IRET with that stack.
 */
void real_start(struct regs *regs, uint32_t target);

/*
 * Forget every real_call() and real_start() that is out, and whoever they came from, and go on at next with an empty
 * stack. What they were about is not ended: whoever was in the middle of something has to be reset.
 */
void __attribute__((noreturn)) real_call_abandon(void (*next)(void));

/* Where the services go with VECTOR_RETURNED: back behind the real_call() that is out. */
void __attribute__((noreturn)) real_call_returned(const struct regs *regs);

#endif
