/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/dma.c: restarts the machine while an IDE disk has a request of bus-master DMA that takes its time, and
 * looks after the restart whether it still arrives in memory. tests/qemu/test_restart.py says how: 'i' by INIT, 'r' by CF9h.
 */
#include "programs/arrival.h"

#define BUFFER		0x300000u	/* of a sector; a mark of the first start behind it */
#define MARK		(BUFFER + 0x1000)
#define MAGIC		0x414d4444u
#define FILL		0x5a5a5a5au
#define PRD		0x6000u

uint8_t way __attribute__((section(".data"))) = 0;

static uint32_t config(uint32_t at)
{
	uint32_t value;

	__asm__ volatile("outl %0, %%dx" : : "a"(0x80000900 | at), "d"(0xcf8));
	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(0xcfc));
	return value;
}

/* READ DMA of a sector of the first disk, by the function 00:01.1, whose bus mastering is on from then on. */
static void begin(uint16_t master)
{
	config(0x04);
	__asm__ volatile("outw %w0, %%dx" : : "a"(0x0005), "d"(0xcfc));
	*mem32(PRD) = BUFFER;
	*mem32(PRD + 4) = 0x80000200;
	outb(0x08, master);
	outb(0x06, master + 2);
	__asm__ volatile("outl %0, %%dx" : : "a"(PRD), "d"(master + 4));
	outb(0xe0, 0x1f6);
	outb(1, 0x1f2);
	outb(64, 0x1f3);
	outb(0, 0x1f4);
	outb(0, 0x1f5);
	outb(0xc8, 0x1f7);
	outb(0x09, master);
}

void main(void)
{
	uint16_t master = (uint16_t)(config(0x20) & 0xfff0);

	__asm__ volatile("cli" : : : "memory");
	flat_fs();
	if (peek(MARK) == MAGIC) {
		poke(BUFFER, FILL);	/* QEMU lets it end while it resets the device, before POST begins */
		print(changes(BUFFER, ~0u, FILL) ? "arrived after the restart\nend\n" : "nothing arrived\nend\n");
		return;
	}
	for (unsigned int n = 0; n < 2; n++) {		/* the disk is slow from the second on */
		poke(BUFFER, FILL);
		begin(master);
		if (!n)
			print(changes(BUFFER, ~0u, FILL) ? "first arrived\n" : "first did not\n");
	}
	poke(MARK, way == 'n' ? 0 : MAGIC);
	if (peek(BUFFER) != FILL)
		print("too early\n");
	if (way == 'n')
		print(changes(BUFFER, ~0u, FILL) ? "second arrived\nend\n" : "second did not\nend\n");
	else if (way == 'i')
		init_self();
	else
		outb(0x06, 0xcf9);
	for (uint32_t i = 0; way != 'n' && i < 3000000; i++)
		inb(0x80);
}
