/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/several/several.c: see several.h. An ISA display's framebuffer lies where PCI has other things, if it has one:
 * it is written through the window at A0000h, which each makes plain memory of the same cells in its own way.
 * Spec: IBM PS/2 Hardware Interface Technical Reference, Video Subsystems; CL-GD5446 Technical Reference Manual, 9.
 */
#include "hw/display/several/several.h"
#include <stdbool.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/pci/config.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"
#include "std/vga.h"

#define WINDOW		0xa0000u

/* Chain 4: a byte of each plane in turn. In this order the map of memory changes once; a0000-affff, all planes. */
static void chain_4(void)
{
	outw(VGA_PAIR(VGA_GRAPHICS_MISC, 0x05), VGA_GRAPHICS);
	outw(VGA_PAIR(VGA_SEQUENCER_MASK, 0x0f), VGA_SEQUENCER);
	outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, 0x0a), VGA_SEQUENCER);
}

/* The sequencer of Cirrus Logic: more registers, with a key, and pixels that are not a VGA's (vgasrc/cirrus.c). */
#define UNLOCK		0x06
#define UNLOCK_KEY	0x12
#define PIXELS		0x07

/* The device changes its map before it takes the value: so twice. */
static void cirrus_pixels(uint8_t pixels)
{
	outw(VGA_PAIR(PIXELS, pixels), VGA_SEQUENCER);
	outw(VGA_PAIR(PIXELS, pixels), VGA_SEQUENCER);
}

/* Nobody at these ports: they read ff. */
void isa_text_on(void)
{
	uint8_t key;

	if (!screen_untouched())
		return;
	outw(VGA_PAIR(UNLOCK, UNLOCK_KEY), VGA_SEQUENCER);
	key = inb(VGA_SEQUENCER + 1);
	if (key == 0xff)
		return;
	if (key == UNLOCK_KEY)
		cirrus_pixels(1);
	else
		chain_4();
	screen_show(phys_to_ptr(WINDOW), false);
	if (key == UNLOCK_KEY)
		cirrus_pixels(0);
	else
		outw(VGA_PAIR(VGA_SEQUENCER_MEMORY, 0x02), VGA_SEQUENCER);
}

void several_text_on(const struct pci_tree *tree, const struct pci_function *vga)
{
	bool isa = machine.isa_display;

	for (; vga && vga < tree->function + tree->count; vga++) {
		const struct display_card *card;

		if (!pci_serves_as(vga, PCI_CLASS_VGA))
			continue;
		card = display_card_of(vga);
		if (!card) {
			isa = false;
			continue;
		}
		pci_write32(vga->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
		if (screen_answers(vga, card)) {
			screen_text_on(vga, card, false);
			return;
		}
	}
	if (isa)
		isa_text_on();
}
