/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/source.h: where the bytes of an option ROM come from: a PCI function's expansion ROM, a file of
 * fw_cfg, or this image (own_vga.h).
 */
#ifndef BOOT_ROM_SOURCE_H
#define BOOT_ROM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "fw/fw_cfg.h"
#include "hw/pci/config.h"

struct pci_function;

/* Copied from the scan, whose tree does not stay. */
struct rom_source {
	const char *module;		/* whose lines in the log tell of it */
	const char *name;		/* for people: the function, or the file */
	struct fw_cfg_item file;	/* size 0: the bytes are the function's own, or ours */
	bool own;			/* the VGA BIOS of this image, */
	uint8_t kind;			/* for that display (enum vga_card), */
	bool text_on;			/* which shows text already (struct vga_rom_info) */
	uint32_t id;			/* of the function: device << 16 | vendor; 0: a file for none */
	pci_bdf_t bdf;			/* 0: none; AX for its init */
	uint8_t reg;			/* BAR */
	uint32_t base, size;		/* where it decodes, and how much */
};

/* A function's name, "00:03.0": a copy that stays. */
const char *rom_source_name(pci_bdf_t bdf);

/*
 * The ROM of a PCI function, but for module and name: a file named pciVVVV,DDDD.rom by its ids if the host gives one, else
 * its own, if that is wanted. Returns false when it has none.
 */
bool rom_source_of_function(const struct pci_function *function, struct rom_source *source, bool own);

/*
 * Has the user given a display a program of its own (romfile=)? Its function's bytes have code for it, and are neither
 * QEMU's VGA BIOS nor ours. No line is written.
 */
bool rom_source_is_foreign(const struct rom_source *source);

/* It cannot run, and why: a line. */
struct option_rom_fault;
void rom_source_refuse(const struct rom_source *source, const struct option_rom_fault *fault);

/*
 * Bring the image for x86 to the end of the room (room.h). Returns it with its bytes in *len; NULL, a line says why not.
 * The bytes remain to be checked (option_rom_size()).
 */
uint8_t *rom_source_read(const struct rom_source *source, uint32_t *len);

#endif
