/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/megasas.c: see megasas.h.
 * LSI published no specification; the names are those of its MegaRAID Firmware Interface (MFI) in FreeBSD's mfireg.h.
 *
 * A command is a frame in memory, whose address is written to one register. Without the INIT frame, which would give
 * the controller a queue for its replies, it answers by a status in the frame itself: a request costs one access.
 */
#include "hw/block/hba/megasas.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/controller.h"
#include "hw/block/hba/adapter.h"
#include "hw/block/scsi/scsi.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define QUERY_US	(1000 * 1000)
#define RESET_US	(10 * 1000 * 1000)

/* Registers. */
#define DOORBELL	0x20	/* inbound */
#define DOORBELL_ABORT	(1u << 0)
#define DOORBELL_READY	(1u << 1)
#define FRAME		0x40	/* inbound queue: address of a frame, and how many units of 64 bytes follow its first, << 1 */
#define STATE		0xb0	/* outbound scratch pad 0 */
#define STATE_OF(value)	((value) >> 28)
#define STATE_READY	0xbu
#define REGISTERS	0xb4u

/* Frame: commands, flags, status. */
#define LD_SCSI		3
#define PD_SCSI		4
#define DCMD		5
#define ABORT		6
#define NO_REPLY	0x0001	/* do not post to the reply queue */
#define DIR_WRITE	0x0008
#define DIR_READ	0x0010
#define STATUS_OK	0x00
#define STATUS_NO_ABORT	0x05	/* the frame is there, and is not aborted */
#define STATUS_ABSENT	0x0c
#define STATUS_SCSI	0x2d	/* done, with an error: scsi_status has it */
#define STATUS_PENDING	0xff	/* not the controller's */

struct range {
	uint32_t addr, len;
};

struct frame {
	uint8_t command, sense_len, status, scsi_status;
	uint8_t target, lun, cdb_len, ranges;
	uint32_t context[2];
	uint16_t flags, timeout;
	uint32_t data_len;
	union {
		struct {
			uint32_t sense, sense_high;
			uint32_t cdb[SCSI_CDB / 4];
			struct range range[DMA_RANGES];
		} scsi;
		struct {
			uint32_t opcode, mailbox[3];
			struct range range[1];
		} direct;
		struct {
			uint32_t context[2], frame, frame_high;
		} abort;
	};
};
_Static_assert(offsetof(struct frame, data_len) == 20 && offsetof(struct frame, scsi.range) == 48 &&
	       offsetof(struct frame, direct.range) == 40, "MFI frame");
#define FRAME_UNIT	64
#define FRAME_MORE	((sizeof(struct frame) - 1) / FRAME_UNIT)
#define FRAME_MAPPED	2048	/* QEMU looks at so much behind each frame's begin, and does not take one without */

/* Direct commands, and the lists that they give. */
#define LD_GET_LIST	0x03010000u
#define LD_MAX		64
struct ld_list {
	uint32_t count, unused;
	struct {
		uint8_t target, unused[15];
	} drive[LD_MAX];
};
_Static_assert(sizeof(struct ld_list) == 8 + 16 * LD_MAX, "MFI list of logical drives: QEMU takes no larger one");

#define PD_GET_LIST	0x02010000u
#define PD_MAX		240
struct pd_list {
	uint32_t size, count;
	struct {
		uint8_t lun, target, unused[22];	/* the first two bytes are the device's id, which QEMU makes so */
	} drive[PD_MAX];
};
_Static_assert(sizeof(struct pd_list) == 8 + 24 * PD_MAX, "MFI list of physical drives");

struct megasas {
	union {
		struct {
			struct block_controller controller;	/* first: block.controller leads here */
			bool lost;		/* a request's end was not seen, or the controller is dead */
			bool dead;		/* does not come out of a reset */
			bool at_it;		/* has not answered in time, but was at it */
			uint8_t command[2];	/* for LUN 0, and the others: only LUN 0 can be a logical drive */
			pci_bdf_t bdf;
			uint32_t base;		/* of its registers, physical */
			uint32_t frame_at;	/* what is written to FRAME */
			volatile uint8_t sense[SCSI_SENSE];
		};
		uint8_t unused[FRAME_UNIT];
	};
	union {
		volatile struct frame frame;
		uint8_t unused1[2 * FRAME_UNIT];
	};
	union {
		volatile struct frame query;
		uint8_t mapped[FRAME_MAPPED];
	};
	struct scsi_work work;
};
_Static_assert(offsetof(struct megasas, frame) == FRAME_UNIT && offsetof(struct megasas, query) == 3 * FRAME_UNIT,
	       "frames begin at multiples of 64");

static bool is_ready(const struct megasas *m)
{
	return STATE_OF(mmio_read32(m->base + STATE)) == STATE_READY;
}

