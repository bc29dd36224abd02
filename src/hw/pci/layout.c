/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/layout.c: see pci_layout.h.
 *
 * Windows are sized from the leaves up, then placed from the roots down. Within a window pieces
 * are put one behind the other by falling alignment, which for powers of two leaves no holes.
 * Instead of sorting, each alignment that occurs is one walk over the pieces: a machine has few.
 */
#include <stddef.h>
#include "hw/pci/layout.h"
#include "lib/bits.h"

#define IO_GRANULARITY	   0x1000u
#define MEMORY_GRANULARITY 0x100000u
#define PAGE		   0x1000u
#define UNBOUNDED	   (1ull << 62)

#define CLASS_STORAGE	0x01
#define CLASS_NETWORK	0x02
#define CLASS_USB	0x0c03
/* A BAR this large is no control register of a boot device. */
#define PIN_LIMIT	0x10000000u

uint64_t layout_granularity(uint32_t window)
{
	return window == LAYOUT_IO ? IO_GRANULARITY : MEMORY_GRANULARITY;
}

bool layout_pinned(const struct pci_function *function, const struct pci_bar *bar)
{
	uint32_t class = function->class_revision >> 24;

	return bar->size <= PIN_LIMIT &&
	       (class == CLASS_STORAGE || class == CLASS_NETWORK ||
		function->class_revision >> 16 == CLASS_USB);
}

static struct pci_function *parent_of(const struct pci_tree *tree,
				      const struct pci_function *function)
{
	return function->parent == PCI_NONE ? NULL : &tree->function[function->parent];
}

uint32_t layout_of_bar(const struct pci_tree *tree, const struct pci_function *function,
		       const struct pci_bar *bar)
{
	const struct pci_function *parent = parent_of(tree, function);

	if (!bar->size)
		return LAYOUT_NONE;
	if (bar->kind == PCI_IO)
		return !parent || parent->window[PCI_IO].open ? LAYOUT_IO : LAYOUT_NONE;
	if (!parent)
		return bar->high ? LAYOUT_HIGH : LAYOUT_LOW;
	/* A prefetchable BAR may live in the other window, never the other way round. */
	if (bar->kind == PCI_PREF && parent->window[PCI_PREF].open &&
	    (!parent->window[PCI_PREF].high || (bar->wide && !layout_pinned(function, bar))))
		return PCI_PREF;
	return PCI_MEM;
}

uint32_t layout_range_of_bar(const struct pci_tree *tree, const struct pci_function *function,
			     const struct pci_bar *bar)
{
	const struct pci_function *parent = parent_of(tree, function);
	uint32_t window = layout_of_bar(tree, function, bar);

	if (!parent || window == LAYOUT_NONE || window == LAYOUT_IO)
		return window;
	return parent->window[window].high ? LAYOUT_HIGH : LAYOUT_LOW;
}

static uint32_t layout_of_window(const struct pci_function *bridge, uint32_t kind)
{
	const struct pci_window *window = &bridge->window[kind];

	if (!window->size)
		return LAYOUT_NONE;
	if (kind == PCI_PREF && bridge->parent == PCI_NONE)
		return window->high ? LAYOUT_HIGH : LAYOUT_LOW;
	return kind;
}

/* Room a BAR takes. No two share a page, so that each can be mapped on its own. */
static uint64_t room(const struct pci_bar *bar)
{
	return bar->kind == PCI_IO ? max_u64(bar->size, 4) : max_u64(bar->size, PAGE);
}

static uint64_t highest_bit(uint64_t v)
{
	uint32_t high = (uint32_t)(v >> 32), low = (uint32_t)v;

	if (high)
		return (uint64_t)(0x80000000u >> __builtin_clz(high)) << 32;
	return low ? 0x80000000u >> __builtin_clz(low) : 0;
}

/* The functions of one bus are those with this parent from index first up to end. */
struct bus {
	uint32_t parent, first, end;
};

/* Next function on the bus from index n on; end: none. */
static uint32_t next_child(const struct pci_tree *tree, const struct bus *bus, uint32_t n)
{
	while (n < bus->end && tree->function[n].parent != bus->parent)
		n++;
	return n;
}

/* Behind a bridge: depth first, the first that is not below it ends it. */
static struct bus bus_behind(const struct pci_tree *tree, uint32_t bridge)
{
	uint32_t end = bridge + 1;

