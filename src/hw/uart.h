/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/uart.h: the 16550 serial port COM1, only to say why a boot failed.
 */
#ifndef HW_UART_H
#define HW_UART_H

#include <stdbool.h>
#include <stdint.h>

/* Is there one? If so it is set to 115,200 baud, 8 data bits, no parity. */
bool uart_init(void);

/* Bytes as they are, with a carriage return before each newline. Gives up when it stalls. */
void uart_write(const char *text, uint32_t len);

#endif
