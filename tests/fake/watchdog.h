/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/watchdog.h: models of QEMU's i6300esb and of the TCO in its ICH9, with configuration space by mechanism
 * #1 and a clock that a test moves on. As with QEMU's, registers of the i6300esb answer only an access of their width,
 * and its memory only while it decodes.
 */
#ifndef FAKE_WATCHDOG_H
#define FAKE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/pci/config.h"

enum fake_watchdog_kind { FAKE_NOTHING, FAKE_I6300ESB, FAKE_LPC };

extern struct fake_watchdog {
	struct fake_i6300esb {
		bool there;
		pci_bdf_t bdf;
		uint32_t bar;		/* as its register holds it */
		uint32_t bar_flags;	/* that cannot be changed */
		uint16_t command, configuration;
		uint8_t lock;		/* with the enable bit */
		uint32_t preload[2];	/* units of 2^15 / 33 MHz */
		uint8_t unlocked;	/* 2: the next write counts */
		bool timed_out;
		bool deaf;		/* its memory never answers */
		uint32_t stage;		/* 1 or 2 */
		uint64_t end;		/* of the stage, in microseconds; 0: none */
	} esb;
	struct fake_tco {
		bool there;		/* the ports */
		bool bridge;		/* the LPC bridge */
		bool strapped;		/* ICH9-LPC.noreboot */
		uint32_t pm_base, root_complex, gcs;
		uint8_t acpi_control;
		uint16_t control, timer, status_2;
		uint16_t stuck;		/* bits of control that keep their value */
		bool gcs_stuck;
		uint32_t stage;
		uint64_t end;
	} tco;
	uint64_t now;			/* microseconds */
	uint32_t resets;		/* by a watchdog */
	uint32_t writes;		/* to a device's registers, with those of configuration space */
	uint32_t lose_at;		/* the n-th write is lost; 0: none is */
	uint32_t strange;		/* accesses of a width that the register does not have */
} fake_watchdog;

/* Neither is there. Registers the model with tests/fake/io.h; call fake_io_reset() before. */
void fake_watchdog_reset(void);
void fake_watchdog_add_esb(pci_bdf_t bdf);
void fake_watchdog_add_tco(void);

/* What a reset of the machine does to them. */
void fake_watchdog_machine_reset(void);

/* Time passes. */
void fake_watchdog_pass(uint32_t ms);

bool fake_watchdog_runs(void);		/* does any? */

#endif
