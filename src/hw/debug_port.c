/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/debug_port.c: see debug_port.h.
 */
#include "arch/io.h"
#include "hw/debug_port.h"

#define DEBUG_PORT	  0x402
#define DEBUG_PORT_ANSWER 0xe9

bool debug_port_present(void)
{
	return inb(DEBUG_PORT) == DEBUG_PORT_ANSWER;
}

void debug_port_write(const char *text, uint32_t len)
{
	outsb(text, len, DEBUG_PORT);
}
