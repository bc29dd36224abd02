/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/start.c: see start.h.
 *
 * What tells a cold start is RAM: QEMU's is zero then. A first POST leaves two signs: its own
 * 16-bit image in the shadow of the F segment, write-protected from the guest, and the EBDA
 * segment in the BIOS data area. Where neither is there nothing has run, and CMOS need not be asked.
 */
#include <stdbool.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/cmos.h"
#include "lib/endian.h"
#include "post/start.h"

#define BDA_EBDA_SEGMENT	0x40e
#define SHADOW_DATE		0xffff5		/* "06/23/99" in the shadow copy */
#define CMOS_SHUTDOWN_CODE	0x0f
#define SHUTDOWN_S3_WAKE	0xfe		/* written by QEMU when it wakes the machine */

enum start_kind start_kind(uint8_t *shutdown_code)
{
	bool used = get_le16(phys_to_ptr(BDA_EBDA_SEGMENT)) != 0;

	/* Without shadow registers the F segment is the image itself and says nothing. */
	if (machine.chipset != CHIPSET_NONE)
		used |= get_le32(phys_to_ptr(SHADOW_DATE)) != 0;
	*shutdown_code = 0;
	if (!used)
		return START_COLD;
	*shutdown_code = cmos_read(CMOS_SHUTDOWN_CODE);
	if (*shutdown_code == 0 || *shutdown_code == 0xff)	/* 0xff: there is no CMOS */
		return START_RESET;
	cmos_write(CMOS_SHUTDOWN_CODE, 0);
	return *shutdown_code == SHUTDOWN_S3_WAKE ? START_S3_WAKE : START_SHUTDOWN_CODE;
}
