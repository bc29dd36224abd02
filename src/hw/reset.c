/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/reset.c: see reset.h.
 */
#include "arch/cpu.h"
#include "arch/io.h"
#include "hw/timer.h"
#include "hw/reset.h"

#define RESET_CONTROL	0xcf9	/* PIIX3 and ICH9: bits 1 and 2, a full reset */
#define KBC_COMMAND	0x64
#define KBC_PULSE_RESET	0xfe

void hard_reset(void)
{
	outb(0x06, RESET_CONTROL);
	delay_us(1000);
	outb(KBC_PULSE_RESET, KBC_COMMAND);
	delay_us(1000);
	cpu_triple_fault();
}
