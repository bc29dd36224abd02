/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/sdhci.c: see sdhci.h.
 */
#include <stdio.h>
#include <string.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/sdhci.h"
#include "fake/timer.h"

#define BYTES		0x1000u
#define SECTOR		512u
#define BOUNDARY	0x80000u

#define COMMAND_DONE	(1u << 0)
#define TRANSFER_DONE	(1u << 1)
#define STOPPED		(1u << 3)
#define WANTS_BLOCK	(1u << 4)
#define HAS_BLOCK	(1u << 5)
#define REMOVED		(1u << 7)
#define ERROR		(1u << 15)
#define ERROR_RESPONSE	(1u << 16)
#define ERROR_CRC	(1u << 17)
#define ERROR_DATA	(1u << 20)

enum state { IDLE, READY, IDENTIFICATION, STANDBY, TRANSFER };

struct slot {
	uint32_t dma, block, argument, mode, response[4], host, clock, status, enable, signal;
	enum state state;
	bool acmd, running, write, hung, stops, blocked, ending;
	uint32_t rounds, late_at, late_bytes, rca;
	/* Of the data command that runs. */
	uint64_t lba;
	uint32_t left, offset;		/* blocks; bytes of the one in the buffer */
	uint8_t buffer[SECTOR];
	/* What comes once looks have gone by. */
	uint32_t wait, later;
};

struct fake_sdhci fake_sdhci;
struct fake_sdhci_written fake_sdhci_written;
static struct slot slots[FAKE_SDHCI_SLOTS];
static uint32_t config_address;

static void violation(const char *what)
{
	if (!fake_sdhci.violations++)
		fake_sdhci.violation = what;
	fprintf(stderr, "fake sdhci: %s\n", what);
}

uint8_t fake_sdhci_byte(uint32_t slot, uint64_t lba, uint32_t offset)
{
	uint64_t x = (lba * 0x9e3779b97f4a7c15ull) ^ (offset * 0x85ebca6bu) ^ slot;

	return (uint8_t)(x ^ x >> 23 ^ x >> 47);
}

static struct fake_sd_card *card_of(const struct slot *s)
{
	return &fake_sdhci.card[s - slots];
}

static uint8_t *dma(uint32_t addr, uint32_t len)
{
	uint8_t *p = fake_dma_target(addr, len);

	if (!p)
		violation("DMA outside of RAM");
	return fake_sdhci.command & PCI_COMMAND_MASTER ? p : NULL;
}

/* The card's clock, 0: it has none. */
static uint32_t khz(const struct slot *s)
{
	uint32_t half = (s->clock >> 8 & 0xff) | (s->clock >> 6 & 3) << 8, base = fake_sdhci.capabilities >> 8 & 0xff;

	if ((s->clock & 7) != 7)
		return 0;
	return (base ? base : 255) * 1000 / (half ? 2 * half : 1);
}

static void tell(struct slot *s, uint32_t bits)
{
	if (fake_sdhci.looks) {
		s->wait = fake_sdhci.looks;
		s->later |= bits;
	} else {
		s->status |= bits & (s->enable | ERROR);
	}
}

static void tick(void)
{
	for (struct slot *s = slots; s < slots + FAKE_SDHCI_SLOTS; s++) {
		if (!s->wait || --s->wait)
			continue;
		s->status |= s->later & (s->enable | ERROR);
		s->later = 0;
	}
}

/* In any state. */
static void respond(struct slot *s, uint32_t value)
{
	memset(s->response, 0, sizeof(s->response));
	s->response[0] = value;
	tell(s, COMMAND_DONE);
}

static void end(struct slot *s)
{
	s->running = false;
	if (!(s->mode & 4))
		violation("nothing stops the card");
	s->response[3] = card_of(s)->fault == FAULT_PROTECTED && s->hung ? 0x04000900 :
			 card_of(s)->fault == FAULT_ECC && s->hung ? 0x00200900 : 0x900;
	s->hung = false;
	tell(s, TRANSFER_DONE);
}

static void fill(struct slot *s)
{
	for (uint32_t i = 0; i < SECTOR; i++)
		s->buffer[i] = fake_sdhci_byte((uint32_t)(s - slots), s->lba, i);
	s->offset = 0;
}

