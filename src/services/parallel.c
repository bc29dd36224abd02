/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/parallel.c: see parallel.h.
 */
#include "services/parallel.h"
#include "arch/io.h"
#include "hw/timer.h"
#include "services/guest.h"
#include "std/bda.h"

/* Registers, from the port on. */
#define DATA		0
#define STATUS		1
#define CONTROL		2

#define STATUS_READY	0x80		/* 0: busy */
#define STATUS_IDLE	0x40		/* 0: acknowledges a byte */
#define STATUS_INVERTED	0x48		/* acknowledge and error, in the answer the other way round */
#define CONTROL_STROBE	0x01
#define CONTROL_RUN	0x04		/* 0: initialise */
#define TIMED_OUT	0x01

#define RESET_US	50
#define SECOND_US	1000000u

/*
 * Until one of the bits in wanted is set, inverted ones the other way round. Returns the answer's state, with TIMED_OUT:
 * none is.
 */
static uint8_t wait_for(uint16_t port, uint8_t wanted, uint8_t seconds)
{
	struct wait wait = wait_start(seconds * SECOND_US, NULL);

	for (;;) {
		uint8_t state = inb(port + STATUS) ^ STATUS_INVERTED;

		if (state & wanted)
			return state & ~TIMED_OUT;
		if (!seconds || wait_expired(&wait))
			return state | TIMED_OUT;
	}
}

static uint8_t print(uint16_t port, uint8_t byte, uint8_t seconds)
{
	uint8_t state = wait_for(port, STATUS_READY, seconds), control;

	if (state & TIMED_OUT)
		return state;
	outb(byte, port + DATA);
	control = inb(port + CONTROL);
	outb(control | CONTROL_STROBE, port + CONTROL);
	outb(control & ~CONTROL_STROBE, port + CONTROL);
	/* Its acknowledgement is short, and may have been over before the first look. */
	return wait_for(port, STATUS_READY | STATUS_IDLE, seconds);
}

static void reset(uint16_t port)
{
	uint8_t control = inb(port + CONTROL);

	outb(control & ~CONTROL_RUN, port + CONTROL);
	delay_us(RESET_US);
	outb(control | CONTROL_RUN, port + CONTROL);
}

void parallel_service(struct regs *r)
{
	const struct bda *bda = guest_bda();
	uint16_t port = r->dx < 3 ? bda->lpt[r->dx] : 0;

	if (!port || r->ah > 2) {
		r->flags |= FLAGS_CF;
		return;
	}
	r->flags &= ~FLAGS_CF;
	if (r->ah == 0) {
		r->ah = print(port, r->al, bda->lpt_timeout[r->dx]);
		return;
	}
	if (r->ah == 1)
		reset(port);
	r->ah = inb(port + STATUS) ^ STATUS_INVERTED;
}
