/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/nvme.c: see nvme.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/io.h"
#include "fake/nvme.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define BYTES		0x4000
#define DOORBELLS	0x1000
#define PAGE		4096u
#define EN		1u
#define RDY		1u
#define CFS		2u
#define INVALID_FIELD	0x002
#define INVALID_SPACE	0x00b
#define OUT_OF_RANGE	0x080
#define PROTECTED	0x020
#define INVALID_OPCODE	0x001
#define QUEUES		2

/* A pair of queues by number, 0 the admin's. */
struct pair {
	uint32_t sq, sq_size, tail, taken;	/* sizes 0: not there */
	uint32_t cq, cq_size, head, posted;
	uint32_t phase;
};

struct fake_nvme fake_nvme;
struct fake_nvme_written fake_nvme_written;
static struct pair pairs[QUEUES];
static struct { uint32_t cc, csts, aqa, asq, asq_high, acq, acq_high; } reg;
static uint32_t waiting;		/* looks until the command of queue waiting_queue is done; 0: none */
static uint32_t waiting_queue;
static uint8_t under_way[64];		/* a command that does not end */
static uint32_t under_way_queue = QUEUES;	/* QUEUES: there is none */

static void violation(const char *what)
{
	if (!fake_nvme.violations++)
		fake_nvme.violation = what;
	fprintf(stderr, "fake nvme: %s\n", what);
}

uint8_t fake_nvme_byte(uint32_t nsid, uint64_t lba, uint32_t offset)
{
	uint64_t x = (lba * 0x9e3779b97f4a7c15ull) ^ (offset * 0x85ebca6bu) ^ nsid;

	return (uint8_t)(x ^ x >> 23 ^ x >> 47);
}

static uint8_t *dma(uint32_t addr, uint32_t len)
{
	uint8_t *p = fake_dma_target(addr, len);

	if (!p)
		violation("DMA outside of RAM");
	return p && fake_nvme.command & PCI_COMMAND_MASTER ? p : NULL;
}

/* The admin queue has interrupts whether one wants them or not. */
static void update_interrupts(void)
{
	fake_nvme.interrupts = pairs[0].head != pairs[0].posted && !(fake_nvme.masked & 1);
	if (fake_nvme.interrupts)
		violation("an interrupt is raised");
}

static void off(void)
{
	memset(pairs, 0, sizeof(pairs));
	waiting = 0;
	under_way_queue = QUEUES;
	fake_nvme.masked = 0;
	update_interrupts();
}

void fake_nvme_lose(void)
{
	off();
	reg.cc = reg.csts = 0;
}

static bool is_zero(uint32_t at, uint32_t len)
{
	const uint8_t *p = dma(at, len);

	for (uint32_t i = 0; p && i < len; i++)
		if (p[i])
			return false;
	return true;
}

static void start(void)
{
	uint32_t sq_size = (reg.aqa & 0xfff) + 1, cq_size = (reg.aqa >> 16 & 0xfff) + 1;

	fake_nvme.starts++;
	if (reg.cc != 0x00460001)
		violation("CC has other sizes, pages or commands than these");
	if (~fake_nvme.masked)
		violation("started with interrupts");
	if (sq_size < 2 || cq_size < 2 || reg.aqa & 0xf000f000)
		violation("AQA");
	if ((reg.asq | reg.acq) & (PAGE - 1) || reg.asq_high | reg.acq_high)
		violation("ASQ or ACQ is no page below 4 GiB");
	if (!is_zero(reg.acq, cq_size * 16))
		violation("the admin completion queue has phases");
	if (fake_nvme.starts_never)
		return;
	if (fake_nvme.starts_fatal) {
		reg.csts = CFS;
		return;
	}
	pairs[0] = (struct pair){ .sq = reg.asq, .sq_size = sq_size, .cq = reg.acq, .cq_size = cq_size, .phase = 1 };
	reg.csts = RDY;
}

