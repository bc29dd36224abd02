/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/mptsas.c: see mptsas.h.
 * LSI, Fusion-MPT Message Passing Interface (MPI) 1.5: messages and registers have its names.
 *
 * The adapter (IOC) is told where memory is by one message through its doorbell, a word at a time. A command is a
 * message in memory whose address goes into one FIFO; another FIFO has the answer: the number of the command when all
 * went well, else the address of a frame that says what did not. To look into it is a register access, so there are
 * pauses between looks.
 */
#include "hw/block/hba/mptsas.h"
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

#define HANDSHAKE_US	(5 * 1000 * 1000)
#define RESET_US	(10 * 1000 * 1000)
#define TARGETS		8		/* ports */
#define LOOKS_MOST	128u		/* of a wait, between two at the FIFO */

/* Registers, in BAR 1. */
#define DOORBELL	0x00
#define DOORBELL_RESET	0x40000000u	/* of the message unit */
#define DOORBELL_HANDSHAKE 0x42000000u	/* dwords of the message in bits 23..16 */
#define DOORBELL_STATE	0xf0000000u
#define STATE_READY	0x10000000u
#define STATE_OPERATIONAL 0x20000000u
#define DOORBELL_ACTIVE	0x08000000u
#define INTERRUPT	0x30		/* status; any write clears the doorbell's */
#define INTERRUPT_DOORBELL 0x00000001u	/* something was written by the IOC */
#define INTERRUPT_TAKEN	0x80000000u	/* 0: the IOC has read what was written to the doorbell */
#define REQUEST_FIFO	0x40
#define REPLY_FIFO	0x44		/* read: answers; write: a frame for one */
#define REPLY_NONE	0xffffffffu
#define REPLY_ADDRESS	0x80000000u	/* bits 30..0: address of a frame, >> 1; else the context of a message */
#define REGISTERS	0x48

#define IOC_INIT	0x02		/* functions */
#define SCSI_IO		0x00
#define WHO_BIOS	0x01		/* system BIOS */

/* IOCInit as it was first; what later versions added are features that are not used. */
struct ioc_init {
	uint8_t who, unused0, chain, function;
	uint8_t flags, devices, buses, message_flags;
	uint32_t context;
	uint16_t reply_bytes, unused1;
	uint32_t high, sense_high;	/* upper halves of all addresses */
};
_Static_assert(sizeof(struct ioc_init) == 0x18, "MPI IOCInit");

/* Answers by doorbell come in words; these of them matter. */
#define WORD_LENGTH	1		/* low byte: of the answer, in dwords */
#define WORD_STATUS	7		/* IOCStatus */
#define WORDS_LEAST	10

struct element {
	uint32_t flags, addr;		/* length in bits 23..0 of flags */
};
#define ELEMENT_SIMPLE	0x10000000u
#define ELEMENT_OUT	0x04000000u	/* from the host */
#define ELEMENT_LAST	0xc1000000u	/* of the frame, the buffer, the list */
#define BYTES_MOST	0x800000u

struct request {
	uint8_t target, bus, chain, function;
	uint8_t cdb_len, sense_len, unused, flags;
	uint32_t context;
	uint8_t lun[8];
	uint32_t control;
	uint32_t cdb[SCSI_CDB / 4];
	uint32_t data_len, sense;
	struct element list[DMA_RANGES];
};
_Static_assert(offsetof(struct request, list) == 0x30, "MPI SCSIIORequest");
#define CONTROL_OUT	0x01000000u
#define CONTROL_IN	0x02000000u

struct reply {
	uint8_t target, bus, length, function;
	uint8_t cdb_len, sense_len, unused, flags;
	uint32_t context;
	uint8_t scsi_status, scsi_state;
	uint16_t status;
	uint32_t log_info, transferred, sense_count;
	uint32_t more[8];		/* not of this message */
};
#define STATUS_MASK	0x7fff
#define STATUS_SUCCESS	0x0000
#define STATUS_RECOVERED 0x0040
#define STATUS_NO_TARGET 0x0042
#define STATUS_ABSENT	0x0043
#define STATUS_UNDERRUN	0x0045
#define STATE_NO_STATUS	0x04		/* scsi_status says nothing */

