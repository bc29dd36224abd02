/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/vga_cost.c: calls of INT 10h between marks, for counting what each takes of the display: its number
 * to port 0xe1 before it and 0 behind it; 0xff at the end. The first is no call but one change of the memory map.
 */
#include "programs/program.h"

#define MARK	0xe1

static uint8_t number;

static void marked(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx, unsigned int times)
{
	struct registers r;

	outb(++number, MARK);
	while (times--) {
		r = (struct registers){ .ax = ax, .bx = bx, .cx = cx, .dx = dx };
		call_int(0x10, &r);
	}
	outb(0, MARK);
}

static void plain(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	struct registers r = { .ax = ax, .bx = bx, .cx = cx, .dx = dx };

	call_int(0x10, &r);
}

static void string(void)
{
	static const char text[81] = "eighty characters, eighty characters, eighty characters, eighty characters, 8080";

	outb(++number, MARK);
	/* BP is not among struct registers. */
	__asm__ volatile("pushl %%ebp; movl %4, %%ebp; int $0x10; popl %%ebp"
			 : : "a"(0x1301), "b"(0x0007), "c"(80), "d"(0x0500), "S"(text) : "edi", "memory", "cc");
	outb(0, MARK);
}

#define PCI_ADDRESS	0xcf8
#define PCI_DATA	0xcfc
#define PAM_D8000	0x5d		/* of the i440fx, 00:00.0: who answers D8000-DFFFF, which nobody needs here */
#define PAM_WRITE	0x22		/* both halves of it */

static void map_change(void)
{
	uint8_t pam;

	__asm__ volatile("outl %0, %%dx" : : "a"(0x80000000 | (PAM_D8000 & ~3)), "d"(PCI_ADDRESS));
	pam = inb(PCI_DATA + (PAM_D8000 & 3));
	outb(++number, MARK);
	outb(pam ^ PAM_WRITE, PCI_DATA + (PAM_D8000 & 3));
	outb(0, MARK);
	outb(pam, PCI_DATA + (PAM_D8000 & 3));
}

void main(void)
{
	map_change();
	plain(0x0003, 0, 0, 0);
	marked(0x0003, 0, 0, 0, 1);
	marked(0x0e41, 0x0007, 0, 0, 1);
	marked(0x0e41, 0x0007, 0, 0, 79);
	plain(0x0200, 0, 0, 0x1800);
	marked(0x0e0a, 0x0007, 0, 0, 1);
	marked(0x0600, 0x0700, 0, 0x184f, 1);
	string();
	plain(0x0200, 0, 0, 0);
	marked(0x0941, 0x0007, 2000, 0, 1);
	marked(0x1114, 0, 0, 0, 1);
	marked(0x0200, 0, 0, 0x0305, 1);
	marked(0x0300, 0, 0, 0, 1);
	marked(0x0012, 0, 0, 0, 1);
	marked(0x0e41, 0x0007, 0, 0, 1);
	plain(0x0003, 0, 0, 0);
	marked(0x0013, 0, 0, 0, 1);
	plain(0x0003, 0, 0, 0);
	marked(0x4f02, 0x4118, 0, 0, 1);
	outb(0xff, MARK);
	for (;;)
		outb(0x10, 0xf4);
}
