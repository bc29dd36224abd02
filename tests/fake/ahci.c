/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ahci.c: see ahci.h.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/ahci.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define BYTES		0x1000
#define GHC_HR		1u
#define GHC_AE		(1u << 31)
#define CMD_ST		1u
#define CMD_FRE		0x10u
#define CMD_FR		0x4000u
#define CMD_CR		0x8000u
#define CMD_WRITABLE	0x17u
#define IS_TFES		(1u << 30)
#define IS_HBFS		(1u << 29)
#define ERR		0x01
#define DRQ		0x08
#define DF		0x20
#define DRDY		0x50
#define BSY		0x80

struct port {
	uint32_t clb, clbu, fb, fbu, is, ie, cmd, tfd, sig, sctl, serr, ci;
	uint32_t wait;			/* looks until the command in slot 0 ends; 0: none is running */
	bool hung, signed_off;		/* a command never ends; the signature was sent */
	uint32_t late_at, late_bytes;	/* where FAULT_LATE writes */
	bool halted;			/* after an error, until ST was 0 */
	uint8_t sense[3];
};

struct fake_ahci fake_ahci;
struct fake_ahci_written fake_ahci_written;
static struct port ports[32];
static uint32_t ghc;

static void violation(const char *what)
{
	if (!fake_ahci.violations++)
		fake_ahci.violation = what;
	fprintf(stderr, "fake ahci: %s\n", what);
}

uint8_t fake_ahci_byte(uint32_t port, uint64_t lba, uint32_t offset)
{
	uint64_t x = (lba * 0x9e3779b97f4a7c15ull) ^ (offset * 0x85ebca6bu) ^ port;

	return (uint8_t)(x ^ x >> 23 ^ x >> 47);
}

static uint8_t *dma(uint32_t addr, uint32_t high, uint32_t len)
{
	uint8_t *p = high ? NULL : fake_dma_target(addr, len);

	if (!p)
		violation("DMA outside of RAM");
	else if (!(fake_ahci.command & PCI_COMMAND_MASTER))
		return NULL;
	return p;
}

static struct fake_ahci_drive *drive_of(struct port *p)
{
	return &fake_ahci.drive[p - ports];
}

/* A FIS of 20 bytes into the area of those received. */
static void receive(struct port *p, uint32_t offset, uint8_t type, uint8_t status, uint8_t error)
{
	uint8_t fis[20] = { type, 0x40, status, error };
	uint8_t *to = p->cmd & CMD_FR ? dma(p->fb + offset, p->fbu, 20) : NULL;

	if (to)
		memcpy(to, fis, sizeof(fis));
}

static void send_signature(struct port *p)
{
	struct fake_ahci_drive *d = drive_of(p);

	if (p->signed_off || !d->present || d->signature_never || d->busy_after_reset || !(p->cmd & CMD_FR))
		return;
	p->signed_off = true;
	p->tfd = DRDY | 1 << 8;
	p->sig = d->signature ? d->signature : d->cd ? 0xeb140101 : 0x00000101;
	receive(p, 0x40, 0x34, DRDY, 1);
}

static void reset_port(struct port *p)
{
	p->tfd = drive_of(p)->present ? BSY : 0x7f;
	p->sig = 0xffffffff;
	p->ci = p->wait = 0;
	p->hung = p->signed_off = p->halted = false;
	p->late_at = 0;
	send_signature(p);
}

/* Addresses outlive it in QEMU: here they are a guest's. */
static void reset_all(void)
{
	for (uint32_t i = 0; i < 32; i++) {
		ports[i] = (struct port){ .cmd = 6, .clb = 0x123400, .clbu = 0xa, .fb = 0x567800, .fbu = 0xb };
		reset_port(&ports[i]);
	}
	ghc = GHC_AE;
}

/* The command's memory: header, table. */
struct memory {
	uint8_t *header, *table;
	uint32_t options, ranges;
	uint8_t fis[64];
};

