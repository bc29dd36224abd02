/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/reset.h: restart the machine.
 */
#ifndef HW_RESET_H
#define HW_RESET_H

/*
 * By the reset control register, the keyboard controller, and where neither is there (microvm) a triple
 * fault; not before a pause, since a machine that has one of them may take its time.
 */
void __attribute__((noreturn)) hard_reset(void);

#endif
