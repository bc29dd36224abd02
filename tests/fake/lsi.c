/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/lsi.c: see lsi.h.
 */
#include <stdio.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/io.h"
#include "fake/lsi.h"
#include "fake/ram.h"
#include "fake/scsi_bus.h"
#include "fake/timer.h"
#include "lib/bits.h"

enum { DATA_OUT, DATA_IN, COMMAND, STATUS, MSG_OUT = 6, MSG_IN };
#define MISMATCH	0x0080u
#define UNEXPECTED	0x0004u		/* the target is gone */
#define BUS_RESET	0x0002u
#define SELECTION	0x0400u
#define SIR		0x04u
#define ILLEGAL		0x01u
#define ABORTED		0x10u

struct fake_lsi fake_lsi;

/* The adapter. */
static uint8_t dstat, scntl1;
static uint16_t sist;
static uint32_t dsp, dbc;
static bool running, carry;
static uint8_t first_byte;

/* The bus. */
static bool connected;
static uint8_t phase, target, lun;
static uint8_t message[4];
static uint32_t messages;		/* bytes of message[] to come */
static struct fake_scsi_reply reply;
static uint32_t at, stop_at;		/* in the data; where the target stops giving some */
static enum fake_lsi_fault fault;
static bool away, leaves, waiting;	/* the target has left; it will behind its messages; WAIT RESELECT */
static uint32_t away_looks;

static void violation(const char *what)
{
	if (!fake_lsi.violations++)
		fake_lsi.violation = what;
	fprintf(stderr, "fake lsi: %s\n", what);
}

static uint8_t *dma(uint32_t addr, uint32_t len)
{
	if (!(fake_lsi.command & PCI_COMMAND_MASTER)) {
		violation("DMA while the bus master is off");
		return NULL;
	}
	if (addr >= fake_ram_size || len > fake_ram_size - addr) {
		violation("DMA beyond RAM");
		return NULL;
	}
	return fake_ram + addr;
}

static void say(uint8_t byte)
{
	message[messages++] = byte;
}

/* Where a target goes behind command, messages or data. */
static void next_phase(void)
{
	if (messages)
		phase = MSG_IN;
	else if (at < stop_at)
		phase = reply.out ? DATA_OUT : DATA_IN;
	else
		phase = STATUS;
}

static void do_command(uint32_t addr, uint32_t len)
{
	const uint8_t *cdb = dma(addr, len);

	if (!cdb)
		return;
	fake_scsi_command(target, lun, cdb, len, &reply);
	at = 0;
	fault = fake_lsi.fault_at && !--fake_lsi.fault_at ? fake_lsi.fault : LSI_FAULT_NONE;
	stop_at = reply.bytes;
	if (fault == LSI_FAULT_SHORT || fault == LSI_FAULT_TWICE)
		stop_at /= 2;
	if (fault == LSI_FAULT_NOTHING)
		stop_at = 0;
	if (fault == LSI_FAULT_MORE)
		stop_at += 100;
	if (fault == LSI_FAULT_PHASE)
		reply.out = !reply.out;
	if (fault == LSI_FAULT_STATUS)
		reply.status = 8;
	if (fault == LSI_FAULT_ERROR) {
		reply.status = 2;
		stop_at = 0;
	}
	leaves = cdb[0] == 0x28 || cdb[0] == 0x88 || reply.out || fault == LSI_FAULT_NO_END;
	if (leaves) {
		say(2);		/* SAVE POINTER */
		say(4);		/* DISCONNECT */
	}
	next_phase();
}

static void reselect(void)
{
	away = false;
	connected = true;
	if (fault == LSI_FAULT_ERROR) {
		phase = STATUS;
		if (waiting)
			sist |= MISMATCH;
		if (!fake_lsi.old)
			running = false;
		waiting = false;
		return;
	}
	waiting = false;
	say(0x80);
	next_phase();
}

static void end_of_data(void)
{
	if (fault == LSI_FAULT_TWICE && stop_at < reply.bytes) {
		stop_at = reply.bytes;
		say(4);
		leaves = true;
		away_looks = 0;
	}
	next_phase();
}

