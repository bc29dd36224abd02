/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/smi_screen.c: an SMI from real mode behind a look at the display's memory, where SMRAM is for those
 * who are in System Management Mode: an emulator that keeps what it has seen of a page runs the one for the other.
 */
#include "programs/program.h"

#define COMMAND	0x53		/* to port B2h: nobody's */

void main(void)
{
	static const uint32_t places[] = { 0xa0000, 0xa8000, 0xb0000, 0xb8000, 0xb9000, 0xbf000 };
	struct registers teletype = { .ax = 0x0e41, .bx = 7 };
	uint32_t seen = 0;

	outb(COMMAND, 0xb2);
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		seen ^= *mem32(places[i]);
		outb(COMMAND, 0xb2);
		*mem32(places[i]) = seen;
		outb(COMMAND, 0xb2);
	}
	call_int(0x10, &teletype);
	outb(COMMAND, 0xb2);
	print("came back\nend\n");
	outb(1, 0xf4);
}
