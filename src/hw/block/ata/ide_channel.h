/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ide_channel.h: one IDE channel: its registers, how a drive is selected and waited for, and how data
 * goes through the data port or the bus master. It knows nothing of what the commands mean.
 * Spec: T13, ATA/ATAPI-7 volume 2; Programming Interface for Bus Master IDE Controller 1.0.
 *
 * Everything is polled: the drive raises no interrupt during a request (nIEN), and may again afterwards, since
 * programs with drivers of their own find it so. QEMU then never sets the interrupt bit of the bus
 * master, so the end of DMA is the end of its active bit.
 */
#ifndef HW_BLOCK_ATA_IDE_CHANNEL_H
#define HW_BLOCK_ATA_IDE_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/ata/ata.h"
#include "hw/block/block.h"

/* Command block; the first read or written, the second written [ATA-7, 7]. */
#define IDE_DATA	0
#define IDE_ERROR	1
#define IDE_FEATURES	1
#define IDE_COUNT	2
#define IDE_LBA_LOW	3
#define IDE_LBA_MID	4
#define IDE_LBA_HIGH	5
#define IDE_DEVICE	6
#define IDE_STATUS	7		/* ATA_STATUS_* */
#define IDE_COMMAND	7

#define IDE_DEVICE_ALWAYS	0xa0
#define IDE_DEVICE_LBA		0x40
#define IDE_DEVICE_UNIT(n)	((uint8_t)((n) << 4))

#define IDE_MASTER_TABLE	4	/* of the bus master: address of the table */

/* Device control */
#define IDE_CONTROL_NIEN	0x02	/* no interrupts */
#define IDE_CONTROL_SRST	0x04	/* reset both drives */

/* One region of memory for the bus master. */
struct ide_prd {
	uint32_t addr;
	uint32_t len;		/* 16 bits, 0: 64 KiB; and IDE_PRD_LAST */
};
#define IDE_PRD_EDGE	0x10000u	/* no region crosses a multiple of it */
#define IDE_PRD_LAST	0x80000000u
#define IDE_DMA_LIMITS	{ .align_mask = 1, .boundary = IDE_PRD_EDGE }	/* addresses and lengths are even */

/* A power of two in size and aligned to it, so that the table crosses no edge. In memory that stays. */
struct ide_channel {
	struct block_controller controller;	/* first: block.controller leads here */
	uint16_t io, control, bus_master;	/* ports; bus_master 0: there is none */
	bool master_on;
	bool at_it;		/* a command has not ended in time, and may change memory later */
	uint8_t flush[2];			/* by drive: command that empties its write cache, 0: it uses none */
	bool told[2];				/* by drive: a packet device has told what it is and can */
	char *name[2];				/* where it is put then: memory is given away by that time; NULL: there is none */
	struct ide_prd prd[DMA_RANGES];
} __attribute__((aligned(128)));

_Static_assert(sizeof(struct ide_channel) == 128, "aligned to its size");

static inline struct ide_channel *ide_channel_of(struct block *block)
{
	return (struct ide_channel *)block->controller;
}

/* A request is what lies between these. */
static inline void ide_begin(const struct ide_channel *c)
{
	outb(IDE_CONTROL_NIEN, c->control);
}

static inline void ide_end(const struct ide_channel *c)
{
	outb(0, c->control);
}

/* The request ends with rc, which is returned. Interrupts stay off after a command that nobody waits for. */
int ide_end_of(const struct ide_channel *c, int rc);

/*
 * Wait until the selected drive is not busy. Returns 0, or -ETIMEDOUT (block_timeout_us()); *status is what it shows in
 * either case.
 */
int ide_await(const struct ide_channel *c, uint8_t *status);

/* Reset both drives, which ends whatever goes on, DMA too. Returns as ide_await(). Interrupts stay off: ide_end(). */
int ide_soft_reset(const struct ide_channel *c);

/*
 * A selected drive that takes no command: wait or reset until it does. Returns 0; -EINPROGRESS, -EALREADY, -ETIMEDOUT as
 * block_driver's functions.
 */
int ide_free_drive(struct ide_channel *c, uint8_t device);

/*
 * As block_driver's reset(): wait for the end of what goes on, or (at_it) look once, and reset the channel. Interrupts stay off:
 * ide_end(). Same errors.
 */
int ide_reset(struct ide_channel *c);

/* block_driver's. */
int ide_reset_drive(struct block *block);

/*
 * Write the device register, and see that the drive takes a command: one in the middle of something, whoever began
 * it, is reset. Returns as ide_free_drive().
 */
static inline int ide_select(struct ide_channel *c, uint8_t device)
{
	uint16_t io = c->io;

	outb(device, io + IDE_DEVICE);
	return (inb(io + IDE_STATUS) & (ATA_STATUS_BSY | ATA_STATUS_DRQ)) | c->at_it ? ide_free_drive(c, device) : 0;
}

/*
 * The drive did not keep to the protocol: say what, reset the channel, and return rc. Or (-ETIMEDOUT) it did not answer in time:
 * while it is at it, it is left alone and -EINPROGRESS returned.
 */
int ide_give_up(struct block *block, const char *what, uint8_t status, int rc);

/* Where a transfer by the data port is. It begins as { list->range, 0 }. */
struct ide_cursor {
	const struct dma_range *range;
	uint32_t offset;
};

/* Move bytes, which are not more than the list has left, through the data port. */
void ide_move(uint16_t port, struct ide_cursor *at, uint32_t bytes, bool write);

/* Tell the bus master where the data of the next command goes. The channel has one; list keeps to IDE_DMA_LIMITS. */
static inline void ide_make_table(struct ide_channel *c, const struct dma_list *list)
{
	uint32_t i = list->count, last = IDE_PRD_LAST;

	do {
		i--;
		c->prd[i].addr = list->range[i].addr;
		c->prd[i].len = (list->range[i].len & (IDE_PRD_EDGE - 1)) | last;
		last = 0;
	} while (i);
	outl((uint32_t)ptr_to_phys(c->prd), c->bus_master + IDE_MASTER_TABLE);
}

/*
 * Run the bus master for the command that the drive has got. Returns 0; -EIO, the drive says so; -ENODEV, this DMA does
 * not work, and the channel was reset; -ETIMEDOUT, -EINPROGRESS as ide_give_up().
 */
int ide_run_dma(struct block *block, bool write);

/* For good, with a line in the log: a host whose DMA fails once has no better one later. by_port: the driver from now on. */
void ide_leave_dma(struct block *block, const struct block_driver *by_port);

#endif
