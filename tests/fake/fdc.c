/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fdc.c: see fdc.h.
 */
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/fdc.h"
#include "fake/io.h"
#include "fake/ram.h"

#define SECTOR	512

struct fake_fdc fake_fdc;

/* Not static: the firmware's variables have addresses in this program's data, and those are few. */
static uint8_t (*data)[FAKE_FDC_CYLINDERS][2][FAKE_FDC_SECTORS][SECTOR];

static struct {
	uint8_t dor, rate, out[16], in[16];
	unsigned int in_count, out_count, out_at, senses, pending;
	bool hung;
	uint8_t st0;
	unsigned int seek_looks;
	/* 8237 */
	uint8_t mode, page;
	uint16_t address, count;
	bool high, masked, cascade;
} c;

uint8_t fake_fdc_pattern(unsigned int unit, uint8_t cylinder, uint8_t head, uint8_t sector, uint32_t offset)
{
	return (uint8_t)(0x5a + unit * 101 + cylinder * 7u + head * 53u + sector * 11u + offset * 3 + (offset >> 8));
}

uint8_t *fake_fdc_sector(unsigned int unit, uint8_t cylinder, uint8_t head, uint8_t sector)
{
	return data[unit][cylinder][head][sector - 1];
}

void fake_fdc_insert(unsigned int unit, uint8_t cylinders, uint8_t heads, uint8_t sectors, uint8_t rate)
{
	struct fake_fdc_drive *d = &fake_fdc.drive[unit];

	d->cylinders = cylinders;
	d->heads = heads;
	d->sectors = sectors;
	d->rate = rate;
	d->changed = true;
	for (unsigned int cyl = 0; cyl < cylinders; cyl++)
		for (unsigned int h = 0; h < heads; h++)
			for (unsigned int s = 1; s <= sectors; s++)
				for (unsigned int i = 0; i < SECTOR; i++)
					data[unit][cyl][h][s - 1][i] = fake_fdc_pattern(unit, (uint8_t)cyl, (uint8_t)h, (uint8_t)s, i);
}

static void result(const uint8_t *bytes, unsigned int n)
{
	memcpy(c.out, bytes, n);
	c.out_count = n;
	c.out_at = 0;
}

static void end_transfer(uint8_t st0, uint8_t st1, const uint8_t *chr)
{
	uint8_t bytes[7] = { (uint8_t)(st0 | (chr[1] << 2) | (c.in[1] & 3)), st1, 0, chr[0], chr[1], chr[2], 2 };

	if (++fake_fdc.transfers == fake_fdc.fail_at) {
		bytes[0] = fake_fdc.fail_st0;
		bytes[1] = fake_fdc.fail_st1;
	}
	fake_fdc.interrupts++;
	result(bytes, sizeof(bytes));
}

/* The head moves; with a medium that ends the change line's signal. */
static void move(struct fake_fdc_drive *d, uint8_t cylinder)
{
	if (d->cylinders && d->cylinder != cylinder)
		d->changed = false;
	d->cylinder = cylinder;
}

/* The next sector of a command. False: that was the last of the track, or of the cylinder with both sides. */
static bool step(uint8_t *chr, bool both, uint8_t last)
{
	if (chr[2] != last) {
		chr[2]++;
		return true;
	}
	chr[2] = 1;
	if (both && !chr[1]) {
		chr[1] = 1;
		return true;
	}
	if (both)
		chr[1] = 0;
	chr[0]++;
	return false;
}

static bool there(const struct fake_fdc_drive *d, const uint8_t *chr)
{
	return chr[0] < d->cylinders && chr[1] < d->heads && chr[2] >= 1 && chr[2] <= d->sectors;
}

