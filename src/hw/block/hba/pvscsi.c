/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/pvscsi.c: see pvscsi.h.
 * VMware published no specification; the names are those of its header vmw_pvscsi.h in Linux and QEMU.
 *
 * Requests and completions are rings of one page each, whose indices are in a third. One request is under way at a
 * time, but for the search: a ring's worth of targets is asked at once, since each register access costs as much as
 * all of that.
 */
#include "hw/block/hba/pvscsi.h"
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

#define PAGE		4096
#define TARGETS		65	/* QEMU has as many */

/* Registers, in BAR 0. */
#define COMMAND		0x0000
#define COMMAND_RESET	1
#define COMMAND_RINGS	3
#define COMMAND_DATA	0x0004	/* the command's dwords, one after the other */
#define COMMAND_STATUS	0x0008	/* 0: done, and well */
#define INTERRUPT_MASK	0x2010
#define KICK_OTHER	0x3014	/* look at the ring: something else than reads and writes; to QEMU the same */
#define REGISTERS	0x4020

#define RING_PAGES	32	/* page numbers that COMMAND_RINGS has room for, of 64 bits, for each ring */

/* Page of the rings' state. */
struct indices {
	uint32_t request_made, request_seen, request_log2;
	uint32_t done_made, done_seen, done_log2;
};

struct request {
	uint32_t context, context_high, data, data_high, data_len, data_len_high, sense, sense_high;
	uint32_t sense_len, flags;
	uint32_t cdb[SCSI_CDB / 4];
	uint8_t cdb_len, lun[8], tag, bus, target, cpu, unused[59];
};
_Static_assert(sizeof(struct request) == 128 && offsetof(struct request, target) == 67, "PVSCSIRingReqDesc");
#define REQUESTS	(PAGE / sizeof(struct request))
#define REQUESTS_LOG2	5
#define LIST		0x01	/* data is the address of an array of struct element */
#define DIR_NONE	0x04
#define DIR_IN		0x08
#define DIR_OUT		0x10

struct element {
	uint64_t addr;
	uint32_t len, flags;
};
_Static_assert(sizeof(struct element) == 16, "PVSCSISGElement");

struct completion {
	uint32_t context, context_high, data_len, data_len_high;
	uint32_t sense_len;
	uint32_t result;		/* bits 15..0: the adapter's status, 31..16: the drive's */
	uint32_t unused[2];
};
_Static_assert(sizeof(struct completion) == 32, "PVSCSIRingCmpDesc");
#define COMPLETIONS	(PAGE / sizeof(struct completion))
#define COMPLETIONS_LOG2 7
#define HOST_STATUS(result) ((result) & 0xffff)
#define HOST_UNDERRUN	0x0c
#define HOST_ABSENT	0x11	/* selection timeout */
#define HOST_OVERRUN	0x12	/* more or less data than was asked for */

/* Three pages; the driver's own is where the first has nothing. */
struct pvscsi {
	union {
		struct {
			volatile struct indices indices;
			uint8_t others[512 - sizeof(struct indices)];	/* of the adapter's, for messages */
			struct block_controller controller;
			uint32_t base;			/* of its registers, physical */
			pci_bdf_t bdf;
			bool lost;			/* a request's end was not seen, or the adapter is dead */
			bool dead;			/* does not come out of a reset */
			bool at_it;			/* has not answered in time, but was at it */
			/* The rings. As members they would be found anew for each word that is written to them. */
			volatile struct request *requests;
			const volatile struct completion *completions;
			uint32_t made;			/* requests so far */
			volatile uint8_t sense[SCSI_SENSE];
			volatile struct element list[DMA_RANGES];
			uint8_t present[TARGETS];
		};
		uint8_t page[PAGE];
	};
	volatile struct request request[REQUESTS];
	volatile struct completion done[COMPLETIONS];
	struct scsi_work work;
};
_Static_assert(offsetof(struct pvscsi, work) == 3 * PAGE && offsetof(struct pvscsi, request) == PAGE, "a page each");

static struct pvscsi *of(const struct block *block)
{
	return (struct pvscsi *)((uintptr_t)block->controller - offsetof(struct pvscsi, controller));
}

static uint32_t page_of(const volatile void *p)
{
	return (uint32_t)ptr_to_phys((const void *)p) / PAGE;
}

/* Page numbers, of which all but the first are none. */
static void send_pages(const struct pvscsi *p, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < 2 * count; i++)
		mmio_write32(p->base + COMMAND_DATA, i ? 0 : first);
}

