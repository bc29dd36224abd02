/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/order.h: which device is tried before which: what fw_cfg's bootorder says of it, else what CMOS says of
 * its kind; and the geometry that bios-geometry wants programs to see. Pure functions over the items' text.
 */
#ifndef BOOT_LIST_ORDER_H
#define BOOT_LIST_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/list/path.h"

#define ORDER_KIND	0x10000u	/* from here on the rank is that of the kind of device */
#define ORDER_NEVER	0xffffffffu	/* is not to be booted */

/*
 * bootorder: one path a line, up to a NUL or the end; nothing behind a line HALT, and with it what has no line
 * is not to be booted. An empty text: nobody says anything.
 */
struct order {
	struct path text;
	uint16_t kinds;			/* CMOS, see order_kinds() */
};

/* Put the registers together. QEMU's -boot order=: the first in bits 3-0; 1 floppy, 2 disk, 3 CD, 4 network. */
uint16_t order_kinds(uint8_t cmos_38, uint8_t cmos_3d);

/*
 * The place of a device among all, the lowest first. All of these look for a line, before a HALT, in this way:
 *
 *	1. the first that names the device wholly: PATH_MATCH_WHOLE;
 *	2. else the first that names it in part, PATH_MATCH_PART: a line for a controller is for those devices of it
 *	   that have no line of their own (they keep the order in which they were found), and a function's option ROM
 *	   comes where the first of its disks does.
 *
 * The number of that line, from 0, is the rank: ORDER_KIND - 1 from there on. Without a line it is ORDER_NEVER in a
 * strict order; else above ORDER_KIND by the device's kind: as CMOS has it, then what CMOS does not name: floppies,
 * disks, CDs, network, as under SeaBIOS.
 */
uint32_t order_rank(const struct order *order, const struct pci_tree *tree, const struct block *block);

/* The same for what the option ROM of a PCI function boots: the network, or disks that it has added to INT 13h. */
uint32_t order_rank_function(const struct order *order, const struct pci_tree *tree, uint16_t bdf, bool disks);

/* The same for an option ROM that is a file of fw_cfg, "genroms/...", len bytes without NUL: the same kinds. */
uint32_t order_rank_rom(const struct order *order, const char *file, uint32_t len, bool disks);

/*
 * For the kernel of -kernel, by the option ROM that stands for it in the order. Without a line it comes behind those
 * that have one, in a strict order too: ORDER_KIND.
 */
uint32_t order_rank_kernel(const struct order *order);

/* bios-geometry: a line with the device's path, then cylinders, heads and sectors in decimal. */
struct order_geometry {
	uint32_t cylinders;
	uint16_t heads, sectors;
};

/* What the text says of a device: false when nothing, or numbers that INT 13h cannot name. */
bool order_geometry(struct path text, const struct pci_tree *tree, const struct block *block,
		    struct order_geometry *geometry);

#endif
