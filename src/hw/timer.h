/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/timer.h: bounded waiting. There is no other loop on a device register in this tree.
 *
 * The clock is found when something really has to wait, never before: TSC with the rate the
 * hypervisor or CPUID tells, else measured against the ACPI PM timer or the PIT.
 *
 *	struct wait wait = wait_start(100 * 1000, "fw_cfg: DMA");
 *
 *	while (!done()) {
 *		if (wait_expired(&wait))
 *			return -ETIMEDOUT;
 *	}
 */
#ifndef HW_TIMER_H
#define HW_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct wait {
	const char *what;	/* "module: thing", for the line that says it timed out; NULL: that is nothing to tell */
	uint32_t limit_us;
	uint32_t spins;		/* looks so far; the first WAIT_FREE_SPINS need no clock */
	uint64_t end;		/* in clock ticks, 0: the clock was not asked yet */
	uint64_t begin;		/* TSC; only where timer_set_idle() was called */
	bool alone;		/* to be set behind wait_start(): nobody else may have the processor meanwhile */
};

#define WAIT_FREE_SPINS 256

/* What a TSC can run at, in kHz; else its rate is not believed. */
#define TSC_KHZ_MIN	10000u
#define TSC_KHZ_MAX	20000000u

/* Costs nothing: no device access, no clock. what is a string constant. */
struct wait wait_start(uint32_t limit_us, const char *what);

/* Pauses a little. True, and one line in the log, once limit_us microseconds have passed. */
bool wait_expired(struct wait *wait);

/* Rate of the TSC in kHz as CPUID tells it, 0: it does not. The TSC exists. No device access. */
uint32_t timer_told_khz(void);

/*
 * The same by any means, for those who can wait: measured, within a few ten thousandths too high, if
 * nobody tells. 0: there is no TSC, or nothing to measure it by.
 */
uint32_t timer_tsc_khz(void);

/*
 * From now on a wait that takes long calls fn about every millisecond, no counter is programmed, and no clock is
 * measured before the slowest TSC there is could have passed the limit. For services, which wait in a guest's time.
 */
void timer_set_idle(void (*fn)(void));

/* Call that now, if there is one: interrupts that a finished command has left are taken. */
void timer_let_idle(void);

/* Do nothing for at least us microseconds. */
void delay_us(uint32_t us);

#endif
