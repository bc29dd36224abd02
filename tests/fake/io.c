/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/io.c: see io.h.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>
#include "arch/io.h"
#include "fake/io.h"

#define DEVICES 64

struct port_device {
	uint16_t first, last;
	fake_io_in_fn *in;
	fake_io_out_fn *out;
	void *opaque;
};

struct mmio_device {
	uint32_t first, last;
	fake_mmio_read_fn *read;
	fake_mmio_write_fn *write;
	void *opaque;
};

static struct port_device ports[DEVICES];
static struct mmio_device mmios[DEVICES];
static unsigned int n_ports, n_mmios;
struct fake_io_count fake_io_count;

void fake_io_reset(void)
{
	n_ports = n_mmios = 0;
	memset(&fake_io_count, 0, sizeof(fake_io_count));
}

uint64_t fake_io_accesses(void)
{
	return fake_io_count.in + fake_io_count.out + fake_io_count.mmio_read +
	       fake_io_count.mmio_write;
}

void fake_io_add(uint16_t first, uint16_t last, fake_io_in_fn *in, fake_io_out_fn *out,
		 void *opaque)
{
	assert(n_ports < DEVICES);
	ports[n_ports++] = (struct port_device){ first, last, in, out, opaque };
}

void fake_mmio_add(uint32_t first, uint32_t last, fake_mmio_read_fn *read,
		   fake_mmio_write_fn *write, void *opaque)
{
	assert(n_mmios < DEVICES);
	mmios[n_mmios++] = (struct mmio_device){ first, last, read, write, opaque };
}

static uint32_t ones(unsigned int width)
{
	return width == 4 ? 0xffffffff : (1u << (8 * width)) - 1;
}

__attribute__((weak)) uint32_t fake_io_in(uint16_t port, unsigned int width)
{
	(void)port;
	return ones(width);
}

__attribute__((weak)) void fake_io_out(uint16_t port, unsigned int width, uint32_t value)
{
	(void)port, (void)width, (void)value;
}

__attribute__((weak)) uint32_t fake_mmio_read(uint32_t addr, unsigned int width)
{
	(void)addr;
	return ones(width);
}

__attribute__((weak)) void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	(void)addr, (void)width, (void)value;
}

static uint32_t in(uint16_t port, unsigned int width)
{
	fake_io_count.in++;
	for (unsigned int i = n_ports; i-- > 0;) {
		struct port_device *d = &ports[i];

		if (port >= d->first && port <= d->last)
			return d->in ? d->in(d->opaque, port, width) & ones(width) : ones(width);
	}
	return fake_io_in(port, width) & ones(width);
}

static void out(uint16_t port, unsigned int width, uint32_t value)
{
	fake_io_count.out++;
	for (unsigned int i = n_ports; i-- > 0;) {
		struct port_device *d = &ports[i];

		if (port >= d->first && port <= d->last) {
			if (d->out)
				d->out(d->opaque, port, width, value);
			return;
		}
	}
	fake_io_out(port, width, value);
}

static uint32_t mmio_read(uint32_t addr, unsigned int width)
{
	fake_io_count.mmio_read++;
	for (unsigned int i = n_mmios; i-- > 0;) {
		struct mmio_device *d = &mmios[i];

		if (addr >= d->first && addr <= d->last)
			return d->read ? d->read(d->opaque, addr, width) & ones(width) : ones(width);
	}
	return fake_mmio_read(addr, width) & ones(width);
}

static void mmio_write(uint32_t addr, unsigned int width, uint32_t value)
{
	fake_io_count.mmio_write++;
	for (unsigned int i = n_mmios; i-- > 0;) {
		struct mmio_device *d = &mmios[i];

		if (addr >= d->first && addr <= d->last) {
			if (d->write)
				d->write(d->opaque, addr, width, value);
			return;
		}
	}
	fake_mmio_write(addr, width, value);
}

void outb(uint8_t value, uint16_t port) { out(port, 1, value); }
void outw(uint16_t value, uint16_t port) { out(port, 2, value); }
void outl(uint32_t value, uint16_t port) { out(port, 4, value); }
uint8_t inb(uint16_t port) { return in(port, 1); }
uint16_t inw(uint16_t port) { return in(port, 2); }
uint32_t inl(uint16_t port) { return in(port, 4); }

void insb(void *buf, uint32_t len, uint16_t port)
{
	for (uint8_t *p = buf; len; len--)
		*p++ = in(port, 1);
}

void outsb(const void *buf, uint32_t len, uint16_t port)
{
	for (const uint8_t *p = buf; len; len--)
		out(port, 1, *p++);
}

void insl(void *buf, uint32_t count, uint16_t port)
{
	for (uint8_t *p = buf; count; count--, p += 4) {
		uint32_t value = in(port, 4);

		memcpy(p, &value, 4);
	}
}

void outsl(const void *buf, uint32_t count, uint16_t port)
{
	for (const uint8_t *p = buf; count; count--, p += 4) {
		uint32_t value;

		memcpy(&value, p, 4);
		out(port, 4, value);
	}
}

uint8_t mmio_read8(uint32_t addr) { return mmio_read(addr, 1); }
uint16_t mmio_read16(uint32_t addr) { return mmio_read(addr, 2); }
uint32_t mmio_read32(uint32_t addr) { return mmio_read(addr, 4); }
void mmio_write8(uint32_t addr, uint8_t v) { mmio_write(addr, 1, v); }
void mmio_write16(uint32_t addr, uint16_t v) { mmio_write(addr, 2, v); }
void mmio_write32(uint32_t addr, uint32_t v) { mmio_write(addr, 4, v); }
