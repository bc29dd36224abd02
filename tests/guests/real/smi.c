/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/smi.c: writes to the ports that raise SMIs, with registers of every kind, some as if the firmware
 * asked for something. Nothing may come of it: no register, no memory, and the disk can be read as before.
 */
#include "real/real.h"

#define APM_CONTROL	0xb2
#define APM_STATUS	0xb3
#define ROUNDS		3000
#define TICK		0x46c
#define DISKS		0x475

static uint32_t state = 0x2463534;

static uint32_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

volatile uint32_t registers[7], after[7];

/* Every register but ESP has what is in registers[], then AL goes to the port, and they are looked at. */
void write_port(uint32_t status);
__asm__(".code16\n"
	".globl write_port\n"
	"write_port: pushal; movw %ax, %bp; movl registers, %eax; movl registers + 4, %ebx; movl registers + 8, %ecx\n"
	"movl registers + 12, %edx; movl registers + 16, %esi; movl registers + 20, %edi\n"
	"testw %bp, %bp; movl registers + 24, %ebp; jnz 2f\n"
	"outb %al, $0xb2; jmp 3f\n"
	"2: outb %al, $0xb3\n"
	"3: jmp 4f\n"
	"4: movl %eax, after; movl %ebx, after + 4; movl %ecx, after + 8; movl %edx, after + 12\n"
	"movl %esi, after + 16; movl %edi, after + 20; movl %ebp, after + 24\n"
	"popal; retl\n"
	".code16gcc\n");

static uint32_t sum(uint32_t from, uint32_t end)
{
	uint32_t s = 0;

	for (; from < end; from += 4)
		s = (s << 5 | s >> 27) + peek32(from);
	return s;
}

static uint32_t watched(void)
{
	return sum(0x700, 0x10000) + sum(0x40000, 0x48000) + sum(0x90000, 0x9f000) + sum(0xf0000, 0x100000);
}

/* The second disk, if there is one, may be slow: the most ticks that went on in one read. */
static void slow_case(void)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < 4; i++) {
		struct call c = { .eax = 0x0201, .ecx = 2, .edx = 0x81, .es = BUFFER >> 4, .ds = BUFFER >> 4, .flags = 0x0202, .vector = 0x13 };
		uint32_t before = peek32(TICK), now;

		call_vector(&c);
		now = peek32(TICK) - before;
		most = now > most ? now : most;
		if (c.flags & 1)
			put("FAILED\n");
	}
	put("ticks ");
	put_hex(most, 4);
	put("\n");
}

void smi_cases(uint8_t drive)
{
	/* What the firmware's own code writes, and what switches ACPI on and off. */
	static const uint32_t likely[] = { 0x5e3d0f53, 0x5e3e0f53, 0x5e410f53, 0x5e420f53, 0x5e430f53, 0xf0, 0xf1, 2, 3 };
	uint32_t before = watched(), changed = 0;

	for (uint32_t n = 0; n < ROUNDS; n++) {
		for (uint32_t i = 0; i < 7; i++)
			registers[i] = rnd();
		if (n % 3 == 0)
			registers[0] = likely[n / 3 % (sizeof(likely) / sizeof(likely[0]))];
		write_port(n % 5 == 0);
		for (uint32_t i = 0; i < 7; i++)
			changed += after[i] != registers[i];
	}
	put(changed ? "REGISTERS CHANGED\n" : "registers are as they were\n");
	put(watched() != before ? "MEMORY CHANGED\n" : "memory is as it was\n");
	try_at(0x13, 0x11110201, 0x22220000, 0x33330001, 0x44440000u | drive, PACKET, BUFFER);
	try_at(0x13, 0x11110210, 0x22220000, 0x33330002, 0x44440000u | drive, PACKET, BUFFER);
	if (peek8(DISKS) > 1)
		slow_case();
}
