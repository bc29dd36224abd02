/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pci_bios.h: what of INT 1Ah AH=B1h is 32-bit code, and publishing the BIOS32 directory. Spec: PCI BIOS 2.1.
 */
#ifndef SERVICES_PCI_BIOS_H
#define SERVICES_PCI_BIOS_H

#include "arch/regs.h"

/*
 * Put the "_32_" structure into the F segment (not locked yet) and the last bus where the PCI BIOS finds it. Without
 * PCI nothing, and every call is refused.
 */
void pci_bios_init(void);

/* INT 1Ah AH=B1h, what 16-bit code leaves (src/rt16/service16.c): routing options, and the answer where there is no PCI. */
void pci_bios_rest(struct regs *r);

#endif
