/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/typed.c: what is left of keys when a boot sector starts: the buffer of the BIOS data area, its
 * flag of Ctrl-Break, the keyboard controller's data port, and what INT 16h still gives.
 */
#include "programs/program.h"

#define BUFFER		0x41eu
#define BUFFER_END	0x43eu
#define CTRL_BREAK	0x471u
#define DATA_PORT	0x60
#define PEEK_KEY	0x1100
#define TAKE_KEY	0x1000

void main(void)
{
	uint8_t port = inb(DATA_PORT);
	struct registers r;

	print("buffer");
	for (uint32_t at = BUFFER; at < BUFFER_END; at += 2) {
		print(" ");
		print_hex(*mem16(at), 4);
	}
	print("\nbreak ");
	print_hex(*mem8(CTRL_BREAK), 2);
	print("\nport ");
	print_hex(port, 2);
	print("\nkeys");
	for (;;) {
		r = (struct registers){ .ax = PEEK_KEY };
		call_int(0x16, &r);
		if (r.flags & ZF)
			break;
		r = (struct registers){ .ax = TAKE_KEY };
		call_int(0x16, &r);
		print(" ");
		print_hex(r.ax, 4);
	}
	print("\n");
}
