/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/init.c: see init.h.
 */
#include <stddef.h>
#include "hw/pci/init.h"
#include "hw/pci/layout.h"
#include "hw/pci/program.h"
#include "hw/pci/scan.h"
#include "hw/pci/space.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"
#include "mem/alloc.h"
#include "hw/chipset/chipset.h"
#include "machine/machine.h"

/* QEMU has at most 256 functions on each of 256 buses; nobody has come near this many. */
#define MAX_FUNCTIONS 1024

static const char *const range_names[] = { "I/O range", "32-bit window", "64-bit window" };

static uint64_t range_size(const struct pci_space *space, uint32_t range)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < PCI_RANGES; i++)
		size += space->range[range][i].end - space->range[range][i].base;
	return size;
}

static void report_lost(const struct pci_tree *tree, const struct pci_function *function,
			const struct pci_space *space)
{
	pci_bdf_t bdf = function->bdf;

	if (function->lost_bar >= PCI_BARS) {
		/* A bridge without a bus number was named by the scan. */
		if (function->parent != PCI_NONE && tree->function[function->parent].lost)
			log("pci: %02x:%02x.%u: the bridge above is disabled; device left disabled",
			    PCI_BUS(bdf), PCI_DEV(bdf), PCI_FN(bdf));
		return;
	}
	log("pci: %02x:%02x.%u: BAR %u: 0x%llx bytes do not fit into the %s of 0x%llx bytes; "
	    "device left disabled",
	    PCI_BUS(bdf), PCI_DEV(bdf), PCI_FN(bdf), function->lost_bar,
	    (unsigned long long)function->bar[function->lost_bar].size,
	    range_names[function->lost_range],
	    (unsigned long long)range_size(space, function->lost_range));
}

/* An I/O BAR behind a bridge without an I/O window: its device works without, or not at all. */
static void report_unforwarded(const struct pci_function *function)
{
	for (uint32_t b = 0; b < PCI_BARS; b++)
		if (function->bar[b].size && function->bar[b].way == LAYOUT_NONE)
			log("pci: %02x:%02x.%u: BAR %u: 0x%llx ports, but a bridge above forwards no "
			    "I/O; BAR left disabled", PCI_BUS(function->bdf), PCI_DEV(function->bdf),
			    PCI_FN(function->bdf), b, (unsigned long long)function->bar[b].size);
}

static void report(const struct pci_tree *tree, const struct pci_space *space)
{
	static const char *const kinds[PCI_KINDS] = { "I/O", "memory", "prefetchable" };
	uint32_t dropped[PCI_KINDS] = { 0 };

	for (uint32_t n = 0; n < tree->count; n++) {
		const struct pci_function *function = &tree->function[n];

		if (function->lost)
			report_lost(tree, function, space);
		else
			report_unforwarded(function);
		for (uint32_t k = 0; function->bridge && k < PCI_KINDS; k++)
			dropped[k] += function->window[k].dropped;
	}
	for (uint32_t k = 0; k < PCI_KINDS; k++)
		if (dropped[k])
			log("pci: %s reservations of %u bridges do not fit; no room for hotplug "
			    "there", kinds[k], dropped[k]);
}

/* Place below 4 GiB; what is above is found out only when somebody must go there. */
static void place(struct pci_tree *tree, uint64_t reserved_end)
{
	struct pci_space space;
	uint32_t given_up;

	pci_space_low(&space, machine.chipset, machine.low_ram_end);
	given_up = pci_place(tree, &space);
	if (given_up && pci_space_high(&space, machine.high_ram_end, reserved_end))
		pci_place(tree, &space);
	if (given_up || tree->bridges)
		report(tree, &space);
}

int pci_bring_up(uint32_t extra_roots, uint64_t reserved_end, bool decode)
{
	struct pci_tree *tree;

	pci_config_use_mmconfig(machine.chipset == CHIPSET_Q35 ? Q35_MMCONFIG_BASE : 0);
	tree = alloc_raw(ZONE_TEMP, sizeof(*tree) + MAX_FUNCTIONS * sizeof(struct pci_function), 16,
			 "PCI tree");
	if (!tree)
		return -ENOMEM;
	tree->function = (struct pci_function *)(tree + 1);
	tree->max = MAX_FUNCTIONS;
	pci_scan(tree, machine.chipset, extra_roots);
	place(tree, reserved_end);
	tree->decode = decode;
	pci_program(tree);
	machine.pci = tree;
	return 0;
}

static bool kept;

void pci_keep(void)
{
	uint32_t bytes = sizeof(*machine.pci) + machine.pci->count * sizeof(struct pci_function);
	struct pci_tree *tree = alloc_raw(ZONE_NVS, bytes, 16, "PCI tree");

	kept = tree;
	if (!tree)
		return;
	memcpy(tree, machine.pci, bytes);
	tree->function = (struct pci_function *)(tree + 1);
	machine.pci = tree;
}

void pci_resume(void)
{
	if (!kept)
		return;
	pci_scan_restore(machine.pci);
	pci_program(machine.pci);
}
