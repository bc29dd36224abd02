/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/timer.c: see timer.h.
 */
#include <stddef.h>
#include "fake/timer.h"
#include "hw/timer.h"
#include "trace/log.h"

uint32_t fake_timer_looks = 1000, fake_timer_waits, fake_timer_expired, fake_timer_idle;
uint64_t fake_timer_delayed_us;
void (*fake_timer_tick)(void);

void fake_timer_reset(void)
{
	fake_timer_looks = 1000;
	fake_timer_waits = fake_timer_expired = fake_timer_idle = 0;
	fake_timer_delayed_us = 0;
	fake_timer_tick = NULL;
}

struct wait wait_start(uint32_t limit_us, const char *what)
{
	fake_timer_waits++;
	return (struct wait){ .what = what, .limit_us = limit_us };
}

bool wait_expired(struct wait *wait)
{
	if (fake_timer_tick)
		fake_timer_tick();
	if (++wait->spins < fake_timer_looks)
		return false;
	if (wait->what)
		log("%s: not done within %u us", wait->what, wait->limit_us);
	fake_timer_expired++;
	return true;
}

void timer_let_idle(void)
{
	fake_timer_idle++;
}

void delay_us(uint32_t us)
{
	fake_timer_delayed_us += us;
}
