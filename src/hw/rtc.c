/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/rtc.c: see rtc.h.
 */
#include "hw/rtc.h"
#include "hw/cmos.h"
#include "hw/timer.h"
#include "lib/errno.h"

#define UPDATE_US	10000	/* 2 ms, the data sheet says */

/* Two digits below limit (BCD too), anything else is 24 * 3600, which no time is. */
static uint32_t number(uint8_t index, uint8_t limit)
{
	uint8_t bcd = cmos_read(index);

	return bcd < limit && (bcd & 15) < 10 ? (bcd >> 4) * 10u + (bcd & 15) : 24 * 3600;
}

int rtc_time_of_day(uint32_t *seconds)
{
	struct wait wait = wait_start(UPDATE_US, "rtc: end of an update");
	uint32_t s;
	uint8_t a;

	*seconds = 0;
	while ((a = cmos_read(CMOS_RTC_A)) & RTC_A_UPDATING) {
		if (a == RTC_ABSENT)
			return -ENODEV;
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	}
	s = number(CMOS_SECONDS, 0x60) + number(CMOS_MINUTES, 0x60) * 60 + number(CMOS_HOURS, 0x24) * 3600;
	if (s >= 24 * 3600)
		return -EINVAL;
	*seconds = s;
	return 0;
}

void rtc_reset(void)
{
	cmos_write(CMOS_RTC_A, RTC_A_NORMAL);
	cmos_write(CMOS_RTC_B, RTC_B_NORMAL);
}
