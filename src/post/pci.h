/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/pci.h: the step that brings PCI up: what QEMU says of it, handed to hw/pci/init.h.
 */
#ifndef POST_PCI_H
#define POST_PCI_H

#include <stdbool.h>

/* So QEMU's programs of displays begin ("vgaroms/") that no ROM BAR has: of ISA ones always. For fw_cfg_last_begins(). */
#define DISPLAY_FILES	"vg"

/*
 * After fw_cfg_read_directory() and memory_init(). decode: what is booted expects its devices to be
 * switched on; Linux does that itself. Only where there is PCI. As pci_bring_up().
 */
int pci_init(bool decode);

#endif