static void move(uint32_t insn, uint32_t addr)
{
	uint32_t len = insn & 0xffffff, n = len;
	uint8_t *p;

	dbc = len;
	if (!len)
		violation("a move of no bytes");
	if ((insn >> 24 & 7) != phase) {
		sist |= MISMATCH;
		running = false;
		return;
	}
	switch (phase) {
	case MSG_OUT:
		p = dma(addr, 1);
		if (len != 1 || !p || (*p & 0xf8) != 0x80)
			violation("no IDENTIFY");
		lun = p ? *p & 7 : 0;
		phase = COMMAND;
		dbc = 0;
		return;
	case COMMAND:
		do_command(addr, len);
		dbc = 0;
		return;
	case STATUS:
		p = dma(addr, 1);
		if (p)
			*p = reply.status;
		say(fault == LSI_FAULT_MESSAGE ? 7 : 0);
		leaves = true;
		phase = MSG_IN;
		dbc = 0;
		return;
	case MSG_IN:
		p = dma(addr, 1);
		first_byte = message[0];
		if (p)
			*p = first_byte;
		memmove(message, message + 1, --messages);
		dbc = 0;
		if (messages)
			return;
		if (leaves) {
			connected = leaves = false;
			away = first_byte == 4;
			away_looks = fake_lsi.looks;
		} else {
			next_phase();
		}
		return;
	default:
		n = min_u32(len, stop_at - at);
		if (fault == LSI_FAULT_LOST) {
			sist |= UNEXPECTED;
			running = connected = false;
			return;
		}
		p = dma(addr, n);
		if (p && phase == DATA_IN)
			memcpy(p, reply.data + at, n);
		if (p && phase == DATA_OUT) {
			memcpy(fake_scsi_written.data + at, p, n);
			fake_scsi_written.bytes = at + n;
		}
		at += n;
		dbc -= n;
		if (at == stop_at)
			end_of_data();
		if (dbc) {
			sist |= MISMATCH;
			running = fake_lsi.old && phase == STATUS;
		}
	}
}

static void io(uint32_t insn, uint32_t addr)
{
	switch (insn >> 27 & 7) {
	case 0:
		target = insn >> 16 & 15;
		if (connected)
			violation("a selection on a bus that is not free");
		messages = 0;
		away = waiting = false;
		if (target >= 7 || !fake_scsi_answers(target)) {
			sist |= SELECTION;
			running = false;
			return;
		}
		connected = true;
		phase = MSG_OUT;
		return;
	case 1:
		if (connected)
			violation("WAIT DISCONNECT while the target is there");
		return;
	case 2:
		(void)addr;
		waiting = true;
		if (!away)
			violation("WAIT RESELECT, and nobody comes");
		else if (!away_looks && fault != LSI_FAULT_NO_END)
			reselect();
		return;
	case 3:
		carry |= insn >> 10 & 1;
		return;
	case 4:
		carry &= !(insn >> 10 & 1);
		return;
	default:
		violation("an instruction that is nobody's business");
		running = false;
	}
}

static void control(uint32_t insn, uint32_t addr)
{
	bool wanted = insn >> 19 & 1, is = wanted;

	if (!(insn & 0x002e0000))
		return;
	if (is == wanted && insn & 1 << 21)
		is = carry;
	if (is == wanted && insn & 1 << 17)
		is = phase == (insn >> 24 & 7);
	if (is == wanted && insn & 1 << 18)
		is = first_byte == (insn & 0xff);
	if (is != wanted)
		return;
	switch (insn >> 27 & 7) {
	case 0:
		dsp = addr;
		return;
	case 3:
		running = false;
		dstat |= fault == LSI_FAULT_NO_STOP ? 0 : SIR;
		return;
	default:
		violation("a jump that is nobody's business");
		running = false;
	}
}

static void run(void)
{
	running = true;
	for (uint32_t n = 0; running && !waiting; n++) {
		uint32_t insn[2];

		if (n > 1000 || !fake_alloc_owns(dsp, 8)) {
			violation(n > 1000 ? "a program without an end" : "a program that is not in memory");
			running = false;
			return;
		}
		if (!dma(dsp, 8)) {
			running = false;
			return;
		}
		memcpy(insn, fake_ram + dsp, 8);
		dsp += 8;
		if (fault == LSI_FAULT_ILLEGAL && phase == STATUS) {
			dstat |= ILLEGAL;
			running = false;
			return;
		}
		switch (insn[0] >> 30) {
		case 0: move(insn[0], insn[1]); break;
		case 1: io(insn[0], insn[1]); break;
		case 2: control(insn[0], insn[1]); break;
		default:
			if (insn[0] != 0xe0240004)
				violation("a store that is nobody's business");
			else if (dma(insn[1], 4))
				memcpy(fake_ram + insn[1], (uint32_t[]){ dbc | 0xe0u << 24 }, 4);
		}
	}
}

