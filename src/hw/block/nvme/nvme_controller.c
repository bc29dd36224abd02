/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/nvme/nvme_controller.c: see nvme_controller.h.
 *
 * A command costs one access, the doorbell: its end is looked for in memory. Another one tells how far completions were
 * read, twice in a round of their queue.
 */
#include "hw/block/nvme/nvme_controller.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/controller.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define BAR_NVME	0	/* [2.1.10] */
#define ADMIN_US	(30 * 1000 * 1000)
#define TIMEOUT_UNIT_US	(500 * 1000)	/* CAP.TO */
#define IO_QUEUE	1

static uint32_t get(const struct nvme *n, uint32_t reg)
{
	return mmio_read32(n->base + reg);
}

static void set(const struct nvme *n, uint32_t reg, uint32_t value)
{
	mmio_write32(n->base + reg, value);
}

static uint32_t stride_of(uint32_t cap_high)
{
	return 4u << (cap_high & NVME_CAP_DSTRD);
}

/* Why a controller with these capabilities cannot be used, NULL: it can. */
static const char *defect(uint32_t low, uint32_t high, uint64_t bar)
{
	if (high & NVME_CAP_MPSMIN)
		return "it has no pages of 4 KiB";
	if (!(high & NVME_CAP_NVM))
		return "it has no NVM command set";
	if ((low & 0xffff) + 1 < NVME_COMMANDS)
		return "its queues have one entry";
	if (!range_inside(NVME_DOORBELLS, 4 * stride_of(high), bar))
		return "its doorbells are behind the BAR";
	return NULL;
}

/* Each doorbell has a stride of its own [3.1.24, 3.1.25]. */
static void make_queue(struct nvme_queue *q, struct nvme_command *command, struct nvme_completion *completion,
		       uint32_t size, uint32_t doorbell, uint32_t stride)
{
	q->command = command;
	q->completion = completion;
	q->completions = size;
	q->half = size / 2 - 1;
	q->doorbell = doorbell;
	q->head_doorbell = doorbell + stride;
}

static struct nvme *make(const struct pci_function *f, uint32_t base, uint32_t low, uint32_t high)
{
	struct nvme *n = alloc_raw(ZONE_HIGH, sizeof(*n), NVME_PAGE, "NVMe controller");
	uint32_t stride = stride_of(high), completions = NVME_COMPLETIONS;

	if (!n)
		return NULL;
	memset(n, 0, offsetof(struct nvme, model) + sizeof(n->model));
	n->base = base;
	n->bdf = f->bdf;
	n->timeout_us = ((low >> 24) + 1) * TIMEOUT_UNIT_US;
	while (completions > (low & 0xffff) + 1)
		completions /= 2;
	make_queue(&n->admin, n->admin_command, n->admin_completion, NVME_ADMIN_COMPLETIONS, base + NVME_DOORBELLS,
		   stride);
	make_queue(&n->io, n->io_command, n->io_completion, completions, base + NVME_DOORBELLS + 2 * IO_QUEUE * stride,
		   stride);
	controller_enable(f);
	return n;
}

int nvme_make(struct nvme **n, const struct pci_function *f)
{
	uint32_t base = controller_registers(f, BAR_NVME, NVME_DOORBELLS, "nvme"), low, high;
	const char *why;

	if (!base)
		return -ENODEV;
	low = mmio_read32(base + NVME_CAP);
	high = mmio_read32(base + NVME_CAP_HIGH);
	why = defect(low, high, f->bar[BAR_NVME].size);
	if (why) {
		log("nvme: %02x:%02x.%u: %s (CAP %08x%08x); not used", PCI_BUS(f->bdf), PCI_DEV(f->bdf), PCI_FN(f->bdf),
		    why, high, low);
		return -ENODEV;
	}
	*n = make(f, base, low, high);
	return *n ? 0 : -ENOMEM;
}

