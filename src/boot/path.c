/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/path.c: see path.h.
 */
#include "boot/path.h"
#include <stddef.h>
#include "hw/pci/tree.h"
#include "lib/string.h"

#define FDC_PORT	0x3f0
#define PCI_DEVICES	32
#define PCI_FUNCTIONS	8

/* Step over text if it is what comes. */
static bool skip(struct path *p, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
		return false;
	p->at += len;
	return true;
}

/* The value of a hexadecimal digit, 16: it is none. */
static uint32_t digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (uint32_t)(c - 'a' + 10);
	return c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10) : 16;
}

/* A hexadecimal number of any length, at most max. */
static bool number(struct path *p, uint32_t max, uint32_t *value)
{
	const char *first = p->at;

	*value = 0;
	for (uint32_t digit; p->at < p->end && (digit = digit_of(*p->at)) < 16; p->at++) {
		if (digit > max || *value > (max - digit) / 16)
			return false;
		*value = *value * 16 + digit;
	}
	return p->at != first;
}

static bool is_number(struct path *p, uint32_t wanted)
{
	uint32_t value;

	return number(p, ~0u, &value) && value == wanted;
}

/* "/name@", whatever the name is. */
static bool any_name(struct path *p)
{
	if (!skip(p, "/"))
		return false;
	while (p->at < p->end && *p->at != '/' && *p->at != '@')
		p->at++;
	return skip(p, "@");
}

/* The n-th root bus, from 0, which is bus 0. Returns false when there are not so many. */
static bool root_bus(const struct pci_tree *tree, uint32_t n, uint8_t *bus)
{
	*bus = 0;
	for (uint32_t i = 0; i < tree->count && n; i++) {
		const struct pci_function *f = &tree->function[i];

		if (f->parent == PCI_NONE && PCI_BUS(f->bdf) != *bus) {
			*bus = PCI_BUS(f->bdf);
			n--;
		}
	}
	return n == 0;
}

static const struct pci_function *function_at(const struct pci_tree *tree, pci_bdf_t bdf)
{
	for (uint32_t i = 0; i < tree->count; i++)
		if (tree->function[i].bdf == bdf)
			return &tree->function[i];
	return NULL;
}

/* Follow the path over all bridges to the first function that is none. The rest of the path stays. */
static const struct pci_function *pci_function(struct path *p, const struct pci_tree *tree)
{
	uint32_t root = 0, device, function;
	const struct pci_function *f;
	uint8_t bus;

	if (!skip(p, "/pci@i0cf8") || (skip(p, ",") && !number(p, 0xff, &root)) || !root_bus(tree, root, &bus))
		return NULL;
	do {
		function = 0;
		if (!any_name(p) || !number(p, PCI_DEVICES - 1, &device) ||
		    (skip(p, ",") && !number(p, PCI_FUNCTIONS - 1, &function)))
			return NULL;
		f = function_at(tree, PCI_BDF(bus, device, function));
		if (f)
			bus = f->secondary;
	} while (f && f->bridge && !f->lost);
	return f;
}

static bool drive_is(struct path p, uint32_t channel, uint32_t unit)
{
	return skip(&p, "/drive@") && is_number(&p, channel) && skip(&p, "/disk@") && is_number(&p, unit) && p.at == p.end;
}

static bool disk_0_is(struct path p)
{
	return skip(&p, "/disk@") && is_number(&p, 0) && skip(&p, ",") && is_number(&p, 0) && p.at == p.end;
}

/* The controller hangs on the ISA bridge, whatever function that is. */
static bool floppy_is(struct path p, uint32_t unit)
{
	return skip(&p, "/fdc@") && is_number(&p, FDC_PORT) && skip(&p, "/floppy@") && is_number(&p, unit) && p.at == p.end;
}

static bool on_pci(struct path p, const struct pci_function *f, const struct block *b)
{
	if (b->bus == BUS_FLOPPY)
		return floppy_is(p, b->unit);
	if (f->bdf != b->bdf)
		return false;
	switch (b->bus) {
	case BUS_IDE:
		return drive_is(p, b->channel, b->unit);
	case BUS_AHCI:
		return drive_is(p, b->channel, 0);
	case BUS_VIRTIO_PCI:
		return disk_0_is(p);
	default:
		return false;
	}
}

static bool on_isa(struct path p, const struct block *b)
{
	switch (b->bus) {
	case BUS_FLOPPY:
		return floppy_is(p, b->unit);
	case BUS_IDE:	/* one controller for each channel */
		return skip(&p, "/ide@") && is_number(&p, b->io[0]) && drive_is(p, 0, b->unit);
	default:
		return false;
	}
}

bool path_is_of(struct path p, const struct pci_tree *tree, const struct block *b)
{
	const struct pci_function *f = tree ? pci_function(&p, tree) : NULL;

	if (f)
		return on_pci(p, f, b);
	if (skip(&p, "/isa"))
		return on_isa(p, b);
	return b->bus == BUS_VIRTIO_MMIO && skip(&p, "/virtio-mmio@") && is_number(&p, b->mmio) && disk_0_is(p);
}
