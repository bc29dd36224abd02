/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ahci.h: an AHCI controller with up to 32 drives, at the level of its registers (AHCI 1.3.1) and of what it
 * reads and writes in memory. It is stricter than QEMU's: what a driver must not do counts as a violation, with a word
 * about the first. And it fails in every way that tests ask for.
 *
 * A command ends at the write of CI, or in the looks of a wait (fake_timer_tick) when it is told to take some.
 */
#ifndef FAKE_AHCI_H
#define FAKE_AHCI_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define FAKE_AHCI_BASE	0xfebff000u
#define FAKE_AHCI_BDF	PCI_BDF(0, 31, 2)

/* What one command does instead of what it should. */
enum fake_ahci_fault {
	FAULT_NONE,
	FAULT_ERROR,		/* ends with ERR and the drive's error register */
	FAULT_DEVICE,		/* ends with DF */
	FAULT_BUSY,		/* sends a register FIS whose status has BSY */
	FAULT_NO_END,		/* never ends */
	FAULT_NO_END_BUSY,	/* and BSY stays, so that only a COMRESET helps */
	FAULT_LATE,		/* never ends, but reaches memory until a COMRESET (QEMU 7.2's do so while ST is 0) */
	FAULT_SHORT,		/* counts (and moves) half of the bytes, and says all is well */
	FAULT_LONG,		/* counts more bytes than there were */
	FAULT_BUS,		/* the controller fails: fatal error in IS, CI stays, no FIS */
	FAULT_NO_FIS,		/* ends well, without a register FIS */
	FAULT_NO_FIS_ERROR,	/* ends with ERR in TFD, without a register FIS */
	FAULT_EARLY_FIS,	/* the register FIS comes before CI is clear */
	FAULT_SLOT_STAYS,	/* good status, but CI is never clear */
};

struct fake_ahci_drive {
	bool present;
	bool cd;
	uint32_t signature;		/* 0: as its kind has it */
	uint32_t det;			/* of SSTS, 0: link up */
	uint32_t resets_for_link;	/* COMRESETs until it is */
	uint64_t sectors;		/* 0: a CD without a medium */
	uint32_t sector_size;
	bool no_lba48, no_dma, write_protected;
	uint16_t identify[256];		/* as made by fake_ahci_add(): a test may change it */
	/* Faults: of the n-th command from now on (1: the next), for times commands. */
	enum fake_ahci_fault fault;
	uint32_t fault_at, fault_times;
	uint8_t error;			/* error register of FAULT_ERROR */
	bool signature_never;		/* sends no signature after a reset */
	bool engine_sticks, receiver_sticks;	/* CR, FR stay */
	bool busy_after_reset;		/* never comes out of its reset */
	uint8_t sense[3];		/* key, code, qualifier: CHECK CONDITION for the next packet but REQUEST SENSE */
	/* What it has seen. */
	uint32_t commands, resets, flushes;
	uint8_t last_command, command_before, last_features;
	uint32_t last_count, last_ranges;
	uint64_t last_lba;
	uint8_t last_packet[12];
};

struct fake_ahci {
	struct fake_ahci_drive drive[32];
	uint32_t ports;			/* PI */
	bool reset_sticks;		/* GHC.HR stays */
	bool gone;			/* every register reads all ones */
	uint32_t looks;			/* that a command takes */
	uint32_t controller_resets;
	uint16_t command;		/* PCI command register */
	uint32_t violations;
	const char *violation;		/* the first */
};
extern struct fake_ahci fake_ahci;

/* A controller with six ports without drives, in the state after a reset. fake_io_reset() and RAM come before. */
void fake_ahci_reset(void);

/* A drive on a port. CDs have 2048 bytes in a sector. */
struct fake_ahci_drive *fake_ahci_add(uint32_t port, bool cd, uint64_t sectors, uint32_t sector_size);

/* Make the sum of identify right after a change. */
void fake_ahci_sign(struct fake_ahci_drive *drive);

/* The n-th command from now on and times - 1 after it end like this. */
void fake_ahci_fail(uint32_t port, enum fake_ahci_fault fault, uint32_t n, uint32_t times);

/* Let the commands of FAULT_LATE that are still alive write to their memory. Returns how many did. */
uint32_t fake_ahci_late(void);

/* Commands that never end do, with what FAULT_LATE writes. Returns how many. */
uint32_t fake_ahci_let_end(void);

/* Somebody else's command list is what the port has now. */
void fake_ahci_take_list(uint32_t port);

/* What a byte of a sector of this port holds, unless it was written. */
uint8_t fake_ahci_byte(uint32_t port, uint64_t lba, uint32_t offset);

/* The last write: to which port and LBA, how many bytes, and the first of them. */
extern struct fake_ahci_written {
	uint32_t port, bytes;
	uint64_t lba;
	uint8_t data[65536];
} fake_ahci_written;

/* As the PCI scan would give it. */
struct pci_function fake_ahci_function(void);

#endif