static bool memory_of(struct port *p, struct memory *m)
{
	uint32_t table;

	m->header = dma(p->clb, p->clbu, 32);
	if (!m->header)
		return false;
	m->options = get_le32(m->header);
	m->ranges = m->options >> 16;
	table = get_le32(m->header + 8);
	if ((m->options & 31) != 5)
		violation("the command FIS has not 5 dwords");
	if (get_le32(m->header + 4))
		violation("PRDBC was not cleared");
	if (table & 127)
		violation("the command table is not aligned to 128");
	m->table = dma(table, get_le32(m->header + 12), 0x80 + 16 * m->ranges);
	if (!m->table)
		return false;
	memcpy(m->fis, m->table, 64);
	if (m->fis[0] != 0x27 || m->fis[1] != 0x80)
		violation("no register FIS with a command");
	return true;
}

/* Move len bytes between data and the ranges; returns how many fitted. */
static uint32_t move(struct memory *m, uint8_t *data, uint32_t len, bool to_memory)
{
	uint32_t done = 0;

	if (!(m->options & 1u << 6) != to_memory && len)
		violation("the direction in the header is the other one");
	for (uint32_t i = 0; i < m->ranges && done < len; i++) {
		uint8_t *prd = m->table + 0x80 + 16 * i, *at;
		uint32_t addr = get_le32(prd), dbc = get_le32(prd + 12), n = (dbc & 0x3fffff) + 1;

		if (addr & 1 || n & 1 || dbc & 0xffc00000)
			violation("a range has an odd address, an odd length, or more than a length");
		n = min_u32(n, len - done);
		at = dma(addr, get_le32(prd + 4), n);
		if (!at)
			return done;
		memcpy(to_memory ? at : data + done, to_memory ? data + done : at, n);
		done += n;
	}
	return done;
}

static uint32_t room(struct memory *m)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < m->ranges; i++)
		sum += (get_le32(m->table + 0x80 + 16 * i + 12) & 0x3fffff) + 1;
	return sum;
}

static void end(struct port *p, uint8_t status, uint8_t error, bool fis)
{
	p->tfd = status | (uint32_t)error << 8;
	if (status & (ERR | DF)) {
		p->is |= IS_TFES;
		p->halted = true;	/* CI stays */
	} else {
		p->ci = 0;
	}
	if (fis)
		receive(p, 0x40, 0x34, status, error);
}

/* Sectors to or from memory. Returns an error register, 0: all went well. */
static uint8_t sectors(struct port *p, struct memory *m, uint64_t lba, uint32_t count, bool write, uint32_t *moved)
{
	struct fake_ahci_drive *d = drive_of(p);
	uint32_t bytes = count * d->sector_size;
	uint8_t *data;

	if (lba > d->sectors || count > d->sectors - lba)
		return 0x10;	/* IDNF */
	if (write && d->write_protected)
		return 0x40;
	if (room(m) != bytes)
		violation("the ranges are not as long as the sectors");
	data = malloc(bytes);
	for (uint32_t i = 0; i < bytes; i++)
		data[i] = fake_ahci_byte((uint32_t)(p - ports), lba + i / d->sector_size, i % d->sector_size);
	if (d->fault == FAULT_SHORT && d->fault_at == 1 && d->fault_times)
		bytes /= 2;
	*moved = move(m, data, bytes, !write);
	if (write) {
		fake_ahci_written.port = (uint32_t)(p - ports);
		fake_ahci_written.lba = lba;
		fake_ahci_written.bytes = *moved;
		memcpy(fake_ahci_written.data, data, min_u32(*moved, sizeof(fake_ahci_written.data)));
	}
	free(data);
	return 0;
}

