/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/arrival.h: waiting for what a device does to memory, once flat_fs() was called. By the clock: QEMU
 * may have to wait for the host, and how often a port is read meanwhile says nothing.
 */
#ifndef PROGRAMS_ARRIVAL_H
#define PROGRAMS_ARRIVAL_H

#include "programs/flat.h"
#include "programs/program.h"

/* The RTC's, in BCD. */
static inline uint8_t second(void)
{
	outb(0, 0x70);
	return inb(0x71);
}

/* Have the bits of the dword at an address another value than before within three seconds? */
static inline bool changes(uint32_t at, uint32_t bits, uint32_t before)
{
	uint8_t last = second();

	for (unsigned int passed = 0; passed < 4 && (peek(at) & bits) == before; ) {
		uint8_t now = second();

		passed += now != last;
		last = now;
	}
	return (peek(at) & bits) != before;
}

#endif