struct mptsas {
	struct block_controller controller;	/* first: block.controller leads here */
	bool lost;			/* a request's end was not seen, or the adapter is dead */
	bool dead;			/* does not come out of a reset */
	bool at_it;			/* has not answered in time, but was at it */
	pci_bdf_t bdf;
	uint32_t base;			/* of its registers, physical */
	volatile struct request request;
	volatile struct reply reply;
	volatile uint8_t sense[SCSI_SENSE];
	struct scsi_work work;
};

static uint32_t get(const struct mptsas *m, uint32_t reg)
{
	return mmio_read32(m->base + reg);
}

static void set(const struct mptsas *m, uint32_t reg, uint32_t value)
{
	mmio_write32(m->base + reg, value);
}

/* Until all these bits of the register have this value. */
static int wait_for(const struct mptsas *m, uint32_t reg, uint32_t bits, uint32_t value, uint32_t limit_us, const char *what)
{
	struct wait wait = wait_start(limit_us, what);

	while ((get(m, reg) & bits) != value)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	return 0;
}

static int wait_for_doorbell(const struct mptsas *m)
{
	return wait_for(m, INTERRUPT, INTERRUPT_DOORBELL, INTERRUPT_DOORBELL, HANDSHAKE_US, "mptsas: doorbell");
}

/* A message through the doorbell. */
static int say(const struct mptsas *m, const uint32_t *message, uint32_t dwords)
{
	int rc;

	set(m, INTERRUPT, 0);
	set(m, DOORBELL, DOORBELL_HANDSHAKE | dwords << 16);
	rc = wait_for_doorbell(m);
	set(m, INTERRUPT, 0);
	for (uint32_t i = 0; rc == 0 && i < dwords; i++) {
		set(m, DOORBELL, message[i]);
		rc = wait_for(m, INTERRUPT, INTERRUPT_TAKEN, 0, HANDSHAKE_US, "mptsas: message to be taken");
	}
	return rc;
}

/* Its answer, of which only the status is kept. */
static int hear(const struct mptsas *m, uint32_t *status)
{
	uint32_t words = WORDS_LEAST;

	for (uint32_t i = 0; i < words; i++) {
		int rc = wait_for_doorbell(m);
		uint32_t word = get(m, DOORBELL) & 0xffff;

		if (rc)
			return rc;
		set(m, INTERRUPT, 0);
		if (i == WORD_LENGTH)
			words = max_u32((word & 0xff) * 2, WORDS_LEAST);
		if (i == WORD_STATUS)
			*status = word;
	}
	return 0;
}

/* The IOC is ready: make it operational. Returns 0, or -EIO or -ETIMEDOUT after one line in the log. */
static int make_operational(struct mptsas *m)
{
	const union {
		struct ioc_init message;
		uint32_t dword[sizeof(struct ioc_init) / 4];
	} init = { { .who = WHO_BIOS, .function = IOC_INIT, .devices = TARGETS, .buses = 1, .reply_bytes = sizeof(m->reply) } };
	uint32_t status = 0, state;
	int rc = say(m, init.dword, ARRAY_SIZE(init.dword));

	if (rc == 0)
		rc = hear(m, &status);
	if (rc)
		return rc;
	state = get(m, DOORBELL) & DOORBELL_STATE;
	if ((status & STATUS_MASK) != STATUS_SUCCESS || state != STATE_OPERATIONAL) {
		log("mptsas: %02x:%02x.%u: initialisation ended with status %04x in state %x, expected %x", PCI_BUS(m->bdf),
		    PCI_DEV(m->bdf), PCI_FN(m->bdf), status, state >> 28, STATE_OPERATIONAL >> 28);
		return -EIO;
	}
	set(m, REPLY_FIFO, (uint32_t)ptr_to_phys((const void *)&m->reply));	/* a frame for an answer */
	m->lost = m->at_it = false;
	return 0;
}

/* Until the message unit is reset. An answer that a guest has left unheard ends when all of it was read. */
static int wait_until_ready(const struct mptsas *m)
{
	struct wait wait = wait_start(RESET_US, "mptsas: message unit to reset");

	while ((get(m, DOORBELL) & (DOORBELL_STATE | DOORBELL_ACTIVE)) != STATE_READY) {
		if (wait_expired(&wait))
			return -ETIMEDOUT;
		set(m, INTERRUPT, 0);
	}
	return 0;
}

