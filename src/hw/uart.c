/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/uart.c: see uart.h. Registers: National Semiconductor PC16550D data sheet, section 8.
 */
#include "arch/io.h"
#include "hw/timer.h"
#include "hw/uart.h"

#define COM1		0x3f8
#define UART_DATA	(COM1 + 0)	/* with DLAB: divisor, low byte */
#define UART_IER	(COM1 + 1)	/* with DLAB: divisor, high byte */
#define UART_FCR	(COM1 + 2)
#define UART_LCR	(COM1 + 3)
#define UART_MCR	(COM1 + 4)
#define UART_LSR	(COM1 + 5)
#define UART_SCR	(COM1 + 7)
#define LCR_8N1		0x03
#define LCR_DLAB	0x80
#define LSR_THR_EMPTY	0x20
#define MCR_DTR_RTS	0x03

static bool stalled;

bool uart_init(void)
{
	outb(0x5a, UART_SCR);		/* the scratch register keeps what is written */
	if (inb(UART_SCR) != 0x5a)
		return false;
	outb(0, UART_IER);
	outb(LCR_DLAB | LCR_8N1, UART_LCR);
	outb(1, UART_DATA);
	outb(0, UART_IER);
	outb(LCR_8N1, UART_LCR);
	outb(0x07, UART_FCR);		/* FIFO on and empty */
	outb(MCR_DTR_RTS, UART_MCR);
	stalled = false;
	return true;
}

static void put(char c)
{
	struct wait wait = wait_start(100 * 1000, "uart: transmitter");

	while (!stalled && !(inb(UART_LSR) & LSR_THR_EMPTY))
		stalled = wait_expired(&wait);
	if (!stalled)
		outb((uint8_t)c, UART_DATA);
}

void uart_write(const char *text, uint32_t len)
{
	for (; len; len--, text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
}
