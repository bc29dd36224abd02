/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/pci.h: a model of PCI configuration space behind 0xcf8/0xcfc and MMCONFIG: functions
 * with writable bits per byte, and bridges that pass accesses on by their bus numbers.
 */
#ifndef FAKE_PCI_H
#define FAKE_PCI_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/chipset/chipset.h"
#include "machine/machine.h"
#include "hw/pci/config.h"

#define FAKE_PCI_MAX 1600

struct fake_pci_function {
	int parent;		/* index of a bridge, -1: on a root bus */
	uint8_t root;		/* its number, on a root bus */
	uint8_t devfn;
	uint8_t config[256];
	uint8_t writable[256];
	uint32_t writes;
	uint32_t command_at;	/* when its command register was last written, counted over all functions */
	bool answers;		/* false: reads as all ones after all */
	/* Before a read and after a write of this register: more than memory is behind it. NULL: no. */
	void (*before_read)(struct fake_pci_function *f, uint32_t reg);
	void (*after_write)(struct fake_pci_function *f, uint32_t reg);
};

struct fake_pci {
	struct fake_pci_function function[FAKE_PCI_MAX];
	int count;
	enum chipset chipset;
	uint32_t extra_roots;
	uint32_t commands;	/* writes of command registers */
	uint32_t sized_while_on;	/* BAR writes of all ones while the function decodes */
};
extern struct fake_pci fake_pci;

/* No function at all. Registers the model with tests/fake/io.h; call fake_io_reset() before. */
void fake_pci_reset(void);

/*
 * Add a function: on a root bus (parent -1) or behind a bridge. Command, interrupt line and, with
 * header type 1, bus numbers, windows and bridge control are writable. Returns its index.
 */
int fake_pci_add(int parent, uint8_t root, uint8_t slot, uint8_t fn, uint32_t id,
		 uint32_t class_revision, uint8_t header_type);

/* A host bridge and a bridge with all windows, prefetchable ones of 64 bits. */
int fake_pci_add_host(enum chipset chipset);
int fake_pci_add_bridge(int parent, uint8_t root, uint8_t slot, uint8_t fn);

/* Give the function a BAR: type bits as in the register, size a power of two. 64-bit takes two. */
void fake_pci_bar(int index, uint32_t n, uint64_t size, uint32_t type);
void fake_pci_rom(int index, uint32_t size);

void fake_pci_set32(int index, uint8_t reg, uint32_t value, uint32_t writable);
uint32_t fake_pci_get32(int index, uint8_t reg);

/*
 * Load a machine recorded by tools/pci_record.py; name is relative to tests/data/pci. Ends the
 * test with a message when it cannot be read.
 */
void fake_pci_load(const char *name);

#endif
