/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/place.c: see pci_place.h. This file decides who goes above 4 GiB and who goes
 * without; pci_layout.c does the arithmetic. Each decision is followed by a new layout: that is
 * slow only where the first did not fit.
 */
#include <stddef.h>
#include "hw/pci/layout.h"
#include "hw/pci/place.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"

#define CLASS_STORAGE 0x01

static bool empty(const struct pci_range *range)
{
	return range->base >= range->end;
}

static uint32_t root_ancestor(const struct pci_tree *tree, uint32_t n)
{
	while (tree->function[n].parent != PCI_NONE)
		n = tree->function[n].parent;
	return n;
}

/* Start without decisions. A bridge that got no bus number is lost from the start. */
static void forget(struct pci_tree *tree)
{
	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];

		function->lost = function->bridge && !function->secondary;
		function->lost_bar = PCI_BARS;
		function->sized = 0;
		for (uint32_t b = 0; b < PCI_BARS; b++) {
			if (!function->bar[b].size)
				continue;
			function->sized |= 1u << b;
			function->bar[b].base = 0;
			function->bar[b].high = false;
		}
		for (uint32_t k = 0; function->bridge && k < PCI_KINDS; k++) {
			function->window[k].size = 0;
			function->window[k].dropped = false;
			function->window[k].high = false;
		}
	}
}

/* Reservations that were asked for above 4 GiB: the bridge on the root bus decides for all below. */
static void honour_high_reservations(struct pci_tree *tree, const struct pci_space *space)
{
	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_window *window = &tree->function[n].window[PCI_PREF];
		struct pci_window *root;

		if (!tree->function[n].bridge || !window->reserve_high)
			continue;
		root = &tree->function[root_ancestor(tree, n)].window[PCI_PREF];
		if (!empty(&space->high) && root->wide)
			root->high = true;
		else
			window->dropped = true;
	}
}

/* Could this BAR go above 4 GiB, as far as it and the bridges above it can address? */
static bool movable(const struct pci_tree *tree, const struct pci_function *function,
		    const struct pci_bar *bar)
{
	if (!bar->wide || layout_pinned(function, bar))
		return false;
	if (function->parent != PCI_NONE && bar->kind != PCI_PREF)
		return false;
	while (function->parent != PCI_NONE) {
		function = &tree->function[function->parent];
		if (!function->window[PCI_PREF].open || !function->window[PCI_PREF].wide)
			return false;
	}
	return true;
}

/* Move the largest that can be moved above 4 GiB. Returns false when there is none. */
static bool raise_largest(struct pci_tree *tree)
{
	uint64_t size = 0;
	bool *decision = NULL;

	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		struct pci_window *window = &function->window[PCI_PREF];

		if (function->parent != PCI_NONE || function->lost)
			continue;
		for (uint32_t b = 0; b < PCI_BARS; b++) {
			struct pci_bar *bar = &function->bar[b];

			if (bar->size > size && bar->kind != PCI_IO && !bar->high &&
			    movable(tree, function, bar)) {
				size = bar->size;
				decision = &bar->high;
			}
		}
		if (function->bridge && window->size > size && window->wide && !window->high) {
			size = window->size;
			decision = &window->high;
		}
	}
	if (decision)
		*decision = true;
	return decision;
}

/* Drop the reservation of the last bridge whose window is as large as it is because of it. */
static bool drop_reservation(struct pci_tree *tree, uint32_t range)
{
	for (uint32_t n = tree->count; n-- > 0;) {
		struct pci_function *bridge = &tree->function[n];

		for (uint32_t k = PCI_KINDS; bridge->bridge && k-- > 0;) {
			struct pci_window *window = &bridge->window[k];
			uint32_t from = k == PCI_IO ? LAYOUT_IO :
					window->high ? LAYOUT_HIGH : LAYOUT_LOW;

			if (from != range || !window->size || !window->reserved)
				continue;
			window->dropped = true;
			return true;
		}
	}
	return false;
}

/* What one BAR costs its range: behind a bridge at least a whole window. */
static uint64_t cost_of(const struct pci_function *function, const struct pci_bar *bar,
			uint32_t range)
{
	if (function->parent == PCI_NONE)
		return bar->size;
	return max_u64(bar->size, layout_granularity(range));
}

struct victim {
	struct pci_function *function;
	uint32_t bar;
	uint64_t cost;
	bool storage;
};

/*
 * Who costs this range most? Disks last among equals, then the one found last loses. Bridges only when
 * nothing else is left: all behind them would go as well.
 */
static struct victim find_victim(struct pci_tree *tree, uint32_t range, bool bridges)
{
	struct victim victim = { NULL, 0, 0, false };

	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		bool storage = function->class_revision >> 24 == CLASS_STORAGE;

		if (function->lost || function->bridge != bridges)
			continue;
		for (uint32_t b = 0; b < PCI_BARS; b++) {
			const struct pci_bar *bar = &function->bar[b];
			uint64_t cost = cost_of(function, bar, range);

			if (layout_range_of_bar(tree, function, bar) != range ||
			    cost < victim.cost ||
			    (cost == victim.cost && storage && !victim.storage))
				continue;
			victim = (struct victim){ function, b, cost, storage };
		}
	}
	return victim;
}

static void lose(const struct victim *victim)
{
	victim->function->lost = true;
	victim->function->lost_bar = (uint8_t)victim->bar;
}

static uint64_t largest(const struct pci_space *space, uint32_t range)
{
	uint64_t size = 0;

	if (range == LAYOUT_LOW)
		return space->low.end - space->low.base;
	if (range == LAYOUT_HIGH)
		return empty(&space->high) ? 0 : space->high.end - space->high.base;
	for (uint32_t i = 0; i < PCI_IO_RANGES; i++)
		size = max_u64(size, space->io[i].end - space->io[i].base);
	return size;
}

/* A range was too small: make one step. Returns false when nothing is left to give up. */
static bool give_way(struct pci_tree *tree, const struct pci_space *space, uint32_t range)
{
	bool can_raise = range == LAYOUT_LOW && !empty(&space->high);
	struct victim victim = find_victim(tree, range, false);

	/* What could not fit into the range if it were alone must not drive others out. */
	if (victim.function && victim.cost > largest(space, range) &&
	    !(can_raise &&
	      movable(tree, victim.function, &victim.function->bar[victim.bar]))) {
		lose(&victim);
		return true;
	}
	if (can_raise && raise_largest(tree))
		return true;
	if (drop_reservation(tree, range))
		return true;
	if (!victim.function)
		victim = find_victim(tree, range, true);
	if (!victim.function)
		return false;
	lose(&victim);
	return true;
}

static uint32_t count_given_up(struct pci_tree *tree)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		struct pci_window *pref = &function->window[PCI_PREF];

		count += function->lost;
		if (!function->bridge)
			continue;
		/* A bridge in between cannot decode what this one reserves above 4 GiB. */
		if (pref->reserve_high && !pref->high)
			pref->dropped = true;
		for (uint32_t k = 0; k < PCI_KINDS; k++)
			count += function->window[k].dropped;
	}
	return count;
}

uint32_t pci_place(struct pci_tree *tree, const struct pci_space *space)
{
	uint32_t range;

	forget(tree);
	honour_high_reservations(tree, space);
	while ((range = layout(tree, space)) != LAYOUT_NONE)
		if (!give_way(tree, space, range))
			break;
	return count_given_up(tree);
}
