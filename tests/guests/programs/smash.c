/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/smash.c: fills memory from `first` up to `end` with `value` (a test puts them in), which is the
 * firmware's, and calls INT 19h. Behind the restart that this has to lead to it ends.
 */
#include "programs/flat.h"
#include "programs/program.h"

#define MARK	0x300000u	/* in memory that no start needs */
#define DONE	0x736d7368u

volatile uint32_t first __attribute__((section(".data"))) = 0;
volatile uint32_t end __attribute__((section(".data"))) = 0;
volatile uint32_t value __attribute__((section(".data"))) = 0;

void main(void)
{
	struct registers r = { .eax = 0 };

	flat_fs();
	if (peek(MARK) == DONE) {
		print("restarted\nend\n");
		outb(1, 0xf4);
	}
	poke(MARK, DONE);
	for (uint32_t at = first; at < end; at += 4)
		poke(at, value);
	call_int(0x19, &r);
	print("came back\nend\n");
	outb(1, 0xf4);
}
