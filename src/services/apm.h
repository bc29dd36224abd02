/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/apm.h: Advanced Power Management, what 32-bit code has of it. INT 15h AH=53h is served by
 * src/rt16/apm.h, the interfaces for protected mode by src/pm.
 */
#ifndef SERVICES_APM_H
#define SERVICES_APM_H

#include "arch/regs.h"

/* At POST, when the chipset is set up and before the F segment is locked: the port that switches the machine off. */
void apm_init(void);

/* Nothing is connected any more: the next program is booted. */
void apm_abandon(void);

/* INT 15h AX=5307h, BX=1, CX=3 has not switched the machine off: say why. Carry, AH=60h. */
void apm_not_off(struct regs *r);

#endif
