/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/nvme.h: an NVMe controller with its namespaces, at the level of its registers (NVM Express 1.4) and of what it
 * reads and writes in memory. It is stricter than QEMU's: what a driver must not do counts as a violation, with a word
 * about the first. And it fails in every way that tests ask for.
 *
 * A command ends at the write of its doorbell, or in the looks of a wait (fake_timer_tick) when it is told to take some.
 */
#ifndef FAKE_NVME_H
#define FAKE_NVME_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/tree.h"

#define FAKE_NVME_BASE	0xfeb00000u
#define FAKE_NVME_BDF	PCI_BDF(0, 4, 0)
#define FAKE_NVME_CAP	0x004018200f0107ffull	/* QEMU's: TO 7.5 s, 2,048 entries */
#define FAKE_NVME_SPACES 40

/* What one command does instead of what it should. */
enum fake_nvme_fault {
	NVME_FAULT_NONE,
	NVME_FAULT_STATUS,	/* ends with fake_nvme.status, and moves nothing */
	NVME_FAULT_NO_END,	/* ends when fake_nvme_answer() says so, if ever */
	NVME_FAULT_RESET,	/* with it the controller is as a reset leaves it */
	NVME_FAULT_OTHER,	/* completion of a command that was not sent */
	NVME_FAULT_GONE,	/* with it the controller is gone: every register reads all ones */
};

struct fake_nvme_space {
	uint32_t nsid;
	uint64_t sectors;
	uint32_t sector_size;
	bool write_protected;
	uint8_t identify[4096];		/* as made by fake_nvme_add(): a test may change it */
	/* What it has seen. */
	uint32_t commands, flushes;
	uint8_t last_opcode;
	uint64_t last_lba;
	uint32_t last_count;		/* sectors */
	uint32_t unsafe;		/* writes that no flush has followed */
};

struct fake_nvme {
	uint64_t cap;
	uint8_t identify[4096];		/* the controller's: a test may change it */
	struct fake_nvme_space space[FAKE_NVME_SPACES];	/* in the order of the list of active ones */
	uint32_t spaces;
	/* Faults: of the n-th command from now on (1: the next), for times commands; admin: of those. */
	enum fake_nvme_fault fault;
	uint32_t fault_at, fault_times;
	bool fault_admin;
	uint16_t status;
	bool starts_never, starts_fatal, stops_never, gone;
	uint32_t looks;			/* that a command takes */
	bool interrupts;		/* INTx is asserted */
	/* What it has seen. */
	uint32_t starts, stops, admin_commands, commands;
	uint32_t heads;			/* times a completion queue's head was told */
	uint32_t last_pages;		/* PRPs of the last command */
	uint16_t command;		/* PCI command register */
	uint32_t masked;		/* INTMS */
	uint32_t violations;
	const char *violation;		/* the first */
};
extern struct fake_nvme fake_nvme;

/* A controller without namespaces, as a reset leaves it. fake_io_reset() and RAM come before. */
void fake_nvme_reset(void);

/* As somebody leaves it who went away: it runs, with queues of his in memory that is another's. */
void fake_nvme_used(void);

/* A namespace behind those that there are; sector_size is a power of two. */
struct fake_nvme_space *fake_nvme_add(uint32_t nsid, uint64_t sectors, uint32_t sector_size);

/* The n-th command for a namespace (admin: admin command) from now on and times - 1 after it end like this. */
void fake_nvme_fail(bool admin, enum fake_nvme_fault fault, uint32_t n, uint32_t times);

/* Somebody resets the controller. */
void fake_nvme_lose(void);

/* Let the command of NVME_FAULT_NO_END end, if it is still under way. Returns whether it was. */
bool fake_nvme_answer(void);

/* What a byte of a sector holds, unless it was written. */
uint8_t fake_nvme_byte(uint32_t nsid, uint64_t lba, uint32_t offset);

/* The last write: where to, how many bytes, and the first of them. */
extern struct fake_nvme_written {
	uint32_t nsid, bytes;
	uint64_t lba;
	uint8_t data[65536];
} fake_nvme_written;

/* As the PCI scan would give it. */
struct pci_function fake_nvme_function(void);

#endif
