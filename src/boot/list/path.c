/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/path.c: see path.h.
 */
#include "boot/list/path.h"
#include <stddef.h>
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/string.h"

#define FDC_PORT	0x3f0
#define PCI_DEVICES	32
#define PCI_FUNCTIONS	8
#define PCI_CLASS_USB	0x0c03
#define NUMBER_MAX	0xffffffffu

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

/*
 * Step over what a pattern says: text, and numbers that go to the channel %c, target %t, LUN %l, or base address %b.
 * Returns false when something else comes; then *p and *d are undefined.
 */
static bool matches(struct path *p, const char *pattern, struct path_device *d)
{
	for (; *pattern; pattern++) {
		uint32_t *to = &d->base;

		if (*pattern != '%') {
			if (p->at == p->end || *p->at++ != *pattern)
				return false;
			continue;
		}
		pattern++;
		if (*pattern == 'c')
			to = &d->channel;
		else if (*pattern == 't')
			to = &d->target;
		else if (*pattern == 'l')
			to = &d->lun;
		if (!number(p, NUMBER_MAX, to))
			return false;
	}
	return true;
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

	if (!skip(p, "/pci@i0cf8") && !skip(p, "/pci@ffffffffffffffff"))
		return NULL;
	if ((skip(p, ",") && !number(p, 0xff, &root)) || !root_bus(tree, root, &bus))
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

/* What is behind a controller, or a USB device. */
static const struct {
	uint8_t form;
	char pattern[23];
} ends[] = {
	{ PATH_ALL, "" }, { PATH_DRIVE, "/drive@%c/disk@%t" }, { PATH_DISK, "/disk@0,0" },
	{ PATH_SCSI, "/channel@%c/disk@%t,%l" }, { PATH_NAMESPACE, "/namespace@%t,0" }, { PATH_FLOPPY, "/floppy@%t" },
	{ PATH_NETWORK, "/ethernet-phy@0" },
};

/* The rest of a path: one of these, or words that are not known, which say no more than that there is something. */
static bool read_end(struct path p, struct path_device *d)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct path_device found = *d;
		struct path q = p;

		if (matches(&q, ends[i].pattern, &found) && q.at == q.end) {
			*d = found;
			d->form = ends[i].form;
			return true;
		}
	}
	d->form = PATH_UNKNOWN;
	return *p.at == '/';	/* there is more: a path that ends here was the first of these */
}

/* Hubs, if any, and the device. Nothing is stepped over when there are none, or too many. */
static void usb_ports(struct path *p, struct path_device *d)
{
	struct path q = *p;
	uint32_t port;
	bool hub;

	do {
		struct path name = q;

		hub = skip(&name, "/hub@");
		if (d->ports == PATH_PORTS || !any_name(&q) || !number(&q, 0xff, &port)) {
			memset(d->port, 0, sizeof(d->port));
			d->ports = 0;
			return;
		}
		d->port[d->ports++] = (uint8_t)port;
	} while (hub && q.at < q.end);
	*p = q;
}

/* Controllers by their first port, behind an ISA bridge, whatever function that is, or without PCI. */
static bool isa(struct path p, struct path_device *d)
{
	static const char controllers[][13] = { "/fdc@%b", "/ide@%b", "/ethernet@%b" };

	for (uint32_t i = 0; i < ARRAY_SIZE(controllers); i++) {
		struct path q = p;

		*d = (struct path_device){ .place = PATH_ISA };
		if (matches(&q, controllers[i], d) && d->base <= 0xffff)
			return read_end(q, d);
	}
	return false;
}

