/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/int10.h: the functions of INT 10h, by AH. Unknown ones leave the registers alone.
 */
#ifndef VGA_INT10_H
#define VGA_INT10_H

#include "regs.h"

void int10(struct regs *r);

#endif
