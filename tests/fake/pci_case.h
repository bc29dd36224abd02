/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/pci_case.h: what every test of the PCI scan begins with: an empty bus, a tree to scan into,
 * and ways to look at it. Included by one test program each.
 */
#ifndef FAKE_PCI_CASE_H
#define FAKE_PCI_CASE_H

#include <string.h>
#include "fake/io.h"
#include "fake/log.h"
#include "fake/pci.h"
#include "hw/pci/scan.h"
#include "hw/pci/tree.h"

#define UNUSED __attribute__((unused))
#define NIC 0x100e8086
#define CLASS_NIC 0x02000000

static struct pci_function functions[1024];
static struct pci_tree tree;

static inline int setup(void **state UNUSED)
{
	fake_io_reset();
	fake_log_reset();
	fake_pci_reset();
	pci_config_use_mmconfig(0);
	memset(functions, 0xa5, sizeof(functions));
	memset(&tree, 0xa5, sizeof(tree));
	tree.function = functions;
	tree.max = 1024;
	return 0;
}

static inline void scan(void)
{
	pci_scan(&tree, fake_pci.chipset, fake_pci.extra_roots);
}

static inline void load(const char *name)
{
	fake_pci_load(name);
	if (fake_pci.chipset == CHIPSET_Q35)
		pci_config_use_mmconfig(Q35_MMCONFIG_BASE);
	scan();
}

static inline const struct pci_function *at(uint32_t bus, uint32_t slot, uint32_t fn)
{
	for (uint32_t n = 0; n < tree.count; n++)
		if (functions[n].bdf == PCI_BDF(bus, slot, fn))
			return &functions[n];
	fail_msg("no function at %02x:%02x.%u", bus, slot, fn);
	return NULL;
}

static inline void assert_bar(const struct pci_function *function, uint32_t n, uint32_t kind,
		       uint64_t size, bool wide)
{
	assert_int_equal(function->bar[n].size, size);
	assert_int_equal(function->bar[n].kind, kind);
	assert_int_equal(function->bar[n].wide, wide);
	assert_int_equal(function->bar[n].reg, 0x10 + 4 * n);
	assert_false(function->bar[n].rom);
}

#endif