static void take(const uint8_t *from)
{
	uint32_t at = fake_sdhci_written.bytes;

	if (at + SECTOR <= sizeof(fake_sdhci_written.data))
		memcpy(fake_sdhci_written.data + at, from, SECTOR);
	fake_sdhci_written.bytes += SECTOR;
}

/* A block over, by DMA. */
static void move(struct slot *s)
{
	uint8_t *p = dma(s->dma, SECTOR);

	fill(s);
	if (p && s->write)
		take(p);
	else if (p)
		memcpy(p, s->buffer, SECTOR);
	s->dma += SECTOR;
	s->lba++;
	s->left--;
}

/* Up to the boundary, which may be within a block: the model lets such a block come behind it as a whole. */
static void run(struct slot *s)
{
	while (s->left) {
		uint32_t was = s->dma;

		move(s);
		if (!s->left && fake_sdhci.stops_at_end && s->dma % BOUNDARY == 0) {
			s->ending = true;
			tell(s, STOPPED);
			return;
		}
		if (s->left && was / BOUNDARY != s->dma / BOUNDARY) {
			fake_sdhci.boundaries++;
			tell(s, STOPPED);
			return;
		}
	}
	end(s);
}

static void fail(struct slot *s, uint32_t error)
{
	s->blocked = true;
	tell(s, ERROR | error);
}

/* How many bytes of memory a data command reaches. */
static void start_data(struct slot *s, enum fake_sd_fault fault)
{
	struct fake_sd_card *c = card_of(s);
	uint32_t count = s->block >> 16;

	c->data_commands++;
	c->last_blocks = count;
	c->last_argument = s->argument;
	c->last_dma = s->mode & 1;
	s->write = !(s->mode & 0x10);
	s->lba = c->blocks ? s->argument : s->argument / SECTOR;
	s->left = count;
	s->running = true;
	if ((s->block & 0xfff) != SECTOR || !count || (s->mode & 0x22) != 0x22)
		violation("a data command of other blocks, or without their number");
	if (!c->blocks && s->argument % SECTOR)
		violation("an address within a sector");
	if (s->mode & 1 && !(fake_sdhci.capabilities & 1 << 22))
		violation("DMA of a controller without");
	if (s->lba + count > c->sectors)
		violation("beyond the end of the card");
	if (s->write)
		fake_sdhci_written = (struct fake_sdhci_written){ .slot = (uint32_t)(s - slots), .lba = s->lba };
	s->response[0] = 0x900;
	s->hung = fault == FAULT_PROTECTED || fault == FAULT_ECC;
	if (fault == FAULT_LATE) {
		s->late_at = s->dma;
		s->late_bytes = count * SECTOR;
		return;
	}
	if (fault == FAULT_BOUNDARY) {
		s->stops = true;
		return;
	}
	if (fault == FAULT_DATA) {
		for (uint32_t i = 0; s->mode & 1 && i < count / 2; i++)
			move(s);
		fail(s, ERROR_DATA);
		return;
	}
	tell(s, COMMAND_DONE);
	if (s->mode & 1) {
		run(s);
	} else if (s->write) {
		s->offset = 0;
		tell(s, WANTS_BLOCK);
	} else {
		fill(s);
		tell(s, HAS_BLOCK);
	}
}

static void need(struct slot *s, enum state state)
{
	if (s->state != state)
		violation("a command in a state that does not take it");
}

