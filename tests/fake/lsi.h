/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/lsi.h: an LSI53C895A as its driver sees it: registers, and a SCRIPTS processor that runs what is in memory, with
 * the targets of scsi_bus.h. Disks leave the bus before their data, as QEMU's do. It is stricter than QEMU's: what a driver
 * must not do counts as a violation.
 */
#ifndef FAKE_LSI_H
#define FAKE_LSI_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define FAKE_LSI_BASE	0xfebf0000u
#define FAKE_LSI_BDF	PCI_BDF(0, 4, 0)

/* What one command does instead of what it should. */
enum fake_lsi_fault {
	LSI_FAULT_NONE,
	LSI_FAULT_NO_END,	/* the target does not come back before fake_lsi_late() */
	LSI_FAULT_NO_STOP,	/* the last byte is there, and the processor never comes to its end */
	LSI_FAULT_SHORT,	/* half of the data, and all is well */
	LSI_FAULT_NOTHING,	/* none of it */
	LSI_FAULT_MORE,		/* wants to give more than it was asked for */
	LSI_FAULT_PHASE,	/* wants data in the other direction */
	LSI_FAULT_TWICE,	/* half of the data, leaves, comes back for the rest */
	LSI_FAULT_MESSAGE,	/* ends with a message that is none */
	LSI_FAULT_STATUS,	/* BUSY */
	LSI_FAULT_ERROR,	/* CHECK CONDITION after it has left the bus */
	LSI_FAULT_ILLEGAL,	/* the processor stops with an illegal instruction */
	LSI_FAULT_LOST,		/* the target disconnects without a word */
};

struct fake_lsi {
	bool old;		/* QEMU before 8.2: a mismatch is noted, and the program goes on where the target is done */
	bool gone;		/* every register reads all ones */
	bool no_reset;		/* the bus cannot be reset */
	uint32_t looks;		/* of a wait, until a target comes back; 0: at once */
	enum fake_lsi_fault fault;
	uint32_t fault_at;	/* of the n-th command from now on (1: the next) */
	uint32_t resets, starts;
	uint16_t command;	/* PCI command register */
	uint32_t late;		/* commands that fake_lsi_late() has ended */
	uint32_t violations;
	const char *violation;	/* the first */
};
extern struct fake_lsi fake_lsi;

/* fake_io_reset(), fake_scsi_reset() and RAM come before. */
void fake_lsi_reset(void);

void fake_lsi_fail(enum fake_lsi_fault fault, uint32_t n);

/* Let the target of LSI_FAULT_NO_END come back, if nobody has stopped that. */
void fake_lsi_late(void);

/* Interrupts that are pending, masked or not: DSTAT in bits 7..0, SIST in bits 23..8. */
uint32_t fake_lsi_pending(void);

struct pci_function fake_lsi_function(void);

#endif
