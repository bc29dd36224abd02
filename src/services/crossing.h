/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/crossing.h: programs that come to the services by SMI (arch/smm.h), from virtual-8086 and from 16-bit
 * protected mode. Their addresses say nothing here: what they name is copied by code that runs in their own mode, or by
 * the bases of their segments.
 */
#ifndef SERVICES_CROSSING_H
#define SERVICES_CROSSING_H

#include <stdint.h>
#include "arch/regs.h"

/* A caller in protected mode: what is in registers at SMM32_ENTRY, as src/arch/cross.S puts it on the stack. */
struct protected_caller {
	uint32_t kind;			/* SMM_FROM_PROTECTED or SMM_FROM_WINDOW */
	uint32_t stack;			/* linear: struct protected_stack */
	uint32_t ds_base, ds_limit, es_base, es_limit;
};

/* Serve a call; src/arch/cross.S alone calls these. Return the answer, SMM_DONE or SMM_REFUSED. */
uint32_t service32_v86(struct regs *r);
uint32_t service32_protected(const struct protected_caller *caller);

/* There is no way back: SMIs have been switched off meanwhile. */
void __attribute__((noreturn)) service32_lost(void);

#endif
