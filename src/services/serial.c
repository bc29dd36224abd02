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

/* Registers, from the port on. */
#define DATA		0		/* while LCR_DIVISOR is set: the divisor, low and high */
#define INTERRUPTS	1
#define LINE_CONTROL	3
#define LINE_STATUS	5
#define MODEM_STATUS	6

#define LCR_DIVISOR	0x80
#define LCR_FORMAT	0x1f		/* word length, stop bits, parity: as AL of AH=00h has them */
#define LSR_RECEIVED	0x01
#define LSR_SENT	0x60		/* the holding register and the shifter are empty */
#define TIMED_OUT	0x80

#define DIVISOR_110	1047		/* of 115200 / 16 ... in 1/110 s */
#define DIVISOR_150	768

#define SECOND_US	1000000u

static void set_line(uint16_t port, uint8_t al)
{
	uint16_t divisor = (uint16_t)(al >> 5 ? DIVISOR_150 >> ((al >> 5) - 1) : DIVISOR_110);

	outb(LCR_DIVISOR | (al & LCR_FORMAT), port + LINE_CONTROL);
	outb((uint8_t)divisor, port + DATA);
	outb((uint8_t)(divisor >> 8), port + INTERRUPTS);
	outb(al & LCR_FORMAT, port + LINE_CONTROL);
	outb(0, port + INTERRUPTS);
}

/* Until all of these bits of the line's state are set. Returns the state; TIMED_OUT: they are not. */
static uint8_t wait_line(uint16_t port, uint8_t bits, uint8_t seconds)
{
	struct wait wait = wait_start(seconds * SECOND_US, NULL);

	for (;;) {
		uint8_t state = inb(port + LINE_STATUS);

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
		r->ah = wait_line(port, LSR_SENT, bda->com_timeout[r->dx]);
		if (!(r->ah & TIMED_OUT))
			outb(r->al, port + DATA);
		return;
	case 2:
		r->ah = wait_line(port, LSR_RECEIVED, bda->com_timeout[r->dx]);
		if (!(r->ah & TIMED_OUT))
			r->al = inb(port + DATA);
		return;
	default:
		break;
	}
	r->ah = inb(port + LINE_STATUS);
	r->al = inb(port + MODEM_STATUS);
}