/* A packet command. Returns the error register of CHECK CONDITION, 0: it went well. */
static uint8_t packet(struct port *p, struct memory *m, uint32_t *moved)
{
	struct fake_ahci_drive *d = drive_of(p);
	const uint8_t *c = m->table + 0x40;
	uint8_t answer[32] = { 0 };

	if (!(m->options & 1u << 5))
		violation("PACKET without the bit in the header");
	memcpy(d->last_packet, c, 12);
	if (c[0] == 0x03) {		/* REQUEST SENSE */
		answer[0] = 0x70;
		answer[2] = p->sense[0];
		answer[7] = 10;
		answer[12] = p->sense[1];
		answer[13] = p->sense[2];
		*moved = move(m, answer, min_u32(c[4], 18), true);
		memset(p->sense, 0, sizeof(p->sense));
		return 0;
	}
	memcpy(p->sense, d->sense, sizeof(p->sense));
	memset(d->sense, 0, sizeof(d->sense));
	if (!p->sense[0] && !d->sectors && c[0] != 0x1b && c[0] != 0x1e) {
		p->sense[0] = 2;
		p->sense[1] = 0x3a;	/* no medium */
	}
	if (p->sense[0])
		return (uint8_t)(p->sense[0] << 4);
	switch (c[0]) {
	case 0x00: case 0x1b: case 0x1e:
		return 0;
	case 0x25:			/* READ CAPACITY */
		*(uint32_t *)answer = __builtin_bswap32((uint32_t)d->sectors - 1);
		*(uint32_t *)(answer + 4) = __builtin_bswap32(2048);
		*moved = move(m, answer, 8, true);
		return 0;
	case 0x28: case 0xa8: {		/* READ */
		uint32_t lba = __builtin_bswap32(get_le32(c + 2));
		uint32_t count = c[0] == 0x28 ? (uint32_t)c[7] << 8 | c[8] : __builtin_bswap32(get_le32(c + 6));

		if (sectors(p, m, lba, count, false, moved)) {
			p->sense[0] = 5;
			p->sense[1] = 0x21;
			return 0x50;
		}
		return 0;
	}
	default:
		p->sense[0] = 5;
		p->sense[1] = 0x20;
		return 0x54;
	}
}

static void execute(struct port *p)
{
	struct fake_ahci_drive *d = drive_of(p);
	enum fake_ahci_fault fault = d->fault_at == 1 && d->fault_times ? d->fault : FAULT_NONE;
	uint64_t lba;
	uint32_t count, moved = 0;
	struct memory m;
	uint8_t error = 0;
	bool pio = false;

	if (!memory_of(p, &m))
		return;
	lba = m.fis[4] | m.fis[5] << 8 | (uint32_t)m.fis[6] << 16;
	count = m.fis[12] | m.fis[13] << 8;
	d->commands++;
	d->command_before = d->last_command;
	d->last_command = m.fis[2];
	d->last_features = m.fis[3];
	d->last_count = count;
	d->last_ranges = m.ranges;
	if (fault == FAULT_ERROR || fault == FAULT_DEVICE || fault == FAULT_BUSY || fault == FAULT_NO_FIS_ERROR ||
	    fault == FAULT_NO_END || fault == FAULT_NO_END_BUSY || fault == FAULT_BUS || fault == FAULT_LATE) {
		switch (fault) {
		case FAULT_ERROR:
			end(p, DRDY | ERR, d->error, true);
			break;
		case FAULT_NO_FIS_ERROR:
			end(p, DRDY | ERR, d->error, false);
			break;
		case FAULT_DEVICE:
			end(p, DRDY | DF, 0, true);
			break;
		case FAULT_BUSY:
			p->tfd = BSY;
			receive(p, 0x40, 0x34, BSY, 0);
			break;
		case FAULT_BUS:
			p->is |= IS_HBFS;
			p->halted = true;
			break;
		case FAULT_LATE:
			p->late_at = get_le32(m.table + 0x80);
			p->late_bytes = (get_le32(m.table + 0x8c) & 0x3fffff) + 1;
			/* fall through */
		default:
			p->hung = true;
			p->tfd = fault == FAULT_NO_END ? DRDY : DRDY | BSY;
		}
		goto counted;
	}
	switch (m.fis[2]) {
	case 0xec:
	case 0xa1:
		if ((m.fis[2] == 0xa1) != d->cd) {
			error = 4;
			break;
		}
		pio = true;
		moved = move(&m, (uint8_t *)d->identify, 512, true);
		break;
	case 0xa0:
		error = d->cd ? packet(p, &m, &moved) : 4;
		break;
	case 0x25: case 0x35: case 0x24: case 0x34:
		lba |= (uint64_t)get_le32(m.fis + 8) << 24 & 0xffffff000000;
		d->last_lba = lba;
		pio = m.fis[2] == 0x24;
		if (d->no_lba48 || d->cd || !(m.fis[7] & 0x40) || (d->no_dma && m.fis[2] & 1))
			error = 4;
		else
			error = sectors(p, &m, lba, count ? count : 65536, m.fis[2] >= 0x30, &moved);
		break;
	case 0xc8: case 0xca: case 0x20: case 0x30:
		lba |= (uint32_t)(m.fis[7] & 15) << 24;
		d->last_lba = lba;
		pio = m.fis[2] == 0x20;
		if (get_le32(m.fis + 8) & 0xffffff || m.fis[13])
			violation("a command of 28 bits has more");
		if (d->cd || !(m.fis[7] & 0x40) || (d->no_dma && m.fis[2] & 0x80))
			error = 4;
		else
			error = sectors(p, &m, lba, count ? count : 256, m.fis[2] == 0xca || m.fis[2] == 0x30, &moved);
		break;
	case 0xe5: case 0xe7: case 0xea:
		if (m.ranges)
			violation("memory for a command without data");
		if (d->cd || (d->no_lba48 && m.fis[2] == 0xea))
			error = 4;
		else
			d->flushes += m.fis[2] != 0xe5;
		break;
	default:
		error = 4;
	}
	put_le32(m.header + 4, fault == FAULT_LONG ? moved + 512 : moved);
	if (error) {
		end(p, DRDY | ERR, error, true);
	} else if (fault == FAULT_SLOT_STAYS) {
		receive(p, 0x40, 0x34, DRDY, 0);
	} else if (fault == FAULT_EARLY_FIS) {
		receive(p, 0x40, 0x34, DRDY, 0);
		p->tfd = DRDY;
		p->wait = 5;
	} else {
		if (pio)
			receive(p, 0x20, 0x5f, DRDY, 0);
		end(p, DRDY, 0, !pio && fault != FAULT_NO_FIS);
	}
counted:
	if (d->fault_at > 1)
		d->fault_at--;
	else if (d->fault_times)
		d->fault_times--;
}

