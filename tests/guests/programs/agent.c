/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/agent.c: reads and writes what a test tells it to by its mailbox: see ../agent.S.
 */
#include "programs/program.h"

#define MAILBOX	0x600u
#define WRITE	2
#define READY	0x59444552u

void main(void)
{
	*mem32(MAILBOX) = 0;
	*mem32(MAILBOX + 16) = READY;
	for (;;) {
		uint32_t command = *mem32(MAILBOX), at = *mem32(MAILBOX + 4);

		if (!command)
			continue;
		if (command == WRITE)
			*mem32(at) = *mem32(MAILBOX + 8);
		*mem32(MAILBOX + 12) = *mem32(at);
		*mem32(MAILBOX) = 0;
	}
}