static void write_cc(uint32_t value)
{
	uint32_t was = reg.cc;

	reg.cc = value;
	if (value & ~was & EN) {
		start();
	} else if (was & ~value & EN) {
		fake_nvme.stops++;
		if (fake_nvme.starts && pairs[0].head != pairs[0].posted)
			violation("stopped with completions of the admin queue that were not told read: QEMU counts them for ever");
		if ((was ^ value) & ~EN)
			violation("CC is changed while it is cleared");
		if (under_way_queue == 1)
			violation("stopped while a command for a namespace is under way: QEMU waits for it, with the machine");
		if (fake_nvme.stops_never)
			return;
		off();
		reg.csts = 0;
	} else if (was & EN) {
		violation("CC is written while the controller runs");
	}
}

static void post(uint32_t queue, uint32_t number, uint32_t status)
{
	struct pair *p = &pairs[queue];
	uint8_t *entry = dma(p->cq + p->posted * 16, 16);

	if ((p->posted + 1) % p->cq_size == p->head) {
		violation("the completion queue is full");
		return;
	}
	if (entry) {
		put_le32(entry + 8, p->taken | queue << 16);
		put_le32(entry + 12, number | p->phase << 16 | status << 17);
	}
	if (++p->posted == p->cq_size) {
		p->posted = 0;
		p->phase ^= 1;
	}
	update_interrupts();
}

/* Move bytes between data and what the PRPs say. Returns 0 or a status. */
static uint32_t move(const uint8_t *c, uint8_t *data, uint32_t bytes, bool to_memory)
{
	uint32_t prp1 = get_le32(c + 24), prp2 = get_le32(c + 32), done = 0, pages = 1, second;

	if (get_le32(c + 28) || get_le32(c + 36))
		violation("a PRP above 4 GiB");
	if (prp1 & 3)
		violation("PRP 1 is not on a dword");
	second = min_u32(bytes, PAGE - (prp1 & (PAGE - 1)));
	if (second == bytes && prp2)
		violation("PRP 2 is given without need");
	if (second < bytes && prp2 & (PAGE - 1))
		violation("PRP 2 is not on a page");
	for (uint32_t at = prp1, n = second; done < bytes; done += n, pages++) {
		uint8_t *p;

		if (done && bytes - second > PAGE) {	/* a list: all behind the first page */
			const uint8_t *list = dma(prp2, PAGE);

			if (pages - 2 >= PAGE / 8) {
				violation("the list of PRPs is longer than a page");
				return INVALID_FIELD;
			}
			at = list ? get_le32(list + 8 * (pages - 2)) : 0;
			if (list && get_le32(list + 8 * (pages - 2) + 4))
				violation("a PRP in the list above 4 GiB");
			if (at & (PAGE - 1))
				violation("a PRP in the list is not on a page");
		} else if (done) {
			at = prp2;
		}
		n = done ? min_u32(PAGE, bytes - done) : second;
		p = dma(at, n);
		if (p)
			memcpy(to_memory ? p : data + done, to_memory ? data + done : p, n);
	}
	fake_nvme.last_pages = pages - 1;
	return 0;
}

static struct fake_nvme_space *space_of(uint32_t nsid)
{
	for (uint32_t i = 0; i < fake_nvme.spaces; i++)
		if (fake_nvme.space[i].nsid == nsid)
			return &fake_nvme.space[i];
	return NULL;
}

static uint32_t identify(const uint8_t *c)
{
	uint32_t nsid = get_le32(c + 4), cns = get_le32(c + 40), n = 0;
	struct fake_nvme_space *s = space_of(nsid);
	uint8_t list[4096] = { 0 };

	switch (cns) {
	case 0:
		return s ? move(c, s->identify, PAGE, true) : INVALID_SPACE;
	case 1:
		return nsid ? INVALID_SPACE : move(c, fake_nvme.identify, PAGE, true);
	case 2:		/* as the test has them: they may go back */
		for (uint32_t i = 0; i < fake_nvme.spaces; i++)
			if (fake_nvme.space[i].nsid > nsid || n)
				put_le32(list + 4 * n++, fake_nvme.space[i].nsid);
		return move(c, list, PAGE, true);
	}
	return INVALID_FIELD;
}

