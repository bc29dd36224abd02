/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/dma_e1000.c: as dma.c, with what no firmware drives: an 82540EM that has room for packets,
 * which come all the time (tests/qemu/test_restart.py sends them). It is found on bus 0, where POST has placed it.
 * Spec: Intel 8254x software developer's manual (317453), 3.2.3 and 13.4.
 */
#include "programs/arrival.h"

#define ID		0x100e8086u
#define RING		0x300000u	/* of 16 bytes each; then a mark of the first start, and buffers of 2 KiB */
#define MARK		0x301000u
#define BUFFERS		0x310000u
#define COUNT		32u
#define SIZE		2048u
#define MAGIC		0x45414d44u
#define FILL		0x5a5a5a5au

#define CTRL		0x0000
#define RCTL		0x0100
#define RDBAL		0x2800
#define RDLEN		0x2808
#define RDH		0x2810
#define RDT		0x2818
#define CTRL_SLU	0x00000040u
#define RCTL_ALL	0x0000801au	/* enabled, everybody's, broadcasts too */

uint8_t way __attribute__((section(".data"))) = 0;

static uint32_t config(uint32_t device, uint32_t at)
{
	uint32_t value;

	__asm__ volatile("outl %0, %%dx" : : "a"(0x80000000 | device << 11 | at), "d"(0xcf8));
	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(0xcfc));
	return value;
}

static void fill(void)
{
	for (uint32_t i = 0; i < COUNT * SIZE; i += 4)
		poke(BUFFERS + i, FILL);
}

static bool filled(void)
{
	for (uint32_t i = 0; i < COUNT * SIZE; i += 4)
		if (peek(BUFFERS + i) != FILL)
			return false;
	return true;
}

/* Room for COUNT - 1 packets. */
static void begin(uint32_t registers)
{
	for (uint32_t i = 0; i < COUNT; i++) {
		poke(RING + 16 * i, BUFFERS + SIZE * i);
		for (uint32_t at = 4; at < 16; at += 4)
			poke(RING + 16 * i + at, 0);
	}
	poke(registers + RCTL, 0);
	poke(registers + CTRL, peek(registers + CTRL) | CTRL_SLU);
	poke(registers + RDBAL, RING);
	poke(registers + RDBAL + 4, 0);
	poke(registers + RDLEN, 16 * COUNT);
	poke(registers + RDH, 0);
	poke(registers + RDT, COUNT - 1);
	poke(registers + RCTL, RCTL_ALL);
}

/* Has one come within three seconds? */
static bool arrives(void)
{
	uint8_t last = second();

	for (unsigned int passed = 0; passed < 4 && filled(); ) {
		uint8_t now = second();

		passed += now != last;
		last = now;
	}
	return !filled();
}

static void restart(void)
{
	if (way == 'i')
		init_self();
	outb(0x06, 0xcf9);
	for (;;)
		inb(0x80);
}

void main(void)
{
	uint32_t device = 0, registers;
	bool again;

	__asm__ volatile("cli" : : : "memory");
	flat_fs();
	again = peek(MARK) == MAGIC;
	poke(MARK, 0);
	fill();
	if (again) {
		print(arrives() ? "arrived after the restart\nend\n" : "nothing arrived\nend\n");
		return;
	}
	while (device < 32 && config(device, 0) != ID)
		device++;
	registers = config(device, 0x10) & ~0xfu;
	config(device, 0x04);
	__asm__ volatile("outw %w0, %%dx" : : "a"(0x0006), "d"(0xcfc));
	begin(registers);
	print(arrives() ? "first arrived\n" : "first did not\n");
	poke(registers + RCTL, 0);
	fill();
	if (way != 'n')
		poke(MARK, MAGIC);
	begin(registers);
	if (way != 'n')
		restart();
	print(arrives() ? "second arrived\nend\n" : "second did not\nend\n");
}
