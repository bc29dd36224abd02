/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/sd/sd.c: see sd.h.
 *
 * A card that has failed is started from the beginning before the next request: that its power was off ends whatever it was
 * in.
 */
#include "hw/block/sd/sd.h"
#include "arch/io.h"
#include "hw/block/controller.h"
#include "hw/block/sd/sdhci.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define PCI_SLOTS	0x40	/* first BAR in bits 2..0, slots less one in bits 6..4 [Host Controller 3.00, C.3.2] */
#define PCI_VENDOR_IF	2	/* programming interface of those that are not as the standard has them */
#define BARS		6u

/* Commands [4.7.4], ready for sdhci_command(); and numbers of those with data. */
#define GO_IDLE		(0u << 8 | SDHCI_NO_RESPONSE)
#define ALL_SEND_CID	(2u << 8 | SDHCI_R2)
#define SEND_ADDRESS	(3u << 8 | SDHCI_R1)
#define SELECT		(7u << 8 | SDHCI_R1)
#define SEND_IF_COND	(8u << 8 | SDHCI_R1)
#define SEND_CSD	(9u << 8 | SDHCI_R2)
#define SET_BLOCKLEN	(16u << 8 | SDHCI_R1)
#define SEND_OP_COND	(41u << 8 | SDHCI_R3)	/* behind APP_CMD */
#define APP_CMD		(55u << 8 | SDHCI_R1)
#define READ_MULTIPLE	18
#define WRITE_MULTIPLE	25

#define IF_COND		0x1aau		/* 2.7 to 3.6 V, and a pattern that comes back [4.3.13] */
#define IF_COND_MASK	0xfffu
#define OCR_BLOCKS	(1u << 30)	/* asked: high capacity is known; answered: it has it [5.1] */
#define OCR_READY	(1u << 31)
#define READY_US	(1000 * 1000)	/* [4.2.3] */
#define SETTLE_US	2000		/* of power, and of the clock, for cards that do not answer at once [6.4.1] */
#define DATA_KHZ	25000

/* Card status [4.10.1]: what went wrong in a write that the controller did not see. */
#define STATUS_PROTECTED	(1u << 26)
#define STATUS_FAILED		0x42380000u	/* address, locked, ECC, controller, error */

#define MAX_SECTORS	0xffffu		/* the block count has 16 bits */

static struct sdhci *slot_of(const struct block *block)
{
	return (struct sdhci *)block->controller;
}

/* len bits of the register from bit on: there is no bit below 8. */
static uint32_t field(const uint32_t response[4], uint32_t bit, uint32_t len)
{
	uint32_t at = bit - 8, word = at / 32, shift = at % 32;
	uint32_t value = response[word] >> shift;

	if (shift + len > 32)
		value |= response[word + 1] << (32 - shift);
	return value & ((1u << len) - 1);
}

int sd_read_csd(struct sd_csd *csd, const uint32_t response[4], bool blocks)
{
	uint32_t structure = field(response, 126, 2), block_log2 = field(response, 80, 4), classes = field(response, 84, 12);

	if (structure != blocks || !(classes & 1 << 2))	/* reads blocks */
		return -EINVAL;
	if (blocks) {
		if (block_log2 != 9)
			return -EINVAL;
		csd->sectors = (field(response, 48, 22) + 1ull) << 10;
	} else {
		if (block_log2 < 9 || block_log2 > 11)
			return -EINVAL;
		csd->sectors = (field(response, 62, 12) + 1u) << (field(response, 47, 3) + 2 + block_log2 - 9);
	}
	csd->protected = field(response, 12, 2) || !(classes & 1 << 4);	/* for now, for ever; a ROM */
	return 0;
}

/* Until the card has its power up [4.2.3]. high: it knows high capacity. */
static int wait_ready(struct sdhci *s, uint32_t voltages, bool high)
{
	struct wait wait = wait_start(READY_US, "sd: card to be ready");
	uint32_t ocr = 0;
	int rc;

	do {
		rc = sdhci_command(s, APP_CMD, 0);
		if (!rc)
			rc = sdhci_command(s, SEND_OP_COND, voltages | (high ? OCR_BLOCKS : 0));
		if (rc)
			return rc;
		ocr = sdhci_response(s, 0);
	} while (!(ocr & OCR_READY) && !wait_expired(&wait));
	s->blocks = high && ocr & OCR_BLOCKS;
	return ocr & OCR_READY ? 0 : -ETIMEDOUT;
}

/* Cards of before version 2 do not know the command, and no capacity but the standard one. */
static int ask_version(struct sdhci *s, bool *high)
{
	int rc = sdhci_command(s, SEND_IF_COND, IF_COND);

	*high = !rc;
	if (rc == -EIO && s->status & SDHCI_STATUS_TIMEOUT)
		return sdhci_reset_lines(s);
	if (!rc && (sdhci_response(s, 0) & IF_COND_MASK) != IF_COND)
		return -EINVAL;
	return rc;
}

static int read_csd(struct sdhci *s)
{
	uint32_t response[4];
	struct sd_csd csd;
	int rc = sdhci_command(s, SEND_CSD, s->rca);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < ARRAY_SIZE(response); i++)
		response[i] = sdhci_response(s, i);
	rc = sd_read_csd(&csd, response, s->blocks);
	if (rc)
		return rc;
	if (s->sectors && s->sectors != csd.sectors)
		return -ENOMEDIUM;	/* another card than the one that was there */
	s->sectors = csd.sectors;
	s->protected = csd.protected || !(s->present & SDHCI_PRESENT_WRITE);
	return 0;
}

