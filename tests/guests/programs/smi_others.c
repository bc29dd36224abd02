/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/smi_others.c: sends SMIs to every processor, as the firmware has left them and after it has
 * started the others anew, and looks whether any of them has put its state where all begin, at 30000h: then its base
 * was not moved, and the memory there would have been run in System Management Mode.
 */
#include "programs/program.h"

#define ICR_LOW		0xfee00300u
#define ICR_OTHERS	0xc4200u	/* SMI, all but this one */
#define ICR_SELF	0x84200u	/* and this one */
#define ICR_INIT	0xc4500u
#define ICR_STARTUP	0xc4600u
#define PAGE		0x9000u
#define COUNT		0x9100u
#define BASE		0x38000u
#define END		0x40000u
#define PAINT		0xf4f4f4f4u	/* HLT: a processor that begins there stays */

static void wait(uint32_t ticks)
{
	uint32_t end = *mem32(0x46c) + ticks;

	while (*mem32(0x46c) != end)
		let_interrupts_in();
}

static void send(const char *name)
{
	uint32_t changed = 0;

	for (uint32_t i = BASE; i < END; i += 4)
		*mem32(i) = PAINT;
	for (uint32_t n = 0; n < 200; n++) {
		*mem32(ICR_LOW) = n & 1 ? ICR_SELF : ICR_OTHERS;
		if (n % 50 == 0)
			wait(1);
	}
	wait(2);
	for (uint32_t i = BASE; i < END; i += 4)
		changed += *mem32(i) != PAINT;
	print(name);
	print(changed ? " CHANGED" : " untouched");
	print("\n");
}

void main(void)
{
	static const uint8_t code[] = { 0xfa, 0xf0, 0x2e, 0xff, 0x06, 0x00, 0x01, 0xf4, 0xeb, 0xfd };	/* cli; lock incw %cs:0x100; hlt */

	send("parked");
	for (uint32_t i = 0; i < sizeof(code); i++)
		*mem8(PAGE + i) = code[i];
	*mem16(COUNT) = 0;
	*mem32(ICR_LOW) = ICR_INIT;
	wait(1);
	*mem32(ICR_LOW) = ICR_STARTUP | PAGE >> 12;
	wait(2);
	print("started ");
	print_hex(*mem16(COUNT), 2);
	print("\n");
	send("started");
	print("end\n");
	outb(1, 0xf4);
}
