/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/reset.h: restart the machine.
 */
#ifndef POST_RESET_H
#define POST_RESET_H

/* By the reset control register, else the keyboard controller, else a triple fault. */
void __attribute__((noreturn)) hard_reset(void);

#endif
