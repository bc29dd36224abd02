/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ide.c: see ide.h.
 *
 * Everything is polled: the drive raises no interrupt during a request (nIEN), and may again afterwards, since
 * programs with drivers of their own find it so. QEMU then never sets the interrupt bit of the bus
 * master, so the end of DMA is the end of its active bit.
 */
#include "hw/block/ide.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/ata.h"
#include "hw/block/block.h"
#include "hw/pci/tree.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "trace/log.h"

/* Command block; the first read or written, the second written [ATA-7, 7]. */
#define DATA		0
#define ERROR		1
#define FEATURES	1
#define COUNT		2
#define LBA_LOW		3
#define LBA_MID		4
#define LBA_HIGH	5
#define DEVICE		6
#define STATUS		7
#define COMMAND		7

#define DEVICE_ALWAYS	0xa0
#define DEVICE_LBA	0x40
#define DEVICE_UNIT(n)	((uint8_t)((n) << 4))

/* Device control */
#define CONTROL_NIEN	0x02	/* no interrupts */
#define CONTROL_SRST	0x04	/* reset both drives */

#define FEATURES_DMA	0x01	/* of PACKET: its data by DMA */
#define SIGNATURE_MID	0x14	/* a packet device shows these when it refuses IDENTIFY */
#define SIGNATURE_HIGH	0xeb

/* Bus master, 8 ports a channel. */
#define BM_COMMAND	0
#define BM_STATUS	2
#define BM_TABLE	4
#define BM_START	0x01
#define BM_TO_MEMORY	0x08
#define BM_ACTIVE	0x01
#define BM_ERROR	0x02
#define BM_INTERRUPT	0x04

#define REQUEST_US	(30 * 1000 * 1000)
#define MAX_SECTORS	256		/* what one READ can; the table has room for as many */
#define PRD_EDGE	0x10000u	/* no region crosses a multiple of it */
#define PRDS		32
#define PRD_LAST	0x80000000u
#define DMA_LEAST	512		/* bytes: less is an answer, not worth a table */
#define PACKET_PART	0xf000		/* bytes that a packet device may offer at once, even */

_Static_assert(MAX_SECTORS * 4096 / PRD_EDGE + 2 * DMA_RANGES <= PRDS, "the longest request has a table");

struct prd {
	uint32_t addr;
	uint32_t len;		/* 16 bits, 0: 64 KiB; and PRD_LAST */
};

/* A power of two in size and aligned to it, so that the table crosses no edge. */
struct ide_channel {
	struct block_controller controller;
	uint16_t io, control, bus_master;	/* ports; bus_master 0: there is none */
	bool master_on;
	struct prd prd[PRDS];
} __attribute__((aligned(512)));

static struct ide_channel *channel_of(struct block *block)
{
	return (struct ide_channel *)block->controller;
}

static int __attribute__((noinline)) await_busy(const struct ide_channel *c, uint8_t *status)
{
	struct wait wait = wait_start(REQUEST_US, "ide: busy drive");

	while ((*status = inb(c->io + STATUS)) & ATA_STATUS_BSY)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	return 0;
}

/* Wait until the selected drive is not busy. Most looks are the only one, and need no clock. */
static int await(const struct ide_channel *c, uint8_t *status)
{
	*status = inb(c->io + STATUS);
	return *status & ATA_STATUS_BSY ? await_busy(c, status) : 0;
}

/* Ends whatever goes on, DMA too. QEMU's drives are busy from the write on: no times to keep. */
static int soft_reset(const struct ide_channel *c)
{
	uint8_t status;

	if (c->bus_master)
		outb(0, c->bus_master + BM_COMMAND);
	outb(CONTROL_SRST | CONTROL_NIEN, c->control);
	outb(CONTROL_NIEN, c->control);
	return await(c, &status);
}

/* A request is what lies between these. */
static void begin(const struct ide_channel *c)
{
	outb(CONTROL_NIEN, c->control);
}

static void end(const struct ide_channel *c)
{
	outb(0, c->control);
}

/* A drive that is in the middle of something, whoever began it, would not take a command. */
static int __attribute__((noinline)) free_drive(const struct ide_channel *c, uint8_t device)
{
	uint8_t status;
	int rc = 0;

	if (await(c, &status) != 0 || status & ATA_STATUS_DRQ) {
		rc = soft_reset(c);
		outb(device, c->io + DEVICE);
	}
	return rc;
}

