/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/nmi.c: calls services again and again and says when an answer is wrong, while a debugger sends
 * NMIs (tests/qemu/test_crossing.py): it stops at iteration(), and ends the program by a word at 0:0600. Every iteration
 * reads a sector, reads it with A20 off, and waits for a while, with interrupt windows.
 */
#include "programs/program.h"

#define END	0x600
#define LBA	64

void iteration(void), nmi(void);
extern uint16_t nmis;
__asm__(".code16\n"
	"nmi: incw %cs:nmis; iretw\n"
	"iteration: retl\n"
	".balign 4\n"
	"nmis: .word 0\n"
	".code16gcc\n");

static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;
static uint32_t buffer[128];

static void check(const char *name, bool good)
{
	if (good)
		return;
	print(name);
	print(" is wrong\n");
}

static void read_sector(const char *name)
{
	struct registers r = { .eax = 0x11114200, .ebx = 0x22223333, .ecx = 0x44445555, .edx = 0x66660080, .edi = 0x77778888,
			       .flags = 0x4001 };
	bool good = true;

	for (unsigned int i = 0; i < 128; i++)
		buffer[i] = 0;
	packet.size = 16;
	packet.count = 1;
	packet.offset = (uint16_t)(uint32_t)buffer;
	packet.lba = LBA;
	r.esi = 0x99990000 | (uint16_t)(uint32_t)&packet;
	call_int(0x13, &r);
	for (unsigned int i = 0; i < 128; i++)
		good &= buffer[i] == (0xd1000000 | (LBA * 128 + i));
	check(name, good && r.eax == 0x11110000 && r.ebx == 0x22223333 && r.ecx == 0x44445555 && r.edx == 0x66660080 &&
	      r.edi == 0x77778888 && !(r.flags & CF) && packet.count == 1);
}

#define PAINT_START	0x7100	/* offsets that the firmware's stack has in its own segment */
#define PAINT_END	0x7b80		/* main() has a frame above */

static void paint(void)
{
	for (uint32_t at = PAINT_START; at < PAINT_END; at += 4)
		*mem32(at) = ~at;
}

static bool painted(void)
{
	for (uint32_t at = PAINT_START; at < PAINT_END; at += 4)
		if (*mem32(at) != ~at)
			return false;
	return true;
}

static void calls(void)
{
	struct registers r;
	uint8_t port;

	paint();
	set_vector(0x02, nmi);
	*mem32(END) = 0;
	while (!*mem32(END)) {
		iteration();
		read_sector("a read");
		port = inb(0x92) & 0xfe;
		outb(port & 0xfd, 0x92);
		read_sector("a read with A20 off");
		check("A20", !(inb(0x92) & 2));
		outb(port | 2, 0x92);
		r = (struct registers){ .ax = 0x8600, .dx = 4000, .ebx = 0x22223333, .esi = 0x44445555, .flags = CF };
		call_int(0x15, &r);
		check("other memory", painted());
		paint();
		check("a wait", !(r.flags & CF) && r.ebx == 0x22223333 && r.esi == 0x44445555 && r.dx == 4000);
	}
	print_hex(nmis, 4);
	print(" NMIs\nend\n");
}

/* A stack that is not where the paint is. */
void main(void)
{
	__asm__ volatile("movl %%esp, %%ebx; movl $0x7000, %%esp; calll *%0; movl %%ebx, %%esp"
			 : : "r"(calls) : "eax", "ebx", "ecx", "edx", "memory");
}
