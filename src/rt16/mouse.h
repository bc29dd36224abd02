/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/mouse.h: the mouse's interrupt. What sets it up is src/services/mouse.c.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 15h AH=C2h.
 */
#ifndef RT16_MOUSE_H
#define RT16_MOUSE_H

/* INT 74h: collect a packet in the extended BIOS data area; complete, it goes to the program's handler. */
void mouse_interrupt(void);

#endif
