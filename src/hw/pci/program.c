/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/program.c: see program.h.
 * Spec: PCI 3.0, 6.2; PCI-to-PCI Bridge 1.2, 3.2.5.
 */
#include <stdbool.h>
#include <stddef.h>
#include "hw/pci/program.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/display/several/several.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"

#define BRIDGE_VGA	0x0008	/* forward 0xa0000-0xbffff, 0x3b0-0x3bb, 0x3c0-0x3df */
#define CLOSED		0x0000fff0u	/* base above limit */

#define ABOVE_4_GIB	0x80000000u	/* beside command bits */

/* Write the bases. Returns the command bits of what they decode, and ABOVE_4_GIB if one is there. */
static uint32_t program_bars(const struct pci_function *function)
{
	uint32_t decodes = 0;

	for (uint32_t b = 0; b < PCI_BARS; b++) {
		const struct pci_bar *bar = &function->bar[b];
		uint32_t high = (uint32_t)(bar->base >> 32);

		if (!bar->size)
			continue;
		pci_write32(function->bdf, bar->reg, (uint32_t)bar->base);
		if (high) {
			pci_write32(function->bdf, bar->reg + 4, high);
			decodes |= ABOVE_4_GIB;
		}
		/* The ROM decodes only while its own enable bit is set too, which it is not. */
		if ((bar->base != 0) & !bar->rom)
			decodes |= bar->kind == PCI_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	}
	return decodes;
}

/* Base and limit fields of a memory window: 16 bits each, the upper 12 are address bits 31..20. */
static uint32_t memory_fields(const struct pci_window *window)
{
	uint64_t limit = window->base + window->size - 1;

	if (!window->size)
		return CLOSED;
	return ((uint32_t)limit & 0xfff00000u) | ((uint32_t)window->base >> 16 & 0xfff0);
}

/* The scan has closed the I/O window, and left the others as the reset did. */
static void program_windows(const struct pci_function *bridge)
{
	const struct pci_window *io = &bridge->window[PCI_IO];
	const struct pci_window *pref = &bridge->window[PCI_PREF];
	uint64_t limit = pref->base + pref->size - 1;

	if (io->size) {
		uint32_t last = (uint32_t)io->base + (uint32_t)io->size - 1;

		pci_write16(bridge->bdf, PCI_IO_BASE,
			    (uint16_t)((last & 0xf000) | ((uint32_t)io->base >> 8 & 0xf0)));
	}
	pci_write32(bridge->bdf, PCI_MEMORY_BASE, memory_fields(&bridge->window[PCI_MEM]));
	if (!pref->present)
		return;
	pci_write32(bridge->bdf, PCI_PREF_BASE, memory_fields(pref));
	if (pref->size && limit >> 32) {
		pci_write32(bridge->bdf, PCI_PREF_BASE_UPPER, (uint32_t)(pref->base >> 32));
		pci_write32(bridge->bdf, PCI_PREF_LIMIT_UPPER, (uint32_t)(limit >> 32));
	}
}

/* The status half of the register does not change by zeros. */
static void write_command(const struct pci_function *function, uint32_t command)
{
	pci_write32(function->bdf, PCI_COMMAND, command | PCI_COMMAND_SERR);
}

/* Legacy VGA cycles go down one branch only, and to a card that decodes. */
static void open_way_to(const struct pci_tree *tree, const struct pci_function *vga)
{
	while (vga->parent != PCI_NONE) {
		vga = &tree->function[vga->parent];
		pci_write16(vga->bdf, PCI_BRIDGE_CONTROL, BRIDGE_VGA);
	}
}

/* From the leaves up, what is behind a bridge is not in QEMU's memory map before it is complete. */
static void open_bridges(const struct pci_tree *tree)
{
	for (uint32_t n = tree->count; n-- > 0;) {
		const struct pci_function *bridge = &tree->function[n];

		/* Without bus master a bridge forwards no DMA upstream. */
		if (bridge->bridge && !bridge->lost)
			write_command(bridge, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
}

static void finish(const struct pci_tree *tree, const struct pci_function *vga, bool several)
{
	open_bridges(tree);
	/* What is booted from media has a program for the display, which sets it up. */
	if (tree->decode | several) {
		if (!tree->decode)
			several_text_on(tree, vga);
	} else if (vga) {
		screen_text_on(vga, display_card_of(vga), false);
	}
}

void pci_program(const struct pci_tree *tree)
{
	/* Which of these bits make a function decode; QEMU's ACPI tables tell of some only then. */
	uint32_t wanted = ABOVE_4_GIB;
	const struct pci_function *function = tree->function, *end = function + tree->count;
	const struct pci_function *vga = NULL;
	bool several = false;

	if (tree->decode | tree->extra_roots)
		wanted = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	for (; function < end; function++) {
		uint32_t decodes = program_bars(function);

		if (function->bridge) {
			program_windows(function);
			continue;
		}
		if (function->class_revision >> 16 == PCI_CLASS_VGA && vga) {
			several = true;
		} else if (function->class_revision >> 16 == PCI_CLASS_VGA && !function->lost) {
			vga = function;
			open_way_to(tree, function);
			decodes = wanted | PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
		}
		if (decodes & wanted)
			write_command(function, decodes & ~ABOVE_4_GIB);
	}
	if (tree->bridges | (uintptr_t)vga | machine.isa_display)
		finish(tree, vga, several | machine.isa_display);
}
