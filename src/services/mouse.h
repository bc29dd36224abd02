/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/mouse.h: INT 15h AH=C2h. What the mouse sends goes through src/rt16/mouse.c.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 15h AH=C2h.
 */
#ifndef SERVICES_MOUSE_H
#define SERVICES_MOUSE_H

#include "arch/regs.h"

/*
 * AL: 00 switch it off or on (BH), 01 reset it, 02 rate (BH), 03 resolution (BH), 04 type, 05 packets of BH bytes and
 * reset, 06 status or scaling (BH), 07 the handler ES:BX, none 0:0. AH: 00; carry and 01 no such function, 02 no such
 * value, 03 the mouse fails, 05 there is no handler.
 */
void mouse_service(struct regs *r);

#endif
