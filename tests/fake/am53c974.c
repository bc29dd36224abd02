/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/am53c974.c: see am53c974.h.
 */
#include <stdio.h>
#include <string.h>
#include "fake/am53c974.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/scsi_bus.h"
#include "lib/bits.h"

enum { DATA_OUT, DATA_IN, COMMAND, STATUS, MSG_OUT = 6, MSG_IN };
#define DONE		0x08u
#define SERVICE		0x10u
#define GONE		0x20u
#define RESET		0x80u
#define INTX_OFF	0x0400u

struct fake_am fake_am;

static uint32_t dma[8];		/* the engine's registers */
static uint8_t low, middle, destination, interrupt, phase, fifo[2];
static uint8_t last;		/* command */
static uint32_t in_fifo;
static bool pending, dma_on, selected, in_reset;
static uint8_t target, lun;
static uint32_t looks;		/* until the interrupt */
static struct fake_scsi_reply reply;
static uint32_t at, stop_at;
static enum fake_am_fault fault;
static bool late;

static void violation(const char *what)
{
	if (!fake_am.violations++)
		fake_am.violation = what;
	fprintf(stderr, "fake am53c974: %s\n", what);
}

/* The engine brings len bytes, as far as its own count goes. Returns where they are, NULL: nowhere. */
static uint8_t *engine(uint32_t len, bool to_memory, uint32_t *brought)
{
	uint32_t n = min_u32(len, dma[3]), addr = dma[4];

	*brought = 0;
	if (!(fake_am.command & PCI_COMMAND_MASTER) || !dma_on) {
		violation("DMA while bus master or engine is off");
		return NULL;
	}
	if (to_memory != !!(dma[0] & 0x80)) {
		violation("DMA in the other direction");
		return NULL;
	}
	if (addr >= fake_ram_size || n > fake_ram_size - addr) {
		violation("DMA beyond RAM");
		return NULL;
	}
	dma[3] -= n;
	dma[4] += n;
	*brought = n;
	return fake_ram + addr;
}

static void interrupt_of(uint32_t bits, enum fake_am_fault never)
{
	interrupt |= (uint8_t)bits;
	if (fault == never && never != AM_FAULT_NONE)
		return;
	pending = true;
	looks = fake_am.looks;
	if (!(fake_am.command & INTX_OFF))
		violation("an interrupt reaches the processor");
}

static void next_phase(void)
{
	phase = at < stop_at ? reply.out ? DATA_OUT : DATA_IN : STATUS;
}

static uint32_t count(void)
{
	uint32_t n = low | (uint32_t)middle << 8;

	return n ? n : 0x10000;
}

static void do_select(void)
{
	uint32_t len = count(), brought;
	uint8_t *p;

	if (selected)
		violation("a selection on a bus that is not free");
	target = destination & 7;
	if (target == 7 || !fake_scsi_answers(target)) {
		phase = 0;
		interrupt_of(GONE, AM_FAULT_NONE);
		return;
	}
	p = engine(len, false, &brought);
	if (!p || brought != len || (p[0] & 0xf8) != 0x80) {
		violation("no IDENTIFY");
		return;
	}
	lun = p[0] & 7;
	selected = true;
	fake_scsi_command(target, lun, p + 1, len - 1, &reply);
	fault = fake_am.fault_at && !--fake_am.fault_at ? fake_am.fault : AM_FAULT_NONE;
	at = 0;
	stop_at = reply.bytes;
	if (fault == AM_FAULT_SHORT)
		stop_at /= 2;
	if (fault == AM_FAULT_MORE)
		stop_at += 100;
	if (fault == AM_FAULT_PHASE)
		reply.out = !reply.out;
	if (fault == AM_FAULT_STATUS)
		reply.status = 8;
	next_phase();
	interrupt_of(SERVICE | DONE, AM_FAULT_NO_SELECT);
}

static void do_data(void)
{
	uint32_t n = min_u32(count(), stop_at - at), brought;
	uint8_t *p;

	if (!selected || (phase != DATA_IN && phase != DATA_OUT)) {
		violation("data in another phase");
		return;
	}
	if (fault == AM_FAULT_NO_DATA) {
		late = true;
		return;
	}
	p = engine(n, phase == DATA_IN, &brought);
	if (p && phase == DATA_IN)
		memcpy(p, reply.data + at, brought);
	if (p && phase == DATA_OUT) {
		memcpy(fake_scsi_written.data + at, p, brought);
		fake_scsi_written.bytes = at + brought;
	}
	if (brought != n)
		violation("the engine ends before the device");
	if (fault == AM_FAULT_LEFT)
		dma[3] = 0xfffffff0;
	at += n;
	next_phase();
	interrupt_of(SERVICE, AM_FAULT_NONE);
}