/* Until CSTS.RDY is what it is to be. -EIO: it will not, since the controller has failed or is gone. */
static int wait_ready(const struct nvme *n, uint32_t ready, const char *what)
{
	struct wait wait = wait_start(n->timeout_us, what);
	uint32_t status;

	do {
		status = get(n, NVME_CSTS);
		if (status == ~0u || (ready && status & NVME_CSTS_CFS))
			return -EIO;
		if ((status & NVME_CSTS_RDY) == ready)
			return 0;
	} while (!wait_expired(&wait));
	return -ETIMEDOUT;
}

/* Completions up to here were read: a queue that has interrupts has none left. */
static void tell(struct nvme_queue *q)
{
	if (q->told == q->head)
		return;
	q->told = q->head;
	mmio_write32(q->head_doorbell, q->head);
}

static uint32_t address(const void *p)
{
	return (uint32_t)ptr_to_phys(p);
}

/* Is the controller as it was started, so that a command it was given is under way? */
static bool is_ours(const struct nvme *n)
{
	uint32_t status = get(n, NVME_CSTS);

	return status != ~0u && (status & (NVME_CSTS_RDY | NVME_CSTS_CFS)) == NVME_CSTS_RDY &&
	       get(n, NVME_ASQ) == address(n->admin_command);
}

int nvme_stop(struct nvme *n)
{
	int rc;

	n->running = n->pending = n->at_it = false;
	if (is_ours(n))
		tell(&n->admin);
	set(n, NVME_CC, get(n, NVME_CC) & ~NVME_CC_EN);
	rc = wait_ready(n, 0, "nvme: controller to stop");
	if (!rc)
		return 0;
	/* Its memory must be safe from it nevertheless. */
	pci_write16(n->bdf, PCI_COMMAND, 0);
	n->dead = true;
	log("nvme: %02x:%02x.%u: the controller does not stop; taken off the bus", PCI_BUS(n->bdf), PCI_DEV(n->bdf),
	    PCI_FN(n->bdf));
	return -ETIMEDOUT;
}

/* A queue as its creation begins. */
static void rewind(struct nvme_queue *q)
{
	memset((void *)q->completion, 0, q->completions * sizeof(*q->completion));
	memset(q->command, 0, NVME_COMMANDS * sizeof(*q->command));
	q->tail = q->head = q->told = 0;
	q->phase = NVME_PHASE;
}

/* With the admin queue alone. */
static int enable(struct nvme *n)
{
	int rc;

	rewind(&n->admin);
	set(n, NVME_INTMS, ~0u);	/* the admin queue's interrupts cannot be switched off but here */
	set(n, NVME_AQA, (NVME_ADMIN_COMPLETIONS - 1) << 16 | (NVME_COMMANDS - 1));
	set(n, NVME_ASQ, address(n->admin_command));
	set(n, NVME_ASQ + 4, 0);
	set(n, NVME_ACQ, address(n->admin_completion));
	set(n, NVME_ACQ + 4, 0);
	io_barrier();
	set(n, NVME_CC, NVME_CC_SIZES | NVME_CC_EN);
	rc = wait_ready(n, NVME_CSTS_RDY, "nvme: controller to start");
	if (rc)
		log("nvme: %02x:%02x.%u: the controller does not start: status %x; not used", PCI_BUS(n->bdf),
		    PCI_DEV(n->bdf), PCI_FN(n->bdf), get(n, NVME_CSTS));
	return rc;
}

static int admin(struct nvme *n, uint32_t opcode, uint32_t nsid, const void *page, uint32_t dw10, uint32_t dw11)
{
	struct nvme_command *c = nvme_next(&n->admin);
	int rc;

	c->opcode = opcode;
	c->nsid = nsid;
	c->prp1 = address(page);
	c->dw10 = dw10;
	c->dw11 = dw11;
	rc = nvme_send(n, &n->admin);
	if (rc)
		log("nvme: %02x:%02x.%u: admin command %02x, %x, failed (error %d), status %03x", PCI_BUS(n->bdf),
		    PCI_DEV(n->bdf), PCI_FN(n->bdf), opcode, dw10, -rc, n->status);
	return rc;
}