/* The card does what it is told. Returns false: it says nothing. */
static bool obey(struct slot *s, uint32_t number, enum fake_sd_fault fault)
{
	struct fake_sd_card *c = card_of(s);
	bool acmd = s->acmd;

	s->acmd = false;
	switch (number) {
	case 0:
		s->state = IDLE;
		s->rounds = 0;
		tell(s, COMMAND_DONE);
		return true;
	case 2:
		need(s, READY);
		s->state = IDENTIFICATION;
		respond(s, 0);
		return true;
	case 3:
		need(s, IDENTIFICATION);
		s->state = STANDBY;
		s->rca = 0x4567 + (uint32_t)(s - slots);
		respond(s, s->rca << 16 | 0x500);
		return true;
	case 7:
		need(s, STANDBY);
		if (s->argument != s->rca << 16)
			return false;
		s->state = TRANSFER;
		respond(s, 0x700);
		return true;
	case 8:
		need(s, IDLE);
		if (c->version_1 || c->mmc)
			return false;
		respond(s, c->if_cond ? c->if_cond : s->argument);
		return true;
	case 9:
		need(s, STANDBY);
		if (s->argument != s->rca << 16)
			return false;
		respond(s, 0);
		memcpy(s->response, c->csd, sizeof(s->response));
		return true;
	case 16:
		need(s, TRANSFER);
		if (s->argument != SECTOR)
			violation("another length of blocks");
		respond(s, 0x900);
		return true;
	case 18:
	case 25:
		need(s, TRANSFER);
		if ((number == 25) != !(s->mode & 0x10))
			violation("the direction of the command is not that of the transfer");
		start_data(s, fault);
		return true;
	case 41:
		if (!acmd)
			violation("ACMD41 without CMD55");
		need(s, IDLE);
		if (!(s->argument & 0x00ff8000))
			violation("ACMD41 without a voltage");
		if (c->ready_after == UINT32_MAX || s->rounds++ < c->ready_after) {
			respond(s, 0x00ff8000);
			return true;
		}
		if (c->blocks && !(s->argument & 1 << 30)) {	/* waits for a host that knows */
			respond(s, 0x00ff8000);
			return true;
		}
		s->state = READY;
		respond(s, 0x80ff8000 | (c->blocks ? 1u << 30 : 0));
		return true;
	case 55:
		if (c->mmc)
			return false;
		s->acmd = true;
		respond(s, 0x120);
		return true;
	default:
		violation("a command that is nobody's business");
		return false;
	}
}

static void send(struct slot *s, uint32_t command)
{
	struct fake_sd_card *c = card_of(s);
	uint32_t number = command >> 8 & 0x3f, rate = khz(s);
	enum fake_sd_fault fault = FAULT_NONE;

	if (s->status & ~REMOVED)
		violation("a command before the status of the last one is clear");
	if (s->running)
		violation("a command while another runs");
	if (s->blocked)
		violation("a command behind one that failed, and the line was not reset");
	if (!c->present || !(s->host >> 8 & 1) || !rate)
		return;
	if (rate > (s->state < STANDBY ? 400u : 25000u))
		violation("the clock is too fast");
	c->commands++;
	if (c->fault_times && !--c->fault_at) {
		fault = c->fault;
		c->fault_at = 1;
		c->fault_times--;
	}
	if (fault == FAULT_REMOVED) {
		c->present = false;
		s->host = s->clock = 0;
		tell(s, REMOVED);
		return;
	}
	if (fault == FAULT_NO_END || (fault == FAULT_LATE && number != 18 && number != 25))
		return;
	if (fault == FAULT_NO_RESPONSE || fake_timer_delayed_us < c->settle_us) {
		if (number)
			fail(s, ERROR_RESPONSE);
		else
			tell(s, COMMAND_DONE);
		return;
	}
	if (fault == FAULT_CRC) {
		fail(s, ERROR_CRC);
		return;
	}
	if (!obey(s, number, fault))
		fail(s, ERROR_RESPONSE | COMMAND_DONE);
}

static uint32_t read_buffer(struct slot *s)
{
	uint32_t value;

	if (!s->running || s->write || s->offset == SECTOR || !s->left) {
		violation("the buffer is read and has nothing");
		return 0;
	}
	memcpy(&value, s->buffer + s->offset, 4);
	s->offset += 4;
	if (s->offset == SECTOR) {
		s->lba++;
		if (--s->left) {
			fill(s);
			tell(s, HAS_BLOCK);
		} else {
			end(s);
		}
	}
	return value;
}

static void write_buffer(struct slot *s, uint32_t value)
{
	if (!s->running || !s->write || !s->left) {
		violation("the buffer is written and wants nothing");
		return;
	}
	memcpy(s->buffer + s->offset, &value, 4);
	s->offset += 4;
	if (s->offset == SECTOR) {
		take(s->buffer);
		s->offset = 0;
		if (--s->left)
			tell(s, WANTS_BLOCK);
		else
			end(s);
	}
}

