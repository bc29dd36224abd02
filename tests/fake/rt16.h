/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/rt16.h: what src/rt16/entry.S gives 16-bit C: the world outside a service, as a list of what was called.
 */
#ifndef FAKE_RT16_H
#define FAKE_RT16_H

#include <setjmp.h>
#include <stdint.h>

/* 1 MiB and the rest of segment ffff, no device, nothing called, vars16 all 0. INT 15h AH=4Fh keeps every scan code. */
void fake_rt16_reset(void);

struct fake_call {
	uint16_t vector, ax;
};
extern struct fake_call fake_calls[16];		/* without INT 15h AH=4Fh */
extern uint32_t fake_call_count;
extern uint32_t fake_intercepts, fake_waits;	/* INT 15h AH=4Fh, wait_interrupt() */

/* What happens within them, if set. fake_vector() returns as call_vector() does. */
extern uint32_t (*fake_vector)(uint16_t vector, uint16_t ax);
extern void (*fake_interrupt)(void);

/* The last call of a mouse handler, and how many. */
extern uint32_t fake_mouse_calls, fake_mouse_handler;
extern uint16_t fake_mouse_words[4];

/* Where rt16_hard_reset() goes. */
extern jmp_buf fake_reset;

#endif
