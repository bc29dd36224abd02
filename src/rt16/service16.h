/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/service16.h: the 16-bit services, called by the entries (entry.S).
 */
#ifndef RT16_SERVICE16_H
#define RT16_SERVICE16_H

#include <stdbool.h>
#include "arch/regs.h"

/* Serve r->vector with the caller's registers; false, nothing changed: 32-bit code does. */
bool service16(struct regs *r);

/* Call the handler of an interrupt vector as INT does. Saves no register but those C keeps. */
void call_vector(uint16_t vector);

#endif
