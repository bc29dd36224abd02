/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/ports.c: see ports.h.
 */
#include "services/ports.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "lib/bits.h"
#include "std/bda.h"

#define UART_IIR	2	/* offsets of the register that tells whether somebody is there */
#define LPT_STATUS	1
#define ABSENT		0xff
#define UART_TIMEOUT	10	/* seconds */
#define LPT_TIMEOUT	20

void ports_init(void)
{
	static const uint16_t com[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 }, lpt[] = { 0x378, 0x278, 0x3bc };
	struct bda *b = phys_to_ptr(BDA_SEGMENT << 4);
	uint32_t coms = 0, lpts = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(com); i++)
		if (inb(com[i] + UART_IIR) != ABSENT) {
			b->com_timeout[coms] = UART_TIMEOUT;
			b->com[coms++] = com[i];
		}
	for (uint32_t i = 0; i < ARRAY_SIZE(lpt); i++)
		if (inb(lpt[i] + LPT_STATUS) != ABSENT) {
			b->lpt_timeout[lpts] = LPT_TIMEOUT;
			b->lpt[lpts++] = lpt[i];
		}
	b->equipment |= BDA_EQUIP_COMS(coms) | BDA_EQUIP_LPTS(lpts);
}
