/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/apm.h: INT 15h AH=53h, power management for programs in real mode: what DOS programs and boot loaders
 * switch the machine off with. No interface for protected mode: who runs there has ACPI. AL=05h (idle) is in 16-bit code.
 * Spec: Advanced Power Management (APM) BIOS Interface Specification 1.2, section 4.
 */
#ifndef SERVICES_APM_H
#define SERVICES_APM_H

#include "arch/regs.h"

/* INT 15h AH=53h. Carry, AH what is wrong, where it is not done. */
void apm_service(struct regs *r);

#endif
