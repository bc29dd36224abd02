/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/program.c: see pci_program.h.
 * Spec: PCI 3.0, 6.2; PCI-to-PCI Bridge 1.2, 3.2.5.
 */
#include <stddef.h>
#include "hw/pci/program.h"
#include "hw/pci/tree.h"

#define CLASS_VGA	0x0300
#define BRIDGE_SERR	0x0002	/* bridge control: pass system errors on */
#define BRIDGE_VGA	0x0008	/* forward 0xa0000-0xbffff, 0x3b0-0x3bb, 0x3c0-0x3df */

/* Returns the command bits for what the BARs decode. */
static uint16_t program_bars(const struct pci_function *function)
{
	uint16_t command = 0;

	for (uint32_t left = function->sized; left; left &= left - 1) {
		const struct pci_bar *bar = &function->bar[__builtin_ctz(left)];

		pci_write32(function->bdf, bar->reg, (uint32_t)bar->base);
		if (bar->base >> 32)
			pci_write32(function->bdf, bar->reg + 4, (uint32_t)(bar->base >> 32));
		/* The ROM decodes only while its own enable bit is set too, which it is not. */
		if (bar->base && !bar->rom)
			command |= bar->kind == PCI_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	}
	return command;
}

/* Base and limit fields of a memory window: 16 bits each, the upper 12 are address bits 31..20. */
static uint32_t memory_fields(const struct pci_window *window)
{
	uint64_t limit = window->base + window->size - 1;

	return ((uint32_t)limit & 0xfff00000u) | ((uint32_t)window->base >> 16 & 0xfff0);
}

/* The scan has closed all windows. Without bus master a bridge forwards no DMA upstream. */
static uint16_t program_bridge(const struct pci_function *bridge)
{
	const struct pci_window *io = &bridge->window[PCI_IO];
	const struct pci_window *mem = &bridge->window[PCI_MEM];
	const struct pci_window *pref = &bridge->window[PCI_PREF];

	if (io->size) {
		uint32_t limit = (uint32_t)io->base + (uint32_t)io->size - 1;

		pci_write16(bridge->bdf, PCI_IO_BASE,
			    (uint16_t)((limit & 0xf000) | ((uint32_t)io->base >> 8 & 0xf0)));
	}
	if (mem->size)
		pci_write32(bridge->bdf, PCI_MEMORY_BASE, memory_fields(mem));
	if (pref->size) {
		uint64_t limit = pref->base + pref->size - 1;

		pci_write32(bridge->bdf, PCI_PREF_BASE, memory_fields(pref));
		if (limit >> 32) {
			pci_write32(bridge->bdf, PCI_PREF_BASE_UPPER, (uint32_t)(pref->base >> 32));
			pci_write32(bridge->bdf, PCI_PREF_LIMIT_UPPER, (uint32_t)(limit >> 32));
		}
	}
	pci_write16(bridge->bdf, PCI_BRIDGE_CONTROL, BRIDGE_SERR);
	return PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
}

/* Legacy VGA cycles go down one branch only, and to a card that decodes. */
static void open_way_to(const struct pci_tree *tree, const struct pci_function *vga)
{
	while (vga->parent != PCI_NONE) {
		vga = &tree->function[vga->parent];
		pci_write16(vga->bdf, PCI_BRIDGE_CONTROL, BRIDGE_SERR | BRIDGE_VGA);
	}
}

void pci_program(const struct pci_tree *tree)
{
	const struct pci_function *vga = NULL;

	for (uint32_t n = 0; n < tree->count; n++) {
		const struct pci_function *function = &tree->function[n];
		uint16_t command = program_bars(function);

		if (function->lost)
			continue;
		if (function->bridge)
			command |= program_bridge(function);
		if (!vga && function->class_revision >> 16 == CLASS_VGA) {
			vga = function;
			command |= PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
		}
		if (command)
			pci_write16(function->bdf, PCI_COMMAND, command | PCI_COMMAND_SERR);
	}
	if (vga)
		open_way_to(tree, vga);
}