/* From idle to where it takes data commands [4.2, 4.3]. */
static int identify(struct sdhci *s, uint32_t voltages)
{
	bool high;
	int rc = sdhci_command(s, GO_IDLE, 0);

	if (!rc)
		rc = ask_version(s, &high);
	if (!rc)
		rc = wait_ready(s, voltages, high);
	if (!rc)
		rc = sdhci_command(s, ALL_SEND_CID, 0);
	if (!rc)
		rc = sdhci_command(s, SEND_ADDRESS, 0);
	if (rc)
		return rc;
	s->rca = sdhci_response(s, 0) & 0xffff0000u;
	rc = read_csd(s);
	if (!rc)
		rc = sdhci_clock(s, DATA_KHZ);
	if (!rc)
		rc = sdhci_command(s, SELECT, s->rca);
	if (!rc && !s->blocks)		/* else it is 512 */
		rc = sdhci_command(s, SET_BLOCKLEN, SDHCI_SECTOR);
	return rc;
}

static int start_once(struct sdhci *s, uint32_t settle_us)
{
	uint32_t voltages;
	int rc = sdhci_reset(s);

	s->command = 0;
	s->status = 0;
	if (rc)
		return rc;
	if (!sdhci_card(s))
		return -ENOMEDIUM;
	voltages = sdhci_power(s, settle_us);
	rc = voltages ? identify(s, voltages) : -ENODEV;
	s->up = !rc;
	if (rc)
		sdhci_reset(s);
	return rc;
}

/* The power is taken to be stable, and nobody asks a clock; where it was not, once more with time to become so. */
static int start(struct sdhci *s)
{
	int rc = start_once(s, 0);

	if (rc == -EIO || rc == -ETIMEDOUT || rc == -EINVAL)
		rc = start_once(s, SETTLE_US);
	if (rc && !s->dead)
		log("sd: %02x:%02x.%u slot %u: card cannot be used: command %u, status %08x, error %d", PCI_BUS(s->bdf),
		    PCI_DEV(s->bdf), PCI_FN(s->bdf), s->slot, s->command, s->status, -rc);
	return rc;
}

/* What the card says of a write that looked well. */
static int check_write(struct sdhci *s)
{
	uint32_t status = sdhci_response(s, SDHCI_CMD12_RESPONSE);

	if (!(status & (STATUS_PROTECTED | STATUS_FAILED)))
		return 0;
	s->status = status;
	return status & STATUS_PROTECTED ? -EROFS : -EIO;
}

/* Each range is a command; there is only one, unless the buffer is partly what no device may write. */
static int transfer(struct block *block, struct block_request *r)
{
	struct sdhci *s = slot_of(block);
	uint32_t lba = (uint32_t)r->lba;
	int rc = s->up ? 0 : start(s);

	for (uint32_t i = 0; i < r->list.count && !rc; i++) {
		const struct dma_range *range = &r->list.range[i];

		s->up = false;		/* it is not, to who abandons this request */
		rc = sdhci_transfer(s, r->write ? WRITE_MULTIPLE : READ_MULTIPLE, s->blocks ? lba : lba * SDHCI_SECTOR, range,
				    r->write);
		if (!rc && r->write)
			rc = check_write(s);
		if (rc) {
			block->status = s->status;
			sdhci_reset(s);
			break;
		}
		s->up = true;
		r->done += range->len / SDHCI_SECTOR;
		lba += range->len / SDHCI_SECTOR;
	}
	return rc;
}

static int reset(struct block *block)
{
	struct sdhci *s = slot_of(block);

	return s->up ? 0 : start(s);
}

static const struct block_driver driver = {
	.transfer = transfer,
	.reset = reset,
	.limits = { .whole = true },
};

static int add(const struct pci_function *f, uint8_t slot, uint32_t base)
{
	struct block block = { .driver = &driver, .sector_size = SDHCI_SECTOR, .kind = BLOCK_DISK, .bus = BUS_SD, .bdf = f->bdf,
			       .unit = slot, .max_sectors = MAX_SECTORS, .description = "SD card" };
	struct sdhci *s = alloc(ZONE_HIGH, sizeof(*s), 8, "SD slot");
	int rc;

	if (!s)
		return -ENOMEM;
	s->base = base;
	s->bdf = f->bdf;
	s->slot = slot;
	s->capabilities = mmio_read32(base + SDHCI_CAPABILITIES);
	s->dma = s->capabilities & SDHCI_CAN_SDMA;
	controller_enable(f);
	rc = start(s);
	if (rc)
		return rc;
	block.controller = &s->controller;
	block.sectors = s->sectors;
	block.read_only = s->protected;
	return block_add(&block) ? 0 : -ENOMEM;
}

int sd_init(const struct pci_function *f)
{
	uint32_t info = pci_read8(f->bdf, PCI_SLOTS), first = info & 7, slots = (info >> 4 & 7) + 1;
	uint32_t interface = f->class_revision >> 8 & 0xff;

	if (interface >= PCI_VENDOR_IF) {
		log("sd: %02x:%02x.%u: interface %u, expected below %u; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf), interface, PCI_VENDOR_IF);
		return -ENODEV;
	}
	if (first + slots > BARS) {
		log("sd: %02x:%02x.%u: %u slots from BAR %u on, there are %u BARs; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf), slots, first, BARS);
		return -ENODEV;
	}
	for (uint32_t slot = 0; slot < slots; slot++) {
		uint32_t base = controller_registers(f, first + slot, SDHCI_BYTES, "sd");

		if (!base)
			return -ENODEV;
		if (mmio_read32(base + SDHCI_PRESENT) & SDHCI_PRESENT_CARD)
			add(f, (uint8_t)slot, base);
	}
	return 0;
}
