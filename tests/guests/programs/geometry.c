/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/geometry.c: the geometry of each disk by AH=08h, and the dword at the beginning of cylinder 1,
 * head 0, sector 1 as AH=02h reads it. One line for each.
 */
#include "programs/program.h"

#define BUFFER	0x30000u

static void show(uint8_t drive)
{
	struct registers r = { .ah = 0x08, .dl = drive, .flags = CF };
	struct registers read = { .ah = 0x02, .al = 1, .ch = 1, .cl = 1, .dl = drive, .es = BUFFER >> 4, .flags = CF };

	call_int(0x13, &r);
	if (r.flags & CF)
		return;
	print_hex(drive, 2);
	print(" cylinders ");
	print_hex((r.ch | (r.cl & 0xc0u) << 2) + 2u, 3);
	print(" heads ");
	print_hex(r.dh + 1u, 2);
	print(" sectors ");
	print_hex(r.cl & 0x3f, 2);
	call_int(0x13, &read);
	print(" at 1/0/1 ");
	print_hex(read.flags & CF ? read.ah : *mem32(BUFFER), 8);
	print("\n");
}

void main(void)
{
	for (unsigned int drive = 0x80; drive < 0x90; drive++)
		show((uint8_t)drive);
	print("end\n");
}
