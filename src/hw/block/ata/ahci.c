/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ahci.c: see ahci.h.
 *
 * After a reset of the machine the controller is as its own reset would make it, so none is made: each port with a
 * drive is given its memory and started. Where that is not so - the drive does not answer its first command - the port
 * is reset, once.
 */
#include "hw/block/ata/ahci.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/ata/ahci_port.h"
#include "hw/block/ata/ata.h"
#include "hw/block/controller.h"
#include "hw/block/scsi/packet.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define BAR_AHCI	5	/* [2.1.11] */
#define IDENTIFY_US	(10 * 1000 * 1000)
#define SIGNATURE_US	(10 * 1000 * 1000)

#define DEVICE_LBA	0x40	/* device register: addresses are LBAs */
#define FEATURE_DMA	0x01	/* PACKET: data by DMA [ATA8-ACS 7.22] */
#define BYTE_COUNT	0xfffe	/* PACKET without DMA: most at a time, in LBA 23..8 */

static struct ahci_port *port_of(const struct block *block)
{
	return ((struct ahci *)block->controller)->port[block->channel];
}

static int transfer_sectors(struct block *block, struct block_request *r)
{
	struct ahci_port *p = port_of(block);
	uint8_t command = p->command[r->write], device = DEVICE_LBA;
	uint32_t high = (uint32_t)r->lba >> 24 | (uint32_t)(r->lba >> 32) << 8, count = r->sectors;
	int rc;

	if (!p->lba48) {
		device |= high;		/* bits 27..24 */
		high = 0;
		count &= 0xff;		/* 256 is 0 */
	}
	ahci_port_fis(p, command, 0, (uint32_t)r->lba, device, high, count);
	rc = ahci_port_command(p, &r->list, r->write ? AHCI_WRITE : 0, block_timeout_us());
	if (rc) {
		block->status = p->taskfile;
		return rc == -EIO && r->write && p->taskfile >> 8 & ATA_ERROR_PROTECTED ? -EROFS : rc;
	}
	if (ahci_port_bytes(p) == r->list.bytes)
		return 0;
	log("ahci: port %u: %s: command %02x: %u bytes were transferred, not %u", p->number, block->description, command,
	    ahci_port_bytes(p), r->list.bytes);
	return -EIO;
}

