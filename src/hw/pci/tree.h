/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/tree.h: the PCI functions of this machine, as scanned: what they ask for, and what
 * the placement gave them. Placement (place.h) is a pure function of this tree.
 */
#ifndef HW_PCI_TREE_H
#define HW_PCI_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/config.h"

/* What a BAR or a bridge window decodes. */
enum pci_kind {
	PCI_IO,
	PCI_MEM,	/* 32-bit, or 64-bit kept below 4 GiB */
	PCI_PREF,	/* prefetchable */
	PCI_KINDS
};

#define PCI_NONE 0xffff	/* no function: end of a list, no parent */

struct pci_bar {
	uint64_t size;		/* bytes it takes, a power of two; 0: not implemented */
	uint64_t base;		/* where it was placed; 0: not placed */
	uint8_t reg;		/* configuration register: 0x10.., 0x30 or 0x38 for the ROM */
	uint8_t kind;		/* enum pci_kind */
	uint8_t way;		/* what it is placed in, see layout.h */
	bool wide;		/* 64-bit: the next register holds the high half */
	bool rom;
	bool unpinned;		/* was to stay below 4 GiB, where there was no room */
};

/* Bridge windows by kind: what the bus behind a bridge needs, and got. */
struct pci_window {
	uint64_t size;		/* bytes with reservations, granularity-rounded; 0: closed */
	uint64_t align;		/* 0: closed */
	uint64_t reserve;	/* bytes kept for hotplug: minimum of the window */
	uint64_t base;
	bool wide;		/* bridge can decode it above 4 GiB */
	bool present;		/* bridge has this window: I/O and prefetchable are optional */
	bool reserve_high;	/* the reservation was asked for above 4 GiB */
	bool reserved;		/* the reservation makes it larger than it need be */
	bool dropped;		/* no room for the reservation: the window is as small as it can be */
	bool open;		/* decodes what is behind: size 0 may still leave it closed */
	bool high;		/* placed above 4 GiB */
};

#define PCI_BARS 7		/* six and the ROM */

/* bar[0..5] are the BARs by number, bar[6] is the ROM. */
struct pci_function {
	uint32_t id;			/* device << 16 | vendor, as read */
	pci_bdf_t bdf;
	uint32_t class_revision;	/* class << 8 | revision, as read */
	uint8_t header_type;		/* with the multi-function bit */
	uint8_t pin;			/* 0 none, 1 INTA.. 4 INTD */
	uint8_t line;			/* IRQ given, 0: none */
	uint8_t gsi;			/* I/O APIC pin, 0: none */
	bool bridge;			/* header type 1 */
	bool pcie_port;			/* root or downstream port */
	bool hotplug;			/* slot that may be filled later */
	bool lost;			/* a resource ran out: decoding stays off */
	uint8_t lost_bar;		/* lost: the BAR that did not fit, or PCI_BARS: a bridge above it */
	uint8_t lost_range;		/* and the range of the space that had no room for it */
	uint8_t secondary, subordinate;	/* bridge: bus numbers */
	uint8_t bus_reserve;		/* bridge: extra bus numbers asked for */
	uint16_t parent;		/* index of the bridge above, PCI_NONE on a root bus */
	uint16_t next;			/* index behind the last function below this one */
	uint64_t aligns;		/* alignments of all it needs room for, as a mask; 0: lost */
	struct pci_window window[PCI_KINDS];	/* bridge */
	struct pci_bar bar[PCI_BARS];
};

/* Is it of this class (class << 8 | subclass), and has it got what it needs? */
static inline bool pci_serves_as(const struct pci_function *f, uint16_t class)
{
	return f->class_revision >> 16 == class && !f->lost;
}

struct pci_tree {
	struct pci_function *function;	/* depth first: behind a bridge comes at once all below it */
	uint32_t count, max;
	uint32_t bridges;		/* how many of them */
	uint64_t aligns;		/* alignments of all functions, as a mask */
	bool simple;			/* as the scan left it, and without bridges */
	bool decode;			/* all; else what must, and the OS switches the rest on */
	uint32_t buses;			/* numbers in use or kept free, from 0 on: 1 to 256 */
	uint32_t extra_roots;		/* root buses besides bus 0 that have devices */
	uint32_t overflow;		/* times a function was found that did not fit */
};

#endif
