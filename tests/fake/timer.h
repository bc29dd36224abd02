/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/timer.h: the clock of a host build: time is counted in looks, so tests never wait.
 */
#ifndef FAKE_TIMER_H
#define FAKE_TIMER_H

#include <stdint.h>

/* Back to the defaults: every wait runs out at its 1000th look. */
void fake_timer_reset(void);

extern uint32_t fake_timer_looks;	/* wait_expired() is true at this look of a wait */
extern uint32_t fake_timer_waits;	/* wait_start() calls since the reset */
extern uint32_t fake_timer_expired;	/* waits that ran out */
extern uint32_t fake_timer_idle;	/* timer_let_idle() calls */
extern uint64_t fake_timer_delayed_us;	/* sum of delay_us() */

/* Called at every look, if set: a fake device may make progress here. */
extern void (*fake_timer_tick)(void);

#endif
