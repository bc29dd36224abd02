/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ide.h: one IDE channel with two drives, as QEMU has it, and its bus master. Registers behave as in
 * ATA/ATAPI-7; what a driver must not do (a command while busy, a PRD that crosses 64 KiB, data that nobody
 * offered, ...) ends the test by an assertion.
 */
#ifndef FAKE_IDE_H
#define FAKE_IDE_H

#include <stdbool.h>
#include <stdint.h>

enum fake_ide_kind { FAKE_IDE_NONE, FAKE_IDE_DISK, FAKE_IDE_CD };

struct fake_ide_sense {
	uint8_t key, code, qualifier;
};

struct fake_ide_drive {
	enum fake_ide_kind kind;
	uint16_t identify[256];
	uint64_t sectors;		/* 0: CD without medium */
	uint32_t sector_size;		/* also of the capacity that a CD reports */
	uint64_t bad;			/* sector that cannot be read or written, ~0: none */
	bool locked, ejected;
	bool write_protected;
	/* CD: CHECK CONDITION for the next commands but REQUEST SENSE, each once, before what it says by itself. */
	struct fake_ide_sense sense[16];
	uint32_t senses;
	bool sense_for_ever;		/* the first of them stays */
	bool sense_by_descriptor;	/* response code 72h */
	struct fake_ide_sense now;	/* what REQUEST SENSE tells */
	uint8_t last[12];		/* the last packet but REQUEST SENSE */
};

/* What goes wrong, at one command. */
enum fake_ide_fault {
	FAULT_NONE,
	FAULT_REFUSE,		/* ends with ERR at once */
	FAULT_DEVICE,		/* the same with DF */
	FAULT_HANG,		/* is busy until the next reset, or fake_ide_let_end() */
	FAULT_DEAD,		/* is busy for ever */
	FAULT_NO_DATA,		/* ends well without data */
	FAULT_DMA_ERROR,	/* bus master reports an error, the drive none */
	FAULT_DMA_SHORT,	/* bus master ends while the drive has more */
	FAULT_DMA_STUCK,	/* bus master never ends before fake_ide_let_end() */
	FAULT_LENGTH_ZERO,	/* packet: offers 0 bytes */
	FAULT_LENGTH_LARGE,	/* packet: offers more than was asked for */
	FAULT_LENGTH_ODD,	/* packet: offers one byte less than it has */
	FAULT_SHORT,		/* packet by the port: ends well after half of the data */
};

struct fake_ide {
	struct fake_ide_drive drive[2];
	uint32_t busy_looks;		/* reads of status for which a command is busy */
	enum fake_ide_fault fault;
	uint32_t fault_at;		/* the n-th command, from 1; 0: none */
	bool fault_stays;		/* and all that follow */
	bool floating;			/* no channel: all ones */

	uint32_t commands;		/* so far */
	uint32_t dma_commands;		/* of them that went by DMA */
	uint32_t resets;
	uint32_t interrupts;		/* raised */
	uint32_t flushes, asked;	/* FLUSH CACHE of either kind, CHECK POWER MODE */
	uint8_t control;		/* device control register as last written */
	uint8_t bm_command;
	uint32_t prds;			/* used by the last DMA */
	uint8_t opcode, before;		/* last command, and the one before it */
	uint64_t lba;			/* and what it asked for */
	uint32_t count;
};
extern struct fake_ide fake_ide;

/* No drives; registers the ports with tests/fake/io.h: call fake_io_reset() before. bus_master 0: there is none. */
void fake_ide_reset(uint16_t io, uint16_t control, uint16_t bus_master);

/* A drive as QEMU has it, with the IDENTIFY data of tests/data/ata, changed to sectors. */
void fake_ide_add(uint32_t unit, enum fake_ide_kind kind, uint64_t sectors);

/* What hangs ends late: DMA with its data. Returns false when nothing did. */
bool fake_ide_let_end(void);

/* The drive is in the middle of a transfer that nobody takes. */
void fake_ide_leave_data(uint8_t unit);

/* Byte at offset of a sector that nobody has written, and of any sector as it is now. */
uint8_t fake_ide_byte(uint64_t lba, uint32_t offset);
uint8_t fake_ide_now(uint64_t lba, uint32_t offset);

#endif
