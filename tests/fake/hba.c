/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/hba.c: see hba.h.
 */
#include "fake/hba.h"
#include <stdio.h>
#include <string.h>
#include "fake/alloc.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/scsi.h"
#include "fake/timer.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define JOBS	64
#define RANGES	8
#define SENSE	18
#define NONE	0xffffffffu
#define PPN(page) ((page) * 4096u)

/* A command on its way. */
struct job {
	bool used, lost;
	uint32_t looks;
	uint32_t target, lun, bytes, ranges, sense, sense_len;
	struct { uint32_t addr, len; } range[RANGES];
	uint8_t cdb[16];
	bool out;
	uint32_t id;		/* frame, context */
};

struct fake_hba fake_hba;
static enum fake_hba_kind kind;
static struct job jobs[JOBS];
static uint8_t data[1 << 21];

/* SAS 1068. */
static struct {
	uint32_t state, interrupt;
	uint32_t in[64], in_words, in_wanted;		/* message through the doorbell */
	uint16_t out[256];				/* its answer */
	uint32_t out_at, out_words;
	uint32_t free, frames;				/* frames for replies: the address, how many there are */
	uint32_t reply;					/* in the FIFO, or NONE */
} mpt;

static void violation(const char *what)
{
	if (!fake_hba.violations++)
		fake_hba.violation = what;
	fprintf(stderr, "fake hba: %s\n", what);
}

static uint8_t *memory(uint32_t addr, uint32_t len)
{
	static uint8_t nowhere[1 << 21];

	if (!(fake_hba.command & PCI_COMMAND_MASTER))
		violation("memory without bus mastering");
	if (addr < fake_ram_size && len <= fake_ram_size - addr)
		return fake_ram + addr;
	violation("address that is not RAM");
	return nowhere;
}

static uint32_t get(uint32_t addr)
{
	return get_le32(memory(addr, 4));
}

static void put(uint32_t addr, uint32_t value)
{
	put_le32(memory(addr, 4), value);
}

static bool spoiled(void)
{
	bool was = fake_hba.spoil;

	fake_hba.spoil = false;
	return was;
}

static void megasas_end(const struct job *job, int rc);
static void pvscsi_end(const struct job *job, int rc, uint32_t done);
static void mptsas_end(const struct job *job, int rc, uint32_t done);

static void carry_out(struct job *job)
{
	uint32_t at = 0, done = 0;
	int rc;

	job->used = false;
	memset(data, 0, sizeof(data));
	for (uint32_t i = 0; i < job->ranges; at += job->range[i++].len)
		memcpy(data + at, memory(job->range[i].addr, job->range[i].len), job->range[i].len);
	if (at < job->bytes)
		violation("ranges for fewer bytes than the command has");
	rc = fake_scsi_command(job->target, (uint16_t)job->lun, job->cdb, data, job->bytes, &done);
	at = 0;
	for (uint32_t i = 0; i < job->ranges && at < done && !job->out; i++) {
		uint32_t len = min_u32(job->range[i].len, done - at);

		memcpy(memory(job->range[i].addr, len), data + at, len);
		at += len;
	}
	if (rc == FAKE_SCSI_CHECK && job->sense_len)
		memcpy(memory(job->sense, SENSE), fake_scsi.sense, min_u32(SENSE, job->sense_len));
	if (kind == FAKE_MEGASAS)
		megasas_end(job, rc);
	else if (kind == FAKE_PVSCSI)
		pvscsi_end(job, rc, done);
	else
		mptsas_end(job, rc, done);
}

/* Returns whether it says that it has taken it. */
static bool start(const struct job *new)
{
	for (struct job *job = jobs; job < jobs + JOBS; job++) {
		if (job->used)
			continue;
		*job = *new;
		job->used = true;
		job->looks = fake_hba.looks;
		fake_hba.commands++;
		if (fake_hba.lose_at && --fake_hba.lose_at == 0 && fake_hba.lose_times) {
			job->lost = true;
			fake_hba.lose_at = --fake_hba.lose_times ? 1 : 0;
			if (!fake_hba.hold)
				mpt.state = 1;
			return fake_hba.hold;
		}
		if (!job->looks)
			carry_out(job);
		return true;
	}
	violation("too many commands at once");
	return false;
}

