/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ide_channel.c: see ide_channel.h.
 */
#include "hw/block/ata/ide_channel.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

/* Bus master, 8 ports a channel. */
#define BM_COMMAND	0
#define BM_STATUS	2
#define BM_START	0x01
#define BM_TO_MEMORY	0x08
#define BM_ACTIVE	0x01
#define BM_ERROR	0x02
#define BM_INTERRUPT	0x04

static int __attribute__((noinline)) await_busy(const struct ide_channel *c, uint8_t *status)
{
	struct wait wait = wait_start(block_timeout_us(), "ide: busy drive");

	while ((*status = inb(c->io + IDE_STATUS)) & ATA_STATUS_BSY)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	return 0;
}

/* Most looks are the only one, and need no clock. */
int ide_await(const struct ide_channel *c, uint8_t *status)
{
	*status = inb(c->io + IDE_STATUS);
	return *status & ATA_STATUS_BSY ? await_busy(c, status) : 0;
}

/* QEMU's drives are busy from the write on: no times to keep. */
int ide_soft_reset(const struct ide_channel *c)
{
	uint8_t status;

	if (c->bus_master)
		outb(0, c->bus_master + BM_COMMAND);
	outb(IDE_CONTROL_SRST | IDE_CONTROL_NIEN, c->control);
	outb(IDE_CONTROL_NIEN, c->control);
	return ide_await(c, &status);
}

/* A drive that moves data by the bus master shows DRQ in QEMU, and no BSY. */
static bool is_at_it(const struct ide_channel *c, uint8_t status)
{
	if (status & ATA_STATUS_BSY)
		return true;
	return status & ATA_STATUS_DRQ && c->bus_master && inb(c->bus_master + BM_STATUS) & BM_ACTIVE;
}

/*
 * Until neither drive is at anything. A bus master begins when its start bit changes from 0 to 1 [Bus Master IDE 1.0, 2.1], and
 * nobody has taken back that of a command which was not waited for.
 */
static int settle(struct ide_channel *c)
{
	struct wait wait = wait_start(block_timeout_us(), "ide: a command that is under way");

	while (is_at_it(c, inb(c->io + IDE_STATUS))) {
		if (c->at_it)
			return -EALREADY;
		if (wait_expired(&wait)) {
			c->at_it = true;
			return -EINPROGRESS;
		}
	}
	c->at_it = false;
	if (c->bus_master)
		outb(0, c->bus_master + BM_COMMAND);
	return 0;
}

int ide_reset(struct ide_channel *c)
{
	int rc = settle(c);

	return rc ? rc : ide_soft_reset(c);
}

/* A drive that is in the middle of something, whoever began it, would not take a command. Not inlined: few are. */
int __attribute__((noinline)) ide_free_drive(struct ide_channel *c, uint8_t device)
{
	int rc = settle(c);

	if (rc == 0 && inb(c->io + IDE_STATUS) & ATA_STATUS_DRQ)
		rc = ide_soft_reset(c);
	if (rc == 0)
		outb(device, c->io + IDE_DEVICE);
	return rc;
}

int ide_give_up(struct block *block, const char *what, uint8_t status, int rc)
{
	struct ide_channel *c = ide_channel_of(block);

	if (rc == -ETIMEDOUT) {
		c->at_it = is_at_it(c, status);
		if (c->at_it)
			return -EINPROGRESS;
	}
	log("ide: %03x.%u: %s: %s, status %02x; reset", block->io[0], block->unit, block->description, what, status);
	ide_soft_reset(c);
	return rc;
}

static uint8_t *here(const struct ide_cursor *at)
{
	return phys_to_ptr(at->range->addr + at->offset);
}

static void step(struct ide_cursor *at, uint32_t bytes)
{
	at->offset += bytes;
	if (at->offset == at->range->len) {
		at->range++;
		at->offset = 0;
	}
}

