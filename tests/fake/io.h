/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/io.h: ports and memory-mapped registers of a host build. It implements the functions
 * of tests/host/arch/io.h and hands each access to the fake device registered for the address.
 * What nobody registered goes to the hooks at the end; by default reads there are all ones and
 * writes vanish, as on a bus without a device.
 *
 * width is 1, 2 or 4 bytes. insb() and outsb() arrive as that many accesses of one byte, insl()
 * and outsl() of four.
 */
#ifndef FAKE_IO_H
#define FAKE_IO_H

#include <stdint.h>

typedef uint32_t fake_io_in_fn(void *opaque, uint16_t port, unsigned int width);
typedef void fake_io_out_fn(void *opaque, uint16_t port, unsigned int width, uint32_t value);
typedef uint32_t fake_mmio_read_fn(void *opaque, uint32_t addr, unsigned int width);
typedef void fake_mmio_write_fn(void *opaque, uint32_t addr, unsigned int width, uint32_t value);

/* Forget all registrations and counts. */
void fake_io_reset(void);

/*
 * Ports first to last, both included, and likewise for addresses. An access is routed by its
 * first byte; of several registrations the newest wins. A NULL function is no device there.
 */
void fake_io_add(uint16_t first, uint16_t last, fake_io_in_fn *in, fake_io_out_fn *out,
		 void *opaque);
void fake_mmio_add(uint32_t first, uint32_t last, fake_mmio_read_fn *read,
		   fake_mmio_write_fn *write, void *opaque);

/* Accesses since the reset, to every address, registered or not. */
struct fake_io_count {
	uint64_t in, out, mmio_read, mmio_write;
};
extern struct fake_io_count fake_io_count;
uint64_t fake_io_accesses(void);	/* their sum */

/* Weak: a test may define its own. */
uint32_t fake_io_in(uint16_t port, unsigned int width);
void fake_io_out(uint16_t port, unsigned int width, uint32_t value);
uint32_t fake_mmio_read(uint32_t addr, unsigned int width);
void fake_mmio_write(uint32_t addr, unsigned int width, uint32_t value);

#endif
