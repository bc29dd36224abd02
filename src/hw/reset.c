/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/reset.c: see reset.h.
 */
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/layout.h"
#include "hw/reset.h"

#define RESET_CONTROL	0xcf9	/* PIIX3 and ICH9 */
#define FULL_RESET	0x06
#define KBC_COMMAND	0x64
#define KBC_PULSE_RESET	0xfe
#define DELAY_PORT	0x80

#define ABSENT		0xff

/* No clock is asked: nothing may be set up yet. */
static void ask(uint16_t port, uint8_t how)
{
	if (inb(port) == ABSENT)
		return;
	outb(how, port);
	for (uint32_t i = 0; i < RESET_PAUSE; i++)
		inb(DELAY_PORT);
}

/* As src/rt16/reset.S does it. */
void hard_reset(void)
{
	ask(RESET_CONTROL, FULL_RESET);
	ask(KBC_COMMAND, KBC_PULSE_RESET);
	cpu_triple_fault();
}
