/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/enter_protected.h: back to a real-mode caller in protected mode, with segments of his own.
 */
#ifndef ARCH_ENTER_PROTECTED_H
#define ARCH_ENTER_PROTECTED_H

#include "arch/regs.h"
#include "std/descriptor.h"

/* Selectors that the caller gets, in his table: as INT 15h AH=89h has them. */
#define ENTERED_DS	0x18
#define ENTERED_ES	0x20

/*
 * Load the tables and go to where r->ss (a selector) and r->esp say: a 16-bit far return, which also takes the flags off
 * the stack. Registers as in *r but EBP; carry and IF clear; FS and GS null. In case of a bad table the exception is the
 * caller's.
 */
void __attribute__((noreturn)) enter_protected_mode(const struct regs *r, const struct descriptor_table *gdt,
						    const struct descriptor_table *idt);

#endif