static uint32_t present(const struct slot *s)
{
	const struct fake_sd_card *c = card_of(s);

	return (c->present ? 7u << 16 : 0) | (c->lock_switch ? 0 : 1u << 19) | (s->running ? 6 : 0);
}

static uint32_t mmio_read(void *opaque, uint32_t addr, unsigned int width)
{
	struct slot *s = &slots[(addr - FAKE_SDHCI_BASE) / BYTES];
	uint32_t reg = addr % BYTES;

	(void)opaque;
	if (width != (reg == 0x2f ? 1 : 4) || (width == 4 && reg & 3))
		violation("a register is read in part");
	if (fake_sdhci.gone)
		return width == 1 ? 0xff : 0xffffffff;
	switch (reg) {
	case 0x10: case 0x14: case 0x18: case 0x1c:
		return s->response[(reg - 0x10) / 4];
	case 0x20: return read_buffer(s);
	case 0x24: return present(s);
	case 0x2c: return s->clock;
	case 0x2f: return fake_sdhci.reset_sticks;
	case 0x30:
		s->status |= s->stops ? STOPPED : 0;
		return s->status;
	case 0x40: return fake_sdhci.capabilities;
	default:
		violation("a register that is nobody's business is read");
		return 0;
	}
}

static void reset_slot(struct slot *s, uint8_t what)
{
	if (what == 1) {
		uint32_t bytes = s->late_bytes;

		*s = (struct slot){ .late_bytes = fake_sdhci.reset_sticks ? bytes : 0, .late_at = s->late_at };
		card_of(s)->starts++;
	} else if (what == 6) {
		s->running = s->blocked = false;
		s->later = 0;
		s->status &= ~(COMMAND_DONE | TRANSFER_DONE | STOPPED | WANTS_BLOCK | HAS_BLOCK);
	} else {
		violation("another reset");
	}
}

static void write_clock(struct slot *s, uint32_t value)
{
	if (value >> 24)
		violation("a reset beside the clock");
	if (s->clock & 4 && value)
		violation("the card's clock is changed while it runs");
	if (s->clock & 1 && value && (s->clock ^ value) & 0xffc0)
		violation("a clock is changed while it runs");
	if (value & 4 && !(s->clock & 2))
		violation("a clock that is not stable");
	s->clock = (value & ~2u) | (value & 1 && !fake_sdhci.no_clock ? 2 : 0);
	if (s->clock & 4 && (value & 0xf0000) != 0xe0000)
		violation("no time for the card's data");
}

static void mmio_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	struct slot *s = &slots[(addr - FAKE_SDHCI_BASE) / BYTES];
	uint32_t reg = addr % BYTES;

	(void)opaque;
	if (width != (reg == 0x2f ? 1 : 4) || (width == 4 && reg & 3))
		violation("a register is written in part");
	if (fake_sdhci.gone)
		return;
	switch (reg) {
	case 0x00:
		s->dma = value;
		if (s->running)
			run(s);
		break;
	case 0x04: s->block = value; break;
	case 0x08: s->argument = value; break;
	case 0x0c:
		s->mode = value & 0xffff;
		send(s, value >> 16);
		break;
	case 0x20: write_buffer(s, value); break;
	case 0x28:
		if (value & ~0xff00u || (value >> 8 != 0x0f && value >> 8 != 0x0d) ||
		    !(fake_sdhci.capabilities & (value >> 8 == 0x0f ? 1 << 24 : 1 << 25)))
			violation("power that it does not have, or more than that");
		s->host = value;
		break;
	case 0x2c: write_clock(s, value); break;
	case 0x2f: reset_slot(s, (uint8_t)value); break;
	case 0x30:
		s->status &= ~value;
		if (value & STOPPED && s->ending) {
			s->ending = false;
			end(s);
		}
		if (!(s->status >> 16))
			s->status &= ~ERROR;
		break;
	case 0x34: s->enable = value; break;
	case 0x38:
		if (value)
			violation("interrupts are switched on");
		s->signal = value;
		break;
	default:
		violation("a register that is nobody's business is written");
	}
}

