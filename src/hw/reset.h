/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/reset.h: restart the machine.
 */
#ifndef HW_RESET_H
#define HW_RESET_H

/* By the reset control register, else the keyboard controller, else a triple fault. */
void __attribute__((noreturn)) hard_reset(void);

#endif
