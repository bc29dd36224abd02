/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/dma_services.c: as dma.c, with any disk that INT 13h reads: drive 81h is slow from its second
 * request on, and the machine restarts from a tick of the clock that comes while it is waited for.
 */
#include "programs/arrival.h"

#define BUFFER		0x30000u	/* of SECTORS; a mark of the first start elsewhere */
#define SECTORS		8
#define MARK		0x300000u
#define MAGIC		0x53414d44u
#define FILL		0x5a5a5a5au
#define TICKS		3
#define DRIVE		0x81

uint8_t way __attribute__((section(".data"))) = 0;

extern volatile uint16_t ticks_left;	/* until the restart, 0: none */
void tick(void), restart(void);
__asm__(".code16\n"
	"tick: cmpw $0, %cs:ticks_left; je 1f; decw %cs:ticks_left; jnz 1f\n"
	"xorw %ax, %ax; movw %ax, %ds; movw %ax, %es; movw %ax, %ss; movl $0x7a00, %esp; calll restart\n"
	"1: iretw\n"
	".balign 2\n"
	"ticks_left: .word 0\n"
	".code16gcc\n");

void restart(void)
{
	if (way == 'i')
		init_self();
	outb(0x06, 0xcf9);
	for (;;)
		inb(0x80);
}

static void fill(void)
{
	for (uint32_t i = 0; i < SECTORS * 512; i += 4)
		poke(BUFFER + i, FILL);
}

static bool filled(void)
{
	for (uint32_t i = 0; i < SECTORS * 512; i += 4)
		if (peek(BUFFER + i) != FILL)
			return false;
	return true;
}

/* Does it stay as it is for three seconds? */
static bool stays(void)
{
	uint8_t last = second();

	for (unsigned int passed = 0; passed < 4 && filled(); ) {
		uint8_t now = second();

		passed += now != last;
		last = now;
	}
	return filled();
}

static void read(const char *name)
{
	static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;
	struct registers r = { .eax = 0x4200, .edx = DRIVE, .esi = (uint32_t)&packet };

	packet.size = 16;
	packet.count = SECTORS;
	packet.segment = BUFFER >> 4;
	packet.lba = 64;
	call_int(0x13, &r);
	__asm__ volatile("cli" : : : "memory");
	flat_fs();
	print(name);
	print(r.flags & CF ? " FAILED\n" : filled() ? " did not\n" : " arrived\n");
}

void main(void)
{
	bool again;

	__asm__ volatile("cli" : : : "memory");
	flat_fs();
	again = peek(MARK) == MAGIC;
	poke(MARK, 0);
	fill();
	if (again) {
		print(stays() ? "nothing arrived\nend\n" : "arrived after the restart\nend\n");
		return;
	}
	set_vector(0x1c, tick);
	read("first");
	fill();
	if (way != 'n') {
		poke(MARK, MAGIC);
		ticks_left = TICKS;
	}
	read("second");
	print("end\n");
}
