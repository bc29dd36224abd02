/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/tsc_rate.h: how fast the TSC runs, for those who need it on every boot and may not wait for
 * it. hw/timer.h is for those who wait anyway.
 */
#ifndef HW_TSC_RATE_H
#define HW_TSC_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Begin, after chipset_init(), on a processor that has a TSC: what CPUID or KVM's clock tells is
 * enough; else one read of the PM timer, where there is one, is the beginning of a measurement.
 * False: there will be no rate.
 */
bool tsc_rate_begin(void);

/*
 * After tsc_rate_begin() was true: kHz, or 0 when the measurement makes no sense. It ends here with a
 * second read. Where more than 2^32 ticks lie between the two, or the host took the processor away in
 * one of them, it is made again, which takes some milliseconds and at most six reads.
 *
 * *pm_ticks: ticks of the PM timer (3,579,545 Hz) that were measured, 0 when the rate was told or is not
 * known; one of them is the first error. *unsure: ticks of the TSC that the two reads took together, less
 * than 1/32 of all; as nobody knows when within them the timer was read, half of them is the
 * second.
 */
uint32_t tsc_rate_end(uint32_t *pm_ticks, uint32_t *unsure);

#endif