static void tick(void)
{
	for (struct job *job = jobs; job < jobs + JOBS; job++)
		if (job->used && !job->lost && job->looks && --job->looks == 0)
			carry_out(job);
}

uint32_t fake_hba_late(void)
{
	uint32_t n = 0;

	for (struct job *job = jobs; job < jobs + JOBS; job++) {
		if (!job->used || !(fake_hba.command & PCI_COMMAND_MASTER))
			continue;
		carry_out(job);
		n++;
	}
	return n;
}

static void forget(void)
{
	memset(jobs, 0, sizeof(jobs));
	fake_hba.resets++;
}

/* A range of a job, unless there are too many. */
static void add_range(struct job *job, uint32_t addr, uint32_t len)
{
	if (job->ranges == RANGES || !len) {
		violation("ranges that are too many, or empty");
		return;
	}
	job->range[job->ranges].addr = addr;
	job->range[job->ranges++].len = len;
}

/* MegaRAID. */

static uint32_t megasas_state;

static void megasas_end(const struct job *job, int rc)
{
	uint8_t *frame = memory(job->id, 64);
	bool spoil = spoiled();

	frame[3] = spoil ? fake_hba.scsi_status : rc == FAKE_SCSI_CHECK ? 2 : 0;
	frame[2] = spoil ? fake_hba.status : rc == FAKE_SCSI_CHECK ? 0x2d : rc == FAKE_SCSI_NOBODY ? 0x0c : 0;
}

/* As QEMU's: one line for each unit, the newest first. */
static void megasas_list(uint8_t *frame, bool physical)
{
	uint32_t addr = get_le32(frame + 40), len = get_le32(frame + 44), size = physical ? 24 : 16, n = 0;
	uint8_t *list = memory(addr, len);

	if (len != (physical ? 8 + 24 * 240u : 8 + 16 * 64u))
		violation("size of a list that QEMU does not take");
	memset(list, 0, len);
	for (uint32_t i = physical || !fake_hba.jbod ? fake_scsi.units : 0; i--; n++) {
		uint8_t *entry = list + 8 + size * n;

		if (physical)
			entry[0] = (uint8_t)fake_scsi.unit[i].lun;
		entry[physical ? 1 : 0] = (uint8_t)fake_scsi.unit[i].target;
	}
	put_le32(list + (physical ? 4 : 0), fake_hba.count ? fake_hba.count : n);
	frame[2] = spoiled() ? fake_hba.status : 0;
}

/* Of a frame whose context is another's, so that nothing is aborted: is it there? */
static void megasas_abort(uint8_t *frame)
{
	uint32_t other = get_le32(frame + 32);

	if (get_le32(frame + 36) || get_le32(memory(other, 64) + 8) == get_le32(frame + 24))
		violation("abort");
	frame[2] = 0;
	for (struct job *job = jobs; job < jobs + JOBS; job++)
		if (job->used && job->id == other && (!job->lost || fake_hba.hold))
			frame[2] = 5;
}

static void megasas_frame(uint32_t value)
{
	uint32_t at = value & ~31u;
	uint8_t *frame = memory(at, 2048);
	struct job job = { .target = frame[4], .lun = frame[5], .bytes = get_le32(frame + 20), .sense = get_le32(frame + 24),
			   .sense_len = frame[1], .out = frame[16] & 8, .id = at };

	if (!fake_alloc_owns(at, 2048) || at & 63 || frame[2] != 0xff || !(frame[16] & 1))
		violation("frame");
	if (frame[0] == 6) {
		megasas_abort(frame);
		return;
	}
	if (!frame[7])
		violation("frame without a range");
	if (frame[0] == 5) {
		fake_hba.commands++;
		if (fake_hba.lose_at && --fake_hba.lose_at == 0)
			return;
		if (get_le32(frame + 24) == 0x03010000)
			megasas_list(frame, false);
		else if (get_le32(frame + 24) == 0x02010000)
			megasas_list(frame, true);
		else
			violation("direct command");
		return;
	}
	if (frame[0] != 3 && frame[0] != 4)
		violation("frame command");
	if (frame[6] != 16 || frame[1] != SENSE)
		violation("length of command or sense");
	if (frame[0] == 3 && (job.lun || job.target > 63 || fake_hba.jbod)) {
		frame[2] = 0x0c;
		return;
	}
	memcpy(job.cdb, frame + 32, 16);
	for (uint32_t i = 0; i < frame[7] && i < RANGES; i++)
		add_range(&job, get_le32(frame + 48 + 8 * i), get_le32(frame + 52 + 8 * i));
	start(&job);
}