static int packet(struct block *block, const uint8_t command[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct ahci_port *p = port_of(block);
	int rc;

	ahci_port_fis(p, ATA_PACKET, p->dma && list->bytes ? FEATURE_DMA : 0, BYTE_COUNT << 8, 0, 0, 0);
	memcpy(p->table.packet, command, PACKET_BYTES);
	rc = ahci_port_command(p, list, list->to_device ? AHCI_PACKET | AHCI_WRITE : AHCI_PACKET, block_timeout_us());
	*done = rc ? 0 : min_u32(ahci_port_bytes(p), list->bytes);
	return rc;
}

/* A command without data. */
static int simple(struct block *block, uint8_t command)
{
	struct ahci_port *p = port_of(block);
	const struct dma_list none = { .count = 0 };
	int rc;

	ahci_port_fis(p, command, 0, 0, DEVICE_LBA, 0, 0);
	rc = ahci_port_command(p, &none, 0, block_timeout_us());
	if (rc)
		block->status = p->taskfile;
	return rc;
}

static int flush(struct block *block)
{
	uint8_t command = port_of(block)->flush;

	return command ? simple(block, command) : 0;
}

static int ready(struct block *block)
{
	return simple(block, ATA_CHECK_POWER);
}

/* Also of a port that works, once nothing is under way. */
static int reset(struct block *block)
{
	struct ahci_port *p = port_of(block);
	int rc = ahci_port_settle(p, block_timeout_us());

	return rc ? rc : ahci_port_reset(p);
}

/* Addresses and lengths are even [4.2.3.3]. */
#define LIMITS { .align_mask = 1 }
static const struct block_driver disk = { .transfer = transfer_sectors, .reset = reset, .ready = ready, .flush = flush,
					  .limits = LIMITS };
static const struct block_driver cd = { .packet = packet, .transfer = packet_request, .media = packet_media,
					.lock = packet_lock, .eject = packet_eject, .reset = reset, .limits = LIMITS };

static int identify_once(struct ahci_port *p, bool is_packet, struct ata_identity *id)
{
	const struct dma_list list = { .range = { { (uint32_t)ptr_to_phys(p->identify), sizeof(p->identify) } }, .count = 1 };
	int rc;

	ahci_port_fis(p, is_packet ? ATA_IDENTIFY_PACKET : ATA_IDENTIFY, 0, 0, 0, 0, 0);
	rc = ahci_port_command(p, &list, 0, IDENTIFY_US);
	if (rc)
		return rc;
	if (ahci_port_bytes(p) != sizeof(p->identify))
		return -EINVAL;
	return ata_identify(id, p->identify, is_packet);
}

static int identify(struct ahci_port *p, bool is_packet, struct ata_identity *id)
{
	int rc = identify_once(p, is_packet, id);

	if (rc == 0 || rc == -EINVAL)
		return rc;
	/* No store is asked for this: a reset takes no time, whatever the drive is at. */
	p->at_it = false;
	rc = ahci_port_reset(p);
	if (!rc)
		rc = identify_once(p, is_packet, id);
	if (p->at_it)
		ahci_port_reset(p);
	return rc;
}

/* What kind of drive it is; it says so when it is ready. */
static uint32_t signature(struct ahci_port *p)
{
	struct wait wait = wait_start(SIGNATURE_US, "ahci: drive's signature");
	uint32_t sig;

	do
		sig = mmio_read32(p->regs + AHCI_SIG);
	while (sig == AHCI_SIG_NONE && !wait_expired(&wait));
	return sig;
}

static int add_drive(struct ahci_port *p)
{
	static const uint8_t commands[2][2][2] = {	/* [lba48][dma][write] */
		{ { ATA_READ_SECTORS, ATA_WRITE_SECTORS }, { ATA_READ_DMA, ATA_WRITE_DMA } },
		{ { ATA_READ_SECTORS_EXT, ATA_WRITE_SECTORS_EXT }, { ATA_READ_DMA_EXT, ATA_WRITE_DMA_EXT } },
	};
	struct ahci *ahci = p->ahci;
	struct block block = { .bus = BUS_AHCI, .controller = &ahci->controller, .bdf = ahci->bdf, .channel = p->number };
	struct ata_identity id;
	uint32_t sig = signature(p);
	bool is_packet = sig == AHCI_SIG_PACKET;
	int rc;

	if (!is_packet && sig != AHCI_SIG_DISK) {
		log("ahci: %02x:%02x.%u port %u: signature is %08x, neither disk nor packet device; not used", PCI_BUS(ahci->bdf),
		    PCI_DEV(ahci->bdf), PCI_FN(ahci->bdf), p->number, sig);
		return -ENODEV;
	}
	rc = identify(p, is_packet, &id);
	if (rc || (is_packet && !id.cd)) {
		log("ahci: %02x:%02x.%u port %u: %s (error %d); not used", PCI_BUS(ahci->bdf), PCI_DEV(ahci->bdf),
		    PCI_FN(ahci->bdf), p->number, rc == 0 ? "packet device is no CD drive" :
		    rc == -EINVAL ? "what the drive says of itself makes no sense" : "drive does not identify itself", -rc);
		return rc ? rc : -ENODEV;
	}
	ata_describe(&block, &id);
	p->lba48 = id.lba48;
	p->dma = id.dma;
	p->flush = id.flush;
	memcpy(p->command, commands[id.lba48][id.dma], sizeof(p->command));
	block.driver = is_packet ? &cd : &disk;
	block.max_sectors = AHCI_PRD_BYTES / (is_packet ? PACKET_SECTOR : id.sector_size);
	if (!is_packet && !id.lba48)
		block.max_sectors = min_u32(block.max_sectors, 256);
	return block_add(&block) ? 0 : -ENOMEM;
}

/* The port has a drive, whose link is up or can be brought up. */
static int take_port(struct ahci *ahci, uint32_t number, bool link)
{
	struct ahci_port *p = alloc(ZONE_HIGH, sizeof(*p), 1024, "AHCI port");

	if (!p)
		return -ENOMEM;
	p->ahci = ahci;
	p->number = (uint8_t)number;
	p->regs = ahci->base + AHCI_PORT_BASE + number * AHCI_PORT_BYTES;
	ahci->port[number] = p;
	if (link)
		ahci_port_start(p);
	else if (ahci_port_reset(p) != 0)
		return -ENODEV;
	return add_drive(p);
}

static struct ahci *make(const struct pci_function *f, uint32_t base)
{
	struct ahci *ahci = alloc(ZONE_HIGH, sizeof(*ahci), 8, "AHCI controller");

	if (!ahci)
		return NULL;
	ahci->base = base;
	ahci->bdf = f->bdf;
	controller_enable(f);
	return ahci;
}

int ahci_init(const struct pci_function *f)
{
	uint32_t base = controller_registers(f, BAR_AHCI, AHCI_PORT_BASE + AHCI_PORT_BYTES, "ahci"), ports;
	struct ahci *ahci = NULL;

	if (!base)
		return -ENODEV;
	mmio_write32(base + AHCI_GHC, AHCI_GHC_AE);	/* no interrupts */
	ports = mmio_read32(base + AHCI_PI);
	for (uint32_t n = 0; n < AHCI_PORTS; n++) {
		uint32_t regs = AHCI_PORT_BASE + n * AHCI_PORT_BYTES, det;

		if (!(ports >> n & 1) || f->bar[BAR_AHCI].size < regs + AHCI_PORT_BYTES)
			continue;
		det = mmio_read32(base + regs + AHCI_SSTS) & AHCI_SSTS_DET;
		if (det != AHCI_DET_LINK && det != AHCI_DET_NO_LINK)
			continue;
		if (!ahci)
			ahci = make(f, base);
		if (!ahci)
			return -ENOMEM;
		take_port(ahci, n, det == AHCI_DET_LINK);
	}
	return 0;
}
