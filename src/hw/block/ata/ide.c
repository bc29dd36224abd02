/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ide.c: see ide.h. Finding drives, and commands of disks; those of CD drives are in ide_packet.c.
 */
#include "hw/block/ata/ide.h"
#include "arch/io.h"
#include "hw/block/ata/ata.h"
#include "hw/block/ata/ide_channel.h"
#include "hw/block/ata/ide_packet.h"
#include "hw/block/block.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "lib/string.h"
#include "trace/log.h"

#define SIGNATURE_MID	0x14	/* a packet device shows these when it refuses IDENTIFY */
#define SIGNATURE_HIGH	0xeb

#define MAX_SECTORS	256		/* what a READ with 28 bits of address can say */

static const struct block_driver disk_pio;

/* To read and to write, with 28 and with 48 bits of address. */
static const struct ata_commands {
	uint8_t plain, extended;
} dma_commands[] = {
	{ ATA_READ_DMA, ATA_READ_DMA_EXT }, { ATA_WRITE_DMA, ATA_WRITE_DMA_EXT },
}, port_commands[] = {
	{ ATA_READ_SECTORS, ATA_READ_SECTORS_EXT }, { ATA_WRITE_SECTORS, ATA_WRITE_SECTORS_EXT },
};

static uint8_t device_of(const struct block *block)
{
	return IDE_DEVICE_ALWAYS | IDE_DEVICE_LBA | IDE_DEVICE_UNIT(block->unit);
}

static void issue_command(uint16_t io, uint32_t sectors, uint32_t lba, uint8_t command)
{
	outb((uint8_t)sectors, io + IDE_COUNT);		/* 256 is 0 */
	outb((uint8_t)lba, io + IDE_LBA_LOW);
	outb((uint8_t)(lba >> 8), io + IDE_LBA_MID);
	outb((uint8_t)(lba >> 16), io + IDE_LBA_HIGH);
	outb(command, io + IDE_COMMAND);
}

/* The upper bytes are written before the lower ones, to the same registers. */
static int __attribute__((noinline)) issue_extended(struct block *block, const struct block_request *r, uint8_t command)
{
	uint16_t io = block->io[0];
	int rc = ide_select(ide_channel_of(block), device_of(block));

	if (rc)
		return rc;
	outb((uint8_t)(r->sectors >> 8), io + IDE_COUNT);
	outb((uint8_t)(r->lba >> 24), io + IDE_LBA_LOW);
	outb((uint8_t)(r->lba >> 32), io + IDE_LBA_MID);
	outb((uint8_t)(r->lba >> 40), io + IDE_LBA_HIGH);
	issue_command(io, r->sectors, (uint32_t)r->lba, command);
	return 0;
}

/* A disk without the extended commands has no sectors that need them. */
static int issue(struct block *block, const struct block_request *r, const struct ata_commands *commands)
{
	uint32_t lba = (uint32_t)r->lba, high = (uint32_t)(r->lba >> 32), sectors = r->sectors;
	int rc;

	if (high | (lba | (lba + sectors - 1)) >> 28)
		return issue_extended(block, r, commands->extended);
	rc = ide_select(ide_channel_of(block), device_of(block) | (uint8_t)(lba >> 24));
	if (rc == 0)
		issue_command(block->io[0], sectors, lba, commands->plain);
	return rc;
}

/* Data of a command that the drive has got. */
static int __attribute__((noinline)) move_by_port(struct block *block, struct block_request *r)
{
	struct ide_channel *c = ide_channel_of(block);
	struct ide_cursor at = { r->list.range, 0 };
	bool write = r->write;
	uint8_t status;

	for (uint32_t i = 0; i < r->sectors; i++) {
		bool failed;

		if (!write)
			r->done = i;
		if (ide_await(c, &status) != 0)
			return ide_give_up(block, "no sector", status, -ETIMEDOUT);
		/* An error means this sector of a read, the one before it of a write. */
		failed = status & (ATA_STATUS_ERR | ATA_STATUS_DF);
		if (!failed)
			r->done = i;
		if (failed)
			return -EIO;
		if (!(status & ATA_STATUS_DRQ))
			return ide_give_up(block, "no sector", status, -EIO);
		ide_move(c->io + IDE_DATA, &at, block->sector_size, write);
	}
	if (write) {
		if (ide_await(c, &status) != 0)
			return ide_give_up(block, "sectors not written", status, -ETIMEDOUT);
		if (status & (ATA_STATUS_ERR | ATA_STATUS_DF))
			return -EIO;
	}
	return 0;
}

