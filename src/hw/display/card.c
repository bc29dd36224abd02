/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/card.c: see card.h.
 * Spec: QEMU docs/specs/pci-ids.rst and the displays' own sources.
 */
#include "hw/display/card.h"
#include <stddef.h>
#include "hw/pci/config.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"

#define QEMU		0x11001af4u	/* subsystem of all that QEMU made up */

static const struct display_card cards[] = {
	{ 0x11111234, QEMU, PCI_CLASS_VGA, VGA_CARD_STD, 0 },
	{ 0x11111234, QEMU, PCI_CLASS_OTHER_DISPLAY, VGA_CARD_BOCHS_DISPLAY, 0 },	/* and secondary-vga, which takes the same */
	{ 0x00b81013, QEMU, PCI_CLASS_VGA, VGA_CARD_CIRRUS, 0 },
	{ 0x01001b36, QEMU, PCI_CLASS_VGA, VGA_CARD_QXL, 0 },
	{ 0x040515ad, 0x040515ad, PCI_CLASS_VGA, VGA_CARD_VMWARE, 1 },
	{ 0x10501af4, QEMU, PCI_CLASS_VGA, VGA_CARD_VIRTIO, 0 },
	{ 0x50461002, QEMU, PCI_CLASS_VGA, VGA_CARD_ATI, 0 },	/* Rage 128 Pro */
	{ 0x51591002, QEMU, PCI_CLASS_VGA, VGA_CARD_ATI, 0 },	/* RV100 */
};

const struct display_card *display_card_of(const struct pci_function *f)
{
	for (const struct display_card *c = cards; c < cards + ARRAY_SIZE(cards); c++)
		if (c->id == f->id && c->class == f->class_revision >> 16)
			return pci_read32(f->bdf, PCI_SUBSYSTEM) == c->subsystem ? c : NULL;
	return NULL;
}
