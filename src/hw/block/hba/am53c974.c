/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/am53c974.c: see am53c974.h.
 *
 * The host leads the bus from phase to phase: selection with the command, data, status and message, the message's end. Each
 * step ends with an interrupt that the device cannot mask, so that INTx is off in the function's command register from the
 * first step to the last of a command.
 * Spec: AMD Am53C974 PCSCSI data sheet, publication 16506; sections are given in [brackets].
 */
#include "hw/block/hba/am53c974.h"
#include <stddef.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/scsi/scsi.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define BAR_AM53C974	0	/* ports */
#define BAR_BYTES	0x80

/* Registers of the SCSI block, a double word each of which the low byte counts [SCSI Register Map]. */
#define COUNT_LOW	0x00
#define COUNT_MIDDLE	0x04
#define FIFO		0x08
#define COMMAND		0x0c
#define STATUS		0x10	/* when it is read */
#define STATUS_PHASE	0x07
#define STATUS_INT	0x80
#define DESTINATION	0x10	/* when it is written: the target */
#define INTERRUPT	0x14	/* takes the interrupt back, so it is read after STATUS */
#define INTERRUPT_DONE	0x08	/* the command is at its end */
#define INTERRUPT_SERVICE 0x10	/* the target wants another phase */
#define INTERRUPT_GONE	0x20	/* the target has left, or never come */
#define CONTROL_ONE	0x20
#define CONTROL_ONE_ID	0x07	/* the adapter's own */

/* Commands [SCSI Commands]. */
#define COMMAND_DMA	0x80
#define COMMAND_NOP	0x00
#define COMMAND_RESET	0x02
#define COMMAND_BUS_RESET 0x03
#define COMMAND_TRANSFER 0x10
#define COMMAND_COMPLETE 0x11	/* status and message to the FIFO */
#define COMMAND_ACCEPT	0x12	/* the message */
#define COMMAND_SELECT	0x42	/* with attention: IDENTIFY, and the command */

/* Registers of the DMA engine, of 32 bits [DMA Registers]. */
#define DMA_COMMAND	0x40
#define DMA_IDLE	0x00
#define DMA_START	0x03
#define DMA_IN		0x80	/* to memory */
#define DMA_COUNT	0x44
#define DMA_ADDRESS	0x48
#define DMA_LEFT	0x4c	/* bytes, counts down */

/* Phases. */
#define DATA_OUT	0
#define DATA_IN		1
#define IN_STATUS	3

#define TARGETS		7	/* the adapter is the eighth */
#define LUNS		8	/* that IDENTIFY can name */
#define IDENTIFY	0x80u	/* and the LUN; without bit 6 the target stays until it is done */
#define STEP_US		(1000 * 1000)
#define RESET_US	25	/* [SCSI Parallel Interface 3, 9.2.15] */
/*
 * In one command: the counter has 16 bits. QEMU before 9.0 hands out what it reads in pieces of 128 KiB, and puts each at
 * the address of the first.
 */
#define BYTES_MAX	0x10000u

#define INTX_OFF	0x0400u	/* in the command register [PCI 3.0, 6.2.2] */

struct am53c974 {
	struct block_controller controller;	/* first: block.controller leads here */
	uint16_t io;
	pci_bdf_t bdf;
	bool stopped;				/* after an accident: it reaches no memory, the bus has to be reset */
	bool at_it;				/* with a command that nobody waits for any more; INTx is off */
	bool alone;				/* INTx is off in any case */
	uint8_t status, interrupt;		/* what the last step ended with */
	/* The message IDENTIFY and the command, read by the device. */
	uint8_t identify;
	uint8_t cdb[SCSI_CDB];
	struct scsi_work work;
};

static void put(const struct am53c974 *a, uint16_t reg, uint32_t value)
{
	outl(value, (uint16_t)(a->io + reg));
}

static uint32_t get(const struct am53c974 *a, uint16_t reg)
{
	return inl((uint16_t)(a->io + reg));
}

static void decode(const struct am53c974 *a, uint16_t more)
{
	pci_config_forget();	/* what was booted may have selected another register */
	pci_write16(a->bdf, PCI_COMMAND, (uint16_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | more));
}

