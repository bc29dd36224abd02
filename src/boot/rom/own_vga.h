/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/own_vga.h: the VGA BIOS that is part of this image, as an option ROM for one of QEMU's displays.
 */
#ifndef BOOT_ROM_OWN_VGA_H
#define BOOT_ROM_OWN_VGA_H

#include <stdint.h>
#include "arch/vga_rom.h"

/* Bytes that it takes in the room, a multiple of OPTION_ROM_UNIT. */
uint32_t own_vga_size(void);

/*
 * Copy it to rom, which has as many bytes, for a display of that kind. id: device << 16 | vendor, 0: it is not a PCI
 * function's. Its bytes add up to 0.
 */
void own_vga_copy(uint8_t *rom, enum vga_card kind, uint32_t id);

#endif
