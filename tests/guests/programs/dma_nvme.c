/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/dma_nvme.c: as dma.c, with an NVMe controller that the program drives itself: a page of its
 * first namespace is read, by queues of two entries each. It is found on bus 0, where POST has placed it.
 * Spec: NVM Express base specification 1.4, 3.1 (registers), 5.3 and 5.4 (I/O queues), 6.9 (Read).
 */
#include "programs/arrival.h"

#define CLASS		0x010802u
#define ADMIN_SQ	0x300000u	/* a page each */
#define ADMIN_CQ	0x301000u
#define IO_SQ		0x302000u
#define IO_CQ		0x303000u
#define MARK		0x304000u	/* of the first start */
#define BUFFER		0x305000u
#define BUFFER_SIZE	4096u
#define MAGIC		0x4e414d44u
#define FILL		0x5a5a5a5au

#define CC		0x14
#define CSTS		0x1c
#define AQA		0x24
#define ASQ		0x28
#define ACQ		0x30
#define DOORBELL(n)	(0x1000u + 4 * (n))	/* SQ 0, CQ 0, SQ 1, CQ 1: QEMU's CAP.DSTRD is 0 */
#define CC_ENABLE	0x00460001u	/* entries of 64 and of 16 bytes */
#define CREATE_SQ	0x01u
#define CREATE_CQ	0x05u
#define READ		0x02u

uint8_t way __attribute__((section(".data"))) = 0;

static uint32_t registers;

static uint32_t config(uint32_t device, uint32_t at)
{
	uint32_t value;

	__asm__ volatile("outl %0, %%dx" : : "a"(0x80000000 | device << 11 | at), "d"(0xcf8));
	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(0xcfc));
	return value;
}

static void clear(uint32_t from, uint32_t end, uint32_t value)
{
	for (; from < end; from += 4)
		poke(from, value);
}

/* The n-th command of a queue, as it lies there. */
static void command(uint32_t queue, uint32_t n, uint32_t opcode, uint32_t namespace, uint32_t address,
		    uint32_t dword10, uint32_t dword11)
{
	uint32_t at = queue + 64 * (n & 1);

	clear(at, at + 64, 0);
	poke(at, opcode | n << 16);
	poke(at + 4, namespace);
	poke(at + 24, address);
	poke(at + 40, dword10);
	poke(at + 44, dword11);
}

/* One of the two admin commands: waits until it is done, and takes its entry. */
static bool admin(uint32_t n, uint32_t opcode, uint32_t address, uint32_t dword11)
{
	uint32_t entry = ADMIN_CQ + 16 * n + 12;

	command(ADMIN_SQ, n, opcode, 0, address, 0x00010001, dword11);
	poke(registers + DOORBELL(0), (n + 1) & 1);
	changes(entry, 0x10000, 0);
	poke(registers + DOORBELL(1), (n + 1) & 1);
	return (peek(entry) & 0xffff0000) == 0x10000;
}

static bool set_up(void)
{
	poke(registers + CC, 0);
	if (!changes(registers + CSTS, 1, 1))
		return false;
	clear(ADMIN_SQ, MARK, 0);
	poke(registers + AQA, 0x00010001);
	poke(registers + ASQ, ADMIN_SQ);
	poke(registers + ASQ + 4, 0);
	poke(registers + ACQ, ADMIN_CQ);
	poke(registers + ACQ + 4, 0);
	poke(registers + CC, CC_ENABLE);
	return changes(registers + CSTS, 1, 0) && admin(0, CREATE_CQ, IO_CQ, 1) && admin(1, CREATE_SQ, IO_SQ, 0x00010001);
}

static void fill(void)
{
	clear(BUFFER, BUFFER + BUFFER_SIZE, FILL);
}

static bool filled(void)
{
	for (uint32_t i = 0; i < BUFFER_SIZE; i += 4)
		if (peek(BUFFER + i) != FILL)
			return false;
	return true;
}

/* The n-th read: 8 blocks from 64 on. */
static void begin(uint32_t n)
{
	command(IO_SQ, n, READ, 1, BUFFER, 64, 0);
	poke(IO_SQ + 64 * (n & 1) + 48, 7);
	poke(registers + DOORBELL(2), (n + 1) & 1);
}

/* Has anything come within three seconds? */
static bool arrives(void)
{
	return changes(BUFFER, ~0u, FILL) || !filled();
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
	uint32_t device = 0;
	bool again;

	__asm__ volatile("cli" : : : "memory");
	flat_fs();
	again = peek(MARK) == MAGIC;
	poke(MARK, 0);
	fill();
	if (again) {	/* QEMU lets it end while it resets the device, before POST begins */
		print(arrives() ? "arrived after the restart\nend\n" : "nothing arrived\nend\n");
		return;
	}
	while (device < 32 && config(device, 0x08) >> 8 != CLASS)
		device++;
	registers = config(device, 0x10) & ~0xfu;
	config(device, 0x04);
	__asm__ volatile("outw %w0, %%dx" : : "a"(0x0006), "d"(0xcfc));
	if (!set_up()) {
		print("no queues\nend\n");
		return;
	}
	begin(0);
	print(arrives() && changes(IO_CQ + 12, 0x10000, 0) ? "first arrived\n" : "first did not\n");
	poke(registers + DOORBELL(3), 1);
	fill();
	if (way != 'n')
		poke(MARK, MAGIC);
	begin(1);
	if (!filled())
		print("too early\n");
	if (way != 'n')
		restart();
	print(arrives() ? "second arrived\nend\n" : "second did not\nend\n");
}