/* Whatever is going on, from now on it reaches no memory, and nobody is interrupted. Returns rc. */
static int stop(struct am53c974 *a, int rc)
{
	decode(a, INTX_OFF);
	put(a, DMA_COMMAND, DMA_IDLE);
	put(a, COMMAND, COMMAND_RESET);
	put(a, COMMAND, COMMAND_NOP);	/* else it stays in its reset */
	a->stopped = true;
	return rc;
}

/* The device still has the command of its own that it was given, or has lost it. */
static int give_up(struct am53c974 *a, uint8_t command)
{
	if (!command || (uint8_t)get(a, COMMAND) != command)
		return stop(a, -ETIMEDOUT);
	a->at_it = true;
	return -EINPROGRESS;
}

/* Until the device interrupts. Fills status and interrupt. command: what it is given up with, 0: it has none of a target. */
static int wait_for_step(struct am53c974 *a, uint32_t limit_us, uint8_t command)
{
	uint8_t status = (uint8_t)get(a, STATUS);

	if (!(status & STATUS_INT)) {
		struct wait wait = wait_start(limit_us, "am53c974: command");

		while (!((status = (uint8_t)get(a, STATUS)) & STATUS_INT))
			if (wait_expired(&wait))
				return give_up(a, command);
	}
	a->status = status & STATUS_PHASE;
	a->interrupt = (uint8_t)get(a, INTERRUPT);
	return 0;
}

/* Let targets forget what they were asked for. */
static int restart(struct am53c974 *a)
{
	int rc;

	put(a, CONTROL_ONE, CONTROL_ONE_ID);
	put(a, COMMAND, COMMAND_BUS_RESET);
	delay_us(RESET_US);
	a->stopped = false;
	rc = wait_for_step(a, STEP_US, 0);
	if (rc)
		return rc;
	decode(a, PCI_COMMAND_MASTER | INTX_OFF);
	return 0;
}

/* What was given up is over: the target waits for the next step, which will not come. */
static int settle(struct am53c974 *a)
{
	if (!a->at_it)
		return 0;
	if (!(get(a, STATUS) & STATUS_INT))
		return -EALREADY;
	a->at_it = false;
	return stop(a, 0);
}

static int put_back(struct block *block)
{
	struct am53c974 *a = (struct am53c974 *)block->controller;
	int rc = settle(a);

	if (!rc && a->stopped) {
		rc = restart(a);
		decode(a, rc ? INTX_OFF : PCI_COMMAND_MASTER);
	}
	return rc;
}

/* Something that no command should meet. */
static int accident(struct am53c974 *a, const char *when)
{
	log("am53c974: %02x:%02x.%u: command %02x: %s ended in phase %u with interrupt %02x; reset", PCI_BUS(a->bdf),
	    PCI_DEV(a->bdf), PCI_FN(a->bdf), a->cdb[0], when, a->status, a->interrupt);
	return stop(a, -EIO);
}

/* A command of the device's with data by DMA, up to its interrupt. dma: of the engine. bytes: BYTES_MAX at most, not 0. */
static int step(struct am53c974 *a, uint32_t address, uint32_t bytes, uint32_t dma, uint8_t command)
{
	put(a, COUNT_LOW, bytes);
	put(a, COUNT_MIDDLE, bytes >> 8);
	put(a, DMA_COUNT, bytes);
	put(a, DMA_ADDRESS, address);
	put(a, DMA_COMMAND, dma);
	put(a, COMMAND, COMMAND_DMA | command);
	return wait_for_step(a, block_timeout_us(), COMMAND_DMA | command);
}

/* The data, as long as the target wants some. */
static int transfer(struct am53c974 *a, const struct dma_list *list, uint32_t *done)
{
	uint8_t phase = list->to_device ? DATA_OUT : DATA_IN;
	uint32_t dma = list->to_device ? DMA_START : DMA_START | DMA_IN;

	for (const struct dma_range *r = list->range, *end = r + list->count; r != end && a->status == phase; r++) {
		int rc = step(a, r->addr, r->len, dma, COMMAND_TRANSFER);
		uint32_t left;

		if (rc)
			return rc;
		left = get(a, DMA_LEFT);
		*done += r->len - min_u32(left, r->len);
		if (left)
			break;
	}
	return 0;
}