static uint32_t megasas_read(uint32_t reg)
{
	if (reg == 0xb0)
		return megasas_state << 28 | 0x5003e8;
	violation("register read");
	return 0;
}

static void megasas_write(uint32_t reg, uint32_t value)
{
	if (reg == 0x40) {
		megasas_frame(value);
	} else if (reg == 0x20 && value == 3) {
		forget();
		megasas_state = fake_hba.reset_sticks ? 4 : 0xb;
	} else {
		violation("register written");
	}
}

/* PVSCSI. */

static struct {
	uint32_t command, words, word[132], status;
	uint32_t state, requests, completions, taken, made;	/* addresses, and indices */
} pv;

static void pvscsi_end(const struct job *job, int rc, uint32_t done)
{
	uint32_t at = pv.completions + pv.made++ % 128 * 32;
	bool spoil = spoiled();
	uint32_t host = rc == FAKE_SCSI_NOBODY ? 0x11 : done < job->bytes ? 0x12 : 0;

	memset(memory(at, 32), 0, 32);
	put(at, spoil && fake_hba.answer ? fake_hba.answer : job->id);
	put(at + 20, spoil && !fake_hba.answer ? (uint32_t)fake_hba.scsi_status << 16 | fake_hba.status :
		     host | (rc == FAKE_SCSI_CHECK ? 2u << 16 : 0));
	put(pv.state + 12, pv.made + (spoil ? fake_hba.extra : 0));
}

static void pvscsi_kick(void)
{
	uint32_t made = get(pv.state);

	if (!pv.state || made - pv.taken > 32) {
		violation("requests without a ring, or more than it has");
		return;
	}
	while (pv.taken != made) {
		uint32_t at = pv.requests + pv.taken++ % 32 * 128;
		uint32_t flags = get(at + 36), list = get(at + 8);
		struct job job = { .target = memory(at, 128)[67], .lun = memory(at, 128)[58], .bytes = get(at + 16),
				   .sense = get(at + 24), .sense_len = get(at + 32), .out = flags & 0x10, .id = get(at) };

		memcpy(job.cdb, memory(at + 40, 16), 16);
		if (get(at + 4) || get(at + 12) || get(at + 20) || get(at + 28) || memory(at, 128)[56] != 16 || !job.id)
			violation("request");
		if (!(flags & 4) != !!job.bytes || (job.bytes && !(flags & 0x18)))
			violation("direction");
		if (!(flags & 1) && job.bytes)
			add_range(&job, list, job.bytes);
		for (uint32_t left = flags & 1 ? job.bytes : 0; left && job.ranges < RANGES; list += 16) {
			uint32_t len = get(list + 8);

			if (len > left || get(list + 4) || get(list + 12))
				violation("element of a list");
			add_range(&job, get(list), len);
			left -= min_u32(left, len);
		}
		if (!start(&job))
			return;
		put(pv.state + 4, pv.taken);
	}
}

static void pvscsi_rings(void)
{
	fake_hba.inits++;
	if (fake_hba.rings_refused) {
		fake_hba.rings_refused--;
		pv.status = NONE;
		return;
	}
	if (pv.word[0] != 1 || pv.word[1] != 1)
		violation("more pages than one");
	pv.state = PPN(pv.word[2]);
	pv.requests = PPN(pv.word[4]);
	pv.completions = PPN(pv.word[68]);
	pv.taken = pv.made = 0;
	if (!fake_alloc_owns(pv.state, 4096) || !fake_alloc_owns(pv.requests, 4096) || !fake_alloc_owns(pv.completions, 4096))
		violation("pages that are not the driver's");
	put(pv.state, 0);
	put(pv.state + 4, 0);
	put(pv.state + 8, fake_hba.ring_log2 ? fake_hba.ring_log2 : 5);
	put(pv.state + 12, 0);
	put(pv.state + 16, 0);
	put(pv.state + 20, 7);
	pv.status = 0;
}

