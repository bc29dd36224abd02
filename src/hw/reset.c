/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/reset.c: see reset.h.
 */
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/layout.h"
#include "hw/reset.h"

#define RESET_CONTROL	0xcf9	/* PIIX3 and ICH9: bits 1 and 2, a full reset */
#define KBC_COMMAND	0x64
#define KBC_PULSE_RESET	0xfe
#define DELAY_PORT	0x80

/* As src/rt16/reset.S does it. No clock is asked: nothing may be set up yet. */
void hard_reset(void)
{
	outb(0x06, RESET_CONTROL);
	outb(KBC_PULSE_RESET, KBC_COMMAND);
	for (uint32_t i = 0; i < RESET_PAUSE; i++)
		inb(DELAY_PORT);
	cpu_triple_fault();
}
