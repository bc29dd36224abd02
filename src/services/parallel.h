/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/parallel.h: INT 17h: printers on the parallel ports that the BIOS data area names.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference.
 */
#ifndef SERVICES_PARALLEL_H
#define SERVICES_PARALLEL_H

#include "arch/regs.h"

/*
 * DX the port, 0-2: AH=00 print AL, 01 reset the printer, 02 state. AH is the printer's state, bit 0: it was busy for
 * longer than the data area's time-out. Anything else: carry, AX kept.
 */
void parallel_service(struct regs *r);

#endif
