/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/lsi.c: see lsi.h.
 *
 * A command is a program for the adapter's own processor (lsi_script.h), which does all phases of the bus and ends by
 * writing the target's last byte to memory. The machine's reset leaves the adapter with every interrupt masked and
 * nothing to be set, so that no register is written but the program's address.
 * Spec: as lsi_script.h.
 */
#include "hw/block/hba/lsi.h"
#include <stddef.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/controller.h"
#include "hw/block/hba/lsi_script.h"
#include "hw/block/scsi/scsi.h"
#include "hw/timer.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define BAR_LSI		1	/* registers in memory [4.1] */
#define BAR_BYTES	0x80

/* Registers [4.2]. */
#define SCNTL1		0x01
#define SCNTL1_RST	0x08	/* reset of the bus, while it is set */
#define DSTAT		0x0c
#define DSTAT_EMPTY	0x80	/* the FIFO is, which it may always be */
#define DSTAT_SIR	0x04	/* INT */
#define ISTAT		0x14
#define ISTAT_ABRT	0x80
#define ISTAT_SIP	0x02	/* SIST0 or SIST1 has something */
#define ISTAT_DIP	0x01	/* DSTAT */
#define ISTAT1		0x15
#define ISTAT1_RUNS	0x02	/* the processor does, or waits for a target */
#define DSP		0x2c	/* where the program is; its last byte starts it */
#define SIST0		0x42	/* SIST1 in bits 15..8 of 16 */
#define SIST_MISMATCH	0x0080	/* another phase than the move's: the processor stands behind that */
#define SIST_RESET	0x0002
#define SIST_SELECTION	0x0400	/* nobody answers */

#define TARGETS		7	/* the adapter is the eighth */
#define LUNS		8	/* that IDENTIFY can name */
#define RESET_US	25	/* [SCSI Parallel Interface 3, 9.2.15] */
#define ASK_FIRST	1024	/* looks at memory before registers are asked, then twice as many each time */
#define MISMATCHES	8	/* more than any command has */


struct lsi {
	struct block_controller controller;	/* first: block.controller leads here */
	uint32_t regs, program;			/* physical */
	pci_bdf_t bdf;
	bool stopped;				/* after an accident: it reaches no memory, the bus has to be reset */
	bool at_it;				/* with a command that nobody waits for any more */
	struct lsi_memory memory;
	struct scsi_work work;
};

static void master(const struct lsi *lsi, bool on)
{
	pci_write16(lsi->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | (on ? PCI_COMMAND_MASTER : 0));
}

/* Whatever is going on, from now on it reaches no memory. Targets may still be at it. Returns rc. */
static int stop(struct lsi *lsi, int rc)
{
	pci_config_forget();	/* what was booted may have selected another register */
	master(lsi, false);
	mmio_write8(lsi->regs + ISTAT, ISTAT_ABRT);
	mmio_write8(lsi->regs + ISTAT, 0);
	lsi->stopped = true;
	lsi->memory.count = ~0u;	/* and prepare() is called before the next command */
	return rc;
}

/* Let targets forget what they were asked for, and the adapter what it has seen. */
static int restart(struct lsi *lsi)
{
	uint16_t sist;

	mmio_write8(lsi->regs + SCNTL1, SCNTL1_RST);
	delay_us(RESET_US);
	mmio_write8(lsi->regs + SCNTL1, 0);
	sist = mmio_read16(lsi->regs + SIST0);
	mmio_read8(lsi->regs + DSTAT);
	if (!(sist & SIST_RESET) || sist == 0xffff) {
		log("lsi: %02x:%02x.%u: no reset of the bus, state %04x", PCI_BUS(lsi->bdf), PCI_DEV(lsi->bdf), PCI_FN(lsi->bdf),
		    sist);
		return -EIO;
	}
	master(lsi, true);
	lsi->stopped = false;
	return 0;
}

/* The processor is still there, or it has lost the command. */
static int give_up(struct lsi *lsi)
{
	uint8_t runs = mmio_read8(lsi->regs + ISTAT1);

	if (runs == 0xff || !(runs & ISTAT1_RUNS))
		return stop(lsi, -ETIMEDOUT);
	lsi->at_it = true;
	lsi->memory.count = ~0u;
	return -EINPROGRESS;
}

/* What was given up is over, and what was stopped goes on. */
static int settle(struct lsi *lsi)
{
	if (lsi->at_it) {
		if (lsi->memory.complete == LSI_UNTOUCHED && mmio_read8(lsi->regs + ISTAT1) & ISTAT1_RUNS)
			return -EALREADY;
		lsi->at_it = false;
		stop(lsi, 0);
	}
	return lsi->stopped ? restart(lsi) : 0;
}

static int put_back(struct block *block)
{
	return settle((struct lsi *)block->controller);
}

/* Something that no command should meet. */
static int accident(struct lsi *lsi, uint8_t istat, uint16_t sist)
{
	log("lsi: %02x:%02x.%u: command %02x to target %u: the adapter stopped with state %02x %04x, status %02x; reset",
	    PCI_BUS(lsi->bdf), PCI_DEV(lsi->bdf), PCI_FN(lsi->bdf), lsi->memory.cdb[0],
	    lsi->memory.script.select.what >> 16 & 15, istat, sist, lsi->memory.status);
	return stop(lsi, -EIO);
}