/* Status and message. Returns the status, or a negative errno. */
static int finish(struct am53c974 *a)
{
	uint8_t status, message;
	int rc;

	if (a->status != IN_STATUS)
		return accident(a, "data");
	put(a, COMMAND, COMMAND_COMPLETE);
	rc = wait_for_step(a, STEP_US, 0);
	if (rc)
		return rc;
	status = (uint8_t)get(a, FIFO);
	message = (uint8_t)get(a, FIFO);
	if (!(a->interrupt & INTERRUPT_DONE) || message)
		return accident(a, "status");
	put(a, COMMAND, COMMAND_ACCEPT);
	rc = wait_for_step(a, STEP_US, 0);
	if (rc)
		return rc;
	return a->interrupt & INTERRUPT_GONE ? status : accident(a, "message");
}

/* By its first byte [SPC-3, 4.3.4]. */
static uint32_t cdb_bytes(uint8_t operation)
{
	static const uint8_t bytes[8] = { 6, 10, 10, SCSI_CDB, 16, 12, SCSI_CDB, SCSI_CDB };

	return bytes[operation >> 5];
}

static int run(struct am53c974 *a, const struct block *block, const struct dma_list *list, uint32_t *done)
{
	int rc;

	put(a, DESTINATION, block->target);
	rc = step(a, (uint32_t)ptr_to_phys(&a->identify), 1 + cdb_bytes(a->cdb[0]), DMA_START, COMMAND_SELECT);
	if (rc)
		return rc;
	if (a->interrupt == INTERRUPT_GONE)
		return -ENODEV;
	if (!(a->interrupt & INTERRUPT_SERVICE))
		return accident(a, "selection");
	rc = transfer(a, list, done);
	if (rc)
		return rc;
	rc = finish(a);
	if (rc <= SCSI_GOOD)
		return rc;
	if (rc == SCSI_CHECK)
		return -EIO;
	log("am53c974: %s: command %02x: status %02x", block->description, a->cdb[0], rc);
	return -EBUSY;
}

static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct am53c974 *a = (struct am53c974 *)block->controller;
	int rc = settle(a);

	if (rc)
		return rc;
	if (block->lun >= LUNS)
		return -ENOENT;
	a->identify = (uint8_t)(IDENTIFY | block->lun);
	memcpy(a->cdb, cdb, SCSI_CDB);
	if (!a->alone)
		decode(a, PCI_COMMAND_MASTER | INTX_OFF);
	if (a->stopped)
		rc = restart(a);
	*done = 0;
	if (rc == 0)
		rc = run(a, block, list, done);
	if (!a->alone && !a->stopped && !a->at_it)
		decode(a, PCI_COMMAND_MASTER);
	return rc;
}

static const struct block_driver disk = SCSI_DISK(send, put_back, { 0 }), cd = SCSI_CD(send, put_back, { 0 });
static const struct scsi_adapter adapter = { .disk = &disk, .cd = &cd, .max_bytes = BYTES_MAX };

int am53c974_init(const struct pci_function *f)
{
	const struct pci_bar *bar = &f->bar[BAR_AM53C974];
	struct alloc_mark before;
	struct am53c974 *a;
	int added = 0;

	if (!bar->base || bar->base > 0x10000 - BAR_BYTES || bar->kind != PCI_IO || bar->size < BAR_BYTES) {
		log("am53c974: %02x:%02x.%u: registers at %llx, %llx bytes; not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf),
		    PCI_FN(f->bdf), (unsigned long long)bar->base, (unsigned long long)bar->size);
		return -ENODEV;
	}
	alloc_mark(&before);
	a = alloc(ZONE_HIGH, sizeof(*a), 8, "Am53C974 controller");
	if (!a)
		return -ENOMEM;
	a->io = (uint16_t)bar->base;
	a->bdf = f->bdf;
	a->alone = true;
	decode(a, PCI_COMMAND_MASTER | INTX_OFF);
	for (uint32_t target = 0; target < TARGETS; target++) {
		struct block template = { .bus = BUS_SCSI, .controller = &a->controller, .bdf = f->bdf, .target = target };
		int rc = scsi_add_target(&template, &adapter, &a->work);

		added += rc > 0 ? rc : 0;
	}
	a->alone = false;
	if (!a->stopped && !a->at_it)
		decode(a, added ? PCI_COMMAND_MASTER : 0);
	if (!added && !a->at_it)
		alloc_release(ZONE_HIGH, &before);
	return 0;
}
