/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/place.c: see place.h. This file decides who goes above 4 GiB and who goes without;
 * layout.c does the arithmetic and says how many bytes are missing. As much is decided before the
 * next layout as must be given up at least: what somebody takes is counted in full here, though
 * less may come free.
 */
#include <stddef.h>
#include "hw/pci/layout.h"
#include "hw/pci/place.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"

#define CLASS_STORAGE 0x01

static bool has_high(const struct pci_space *space)
{
	return space->range[LAYOUT_HIGH][0].base < space->range[LAYOUT_HIGH][0].end;
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
	struct pci_function *function = tree->function;

	tree->aligns = 0;
	for (uint32_t left = tree->count; left; left--, function++) {
		function->aligns = 0;
		function->lost = false;
		for (uint32_t b = 0; b < PCI_BARS; b++) {
			function->bar[b].unpinned = false;
			layout_start(function, &function->bar[b]);
		}
		tree->aligns |= function->aligns;
		if (!function->bridge)
			continue;
		for (uint32_t k = 0; k < PCI_KINDS; k++) {
			function->window[k].dropped = false;
			function->window[k].high = false;
		}
		if (!function->secondary) {
			function->lost = true;
			function->lost_bar = PCI_BARS;
			layout_leave_out(function);
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
		if (has_high(space) && root->wide)
			root->high = true;
		else
			window->dropped = true;
	}
}

/* Could this BAR go above 4 GiB, as far as it and the bridges above it can address? */
static bool reaches_high(const struct pci_tree *tree, const struct pci_function *function,
			 const struct pci_bar *bar)
{
	if (!bar->wide)
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

static bool movable(const struct pci_tree *tree, const struct pci_function *function,
		    const struct pci_bar *bar)
{
	return !layout_pinned(function, bar) && reaches_high(tree, function, bar);
}

/* Bytes of the BARs and the window of a function on a root bus that can be raised from below 4 GiB. */
static uint64_t raisable_bar(const struct pci_tree *tree, const struct pci_function *function,
			     uint32_t b)
{
	const struct pci_bar *bar = &function->bar[b];

	return bar->way == LAYOUT_LOW && movable(tree, function, bar) ? bar->size : 0;
}

static uint64_t raisable_window(const struct pci_function *function)
{
	const struct pci_window *window = &function->window[PCI_PREF];

	return function->bridge && window->wide && !window->high ? window->size : 0;
}

static uint64_t largest_raisable(const struct pci_tree *tree)
{
	uint64_t size = 0;

	for (uint32_t n = 0; n < tree->count; n = tree->function[n].next) {
		const struct pci_function *function = &tree->function[n];

		for (uint32_t b = 0; b < PCI_BARS; b++)
			size = max_u64(size, raisable_bar(tree, function, b));
		size = max_u64(size, raisable_window(function));
	}
	return size;
}

/* Move the largest that can go above 4 GiB, the first found first. Returns false: there is none. */
static bool raise_largest(struct pci_tree *tree, uint64_t missing)
{
	uint64_t size = largest_raisable(tree), freed = 0;

	for (uint32_t n = 0; size && n < tree->count; n = tree->function[n].next) {
		struct pci_function *function = &tree->function[n];

		for (uint32_t b = 0; b < PCI_BARS && freed < missing; b++) {
			if (raisable_bar(tree, function, b) == size) {
				function->bar[b].way = LAYOUT_HIGH;
				freed += size;
			}
		}
		if (raisable_window(function) == size && freed < missing) {
			function->window[PCI_PREF].high = true;
			freed += size;
		}
	}
	return freed;
}

/* Drop reservations, from the last bridge on, where they make a window of this range larger. */
static bool drop_reservations(struct pci_tree *tree, uint32_t range, uint64_t missing)
{
	uint64_t freed = 0;

	for (uint32_t n = tree->count; n-- > 0;) {
		struct pci_function *bridge = &tree->function[n];

		for (uint32_t k = PCI_KINDS; bridge->bridge && k-- > 0;) {
			struct pci_window *window = &bridge->window[k];
			uint32_t from = k == PCI_IO ? LAYOUT_IO :
					window->high ? LAYOUT_HIGH : LAYOUT_LOW;

			if (from != range || !window->size || !window->reserved || freed >= missing)
				continue;
			window->dropped = true;
			freed += window->size;
		}
	}
	return freed;
}

/* Bytes of a BAR that takes room below 4 GiB for no other reason than that it is to stay there. */
static uint64_t pinned_bar(const struct pci_tree *tree, const struct pci_function *function, uint32_t b)
{
	const struct pci_bar *bar = &function->bar[b];

	return !function->lost && layout_pinned(function, bar) && reaches_high(tree, function, bar) ? bar->size : 0;
}

/*
 * Let the largest that are to stay below go up like others, the last found first: what is booted from tends
 * to be the first. Returns false: there is none.
 */
static bool unpin_largest(struct pci_tree *tree, uint64_t missing)
{
	uint64_t size = 0, freed = 0;

	for (uint32_t n = 0; n < tree->count; n++)
		for (uint32_t b = 0; b < PCI_BARS; b++)
			size = max_u64(size, pinned_bar(tree, &tree->function[n], b));
	for (uint32_t n = tree->count; size && freed < missing && n-- > 0;)
		for (uint32_t b = PCI_BARS; b-- > 0;)
			if (pinned_bar(tree, &tree->function[n], b) == size) {
				tree->function[n].bar[b].unpinned = true;
				freed += size;
			}
	return freed;
}

/* What one BAR costs its range: behind a bridge at least a whole window. */
static uint64_t cost_of(const struct pci_function *function, uint64_t size, uint32_t range)
{
	if (function->parent == PCI_NONE)
		return size;
	return max_u64(size, layout_granularity(range));
}

static void lose(struct pci_function *function, uint32_t b, uint32_t range)
{
	function->lost = true;
	function->lost_bar = (uint8_t)b;
	function->lost_range = (uint8_t)range;
	layout_leave_out(function);
}

/* Who goes first: the BAR that costs the range most, among equals those of disks last. */
struct rank {
	uint64_t cost;
	bool other;		/* no disk */
	uint32_t bar;
	uint64_t all;		/* what all its BARs cost */
};

static bool below(const struct rank *a, const struct rank *b)
{
	return a->cost < b->cost || (a->cost == b->cost && a->other < b->other);
}

/* The BAR for which a function would go. cost is 0 when it takes nothing of this range. */
static struct rank rank_of(const struct pci_tree *tree, const struct pci_function *function,
			   uint32_t range)
{
	struct rank rank = { .other = function->class_revision >> 24 != CLASS_STORAGE };

	for (uint32_t b = 0; b < PCI_BARS; b++) {
		const struct pci_bar *bar = &function->bar[b];

		if (!bar->size || layout_range_of_bar(tree, function, bar) != range)
			continue;
		rank.all += bar->size;
		if (cost_of(function, bar->size, range) < rank.cost)
			continue;
		rank.cost = cost_of(function, bar->size, range);
		rank.bar = b;
	}
	rank.all = cost_of(function, rank.all, range);
	return rank;
}

/*
 * Disable the devices that cost this range most, the last found first. Bridges only when nothing
 * else is left: all behind them would go as well. Returns false when there is none.
 */
static bool lose_largest(struct pci_tree *tree, uint32_t range, uint64_t missing, bool bridges)
{
	struct rank first = { 0, false, 0, 0 };
	uint64_t freed = 0;

	for (uint32_t n = 0; n < tree->count; n++) {
		struct rank rank = rank_of(tree, &tree->function[n], range);

		if (tree->function[n].bridge == bridges && below(&first, &rank))
			first = rank;
	}
	for (uint32_t n = tree->count; first.cost && freed < missing && n-- > 0;) {
		struct rank rank = rank_of(tree, &tree->function[n], range);

		if (tree->function[n].bridge != bridges || below(&rank, &first))
			continue;
		lose(&tree->function[n], rank.bar, range);
		freed += rank.all;
	}
	return first.cost;
}

static uint64_t largest_piece(const struct pci_space *space, uint32_t range)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < PCI_RANGES; i++)
		size = max_u64(size, space->range[range][i].end - space->range[range][i].base);
	return size;
}

