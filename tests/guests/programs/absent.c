/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/absent.c: asks for all drives from 80h to 8Fh, those that are there and those that are not, as
 * the setup code of Linux does; for the absent ones between two writes to port 0xe0, for a trace. Interrupts are off.
 */
#include "programs/program.h"

#define MARK	0xe0

static const uint8_t functions[] = { 0x41, 0x02, 0x08, 0x15, 0x42, 0x48, 0x00, 0x10 };

void main(void)
{
	static uint8_t there[16];
	struct registers r;

	__asm__ volatile("cli");
	for (unsigned int i = 0; i < 16; i++) {
		r = (struct registers){ .ax = 0x4100, .bx = 0x55aa, .dx = 0x80 + i };
		call_int(0x13, &r);
		there[i] = !(r.flags & CF);
		print(there[i] ? "1" : "0");
	}
	print("\n");
	outb(1, MARK);
	for (unsigned int i = 0; i < 16; i++)
		for (unsigned int f = 0; !there[i] && f < sizeof(functions); f++) {
			r = (struct registers){ .ah = functions[f], .al = 1, .bx = functions[f] == 0x41 ? 0x55aa : 0x6000,
						.cx = 1, .dx = 0x80 + i, .si = 0x6000 };
			call_int(0x13, &r);
			if (!(r.flags & CF))
				outb(3, MARK);
		}
	outb(2, MARK);
	print("end\n");
}
