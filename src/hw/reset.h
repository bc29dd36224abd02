/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/reset.h: restart the machine.
 */
#ifndef HW_RESET_H
#define HW_RESET_H

/*
 * By the reset control register, else the keyboard controller, and where neither is there (microvm) a triple fault. Each is
 * given time before the next: a machine that is asked twice may be reset twice, the second time in the middle of its start.
 */
void __attribute__((noreturn)) hard_reset(void);

#endif
