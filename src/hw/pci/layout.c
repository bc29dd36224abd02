/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/layout.c: see layout.h.
 *
 * Windows are sized from the leaves up, then placed from the roots down. Within a window pieces
 * are put one behind the other by falling alignment, which for powers of two leaves no holes.
 * Instead of sorting, each alignment that occurs is one walk over the pieces: a machine has few.
 */
#include <stddef.h>
#include "hw/pci/bar.h"
#include "hw/pci/layout.h"
#include "lib/bits.h"
#include "lib/string.h"

#define IO_GRANULARITY	   0x1000u
#define MEMORY_GRANULARITY 0x100000u

/*
 * No sum here comes near, nor do two of them wrap: a function has at most three BARs of PCI_BAR_MAX and
 * one window.
 */
#define UNBOUNDED	   (1ull << 63)

#define CLASS_STORAGE	0x01
#define CLASS_NETWORK	0x02
#define CLASS_USB	0x0c03
#define CLASS_SD_HOST	0x0805
/* Disks and SCSI hosts of virtio, transitional and not, whose class is what QEMU's user likes it to be. */
#define VENDOR_VIRTIO	0x1af4
#define VIRTIO_BLK	0x1001
#define VIRTIO_SCSI	0x1004
#define VIRTIO_BLK_1	0x1042
#define VIRTIO_SCSI_1	0x1048
/* A BAR this large is no control register of a boot device. */
#define PIN_LIMIT	0x10000000u

/* What is being filled: the ranges of the space, or the windows of a bridge, shrinking from below. */
struct fill {
	struct pci_space left;
	uint32_t failed;		/* a way that had no room, LAYOUT_NONE: all had */
	uint64_t align[LAYOUT_NONE + 1];	/* the largest that was put there */
	uint64_t missing[LAYOUT_NONE];	/* bytes that found no room */
	uint64_t now;			/* the alignment whose turn it is */
};

static void start_fill(struct fill *fill)
{
	memset(fill, 0, sizeof(*fill));
	fill->failed = LAYOUT_NONE;
}

uint64_t layout_granularity(uint32_t window)
{
	return window == LAYOUT_IO ? IO_GRANULARITY : MEMORY_GRANULARITY;
}

static bool is_virtio_disk(uint32_t id)
{
	uint32_t device = id >> 16;

	return (uint16_t)id == VENDOR_VIRTIO && (device == VIRTIO_BLK || device == VIRTIO_SCSI ||
						 device == VIRTIO_BLK_1 || device == VIRTIO_SCSI_1);
}

bool layout_pinned(const struct pci_function *function, const struct pci_bar *bar)
{
	uint32_t class = function->class_revision >> 16;

	return bar->size <= PIN_LIMIT && !bar->unpinned &&
	       (class >> 8 == CLASS_STORAGE || class >> 8 == CLASS_NETWORK || class == CLASS_USB ||
		class == CLASS_SD_HOST || is_virtio_disk(function->id));
}

static struct pci_function *parent_of(const struct pci_tree *tree,
				      const struct pci_function *function)
{
	return function->parent == PCI_NONE ? NULL : &tree->function[function->parent];
}

uint32_t layout_range_of_bar(const struct pci_tree *tree, const struct pci_function *function,
			     const struct pci_bar *bar)
{
	const struct pci_function *parent = parent_of(tree, function);

	if (!parent || bar->way == LAYOUT_NONE || bar->way == LAYOUT_IO)
		return bar->way;
	return parent->window[bar->way].high ? LAYOUT_HIGH : LAYOUT_LOW;
}

void layout_leave_out(struct pci_function *function)
{
	function->aligns = 0;
	for (uint32_t b = 0; b < PCI_BARS; b++) {
		function->bar[b].base = 0;
		function->bar[b].way = LAYOUT_NONE;
	}
	for (uint32_t k = 0; k < PCI_KINDS; k++) {
		function->window[k].size = 0;
		function->window[k].align = 0;
	}
}

