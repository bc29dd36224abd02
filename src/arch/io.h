/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/io.h: port and memory-mapped I/O. A port write may start DMA, so every port access
 * is also a compiler barrier. Argument order is (value, port).
 * tests/host/arch/io.h declares the same functions; fake devices implement them.
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <stdint.h>

#if defined(CONFIG_ACCOUNTING) && !defined(CODE16)	/* 16-bit code is not POST */
#include "arch/account.h"
#else
#define account_port(port, times)	((void)0)
#define account_memory(addr)		((void)0)
#endif

static inline void outb(uint8_t value, uint16_t port)
{
	account_port(port, 1);
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void outw(uint16_t value, uint16_t port)
{
	account_port(port, 1);
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void outl(uint32_t value, uint16_t port)
{
	account_port(port, 1);
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	account_port(port, 1);
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline uint16_t inw(uint16_t port)
{
	uint16_t value;

	account_port(port, 1);
	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	account_port(port, 1);
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

/* Read len bytes from one port into buf (rep insb): a hypervisor may batch them. */
static inline void insb(void *buf, uint32_t len, uint16_t port)
{
	account_port(port, len);
	__asm__ volatile("rep insb" : "+D"(buf), "+c"(len) : "d"(port) : "memory");
}

/* Write len bytes of buf to one port (rep outsb). */
static inline void outsb(const void *buf, uint32_t len, uint16_t port)
{
	account_port(port, len);
	__asm__ volatile("rep outsb" : "+S"(buf), "+c"(len) : "d"(port) : "memory");
}

/* The same in double words; an access each. */
static inline void insl(void *buf, uint32_t count, uint16_t port)
{
	account_port(port, count);
	__asm__ volatile("rep insl" : "+D"(buf), "+c"(count) : "d"(port) : "memory");
}

static inline void outsl(const void *buf, uint32_t count, uint16_t port)
{
	account_port(port, count);
	__asm__ volatile("rep outsl" : "+S"(buf), "+c"(count) : "d"(port) : "memory");
}

/* Memory-mapped registers; addr is physical. */
static inline uint8_t mmio_read8(uint32_t addr)
{
	account_memory(addr);
	return *(volatile uint8_t *)addr;
}

static inline uint16_t mmio_read16(uint32_t addr)
{
	account_memory(addr);
	return *(volatile uint16_t *)addr;
}

static inline uint32_t mmio_read32(uint32_t addr)
{
	account_memory(addr);
	return *(volatile uint32_t *)addr;
}

static inline void mmio_write8(uint32_t addr, uint8_t v)
{
	account_memory(addr);
	*(volatile uint8_t *)addr = v;
}

static inline void mmio_write16(uint32_t addr, uint16_t v)
{
	account_memory(addr);
	*(volatile uint16_t *)addr = v;
}

static inline void mmio_write32(uint32_t addr, uint32_t v)
{
	account_memory(addr);
	*(volatile uint32_t *)addr = v;
}

/* The device may have written memory: forget what registers hold of it. */
static inline void io_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

#endif
