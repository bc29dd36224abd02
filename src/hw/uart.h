/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/uart.h: the UARTs of serial ports; and COM1, to say why a boot failed.
 */
#ifndef HW_UART_H
#define HW_UART_H

#include <stdbool.h>
#include <stdint.h>

/* Does the scratch register keep what is written? Where there is no UART it does not. */
bool uart_keeps_scratch(uint16_t port);

/* 115,200 baud, 8 data bits, no parity, no interrupts, FIFOs empty; modem_control: UART_MCR_... (std/uart.h). */
void uart_set_up(uint16_t port, uint8_t modem_control);

/* Is COM1 there? If so it is set to 115,200 baud, 8 data bits, no parity. */
bool uart_init(void);

/* Bytes to COM1 as they are, with a carriage return before each newline. Gives up when it stalls. */
void uart_write(const char *text, uint32_t len);

#endif