static void pvscsi_write(uint32_t reg, uint32_t value)
{
	switch (reg) {
	case 0:
		pv.command = value;
		pv.words = 0;
		pv.status = NONE - 1;
		if (value == 1 && !fake_hba.reset_sticks) {
			forget();
			memset(&pv, 0, sizeof(pv));
		} else if (value != 3 && value != 1) {
			violation("command");
		}
		break;
	case 4:
		if (pv.command != 3 || pv.words == 132) {
			violation("data of no command");
			break;
		}
		pv.word[pv.words++] = value;
		if (pv.words == 132)
			pvscsi_rings();
		break;
	case 0x2010:
		fake_hba.interrupt_mask = value;
		break;
	case 0x3014:
	case 0x4018:
		pvscsi_kick();
		break;
	default:
		violation("register written");
	}
}

static uint32_t pvscsi_read(uint32_t reg)
{
	if (reg != 8)
		violation("register read");
	return pv.status;
}

/* SAS 1068. */

static void mptsas_end(const struct job *job, int rc, uint32_t done)
{
	bool spoil = spoiled(), good = rc == 0 && done == job->bytes;

	if (spoil && fake_hba.answer) {
		mpt.reply = fake_hba.answer;
		return;
	}
	if (good && !spoil) {
		mpt.reply = job->id;
		return;
	}
	if (!mpt.frames) {
		violation("no frame for a reply");
		return;
	}
	mpt.frames--;
	memset(memory(mpt.free, 36), 0, 36);
	put(mpt.free + 8, job->id);
	memory(mpt.free, 36)[12] = spoil ? fake_hba.scsi_status : rc == FAKE_SCSI_CHECK ? 2 : 0;
	memory(mpt.free, 36)[13] = rc == FAKE_SCSI_NOBODY ? 4 : rc == FAKE_SCSI_CHECK ? 1 : 0;
	put_le16(memory(mpt.free + 14, 2), spoil ? fake_hba.status : rc == FAKE_SCSI_NOBODY ? 0x43 : 0x45);
	put(mpt.free + 20, done);
	mpt.reply = 0x80000000u | mpt.free >> 1;
}

static void mptsas_request(uint32_t at)
{
	struct job job = { .target = memory(at, 48)[0], .lun = memory(at, 48)[13], .bytes = get(at + 40), .sense = get(at + 44),
			   .sense_len = memory(at, 48)[5], .id = get(at + 8) };
	uint32_t control = get(at + 20) & 0x03000000;

	job.out = control == 0x01000000;
	if (mpt.state != 2 || !fake_alloc_owns(at, 48) || memory(at, 48)[3] || memory(at, 48)[4] != 16 || at & 3)
		violation("request");
	if (!control != !job.bytes)
		violation("direction");
	memcpy(job.cdb, memory(at + 24, 16), 16);
	for (uint32_t element = at + 48; job.ranges < RANGES; element += 8) {
		uint32_t flags = get(element);

		if ((flags & 0x30000000) != 0x10000000 || !(flags & 0x04000000) != !job.out)
			violation("element of a list");
		if (flags & 0xffffff)
			add_range(&job, get(element + 4), flags & 0xffffff);
		if (flags & 0x80000000) {
			if ((flags & 0xc1000000) != 0xc1000000)
				violation("last element");
			break;
		}
	}
	start(&job);
}

/* The message has come: IOCInit, and nothing else. */
static void mptsas_message(void)
{
	if (mpt.in[0] != 0x02000001 || mpt.state != 1 || (mpt.in[3] & 0xffff) < 36 || mpt.in[4] || mpt.in[5])
		violation("message");
	fake_hba.inits++;
	mpt.state = 2;
	memset(mpt.out, 0, sizeof(mpt.out));
	mpt.out[1] = fake_hba.init_words ? (uint16_t)(fake_hba.init_words / 2) : 5;
	mpt.out[7] = (uint16_t)fake_hba.init_status;
	mpt.out_words = mpt.out[1] * 2;
	mpt.out_at = 0;
	mpt.in_wanted = 0;
	mpt.interrupt = fake_hba.attention_stays ? 0 : 1;
}

