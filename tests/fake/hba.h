/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/hba.h: a SCSI host adapter of one of three kinds, at the level of its registers and of what it reads and writes
 * in memory, with the drives of tests/fake/scsi.h behind it. It is as QEMU's is, and stricter: what a driver must not do counts
 * as a violation, with a word about the first. And it fails and lies in the ways that tests ask for.
 *
 * A command ends at the access that starts it, or in the looks of a wait (fake_timer_tick) when it is told to take some.
 */
#ifndef FAKE_HBA_H
#define FAKE_HBA_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define FAKE_HBA_BASE	0xfebf0000u
#define FAKE_HBA_BYTES	0x8000u
#define FAKE_HBA_BDF	PCI_BDF(0, 4, 0)

enum fake_hba_kind { FAKE_MEGASAS, FAKE_PVSCSI, FAKE_MPTSAS };

struct fake_hba {
	uint32_t looks;			/* that a command takes */
	uint32_t lose_at, lose_times;	/* from the n-th command from now on (1: the next) so many never end */
	bool hold;			/* and it says that it is at them; else it says that it has none */
	bool reset_sticks;		/* a reset has no end */
	bool gone;			/* every register reads as ones */
	bool spoil;			/* the next command, once: */
	uint8_t status;			/* megasas: this status; mptsas: this IOCStatus */
	uint8_t scsi_status;		/* and this of the drive */
	uint32_t answer;		/* mptsas: this in the reply FIFO; pvscsi: this context, if not 0 */
	uint32_t extra;			/* pvscsi: so many more completions than there are, if not 0 */
	/* For longer. */
	bool jbod;			/* megasas has no logical drives */
	uint32_t count;			/* megasas: drives in its lists, if not 0 */
	uint32_t ring_log2;		/* pvscsi: of requests, if not 0 */
	uint32_t rings_refused;		/* pvscsi: so many times */
	bool attention_stays;		/* mptsas: words of the doorbell's answer never come */
	uint32_t init_status, init_words;	/* mptsas: IOCStatus of the answer; its length, if not 0 */
	/* What it has seen. */
	uint32_t commands, resets, inits;
	uint16_t command;		/* PCI command register */
	uint32_t frame;			/* mptsas: address of the frame for replies, as it was given */
	uint32_t interrupt_mask;	/* pvscsi: as it is now */
	uint32_t violations;
	const char *violation;		/* the first */
};
extern struct fake_hba fake_hba;

/* One of that kind, as the machine's reset leaves it; fake_scsi_reset() as well. fake_io_reset() and RAM come before. */
void fake_hba_reset(enum fake_hba_kind kind);

/* Let commands that have not ended do so, unless a reset has ended them. Returns how many did. */
uint32_t fake_hba_late(void);

/* megasas, mptsas: it was left in that state, mptsas with so many words of an answer unheard. */
void fake_hba_leave(uint32_t state, uint32_t words);

/* As the PCI scan would give it. */
struct pci_function fake_hba_function(void);

#endif