/* Abort what is under way. Afterwards nothing of it reaches memory. Returns 0 or -EIO. */
static int reset_controller(struct megasas *m)
{
	struct wait wait = wait_start(RESET_US, "megasas: controller to reset");

	m->lost = true;
	mmio_write32(m->base + DOORBELL, DOORBELL_ABORT | DOORBELL_READY);
	while (!is_ready(m))
		if (wait_expired(&wait)) {
			m->dead = true;
			return adapter_disable(m->bdf, "megasas");
		}
	m->lost = m->at_it = false;
	return 0;
}

/*
 * Does the controller have the frame? It is asked to abort it, but with a wrong context: then it does not, and says
 * whether the frame is there.
 */
static bool has_frame(struct megasas *m)
{
	struct wait wait = wait_start(QUERY_US, NULL);
	volatile struct frame *f = &m->query;

	if (!is_ready(m))
		return false;
	f->command = ABORT;
	f->flags = NO_REPLY;
	f->abort.context[0] = ~m->frame.context[0];
	f->abort.frame = (uint32_t)ptr_to_phys((const void *)&m->frame);
	f->status = STATUS_PENDING;
	io_barrier();
	mmio_write32(m->base + FRAME, (uint32_t)ptr_to_phys((const void *)f));
	while (f->status == STATUS_PENDING)
		if (wait_expired(&wait))
			return false;
	return f->status == STATUS_NO_ABORT && m->frame.status == STATUS_PENDING;
}

/*
 * Whoever leaves this by another way than its end (block_abandon()) has lost a request. Not inlined: it may be done at
 * once.
 */
static int __attribute__((noinline)) await(struct megasas *m)
{
	struct wait wait = wait_start(block_timeout_us(), "megasas: request");

	m->lost = true;
	do
		if (wait_expired(&wait)) {
			m->at_it = has_frame(m);
			if (m->at_it)
				return -EINPROGRESS;
			reset_controller(m);
			return -ETIMEDOUT;
		}
	while (m->frame.status == STATUS_PENDING);
	m->lost = m->at_it = false;
	return 0;
}

/*
 * A controller that has lost a request is to work again. Returns 0; -EIO; -EINPROGRESS, -EALREADY as
 * block_driver.reset.
 */
static int __attribute__((noinline)) restart(struct megasas *m)
{
	int rc;

	if (m->dead)
		return -EIO;
	if (m->frame.status == STATUS_PENDING && has_frame(m)) {
		rc = m->at_it ? -EALREADY : await(m);
		return rc == -ETIMEDOUT ? m->dead ? -EIO : 0 : rc;
	}
	if (m->frame.status == STATUS_PENDING)
		return reset_controller(m);
	m->lost = m->at_it = false;
	return 0;
}

/* Send the frame and wait for its end: 0, its status says which. */
static int run(struct megasas *m)
{
	m->frame.status = STATUS_PENDING;
	io_barrier();
	mmio_write32(m->base + FRAME, m->frame_at);
	return m->frame.status == STATUS_PENDING ? await(m) : 0;
}

/* The command is over, and not well. */
static int __attribute__((noinline)) failure(struct megasas *m, struct block *block)
{
	uint8_t status = m->frame.status, scsi = m->frame.scsi_status;

	if (status == STATUS_ABSENT)
		return -ENODEV;
	if (status != STATUS_SCSI || scsi != SCSI_CHECK) {
		log("megasas: target %u LUN %u: %s: frame status %02x, SCSI status %02x", block->target, block->lun,
		    block->description, status, scsi);
		m->sense[0] = 0;
	}
	adapter_give_sense(block, m->sense);
	return -EIO;
}

/* block_driver.packet, with a frame that is prepare()d. */
static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct megasas *m = (struct megasas *)block->controller;
	volatile struct frame *f = &m->frame;
	uint32_t i = 0;
	int rc;

	if (m->lost) {
		rc = restart(m);
		if (rc)
			return rc;
	}
	if (block->lun > UINT8_MAX)
		return -ENODEV;
	f->command = m->command[block->lun != 0];
	f->target = (uint8_t)block->target;
	f->lun = (uint8_t)block->lun;
	f->data_len = list->bytes;
	adapter_copy_command(f->scsi.cdb, cdb);
	if (list->count) {
		do {
			f->scsi.range[i].addr = list->range[i].addr;
			f->scsi.range[i].len = list->range[i].len;
		} while (++i != list->count);
		f->flags = list->to_device ? NO_REPLY | DIR_WRITE : NO_REPLY | DIR_READ;
	} else {
		/* QEMU takes no frame without a range, even for a command without data. */
		f->scsi.range[i].addr = (uint32_t)ptr_to_phys((const void *)m->sense);
		f->scsi.range[i++].len = 1;
		f->flags = NO_REPLY;
	}
	f->ranges = (uint8_t)i;
	m->sense[0] = 0;
	rc = run(m);
	if (rc)
		return rc;
	if (f->status != STATUS_OK)
		return failure(m, block);
	*done = list->bytes;	/* it does not say how many; a drive that had less has failed */
	return 0;
}

/* A controller that works is left alone: programs reset often. */
static int reset(struct block *block)
{
	struct megasas *m = (struct megasas *)block->controller;

	return m->lost ? restart(m) : 0;
}