static uint32_t way_of_window(const struct pci_function *bridge, uint32_t kind)
{
	if (kind == PCI_PREF && bridge->parent == PCI_NONE && !bridge->window[kind].high)
		return LAYOUT_LOW;
	return kind;
}

/* Put one piece, aligned to fill->now, into the first range that has room. The first one is the largest. */
static void put_piece(struct fill *fill, uint32_t way, uint64_t size, uint64_t *base)
{
	struct pci_range *range = fill->left.range[way];
	uint64_t last = fill->now - 1;

	if (fill->align[way] < fill->now)
		fill->align[way] = fill->now;
	for (uint32_t i = 0; i < PCI_RANGES; i++, range++) {
		*base = (range->base + last) & ~last;
		if (*base + size > range->end)
			continue;
		range->base = *base + size;
		return;
	}
	*base = 0;
	if (way == LAYOUT_NONE)
		return;
	fill->missing[way] += size;
	fill->failed = way;
}

static uint64_t highest_bit(uint64_t v)
{
	while (v & (v - 1))
		v &= v - 1;
	return v;
}

/* Put all pieces of the functions [first, end) of one bus by falling alignment. */
static void pack(struct pci_tree *tree, uint32_t first, uint32_t end, struct fill *fill)
{
	struct pci_function *function;
	uint64_t align;

	for (uint64_t left = tree->aligns; left; left ^= align) {
		align = fill->now = highest_bit(left);
		for (uint32_t n = first; n < end; n = function->next) {
			function = &tree->function[n];
			if (!(function->aligns & align))
				continue;
			for (uint32_t b = 0; b < PCI_BARS; b++) {
				struct pci_bar *bar = &function->bar[b];

				if (bar->size & align)
					put_piece(fill, bar->way, align, &bar->base);
			}
			for (uint32_t k = 0; function->bridge && k < PCI_KINDS; k++) {
				struct pci_window *window = &function->window[k];

				if (window->align == align)
					put_piece(fill, way_of_window(function, k), window->size,
						  &window->base);
			}
		}
	}
}

/* Which window of the bridge above a BAR goes into. */
static uint32_t way_of_bar(const struct pci_function *parent, const struct pci_function *function,
			   const struct pci_bar *bar)
{
	const struct pci_window *pref = &parent->window[PCI_PREF];

	if (bar->kind == PCI_IO)
		return parent->window[PCI_IO].open ? LAYOUT_IO : LAYOUT_NONE;
	/* A prefetchable BAR may live in the other window, never the other way round. */
	if (bar->kind == PCI_PREF && pref->open &&
	    (!pref->high || (bar->wide && !layout_pinned(function, bar))))
		return PCI_PREF;
	return PCI_MEM;
}

