/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/alive.c: reads a sector, says that it is alive, and waits for a reset with all that runs under a
 * real-mode program running: ticks, and reads one after the other.
 */
#include "programs/program.h"

static bool read_sector(void)
{
	static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;
	struct registers r = { .eax = 0x4200, .edx = 0x80, .esi = (uint32_t)&packet };

	packet.size = 16;
	packet.count = 1;
	packet.segment = 0x1000;
	packet.lba = 64;
	call_int(0x13, &r);
	return !(r.flags & CF);
}

void main(void)
{
	print(read_sector() ? "alive\n" : "dead\n");
	for (;;) {
		read_sector();
		let_interrupts_in();
	}
}