static int transfer_by_port(struct block *block, struct block_request *r);

/* After a request that failed with rc: DMA that does not work is left, and it is done by the port. */
static int __attribute__((noinline)) recover(struct block *block, struct block_request *r, int rc)
{
	if (rc == -ENODEV) {
		ide_leave_dma(block, &disk_pio);
		return transfer_by_port(block, r);
	}
	if (rc == -EIO) {
		block->status = inb(block->io[0] + IDE_ERROR);
		if (r->write && block->status & ATA_ERROR_PROTECTED)
			rc = -EROFS;
	}
	return ide_end_of(ide_channel_of(block), rc);
}

static int transfer_by_port(struct block *block, struct block_request *r)
{
	struct ide_channel *c = ide_channel_of(block);
	int rc;

	ide_begin(c);
	rc = issue(block, r, &port_commands[r->write]);
	if (rc == 0)
		rc = move_by_port(block, r);
	if (rc)
		return recover(block, r, rc);
	ide_end(c);
	return 0;
}

static int transfer_by_dma(struct block *block, struct block_request *r)
{
	struct ide_channel *c = ide_channel_of(block);
	int rc;

	ide_begin(c);
	rc = issue(block, r, &dma_commands[r->write]);
	if (rc == 0) {
		ide_make_table(c, &r->list);	/* the table is not ours while a command is under way */
		rc = ide_run_dma(block, r->write);
	}
	if (rc)
		return recover(block, r, rc);
	ide_end(c);
	return 0;
}

/* A command without data. */
static int simple(struct block *block, uint8_t command)
{
	struct ide_channel *c = ide_channel_of(block);
	uint8_t status;
	int rc;

	ide_begin(c);
	rc = ide_select(c, device_of(block));
	if (rc == 0) {
		outb(command, c->io + IDE_COMMAND);
		if (ide_await(c, &status) != 0) {
			rc = ide_give_up(block, "command does not end", status, -ETIMEDOUT);
		} else if (status & (ATA_STATUS_ERR | ATA_STATUS_DF)) {
			block->status = inb(block->io[0] + IDE_ERROR);
			rc = -EIO;
		}
	}
	return ide_end_of(c, rc);
}

static int flush(struct block *block)
{
	uint8_t command = ide_channel_of(block)->flush[block->unit];

	return command ? simple(block, command) : 0;
}

static int ready(struct block *block)
{
	return simple(block, ATA_CHECK_POWER);
}

/* The bus master may move its data from now on. */
static void use_master(struct ide_channel *c, uint16_t bdf)
{
	if (c->master_on)
		return;
	pci_write16(bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MASTER | PCI_COMMAND_SERR);
	c->master_on = true;
}

static const struct block_driver disk_dma = { .transfer = transfer_by_dma, .reset = ide_reset_drive, .ready = ready, .flush = flush,
					      .limits = IDE_DMA_LIMITS };
