/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/scan.c: see scan.h.
 */
#include "hw/pci/bar.h"
#include "hw/pci/bridge.h"
#include "hw/pci/irq.h"
#include "hw/pci/known.h"
#include "hw/pci/scan.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "trace/log.h"
#include "lib/string.h"

#define HEADER_TYPE(v)		((v) & 0x7f)
#define HEADER_MULTIFUNCTION	0x80
#define HEADER_ENDPOINT		0
#define HEADER_BRIDGE		1
#define LAST_BUS		0xff

/* Vendor 0xffff and vendor 0 are nobody's. */
static bool present(uint32_t id)
{
	return (uint16_t)(id + 1) > 1;
}

static uint32_t read_id(pci_bdf_t bdf)
{
	return pci_read32(bdf, PCI_VENDOR_ID);
}

/* Ask an unknown function everything. Returns what the interrupt line register holds. */
static uint8_t ask_function(struct pci_function *function)
{
	pci_bdf_t bdf = function->bdf;
	uint32_t line_pin;

	function->class_revision = pci_read32(bdf, PCI_CLASS_REVISION);
	function->header_type = (uint8_t)(pci_read32(bdf, PCI_HEADER_TYPE & ~3) >> 16);
	if (HEADER_TYPE(function->header_type) > HEADER_BRIDGE) {
		log("pci: %02x:%02x.%u: header type 0x%02x is neither 0 nor 1; left alone",
		    PCI_BUS(bdf), PCI_DEV(bdf), PCI_FN(bdf), function->header_type);
		return 0;
	}
	function->bridge = HEADER_TYPE(function->header_type) == HEADER_BRIDGE;
	pci_bar_size(function);
	if (function->bridge)
		pci_bridge_probe(function);
	line_pin = pci_read32(bdf, PCI_INTERRUPT_LINE);
	function->pin = line_pin >> 8 & 0xff;
	if (function->pin > 4)
		function->pin = 0;
	return (uint8_t)line_pin;
}

/* The rest of the dword is read-only, but a bridge has a control register there. */
static void write_line(const struct pci_function *function)
{
	if (function->bridge)
		pci_write8(function->bdf, PCI_INTERRUPT_LINE, function->line);
	else
		pci_write32(function->bdf, PCI_INTERRUPT_LINE, function->line);
}

/* Enter a function into the tree, which has room for it, and find out about it. */
static struct pci_function *add_function(struct pci_tree *tree, pci_bdf_t bdf, uint32_t id,
					 uint32_t parent, enum chipset chipset)
{
	struct pci_function *function = &tree->function[tree->count++];
	uint8_t written = 0;

	memset(function, 0, sizeof(*function));
	function->bdf = bdf;
	function->id = id;
	function->parent = (uint16_t)parent;
	function->next = (uint16_t)tree->count;
	if (!pci_known(function))
		written = ask_function(function);
	if (!function->line)
		pci_irq_route(tree, function, chipset);
	/* Here, not with the bases: the register's dword is still selected. */
	if (function->line && function->line != written)
		write_line(function);
	return function;
}

/* The bus numbers in one dword; what is behind the bridge answers up to subordinate. */
static void write_buses(const struct pci_function *bridge, uint32_t subordinate)
{
	pci_write32(bridge->bdf, PCI_PRIMARY_BUS,
		    subordinate << 16 | (uint32_t)bridge->secondary << 8 | PCI_BUS(bridge->bdf));
}

/*
 * The function behind the last one of the bus at is on, where its bridge is parent. A PCI Express link has
 * one device at its end.
 */
static uint32_t end_of_bus(const struct pci_tree *tree, uint32_t at, uint32_t parent)
{
	bool link = parent != PCI_NONE && tree->function[parent].pcie_port;

	return (at & 0xff00) + (link ? 8 : 0x100);
}

/*
 * Scan the hierarchy below a root bus; bridges get numbers up to limit. There is no recursion:
 * 255 bridges may be nested and the stack is small. Returns the last number given.
 */
static uint32_t scan_root(struct pci_tree *tree, uint32_t root, uint32_t limit,
			  enum chipset chipset)
{
	uint32_t last = root, parent = PCI_NONE, at = PCI_BDF(root, 0, 0);
	uint32_t end = end_of_bus(tree, at, parent);

