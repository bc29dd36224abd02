/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/path.h: the paths by which QEMU names devices in bootorder and bios-geometry: Open Firmware's, built
 * from its own device tree, with all numbers hexadecimal. No device access.
 *
 *	/pci@i0cf8/ide@1,1/drive@0/disk@0			device 1, function 1; channel, drive
 *	/pci@i0cf8,1/pci-bridge@0/scsi@3/disk@0,0		first root bus beside bus 0, then a bridge
 *	/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@0		AHCI: port
 *	/pci@i0cf8/isa@1/fdc@03f0/floppy@0
 *	/isa/ide@01f0/drive@0/disk@0				without PCI
 *	/virtio-mmio@00000000feb02e00/disk@0,0
 *
 * The name before a PCI device's @ says of which class it is; where it is decides.
 */
#ifndef BOOT_PATH_H
#define BOOT_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/block/block.h"

struct pci_tree;

/* A piece of text without NUL. */
struct path {
	const char *at, *end;
};

/*
 * Is this the path of that device? tree: PCI as it was scanned, NULL without. Root buses beside bus 0 are counted
 * as they come in it, so one without any device is not counted.
 */
bool path_is_of(struct path path, const struct pci_tree *tree, const struct block *block);

#endif