/* From whatever state. Afterwards nothing of what was under way reaches memory. Returns 0 or -EIO. */
static int reset_adapter(struct mptsas *m)
{
	set(m, DOORBELL, DOORBELL_RESET);
	if (wait_until_ready(m) == 0 && make_operational(m) == 0)
		return 0;
	m->lost = m->dead = true;
	return adapter_disable(m->bdf, "mptsas");
}

/* As long as nobody resets it, it has what it was given. */
static bool is_operational(const struct mptsas *m)
{
	return (get(m, DOORBELL) & DOORBELL_STATE) == STATE_OPERATIONAL;
}

static int give_up(struct mptsas *m)
{
	m->at_it = is_operational(m);
	if (m->at_it)
		return -EINPROGRESS;
	reset_adapter(m);
	return -ETIMEDOUT;
}

/*
 * Until there is an answer in the FIFO. Whoever leaves this by another way than its end (block_abandon()) has lost a
 * request. Not inlined: many requests are done at the first look.
 */
static int __attribute__((noinline)) await(struct mptsas *m, uint32_t *reply)
{
	struct wait wait = wait_start(block_timeout_us(), "mptsas: request");
	uint32_t looks = 1;

	m->lost = true;
	do {
		for (uint32_t i = 0; i < looks; i++)
			if (wait_expired(&wait))
				return give_up(m);
		looks = min_u32(looks * 4, LOOKS_MOST);
		*reply = get(m, REPLY_FIFO);
	} while (*reply == REPLY_NONE);
	m->lost = m->at_it = false;
	return 0;
}

/* Is it this adapter's frame that the answer names? */
static bool is_frame(const struct mptsas *m, uint32_t reply)
{
	return reply == (REPLY_ADDRESS | (uint32_t)ptr_to_phys((const void *)&m->reply) >> 1);
}

/* The frame may be used again. */
static void give_frame(const struct mptsas *m)
{
	set(m, REPLY_FIFO, (uint32_t)ptr_to_phys((const void *)&m->reply));
}

/*
 * An adapter that has lost a request is to work again. Returns 0; -EIO; -EINPROGRESS, -EALREADY as block_driver.reset.
 */
static int __attribute__((noinline)) restart(struct mptsas *m)
{
	uint32_t reply;
	int rc;

	if (m->dead)
		return -EIO;
	reply = get(m, REPLY_FIFO);
	if (reply == REPLY_NONE && is_operational(m)) {
		rc = m->at_it ? -EALREADY : await(m, &reply);
		if (rc)
			return rc == -ETIMEDOUT ? m->dead ? -EIO : 0 : rc;
	}
	if (is_frame(m, reply))
		give_frame(m);
	else if (reply != m->request.context)
		return reset_adapter(m);
	m->lost = m->at_it = false;
	return 0;
}

/* The command has ended otherwise than well, and the frame says how. bytes: what was asked for. */
static int by_frame(struct mptsas *m, struct block *block, uint32_t bytes, uint32_t *done)
{
	const volatile struct reply *r = &m->reply;
	uint16_t status = r->status & STATUS_MASK;
	uint8_t scsi = r->scsi_state & STATE_NO_STATUS ? 0xff : r->scsi_status;
	uint32_t transferred = r->transferred;

	give_frame(m);
	if (status == STATUS_NO_TARGET || status == STATUS_ABSENT)
		return -ENODEV;
	if (scsi == SCSI_GOOD && (status == STATUS_SUCCESS || status == STATUS_RECOVERED || status == STATUS_UNDERRUN)) {
		*done = min_u32(transferred, bytes);
		return 0;
	}
	if (scsi != SCSI_CHECK) {
		log("mptsas: target %u LUN %u: %s: IOC status %04x, SCSI status %02x", block->target, block->lun,
		    block->description, status, scsi);
		m->sense[0] = 0;
	}
	adapter_give_sense(block, m->sense);
	return -EIO;
}

