/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/drives.c: what INT 13h says of every disk from 80h to 9Fh: geometry, type, size; and of what its
 * first and last sector begin with, and a sector that is read both ways, by its geometry. One line for each.
 */
#include "programs/program.h"

#define BUFFER		0x20000u
#define PACKET		0x600u
#define PARAMETERS	0x640u
#define NOT_READ	0xdeadbeefu

static void say(const char *name, uint32_t value, unsigned int digits)
{
	print(name);
	print_hex(value, digits);
}

static uint32_t read_lba(uint8_t drive, uint32_t low, uint32_t high)
{
	struct registers r = { .ah = 0x42, .dl = drive, .si = PACKET };

	*mem32(BUFFER) = NOT_READ;
	*mem32(PACKET) = 16 | 1 << 16;
	*mem32(PACKET + 4) = BUFFER << 12;
	*mem32(PACKET + 8) = low;
	*mem32(PACKET + 12) = high;
	call_int(0x13, &r);
	return r.flags & CF ? NOT_READ ^ r.ah : *mem32(BUFFER);
}

/* Cylinder 1, head 1, sector 2, which the geometry has. */
static uint32_t read_chs(uint8_t drive)
{
	struct registers r = { .ax = 0x0201, .cx = 0x0102, .dl = drive, .dh = 1, .es = BUFFER >> 4 };

	*mem32(BUFFER) = NOT_READ;
	call_int(0x13, &r);
	return r.flags & CF ? NOT_READ ^ r.ah : *mem32(BUFFER);
}

void main(void)
{
	for (uint8_t drive = 0x80; drive < 0xa0; drive++) {
		struct registers r = { .ah = 0x08, .dl = drive };
		uint32_t low, high, heads, sectors;

		call_int(0x13, &r);
		if (r.flags & CF)
			continue;
		sectors = r.cl & 63;
		heads = r.dh + 1u;
		say("drive ", drive, 2);
		say(" of ", r.dl, 2);
		say(" cylinders ", (r.ch | (r.cl & 0xc0u) << 2) + 1u, 4);
		say(" heads ", heads, 4);
		say(" sectors ", sectors, 4);
		r = (struct registers){ .ah = 0x15, .dl = drive };
		call_int(0x13, &r);
		say(" type ", r.ah, 2);
		say(" ", (uint32_t)r.cx << 16 | r.dx, 8);
		*mem16(PARAMETERS) = 26;
		r = (struct registers){ .ah = 0x48, .dl = drive, .si = PARAMETERS };
		call_int(0x13, &r);
		say(" flags ", *mem16(PARAMETERS + 2), 4);
		say(" physical ", *mem32(PARAMETERS + 4), 8);
		say(" ", *mem32(PARAMETERS + 8), 4);
		say(" ", *mem32(PARAMETERS + 12), 4);
		low = *mem32(PARAMETERS + 16);
		high = *mem32(PARAMETERS + 20);
		say(" size ", high, 8);
		say("", low, 8);
		say(" of ", *mem16(PARAMETERS + 24), 4);
		say(" first ", read_lba(drive, 0, 0), 8);
		say(" last ", read_lba(drive, low - 1, high - !low), 8);
		say(" beyond ", read_lba(drive, low, high), 8);
		print(read_chs(drive) == read_lba(drive, (heads + 1) * sectors + 1, 0) ? " same" : " other");
		print("\n");
	}
	print("end\n");
}