static void tick(void)
{
	for (uint32_t i = 0; i < 32; i++) {
		struct port *p = &ports[i];

		if (!p->wait || --p->wait)
			continue;
		if (p->tfd & BSY)
			execute(p);	/* it took some looks */
		else
			p->ci = 0;	/* the register FIS was early */
	}
}

static void issue(struct port *p, uint32_t value)
{
	if (!(p->cmd & CMD_CR)) {
		violation("a command for a port that does not run");
		return;
	}
	if (p->halted || p->ci || p->tfd & (BSY | DRQ)) {
		violation("a command while another is there, or after an error");
		return;
	}
	if (value != 1)
		violation("another slot than 0");
	p->ci = 1;
	p->tfd = DRDY | BSY;
	if (fake_ahci.looks)
		p->wait = fake_ahci.looks;
	else
		execute(p);
}

uint32_t fake_ahci_late(void)
{
	uint32_t writes = 0;

	for (uint32_t i = 0; i < 32; i++) {
		uint8_t *at = ports[i].late_at ? fake_dma_target(ports[i].late_at, ports[i].late_bytes) : NULL;

		if (at)
			memset(at, 0xee, ports[i].late_bytes);
		writes += at != NULL;
	}
	return writes;
}

uint32_t fake_ahci_let_end(void)
{
	uint32_t n = 0;

	fake_ahci_late();
	for (uint32_t i = 0; i < 32; i++) {
		struct port *p = &ports[i];

		if (!(p->ci & 1) || p->wait)
			continue;
		p->ci = p->late_at = 0;
		p->hung = false;
		p->tfd = DRDY;
		n++;
	}
	return n;
}

void fake_ahci_take_list(uint32_t port)
{
	ports[port].clb = 0x123400;
}

