/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/throughput.c: a disk that is read from its first sector to its last, as a loader reads a file: 127
 * sectors a call, to the same buffer. Prints what that took by the time stamp, of which a host knows how long it is.
 */
#include "programs/program.h"

#define SEGMENT		0x2000
#define MOST		127u	/* sectors in a call */

struct packet { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; };

uint8_t disk = 0x81;
uint32_t disk_sectors = 2048;	/* set by the test */
static struct packet packet;

static uint64_t stamp(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

void main(void)
{
	uint64_t begin = stamp(), took;
	uint32_t sum = 0;

	for (uint32_t lba = 0; lba < disk_sectors; lba += packet.count) {
		struct registers r = { .ax = 0x4200, .dl = disk };

		packet.size = sizeof(packet);
		packet.count = (uint16_t)(disk_sectors - lba < MOST ? disk_sectors - lba : MOST);
		packet.segment = SEGMENT;
		packet.lba = lba;
		r.si = (uint16_t)(uint32_t)&packet;
		call_int(0x13, &r);
		if (r.flags & CF) {
			print("failed ");
			print_hex(r.ah, 2);
			print("\n");
			break;
		}
		sum = sum * 31 + *mem32(SEGMENT * 16);
	}
	took = stamp() - begin;
	print("sum ");
	print_hex(sum, 8);
	print(" ticks ");
	print_hex((uint32_t)(took >> 32), 8);
	print_hex((uint32_t)took, 8);
	print("\nend\n");
	outb(1, 0xf4);
}