/* Tell where the rings are. They are empty then. Returns 0 or -EIO. */
static int set_rings(struct pvscsi *p)
{
	p->made = 0;
	p->indices.done_seen = 0;
	mmio_write32(p->base + COMMAND, COMMAND_RINGS);
	mmio_write32(p->base + COMMAND_DATA, 1);	/* pages of requests, of completions */
	mmio_write32(p->base + COMMAND_DATA, 1);
	send_pages(p, page_of(&p->indices), 1);
	send_pages(p, page_of(p->request), RING_PAGES);
	send_pages(p, page_of(p->done), RING_PAGES);
	if (mmio_read32(p->base + COMMAND_STATUS) != 0)
		return -EIO;
	if (p->indices.request_log2 == REQUESTS_LOG2 && p->indices.done_log2 == COMPLETIONS_LOG2)
		return 0;
	log("pvscsi: rings of 2^%u requests and 2^%u completions, expected %u and %u", p->indices.request_log2, p->indices.done_log2,
	    REQUESTS_LOG2, COMPLETIONS_LOG2);
	return -EIO;
}

/* From whatever state. Afterwards nothing of what was under way reaches memory. Returns 0 or -EIO. */
static int reset_adapter(struct pvscsi *p)
{
	mmio_write32(p->base + COMMAND, COMMAND_RESET);
	if (mmio_read32(p->base + COMMAND_STATUS) == 0 && set_rings(p) == 0) {
		p->lost = p->at_it = false;
		return 0;
	}
	p->lost = p->dead = true;
	return adapter_disable(p->bdf, "pvscsi");
}

/* It has taken all requests; a reset, whoever made it, ends them all in the rings. */
static bool has_requests(const struct pvscsi *p)
{
	return p->indices.request_seen == p->made;
}

static int give_up(struct pvscsi *p)
{
	p->at_it = has_requests(p);
	if (p->at_it)
		return -EINPROGRESS;
	reset_adapter(p);
	return -ETIMEDOUT;
}

/*
 * Until all that was asked is done. Whoever leaves this by another way than its end (block_abandon()) has lost a
 * request. Not inlined: many requests are done at the first look.
 */
static int __attribute__((noinline)) await(struct pvscsi *p)
{
	struct wait wait = wait_start(block_timeout_us(), "pvscsi: request");
	uint32_t made = p->made, seen = p->indices.done_seen, done;

	p->lost = true;
	for (;;) {
		do
			if (wait_expired(&wait))
				return give_up(p);
		while ((done = p->indices.done_made) == seen);
		if (done == made)
			break;
		if (done - seen > made - seen) {
			log("pvscsi: completion %u, of %u requests", done, made);
			reset_adapter(p);
			return -EIO;
		}
		seen = done;
	}
	p->lost = p->at_it = false;
	return 0;
}

/*
 * An adapter that has lost a request is to work again. Returns 0; -EIO; -EINPROGRESS, -EALREADY as block_driver.reset.
 */
static int __attribute__((noinline)) restart(struct pvscsi *p)
{
	int rc;

	if (p->dead)
		return -EIO;
	if (p->indices.done_made == p->made) {
		p->lost = p->at_it = false;
		p->indices.done_seen = p->made;
		return 0;
	}
	if (!has_requests(p))
		return reset_adapter(p);
	rc = p->at_it ? -EALREADY : await(p);
	return rc == -ETIMEDOUT ? p->dead ? -EIO : 0 : rc;
}

/*
 * Have all requests that were made done. Returns 0, the completions are in done[] until the next request; -EIO,
 * -ETIMEDOUT: the adapter has been reset.
 */
static inline int run(struct pvscsi *p)
{
	uint32_t made = p->made;

	io_barrier();
	p->indices.request_made = made;
	io_barrier();
	mmio_write32(p->base + KICK_OTHER, 0);
	if (p->indices.done_made != made) {
		int rc = await(p);

		if (rc)
			return rc;
	}
	io_barrier();
	p->indices.done_seen = made;
	return 0;
}

/* The command is over, and not well, or another is. bytes: what was asked for. */
static int __attribute__((noinline)) failure(struct pvscsi *p, struct block *block, const volatile struct completion *c,
					     uint32_t bytes, uint32_t *done)
{
	uint32_t context = c->context, host = HOST_STATUS(c->result), status = c->result >> 16;

	if (context != p->made) {
		log("pvscsi: completion of request %u, expected %u", context, p->made);
		reset_adapter(p);
		return -EIO;
	}
	if (host == HOST_ABSENT)
		return -ENODEV;
	if (status == SCSI_GOOD && (host == HOST_UNDERRUN || host == HOST_OVERRUN)) {
		/* Less than was asked for; QEMU does not say how much. */
		*done = c->data_len < bytes ? c->data_len : 0;
		return 0;
	}
	if (status != SCSI_CHECK) {
		log("pvscsi: target %u: %s: host status %02x, SCSI status %02x", block->target, block->description, host, status);
		p->sense[0] = 0;
	}
	adapter_give_sense(block, p->sense);
	return -EIO;
}

