/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/am53c974.h: an Am53C974 as its driver sees it, with the targets of scsi_bus.h. It interrupts behind each step, and
 * is stricter than QEMU's: what a driver must not do counts as a violation, an interrupt that reaches the processor as well.
 */
#ifndef FAKE_AM53C974_H
#define FAKE_AM53C974_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define FAKE_AM_IO	0xc000u
#define FAKE_AM_BDF	PCI_BDF(0, 5, 0)

/* What one command does instead of what it should. */
enum fake_am_fault {
	AM_FAULT_NONE,
	AM_FAULT_NO_SELECT,	/* no interrupt behind the selection */
	AM_FAULT_NO_DATA,	/* none behind the data, which come later */
	AM_FAULT_NO_STATUS,
	AM_FAULT_NO_ACCEPT,
	AM_FAULT_SHORT,		/* half of the data, and all is well */
	AM_FAULT_MORE,		/* wants to give more than it was asked for */
	AM_FAULT_PHASE,		/* wants data in the other direction */
	AM_FAULT_MESSAGE,	/* ends with a message that is none */
	AM_FAULT_STAYS,		/* does not leave the bus behind its message */
	AM_FAULT_STATUS,	/* BUSY */
	AM_FAULT_LEFT,		/* the DMA engine counts more than it was given */
};

struct fake_am {
	bool gone;		/* every register reads all ones */
	bool no_reset;		/* no interrupt behind a reset of the bus */
	uint32_t looks;		/* at the status, until a step is done; 0: at once */
	enum fake_am_fault fault;
	uint32_t fault_at;	/* of the n-th command from now on (1: the next) */
	uint32_t resets, chip_resets;
	uint16_t command;	/* PCI command register */
	uint32_t violations;
	const char *violation;	/* the first */
};
extern struct fake_am fake_am;

/* fake_io_reset(), fake_scsi_reset() and RAM come before. */
void fake_am_reset(void);

void fake_am_fail(enum fake_am_fault fault, uint32_t n);

/* Let what AM_FAULT_NO_SELECT or NO_DATA has begun come to its interrupt. */
void fake_am_late(void);

/* Is an interrupt pending? */
bool fake_am_pending(void);

struct pci_function fake_am_function(void);

#endif
