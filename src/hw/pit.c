/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pit.c: see pit.h.
 */
#include "hw/pit.h"
#include "arch/io.h"

void pit_start(void)
{
	outb(PIT_MODE2, PIT_CONTROL);
	outb(0, PIT_COUNTER0);
	outb(0, PIT_COUNTER0);
}