/* Which windows of the bridges are in use, and which lie above 4 GiB: from the roots down. */
static void open_windows(struct pci_tree *tree)
{
	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		const struct pci_function *parent = parent_of(tree, function);
		struct pci_window *pref = &function->window[PCI_PREF];

		if (parent && parent->lost && !function->lost) {
			function->lost = true;
			function->lost_bar = PCI_BARS;
			layout_leave_out(function);
		}
		for (uint32_t b = 0; parent && !function->lost && b < PCI_BARS; b++)
			function->bar[b].way = (uint8_t)way_of_bar(parent, function, &function->bar[b]);
		if (!function->bridge)
			continue;
		for (uint32_t k = 0; k < PCI_KINDS; k++)
			function->window[k].open = !function->lost && function->window[k].present &&
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

static void size_window(struct pci_window *window, uint64_t used, uint64_t align,
			uint64_t granularity)
{
	uint64_t reserve = window->dropped ? 0 : window->reserve;

	window->size = 0;
	window->align = 0;
	window->base = 0;
	if (!window->open)
		return;
	used = align_up64(used, granularity);
	align = max_u64(align, granularity);
	window->reserved = reserve > used;
	if (window->reserved) {
		used = align_up64(reserve, granularity);
		align = max_u64(align, highest_bit(reserve));
	}
	window->size = used;
	window->align = used ? align : 0;
}

/* Sizes of all bridge windows, from the leaves up. Bases are offsets into the window for now. */
static void size_windows(struct pci_tree *tree)
{
	for (uint32_t n = tree->count; n-- > 0;) {
		struct pci_function *bridge = &tree->function[n];
		struct fill fill;

		if (!bridge->bridge)
			continue;
		start_fill(&fill);
		for (uint32_t k = 0; k < PCI_KINDS; k++)
			fill.left.range[k][0].end = UNBOUNDED;
		pack(tree, n + 1, bridge->next, &fill);
		for (uint32_t k = 0; k < PCI_KINDS; k++) {
			size_window(&bridge->window[k], fill.left.range[k][0].base, fill.align[k],
				    layout_granularity(k));
			bridge->aligns |= bridge->window[k].align;
			tree->aligns |= bridge->window[k].align;
		}
	}
}

/* Turn offsets into windows into addresses, from the roots down. */
static void resolve(struct pci_tree *tree)
{
	for (uint32_t n = 0; n < tree->count; n++) {
		struct pci_function *function = &tree->function[n];
		const struct pci_function *parent = parent_of(tree, function);

		if (!parent)
			continue;
		for (uint32_t b = 0; b < PCI_BARS; b++)
			if (function->bar[b].size && function->bar[b].way != LAYOUT_NONE)
				function->bar[b].base += parent->window[function->bar[b].way].base;
		for (uint32_t k = 0; k < PCI_KINDS; k++)
			if (function->window[k].size)
				function->window[k].base += parent->window[k].base;
	}
}

/* The functions of a root bus begin at first: index behind them and all below them. */
static uint32_t end_of_root(const struct pci_tree *tree, uint32_t first)
{
	uint32_t end = first;

	while (end < tree->count &&
	       PCI_BUS(tree->function[end].bdf) == PCI_BUS(tree->function[first].bdf))
		end = tree->function[end].next;
	return end;
}

/* Bytes of this range that must be given up at least, were what is left in it not in pieces. */
static uint64_t shortage(const struct fill *fill, uint32_t way)
{
	uint64_t left = 0;

	for (uint32_t i = 0; i < PCI_RANGES; i++)
		left += fill->left.range[way][i].end - fill->left.range[way][i].base;
	return fill->missing[way] > left ? fill->missing[way] - left : 1;
}

uint32_t layout_roots(struct pci_tree *tree, const struct pci_space *space, bool together,
		      uint64_t *missing)
{
	uint32_t up = 0, left;
	struct fill fill;
	struct pci_range *low = fill.left.range[LAYOUT_LOW];
	uint32_t first, end;

	/* The first round measures: what it leaves below 4 GiB goes below all that lies there. */
	do {
		start_fill(&fill);
		memcpy(&fill.left, space, sizeof(*space));
		low->base += up;
		end = 0;
		do {
			first = end;
			end = together ? tree->count : end_of_root(tree, first);
			pack(tree, first, end, &fill);
		} while (end < tree->count);
		if (fill.failed != LAYOUT_NONE) {
			*missing = shortage(&fill, fill.failed);
			return fill.failed;
		}
		left = (uint32_t)(low->end - low->base) & -(uint32_t)fill.align[LAYOUT_LOW];
		up += left;
	} while (left);
	return LAYOUT_NONE;
}

uint32_t layout(struct pci_tree *tree, const struct pci_space *space, uint64_t *missing)
{
	uint32_t range;

	open_windows(tree);
	size_windows(tree);
	range = layout_roots(tree, space, !tree->extra_roots, missing);
	if (range != LAYOUT_NONE && tree->extra_roots)
		range = layout_roots(tree, space, true, missing);
	if (range == LAYOUT_NONE)
		resolve(tree);
	return range;
}