/* Does the processor stand still, not at its end? Where a phase came that a move did not expect, it goes on behind that. */
static int look(struct lsi *lsi, uint32_t *mismatches)
{
	uint8_t istat = mmio_read8(lsi->regs + ISTAT);
	uint32_t at;
	uint16_t sist;

	if (lsi->memory.complete != LSI_UNTOUCHED || !(istat & (ISTAT_SIP | ISTAT_DIP)))
		return 0;
	sist = mmio_read16(lsi->regs + SIST0);
	if (istat & ISTAT_DIP)
		return accident(lsi, istat, sist);
	if (sist == SIST_SELECTION)
		return -ENODEV;
	if (sist != SIST_MISMATCH || ++*mismatches > MISMATCHES)
		return accident(lsi, istat, sist);
	at = mmio_read32(lsi->regs + DSP);
	if (at & 3 || at - lsi->program > sizeof(lsi->memory.script))
		return accident(lsi, istat, sist);	/* it is not where it was sent */
	mmio_write32(lsi->regs + DSP, at);
	return 0;
}

/* Until the target has said that the command is complete. Not inlined: most often it has. */
static int __attribute__((noinline)) wait_for_end(struct lsi *lsi, bool perhaps_absent)
{
	struct wait wait = wait_start(block_timeout_us(), "lsi: command");
	uint32_t looks = 0, ask = perhaps_absent ? 0 : ASK_FIRST, mismatches = 0;
	int rc;

	while (lsi->memory.complete == LSI_UNTOUCHED) {
		if (looks++ == ask) {
			ask += ask + 1;
			rc = look(lsi, &mismatches);
			if (rc)
				return rc;
		}
		if (wait_expired(&wait))
			return give_up(lsi);
	}
	return 0;
}

/* All that is not just done. dstat: what the processor has stopped with, 0: it is not yet at its end. */
static int __attribute__((noinline)) finish(struct lsi *lsi, const struct block *block, const struct dma_list *list,
					    uint8_t dstat, uint32_t *done)
{
	struct wait wait = wait_start(block_timeout_us(), "lsi: end of a command");
	const struct lsi_memory *m = &lsi->memory;

	for (dstat &= ~DSTAT_EMPTY; !dstat; dstat = mmio_read8(lsi->regs + DSTAT) & ~DSTAT_EMPTY)
		if (wait_expired(&wait))
			return stop(lsi, -ETIMEDOUT);
	if (dstat != DSTAT_SIR || m->complete)
		return accident(lsi, dstat, 0);
	*done = lsi_script_moved(m, list);
	/* QEMU before 8.2 notes a mismatch, and goes on as if there was none. */
	mmio_read16(lsi->regs + SIST0);
	if (m->status == SCSI_GOOD || m->status == SCSI_CHECK)
		return m->status == SCSI_GOOD ? 0 : -EIO;
	log("lsi: %s: command %02x: status %02x", block->description, m->cdb[0], m->status);
	return -EBUSY;
}

/* What is not the same as for the command before. An operation has one direction. */
static int __attribute__((noinline)) prepare(struct lsi *lsi, const struct block *block, uint8_t operation,
					     const struct dma_list *list)
{
	int rc = settle(lsi);

	if (rc)
		return rc;
	if (block->lun >= LUNS)
		return -ENOENT;
	lsi_script_change(&lsi->memory, block->target, block->lun, operation, list);
	return 0;
}

static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct lsi *lsi = (struct lsi *)block->controller;
	struct lsi_memory *m = &lsi->memory;
	uint8_t dstat;
	int rc;

	if (m->count != list->count || m->cdb[0] != cdb[0] || m->target != block->target || m->lun != block->lun) {
		rc = prepare(lsi, block, cdb[0], list);
		if (rc)
			return rc;
	}
	lsi_script_set(m, cdb, list);
	io_barrier();
	mmio_write32(lsi->regs + DSP, lsi->program);
	if (m->complete == LSI_UNTOUCHED) {
		/* While a drive is being looked for, it may not be there: that is seen in registers alone. */
		rc = wait_for_end(lsi, !block->sectors);
		if (rc)
			return rc;
	}
	dstat = mmio_read8(lsi->regs + DSTAT);
	io_barrier();
	if (dstat == (DSTAT_EMPTY | DSTAT_SIR) && m->end == LSI_GOOD && lsi_script_moved_all(m)) {
		*done = list->bytes;
		return 0;
	}
	return finish(lsi, block, list, dstat, done);
}

static const struct block_driver disk = SCSI_DISK(send, put_back, { 0 }), cd = SCSI_CD(send, put_back, { 0 });
static const struct scsi_adapter adapter = { .disk = &disk, .cd = &cd, .max_bytes = 0x800000 };
_Static_assert(0x800000 <= MOVE_MAX, "one range may be all of it");

int lsi_init(const struct pci_function *f)
{
	uint32_t base = controller_registers(f, BAR_LSI, BAR_BYTES, "lsi");
	struct alloc_mark before;
	struct lsi *lsi;
	int added = 0;

	if (!base)
		return -ENODEV;
	alloc_mark(&before);
	lsi = alloc(ZONE_HIGH, sizeof(*lsi), 8, "LSI controller");
	if (!lsi)
		return -ENOMEM;
	lsi->regs = base;
	lsi->bdf = f->bdf;
	lsi->program = (uint32_t)ptr_to_phys(&lsi->memory.script);
	lsi_script_make(&lsi->memory);
	master(lsi, true);
	for (uint32_t target = 0; target < TARGETS; target++) {
		struct block template = { .bus = BUS_SCSI, .controller = &lsi->controller, .bdf = f->bdf, .target = target };
		int rc = scsi_add_target(&template, &adapter, &lsi->work);

		added += rc > 0 ? rc : 0;
	}
	if (!added) {
		master(lsi, false);
		alloc_release(ZONE_HIGH, &before);
	}
	return 0;
}
