/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/watchdog/i6300esb.c: the watchdog of Intel's 6300ESB, a PCI function of its own, wherever it sits. Spec:
 * Intel 6300ESB I/O Controller Hub data sheet (300641), chapter 16; QEMU hw/watchdog/wdt_i6300esb.c, which answers its
 * configuration registers only in the width that the data sheet gives them.
 *
 * It counts down twice: at the end of the first stage it may interrupt, at the end of the second it resets. Each stage
 * has its preload register, in memory; all else that is needed is in configuration space.
 */
#include "arch/io.h"
#include "hw/watchdog/driver.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "trace/log.h"

/* WDT Configuration, 16 bits [chapter 16, offset 60h]. */
#define CONFIGURATION	0x60
#define NO_OUTPUT	(1u << 5)	/* nothing is reset at the end */
#define BY_MICROSECONDS	(1u << 2)	/* PCI's clock divided by 2^5; 0: by 2^15 */
#define NO_INTERRUPT	3u		/* bits 1..0: what is raised at the end of the first stage */

/* WDT Lock, 8 bits [chapter 16, offset 68h]. */
#define LOCK		0x68
#define LOCKED		(1u << 0)	/* this register is read-only until a reset */
#define ENABLED		(1u << 1)	/* from 0 to 1: the first stage begins anew */
#define STATE		(LOCKED | ENABLED)

/* In the memory of BAR 0. A write to one of them has to be announced by two to the last [16.2]. */
#define PRELOAD_1	0x00		/* 20 bits */
#define PRELOAD_2	0x04
#define RELOAD		0x0c		/* 16 bits */
#define TIMED_OUT	(1u << 9)	/* of RELOAD: it has run out; a reset keeps it, a 1 clears it */
#define UNLOCK_1	0x80
#define UNLOCK_2	0x86
#define PRELOAD_MAX	0xfffffu

#define BAR_FLAGS	0xfu		/* 0: memory below 4 GiB */

/*
 * Until pci_init() nobody but RAM, which the map tells of, is at the end of the range that PCI's memory is placed in, just
 * below the I/O APIC.
 */
#define FOR_NOW		0xfebff000u

/* A preload counts 2^15 clocks of 33 MHz, 0.993 ms, in each of the two stages. */
#define UNITS_PER_SECOND	1007u
_Static_assert(WATCHDOG_SECONDS_MAX * UNITS_PER_SECOND / 2 <= PRELOAD_MAX, "it can count as far");

/* Where its registers are while one looks at them, and what is put back. */
struct window {
	uint32_t at;
	uint32_t bar;
	uint16_t command;
};

/* Returns 0; -EIO, there is no way to them. */
static int open_window(pci_bdf_t bdf, struct window *window)
{
	window->command = pci_read16(bdf, PCI_COMMAND);
	window->bar = pci_read32(bdf, PCI_BAR0);
	window->at = window->bar & ~BAR_FLAGS;
	if (window->bar & BAR_FLAGS || (!window->at && (PCI_BUS(bdf) || machine.low_ram_end > FOR_NOW)))
		return -EIO;
	if (!window->at) {
		window->at = FOR_NOW;
		pci_write32(bdf, PCI_BAR0, window->at);
	}
	pci_write16(bdf, PCI_COMMAND, window->command | PCI_COMMAND_MEMORY);
	return mmio_read16(window->at + RELOAD) == 0xffff ? -EIO : 0;
}

static void close_window(pci_bdf_t bdf, const struct window *window)
{
	pci_write16(bdf, PCI_COMMAND, window->command);
	if (pci_read32(bdf, PCI_BAR0) != window->bar)
		pci_write32(bdf, PCI_BAR0, window->bar);
}

static void unlock(const struct window *window)
{
	mmio_write8(window->at + RELOAD, UNLOCK_1);
	mmio_write8(window->at + RELOAD, UNLOCK_2);
}

/* What only memory can tell and be told. Returns 0 or -EIO. */
static int preload(struct watchdog *w, uint32_t units)
{
	struct window window;
	int rc = open_window(w->bdf, &window);

	if (rc == 0) {
		w->fired = mmio_read16(window.at + RELOAD) & TIMED_OUT;
		unlock(&window);
		mmio_write32(window.at + PRELOAD_1, units);
		unlock(&window);
		mmio_write32(window.at + PRELOAD_2, units);
	}
	close_window(w->bdf, &window);
	return rc;
}

static bool stop(const struct watchdog *w)
{
	pci_write8(w->bdf, LOCK, 0);
	pci_write16(w->bdf, CONFIGURATION, (uint16_t)w->was);
	return !(pci_read8_alone(w->bdf, LOCK) & ENABLED);
}

static int start(struct watchdog *w, uint32_t seconds)
{
	uint8_t state = pci_read8_alone(w->bdf, LOCK);
	int rc;

	if (state & LOCKED) {
		log("watchdog: i6300esb: locked by somebody else, %s; not used", state & ENABLED ? "and it runs" :
		    "and it stands still");
		return -EBUSY;
	}
	pci_write8(w->bdf, LOCK, 0);
	w->was = pci_read16_alone(w->bdf, CONFIGURATION);
	pci_write16(w->bdf, CONFIGURATION, (uint16_t)((w->was & ~(NO_OUTPUT | BY_MICROSECONDS)) | NO_INTERRUPT));
	rc = preload(w, seconds * UNITS_PER_SECOND / 2);
	if (rc == 0) {
		pci_write8(w->bdf, LOCK, ENABLED);
		state = pci_read8_alone(w->bdf, LOCK);
		if ((state & STATE) == ENABLED)
			return 0;
	}
	if (rc)
		log("watchdog: i6300esb: BAR 0 is 0x%x: its registers are not there; not used",
		    pci_read32(w->bdf, PCI_BAR0));
	else
		log("watchdog: i6300esb: register 0x%x is 0x%x, 0x%x expected: it does not start; not used", LOCK,
		    state, ENABLED);
	stop(w);
	return -EIO;
}

/* The data sheet's own way to set it back leads through memory, which PCI may have taken from it by now. */
static void feed(const struct watchdog *w)
{
	pci_write8(w->bdf, LOCK, 0);
	pci_write8(w->bdf, LOCK, ENABLED);
}

static void forget(const struct watchdog *w)
{
	struct window window;

	if (open_window(w->bdf, &window) == 0) {
		unlock(&window);
		mmio_write16(window.at + RELOAD, TIMED_OUT);
	}
	close_window(w->bdf, &window);
}

const struct watchdog_driver watchdog_i6300esb = {
	.name = "i6300esb", .id = 0x25ab8086, .bdf = PCI_NONE_BDF, .start = start, .feed = feed, .stop = stop,
	.forget = forget,
};