/* One access for two bytes that lie in two ranges or end a transfer, or for a last byte. Returns how many. */
static uint32_t move_few(uint16_t port, struct ide_cursor *at, uint32_t bytes, bool write)
{
	uint32_t n = min_u32(bytes, 2), value = write ? 0 : inw(port);

	for (uint32_t i = 0; i < n; i++) {
		if (write)
			value |= (uint32_t)*here(at) << (8 * i);
		else
			*here(at) = (uint8_t)(value >> (8 * i));
		step(at, 1);
	}
	if (write)
		outw((uint16_t)value, port);
	return n;
}

void ide_move(uint16_t port, struct ide_cursor *at, uint32_t bytes, bool write)
{
	for (uint32_t n; bytes; bytes -= n) {
		n = align_down(min_u32(at->range->len - at->offset, bytes), 4);
		if (!n) {
			n = move_few(port, at, bytes, write);
			continue;
		}
		if (write)
			outsl(here(at), n / 4, port);
		else
			insl(here(at), n / 4, port);
		step(at, n);
	}
}

/*
 * Look until the bus master is not active, or will never end: a command that was refused has started nothing. Returns the
 * bus master's status; -ETIMEDOUT; -ENODEV, the drive waits for nothing, so it is the bus master that does not work: a
 * program may have switched it off.
 */
static int __attribute__((noinline)) await_dma(struct block *block)
{
	struct wait wait = wait_start(block_timeout_us(), "ide: DMA");
	struct ide_channel *c = ide_channel_of(block);
	int master;

	do {
		uint8_t status = inb(c->io + IDE_STATUS);

		if (wait_expired(&wait))
			return ide_give_up(block, "DMA does not end", status,
					   status & (ATA_STATUS_BSY | ATA_STATUS_DRQ) ? -ETIMEDOUT : -ENODEV);
		master = inb(c->bus_master + BM_STATUS);
		if (!(status & ATA_STATUS_BSY) && status & (ATA_STATUS_ERR | ATA_STATUS_DF))
			break;
	} while (master & BM_ACTIVE);
	return master;
}

/* What went wrong: as ide_run_dma(), or 0 after all. */
static int __attribute__((noinline)) judge_dma(struct block *block, int master, uint8_t status)
{
	if (master & BM_ERROR)
		outb(BM_ERROR | BM_INTERRUPT, ide_channel_of(block)->bus_master + BM_STATUS);
	if (status & ATA_STATUS_BSY && await_busy(ide_channel_of(block), &status) != 0)
		return ide_give_up(block, "busy after DMA", status, -ETIMEDOUT);
	if (status & (ATA_STATUS_ERR | ATA_STATUS_DF))
		return -EIO;
	if (master & BM_ERROR || status & ATA_STATUS_DRQ)
		return ide_give_up(block, "DMA fails", status, -ENODEV);
	return 0;
}

int ide_run_dma(struct block *block, bool write)
{
	struct ide_channel *c = ide_channel_of(block);
	uint8_t status;
	int master;

	outb((uint8_t)(BM_START + !write * BM_TO_MEMORY), c->bus_master + BM_COMMAND);
	master = inb(c->bus_master + BM_STATUS);
	if (master & BM_ACTIVE) {
		master = await_dma(block);
		if (master < 0)
			return master;
	}
	outb(0, c->bus_master + BM_COMMAND);
	status = inb(c->io + IDE_STATUS);
	if (((master & BM_ERROR) | (status & (ATA_STATUS_BSY | ATA_STATUS_DF | ATA_STATUS_DRQ | ATA_STATUS_ERR))) != 0)
		return judge_dma(block, master, status);
	io_barrier();
	return 0;
}

void ide_leave_dma(struct block *block, const struct block_driver *by_port)
{
	log("ide: %03x.%u: %s: the data port is used instead", block->io[0], block->unit, block->description);
	block->driver = by_port;
}

int ide_end_of(const struct ide_channel *c, int rc)
{
	if (rc != -EINPROGRESS && rc != -EALREADY)
		ide_end(c);
	return rc;
}

int ide_reset_drive(struct block *block)
{
	struct ide_channel *c = ide_channel_of(block);

	ide_begin(c);
	return ide_end_of(c, ide_reset(c));
}