static uint32_t create(const uint8_t *c, bool cq)
{
	uint32_t dw10 = get_le32(c + 40), dw11 = get_le32(c + 44), at = get_le32(c + 24), size = (dw10 >> 16) + 1;
	struct pair *p = &pairs[1];

	if ((dw10 & 0xffff) != 1 || size < 2 || size > (fake_nvme.cap & 0xffff) + 1 || at & (PAGE - 1) || get_le32(c + 28))
		return INVALID_FIELD;
	if (cq) {
		if (dw11 != 1)
			violation("a completion queue with interrupts, or not contiguous");
		if (!is_zero(at, size * 16))
			violation("the completion queue has phases");
		*p = (struct pair){ .cq = at, .cq_size = size, .phase = 1 };
		return 0;
	}
	if (!p->cq_size || dw11 != 0x10001)
		return INVALID_FIELD;
	p->sq = at;
	p->sq_size = size;
	return 0;
}

static uint32_t admin(const uint8_t *c)
{
	fake_nvme.admin_commands++;
	switch (c[0]) {
	case 0x01:
		return create(c, false);
	case 0x05:
		return create(c, true);
	case 0x06:
		return identify(c);
	}
	return INVALID_OPCODE;
}

static uint32_t transfer(struct fake_nvme_space *s, const uint8_t *c, bool write)
{
	uint64_t lba = get_le64(c + 40);
	uint32_t count = (get_le32(c + 48) & 0xffff) + 1, bytes = count * s->sector_size, mdts = fake_nvme.identify[77], status;
	uint8_t *data;

	s->last_lba = lba;
	s->last_count = count;
	if (get_le32(c + 48) & 0xffff0000)
		violation("flags behind the number of blocks");
	if (mdts && bytes > PAGE << mdts)
		return INVALID_FIELD;
	if (lba > s->sectors || count > s->sectors - lba)
		return OUT_OF_RANGE;
	if (write && s->write_protected)
		return PROTECTED;
	data = malloc(bytes);
	for (uint32_t i = 0; i < bytes; i++)
		data[i] = fake_nvme_byte(s->nsid, lba + i / s->sector_size, i % s->sector_size);
	status = move(c, data, bytes, !write);
	if (write) {
		s->unsafe++;
		fake_nvme_written.nsid = s->nsid;
		fake_nvme_written.lba = lba;
		fake_nvme_written.bytes = bytes;
		memcpy(fake_nvme_written.data, data, min_u32(bytes, sizeof(fake_nvme_written.data)));
	}
	free(data);
	return status;
}

static uint32_t namespace(const uint8_t *c)
{
	struct fake_nvme_space *s = space_of(get_le32(c + 4));

	fake_nvme.commands++;
	if (!s)
		return INVALID_SPACE;
	s->commands++;
	s->last_opcode = c[0];
	switch (c[0]) {
	case 0:
		for (uint32_t i = 8; i < 64; i++)
			if (c[i])
				violation("a flush with more than a namespace");
		s->flushes++;
		s->unsafe = 0;
		return 0;
	case 1:
	case 2:
		return transfer(s, c, c[0] == 1);
	}
	return INVALID_OPCODE;
}

static enum fake_nvme_fault next_fault(uint32_t queue)
{
	enum fake_nvme_fault fault = NVME_FAULT_NONE;

	if (fake_nvme.fault_admin != !queue)
		return fault;
	if (fake_nvme.fault_at == 1 && fake_nvme.fault_times)
		fault = fake_nvme.fault;
	if (fake_nvme.fault_at > 1)
		fake_nvme.fault_at--;
	else if (fake_nvme.fault_times)
		fake_nvme.fault_times--;
	return fault;
}

