/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/pci.c: every function on every bus: are its BARs placed, apart from each
 * other and from RAM, inside the windows of its bridge, and decoded?
 * [PCI Local Bus 3.0, chapter 6; PCI-to-PCI Bridge 1.2, chapter 3].
 */
#include "guest.h"

struct region {
	uint64_t start, size;
	uint32_t bdf;
	uint8_t bar, io, pref, bridge;	/* bridge: a window, not a BAR */
};
#define REGIONS 512
static struct region regions[REGIONS];
static uint32_t region_count, functions, unassigned, outside, off, no_line;
static uint32_t parent[256];		/* bdf of the bridge to a bus, + 1; 0: a root bus */

uint32_t pci_read(uint32_t bdf, uint32_t reg)
{
	outl(0x80000000 | bdf << 8 | (reg & 0xfc), 0xcf8);
	return inl(0xcfc);
}

void pci_write(uint32_t bdf, uint32_t reg, uint32_t value)
{
	outl(0x80000000 | bdf << 8 | (reg & 0xfc), 0xcf8);
	outl(value, 0xcfc);
}

int pci_present(void)
{
	uint32_t id = pci_read(0, 0);

	return id != 0xffffffff && id != 0;
}

static void name(uint32_t bdf)
{
	print("%02x:%02x.%d", bdf >> 8, bdf >> 3 & 31, bdf & 7);
}

static struct region *add(uint32_t bdf, uint64_t start, uint64_t size)
{
	static struct region spill;
	struct region *r = region_count < REGIONS ? &regions[region_count++] : &spill;

	*r = (struct region){ .start = start, .size = size, .bdf = bdf };
	return r;
}

/* The host bridge's own ways to memory are not BARs; everything below is found by writing ones. */
static uint32_t bar_mask(uint32_t bdf, uint32_t reg)
{
	uint32_t was = pci_read(bdf, reg), mask;

	pci_write(bdf, reg, 0xffffffff);
	mask = pci_read(bdf, reg);
	pci_write(bdf, reg, was);
	return mask;
}

static void lost(uint32_t bdf, int bar, uint64_t size)
{
	unassigned++;
	print("# unassigned ");
	name(bdf);
	print(" bar %d size %llx\n", bar, size);
}

static int bar(uint32_t bdf, int n, int *io, int *memory)
{
	uint32_t reg = 0x10 + 4 * n, low = pci_read(bdf, reg), mask = bar_mask(bdf, reg);
	int is_io = low & 1, wide = !is_io && (low & 6) == 4;
	uint64_t start, size;
	struct region *r;

	if (mask == 0 || mask == 0xffffffff)
		return 1;
	start = low & (is_io ? ~3u : ~15u);
	size = ~(uint64_t)(mask & (is_io ? ~3u : ~15u));
	if (is_io) {
		size = (uint16_t)size;
	} else if (wide) {
		start |= (uint64_t)pci_read(bdf, reg + 4) << 32;
		size = ~((uint64_t)bar_mask(bdf, reg + 4) << 32 | (mask & ~15u));
	} else {
		size = (uint32_t)size;
	}
	size++;
	print("# fact bar ");
	name(bdf);
	print(" %d %s%s size %llx\n# bar ", n, is_io ? "io" : wide ? "mem64" : "mem32",
	      !is_io && low & 8 ? " pref" : "", size);
	name(bdf);
	print(" %d at %llx\n", n, start);
	if (start == 0 || (is_io && start + size > 0x10000)) {
		lost(bdf, n, size);
		return 1 + wide;
	}
	r = add(bdf, start, size);
	r->bar = n;
	r->io = is_io;
	r->pref = !is_io && low & 8;
	*(is_io ? io : memory) = 1;
	return 1 + wide;
}

/* Windows of a bridge; they are inside those of its parent, as BARs are. */
static void windows(uint32_t bdf)
{
	uint32_t io = pci_read(bdf, 0x1c), mem = pci_read(bdf, 0x20), pref = pci_read(bdf, 0x24);
	uint64_t start, end;
	struct region *r;

	if ((io & 0xf0) <= (io >> 8 & 0xf0)) {
		r = add(bdf, (io & 0xf0) << 8, (io & 0xf000) - ((io & 0xf0) << 8) + 0x1000);
		r->io = r->bridge = 1;
	}
	if ((mem & 0xfff0) <= mem >> 16) {
		r = add(bdf, (mem & 0xfff0) << 16, (mem & 0xfff00000) - ((mem & 0xfff0) << 16) + 0x100000);
		r->bridge = 1;
	}
	start = (pref & 0xfff0) << 16 | (uint64_t)pci_read(bdf, 0x28) << 32;
	end = (pref & 0xfff00000) | (uint64_t)pci_read(bdf, 0x2c) << 32;
	if (start <= end) {
		r = add(bdf, start, end - start + 0x100000);
		r->bridge = r->pref = 1;
	}
}

