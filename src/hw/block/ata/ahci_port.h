/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ahci_port.h: one port of an AHCI controller: how a command is sent to its drive, and how the port
 * is got to work again after one that failed. It knows nothing of what the commands mean.
 * Spec: Intel, Serial ATA AHCI 1.3.1; sections are given in [brackets].
 */
#ifndef HW_BLOCK_ATA_AHCI_PORT_H
#define HW_BLOCK_ATA_AHCI_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "hw/block/block.h"
#include "hw/pci/config.h"

#define AHCI_PORTS	32

/* Registers of the controller [3.1]. */
#define AHCI_GHC	0x04
#define AHCI_GHC_HR	(1u << 0)
#define AHCI_GHC_AE	(1u << 31)
#define AHCI_PI		0x0c
/* Of a port [3.3], and where the first port's are. */
#define AHCI_PORT_BASE	0x100
#define AHCI_PORT_BYTES	0x80
#define AHCI_CLB	0x00
#define AHCI_CLBU	0x04
#define AHCI_FB		0x08
#define AHCI_FBU	0x0c
#define AHCI_IS		0x10
#define AHCI_IS_FATAL	0x78000000u	/* task file error, host bus fatal and data error, interface fatal error */
#define AHCI_CMD	0x18
#define AHCI_CMD_ST	(1u << 0)
#define AHCI_CMD_SUD	(1u << 1)
#define AHCI_CMD_POD	(1u << 2)
#define AHCI_CMD_FRE	(1u << 4)
#define AHCI_CMD_FR	(1u << 14)
#define AHCI_CMD_CR	(1u << 15)
#define AHCI_TFD	0x20		/* status register, error register in bits 15..8 */
#define AHCI_SIG	0x24
#define AHCI_SIG_NONE	0xffffffffu
#define AHCI_SIG_DISK	0x00000101u
#define AHCI_SIG_PACKET	0xeb140101u
#define AHCI_SSTS	0x28
#define AHCI_SSTS_DET	0xfu
#define AHCI_DET_NO_LINK	1	/* a drive is there, the link to it is not up */
#define AHCI_DET_LINK	3
#define AHCI_SCTL	0x2c
#define AHCI_SCTL_RESET	0x301u		/* COMRESET; no power management in either case */
#define AHCI_SCTL_RUN	0x300u
#define AHCI_SERR	0x30
#define AHCI_CI		0x38

/* Command header [4.2.2]. */
struct ahci_header {
	uint32_t options;
	uint32_t bytes;		/* PRDBC: transferred; the controller counts */
	uint32_t table, table_high;
	uint32_t unused[4];
};
_Static_assert(sizeof(struct ahci_header) == 32, "AHCI 4.2.2");
#define AHCI_PACKET	(1u << 5)
#define AHCI_WRITE	(1u << 6)

/* One range of memory [4.2.3.3]: even address, even length, at most 4 MiB. */
struct ahci_prd {
	uint32_t addr, addr_high;
	uint32_t unused;
	uint32_t last;		/* bytes - 1 */
};
_Static_assert(sizeof(struct ahci_prd) == 16, "AHCI 4.2.3.3");
#define AHCI_PRD_BYTES	0x400000u

/* Command table [4.2.3]. */
struct ahci_table {
	uint32_t fis[16];
	uint8_t packet[64];
	struct ahci_prd prd[DMA_RANGES];
};
_Static_assert(offsetof(struct ahci_table, prd) == 0x80, "AHCI 4.2.3");

/* What drives send: where it is in the area of what was received [4.2.1], and its type [Serial ATA 3.0, 10.3]. */
#define AHCI_RECEIVED_PIO	0x20
#define AHCI_RECEIVED_D2H	0x40
#define AHCI_FIS_H2D	0x27
#define AHCI_FIS_C	0x80		/* in the byte behind it: the command register was written */
#define AHCI_FIS_D2H	0x34
#define AHCI_FIS_PIO	0x5f	/* data without DMA follows; commands that read so end with nothing else */

struct ahci_port;

struct ahci {
	struct block_controller controller;	/* first: block.controller leads here */
	uint32_t base;				/* of its registers, physical */
	pci_bdf_t bdf;
	bool dead;				/* does not come out of a reset: nothing is asked of it, and it reaches no memory */
	struct ahci_port *port[AHCI_PORTS];	/* those with a drive */
};

/* What the device reads and writes, and the driver's own beside it. Aligned to 1 KiB, in memory that stays. */
struct ahci_port {
	volatile struct ahci_header list[32];
	volatile uint8_t received[256];
	struct ahci_table table;
	uint16_t identify[256];		/* for the caller: what the drive says of itself */
	struct ahci *ahci;
	uint32_t regs;			/* the port's registers, physical */
	uint8_t number;
	bool running;			/* commands may be sent; else the port is reset before the next ... */
	bool at_it;			/* ... when the controller has ended the one before */
	bool lba48, dma;		/* the drive's, for the caller; and what it takes to read, to write */
	uint8_t command[2];
	uint8_t flush;			/* what empties its write cache, 0: it uses none */
	uint16_t taskfile;		/* after the last command: status, and error in bits 15..8 */
};
_Static_assert(offsetof(struct ahci_port, received) % 256 == 0, "AHCI 3.3.3");
_Static_assert(offsetof(struct ahci_port, table) % 128 == 0, "AHCI 4.2.2");
_Static_assert(sizeof(struct ahci_port) <= 2048, "so many drives, so much memory");

/* The register FIS that the next command sends to the drive [Serial ATA 3.0, 10.3.4]. lba_high: bits 47..24. */
static inline void ahci_port_fis(struct ahci_port *p, uint8_t command, uint8_t features, uint32_t lba_low, uint8_t device,
				 uint32_t lba_high, uint32_t count)
{
	p->table.fis[0] = AHCI_FIS_H2D | AHCI_FIS_C << 8 | (uint32_t)command << 16 | (uint32_t)features << 24;
	p->table.fis[1] = (lba_low & 0xffffff) | (uint32_t)device << 24;
	p->table.fis[2] = lba_high;
	p->table.fis[3] = count;
}

/*
 * Take a port that is as a reset leaves it into use: its memory, both engines. ahci, regs and number are set, the rest is
 * zero. Costs five accesses and waits for nothing.
 */
void ahci_port_start(struct ahci_port *p);

/*
 * Reset the link and the drive, from whatever state, and start the port again. After it, in any case, nothing of what
 * was sent before reaches memory. Returns 0; -ETIMEDOUT or -EIO, the port is not usable (each has said why).
 */
int ahci_port_reset(struct ahci_port *p);

/*
 * One command, to its end: its FIS is in the table, and with AHCI_PACKET in options (which may have AHCI_WRITE) the packet.
 * Returns 0, ahci_port_bytes() says how many were transferred; -EIO, the drive reports an error (p->taskfile) or the
 * controller one; -EINPROGRESS, -EALREADY, -ETIMEDOUT as block_driver's functions (block.h). With any but the first two of
 * these the command is over and the device does not touch its memory any more.
 */
int ahci_port_command(struct ahci_port *p, const struct dma_list *list, uint32_t options, uint32_t limit_us);

/*
 * Has the controller a command that nobody waits for any more? It is waited for, or (at_it) looked at once. Returns 0, it
 * has none; -EINPROGRESS, -EALREADY.
 */
int ahci_port_settle(struct ahci_port *p, uint32_t limit_us);

static inline uint32_t ahci_port_bytes(const struct ahci_port *p)
{
	return p->list[0].bytes;
}

#endif
