/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/pci_place_case.h: what every test of the placement begins with: an empty tree, addresses below
 * and above 4 GiB, and a placement that is checked. Included by one test program each.
 */
#ifndef FAKE_PCI_PLACE_CASE_H
#define FAKE_PCI_PLACE_CASE_H

#include <string.h>
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/pci.h"
#include "fake/pci_check.h"
#include "hw/pci/layout.h"
#include "hw/pci/place.h"
#include "hw/pci/tree.h"

#define UNUSED __attribute__((unused))
#define MIB 0x100000ull
#define GIB 0x40000000ull

static struct pci_function functions[1024];
static struct pci_tree tree;
static struct pci_space space;

static inline int setup(void **state UNUSED)
{
	fake_io_reset();
	fake_log_reset();
	fake_pci_reset();
	fake_cpu_reset();
	pci_config_use_mmconfig(0);
	memset(functions, 0, sizeof(functions));
	tree = (struct pci_tree){ .function = functions, .max = 1024 };
	space = (struct pci_space){
		.range[LAYOUT_IO] = { { 0xc000, 0x10000 }, { 0x1000, 0x5000 } },
		.range[LAYOUT_LOW] = { { 3 * GIB, 0xfec00000 } },
	};
	return 0;
}

static inline void with_high(void)
{
	space.range[LAYOUT_HIGH][0] = (struct pci_range){ 5 * GIB, 1ull << 40 };
}

/* Place, and check all that must hold of any result. Returns what was given up. */
static inline uint32_t place(void)
{
	uint32_t given_up = pci_place(&tree, &space);
	const char *wrong = pci_check(&tree, &space);

	if (wrong)
		fail_msg("%s", wrong);
	return given_up;
}

#endif
