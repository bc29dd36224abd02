/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/uart.c: see uart.h.
 */
#include "arch/io.h"
#include "hw/timer.h"
#include "hw/uart.h"
#include "std/uart.h"

static bool stalled;

bool uart_keeps_scratch(uint16_t port)
{
	outb(0x5a, port + UART_SCRATCH);
	return inb(port + UART_SCRATCH) == 0x5a;
}

void uart_set_up(uint16_t port, uint8_t modem_control)
{
	outb(0, port + UART_INTERRUPTS);
	outb(UART_LCR_DIVISOR | UART_LCR_8N1, port + UART_LINE_CONTROL);
	outb(1, port + UART_DATA);
	outb(0, port + UART_INTERRUPTS);
	outb(UART_LCR_8N1, port + UART_LINE_CONTROL);
	outb(UART_FIFO_ON, port + UART_FIFO);
	outb(modem_control, port + UART_MODEM_CONTROL);
}

bool uart_init(void)
{
	if (!uart_keeps_scratch(UART_COM1))
		return false;
	uart_set_up(UART_COM1, UART_MCR_DTR_RTS);
	stalled = false;
	return true;
}

static void put(char c)
{
	struct wait wait = wait_start(100 * 1000, "uart: transmitter");

	while (!stalled && !(inb(UART_COM1 + UART_LINE_STATUS) & UART_LSR_ROOM))
		stalled = wait_expired(&wait);
	if (!stalled)
		outb((uint8_t)c, UART_COM1 + UART_DATA);
}

void uart_write(const char *text, uint32_t len)
{
	for (; len; len--, text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
}