	while (end < tree->count && tree->function[end].parent != PCI_NONE &&
	       tree->function[end].parent >= bridge)
		end++;
	return (struct bus){ bridge, bridge + 1, end };
}

/* The root bus that function first is on; all: and every root bus after it. */
static struct bus root_bus(const struct pci_tree *tree, uint32_t first, bool all)
{
	uint32_t end = first + 1;

	while (end < tree->count &&
	       (all || tree->function[end].parent != PCI_NONE ||
		PCI_BUS(tree->function[end].bdf) == PCI_BUS(tree->function[first].bdf)))
		end++;
	return (struct bus){ PCI_NONE, first, end };
}

/* All alignments that occur in each window, as one mask: they are powers of two. */
static void collect(const struct pci_tree *tree, const struct bus *bus,
		    uint64_t aligns[PCI_KINDS + 1])
{
	for (uint32_t w = 0; w <= PCI_KINDS; w++)
		aligns[w] = 0;
	for (uint32_t n = next_child(tree, bus, bus->first); n < bus->end;
	     n = next_child(tree, bus, n + 1)) {
		const struct pci_function *function = &tree->function[n];

		if (function->lost)
			continue;
		for (uint32_t left = function->sized; left; left &= left - 1) {
			const struct pci_bar *bar = &function->bar[__builtin_ctz(left)];

			aligns[layout_of_bar(tree, function, bar)] |= room(bar);
		}
		for (uint32_t k = 0; function->bridge && k < PCI_KINDS; k++)
			if (function->window[k].size)
				aligns[layout_of_window(function, k)] |= function->window[k].align;
	}
}

/* Put one piece into the first range that has room; ranges shrink from below. */
static bool take(struct pci_range *range, uint32_t ranges, uint64_t size, uint64_t align,
		 uint64_t *base)
{
	for (uint32_t i = 0; i < ranges; i++) {
		uint64_t at = align_up64(range[i].base, align);

		if (at < range[i].base || !range_inside(at, size, range[i].end))
			continue;
		*base = at;
		range[i].base = at + size;
		return true;
	}
	return false;
}

/* Place all pieces of one window by falling alignment. Returns whether they fit. */
static bool pack(struct pci_tree *tree, const struct bus *bus, uint32_t window, uint64_t aligns,
		 struct pci_range *range, uint32_t ranges)
{
	for (uint64_t align; (align = highest_bit(aligns)) != 0; aligns &= ~align) {
		for (uint32_t n = next_child(tree, bus, bus->first); n < bus->end;
		     n = next_child(tree, bus, n + 1)) {
			struct pci_function *function = &tree->function[n];

			if (function->lost)
				continue;
			for (uint32_t left = function->sized; left; left &= left - 1) {
				struct pci_bar *bar = &function->bar[__builtin_ctz(left)];

				if (room(bar) == align &&
				    layout_of_bar(tree, function, bar) == window &&
				    !take(range, ranges, align, align, &bar->base))
					return false;
			}
			for (uint32_t k = 0; function->bridge && k < PCI_KINDS; k++) {
				struct pci_window *w = &function->window[k];

				if (w->size && w->align == align &&
				    layout_of_window(function, k) == window &&
				    !take(range, ranges, w->size, align, &w->base))
					return false;
			}
		}
	}
	return true;
}

/* Which windows of the bridges are in use, and which lie above 4 GiB: from the roots down. */
static void open_windows(struct pci_tree *tree)
{
	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *bridge = &tree->function[n];
		const struct pci_function *parent = parent_of(tree, bridge);
		struct pci_window *pref = &bridge->window[PCI_PREF];

		if (parent && parent->lost && !bridge->lost) {
			bridge->lost = true;
			bridge->lost_bar = PCI_BARS;
		}
		if (!bridge->bridge)
			continue;
		for (uint32_t k = 0; k < PCI_KINDS; k++)
			bridge->window[k].open = !bridge->lost && bridge->window[k].present &&
						 (!parent || parent->window[k].open);
		if (parent)
			pref->high = pref->open && parent->window[PCI_PREF].high;
		/* 32 bits of window below a 64-bit one: what is behind uses the memory window. */
		if (!pref->open || (pref->high && !pref->wide)) {
			pref->open = false;
			pref->high = false;
		}
	}
}

