/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ide.h: disks and CD drives on IDE channels: bus-master DMA where the controller is a PCI function
 * that can, else by the data port.
 * Spec: T13, ATA/ATAPI-7 volume 2 (registers, protocols); PCI IDE Controller 1.0; Programming Interface for Bus
 * Master IDE Controller 1.0; Intel 82371FB/SB (290550); QEMU hw/ide/core.c, atapi.c, pci.c.
 */
#ifndef HW_BLOCK_ATA_IDE_H
#define HW_BLOCK_ATA_IDE_H

struct pci_function;

#define IDE_CLASS	0x0101		/* mass storage, IDE: base and sub class */

/*
 * Find the drives of both channels and add them (block_add()). What cannot be used costs one line in the log.
 * A PCI function's channels decode their I/O ports; bus mastering is switched on if a drive uses it.
 * Returns 0.
 */
int ide_init_pci(const struct pci_function *function);

/* The same at the ports of PC/AT, for machines without PCI. */
void ide_init_isa(void);

#endif
