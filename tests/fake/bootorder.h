/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/bootorder.h: recordings of bootorder (tools/bootorder_record.py): the PCI functions of the machine, the
 * lines, and what each must be read as.
 */
#ifndef FAKE_BOOTORDER_H
#define FAKE_BOOTORDER_H

#include <stdbool.h>
#include "hw/block/block.h"
#include "hw/pci/tree.h"

#define FAKE_BOOTORDER_LINES 32

struct fake_bootorder {
	struct pci_tree tree;		/* has bdf, class, parent, bridge and secondary */
	char says[FAKE_BOOTORDER_LINES][64];
	char line[FAKE_BOOTORDER_LINES][128];
	uint32_t lines;
	char text[4096];		/* the lines as the item has them, with its NUL */
	uint32_t bytes;
};

/* Names of all recordings, NULL behind the last. */
extern const char *const fake_bootorder_names[];

/* Load tests/data/bootorder/NAME.txt. Ends the test with a message when it cannot be read. */
void fake_bootorder_load(const char *name, struct fake_bootorder *order);

/* Make the block device that a line is said to be of. Returns false when no driver of today has such. */
bool fake_bootorder_block(const char *says, struct block *block);

#endif