/* Sizes of all bridge windows, from the leaves up. Bases are offsets into the window for now. */
static void size_windows(struct pci_tree *tree)
{
	uint64_t aligns[PCI_KINDS + 1];

	for (uint32_t n = tree->count; n-- > 0;) {
		struct pci_function *bridge = &tree->function[n];
		struct bus bus;

		if (!bridge->bridge)
			continue;
		bus = bus_behind(tree, n);
		collect(tree, &bus, aligns);
		for (uint32_t k = 0; k < PCI_KINDS; k++) {
			struct pci_window *window = &bridge->window[k];
			struct pci_range range = { 0, UNBOUNDED };
			uint64_t granularity = layout_granularity(k);
			uint64_t reserve = window->dropped ? 0 : window->reserve;

			window->size = 0;
			window->base = 0;
			window->align = max_u64(highest_bit(aligns[k]), granularity);
			if (!window->open)
				continue;
			pack(tree, &bus, k, aligns[k], &range, 1);
			window->reserved = reserve > align_up64(range.base, granularity);
			if (window->reserved) {
				range.base = reserve;
				window->align = max_u64(window->align, highest_bit(reserve));
			}
			window->size = align_up64(range.base, granularity);
		}
	}
}

/* Turn offsets into addresses, from the roots down. */
static void resolve(struct pci_tree *tree, uint64_t low_base)
{
	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		const struct pci_function *parent = parent_of(tree, function);
		uint64_t origin[PCI_KINDS] = { 0, low_base, 0 };

		for (uint32_t k = 0; parent && k < PCI_KINDS; k++)
			origin[k] = parent->window[k].base;
		for (uint32_t left = function->sized; left; left &= left - 1) {
			struct pci_bar *bar = &function->bar[__builtin_ctz(left)];
			uint32_t window = layout_of_bar(tree, function, bar);

			if (function->lost || window == LAYOUT_NONE)
				bar->base = 0;
			else
				bar->base += origin[window];
			bar->high = bar->base >> 32 != 0;
		}
		for (uint32_t k = 0; function->bridge && k < PCI_KINDS; k++)
			if (function->window[k].size)
				function->window[k].base += origin[layout_of_window(function, k)];
	}
}

/*
 * Lay out what is on root buses. One root bus after the other, so that the addresses of each
 * are in one piece, or all as if they were one bus, which may need less room. Returns as layout().
 */
static uint32_t place_roots(struct pci_tree *tree, const struct pci_space *space, bool together,
			    uint64_t *low_base)
{
	struct pci_range io[PCI_IO_RANGES];
	struct pci_range high = space->high;
	struct pci_range low = { 0, UNBOUNDED };
	uint64_t low_aligns = 1;
	uint64_t aligns[PCI_KINDS + 1];
	struct bus bus;

	for (uint32_t i = 0; i < PCI_IO_RANGES; i++)
		io[i] = space->io[i];
	for (uint32_t first = 0; first < tree->count; first = bus.end) {
		bus = root_bus(tree, first, together);
		collect(tree, &bus, aligns);
		if (!pack(tree, &bus, LAYOUT_IO, aligns[LAYOUT_IO], io, PCI_IO_RANGES))
			return LAYOUT_IO;
		pack(tree, &bus, LAYOUT_LOW, aligns[LAYOUT_LOW], &low, 1);
		low_aligns |= aligns[LAYOUT_LOW];
		if (!pack(tree, &bus, LAYOUT_HIGH, aligns[LAYOUT_HIGH], &high, 1))
			return LAYOUT_HIGH;
	}
	/* All of it as one block that ends where the range ends. */
	if (low.base > space->low.end - space->low.base)
		return LAYOUT_LOW;
	*low_base = align_down64(space->low.end - low.base, highest_bit(low_aligns));
	return *low_base < space->low.base ? LAYOUT_LOW : LAYOUT_NONE;
}

uint32_t layout(struct pci_tree *tree, const struct pci_space *space)
{
	uint64_t low_base;
	uint32_t range;

	open_windows(tree);
	size_windows(tree);
	range = place_roots(tree, space, false, &low_base);
	if (range != LAYOUT_NONE && tree->extra_roots)
		range = place_roots(tree, space, true, &low_base);
	if (range == LAYOUT_NONE)
		resolve(tree, low_base);
	return range;
}
