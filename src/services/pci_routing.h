/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pci_routing.h: GET_IRQ_ROUTING_OPTIONS of the PCI BIOS for real-mode callers. Those in protected mode
 * have src/pm/pci.S. Spec: PCI BIOS 2.1, 4.5.
 */
#ifndef SERVICES_PCI_ROUTING_H
#define SERVICES_PCI_ROUTING_H

#include "arch/regs.h"

/*
 * Copy the slots of the PIR table to the buffer that the words at ES:DI name: room in bytes, which becomes what there
 * is, offset, segment. BX: the IRQs that are PCI's alone. Returns AH: 0, 81h there is no table, 89h it is larger.
 */
uint8_t pci_routing_options(struct regs *r);

#endif