static void mptsas_doorbell(uint32_t value)
{
	if (mpt.in_wanted) {
		mpt.in[mpt.in_words++] = value;
		if (mpt.in_words == mpt.in_wanted)
			mptsas_message();
		return;
	}
	if (value >> 24 == 0x42) {
		mpt.in_wanted = value >> 16 & 0xff;
		mpt.in_words = 0;
		if (mpt.in_wanted != 6)
			violation("length of a message");
		mpt.interrupt = 1;
		return;
	}
	if (value >> 24 != 0x40) {
		violation("doorbell");
		return;
	}
	forget();
	mpt.frames = 0;
	mpt.reply = NONE;
	mpt.state = fake_hba.reset_sticks ? 4 : 1;
}

static uint32_t mptsas_read(uint32_t reg)
{
	uint32_t value;

	switch (reg) {
	case 0:
		value = mpt.state << 28 | (mpt.out_words ? 0x08000000 : 0);
		if (mpt.out_at < mpt.out_words)
			value |= mpt.out[mpt.out_at++];
		return value;
	case 0x30:
		return mpt.interrupt;
	case 0x44:
		value = mpt.reply;
		mpt.reply = NONE;
		return value;
	default:
		violation("register read");
		return 0;
	}
}

static void mptsas_write(uint32_t reg, uint32_t value)
{
	switch (reg) {
	case 0:
		mptsas_doorbell(value);
		break;
	case 0x30:
		if (mpt.out_words && mpt.out_at < mpt.out_words)
			break;
		mpt.out_words = mpt.interrupt = 0;
		break;
	case 0x40:
		mptsas_request(value);
		break;
	case 0x44:
		if (mpt.frames++ || !fake_alloc_owns(value, 64))
			violation("frame for a reply");
		mpt.free = fake_hba.frame = value;
		break;
	default:
		violation("register written");
	}
}

/* All of them. */

static uint32_t config_address;

static void config_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)width;
	if (port == 0xcf8)
		config_address = value;
	else if (config_address == (0x80000000u | FAKE_HBA_BDF << 8 | PCI_COMMAND))
		fake_hba.command = (uint16_t)value;
	else
		violation("configuration space");
}

static uint32_t mmio_read(void *opaque, uint32_t addr, unsigned int width)
{
	uint32_t reg = addr - FAKE_HBA_BASE;

	(void)opaque;
	if (width != 4 || !(fake_hba.command & PCI_COMMAND_MEMORY))
		violation("access");
	if (fake_hba.gone)
		return NONE;
	return kind == FAKE_MEGASAS ? megasas_read(reg) : kind == FAKE_PVSCSI ? pvscsi_read(reg) : mptsas_read(reg);
}

static void mmio_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	uint32_t reg = addr - FAKE_HBA_BASE;

	(void)opaque;
	if (width != 4 || !(fake_hba.command & PCI_COMMAND_MEMORY))
		violation("access");
	if (fake_hba.gone)
		return;
	if (kind == FAKE_MEGASAS)
		megasas_write(reg, value);
	else if (kind == FAKE_PVSCSI)
		pvscsi_write(reg, value);
	else
		mptsas_write(reg, value);
}

void fake_hba_reset(enum fake_hba_kind which)
{
	memset(&fake_hba, 0, sizeof(fake_hba));
	memset(jobs, 0, sizeof(jobs));
	memset(&pv, 0, sizeof(pv));
	memset(&mpt, 0, sizeof(mpt));
	fake_hba.interrupt_mask = NONE;		/* as a guest had it */
	kind = which;
	megasas_state = 0xb;
	mpt.state = 1;
	mpt.reply = NONE;
	fake_scsi_reset();
	fake_io_add(0xcf8, 0xcff, NULL, config_out, NULL);
	fake_mmio_add(FAKE_HBA_BASE, FAKE_HBA_BASE + FAKE_HBA_BYTES - 1, mmio_read, mmio_write, NULL);
	fake_timer_tick = tick;
}

void fake_hba_leave(uint32_t state, uint32_t words)
{
	megasas_state = mpt.state = state;
	mpt.out_words = words;
	mpt.interrupt = words != 0;
}

struct pci_function fake_hba_function(void)
{
	struct pci_function f = { .bdf = FAKE_HBA_BDF };

	f.bar[kind == FAKE_MPTSAS] = (struct pci_bar){ .size = FAKE_HBA_BYTES, .base = FAKE_HBA_BASE, .kind = PCI_MEM };
	return f;
}
