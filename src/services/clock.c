/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/clock.c: see clock.h.
 */
#include "services/clock.h"
#include "hw/timer.h"
#include "services/guest.h"
#include "std/bda.h"

#define WAIT_ACTIVE	0x01
#define BUSY		0x83

void clock_delay(struct regs *r)
{
	const volatile struct bda *bda = guest_bda();

	if (bda->wait_active & WAIT_ACTIVE) {
		r->ah = BUSY;
		r->flags |= FLAGS_CF;
		return;
	}
	delay_us((uint32_t)r->cx << 16 | r->dx);	/* whoever waits lets interrupts in (services_init()) */
	r->flags &= ~FLAGS_CF;
}