/*
 * The next free request: there is one, when no more than REQUESTS are under way. Its context is its number, from 1 on.
 */
static volatile struct request *next_request(struct pvscsi *p, uint32_t target)
{
	volatile struct request *r = p->requests + p->made % REQUESTS;

	r->context = ++p->made;
	r->target = (uint8_t)target;
	return r;
}

/* Not inlined: most requests have one range. Returns flags, with LIST. */
static uint32_t __attribute__((noinline)) set_list(struct pvscsi *p, volatile struct request *r, const struct dma_list *list,
						   uint32_t flags)
{
	for (uint32_t i = 0; i < list->count; i++) {
		p->list[i].addr = list->range[i].addr;
		p->list[i].len = list->range[i].len;
	}
	r->data = (uint32_t)ptr_to_phys((const void *)p->list);
	return list->count ? flags | LIST : DIR_NONE;
}

static void fill(struct pvscsi *p, volatile struct request *r, const uint8_t cdb[SCSI_CDB], const struct dma_list *list)
{
	uint32_t flags;

	adapter_copy_command(r->cdb, cdb);
	r->data = list->range[0].addr;
	r->data_len = list->bytes;
	flags = list->to_device ? DIR_OUT : DIR_IN;
	if (list->count != 1)
		flags = set_list(p, r, list, flags);
	r->flags = flags;
	p->sense[0] = 0;
}

static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct pvscsi *p = of(block);
	const volatile struct completion *c;
	int rc;

	if (p->lost) {
		rc = restart(p);
		if (rc)
			return rc;
	}
	if (block->lun)
		return -ENODEV;		/* as QEMU has it */
	fill(p, next_request(p, block->target), cdb, list);
	rc = run(p);
	if (rc)
		return rc;
	c = p->completions + (p->made - 1) % COMPLETIONS;
	if (c->context != p->made || c->result)
		return failure(p, block, c, list->bytes, done);
	*done = list->bytes;
	return 0;
}

/* An adapter that works is left alone: programs reset often. */
static int reset(struct block *block)
{
	struct pvscsi *p = of(block);

	return p->lost ? restart(p) : 0;
}

static const struct block_driver disk = SCSI_DISK(send, reset, { 0 }, .autosense = true);
static const struct block_driver cd = SCSI_CD(send, reset, { 0 }, .autosense = true);
static const struct scsi_adapter adapter = { .disk = &disk, .cd = &cd };

/* Ask count targets, from first on, whether they are ready, and note which of them are there. */
static int ask_targets(struct pvscsi *p, uint32_t first, uint32_t count)
{
	uint32_t before = p->made;
	int rc;

	for (uint32_t i = 0; i < count; i++)
		next_request(p, first + i)->flags = DIR_NONE;	/* the command is all 0: TEST UNIT READY */
	rc = run(p);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		const volatile struct completion *c = &p->done[(before + i) % COMPLETIONS];
		uint32_t which = c->context - before - 1;

		/* They come in any order; others than these were not asked. */
		if (which < count && HOST_STATUS(c->result) != HOST_ABSENT)
			p->present[first + which] = 1;
	}
	return rc;
}

static int add_drives(struct pvscsi *p)
{
	struct block template = { .bus = BUS_SCSI, .controller = &p->controller, .bdf = p->bdf };
	int rc = 0;

	for (uint32_t first = 0; rc == 0 && first < TARGETS; first += REQUESTS)
		rc = ask_targets(p, first, min_u32(TARGETS - first, REQUESTS));
	for (; rc == 0 && template.target < TARGETS; template.target++)
		if (p->present[template.target])
			scsi_add_target(&template, &adapter, &p->work);
	return rc;
}

int pvscsi_init(const struct pci_function *f)
{
	uint32_t base = controller_registers(f, 0, REGISTERS, "pvscsi");
	struct pvscsi *p;

	if (!base)
		return -ENODEV;
	p = alloc(ZONE_HIGH, sizeof(*p), PAGE, "PVSCSI adapter");
	if (!p)
		return -ENOMEM;
	p->base = base;
	p->bdf = f->bdf;
	p->requests = p->request;
	p->completions = p->done;
	for (uint32_t i = 0; i < REQUESTS; i++) {
		p->request[i].cdb_len = SCSI_CDB;
		p->request[i].sense = (uint32_t)ptr_to_phys((const void *)p->sense);
		p->request[i].sense_len = SCSI_SENSE;
	}
	controller_enable(f);
	mmio_write32(base + INTERRUPT_MASK, 0);		/* QEMU's reset leaves it as a guest had it */
	if (set_rings(p) != 0 && reset_adapter(p) != 0)
		return -EIO;
	return add_drives(p);
}
