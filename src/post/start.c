/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/start.c: see start.h.
 *
 * Two things are asked. The chipset, on every start: whether anything but the processor was reset. And
 * RAM, which QEMU's cold start has zero: a first POST leaves its own 16-bit image in the shadow of the F
 * segment, and the EBDA segment in the BIOS data area. Where none of these tells of an earlier POST, CMOS
 * need not be asked. A guest can wipe both signs: over a reset its shutdown code then goes unread.
 */
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/cmos.h"
#include "lib/endian.h"
#include "post/start.h"
#include "std/bda.h"

#define SHADOW_DATE		0xffff5		/* "06/23/99" in the shadow copy */

/*
 * What POST sets (hw/chipset), a reset clears, INIT does not reach, and no guest has a reason to clear:
 * whether the power-management block is decoded. Machines without one (-machine acpi=off) read all ones
 * there, or what a device of the user's has in its place; then the edge and level register of the second
 * PIC, of which POST sets lines 10 and 11. Only a set bit is doubted: a cold start reads nothing more.
 */
#define CONFIG_ADDRESS		0xcf8
#define CONFIG_DATA		0xcfc
#define CONFIG_REGISTER		0xffu		/* of an address; 0 there: vendor and device id */
#define ELCR2			0x4d1
#define NOBODY			0xff

static const struct {
	uint32_t address;
	uint32_t decoded;
} power_management[CHIPSET_COUNT] = {
	[CHIPSET_I440FX] = { 0x80000b80, 0x01 },	/* PIIX4, 00:01.3: PMREGMISC */
	[CHIPSET_Q35] = { 0x8000f844, 0x80 },		/* ICH9, 00:1f.0: ACPI_CTRL */
};
static const uint32_t power_management_id[CHIPSET_COUNT] = {
	[CHIPSET_I440FX] = 0x71138086,
	[CHIPSET_Q35] = 0x29188086,
};

/* Is the block decoded, by the function that has it? Its register is then selected. */
static bool decoded(void)
{
	uint32_t address = power_management[machine.chipset].address, id;

	outl(address & ~CONFIG_REGISTER, CONFIG_ADDRESS);
	id = inl(CONFIG_DATA);
	outl(address, CONFIG_ADDRESS);
	return id == power_management_id[machine.chipset] &&
	       inb(CONFIG_DATA) & power_management[machine.chipset].decoded;
}

/*
 * Does the machine look as POST has left it, and not as a reset would have? In place, since a call more counts on every
 * start.
 */
static inline bool __attribute__((always_inline)) looks_used(void)
{
	uint8_t value, elcr;

	outl(power_management[machine.chipset].address, CONFIG_ADDRESS);
	value = inb(CONFIG_DATA);
	if (!(value & power_management[machine.chipset].decoded))
		return false;
	if (value != NOBODY && decoded())
		return true;
	elcr = inb(ELCR2);
	return elcr && elcr != NOBODY;
}

/*
 * Where a hard reset does not reach these registers, the machine would be restarted for ever: they are cleared.
 * A mark in memory would be a guest's to write.
 */
static enum start_kind init_found(void)
{
	outb(0, ELCR2);
	if (!decoded())
		return START_INIT;
	outb(0, CONFIG_DATA);
	return decoded() ? START_RESET : START_INIT;
}

/*
 * Without shadow registers the F segment is the image itself and says nothing; nor does the question come up
 * there: the vector itself is what world_init() has made of it, and leads to a hard reset.
 */
enum start_kind start_kind(uint8_t *shutdown_code)
{
	uint32_t signs = get_le16(phys_to_ptr(BDA_EBDA_SEGMENT));
	bool init = false;

	if (machine.chipset != CHIPSET_NONE) {
		init = looks_used();
		signs |= init | get_le32(phys_to_ptr(SHADOW_DATE));
	}
	*shutdown_code = 0;
	if (!signs)
		return START_COLD;
	*shutdown_code = cmos_read(CMOS_SHUTDOWN_CODE);
	if (*shutdown_code != 0 && *shutdown_code != 0xff) {	/* 0xff: there is no CMOS */
		cmos_write(CMOS_SHUTDOWN_CODE, 0);
		return *shutdown_code == SHUTDOWN_S3_WAKE ? START_S3_WAKE : START_SHUTDOWN_CODE;
	}
	return init ? init_found() : START_RESET;
}

bool start_was_reset(void)
{
	return !looks_used();
}
