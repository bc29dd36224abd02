/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/commands.c: requests of INT 13h as large as they come, and each function that is to ask a device
 * something, for a test that counts what reaches the devices (tests/qemu/test_disks.py). A line for each call: what was
 * called, drive, AH where it fails. It waits for ever behind the last, so that the counts can be asked for.
 */
#include "programs/program.h"

static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;

static void tell(uint16_t ax, uint8_t drive, const struct registers *r)
{
	print("ax ");
	print_hex(ax, 4);
	print(" drive ");
	print_hex(drive, 2);
	print(r->flags & CF ? " failed " : " done ");
	print_hex(r->ah, 2);
	print("\n");
}

static void by_packet(uint8_t function, uint8_t drive, uint16_t segment, uint16_t count)
{
	struct registers r = { .ah = function, .dl = drive, .si = (uint16_t)(uint32_t)&packet };

	packet.size = 16;
	packet.count = count;
	packet.segment = segment;
	packet.offset = 0;
	packet.lba = 64;
	call_int(0x13, &r);
	tell((uint16_t)(function << 8 | count), drive, &r);
}

static void by_cylinder(uint8_t function, uint8_t drive, uint16_t segment, uint8_t count)
{
	struct registers r = { .ah = function, .al = count, .dl = drive, .cx = 0x0002, .dh = 1, .es = segment };

	call_int(0x13, &r);
	tell((uint16_t)(function << 8 | count), drive, &r);
}

void main(void)
{
	static const uint8_t reads[] = { 0x81, 0xe0 }, asks[] = { 0x00, 0x0c, 0x0d, 0x10, 0x11, 0x14, 0x47 };

	by_packet(0x42, 0x81, 0x2000, 127);
	by_packet(0x42, 0x81, 0x3000, 128);	/* 64 KiB, up to its end */
	by_packet(0x42, 0x81, 0x2fc0, 128);	/* over one */
	by_cylinder(0x02, 0x81, 0x3000, 128);
	by_cylinder(0x02, 0x81, 0x2000, 1);
	by_packet(0x42, 0xe0, 0x3000, 32);	/* 64 KiB of a CD */
	by_packet(0x43, 0x81, 0x3000, 128);
	by_cylinder(0x03, 0x81, 0x3000, 128);
	print("asks\n");
	for (unsigned int i = 0; i < sizeof(reads); i++)
		for (unsigned int k = 0; k < sizeof(asks); k++)
			by_packet(asks[k], reads[i], 0x3000, 1);
	print("end\n");
	for (;;)
		let_interrupts_in();
}