/* READ, WRITE, VERIFY. */
static void transfer(void)
{
	bool write = (c.in[0] & 0x1f) == 0x05, verify = (c.in[0] & 0x1f) == 0x16, both = c.in[0] & 0x80;
	struct fake_fdc_drive *d = &fake_fdc.drive[c.in[1] & 1];
	uint8_t chr[3] = { c.in[2], c.in[3], c.in[4] };
	uint32_t left = verify ? 0xffffffff : c.count + 1u, linear = (uint32_t)c.page << 16 | c.address;

	memcpy(fake_fdc.last, c.in, sizeof(fake_fdc.last));
	if (!(c.dor & (0x10 << (c.in[1] & 1))) || (c.dor & 1) != (c.in[1] & 1))
		fake_fdc.protocol_errors++;	/* the drive is not selected, its motor does not run */
	if (!verify && (c.masked || !c.cascade || (c.mode & 0x0c) != (write ? 0x08 : 0x04) || left % SECTOR ||
			c.address + left > 0x10000 || !fake_dma_target(linear, left))) {
		fake_fdc.dma_errors++;
		end_transfer(0x40, 0x10, chr);
		return;
	}
	if (!d->cylinders || c.rate != d->rate) {
		end_transfer(0x40, 0x01, chr);
		return;
	}
	move(d, chr[0]);
	if (write && d->protected) {
		end_transfer(0x40, 0x02, chr);
		return;
	}
	while (left) {
		uint8_t *sector;

		if (!there(d, chr)) {
			end_transfer(0x40, chr[2] > d->sectors ? 0x80 : 0x04, chr);
			return;
		}
		sector = data[c.in[1] & 1][chr[0]][chr[1]][chr[2] - 1];
		if (write)
			memcpy(sector, phys_to_ptr(linear), SECTOR);
		else if (!verify)
			memcpy(phys_to_ptr(linear), sector, SECTOR);
		linear += SECTOR;
		left -= SECTOR;
		if (!step(chr, both, c.in[6]) && (left || verify)) {
			if (!verify) {
				end_transfer(0x40, 0x80, chr);	/* the cylinder ends before the 8237 does */
				return;
			}
			break;
		}
	}
	if (!verify)
		c.masked = true;	/* terminal count */
	end_transfer(0, 0, chr);
}

static void format(void)
{
	struct fake_fdc_drive *d = &fake_fdc.drive[c.in[1] & 1];
	const uint8_t chr[3] = { d->cylinder, (c.in[1] >> 2) & 1, 1 };
	uint32_t linear = (uint32_t)c.page << 16 | c.address, bytes = 4u * c.in[3];

	if (c.masked || !c.cascade || (c.mode & 0x0c) != 0x08 || c.count + 1u != bytes || !fake_dma_target(linear, bytes)) {
		fake_fdc.dma_errors++;
		end_transfer(0x40, 0x10, chr);
		return;
	}
	memcpy(fake_fdc.formatted, phys_to_ptr(linear), bytes);
	if (d->protected) {
		end_transfer(0x40, 0x02, chr);
		return;
	}
	d->rate = c.rate;
	d->sectors = c.in[3];
	end_transfer(0, 0, chr);
}

static void sense_interrupt(void)
{
	uint8_t bytes[2] = { 0x80, fake_fdc.drive[c.dor & 1].cylinder };

	if (c.senses) {
		bytes[0] = (uint8_t)(0xc0 | (4 - c.senses--));
		result(bytes, 2);
	} else if (c.pending && c.seek_looks) {
		c.seek_looks--;
		result(bytes, 1);
	} else if (c.pending) {
		bytes[0] = c.st0;
		c.pending = 0;
		result(bytes, 2);
	} else {
		result(bytes, 1);
	}
}

static void seek(uint8_t unit, uint8_t cylinder, bool recalibrate)
{
	struct fake_fdc_drive *d = &fake_fdc.drive[unit];

	move(d, cylinder);
	c.pending = 1;
	c.seek_looks = fake_fdc.slow_seek;
	c.st0 = (uint8_t)(0x20 | unit | (recalibrate && d->no_track_0 ? 0x50 : 0));
	fake_fdc.interrupts++;
}

static unsigned int length_of(uint8_t command)
{
	switch (command & 0x1f) {
	case 0x03: return 3;
	case 0x04: return 2;
	case 0x05: case 0x06: case 0x16: return 9;
	case 0x07: return 2;
	case 0x0d: return 6;
	case 0x0f: return 3;
	case 0x13: return 4;
	default: return 1;
	}
}

