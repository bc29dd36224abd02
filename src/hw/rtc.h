/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/rtc.h: the time of day at POST. Programs ask for it through src/rt16/clock.c.
 * Spec: Motorola MC146818A.
 */
#ifndef HW_RTC_H
#define HW_RTC_H

#include <stdint.h>

/*
 * Seconds since midnight. Returns 0; -ENODEV, there is no clock (2 accesses); -ETIMEDOUT; -EINVAL, what it says is no
 * time. *seconds is 0 then. 8 accesses.
 */
int rtc_time_of_day(uint32_t *seconds);

/* Interrupts off, 24 hours and BCD, 1024 Hz: after a reset the clock has what a guest set. 4 accesses. */
void rtc_reset(void);

#endif