static int select(const struct ide_channel *c, uint8_t device)
{
	outb(device, c->io + DEVICE);
	return inb(c->io + STATUS) & (ATA_STATUS_BSY | ATA_STATUS_DRQ) ? free_drive(c, device) : 0;
}

/* The drive did not keep to the protocol, or did not answer. */
static int give_up(struct block *block, const char *what, uint8_t status, int rc)
{
	log("ide: %03x.%u: %s: %s, status %02x; reset", block->io[0], block->unit, block->description, what, status);
	soft_reset(channel_of(block));
	return rc;
}

/* Where a transfer by the data port is. */
struct cursor {
	const struct dma_range *range;
	uint32_t offset;
};

static uint8_t *here(const struct cursor *at)
{
	return phys_to_ptr(at->range->addr + at->offset);
}

static void step(struct cursor *at, uint32_t bytes)
{
	at->offset += bytes;
	if (at->offset == at->range->len) {
		at->range++;
		at->offset = 0;
	}
}

/* One access for two bytes that lie in two ranges or end a transfer, or for a last byte. Returns how many. */
static uint32_t move_few(uint16_t port, struct cursor *at, uint32_t bytes, bool write)
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

/* bytes are not more than the list has left. */
static void move(uint16_t port, struct cursor *at, uint32_t bytes, bool write)
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

static void make_table(struct ide_channel *c, const struct dma_list *list)
{
	struct prd *prd = c->prd;

	for (const struct dma_range *range = list->range; range != list->range + list->count; range++) {
		uint32_t addr = range->addr, left = range->len;

		do {
			uint32_t n = min_u32(left, PRD_EDGE - (addr & (PRD_EDGE - 1)));

			prd->addr = addr;
			prd++->len = n & (PRD_EDGE - 1);
			addr += n;
			left -= n;
		} while (left);
	}
	prd[-1].len |= PRD_LAST;
	outl((uint32_t)ptr_to_phys(c->prd), c->bus_master + BM_TABLE);
}

/* Look until the bus master is not active, or will never end: a command that was refused has started nothing. */
static int __attribute__((noinline)) await_dma(struct block *block, uint8_t *master)
{
	struct wait wait = wait_start(REQUEST_US, "ide: DMA");
	struct ide_channel *c = channel_of(block);

	do {
		uint8_t status = inb(c->io + STATUS);

		if (!(status & ATA_STATUS_BSY) && status & (ATA_STATUS_ERR | ATA_STATUS_DF))
			return 0;
		if (wait_expired(&wait))
			return give_up(block, "DMA does not end", status, -ETIMEDOUT);
		*master = inb(c->bus_master + BM_STATUS);
	} while (*master & BM_ACTIVE);
	return 0;
}

/* What went wrong: as run_dma(), or 0 after all. */
static int __attribute__((noinline)) judge_dma(struct block *block, uint8_t master, uint8_t status)
{
	if (status & ATA_STATUS_BSY && await_busy(channel_of(block), &status) != 0)
		return give_up(block, "busy after DMA", status, -ETIMEDOUT);
	if (status & (ATA_STATUS_ERR | ATA_STATUS_DF))
		return -EIO;
	if (master & BM_ERROR || status & ATA_STATUS_DRQ)
		return give_up(block, "DMA fails", status, -ENODEV);
	return 0;
}

/*
 * Run the bus master for the command that the drive has got. -EIO: the drive says so; -ENODEV: this DMA does not work.
 * After -ENODEV and -ETIMEDOUT the channel was reset.
 */
static int run_dma(struct block *block, bool write)
{
	struct ide_channel *c = channel_of(block);
	uint8_t status, master;

	outb(write ? BM_START : BM_START | BM_TO_MEMORY, c->bus_master + BM_COMMAND);
	master = inb(c->bus_master + BM_STATUS);
	if (master & BM_ACTIVE && await_dma(block, &master) != 0)
		return -ETIMEDOUT;
	outb(0, c->bus_master + BM_COMMAND);
	if (master & BM_ERROR)
		outb(BM_ERROR | BM_INTERRUPT, c->bus_master + BM_STATUS);
	status = inb(c->io + STATUS);
	if (master & BM_ERROR || status & (ATA_STATUS_BSY | ATA_STATUS_DF | ATA_STATUS_DRQ | ATA_STATUS_ERR))
		return judge_dma(block, master, status);
	io_barrier();
	return 0;
}

static const struct block_driver disk_dma, disk_pio, cd_dma, cd_pio;

