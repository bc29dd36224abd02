/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/watchdog/driver.h: between watchdog.c and its drivers.
 */
#ifndef HW_WATCHDOG_DRIVER_H
#define HW_WATCHDOG_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/watchdog/watchdog.h"

/* All but start() find it as start() has left it. */
struct watchdog_driver {
	const char *name;
	uint32_t id;				/* of its function: device << 16 | vendor */
	pci_bdf_t bdf;				/* where that has to be; PCI_NONE_BDF: anywhere */
	/* Set it up for so many seconds, start it, look whether it does. Returns as watchdog_arm(), with a line. */
	int (*start)(struct watchdog *w, uint32_t seconds);
	void (*feed)(const struct watchdog *w);
	bool (*stop)(const struct watchdog *w);	/* does it stand still? */
	void (*forget)(const struct watchdog *w);
};

extern const struct watchdog_driver watchdog_i6300esb, watchdog_tco;

#endif
