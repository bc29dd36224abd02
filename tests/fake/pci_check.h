/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/pci_check.h: what must hold of every placed tree, whatever the machine.
 */
#ifndef FAKE_PCI_CHECK_H
#define FAKE_PCI_CHECK_H

#include "hw/pci/place.h"
#include "hw/pci/tree.h"

/*
 * Everything is placed or lost; placed BARs are aligned, inside their range and inside the windows
 * of all bridges above; nothing overlaps; reservations are kept or dropped. NULL when all of it
 * holds, else what does not.
 */
const char *pci_check(const struct pci_tree *tree, const struct pci_space *space);

#endif