static bool by_dma(const struct block *block)
{
	return block->driver == &disk_dma || block->driver == &cd_dma;
}

/* For good: a host whose DMA fails once has no better one later. */
static void leave_dma(struct block *block)
{
	log("ide: %03x.%u: %s: the data port is used instead", block->io[0], block->unit, block->description);
	block->driver = block->driver == &disk_dma ? &disk_pio : &cd_pio;
}

static const struct ata_commands {
	uint8_t plain, extended;	/* 28 and 48 bits of address */
} dma_commands[] = {
	{ ATA_READ_DMA, ATA_READ_DMA_EXT },
	{ ATA_WRITE_DMA, ATA_WRITE_DMA_EXT },
}, pio_commands[] = {
	{ ATA_READ_SECTORS, ATA_READ_SECTORS_EXT },
	{ ATA_WRITE_SECTORS, ATA_WRITE_SECTORS_EXT },
};

/* What is written before the lower bytes, to the same registers. */
static void __attribute__((noinline)) write_upper_bytes(uint16_t io, const struct block_request *r)
{
	outb((uint8_t)(r->sectors >> 8), io + COUNT);
	outb((uint8_t)(r->lba >> 24), io + LBA_LOW);
	outb((uint8_t)(r->lba >> 32), io + LBA_MID);
	outb((uint8_t)(r->lba >> 40), io + LBA_HIGH);
}

/* A disk without the extended commands has no sectors that need them. */
static int issue(struct block *block, const struct ata_commands *commands, const struct block_request *r)
{
	uint8_t device = DEVICE_ALWAYS | DEVICE_LBA | DEVICE_UNIT(block->unit);
	uint32_t low = (uint32_t)r->lba;
	bool extended = ((uint32_t)(r->lba >> 32) | low >> 28 | (low + r->sectors - 1) >> 28) != 0;
	uint16_t io = block->io[0];
	int rc = select(channel_of(block), extended ? device : device | (uint8_t)(low >> 24));

	if (rc)
		return rc;
	if (extended)
		write_upper_bytes(io, r);
	outb((uint8_t)r->sectors, io + COUNT);	/* 256 is 0 */
	outb((uint8_t)low, io + LBA_LOW);
	outb((uint8_t)(low >> 8), io + LBA_MID);
	outb((uint8_t)(low >> 16), io + LBA_HIGH);
	outb(extended ? commands->extended : commands->plain, io + COMMAND);
	return 0;
}

static int disk_by_dma(struct block *block, struct block_request *r)
{
	int rc;

	make_table(channel_of(block), &r->list);
	rc = issue(block, &dma_commands[r->write], r);
	return rc ? rc : run_dma(block, r->write);
}

static int disk_by_port(struct block *block, struct block_request *r)
{
	struct ide_channel *c = channel_of(block);
	struct cursor at = { r->list.range, 0 };
	bool write = r->write;
	int rc = issue(block, &pio_commands[write], r);
	uint8_t status;

	for (uint32_t i = 0; !rc && i < r->sectors; i++) {
		bool failed;

		if (await(c, &status) != 0)
			return give_up(block, "no sector", status, -ETIMEDOUT);
		/* An error means this sector of a read, the one before it of a write. */
		failed = status & (ATA_STATUS_ERR | ATA_STATUS_DF);
		if (!failed || !write)
			r->done = i;
		if (failed)
			return -EIO;
		if (!(status & ATA_STATUS_DRQ))
			return give_up(block, "no sector", status, -EIO);
		move(c->io + DATA, &at, block->sector_size, write);
	}
	if (!rc && write) {
		if (await(c, &status) != 0)
			return give_up(block, "sectors not written", status, -ETIMEDOUT);
		if (status & (ATA_STATUS_ERR | ATA_STATUS_DF))
			return -EIO;
	}
	return rc;
}

static int transfer(struct block *block, struct block_request *r)
{
	struct ide_channel *c = channel_of(block);
	int rc = -ENODEV;	/* of DMA */

	begin(c);
	if (by_dma(block)) {
		rc = disk_by_dma(block, r);
		if (rc == -ENODEV)
			leave_dma(block);
	}
	if (rc == -ENODEV)
		rc = disk_by_port(block, r);
	if (rc == -EIO)
		log("ide: %03x.%u: %s: %s of %u sectors at %llu: error %02x", block->io[0], block->unit,
		    block->description, r->write ? "write" : "read", r->sectors, (unsigned long long)r->lba,
		    inb(c->io + ERROR));
	end(c);
	return rc;
}