static void write_command(struct port *p, uint32_t value)
{
	struct fake_ahci_drive *d = drive_of(p);

	if (value & ~CMD_WRITABLE)
		violation("reserved or read-only bits of CMD");
	if (p->cmd & CMD_CR && !(value & CMD_FRE))
		violation("FRE cleared while commands run");
	if (value & CMD_ST && p->clb & 1023)
		violation("the command list is not aligned to 1024");
	if (value & CMD_FRE && p->fb & 255)
		violation("the area for FISes is not aligned to 256");
	if (value & CMD_ST && p->tfd & (BSY | DRQ) && p->cmd & CMD_FR)
		violation("started while the drive is busy");
	p->cmd = (p->cmd & ~(CMD_WRITABLE)) | value;
	if (value & CMD_ST) {
		p->cmd |= CMD_CR;
	} else {
		if (!d->engine_sticks)
			p->cmd &= ~CMD_CR;
		p->ci = p->wait = 0;
		p->halted = false;
	}
	if (value & CMD_FRE)
		p->cmd |= CMD_FR;
	else if (!d->receiver_sticks)
		p->cmd &= ~CMD_FR;
	send_signature(p);
}

static uint32_t det(struct port *p)
{
	struct fake_ahci_drive *d = drive_of(p);

	if (!d->present)
		return 0;
	return d->resets_for_link ? 1 : d->det ? d->det : 3;
}

static uint32_t mmio_read(void *opaque, uint32_t addr, unsigned int width)
{
	uint32_t offset = addr - FAKE_AHCI_BASE, reg = offset & 0x7f;
	struct port *p = &ports[(offset - 0x100) / 0x80 & 31];

	(void)opaque;
	if (width != 4 || offset & 3)
		violation("a register is read in part");
	if (fake_ahci.gone)
		return 0xffffffff;
	if (offset < 0x100)
		return offset == 0x04 ? ghc : offset == 0x0c ? fake_ahci.ports : offset == 0x00 ? 0xc0141f05 : 0;
	switch (reg) {
	case 0x00: return p->clb;
	case 0x04: return p->clbu;
	case 0x08: return p->fb;
	case 0x0c: return p->fbu;
	case 0x10: return p->is;
	case 0x14: return p->ie;
	case 0x18: return p->cmd;
	case 0x20: return p->tfd;
	case 0x24: return p->sig;
	case 0x28: return det(p) == 3 ? 0x113 : det(p);
	case 0x2c: return p->sctl;
	case 0x30: return p->serr;
	case 0x38: return p->ci;
	default:   return 0;
	}
}

static void mmio_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t offset = addr - FAKE_AHCI_BASE, reg = offset & 0x7f;
	struct port *p = &ports[(offset - 0x100) / 0x80 & 31];
	struct fake_ahci_drive *d = drive_of(p);

	(void)opaque;
	if (width != 4 || offset & 3)
		violation("a register is written in part");
	if (fake_ahci.gone)
		return;
	if (offset < 0x100) {
		if (offset != 0x04)
			return;
		if (value & 2)
			violation("interrupts are switched on");
		if (value & GHC_HR) {
			fake_ahci.controller_resets++;
			if (fake_ahci.reset_sticks) {
				ghc |= GHC_HR;
				return;
			}
			for (uint32_t i = 0; i < 32; i++)
				fake_ahci.drive[i].engine_sticks = fake_ahci.drive[i].receiver_sticks = false;
			reset_all();
			ghc = 0;
			return;
		}
		ghc = value & GHC_AE;
		return;
	}
	if (!(ghc & GHC_AE))
		violation("a port is used before AE is set");
	if (reg <= 0x0c && p->cmd & (CMD_CR | CMD_FR))
		violation("an address is changed while the port runs");
	switch (reg) {
	case 0x00: p->clb = value; break;
	case 0x04: p->clbu = value; break;
	case 0x08: p->fb = value; break;
	case 0x0c: p->fbu = value; break;
	case 0x10: p->is &= ~value; break;
	case 0x14: p->ie = value; break;
	case 0x18: write_command(p, value); break;
	case 0x2c:
		if (p->cmd & CMD_ST)
			violation("COMRESET while the port runs");
		if (p->sctl & 1 && !(value & 15) && d->present) {
			d->resets++;
			if (d->resets_for_link)
				d->resets_for_link--;
			reset_port(p);
		}
		p->sctl = value;
		break;
	case 0x30: p->serr &= ~value; break;
	case 0x38: issue(p, value); break;
	default:   violation("a register that is nobody's business");
	}
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
	if (config_address == (0x80000000u | FAKE_AHCI_BDF << 8 | PCI_COMMAND))
		fake_ahci.command = (uint16_t)value;
	if (!(fake_ahci.command & PCI_COMMAND_MASTER))
		for (uint32_t i = 0; i < 32; i++)
			ports[i].late_at = 0;
}

