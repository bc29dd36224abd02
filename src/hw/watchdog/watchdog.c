/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/watchdog/watchdog.c: see watchdog.h: which one there is. What each is told is in i6300esb.c and tco.c.
 */
#include "hw/watchdog/driver.h"
#include <stddef.h>
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define MULTI_FUNCTION	0x80	/* of the header type */
#define NOBODY		0xff	/* what the bus reads as where no function is */
#define SLOTS		32
#define FUNCTIONS	8

/* The better one first: it is there because somebody has asked for it. */
static const struct watchdog_driver *const drivers[] = { &watchdog_i6300esb, &watchdog_tco };

static bool fits(const struct watchdog_driver *driver, uint32_t id, pci_bdf_t bdf)
{
	return id == driver->id && (driver->bdf == PCI_NONE_BDF || driver->bdf == bdf);
}

static pci_bdf_t find_in_tree(const struct watchdog_driver *driver)
{
	for (uint32_t i = 0; i < machine.pci->count; i++)
		if (fits(driver, machine.pci->function[i].id, machine.pci->function[i].bdf))
			return machine.pci->function[i].bdf;
	return PCI_NONE_BDF;
}

/* Nobody has numbered anything yet: there is bus 0. */
static pci_bdf_t find_on_bus_0(const struct watchdog_driver *driver)
{
	for (uint8_t slot = 0; slot < SLOTS; slot++) {
		uint8_t type = pci_read8(PCI_BDF(0, slot, 0), PCI_HEADER_TYPE);

		for (uint8_t fn = 0; fn < (type == NOBODY ? 0 : type & MULTI_FUNCTION ? FUNCTIONS : 1); fn++)
			if (fits(driver, pci_read32(PCI_BDF(0, slot, fn), PCI_VENDOR_ID), PCI_BDF(0, slot, fn)))
				return PCI_BDF(0, slot, fn);
	}
	return PCI_NONE_BDF;
}

/* Another that runs meanwhile is not needed any more. */
static int start(struct watchdog *w, const struct watchdog_driver *driver, pci_bdf_t bdf, uint32_t seconds)
{
	struct watchdog new = { .driver = driver, .bdf = bdf };
	int rc = driver->start(&new, seconds);

	if (rc != 0)
		return rc;
	watchdog_stop(w);
	*w = new;
	w->runs = true;
	return 0;
}

int watchdog_arm(struct watchdog *w, uint32_t seconds)
{
	int rc = -ENODEV;

	if (machine.chipset == CHIPSET_NONE)
		return rc;
	for (uint32_t i = 0; i < ARRAY_SIZE(drivers) && rc != 0; i++) {
		pci_bdf_t bdf;

		if (w->runs && w->driver == drivers[i])
			return 0;
		bdf = machine.pci ? find_in_tree(drivers[i]) : find_on_bus_0(drivers[i]);
		if (bdf != PCI_NONE_BDF)
			rc = start(w, drivers[i], bdf, seconds);
	}
	return rc;
}

const char *watchdog_name(const struct watchdog *w)
{
	return w->runs ? w->driver->name : NULL;
}

bool watchdog_fired(const struct watchdog *w)
{
	return w->runs && w->fired;
}

void watchdog_forget(struct watchdog *w)
{
	if (w->runs)
		w->driver->forget(w);
	w->fired = false;
}

void watchdog_feed(const struct watchdog *w)
{
	if (w->runs)
		w->driver->feed(w);
}

int watchdog_stop(struct watchdog *w)
{
	if (!w->runs)
		return 0;
	w->runs = false;
	return w->driver->stop(w) ? 0 : -EIO;
}

int watchdog_start_again(struct watchdog *w, uint32_t seconds)
{
	if (!w->driver || w->runs)
		return w->runs ? 0 : -ENODEV;
	return start(w, w->driver, w->bdf, seconds);
}
