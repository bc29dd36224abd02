/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/uart.h: registers of the serial port's UART, from its first port on.
 * Spec: National Semiconductor PC16550D data sheet, section 8.
 */
#ifndef STD_UART_H
#define STD_UART_H

#define UART_COM1		0x3f8

#define UART_DATA		0	/* while UART_LCR_DIVISOR is set: the divisor, low */
#define UART_INTERRUPTS		1	/* and high */
#define UART_FIFO		2	/* read: what interrupts, and whether there are FIFOs */
#define UART_LINE_CONTROL	3
#define UART_MODEM_CONTROL	4
#define UART_LINE_STATUS	5
#define UART_MODEM_STATUS	6
#define UART_SCRATCH		7	/* keeps what is written */

#define UART_FIFO_ON		0x07	/* and empty */
#define UART_LCR_8N1		0x03
#define UART_LCR_DIVISOR	0x80
#define UART_MCR_DTR_RTS	0x03
#define UART_MCR_OUT1		0x04	/* a pin that PCs do not connect */
#define UART_LSR_RECEIVED	0x01
#define UART_LSR_BAD		0x1c	/* parity, framing, break: the byte is none */
#define UART_LSR_ROOM		0x20	/* the transmitter's FIFO is empty */
#define UART_LSR_SENT		0x60	/* and its shifter */

#endif
