/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/debug_port.h: QEMU's debug console (device isa-debugcon) at port 0x402.
 */
#ifndef HW_DEBUG_PORT_H
#define HW_DEBUG_PORT_H

#include <stdbool.h>
#include <stdint.h>

/* One port read: the device answers 0xe9, an empty port does not. */
bool debug_port_present(void);

/* len bytes, in one string instruction. */
void debug_port_write(const char *text, uint32_t len);

#endif
