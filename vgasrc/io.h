/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/io.h: the VGA's ports. A table goes out by one instruction: less code.
 */
#ifndef VGA_IO_H
#define VGA_IO_H

#include "arch/io.h"
#include "rom.h"
#include "std/vga.h"

/* To an index and its data, in one access. */
static inline void write_index(uint16_t port, uint8_t index, uint8_t value)
{
	outw(VGA_PAIR(index, value), port);
}

/* From this stack. ES too: emulators that are made after x86emu read from it what goes out. */
static inline void write_bytes(const void *bytes, uint16_t count, uint16_t port)
{
	__asm__ volatile("pushw %%ss; popw %%es; rep outsb" : "+S"(bytes), "+c"(count) : "d"(port) : "memory");
}

static inline uint8_t read_index(uint16_t port, uint8_t index)
{
	outb(index, port);
	return inb((uint16_t)(port + 1));
}

#endif