	for (;;) {
		struct pci_function *function;
		uint32_t multifunction = 0, id;

		if (at >= end) {
			if (parent == PCI_NONE)
				return last;
			/* The bus is done: go on behind its bridge. */
			function = &tree->function[parent];
			last = max_u32(last, min_u32(function->secondary + function->bus_reserve,
						     limit));
			function->subordinate = (uint8_t)last;
			function->next = (uint16_t)tree->count;
			if (last != limit)
				write_buses(function, last);
			at = function->bdf;
			multifunction = function->header_type & HEADER_MULTIFUNCTION;
			parent = function->parent;
			end = end_of_bus(tree, at, parent);
			goto next;
		}

		/* The start-up code knows the machine by its host bridge. */
		id = at ? read_id((pci_bdf_t)at) :
		     chipset == CHIPSET_Q35 ? HOST_BRIDGE_Q35 : HOST_BRIDGE_I440FX;
		if (!present(id))
			goto next;
		if (tree->count == tree->max) {
			if (tree->overflow++ == 0)
				log("pci: %02x:%02x.%u and more: only %u functions fit into the list; "
				    "the rest is left alone", PCI_BUS(at), PCI_DEV(at), PCI_FN(at),
				    tree->max);
			at = end;
			continue;
		}
		function = add_function(tree, (pci_bdf_t)at, id, parent, chipset);
		tree->aligns |= function->aligns;
		multifunction = function->header_type & HEADER_MULTIFUNCTION;
		if (!function->bridge)
			goto next;
		tree->bridges++;
		if (last == limit) {
			log("pci: %02x:%02x.%u: bus numbers end at 0x%02x; what is behind this "
			    "bridge is not seen", PCI_BUS(at), PCI_DEV(at), PCI_FN(at), limit);
			function->lost = true;
			goto next;
		}
		function->secondary = (uint8_t)++last;
		function->subordinate = (uint8_t)limit;
		write_buses(function, limit);
		parent = tree->count - 1;
		at = PCI_BDF(last, 0, 0);
		end = end_of_bus(tree, at, parent);
		continue;
next:
		/* Only function 0 says whether there are others; whoever has a higher number is one. */
		at += (at & 7) | multifunction ? 1 : 8;
	}
}

/* Before bridges are numbered only root buses answer. Returns how many there are. */
static uint32_t find_roots(uint32_t roots[8], uint32_t wanted)
{
	uint32_t found = 0;

	for (uint32_t bus = 1; bus <= LAST_BUS && found < wanted; bus++) {
		for (uint32_t slot = 0; slot < 32; slot++) {
			if (!present(read_id(PCI_BDF(bus, slot, 0))))
				continue;
			roots[bus / 32] |= 1u << bus % 32;
			found++;
			break;
		}
	}
	return found;
}

/* As pci_scan() with root buses besides bus 0: bridges get numbers up to the next of them. */
static void scan_roots(struct pci_tree *tree, enum chipset chipset, uint32_t extra_roots)
{
	uint32_t roots[8] = { 0 };
	uint32_t next;

	tree->extra_roots = find_roots(roots, extra_roots);
	if (tree->extra_roots != extra_roots)
		log("pci: devices on %u extra root buses, QEMU has %u; the others are empty",
		    tree->extra_roots, extra_roots);
	for (uint32_t root = 0; root <= LAST_BUS; root = next) {
		next = root + 1;
		while (next <= LAST_BUS && !(roots[next / 32] >> next % 32 & 1))
			next++;
		tree->buses = scan_root(tree, root, next - 1, chipset) + 1;
	}
}

void pci_scan(struct pci_tree *tree, enum chipset chipset, uint32_t extra_roots)
{
	tree->count = 0;
	tree->bridges = 0;
	tree->aligns = 0;
	tree->overflow = 0;
	tree->extra_roots = 0;
	if (extra_roots)
		scan_roots(tree, chipset, extra_roots);
	else
		tree->buses = scan_root(tree, 0, LAST_BUS, chipset) + 1;
	tree->simple = !tree->bridges;
}

void pci_scan_restore(const struct pci_tree *tree)
{
	const struct pci_function *f = tree->function, *end = f + tree->count;

	/* Bridges come before what is behind them. */
	for (; f < end; f++) {
		if (f->bridge) {
			pci_bridge_close_io(f->bdf);
			if (f->secondary)	/* else numbers had come to an end */
				write_buses(f, f->subordinate);
		}
		if (f->line)
			write_line(f);
	}
}