/* Data of a packet by the data port, in parts as the drive offers them. */
static int packet_by_port(struct block *block, const struct dma_list *list, uint32_t *done)
{
	struct ide_channel *c = channel_of(block);
	struct cursor at = { list->range, 0 };
	uint8_t status;

	*done = 0;
	/* Each round takes bytes, and there are no more than the list has. */
	for (uint32_t n = 0; n <= list->bytes; n++) {
		uint32_t offered;

		if (await(c, &status) != 0)
			return give_up(block, "no data", status, -ETIMEDOUT);
		if (status & ATA_STATUS_ERR)
			return -EIO;
		if (!(status & ATA_STATUS_DRQ))
			return 0;
		offered = inb(c->io + LBA_MID) | (uint32_t)inb(c->io + LBA_HIGH) << 8;
		if (!offered || offered > list->bytes - *done)
			break;
		move(c->io + DATA, &at, offered, list->to_device);
		*done += offered;
	}
	return give_up(block, "data of another length", status, -ENODEV);
}

static int packet_once(struct block *block, const uint8_t command[PACKET_BYTES], const struct dma_list *list,
		       bool dma, uint32_t *done)
{
	struct ide_channel *c = channel_of(block);
	uint32_t part = min_u32(list->bytes, PACKET_PART);
	uint8_t status;
	int rc;

	if (dma)
		make_table(c, list);
	rc = select(c, DEVICE_ALWAYS | DEVICE_UNIT(block->unit));
	if (rc)
		return rc;
	outb(dma ? FEATURES_DMA : 0, c->io + FEATURES);
	if (!dma) {
		outb((uint8_t)part, c->io + LBA_MID);
		outb((uint8_t)(part >> 8), c->io + LBA_HIGH);
	}
	outb(ATA_PACKET, c->io + COMMAND);
	if (await(c, &status) != 0)
		return give_up(block, "takes no packet", status, -ETIMEDOUT);
	if ((status & (ATA_STATUS_DRQ | ATA_STATUS_ERR)) != ATA_STATUS_DRQ)
		return give_up(block, "takes no packet", status, -ENODEV);
	outsl(command, PACKET_BYTES / 4, c->io + DATA);
	if (!dma)
		return packet_by_port(block, list, done);
	rc = run_dma(block, list->to_device);
	if (!rc)
		*done = list->bytes;
	return rc;
}

static int packet(struct block *block, const uint8_t command[PACKET_BYTES], const struct dma_list *list, uint32_t *done)
{
	bool dma = by_dma(block) && list->bytes >= DMA_LEAST;
	int rc;

	begin(channel_of(block));
	rc = packet_once(block, command, list, dma, done);
	if (rc == -ENODEV && dma) {
		leave_dma(block);
		rc = packet_once(block, command, list, false, done);
	}
	end(channel_of(block));
	return rc;
}

static int reset(struct block *block)
{
	int rc = soft_reset(channel_of(block));

	end(channel_of(block));
	return rc;
}

/* Regions of the bus master's table have even addresses and lengths. */
static const struct block_driver disk_dma = { .transfer = transfer, .reset = reset, .limits = { .align = 2 } };
static const struct block_driver disk_pio = { .transfer = transfer, .reset = reset };
static const struct block_driver cd_dma = { .transfer = packet_request, .reset = reset, .media = packet_media,
					    .lock = packet_lock, .eject = packet_eject, .packet = packet,
					    .limits = { .align = 2 } };
static const struct block_driver cd_pio = { .transfer = packet_request, .reset = reset, .media = packet_media,
					    .lock = packet_lock, .eject = packet_eject, .packet = packet };

/* IDENTIFY. Returns 1: a packet device's data; 0: a disk's; negative: no drive, or none that answers. */
static int identify(const struct ide_channel *c, uint16_t word[ATA_IDENTIFY_WORDS])
{
	int is_packet = 0;
	uint8_t status;

	if (await(c, &status) != 0)
		return -ETIMEDOUT;
	outb(ATA_IDENTIFY, c->io + COMMAND);
	if (await(c, &status) != 0)
		return -ETIMEDOUT;
	if (!(status & ATA_STATUS_DRQ)) {
		if (inb(c->io + LBA_MID) != SIGNATURE_MID || inb(c->io + LBA_HIGH) != SIGNATURE_HIGH)
			return -ENODEV;
		is_packet = 1;
		outb(ATA_IDENTIFY_PACKET, c->io + COMMAND);
		if (await(c, &status) != 0)
			return -ETIMEDOUT;
	}
	if ((status & (ATA_STATUS_DRQ | ATA_STATUS_ERR)) != ATA_STATUS_DRQ)
		return -ENODEV;
	insl(word, ATA_IDENTIFY_WORDS / 2, c->io + DATA);
	return is_packet;
}

