/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/policy.h: which option ROMs the user wants to be run, and how: knobs in fw_cfg, docs/runtime-config.md.
 */
#ifndef BOOT_ROM_POLICY_H
#define BOOT_ROM_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct rom_policy {
	bool of_display;	/* a display's own; etc/pci-optionrom-exec is not 0 */
	bool of_functions;	/* other PCI functions' own; etc/pci-optionrom-exec is 2 */
	bool none;		/* opt/org.slipway/roms=off: none but the display's */
	bool all;		/* =all: those too that what is booted does not need */
	bool any_sum;		/* etc/optionroms-checksum=0: their bytes need not add up to 0 */
	bool display_on_wake;	/* etc/s3-resume-vga-init is not 0: the display's is run once more on a wake */
	uint32_t seconds;	/* that an init may take (watch.h): opt/org.slipway/rom-seconds */
};

extern struct rom_policy rom_policy;

/* Whose program QEMU's displays run: opt/org.slipway/vga. It is read when a display is there to ask for. */
enum rom_vga {
	ROM_VGA_UNREAD,
	ROM_VGA_CARD,		/* the card's; without the knob, too */
	ROM_VGA_OWN,		/* the VGA BIOS of this image */
	ROM_VGA_OFF,		/* none is run */
};
enum rom_vga rom_policy_vga(void);

/* Read it. A value that means nothing costs a line, and what is there without counts. */
void rom_policy_init(void);

#endif
