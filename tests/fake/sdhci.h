/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/sdhci.h: an SD host controller with two slots and the cards in them, at the level of its registers (SD Host
 * Controller 3.00) and of the card's states (Physical Layer 6.00). It is stricter than QEMU's: what a driver must not do
 * counts as a violation, with a word about the first. And it fails in every way that tests ask for.
 *
 * A command ends at the write of its register, or in the looks of a wait (fake_timer_tick) when it is told to take some.
 */
#ifndef FAKE_SDHCI_H
#define FAKE_SDHCI_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define FAKE_SDHCI_BASE	0xfebfe000u	/* of slot 0; slot 1 is 4 KiB up */
#define FAKE_SDHCI_BDF	PCI_BDF(0, 4, 0)
#define FAKE_SDHCI_SLOTS 2

/* What one command does instead of what it should. */
enum fake_sd_fault {
	FAULT_NONE,
	FAULT_NO_RESPONSE,	/* the controller says so */
	FAULT_CRC,		/* in the response */
	FAULT_NO_END,		/* nothing, for ever */
	FAULT_LATE,		/* nothing, but it reaches memory until the controller is reset */
	FAULT_DATA,		/* half of the data, then a time-out of the data line */
	FAULT_REMOVED,		/* the card is taken out in it */
	FAULT_PROTECTED,	/* the data goes over; CMD12's response: the card did not write it */
	FAULT_ECC,		/* likewise, for another reason */
	FAULT_BOUNDARY,		/* stops for the boundary again and again */
};

struct fake_sd_card {
	bool present;
	uint64_t sectors;
	bool blocks;			/* high capacity: addresses are blocks */
	bool version_1;			/* does not know CMD8 */
	bool mmc;			/* does not know CMD55 */
	bool lock_switch;		/* on the card: it is not to be written */
	uint32_t ready_after;		/* rounds of ACMD41 until it is; UINT32_MAX: never */
	uint32_t settle_us;		/* of fake_timer_delayed_us that its power takes */
	uint32_t if_cond;		/* what CMD8 answers, 0: what was asked */
	uint32_t csd[4];		/* as response registers have it; made by fake_sdhci_insert(): a test may change it */
	/* Faults: of the n-th command from now on (1: the next), for times commands. */
	enum fake_sd_fault fault;
	uint32_t fault_at, fault_times;
	/* What it has seen. */
	uint32_t commands, data_commands, starts;
	uint32_t last_argument, last_blocks;
	bool last_dma;
};

struct fake_sdhci {
	struct fake_sd_card card[FAKE_SDHCI_SLOTS];
	uint32_t capabilities;
	uint8_t slots;			/* PCI register 40h */
	bool reset_sticks, no_clock;	/* the bit of the reset stays; the clock is never stable */
	bool gone;			/* every register reads all ones */
	uint32_t looks;			/* that a command takes */
	bool stops_at_end;		/* stops for the boundary also where the data ends there, and then says that it is done */
	uint32_t boundaries;		/* times it has stopped */
	uint16_t command;		/* PCI command register */
	uint32_t violations;
	const char *violation;		/* the first */
};
extern struct fake_sdhci fake_sdhci;

/* A controller with SDMA and without cards, in the state after a reset. fake_io_reset() and RAM come before. */
void fake_sdhci_reset(void);

/* A card in a slot: of high capacity above 2 GiB. A standard one has a multiple of 4 sectors. */
struct fake_sd_card *fake_sdhci_insert(uint32_t slot, uint64_t sectors);

/* The n-th command from now on and times - 1 after it end like this. */
void fake_sdhci_fail(uint32_t slot, enum fake_sd_fault fault, uint32_t n, uint32_t times);

/* Let the commands of FAULT_LATE that are still alive write to their memory. Returns how many did. */
uint32_t fake_sdhci_late(void);

/* Interrupts that a slot signals. */
uint32_t fake_sdhci_signalled(void);

/* What a byte of a sector of this slot's card holds, unless it was written. */
uint8_t fake_sdhci_byte(uint32_t slot, uint64_t lba, uint32_t offset);

/* The last write: which slot, where, how many bytes, and the first of them. */
extern struct fake_sdhci_written {
	uint32_t slot, bytes;
	uint64_t lba;
	uint8_t data[65536];
} fake_sdhci_written;

/* As the PCI scan would give it. */
struct pci_function fake_sdhci_function(void);

#endif