/* QEMU shows 0 where no drive is, the bus floats where no channel is. */
static bool absent(uint16_t io, uint8_t unit)
{
	uint8_t status;

	outb(DEVICE_ALWAYS | DEVICE_UNIT(unit), io + DEVICE);
	status = inb(io + STATUS);
	return status == 0 || status == 0xff;
}

/* The drive is selected. */
static void add_drive(struct ide_channel *c, uint8_t number, uint8_t unit, uint16_t bdf)
{
	struct block block = { .controller = &c->controller, .bus = BUS_IDE, .bdf = bdf, .channel = number, .unit = unit,
			       .io = { c->io, c->control }, .max_sectors = MAX_SECTORS };
	uint16_t word[ATA_IDENTIFY_WORDS];
	struct ata_identity id;
	int is_packet = identify(c, word);
	bool dma;

	if (is_packet < 0)
		return;
	if (ata_identify(&id, word, is_packet) != 0 || (is_packet && !id.cd)) {
		log("ide: %03x.%u: general %04x, %llu sectors of %u bytes: no disk or CD drive of ours; not used", c->io,
		    unit, word[0], (unsigned long long)id.sectors, id.sector_size);
		return;
	}
	ata_describe(&block, &id);
	dma = id.dma && c->bus_master;
	if (is_packet)
		block.driver = dma ? &cd_dma : &cd_pio;
	else
		block.driver = dma ? &disk_dma : &disk_pio;
	if (dma && !c->master_on) {
		pci_write16(bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MASTER | PCI_COMMAND_SERR);
		c->master_on = true;
	}
	block_add(&block);
}

static void add_channel(uint8_t number, uint16_t io, uint16_t control, uint16_t bus_master, uint16_t bdf)
{
	struct ide_channel *c;

	/* Two functions in legacy mode have the same ports: the first has them. */
	for (const struct block *b = block_first; b; b = b->next)
		if (b->bus == BUS_IDE && b->io[0] == io)
			return;
	/* Drive 0 of a channel that has only a drive 1 shows another status in QEMU. */
	if (absent(io, 0))
		return;
	c = alloc(ZONE_HIGH, sizeof(*c), sizeof(*c), "IDE channel");
	if (!c)
		return;
	c->io = io;
	c->control = control;
	c->bus_master = bus_master;
	begin(c);
	add_drive(c, number, 0, bdf);
	if (!absent(io, 1))
		add_drive(c, number, 1, bdf);
	end(c);
}

#define CHANNELS 2

static const struct legacy {
	uint16_t io, control;
} legacy[CHANNELS] = { { 0x1f0, 0x3f6 }, { 0x170, 0x376 } };

void ide_init_isa(void)
{
	for (uint8_t n = 0; n < CHANNELS; n++)
		add_channel(n, legacy[n].io, legacy[n].control, 0, PCI_NONE_BDF);
}

/* Base of an I/O BAR that has the bytes, 0: it is not there, or not placed. */
static uint16_t ports_of(const struct pci_bar *bar, uint32_t bytes)
{
	return bar->kind == PCI_IO && bar->size >= bytes ? (uint16_t)bar->base : 0;
}

/* Programming interface: bits 0 and 2: the channel is in native mode [PCI IDE 1.0, 2]. */
void ide_init_pci(const struct pci_function *f)
{
	uint16_t bus_master = ports_of(&f->bar[4], 8 * CHANNELS);

	for (uint8_t n = 0; n < CHANNELS; n++) {
		uint16_t master = bus_master ? (uint16_t)(bus_master + 8 * n) : 0;
		uint16_t io = legacy[n].io, control = legacy[n].control;

		if (f->class_revision >> (8 + 2 * n) & 1) {
			io = ports_of(&f->bar[2 * n], 8);
			control = ports_of(&f->bar[2 * n + 1], 4);
			if (!io || !control) {
				log("ide: %02x:%02x.%u: channel %u has no ports; not used", PCI_BUS(f->bdf),
				    PCI_DEV(f->bdf), PCI_FN(f->bdf), n);
				continue;
			}
			control += 2;
		}
		add_channel(n, io, control, master, f->bdf);
	}
}
