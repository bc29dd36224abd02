/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/serial.h: INT 14h: serial ports, those that the BIOS data area names.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference; National PC16550D.
 */
#ifndef SERVICES_SERIAL_H
#define SERVICES_SERIAL_H

#include "arch/regs.h"

/*
 * DX the port, 0-3: AH=00 set line and speed, 01 send AL, 02 receive AL, 03 state. AH is the line's state, bit 7: it took
 * longer than the data area's time-out; AL after 00 and 03 the modem's. Anything else: carry, AX kept.
 */
void serial_service(struct regs *r);

#endif
