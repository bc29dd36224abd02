/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/cmos.h: the RTC's memory behind ports 0x70 and 0x71 of tests/fake/io.h.
 */
#ifndef FAKE_CMOS_H
#define FAKE_CMOS_H

#include <stdbool.h>
#include <stdint.h>

extern uint8_t fake_cmos[128];
extern bool fake_cmos_nmi_masked;	/* bit 7 was set in an index, once */

/* All registers 0. Call after fake_io_reset(); without it there is no RTC. */
void fake_cmos_add(void);

#endif
