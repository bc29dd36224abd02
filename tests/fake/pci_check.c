/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/pci_check.c: see pci_check.h. Written from the specification, not from the code it
 * judges: it uses nothing of layout.c but
 * the names of the ranges.
 */
#include <stdio.h>
#include <stdlib.h>
#include "fake/pci_check.h"
#include "hw/pci/layout.h"

struct piece {
	bool io;
	uint16_t parent;
	uint64_t base, size;
	uint32_t owner;
};

static char message[160];

#define FAIL(...) (snprintf(message, sizeof(message), __VA_ARGS__), message)

static bool inside(uint64_t base, uint64_t size, uint64_t start, uint64_t end)
{
	return base >= start && size <= end - start && base - start <= end - start - size;
}

static bool in_a_range(const struct pci_range range[PCI_RANGES], uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < PCI_RANGES; i++)
		if (range[i].end > range[i].base && inside(base, size, range[i].base, range[i].end))
			return true;
	return false;
}

/* On a root bus: in one of the ranges of the space. Behind a bridge: in a window of that kind. */
static bool forwarded(const struct pci_tree *tree, const struct pci_space *space, uint32_t n,
		      bool io, bool prefetchable, uint64_t base, uint64_t size)
{
	uint16_t above = tree->function[n].parent;
	const struct pci_window *window;

	if (above == PCI_NONE && io)
		return in_a_range(space->range[LAYOUT_IO], base, size);
	if (above == PCI_NONE)
		return in_a_range(space->range[LAYOUT_LOW], base, size) ||
		       in_a_range(space->range[LAYOUT_HIGH], base, size);
	if (tree->function[above].lost)
		return false;
	window = tree->function[above].window;
	if (io)
		return inside(base, size, window[PCI_IO].base,
			      window[PCI_IO].base + window[PCI_IO].size);
	return inside(base, size, window[PCI_MEM].base, window[PCI_MEM].base + window[PCI_MEM].size) ||
	       (prefetchable && inside(base, size, window[PCI_PREF].base,
				       window[PCI_PREF].base + window[PCI_PREF].size));
}

/* Does every bridge above have an I/O window? */
static bool has_io(const struct pci_tree *tree, uint32_t n)
{
	for (n = tree->function[n].parent; n != PCI_NONE; n = tree->function[n].parent)
		if (!tree->function[n].window[PCI_IO].present)
			return false;
	return true;
}

static const char *check_bar(const struct pci_tree *tree, const struct pci_space *space,
			     uint32_t n, uint32_t b)
{
	const struct pci_function *function = &tree->function[n];
	const struct pci_bar *bar = &function->bar[b];
	bool io = bar->kind == PCI_IO;

	if (!bar->size || function->lost)
		return bar->base ? FAIL("function %u BAR %u: placed though it should not be", n, b) :
				   NULL;
	if (!bar->base)
		return io && !has_io(tree, n) ? NULL : FAIL("function %u BAR %u: not placed", n, b);
	if (bar->base & (bar->size - 1))
		return FAIL("function %u BAR %u: not aligned", n, b);
	if (!forwarded(tree, space, n, io, bar->kind == PCI_PREF, bar->base, bar->size))
		return FAIL("function %u BAR %u: 0x%llx is not forwarded to", n, b,
			    (unsigned long long)bar->base);
	if ((bar->base + bar->size - 1) >> 32 && !bar->wide)
		return FAIL("function %u BAR %u: 32 bits, above 4 GiB", n, b);
	if (io && bar->base + bar->size > 0x10000)
		return FAIL("function %u BAR %u: above the last port", n, b);
	return NULL;
}

static const char *check_window(const struct pci_tree *tree, const struct pci_space *space,
				uint32_t n, uint32_t k)
{
	const struct pci_function *bridge = &tree->function[n];
	const struct pci_window *window = &bridge->window[k];
	uint64_t granularity = k == PCI_IO ? 0x1000 : 0x100000;

	if (!window->size)
		return NULL;
	if (bridge->lost || !window->present)
		return FAIL("bridge %u window %u: open though it should not be", n, k);
	if ((window->base | window->size) & (granularity - 1))
		return FAIL("bridge %u window %u: not a multiple", n, k);
	if ((window->base + window->size - 1) >> 32 && (k != PCI_PREF || !window->wide))
		return FAIL("bridge %u window %u: 32 bits, above 4 GiB", n, k);
	if (!window->dropped && window->size < window->reserve)
		return FAIL("bridge %u window %u: less than reserved", n, k);
	if (window->reserve_high && !window->dropped && !(window->base >> 32))
		return FAIL("bridge %u window %u: reserved above 4 GiB, placed below", n, k);
	if (!forwarded(tree, space, n, k == PCI_IO, k == PCI_PREF, window->base, window->size))
		return FAIL("bridge %u window %u: 0x%llx is not forwarded to", n, k,
			    (unsigned long long)window->base);
	return NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->io != y->io)
		return x->io ? -1 : 1;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->base < y->base ? -1 : x->base > y->base;
}

/* Pieces on the same bus must not overlap; what is in a window is in that piece. */
static const char *check_overlap(const struct pci_tree *tree)
{
	struct piece *piece = calloc((size_t)tree->count * 10 + 1, sizeof(*piece));
	const char *wrong = NULL;
	uint32_t count = 0;

	for (uint32_t n = 0; n < tree->count; n++) {
		const struct pci_function *f = &tree->function[n];

		for (uint32_t b = 0; b < PCI_BARS; b++)
			if (f->bar[b].size && f->bar[b].base)
				piece[count++] = (struct piece){ f->bar[b].kind == PCI_IO,
					f->parent, f->bar[b].base, f->bar[b].size, n };
		for (uint32_t k = 0; f->bridge && k < PCI_KINDS; k++)
			if (f->window[k].size)
				piece[count++] = (struct piece){ k == PCI_IO, f->parent,
					f->window[k].base, f->window[k].size, n };
	}
	qsort(piece, count, sizeof(*piece), by_place);
	for (uint32_t i = 1; i < count && !wrong; i++)
		if (piece[i].io == piece[i - 1].io && piece[i].parent == piece[i - 1].parent &&
		    piece[i].base - piece[i - 1].base < piece[i - 1].size)
			wrong = FAIL("functions %u and %u overlap at 0x%llx", piece[i - 1].owner,
				     piece[i].owner, (unsigned long long)piece[i].base);
	free(piece);
	return wrong;
}

const char *pci_check(const struct pci_tree *tree, const struct pci_space *space)
{
	const char *wrong = NULL;

	for (uint32_t n = 0; n < tree->count && !wrong; n++) {
		for (uint32_t b = 0; b < PCI_BARS && !wrong; b++)
			wrong = check_bar(tree, space, n, b);
		for (uint32_t k = 0; tree->function[n].bridge && k < PCI_KINDS && !wrong; k++)
			wrong = check_window(tree, space, n, k);
	}
	return wrong ? wrong : check_overlap(tree);
}
