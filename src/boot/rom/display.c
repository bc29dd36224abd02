/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/display.c: see display.h.
 * Spec: PCI Firmware 3.0, 5.2.1; QEMU hw/core/loader.c (vgaroms/).
 */
#include "boot/rom/display.h"
#include <stdbool.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "boot/rom/option_rom.h"
#include "fw/fw_cfg.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "services/console.h"
#include "services/pnp.h"
#include "std/option_rom.h"
#include "trace/log.h"

#define ROM		SHADOW_ROMS
#define ROM_MAX		(SHADOW_ROMS_END - SHADOW_ROMS)
#define ROM_ENABLE	1u		/* of the BAR */
#define CLASS_VGA	0x0300
#define CLASS_DISPLAY	0x0380
#define FOLDER		"vgaroms/"
#define NO_BDF		0		/* AX for a ROM that is no PCI function's */

extern char rt16_rom_call[];		/* src/rt16/entry.S */

/*
 * Below the place of boot sectors, in segment 0: there are ROMs that take the offset of a variable on their stack for
 * its address.
 */
#define ROM_STACK	0x7000

static struct {
	uint32_t end;			/* of what is kept; ROM: nothing is */
	bool open;			/* there is RAM to write to */
} place;

static uint8_t *room(void)
{
	if (!place.open)
		shadow_open_roms(machine.chipset);
	place.open = true;
	return phys_to_ptr(ROM);
}

/* Of len bytes that were there; what is behind them in the last block would be an earlier guest's. */
static void keep(uint32_t size, uint32_t len)
{
	uint32_t end = max_u32(align_up(size, SHADOW_BLOCK), len);

	place.end = ROM + align_up(size, OPTION_ROM_ALIGN);
	memset((uint8_t *)phys_to_ptr(ROM) + size, 0, end - size);
	shadow_keep_roms(machine.chipset, place.end);
}

static void refuse(const char *name, const struct option_rom_fault *fault)
{
	log("display: %s: option ROM: %s: 0x%x expected, 0x%x found; not run", name, fault->what, fault->expected,
	    fault->found);
}

/* Run what lies at C0000 in len bytes. True: it has taken INT 10h. */
static bool run(const char *name, pci_bdf_t bdf, uint32_t len)
{
	struct regs r = {
		.flags = FLAGS_FIXED | FLAGS_IF, .ax = bdf, .bx = 0xffff, .dx = 0xffff,
		.ebp = FAR_POINTER(ROM >> 4, OPTION_ROM_INIT), .si = ROM_STACK,
		.es = (uint16_t)(pnp_structure() >> 16), .di = (uint16_t)pnp_structure(),
	};
	struct option_rom_fault fault;
	uint8_t *rom = phys_to_ptr(ROM);
	uint32_t size = option_rom_size(rom, len, &fault);

	if (!size) {
		refuse(name, &fault);
		keep(0, len);
		return false;
	}
	real_call(&r, FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_rom_call));
	pci_config_forget();
	if (!console_open()) {
		log("display: %s: option ROM has run (0x%x bytes), and INT 10h is not its own; not kept", name, size);
		keep(0, len);
		return false;
	}
	size = option_rom_shrunk(size, ((struct option_rom *)rom)->units);
	keep(size ? size : len, len);
	log("display: %s: option ROM, 0x%x bytes", name, size);
	return true;
}

static bool run_file(const char *name, const struct fw_cfg_item *item)
{
	uint8_t *rom = room();
	uint32_t len = min_u32(item->size, ROM_MAX);

	if (fw_cfg_read(item, 0, rom, len) != 0) {
		log("display: %s: 0x%x bytes could not be read; not run", name, len);
		keep(0, len);
		return false;
	}
	return run(name, NO_BDF, len);
}

static bool from_fw_cfg(void)
{
	struct fw_cfg_item item;
	const char *name;

	for (uint32_t n = 0; fw_cfg_nth(n, &name, &item) == 0; n++)
		if (memcmp(name, FOLDER, sizeof(FOLDER) - 1) == 0 && run_file(log_text(name), &item))
			return true;
	return false;
}

/* The ROM decodes while its BAR says so; its bytes are then plain memory. */
static bool run_function(const struct pci_function *f, const char *name)
{
	const struct pci_bar *bar = &f->bar[PCI_BARS - 1];
	uint32_t base = (uint32_t)bar->base, size = (uint32_t)min_u64(bar->size, UINT32_MAX - base);
	const uint8_t *bytes = phys_to_ptr(base);
	struct option_rom_image image;
	struct option_rom_fault fault;
	bool found;

	pci_write32(f->bdf, bar->reg, base | ROM_ENABLE);
	found = option_rom_find(bytes, size, f->id, &image, &fault);
	if (found && image.size > ROM_MAX) {
		fault = (struct option_rom_fault){ "bytes, at most", ROM_MAX, image.size };
		found = false;
	}
	if (found)
		memcpy(room(), bytes + image.offset, image.size);
	pci_write32(f->bdf, bar->reg, base);
	if (!found) {
		refuse(name, &fault);
		return false;
	}
	return run(name, f->bdf, image.size);
}

static const char *name_of(pci_bdf_t bdf)
{
	static const char hex[] = "0123456789abcdef";
	const char name[] = {
		hex[bdf >> 12], hex[bdf >> 8 & 15], ':', hex[PCI_DEV(bdf) >> 4], hex[PCI_DEV(bdf) & 15], '.',
		hex[PCI_FN(bdf)], '\0',
	};

	return log_text(name);
}

/* Legacy cycles go to the first VGA alone (src/hw/pci/program.c), and no other display has them. */
static bool from_pci(uint16_t class, bool first_only)
{
	for (uint32_t n = 0; n < machine.pci->count; n++) {
		const struct pci_function *f = &machine.pci->function[n];
		const struct pci_bar *bar = &f->bar[PCI_BARS - 1];

		if (f->class_revision >> 16 != class || f->lost)
			continue;
		if (bar->size && bar->base && bar->base >> 32 == 0) {
			if (run_function(f, name_of(f->bdf)))
				return true;
		} else if (first_only) {
			log("display: %s: it has no option ROM", name_of(f->bdf));
		}
		if (first_only)
			break;
	}
	return false;
}

void display_init(void)
{
	place.end = ROM;
	place.open = false;
	if (!from_fw_cfg() && machine.pci && !from_pci(CLASS_VGA, true))
		from_pci(CLASS_DISPLAY, false);
}

uint32_t display_rom_end(void)
{
	return place.end;
}
