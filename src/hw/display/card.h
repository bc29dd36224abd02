/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/card.h: QEMU's displays, which one a PCI function is. A card that is passed through has the ids
 * of one of them at times, but not its subsystem: it is none.
 */
#ifndef HW_DISPLAY_CARD_H
#define HW_DISPLAY_CARD_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/vga_rom.h"

struct pci_function;

struct display_card {
	uint32_t id, subsystem;		/* device << 16 | vendor */
	uint16_t class;			/* PCI_CLASS_VGA: with the VGA's registers; PCI_CLASS_OTHER_DISPLAY: without */
	uint8_t kind;			/* enum vga_card */
	uint8_t framebuffer;		/* BAR of the linear one */
};

/* NULL: none of QEMU's, or one that shows nothing without its driver. Asks for the subsystem where the ids are right. */
const struct display_card *display_card_of(const struct pci_function *function);

#endif