/* An answer that is not simply the number of the command. */
static int __attribute__((noinline)) other_answer(struct mptsas *m, struct block *block, uint32_t reply, uint32_t bytes,
						  uint32_t *done)
{
	if (is_frame(m, reply) && m->reply.context == m->request.context)
		return by_frame(m, block, bytes, done);
	log("mptsas: answer %08x, about message %08x, expected %08x", reply, m->reply.context, m->request.context);
	reset_adapter(m);
	return -EIO;
}

/* The elements of a list that has not just one. */
static void __attribute__((noinline)) fill_list(volatile struct request *r, const struct dma_list *list, uint32_t flags)
{
	uint32_t i;

	for (i = 0; i < list->count; i++) {
		r->list[i].flags = (flags & ~ELEMENT_LAST) | list->range[i].len;
		r->list[i].addr = list->range[i].addr;
	}
	if (i) {
		r->list[i - 1].flags |= ELEMENT_LAST;
	} else {
		r->list[0].flags = ELEMENT_SIMPLE | ELEMENT_LAST;
		r->control = 0;
	}
}

static void fill(struct mptsas *m, const struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list)
{
	volatile struct request *r = &m->request;
	uint32_t flags = ELEMENT_SIMPLE | ELEMENT_LAST, control = CONTROL_IN;

	r->target = (uint8_t)block->target;
	r->lun[1] = (uint8_t)block->lun;
	adapter_copy_command(r->cdb, cdb);
	r->data_len = list->bytes;
	if (list->to_device) {
		control = CONTROL_OUT;
		flags |= ELEMENT_OUT;
	}
	r->control = control;
	r->list[0].addr = list->range[0].addr;
	if (list->count == 1)
		r->list[0].flags = flags | list->bytes;
	else
		fill_list(r, list, flags);
}

static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct mptsas *m = (struct mptsas *)block->controller;
	uint32_t reply, context;
	int rc;

	if (m->lost) {
		rc = restart(m);
		if (rc)
			return rc;
	}
	if (block->lun > UINT8_MAX)
		return -ENODEV;
	fill(m, block, cdb, list);
	context = (m->request.context + 1) & ~REPLY_ADDRESS;
	m->request.context = context;
	m->sense[0] = 0;
	io_barrier();
	set(m, REQUEST_FIFO, (uint32_t)ptr_to_phys((const void *)&m->request));
	reply = get(m, REPLY_FIFO);
	if (reply == REPLY_NONE) {
		rc = await(m, &reply);
		if (rc)
			return rc;
	}
	if (reply != context)
		return other_answer(m, block, reply, list->bytes, done);
	*done = list->bytes;
	return 0;
}

/* An adapter that works is left alone: programs reset often. */
static int reset(struct block *block)
{
	struct mptsas *m = (struct mptsas *)block->controller;

	return m->lost ? restart(m) : 0;
}

static const struct block_driver disk = SCSI_DISK(send, reset, { 0 }, .autosense = true);
static const struct block_driver cd = SCSI_CD(send, reset, { 0 }, .autosense = true);
static const struct scsi_adapter adapter = { .disk = &disk, .cd = &cd, .max_bytes = BYTES_MOST };

static void add_drives(struct mptsas *m)
{
	struct block template = { .bus = BUS_SCSI, .controller = &m->controller, .bdf = m->bdf };

	for (; !m->dead && template.target < TARGETS; template.target++)
		scsi_add_target(&template, &adapter, &m->work);
}

int mptsas_init(const struct pci_function *f)
{
	uint32_t base = controller_registers(f, 1, REGISTERS, "mptsas");
	struct mptsas *m;

	if (!base)
		return -ENODEV;
	m = alloc(ZONE_HIGH, sizeof(*m), 64, "SAS adapter");
	if (!m)
		return -ENOMEM;
	m->base = base;
	m->bdf = f->bdf;
	m->request.cdb_len = SCSI_CDB;
	m->request.sense_len = SCSI_SENSE;
	m->request.sense = (uint32_t)ptr_to_phys((const void *)m->sense);
	controller_enable(f);
	if (((get(m, DOORBELL) & (DOORBELL_STATE | DOORBELL_ACTIVE)) != STATE_READY || make_operational(m) != 0) &&
	    reset_adapter(m) != 0)
		return -EIO;
	add_drives(m);
	return 0;
}
