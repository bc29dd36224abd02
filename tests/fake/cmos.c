/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/cmos.c: see cmos.h.
 */
#include <string.h>
#include "fake/cmos.h"
#include "fake/io.h"

uint8_t fake_cmos[128];
bool fake_cmos_nmi_masked;
static uint8_t at;

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)width;
	return port == 0x71 ? fake_cmos[at] : 0xff;
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)width;
	if (port == 0x71) {
		fake_cmos[at] = value;
		return;
	}
	fake_cmos_nmi_masked |= value & 0x80;
	at = value & 0x7f;
}

void fake_cmos_add(void)
{
	memset(fake_cmos, 0, sizeof(fake_cmos));
	fake_cmos_nmi_masked = false;
	at = 0;
	fake_io_add(0x70, 0x71, in, out, NULL);
}
