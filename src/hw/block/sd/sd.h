/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/sd/sd.h: SD memory cards, of standard and of high capacity, in the slots of an SD host controller. Not MMC.
 * Spec: SD Physical Layer Simplified Specification 6.00; sections are given in [brackets].
 */
#ifndef HW_BLOCK_SD_SD_H
#define HW_BLOCK_SD_SD_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define PCI_CLASS_SDHCI	0x0805	/* class, subclass */

/*
 * Add the card of every slot. Returns 0, also when there are none; -ENODEV, the controller cannot be used; -ENOMEM. A card
 * that fails costs itself. Each of these but the first is one line in the log.
 */
int sd_init(const struct pci_function *f);

/* What a card says of itself in its CSD register [5.3]. */
struct sd_csd {
	uint64_t sectors;	/* of 512 bytes, never 0; their addresses fit 32 bits, in bytes where the card counts so */
	bool protected;
};

/*
 * response: bits 127..8 of the register, the lowest of them in bit 0 of the first word, as a host controller has them.
 * blocks: the card has said that it addresses blocks. Returns 0; -EINVAL, it makes no sense.
 */
int sd_read_csd(struct sd_csd *csd, const uint32_t response[4], bool blocks);

#endif