static void tick(void)
{
	if (!away || fault == LSI_FAULT_NO_END || !waiting || (away_looks && --away_looks))
		return;
	reselect();
	if (running)
		run();
}

void fake_lsi_late(void)
{
	if (!away || !waiting || !running)
		return;
	fault = LSI_FAULT_NONE;
	fake_lsi.late++;
	reselect();
	run();
}

static uint32_t mmio_read(void *opaque, uint32_t addr, unsigned int width)
{
	uint32_t value;

	(void)opaque;
	if (fake_lsi.gone)
		return ~0u;
	switch (addr - FAKE_LSI_BASE) {
	case 0x0c:
		value = dstat | 0x80;
		dstat = 0;
		break;
	case 0x14:
		value = (connected ? 8 : 0) | (sist ? 2 : 0) | (dstat ? 1 : 0);
		break;
	case 0x15:
		return running ? 2 : 0;
	case 0x2c:
		return dsp;
	case 0x42:
		value = sist;
		sist = 0;
		if (width != 2)
			violation("half of SIST");
		break;
	default:
		violation("a register that is nobody's business is read");
		value = 0;
	}
	return value;
}

static void mmio_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	switch (addr - FAKE_LSI_BASE) {
	case 0x01:
		if (value & 8 && !(scntl1 & 8) && !fake_lsi.no_reset) {
			connected = away = running = waiting = false;
			messages = 0;
			fault = LSI_FAULT_NONE;
			sist |= BUS_RESET;
			fake_lsi.resets++;
			for (uint32_t i = 0; i < FAKE_SCSI_IDS * FAKE_SCSI_IDS; i++)
				memcpy(fake_scsi_unit[i / FAKE_SCSI_IDS][i % FAKE_SCSI_IDS].sense, (uint8_t[]){ 6, 0x29, 0 }, 3);
		}
		scntl1 = (uint8_t)value;
		break;
	case 0x14:
		if (value & 0x80) {
			running = false;
			dstat |= ABORTED;
		}
		break;
	case 0x2c:
		dsp = value;
		fake_lsi.starts++;
		if (running)
			break;
		if (sist || dstat)
			violation("a start while an interrupt is pending");
		waiting = false;
		run();
		break;
	default:
		violation("a register that is nobody's business is written");
	}
}

/* The configuration space that the driver writes, by mechanism #1. */
static uint32_t config_address;

static void config_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	if (port == 0xcf8)
		config_address = value;
	else if (config_address == (0x80000000u | FAKE_LSI_BDF << 8 | PCI_COMMAND))
		fake_lsi.command = (uint16_t)value;
}

void fake_lsi_reset(void)
{
	memset(&fake_lsi, 0, sizeof(fake_lsi));
	dstat = scntl1 = 0;
	sist = 0;
	running = carry = connected = away = leaves = waiting = false;
	messages = at = stop_at = 0;
	fault = LSI_FAULT_NONE;
	fake_io_add(0xcf8, 0xcff, NULL, config_out, NULL);
	fake_mmio_add(FAKE_LSI_BASE, FAKE_LSI_BASE + 0x3ff, mmio_read, mmio_write, NULL);
	fake_timer_tick = tick;
}

void fake_lsi_fail(enum fake_lsi_fault f, uint32_t n)
{
	fake_lsi.fault = f;
	fake_lsi.fault_at = n;
}

uint32_t fake_lsi_pending(void)
{
	return dstat | (uint32_t)sist << 8;
}

struct pci_function fake_lsi_function(void)
{
	struct pci_function f = { .bdf = FAKE_LSI_BDF, .id = 0x00121000, .class_revision = 0x01000000 };

	f.bar[0] = (struct pci_bar){ .size = 256, .base = 0xc000, .kind = PCI_IO, .reg = 0x10 };
	f.bar[1] = (struct pci_bar){ .size = 0x400, .base = FAKE_LSI_BASE, .kind = PCI_MEM, .reg = 0x14 };
	return f;
}