static void execute(uint32_t queue)
{
	struct pair *p = &pairs[queue];
	const uint8_t *entry = dma(p->sq + p->taken * 64, 64);
	enum fake_nvme_fault fault = next_fault(queue);
	uint8_t c[64];
	uint32_t number;

	if (!entry)
		return;
	memcpy(c, entry, 64);
	p->taken = (p->taken + 1) % p->sq_size;
	number = get_le16(c + 2);
	if (c[1] || get_le32(c + 8) || get_le32(c + 12) || get_le64(c + 16))
		violation("reserved fields, metadata or another kind of pointers");
	switch (fault) {
	case NVME_FAULT_GONE:
		fake_nvme.gone = true;
		return;
	case NVME_FAULT_RESET:
		fake_nvme_lose();
		return;
	case NVME_FAULT_NO_END:
		memcpy(under_way, c, 64);
		under_way_queue = queue;
		return;
	case NVME_FAULT_STATUS:
		post(queue, number, fake_nvme.status);
		return;
	case NVME_FAULT_OTHER:
		post(queue, number ^ 5, 0);
		return;
	case NVME_FAULT_NONE:
		post(queue, number, queue ? namespace(c) : admin(c));
	}
}

static void tick(void)
{
	if (waiting && !--waiting)
		execute(waiting_queue);
}

bool fake_nvme_answer(void)
{
	uint32_t queue = under_way_queue;

	under_way_queue = QUEUES;
	if (queue != QUEUES)
		post(queue, get_le16(under_way + 2), queue ? namespace(under_way) : admin(under_way));
	return queue != QUEUES;
}

static void write_doorbell(uint32_t offset, uint32_t value)
{
	uint32_t stride = 4u << (fake_nvme.cap >> 32 & 15), n = offset / stride;
	struct pair *p = &pairs[n / 2];

	if (offset % stride || n >= 2 * QUEUES) {
		violation("no doorbell is there");
		return;
	}
	if (!(reg.csts & RDY)) {
		violation("a doorbell of a controller that is not ready");
		return;
	}
	if (n & 1) {
		uint32_t unread = p->cq_size ? (p->posted + p->cq_size - p->head) % p->cq_size : 0;

		fake_nvme.heads++;
		if (value >= p->cq_size || value == p->head || (value + p->cq_size - p->head) % p->cq_size > unread)
			violation("a head that is no new one, or beyond what was completed");
		p->head = value;
		update_interrupts();
		return;
	}
	if (value >= p->sq_size || value != (p->tail + 1) % p->sq_size) {
		violation("a tail that is not one further");
		return;
	}
	if (p->taken != p->tail || waiting || under_way_queue != QUEUES) {
		violation("a command while another is there");
		return;
	}
	p->tail = value;
	waiting_queue = n / 2;
	waiting = fake_nvme.looks;
	if (!waiting)
		execute(waiting_queue);
}

static uint32_t mmio_read(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque;
	if (width != 4 || addr & 3)
		violation("a register is read in part");
	if (fake_nvme.gone)
		return 0xffffffff;
	switch (addr - FAKE_NVME_BASE) {
	case 0x00: return (uint32_t)fake_nvme.cap;
	case 0x04: return (uint32_t)(fake_nvme.cap >> 32);
	case 0x08: return 0x00010400;
	case 0x0c: return fake_nvme.masked;
	case 0x14: return reg.cc;
	case 0x1c: return reg.csts;
	case 0x28: return reg.asq;
	}
	violation("a register is read that is nobody's business");
	return 0;
}