/* The queue for namespaces. */
static int create(struct nvme *n)
{
	int rc;

	rewind(&n->io);
	rc = admin(n, NVME_CREATE_CQ, 0, n->io_completion, (n->io.completions - 1) << 16 | IO_QUEUE, NVME_CONTIGUOUS);
	if (rc)
		return rc;
	return admin(n, NVME_CREATE_SQ, 0, n->io_command, (NVME_COMMANDS - 1) << 16 | IO_QUEUE,
		     IO_QUEUE << 16 | NVME_CONTIGUOUS);
}

int nvme_start(struct nvme *n)
{
	int rc = get(n, NVME_CC) & NVME_CC_EN ? nvme_stop(n) : 0;

	if (rc)
		return rc;
	rc = enable(n);
	if (!rc)
		rc = create(n);
	if (!rc)
		n->running = true;
	else if (!n->dead)
		nvme_stop(n);
	return rc;
}

void nvme_settle(struct nvme *n)
{
	tell(&n->admin);
	set(n, NVME_INTMC, ~0u);
}

static bool is_done(const struct nvme_queue *q)
{
	return !((q->completion[q->head].status ^ q->phase) & NVME_PHASE);
}

/* Nobody waits for the last command any more. */
static int give_up(struct nvme *n)
{
	n->status = 0;
	n->at_it = n->pending && is_ours(n);
	if (n->at_it)
		return -EINPROGRESS;
	nvme_stop(n);
	return -ETIMEDOUT;
}

/* Not inlined: many commands are done at the first look. Who never comes back from this wait leaves one pending. */
static int __attribute__((noinline)) await(struct nvme *n, const struct nvme_queue *q)
{
	struct wait wait = wait_start(q == &n->io ? block_timeout_us() : ADMIN_US, "nvme: command");
	bool running = n->running;

	n->running = false;
	n->pending = q == &n->io;
	do
		if (wait_expired(&wait))
			return give_up(n);
	while (!is_done(q));
	n->pending = false;
	n->running = running;
	return 0;
}

/* Half of a completion queue was read. */
static void __attribute__((noinline)) turn(struct nvme_queue *q)
{
	if (q->head == q->completions) {
		q->head = 0;
		q->phase ^= NVME_PHASE;
	}
	tell(q);
}

static void take(struct nvme_queue *q)
{
	if (!(++q->head & q->half))
		turn(q);
}

int nvme_restart(struct nvme *n)
{
	int rc;

	if (n->dead)
		return -EIO;
	if (n->pending && is_ours(n)) {
		rc = is_done(&n->io) ? 0 : n->at_it ? -EALREADY : await(n, &n->io);
		if (rc && rc != -ETIMEDOUT)
			return rc;
		if (!rc) {
			take(&n->io);
			n->pending = n->at_it = false;
			n->running = true;
			return 0;
		}
	}
	rc = nvme_start(n);
	if (!rc)
		nvme_settle(n);
	return rc;
}

static int __attribute__((noinline)) failed(struct nvme *n, uint32_t got, uint32_t expected)
{
	n->status = (uint16_t)(got >> NVME_STATUS_SHIFT & 0x7ff);
	if ((uint16_t)got == (uint16_t)expected)
		return -EIO;
	log("nvme: %02x:%02x.%u: command %u was sent, %u is answered; stopped", PCI_BUS(n->bdf), PCI_DEV(n->bdf),
	    PCI_FN(n->bdf), expected & 0xffff, got & 0xffff);
	n->status = 0;
	nvme_stop(n);
	return -EIO;
}

int nvme_send(struct nvme *n, struct nvme_queue *q)
{
	uint32_t expected = q->phase | q->head, tail = q->tail, got;
	const volatile uint32_t *status = &q->completion[q->head].status;

	q->command[tail].opcode |= q->head << 16;
	tail ^= 1;
	q->tail = tail;
	io_barrier();
	mmio_write32(q->doorbell, tail);
	if ((*status ^ expected) & NVME_PHASE) {
		int rc = await(n, q);

		if (rc)
			return rc;
	}
	got = *status;
	take(q);
	return got == expected ? 0 : failed(n, got, expected);
}

int nvme_identify(struct nvme *n, uint32_t cns, uint32_t nsid)
{
	int rc = admin(n, NVME_IDENTIFY, nsid, n->identify, cns, 0);

	io_barrier();
	return rc;
}
