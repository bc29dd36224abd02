/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/serial.c: see serial.h.
 */
#include "services/serial.h"
#include <stdbool.h>
#include "arch/io.h"
#include "hw/timer.h"
#include "services/guest.h"
#include "services/serial_console.h"
#include "std/bda.h"
#include "std/uart.h"

#define LCR_FORMAT	0x1f		/* word length, stop bits, parity: as AL of AH=00h has them */
#define TIMED_OUT	0x80

#define DIVISOR_110	1047		/* of 115200 / 16 ... in 1/110 s */
#define DIVISOR_150	768

#define SECOND_US	1000000u

static void set_line(uint16_t port, uint8_t al)
{
	uint16_t divisor = (uint16_t)(al >> 5 ? DIVISOR_150 >> ((al >> 5) - 1) : DIVISOR_110);

	outb(UART_LCR_DIVISOR | (al & LCR_FORMAT), port + UART_LINE_CONTROL);
	outb((uint8_t)divisor, port + UART_DATA);
	outb((uint8_t)(divisor >> 8), port + UART_INTERRUPTS);
	outb(al & LCR_FORMAT, port + UART_LINE_CONTROL);
	outb(0, port + UART_INTERRUPTS);
}

/* Until all of these bits of the line's state are set. Returns the state; TIMED_OUT: they are not. */
static uint8_t wait_line(uint16_t port, uint8_t bits, uint8_t seconds)
{
	struct wait wait = wait_start(seconds * SECOND_US, NULL);

	for (;;) {
		uint8_t state = inb(port + UART_LINE_STATUS);

		if ((state & bits) == bits)
			return state & ~TIMED_OUT;
		if (!seconds || wait_expired(&wait))
			return state | TIMED_OUT;
	}
}

void serial_service(struct regs *r)
{
	const struct bda *bda = guest_bda();
	uint16_t port = r->dx < 4 ? bda->com[r->dx] : 0;

	if (!port || r->ah > 3) {
		r->flags |= FLAGS_CF;
		return;
	}
	r->flags &= ~FLAGS_CF;
	if (r->ah < 3)
		serial_console_yield(port);
	switch (r->ah) {
	case 0:
		set_line(port, r->al);
		break;
	case 1:
		r->ah = wait_line(port, UART_LSR_SENT, bda->com_timeout[r->dx]);
		if (!(r->ah & TIMED_OUT))
			outb(r->al, port + UART_DATA);
		return;
	case 2:
		r->ah = wait_line(port, UART_LSR_RECEIVED, bda->com_timeout[r->dx]);
		if (!(r->ah & TIMED_OUT))
			r->al = inb(port + UART_DATA);
		return;
	default:
		break;
	}
	r->ah = inb(port + UART_LINE_STATUS);
	r->al = inb(port + UART_MODEM_STATUS);
}
