/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/flash.c: asks the BIOS to write what flash takes for commands to where the firmware's image is,
 * below 4 GiB: by INT 13h with a flat buffer and by INT 15h, AH=87h. One line for each answer and for each change.
 */
#include "programs/program.h"

#define IMAGE		0xfffc0000u	/* 256 KiB up to 4 GiB */
#define SECTOR		0x30000u
#define SECTOR_BYTES	512u
#define LBA		1000

static struct {
	uint8_t size, zero;
	uint16_t count, offset, segment;
	uint32_t lba, lba_high, flat, flat_high;
} packet;
static struct { uint16_t limit, base_low; uint8_t base_middle, access, zero, base_high; } gdt[6];

/* Dwords here and there: a chip that has taken a command answers with its status, anywhere. */
static uint32_t image_sum(void)
{
	uint32_t s = 0;

	for (uint32_t at = IMAGE; at != 0; at += 0x1000)
		s = (s << 5 | s >> 27) + *mem32(at) + *mem32(at + 0x7fc);
	return s;
}

static struct registers disk(uint8_t function, uint32_t flat)
{
	struct registers r = { .ah = function, .dl = 0x80, .si = (uint16_t)(uint32_t)&packet, .flags = CF };

	packet.size = 24;
	packet.count = 1;
	packet.offset = packet.segment = 0xffff;
	packet.lba = LBA;
	packet.flat = flat;
	call_int(0x13, &r);
	return r;
}

static struct registers move(uint32_t to)
{
	struct registers r = { .ah = 0x87, .cx = SECTOR_BYTES / 2, .si = (uint16_t)(uint32_t)gdt, .flags = CF };

	for (unsigned int i = 2; i < 4; i++) {
		uint32_t base = i == 2 ? SECTOR : to;

		gdt[i].limit = 0xffff;
		gdt[i].base_low = (uint16_t)base;
		gdt[i].base_middle = (uint8_t)(base >> 16);
		gdt[i].base_high = (uint8_t)(base >> 24);
		gdt[i].access = 0x93;
	}
	call_int(0x15, &r);
	return r;
}

static void say(const char *what, uint8_t command, uint32_t to, const struct registers *r)
{
	print(what);
	print(" ");
	print_hex(command, 2);
	print(" to ");
	print_hex(to, 8);
	print(": ");
	print_hex(r->ah, 2);
	print(r->flags & CF ? " carry\n" : "\n");
}

void main(void)
{
	/* program, erase, clear status, status, identify, lock; of either maker's */
	static const uint8_t commands[] = { 0x10, 0x20, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0x98, 0xaa, 0xe8, 0xf0 };
	static const uint32_t targets[] = { IMAGE, 0xfffe8000, 0xffff0000, 0xfffffc00 };
	uint32_t sum = image_sum();

	for (unsigned int c = 0; c < sizeof(commands); c++)
		for (unsigned int t = 0; t < sizeof(targets) / sizeof(targets[0]); t++) {
			struct registers r;

			for (uint32_t i = 0; i < SECTOR_BYTES; i++)
				*mem8(SECTOR + i) = commands[c];
			disk(0x43, SECTOR);
			r = disk(0x42, targets[t]);
			say("read", commands[c], targets[t], &r);
			r = move(targets[t]);
			say("move", commands[c], targets[t], &r);
			if (image_sum() != sum)
				say("CHANGED by", commands[c], targets[t], &r);
		}
	print("end\n");
}