bool path_read(struct path p, const struct pci_tree *tree, struct path_device *d)
{
	const struct pci_function *f = tree ? pci_function(&p, tree) : NULL;

	if (f) {
		if (isa(p, d))
			return true;
		*d = (struct path_device){ .place = PATH_PCI, .bdf = f->bdf };
		if (f->class_revision >> 16 == PCI_CLASS_USB)
			usb_ports(&p, d);
		return read_end(p, d);
	}
	if (skip(&p, "/isa"))
		return isa(p, d);
	if (skip(&p, "/rom@")) {
		*d = (struct path_device){ .place = PATH_ROM, .name = p };
		return p.at < p.end;
	}
	if (skip(&p, "/nvme-ns")) {
		*d = (struct path_device){ .place = PATH_NVME, .form = PATH_UNKNOWN };
		return true;
	}
	*d = (struct path_device){ .place = PATH_MMIO };
	return matches(&p, "/virtio-mmio@%b", d) && read_end(p, d);
}

static bool is_file(const struct path_device *d, const char *name)
{
	size_t len = strlen(name);

	return (size_t)(d->name.end - d->name.at) == len && memcmp(d->name.at, name, len) == 0;
}

/* Is this where the device's controller is? */
static bool is_place(const struct path_device *d, const struct block *b)
{
	switch (b->bus) {
	case BUS_FLOPPY:
		return d->place == PATH_ISA && d->base == FDC_PORT;
	case BUS_VIRTIO_MMIO:
		return d->place == PATH_MMIO && d->base == b->mmio;
	case BUS_RAM:
		return d->place == PATH_ROM && is_file(d, b->description);
	case BUS_IDE:
		if (b->bdf == PCI_NONE_BDF)	/* one controller for each channel */
			return d->place == PATH_ISA && d->base == b->io[0];
		break;
	case BUS_SCSI:
		if (b->bdf == PCI_NONE_BDF)
			return d->place == PATH_MMIO && d->base == b->mmio;
		break;
	case BUS_NVME:
		if (d->place == PATH_NVME)
			return true;
		break;
	}
	return d->place == PATH_PCI && d->bdf == b->bdf && !d->ports;
}

/* Of a controller that is the right one: is this the way to the device? */
static bool is_device(const struct path_device *d, const struct block *b)
{
	switch (b->bus) {
	case BUS_FLOPPY:
		return d->form == PATH_FLOPPY && d->target == b->unit;
	case BUS_IDE:
		return d->form == PATH_DRIVE && d->target == b->unit &&
		       d->channel == (d->place == PATH_ISA ? 0 : b->channel);
	case BUS_AHCI:
		return d->form == PATH_DRIVE && d->target == 0 && d->channel == b->channel;
	case BUS_VIRTIO_PCI:
	case BUS_VIRTIO_MMIO:
		return d->form == PATH_DISK;
	case BUS_SCSI:
		return d->form == PATH_SCSI && d->channel == b->channel && d->target == b->target && d->lun == b->lun;
	case BUS_NVME:
		return d->form == PATH_NAMESPACE && d->target == b->target;
	case BUS_RAM:
		return true;		/* the file is the device */
	default:
		return false;
	}
}

enum path_match path_match(struct path path, const struct pci_tree *tree, const struct block *block)
{
	struct path_device d;

	if (block->bus == BUS_EMULATED || !path_read(path, tree, &d) || !is_place(&d, block))
		return PATH_MATCH_NONE;
	if (is_device(&d, block))
		return PATH_MATCH_WHOLE;
	return d.form == PATH_ALL || d.form == PATH_UNKNOWN ? PATH_MATCH_PART : PATH_MATCH_NONE;
}

enum path_match path_match_function(struct path path, const struct pci_tree *tree, uint16_t bdf)
{
	struct path_device d;

	if (!path_read(path, tree, &d) || d.place != PATH_PCI || d.bdf != bdf)
		return PATH_MATCH_NONE;
	return !d.ports && (d.form == PATH_ALL || d.form == PATH_NETWORK) ? PATH_MATCH_WHOLE : PATH_MATCH_PART;
}

bool path_is_of(struct path path, const struct pci_tree *tree, const struct block *block)
{
	return path_match(path, tree, block) == PATH_MATCH_WHOLE;
}