static const struct block_driver disk_pio = { .transfer = transfer_by_port, .reset = ide_reset_drive, .ready = ready, .flush = flush };
/* IDENTIFY. Returns 1: a packet device's first word; 0: a disk's; negative: no drive, or none that answers. */
static int identify(const struct ide_channel *c, uint16_t word[ATA_IDENTIFY_WORDS])
{
	int is_packet = 0;
	uint8_t status;

	if (ide_await(c, &status) != 0)
		return -ETIMEDOUT;
	outb(ATA_IDENTIFY, c->io + IDE_COMMAND);
	if (ide_await(c, &status) != 0)
		return -ETIMEDOUT;
	if (!(status & ATA_STATUS_DRQ)) {
		if (inb(c->io + IDE_LBA_MID) != SIGNATURE_MID || inb(c->io + IDE_LBA_HIGH) != SIGNATURE_HIGH)
			return -ENODEV;
		is_packet = 1;
		outb(ATA_IDENTIFY_PACKET, c->io + IDE_COMMAND);
		if (ide_await(c, &status) != 0)
			return -ETIMEDOUT;
	}
	if ((status & (ATA_STATUS_DRQ | ATA_STATUS_ERR)) != ATA_STATUS_DRQ)
		return -ENODEV;
	if (!is_packet) {
		insl(word, ATA_IDENTIFY_WORDS / 2, c->io + IDE_DATA);
		return 0;
	}
	/* What kind it is; it lets the rest of its data go. */
	memset(word, 0, ATA_IDENTIFY_WORDS * sizeof(*word));
	insl(word, 1, c->io + IDE_DATA);
	outb(ATA_DEVICE_RESET, c->io + IDE_COMMAND);
	return 1;
}

/* QEMU shows 0 where no drive is, the bus floats where no channel is. */
static bool absent(uint16_t io, uint8_t unit)
{
	uint8_t status;

	outb(IDE_DEVICE_ALWAYS | IDE_DEVICE_UNIT(unit), io + IDE_DEVICE);
	status = inb(io + IDE_STATUS);
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

	if (is_packet < 0)
		return;
	if (ata_identify(&id, word, is_packet) != 0 || (is_packet && !id.cd)) {
		log("ide: %03x.%u: general %04x, %llu sectors of %u bytes: no disk or CD drive of ours; not used", c->io,
		    unit, word[0], (unsigned long long)id.sectors, id.sector_size);
		return;
	}
	ata_describe(&block, &id);
	c->flush[unit] = id.flush;
	block.driver = is_packet ? &ide_packet_driver : id.dma && c->bus_master ? &disk_dma : &disk_pio;
	/* Of a CD drive it is not known yet; when it is, a program may have the configuration ports in use. */
	if (c->bus_master && (is_packet || id.dma))
		use_master(c, bdf);
	if (is_packet)
		c->name[unit] = alloc_raw(ZONE_HIGH, sizeof(id.model), 1, "drive's model");
	block_add(&block);
}

static void add_channel(uint8_t number, uint16_t io, uint16_t control, uint16_t bus_master, uint16_t bdf)
{
	struct ide_channel *c;

	/* Whatever else two functions may have the same ports by: the first has them. */
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
	ide_begin(c);
	add_drive(c, number, 0, bdf);
	if (!absent(io, 1))
		add_drive(c, number, 1, bdf);
	ide_end(c);
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

/*
 * Has a function legacy ports, not BARs, for channel n? Bits 0 and 2 of the programming interface: it is in native mode
 * [PCI IDE 1.0, 2].
 */
static bool is_legacy(const struct pci_function *f, uint8_t n)
{
	return f->class_revision >> 16 == IDE_CLASS && !(f->class_revision >> (8 + 2 * n) & 1);
}

/*
 * Several functions that have them decode the same ports. QEMU has the one answer that was made last, which mostly is the last
 * on the bus: one of the machine's own is there before one that the user adds.
 */
static bool has_successor(const struct pci_function *f, uint8_t n)
{
	const struct pci_function *end = machine.pci->function + machine.pci->count;

	while (++f < end)
		if (is_legacy(f, n))
			return true;
	return false;
}

int ide_init_pci(const struct pci_function *f)
{
	uint16_t bus_master = ports_of(&f->bar[4], 8 * CHANNELS);

	for (uint8_t n = 0; n < CHANNELS; n++) {
		uint16_t master = bus_master ? (uint16_t)(bus_master + 8 * n) : 0;
		uint16_t io = legacy[n].io, control = legacy[n].control;

		if (is_legacy(f, n)) {
			if (has_successor(f, n))
				continue;
		} else {
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
	return 0;
}