static uint32_t config_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	(void)port;
	(void)width;
	return config_address == (0x80000000u | FAKE_SDHCI_BDF << 8 | 0x40) ? fake_sdhci.slots : 0;
}

static void config_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	if (port == 0xcf8)
		config_address = value;
	else if (config_address == (0x80000000u | FAKE_SDHCI_BDF << 8 | PCI_COMMAND))
		fake_sdhci.command = (uint16_t)value;
	if (!(fake_sdhci.command & PCI_COMMAND_MASTER))
		for (uint32_t i = 0; i < FAKE_SDHCI_SLOTS; i++)
			slots[i].late_bytes = 0;
}

void fake_sdhci_reset(void)
{
	memset(&fake_sdhci, 0, sizeof(fake_sdhci));
	memset(&fake_sdhci_written, 0, sizeof(fake_sdhci_written));
	memset(slots, 0, sizeof(slots));
	fake_sdhci.capabilities = 0x057834b4;	/* QEMU's: 52 MHz, 3.3 V, SDMA */
	fake_io_add(0xcf8, 0xcff, config_in, config_out, NULL);
	fake_mmio_add(FAKE_SDHCI_BASE, FAKE_SDHCI_BASE + FAKE_SDHCI_SLOTS * BYTES - 1, mmio_read, mmio_write, NULL);
	fake_timer_tick = tick;
}

static void put(uint32_t csd[4], uint32_t bit, uint32_t len, uint32_t value)
{
	for (uint32_t i = 0; i < len; i++, bit++)
		csd[(bit - 8) / 32] |= (value >> i & 1) << (bit - 8) % 32;
}

struct fake_sd_card *fake_sdhci_insert(uint32_t slot, uint64_t sectors)
{
	struct fake_sd_card *c = &fake_sdhci.card[slot];

	*c = (struct fake_sd_card){ .present = true, .sectors = sectors, .blocks = sectors > 0x400000 };
	put(c->csd, 84, 12, 0x5b5);
	if (c->blocks) {
		put(c->csd, 126, 2, 1);
		put(c->csd, 80, 4, 9);
		put(c->csd, 48, 22, (uint32_t)(sectors / 1024 - 1));
	} else {
		uint32_t shift = 2;	/* of C_SIZE_MULT, then of READ_BL_LEN */

		while (sectors >> shift > 4096)
			shift++;
		put(c->csd, 80, 4, shift > 9 ? shift : 9);
		put(c->csd, 47, 3, (shift > 9 ? 9 : shift) - 2);
		put(c->csd, 62, 12, (uint32_t)(sectors >> shift) - 1);
	}
	return c;
}

void fake_sdhci_fail(uint32_t slot, enum fake_sd_fault fault, uint32_t n, uint32_t times)
{
	fake_sdhci.card[slot].fault = fault;
	fake_sdhci.card[slot].fault_at = n;
	fake_sdhci.card[slot].fault_times = times;
}

uint32_t fake_sdhci_late(void)
{
	uint32_t n = 0;

	for (struct slot *s = slots; s < slots + FAKE_SDHCI_SLOTS; s++) {
		uint8_t *p = s->late_bytes ? dma(s->late_at, s->late_bytes) : NULL;

		if (!p)
			continue;
		memset(p, 0xdd, s->late_bytes);
		n++;
	}
	return n;
}

uint32_t fake_sdhci_signalled(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < FAKE_SDHCI_SLOTS; i++)
		n += (slots[i].status & slots[i].signal) != 0;
	return n;
}

struct pci_function fake_sdhci_function(void)
{
	struct pci_function f = { .bdf = FAKE_SDHCI_BDF, .id = 0x00071b36, .class_revision = 0x08050100 };

	for (uint32_t i = 0; i < FAKE_SDHCI_SLOTS; i++)
		f.bar[i] = (struct pci_bar){ .size = 0x100, .base = FAKE_SDHCI_BASE + i * BYTES, .kind = PCI_MEM,
					     .reg = (uint8_t)(0x10 + 4 * i) };
	return f;
}