static void run(void)
{
	uint8_t byte = 0x80;

	c.in_count = 0;
	fake_fdc.commands++;
	if (fake_fdc.hang_at && (fake_fdc.commands == fake_fdc.hang_at ||
				 (fake_fdc.hang_stays && fake_fdc.commands > fake_fdc.hang_at))) {
		c.hung = true;
		return;
	}
	switch (c.in[0] & 0x1f) {
	case 0x03: case 0x13:
		break;
	case 0x04:
		byte = (uint8_t)(0x28 | c.in[1] | (fake_fdc.drive[c.in[1] & 1].protected ? 0x40 : 0));
		result(&byte, 1);
		break;
	case 0x05: case 0x06: case 0x16:
		transfer();
		break;
	case 0x07:
		seek(c.in[1] & 1, 0, true);
		break;
	case 0x08:
		sense_interrupt();
		break;
	case 0x0d:
		format();
		break;
	case 0x0f:
		seek(c.in[1] & 1, c.in[2], false);
		break;
	default:
		result(&byte, 1);
		break;
	}
}

static uint32_t fdc_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)width;
	if (fake_fdc.absent)
		return 0xff;
	switch (port) {
	case 0x3f4:
		if (c.hung || !(c.dor & 4))
			return 0x10;
		return 0x80 | (c.out_count ? 0x50 : 0) | (c.in_count ? 0x10 : 0);
	case 0x3f5:
		if (!c.out_count || c.hung) {
			fake_fdc.protocol_errors++;
			return 0;
		}
		if (c.out_at + 1 == c.out_count)
			c.out_count = 0;
		return c.out[c.out_at++];
	case 0x3f7:
		return fake_fdc.drive[c.dor & 1].changed ? 0x80 : 0;
	default:
		return 0xff;
	}
}

static void fdc_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)width;
	if (port == 0x3f2) {
		if (value & 4 && !(c.dor & 4)) {
			c.hung = false;
			c.in_count = c.out_count = c.pending = 0;
			c.senses = 4;
			fake_fdc.interrupts++;
		}
		c.dor = (uint8_t)value;
	} else if (port == 0x3f7) {
		c.rate = value & 3;
	} else if (port == 0x3f5) {
		if (c.out_count || c.hung || !(c.dor & 4)) {
			fake_fdc.protocol_errors++;
			return;
		}
		c.in[c.in_count++] = (uint8_t)value;
		if (c.in_count == length_of(c.in[0]))
			run();
	}
}

static void dma_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	uint16_t *half = port == 4 ? &c.address : &c.count;

	(void)opaque, (void)width;
	switch (port) {
	case 4: case 5:
		*half = c.high ? (uint16_t)((*half & 0xff) | value << 8) : (uint16_t)((*half & 0xff00) | value);
		c.high = !c.high;
		break;
	case 0x0a:
		if ((value & 3) == 2)
			c.masked = value & 4;
		break;
	case 0x0b:
		if ((value & 3) == 2)
			c.mode = (uint8_t)value;
		break;
	case 0x0c:
		c.high = false;
		break;
	case 0x81:
		c.page = (uint8_t)value;
		break;
	case 0xd6:
		fake_fdc.cascade_writes++;
		break;
	case 0xd4:
		fake_fdc.cascade_writes++;
		c.cascade = !(value & 0xf);
		break;
	default:
		break;
	}
}

void fake_fdc_add(void)
{
	memset(&fake_fdc, 0, sizeof(fake_fdc));
	memset(&c, 0, sizeof(c));
	if (!data)
		data = calloc(2, sizeof(*data));
	fake_fdc.drive[0].changed = fake_fdc.drive[1].changed = true;
	fake_fdc.drive[0].cylinder = fake_fdc.drive[1].cylinder = 17;
	c.dor = 0x0c;
	c.masked = true;
	fake_io_add(0x3f0, 0x3f5, fdc_in, fdc_out, NULL);
	fake_io_add(0x3f7, 0x3f7, fdc_in, fdc_out, NULL);
	fake_io_add(0x00, 0x0f, NULL, dma_out, NULL);
	fake_io_add(0x81, 0x81, NULL, dma_out, NULL);
	fake_io_add(0xd0, 0xdf, NULL, dma_out, NULL);
}
