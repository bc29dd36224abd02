/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/start.c: see start.h.
 *
 * What tells a cold start is RAM: QEMU's is zero then. A first POST leaves two signs: its own
 * 16-bit image in the shadow of the F segment, and the EBDA segment in the BIOS data area. A guest can
 * wipe both: what it left in memory is cleared on every start all the same, but then CMOS is not asked
 * and an INIT is not noticed.
 */
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/cmos.h"
#include "lib/endian.h"
#include "post/start.h"
#include "std/bda.h"

#define SHADOW_DATE		0xffff5		/* "06/23/99" in the shadow copy */
#define SHUTDOWN_S3_WAKE	0xfe		/* written by QEMU when it wakes the machine */

/*
 * What POST sets (hw/chipset), a reset clears, INIT does not reach, and no guest has a reason to clear:
 * whether the power-management block is decoded. Machines without one (-machine acpi=off) read all ones
 * there; then the edge and level register of the second PIC, of which POST sets lines 10 and 11.
 */
#define CONFIG_ADDRESS		0xcf8
#define CONFIG_DATA		0xcfc
#define PIIX4_PMREGMISC		0x80000b80	/* 00:01.3, register 80h */
#define PM_DECODED		0x01
#define ICH9_ACPI_CTRL		0x8000f844	/* 00:1f.0, register 44h */
#define ACPI_DECODED		0x80
#define ELCR2			0x4d1
#define NOBODY			0xff

#define RESET_TRIED		0x54494e49	/* "INIT" */
static uint32_t reset_tried __attribute__((section(".kept.start")));

/* Does the machine look as POST has left it, and not as a reset would have? */
static bool looks_used(void)
{
	bool q35 = machine.chipset == CHIPSET_Q35;
	uint8_t decoded, elcr;

	outl(q35 ? ICH9_ACPI_CTRL : PIIX4_PMREGMISC, CONFIG_ADDRESS);
	decoded = inb(CONFIG_DATA);
	if (decoded != NOBODY)
		return decoded & (q35 ? ACPI_DECODED : PM_DECODED);
	elcr = inb(ELCR2);
	return elcr && elcr != NOBODY;
}

/*
 * Has the machine been reset, or only its processor? Without shadow registers the question does not come
 * up: there the vector itself is what world_init() has made of it, and leads to a hard reset.
 */
static enum start_kind reset_or_init(void)
{
	bool tried = reset_tried == RESET_TRIED;

	reset_tried = 0;
	if (machine.chipset == CHIPSET_NONE || !looks_used())
		return START_RESET;
	if (tried)		/* what else could be done? */
		return START_NO_RESET;
	reset_tried = RESET_TRIED;
	return START_INIT;
}

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
		return reset_or_init();
	cmos_write(CMOS_SHUTDOWN_CODE, 0);
	return *shutdown_code == SHUTDOWN_S3_WAKE ? START_S3_WAKE : START_SHUTDOWN_CODE;
}