static void do_command(uint8_t command)
{
	last = command;
	if (in_reset && command) {
		violation("a command while the chip is in its reset");
		return;
	}
	if (pending && command && command != 2)
		violation("a command while an interrupt is pending");
	switch (command) {
	case 0x00:
		in_reset = false;
		return;
	case 0x02:
		in_reset = true;
		pending = dma_on = false;
		interrupt = low = middle = 0;
		fake_am.chip_resets++;
		return;
	case 0x03:
		selected = late = false;
		fake_am.resets++;
		fault = AM_FAULT_NONE;
		for (uint32_t i = 0; i < FAKE_SCSI_IDS * FAKE_SCSI_IDS; i++)
			memcpy(fake_scsi_unit[i / FAKE_SCSI_IDS][i % FAKE_SCSI_IDS].sense, (uint8_t[]){ 6, 0x29, 0 }, 3);
		if (!fake_am.no_reset)
			interrupt_of(RESET, AM_FAULT_NONE);
		return;
	case 0xc2:
		do_select();
		return;
	case 0x90:
		do_data();
		return;
	case 0x11:
		if (!selected || phase != STATUS)
			violation("status in another phase");
		fifo[0] = reply.status;
		fifo[1] = fault == AM_FAULT_MESSAGE ? 7 : 0;
		in_fifo = 2;
		phase = MSG_IN;
		interrupt_of(DONE, AM_FAULT_NO_STATUS);
		return;
	case 0x12:
		if (!selected || phase != MSG_IN || in_fifo)
			violation("a message that was not read");
		selected = false;
		interrupt_of(fault == AM_FAULT_STAYS ? SERVICE : GONE, AM_FAULT_NO_ACCEPT);
		return;
	default:
		violation("a command that is nobody's business");
	}
}

void fake_am_late(void)
{
	uint32_t brought;
	uint8_t *p = late ? engine(stop_at, true, &brought) : NULL;

	if (p)
		memset(p, 0xee, brought);
	late = false;
	pending = true;
}

static void port_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	uint32_t reg = port - FAKE_AM_IO;

	(void)opaque;
	if (fake_am.gone)
		return;
	if (width != 4 || reg & 3)
		violation("a part of a register");
	switch (reg) {
	case 0x00: low = (uint8_t)value; break;
	case 0x04: middle = (uint8_t)value; break;
	case 0x0c: do_command((uint8_t)value); break;
	case 0x10: destination = (uint8_t)value; break;
	case 0x20:
		if (value != 7)
			violation("another id of the adapter's");
		break;
	case 0x40:
		dma[0] = value;
		dma_on = (value & 3) == 3;
		if (dma_on) {
			dma[3] = dma[1];
			dma[4] = dma[2];
		}
		break;
	case 0x44: case 0x48: dma[(reg - 0x40) / 4] = value; break;
	default:   violation("a register that is nobody's business is written");
	}
}

static uint32_t port_in(void *opaque, uint16_t port, unsigned int width)
{
	uint32_t reg = port - FAKE_AM_IO, value;

	(void)opaque;
	if (width != 4 || reg & 3)
		violation("a part of a register");
	if (fake_am.gone)
		return ~0u;
	switch (reg) {
	case 0x08:
		if (!in_fifo)
			violation("an empty FIFO is read");
		value = in_fifo ? fifo[2 - in_fifo] : 0;
		in_fifo -= in_fifo != 0;
		return value;
	case 0x0c:
		return last;
	case 0x10:
		if (pending && looks) {
			looks--;
			return phase;
		}
		return phase | (pending ? 0x80 : 0);
	case 0x14:
		value = interrupt;
		if (!pending)
			violation("the interrupt is taken before it is there");
		interrupt = 0;
		pending = false;
		return value;
	case 0x4c:
		return dma[3];
	default:
		violation("a register that is nobody's business is read");
		return 0;
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
	else if (config_address == (0x80000000u | FAKE_AM_BDF << 8 | PCI_COMMAND))
		fake_am.command = (uint16_t)value;
	if (pending && !(fake_am.command & INTX_OFF))
		violation("an interrupt reaches the processor");
}

void fake_am_reset(void)
{
	memset(&fake_am, 0, sizeof(fake_am));
	memset(dma, 0, sizeof(dma));
	low = middle = destination = interrupt = phase = 0;
	in_fifo = looks = at = stop_at = 0;
	pending = dma_on = selected = in_reset = late = false;
	fault = AM_FAULT_NONE;
	fake_io_add(0xcf8, 0xcff, NULL, config_out, NULL);
	fake_io_add(FAKE_AM_IO, FAKE_AM_IO + 0x7f, port_in, port_out, NULL);
}

void fake_am_fail(enum fake_am_fault f, uint32_t n)
{
	fake_am.fault = f;
	fake_am.fault_at = n;
}

bool fake_am_pending(void)
{
	return pending;
}

struct pci_function fake_am_function(void)
{
	struct pci_function f = { .bdf = FAKE_AM_BDF, .id = 0x20201022, .class_revision = 0x01000010 };

	f.bar[0] = (struct pci_bar){ .size = 128, .base = FAKE_AM_IO, .kind = PCI_IO, .reg = 0x10 };
	return f;
}
