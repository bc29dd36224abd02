/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/watchdog/tco.c: the TCO timer in the LPC bridge of q35's ICH9. Spec: Intel I/O Controller Hub 9 data sheet
 * (316972), whose sections are given in [brackets]; QEMU hw/acpi/ich9_tco.c.
 *
 * It counts down twice, each time from TCO_TMR: at the end of the first it may raise an SMI, which is not asked for
 * here, at the end of the second it resets, but for two: NO_REBOOT, and in QEMU the property ICH9-LPC.noreboot, which
 * machine types up to 7.2 have on. QEMU up to 10.1 sets NO_REBOOT at every reset, later ones where noreboot is on: a
 * bit that was set may mean that nothing will happen.
 */
#include "arch/io.h"
#include "hw/chipset/chipset.h"
#include "hw/watchdog/driver.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

/* Configuration registers of the bridge. */
#define ACPI_BASE	0x40		/* PMBASE [13.1] */
#define ACPI_CONTROL	0x44		/* ACPI_CNTL [13.1] */
#define ACPI_DECODED	(1u << 7)
#define ROOT_COMPLEX	0xf0		/* RCBA [13.1] */

/* General Control and Status, in the root complex registers [10.1, offset 3410h]. */
#define GCS		(RCBA_BASE + 0x3410)
#define NO_REBOOT	(1u << 5)

/* I/O ports, 16 bits each [13.9]. */
#define TCO		(PM_BASE + 0x60)
#define TCO_RLD		(TCO + 0x00)	/* [13.9.1] any write: from the beginning */
#define TCO2_STS	(TCO + 0x06)	/* [13.9.5] */
#define SECOND_TIME	(1u << 1)	/* it has run out; a reset keeps it, a 1 clears it */
#define TCO1_CNT	(TCO + 0x08)	/* [13.9.6] */
#define HALTED		(1u << 11)
#define AT_ONCE		(1u << 10 | 1u << 8)	/* SEND_NOW, NMI_NOW: a 1 does it */
#define TCO_TMR		(TCO + 0x12)	/* [13.9.11] */
#define TICKS		0x3ffu		/* of 0.6 s; 0 and 1 are none */
#define NOBODY		0xffff

#define TICKS_MIN	2u
_Static_assert((WATCHDOG_SECONDS_MAX * 5 + 5) / 6 <= TICKS, "it can count as far");

/* Of the two stages, ten sixths of a second each, rounded up. */
static uint16_t ticks_of(uint32_t seconds)
{
	return (uint16_t)max_u32((seconds * 5 + 5) / 6, TICKS_MIN);
}

/* As the chipset's phase will, which may be still to come. */
static void decode(pci_bdf_t bdf)
{
	if (pci_read32(bdf, ACPI_BASE) != (PM_BASE | 1))
		pci_write32(bdf, ACPI_BASE, PM_BASE | 1);
	if (!(pci_read8(bdf, ACPI_CONTROL) & ACPI_DECODED))
		pci_write8(bdf, ACPI_CONTROL, ACPI_DECODED);
	if (pci_read32(bdf, ROOT_COMPLEX) != (RCBA_BASE | 1))
		pci_write32(bdf, ROOT_COMPLEX, RCBA_BASE | 1);
}

static void write_control(uint16_t clear, uint16_t set)
{
	outw((uint16_t)((inw(TCO1_CNT) & ~(AT_ONCE | clear)) | set), TCO1_CNT);
}

/*
 * It stays halted, which the ICH9 is not after a reset: QEMU's begins to count with the bit's end, and drivers of
 * operating systems clear it when they start the timer.
 */
static bool stop(const struct watchdog *w)
{
	write_control(0, HALTED);
	outw((uint16_t)w->was, TCO_TMR);
	if (w->was & NO_REBOOT << 16)
		mmio_write32(GCS, mmio_read32(GCS) | NO_REBOOT);
	return inw(TCO1_CNT) & HALTED;
}

/* was: TCO_TMR, and above it GCS as far as it matters. */
static int start(struct watchdog *w, uint32_t seconds)
{
	uint16_t ticks = ticks_of(seconds), found;
	uint32_t gcs;

	decode(w->bdf);
	found = inw(TCO_TMR);
	if (found == NOBODY || inw(TCO1_CNT) == NOBODY)
		return -ENODEV;		/* machine types up to 2.4 */
	gcs = mmio_read32(GCS);
	w->was = (gcs & NO_REBOOT) << 16 | found;
	w->fired = inw(TCO2_STS) & SECOND_TIME;
	write_control(0, HALTED);
	outw(ticks, TCO_TMR);
	if (gcs & NO_REBOOT)
		mmio_write32(GCS, gcs & ~NO_REBOOT);
	write_control(HALTED, 0);
	outw(1, TCO_RLD);
	found = inw(TCO1_CNT);
	if (inw(TCO_TMR) == ticks && !(found & HALTED) && !(mmio_read32(GCS) & NO_REBOOT)) {
		if (gcs & NO_REBOOT)
			log("watchdog: ICH9 TCO: NO_REBOOT was set and is cleared: it resets unless %s is on",
			    "ICH9-LPC.noreboot");
		return 0;
	}
	log("watchdog: ICH9 TCO: timer 0x%x, control 0x%x, GCS 0x%x: 0x%x, bits 11 and 5 clear expected; not used",
	    inw(TCO_TMR), found, mmio_read32(GCS), ticks);
	stop(w);
	return -EIO;
}

static void feed(const struct watchdog *w)
{
	(void)w;
	outw(1, TCO_RLD);
}

/* QEMU stores what is written, so that after the 1 comes a 0, which changes nothing on hardware. */
static void forget(const struct watchdog *w)
{
	(void)w;
	outw(SECOND_TIME, TCO2_STS);
	outw(0, TCO2_STS);
}

const struct watchdog_driver watchdog_tco = {
	.name = "ICH9 TCO", .id = 0x29188086, .bdf = PCI_BDF(0, 31, 0), .start = start, .feed = feed, .stop = stop,
	.forget = forget,
};