static void mmio_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t offset = addr - FAKE_NVME_BASE;

	(void)opaque;
	if (width != 4 || offset & 3)
		violation("a register is written in part");
	if (fake_nvme.gone)
		return;
	if (offset >= DOORBELLS) {
		write_doorbell(offset - DOORBELLS, value);
		return;
	}
	if (offset >= 0x24 && offset < 0x38 && reg.cc & EN)
		violation("an address of the admin queue is changed while it is in use");
	switch (offset) {
	case 0x0c: fake_nvme.masked |= value; break;
	case 0x10: fake_nvme.masked &= ~value; break;
	case 0x14: write_cc(value); break;
	case 0x24: reg.aqa = value; break;
	case 0x28: reg.asq = value; break;
	case 0x2c: reg.asq_high = value; break;
	case 0x30: reg.acq = value; break;
	case 0x34: reg.acq_high = value; break;
	default:   violation("a register is written that is nobody's business");
	}
	update_interrupts();
}

/* The configuration space that the driver writes, by mechanism #1. */
static uint32_t config_address;

static void config_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	if (port == 0xcf8) {
		config_address = value;
		return;
	}
	if (config_address == (0x80000000u | FAKE_NVME_BDF << 8 | PCI_COMMAND))
		fake_nvme.command = (uint16_t)value;
	if (!(fake_nvme.command & PCI_COMMAND_MASTER))
		under_way_queue = QUEUES;
}

void fake_nvme_reset(void)
{
	memset(&fake_nvme, 0, sizeof(fake_nvme));
	memset(&fake_nvme_written, 0, sizeof(fake_nvme_written));
	memset(&reg, 0, sizeof(reg));
	off();
	fake_nvme.cap = FAKE_NVME_CAP;
	memset(fake_nvme.identify + 4, ' ', 60);
	memcpy(fake_nvme.identify + 24, "  Fake NVMe", 11);
	fake_nvme.identify[77] = 7;
	fake_nvme.identify[525] = 7;
	/* Addresses of the admin queue outlive a reset: here they are a guest's. */
	reg.aqa = 0x001f001f;
	reg.asq = 0x123000;
	reg.asq_high = 0xa;
	reg.acq = 0x456000;
	reg.acq_high = 0xb;
	fake_io_add(0xcf8, 0xcff, NULL, config_out, NULL);
	fake_mmio_add(FAKE_NVME_BASE, FAKE_NVME_BASE + BYTES - 1, mmio_read, mmio_write, NULL);
	fake_timer_tick = tick;
}

void fake_nvme_used(void)
{
	reg.cc = 0x00460001;
	reg.csts = RDY;
	pairs[0] = (struct pair){ .sq = 0x123000, .sq_size = 32, .cq = 0x456000, .cq_size = 32, .phase = 1 };
}

struct fake_nvme_space *fake_nvme_add(uint32_t nsid, uint64_t sectors, uint32_t sector_size)
{
	struct fake_nvme_space *s = &fake_nvme.space[fake_nvme.spaces++];

	*s = (struct fake_nvme_space){ .nsid = nsid, .sectors = sectors, .sector_size = sector_size };
	put_le64(s->identify, sectors);
	s->identify[25] = 7;
	s->identify[26] = 4;
	s->identify[128 + 4 * 4 + 2] = (uint8_t)__builtin_ctz(sector_size);
	return s;
}

void fake_nvme_fail(bool is_admin, enum fake_nvme_fault fault, uint32_t n, uint32_t times)
{
	fake_nvme.fault_admin = is_admin;
	fake_nvme.fault = fault;
	fake_nvme.fault_at = n;
	fake_nvme.fault_times = times;
}

struct pci_function fake_nvme_function(void)
{
	struct pci_function f = { .bdf = FAKE_NVME_BDF, .id = 0x00101b36, .class_revision = 0x01080202 };

	f.bar[0] = (struct pci_bar){ .size = BYTES, .base = FAKE_NVME_BASE, .kind = PCI_MEM, .reg = 0x10, .wide = true };
	return f;
}