/* What could not fit into the range if it were alone must not drive others out. */
static bool lose_oversized(struct pci_tree *tree, const struct pci_space *space, uint32_t range,
			   bool can_raise)
{
	uint64_t largest = largest_piece(space, range);
	bool any = false;

	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		struct rank rank = rank_of(tree, function, range);

		if (function->bridge || rank.cost <= largest ||
		    (can_raise && reaches_high(tree, function, &function->bar[rank.bar])))
			continue;
		lose(function, rank.bar, range);
		any = true;
	}
	return any;
}

/* A range lacks this many bytes: make one step. Returns false when nothing is left to give up. */
static bool give_way(struct pci_tree *tree, const struct pci_space *space, uint32_t range,
		     uint64_t missing)
{
	bool can_raise = range == LAYOUT_LOW && has_high(space);

	return lose_oversized(tree, space, range, can_raise) ||
	       (can_raise && raise_largest(tree, missing)) ||
	       drop_reservations(tree, range, missing) ||
	       (can_raise && unpin_largest(tree, missing)) ||
	       lose_largest(tree, range, missing, false) ||
	       lose_largest(tree, range, missing, true);
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
	uint64_t missing;
	uint32_t range;
	bool simple = tree->simple;

	tree->simple = false;
	if (simple && layout_roots(tree, space, !tree->extra_roots, &missing) == LAYOUT_NONE)
		return 0;
	forget(tree);
	honour_high_reservations(tree, space);
	do
		range = layout(tree, space, &missing);
	while (range != LAYOUT_NONE && give_way(tree, space, range, missing));
	return count_given_up(tree);
}