static void function(uint32_t bdf)
{
	uint32_t id = pci_read(bdf, 0), header = pci_read(bdf, 0xc) >> 16 & 0x7f, line, command;
	int bars = header == 0 ? 6 : header == 1 ? 2 : 0, io = 0, memory = 0;

	functions++;
	command = pci_read(bdf, 4);
	pci_write(bdf, 4, command & 0xfffc & ~7u);	/* no decoding while BARs are sized */
	print("# fact pci ");
	name(bdf);
	line = pci_read(bdf, 0x3c);
	print(" %04x:%04x class %06x header %d pin %d\n", id & 0xffff, id >> 16, pci_read(bdf, 8) >> 8, header,
	      line >> 8 & 0xff);
	for (int i = 0; i < bars;)
		i += bar(bdf, i, &io, &memory);
	if (header == 1)
		windows(bdf);
	pci_write(bdf, 4, command & 0xffff);
	/* Linux switches its devices on; a bridge, and a screen that is drawn on before, must be. */
	if ((header == 1 || pci_read(bdf, 8) >> 16 == 0x0300) &&
	    ((io && !(command & 1)) || (memory && !(command & 2)))) {
		off++;
		print("# not decoded: command %04x at ", command & 0xffff);
		name(bdf);
		print("\n");
	}
	if ((line >> 8 & 0xff) && !(line & 0xff))
		no_line++;
}

static void scan(uint32_t bus)
{
	for (uint32_t dev = 0; dev < 32; dev++) {
		for (uint32_t fn = 0; fn < 8; fn++) {
			uint32_t bdf = bus << 8 | dev << 3 | fn;

			if (pci_read(bdf, 0) == 0xffffffff) {
				if (fn == 0)
					break;
				continue;
			}
			if ((pci_read(bdf, 0xc) >> 16 & 0x7f) == 1) {
				uint32_t buses = pci_read(bdf, 0x18);

				if ((buses >> 8 & 0xff) > bus)
					parent[buses >> 8 & 0xff] = bdf + 1;
				print("# bridge ");
				name(bdf);
				print(" buses %d %d %d\n", buses & 0xff, buses >> 8 & 0xff, buses >> 16 & 0xff);
			}
			function(bdf);
			if (fn == 0 && !(pci_read(bdf, 0xc) & 0x800000))
				break;
		}
	}
}

static int within(const struct region *r, const struct region *window)
{
	return r->start >= window->start && r->start + r->size <= window->start + window->size;
}

static void check_inside(const struct region *r)
{
	uint32_t up = parent[r->bdf >> 8];

	if (!up)
		return;
	for (uint32_t i = 0; i < region_count; i++) {
		const struct region *w = &regions[i];

		if (w->bridge && w->bdf == up - 1 && w->io == r->io && (r->pref || !w->pref) && within(r, w))
			return;
	}
	outside++;
	print("# outside its bridge: ");
	name(r->bdf);
	print(" %s %llx size %llx\n", r->bridge ? "window" : "bar", r->start, r->size);
}

/* One region is above the other in the tree when it is the window that the other is behind. */
static int behind(const struct region *r, const struct region *w)
{
	if (!w->bridge)
		return 0;
	for (uint32_t up = parent[r->bdf >> 8]; up; up = parent[(up - 1) >> 8])
		if (up - 1 == w->bdf)
			return 1;
	return 0;
}

static void check_regions(void)
{
	uint32_t overlap = 0, ram = 0, high = 0;

	for (uint32_t i = 0; i < region_count; i++) {
		const struct region *a = &regions[i];

		check_inside(a);
		if (!a->io) {
			ram += memory_overlaps(a->start, a->size, E820_RAM);
			/* IOAPIC, HPET, local APIC and ROM are there */
			high += a->start < 0x100000000 && a->start + a->size > 0xfec00000;
		}
		for (uint32_t k = 0; k < i; k++) {
			const struct region *b = &regions[k];

			if (a->io != b->io || a->start + a->size <= b->start || b->start + b->size <= a->start ||
			    behind(a, b) || behind(b, a))
				continue;
			overlap++;
			print("# overlap: ");
			name(a->bdf);
			print(" %llx and ", a->start);
			name(b->bdf);
			print(" %llx\n", b->start);
		}
	}
	check(!overlap, "PCI: no two of %d regions overlap", region_count);
	check(!outside, "PCI: every region is inside its bridge's windows");
	check(!ram, "PCI: no region overlaps RAM");
	check(!high, "PCI: no region reaches 0xfec00000 to 4 GiB");
}

void check_pci(void)
{
	uint32_t allowed = option_number("unassigned", 0);

	fact("pci %s", pci_present() ? "yes" : "no");
	if (!pci_present())
		return;
	for (uint32_t bus = 0; bus < 256; bus++)
		scan(bus);
	fact("pci functions %d", functions);
	check(unassigned <= allowed, "PCI: at most %d BARs are without an address (%d)", allowed, unassigned);
	check_regions();
	check(!off, "PCI: bridges and VGA decode");
	check(!no_line, "PCI: every function with an interrupt pin has a line");
}
