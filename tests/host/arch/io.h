/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/io.h: src/arch/io.h for a host build: the same functions, implemented by the
 * fake devices (tests/fake/) a test links.
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <stdint.h>

void outb(uint8_t value, uint16_t port);
void outw(uint16_t value, uint16_t port);
void outl(uint32_t value, uint16_t port);
uint8_t inb(uint16_t port);
uint16_t inw(uint16_t port);
uint32_t inl(uint16_t port);
void insb(void *buf, uint32_t len, uint16_t port);
void outsb(const void *buf, uint32_t len, uint16_t port);
void insl(void *buf, uint32_t count, uint16_t port);
void outsl(const void *buf, uint32_t count, uint16_t port);
uint8_t mmio_read8(uint32_t addr);
uint16_t mmio_read16(uint32_t addr);
uint32_t mmio_read32(uint32_t addr);
void mmio_write8(uint32_t addr, uint8_t v);
void mmio_write16(uint32_t addr, uint16_t v);
void mmio_write32(uint32_t addr, uint32_t v);

static inline void io_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

#endif