void fake_ahci_reset(void)
{
	memset(&fake_ahci, 0, sizeof(fake_ahci));
	memset(&fake_ahci_written, 0, sizeof(fake_ahci_written));
	fake_ahci.ports = 0x3f;
	fake_io_add(0xcf8, 0xcff, NULL, config_out, NULL);
	fake_mmio_add(FAKE_AHCI_BASE, FAKE_AHCI_BASE + BYTES - 1, mmio_read, mmio_write, NULL);
	fake_timer_tick = tick;
	reset_all();
}

void fake_ahci_sign(struct fake_ahci_drive *d)
{
	uint8_t sum = 0, *byte = (uint8_t *)d->identify;

	d->identify[255] = 0xa5;
	for (uint32_t i = 0; i < 511; i++)
		sum += byte[i];
	byte[511] = (uint8_t)-sum;
}

static void describe(struct fake_ahci_drive *d, uint32_t port)
{
	uint16_t *w = d->identify;
	char model[41];

	snprintf(model, sizeof(model), "%-40s", d->cd ? "Fake CD" : port == 0 ? "Fake disk" : "Another fake disk");
	for (uint32_t i = 0; i < 20; i++)
		w[27 + i] = (uint16_t)(model[2 * i] << 8 | model[2 * i + 1]);
	w[0] = d->cd ? 0x8580 : 0x0040;
	w[49] = 0x0300;
	if (!d->cd) {
		uint32_t lba28 = (uint32_t)min_u64(d->sectors, 0x0fffffff);

		w[1] = 16383;
		w[3] = 16;
		w[6] = 63;
		w[60] = (uint16_t)lba28;
		w[61] = (uint16_t)(lba28 >> 16);
		w[83] = 0x7400;		/* both commands to flush */
		w[85] = 0x0020;		/* a write cache, which is used */
		w[87] = 0x4000;
		memcpy(w + 100, &d->sectors, 8);
		if (d->sector_size != 512) {
			w[106] = 0x5000;
			w[117] = (uint16_t)(d->sector_size / 2);
		}
	}
	fake_ahci_sign(d);
}

struct fake_ahci_drive *fake_ahci_add(uint32_t port, bool cd, uint64_t sectors_, uint32_t sector_size)
{
	struct fake_ahci_drive *d = &fake_ahci.drive[port];

	*d = (struct fake_ahci_drive){ .present = true, .cd = cd, .sectors = sectors_, .sector_size = sector_size };
	describe(d, port);
	reset_port(&ports[port]);
	return d;
}

void fake_ahci_fail(uint32_t port, enum fake_ahci_fault fault, uint32_t n, uint32_t times)
{
	fake_ahci.drive[port].fault = fault;
	fake_ahci.drive[port].fault_at = n;
	fake_ahci.drive[port].fault_times = times;
}

struct pci_function fake_ahci_function(void)
{
	struct pci_function f = { .bdf = FAKE_AHCI_BDF, .id = 0x29228086, .class_revision = 0x01060102 };

	f.bar[4] = (struct pci_bar){ .size = 32, .base = 0xc000, .kind = PCI_IO, .reg = 0x20 };
	f.bar[5] = (struct pci_bar){ .size = BYTES, .base = FAKE_AHCI_BASE, .kind = PCI_MEM, .reg = 0x24 };
	return f;
}
