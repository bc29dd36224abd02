/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/restart.c: fills memory above 1 MiB and restarts the machine in a way that test_restart.py
 * chooses, three times; each start has to find that memory as it was, and its own count in it.
 */
#include "programs/flat.h"
#include "programs/program.h"

#define COUNT		0x200000u	/* two dwords, and the filled memory behind them */
#define FILL_END	0xc00000u
#define MAGIC		0x52535452u
#define STARTS		3

uint8_t way __attribute__((section(".data"))) = 0;

void triple_fault(void), jump_ffff(void), jump_e05b(void);
__asm__(".code16\n"
	"triple_fault: protected; lidtl %cs:nothing; ud2\n"
	"jump_ffff: ljmp $0xffff, $0\n"
	"jump_e05b: ljmp $0xf000, $0xe05b\n"
	"nothing: .word 0; .long 0\n"
	".code16gcc\n");

static uint32_t pattern(uint32_t at)
{
	return at * 2654435761u | 1;
}

/* This start's number, from 1; the first one fills the memory, and the others count what is wrong in it. */
static uint32_t look(uint32_t *wrong)
{
	uint32_t n;

	__asm__ volatile("cli" : : : "memory");		/* an interrupt would give FS a base */
	flat_fs();
	n = peek(COUNT) == MAGIC ? peek(COUNT + 4) + 1 : 1;
	*wrong = 0;
	for (uint32_t at = COUNT + 8; at < FILL_END; at += 4) {
		if (n == 1)
			poke(at, pattern(at));
		*wrong += peek(at) != pattern(at);
	}
	poke(COUNT, MAGIC);
	poke(COUNT + 4, n);
	__asm__ volatile("sti" : : : "memory");
	return n;
}

static void read_for_ever(void)
{
	static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;
	struct registers r;

	for (;;) {
		packet.size = 16;
		packet.count = 1;
		packet.segment = 0x1000;
		r = (struct registers){ .eax = 0x4200, .edx = 0x80, .esi = (uint32_t)&packet };
		call_int(0x13, &r);
	}
}

static void restart(void)
{
	struct registers r = { .eax = 0 };

	switch (way) {
	case 'c':			/* Ctrl, Alt, Del, as the keyboard sends it */
		deliver(0x1d, false);
		deliver(0x38, false);
		deliver(0x53, false);
		break;
	case 'f':
		jump_ffff();
		break;
	case 'e':
		jump_e05b();
		break;
	case '9':
		call_int(0x19, &r);
		break;
	case '8':
		call_int(0x18, &r);
		break;
	case 'k':
		outb(0xfe, 0x64);
		break;
	case 'r':
		outb(0x06, 0xcf9);
		break;
	case 'p':
		outb(inb(0x92) | 1, 0x92);
		break;
	case 't':
		triple_fault();
		break;
	case 'i':
		init_self();
		break;
	case 'd':			/* these wait for somebody who types */
		read_for_ever();
		break;
	case 'w':
		call_int(0x16, &r);
		break;
	case 'b':
		for (;;)
			let_interrupts_in();
	default:
		break;
	}
	for (uint32_t i = 0; i < 3000000; i++)
		inb(0x80);
	print("it goes on\n");
}

void main(void)
{
	uint32_t wrong, n = look(&wrong);

	print("start ");
	print_hex(n, 1);
	print(" wrong ");
	print_hex(wrong, 8);
	print(" flag ");
	print_hex(*mem16(0x472), 4);
	print("\n");
	if (n < STARTS)
		restart();
	print("end\n");
}
