/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/path.h: the paths by which QEMU names devices in bootorder and bios-geometry: Open Firmware's, built
 * from its own device tree, with all numbers hexadecimal. No device access.
 *
 *	/pci@i0cf8/ide@1,1/drive@0/disk@0			device 1, function 1; channel, drive
 *	/pci@i0cf8,1/pci-bridge@0/scsi@3/disk@0,0		first root bus beside bus 0, then a bridge; virtio
 *	/pci@ffffffffffffffff/scsi@1/disk@0,0			the same, of a host bridge without ports (microvm)
 *	/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@0		AHCI: port
 *	/pci@i0cf8/scsi@4/channel@0/disk@2,1			SCSI: channel; target, LUN
 *	/pci@i0cf8/pci1b36,0010@4/namespace@1,0			NVMe: namespace
 *	/pci@i0cf8/pci1b36,0010@4/nvme-nsbootindex		a namespace, QEMU 7.2 does not say which
 *	/nvme-ns/namespace@0,0, /nvme-nsbootindex		the same, and not of which controller
 *	/pci@i0cf8/usb@5/hub@1/hub@3/storage@8/channel@0/disk@0,2	ports from the root hub on; then as SCSI
 *	/pci@i0cf8/ethernet@3/ethernet-phy@0
 *	/pci@i0cf8/pci144d,a808@6				the function: handed through from the host
 *	/pci@i0cf8/isa@1/fdc@03f0/floppy@0			port of the controller
 *	/isa/ide@01f0/drive@0/disk@0				the same without PCI
 *	/virtio-mmio@00000000feb02e00/disk@0,0
 *	/rom@genroms/linuxboot_dma.bin				a file of fw_cfg: an option ROM, or
 *	/rom@floppyimg/dos.img					a floppy in RAM
 *
 * The name before a PCI device's @ says of which class it is; where it is decides.
 */
#ifndef BOOT_LIST_PATH_H
#define BOOT_LIST_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/block/block.h"

struct pci_tree;

/* A piece of text without NUL. */
struct path {
	const char *at, *end;
};

/* What the device, or its controller, hangs on. */
enum path_place {
	PATH_PCI,		/* bdf */
	PATH_ISA,		/* base: its first port */
	PATH_MMIO,		/* base: physical address of a virtio-mmio slot */
	PATH_ROM,		/* no device: a file of fw_cfg */
	PATH_NVME,		/* an NVMe controller, any of them */
};

/* What of it is named. */
enum path_form {
	PATH_ALL,		/* all: the path ends with the controller, or with a USB device */
	PATH_UNKNOWN,		/* something of it in words that are not known here */
	PATH_DRIVE,		/* channel (AHCI: port), target: the drive on it, 0 or 1 */
	PATH_DISK,		/* the only disk, of virtio-blk */
	PATH_SCSI,		/* channel, target, lun */
	PATH_NAMESPACE,		/* target: the namespace's number */
	PATH_FLOPPY,		/* target: drive */
	PATH_NETWORK,
};

#define PATH_PORTS 8	/* USB has up to five hubs between a root port and a device; more than this: PATH_UNKNOWN */

/* What a path says. Fields that its place and form do not use are 0. */
struct path_device {
	uint8_t place, form;	/* enum path_place, enum path_form */
	uint8_t ports;		/* USB: how many of port[] there are; 0: it is no device of USB */
	uint8_t port[PATH_PORTS];	/* counted from 1: of the root hub, of the hub there, and so on */
	uint16_t bdf;
	uint32_t base;
	uint32_t channel, target, lun;
	struct path name;	/* PATH_ROM: the file's, "genroms/..." */
};

/*
 * Take a path apart. tree: PCI as it was scanned, NULL without. Root buses beside bus 0 are counted as they come in it,
 * so one without any device is not counted. Returns false: it names nothing that could be here.
 */
bool path_read(struct path path, const struct pci_tree *tree, struct path_device *device);

/* How much of a device a path names: the larger value is the longer match. */
enum path_match {
	PATH_MATCH_NONE,
	PATH_MATCH_PART,	/* a block device: no more than its controller; a function: something behind it */
	PATH_MATCH_WHOLE,	/* this, and nothing else */
};

/*
 * Does the path name this block device? PATH_MATCH_PART: its controller alone, or something of it in words that are
 * not known, so that it may be this one. A path that names another device of the same controller is no match.
 */
enum path_match path_match(struct path path, const struct pci_tree *tree, const struct block *block);

/*
 * Does the path name this PCI function, or what its option ROM would boot? PATH_MATCH_WHOLE: the function, or the
 * network behind it; PATH_MATCH_PART: a disk, or whatever else, of it.
 */
enum path_match path_match_function(struct path path, const struct pci_tree *tree, uint16_t bdf);

/* Is this the path of that device: PATH_MATCH_WHOLE? */
bool path_is_of(struct path path, const struct pci_tree *tree, const struct block *block);

#endif
