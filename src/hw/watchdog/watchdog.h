/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/watchdog/watchdog.h: a timer that resets the machine unless it is set back in time: PCI's i6300esb, or the
 * TCO of q35's ICH9. One is used, the first of the two. What the host does when it runs out is the host's choice (QEMU:
 * -action watchdog=, reset unless something else is said).
 *
 * Configuration space alone sets it back and stops it, or I/O ports, so that whoever moves BARs about does not matter.
 */
#ifndef HW_WATCHDOG_WATCHDOG_H
#define HW_WATCHDOG_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/config.h"

/* What both can count: TCO has 0.6 s to 613 s for each of two stages, the other to 1041 s. */
#define WATCHDOG_SECONDS_MIN	3u
#define WATCHDOG_SECONDS_MAX	1200u

/* The one that is used. The caller's, all zero at first; its memory must last until it is stopped. */
struct watchdog_driver;
struct watchdog {
	const struct watchdog_driver *driver;	/* NULL: none was started yet */
	pci_bdf_t bdf;
	bool runs;
	bool fired;				/* what it said when it was started */
	uint32_t was;				/* the driver's: what it was found as */
};

/*
 * Find one and start it. Before pci_init() only bus 0 can be seen, so call again after it: what is behind a bridge
 * is found then, and comes before a TCO that was taken. The one that runs already runs on where there is no better
 * one. Returns 0, one runs; -ENODEV, there is none; -EBUSY, it is locked by somebody else; -EIO, it does not do as it
 * is told. The last two are told, with what was found.
 */
int watchdog_arm(struct watchdog *w, uint32_t seconds);

/* "i6300esb", or NULL: none runs. */
const char *watchdog_name(const struct watchdog *w);

/* Has it run out since an operating system has last asked, or watchdog_forget() was called? A reset keeps that. */
bool watchdog_fired(const struct watchdog *w);
void watchdog_forget(struct watchdog *w);

/* Set it back. Nothing where none runs. */
void watchdog_feed(const struct watchdog *w);

/*
 * Stop it, and make it what it was found as, but for what does not matter before somebody starts it again. Nothing
 * where none runs. Returns 0; -EIO: it does not stand still.
 */
int watchdog_stop(struct watchdog *w);

/* Start again what was stopped: returns as watchdog_arm(); -ENODEV where none was stopped. */
int watchdog_start_again(struct watchdog *w, uint32_t seconds);

#endif