static const struct block_driver disk = SCSI_DISK(send, reset, { 0 }, .autosense = true);
static const struct block_driver cd = SCSI_CD(send, reset, { 0 }, .autosense = true);
static const struct scsi_adapter adapter = { .disk = &disk, .cd = &cd };

/*
 * A command to the controller itself, which fills len bytes at list. Returns 0, -EIO after one line in the log,
 * -ETIMEDOUT.
 */
static int get_list(struct megasas *m, uint32_t opcode, void *list, uint32_t len)
{
	volatile struct frame *f = &m->frame;
	int rc;

	f->command = DCMD;
	f->target = f->lun = f->cdb_len = f->sense_len = 0;
	f->ranges = 1;
	f->flags = NO_REPLY | DIR_READ;
	f->data_len = len;
	f->direct.opcode = opcode;
	for (uint32_t i = 0; i < 3; i++)
		f->direct.mailbox[i] = 0;
	f->direct.range[0].addr = (uint32_t)ptr_to_phys(list);
	f->direct.range[0].len = len;
	rc = run(m);
	if (rc == -EINPROGRESS) {	/* the list will be somebody else's memory */
		reset_controller(m);
		rc = -ETIMEDOUT;
	}
	if (rc == 0 && f->status != STATUS_OK) {
		log("megasas: %02x:%02x.%u: list of drives (%08x): status %02x", PCI_BUS(m->bdf), PCI_DEV(m->bdf), PCI_FN(m->bdf),
		    opcode, f->status);
		rc = -EIO;
	}
	return rc;
}

/* How many of a list's entries there are, of max at most. */
static uint32_t believed(const struct megasas *m, uint32_t count, uint32_t max)
{
	if (count > max)
		log("megasas: %02x:%02x.%u: a list of %u drives, expected %u at most; these are looked at", PCI_BUS(m->bdf),
		    PCI_DEV(m->bdf), PCI_FN(m->bdf), count, max);
	return min_u32(count, max);
}

struct work {
	uint8_t target[256];		/* in the order of the list, as SeaBIOS has them: with QEMU the newest first */
	uint32_t targets;
	uint8_t known[256];		/* by target */
	union {
		struct ld_list logical;
		struct pd_list physical;
	};
};

/* QEMU has a line for each unit. */
static void note(struct work *work, uint8_t target)
{
	if (!work->known[target]++)
		work->target[work->targets++] = target;
}

static int find_targets(struct megasas *m, struct work *work)
{
	uint32_t count;
	int rc = get_list(m, LD_GET_LIST, &work->logical, sizeof(work->logical));

	if (rc)
		return rc;
	count = believed(m, work->logical.count, LD_MAX);
	m->command[0] = count ? LD_SCSI : PD_SCSI;
	for (uint32_t i = 0; i < count; i++)
		note(work, work->logical.drive[i].target);
	if (count)
		return 0;
	rc = get_list(m, PD_GET_LIST, &work->physical, sizeof(work->physical));
	count = rc ? 0 : believed(m, work->physical.count, PD_MAX);
	for (uint32_t i = 0; i < count; i++)
		note(work, work->physical.drive[i].target);
	return rc;
}

/* What is the same in all frames of send(). */
static void prepare(struct megasas *m)
{
	m->frame.cdb_len = SCSI_CDB;
	m->frame.sense_len = SCSI_SENSE;
	m->frame.scsi.sense = (uint32_t)ptr_to_phys((const void *)m->sense);
	m->frame.scsi.sense_high = 0;
}

static int add_drives(struct megasas *m, struct work *work)
{
	struct block template = { .bus = BUS_SCSI, .controller = &m->controller, .bdf = m->bdf };
	int rc = find_targets(m, work);

	prepare(m);
	for (uint32_t i = 0; rc == 0 && i < work->targets; i++) {
		template.target = work->target[i];
		scsi_add_target(&template, &adapter, &m->work);
	}
	return rc;
}

int megasas_init(const struct pci_function *f)
{
	uint32_t base = controller_registers(f, f->id == MEGASAS_GEN2, REGISTERS, "megasas");
	struct alloc_mark before;
	struct megasas *m;
	struct work *work;
	int rc;

	if (!base)
		return -ENODEV;
	m = alloc(ZONE_HIGH, sizeof(*m), FRAME_UNIT, "MegaRAID controller");
	if (!m)
		return -ENOMEM;
	m->base = base;
	m->frame_at = (uint32_t)ptr_to_phys((const void *)&m->frame) | FRAME_MORE << 1;
	m->command[1] = PD_SCSI;
	m->bdf = f->bdf;
	controller_enable(f);
	if (!is_ready(m) && reset_controller(m) != 0)
		return -EIO;
	alloc_mark(&before);
	work = alloc(ZONE_TEMP, sizeof(*work), 8, "MegaRAID drives");
	rc = work ? add_drives(m, work) : -ENOMEM;
	alloc_release(ZONE_TEMP, &before);
	return rc;
}
