/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/own_vga.h: the VGA BIOS that is part of this image, as an option ROM for one of QEMU's displays.
 */
#ifndef BOOT_ROM_OWN_VGA_H
#define BOOT_ROM_OWN_VGA_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/vga_rom.h"

/* Bytes that it takes in the room, a multiple of OPTION_ROM_UNIT. */
uint32_t own_vga_size(void);

/* Its bytes in ROM: all but its header are those of every copy, also when that has run. */
const uint8_t *own_vga_image(void);

/*
 * Copy it to rom, which has as many bytes, for a display of that kind. id: device << 16 | vendor, 0: it is not a PCI
 * function's. text_on: as struct vga_rom_info has it. Its bytes add up to 0.
 */
void own_vga_copy(uint8_t *rom, enum vga_card kind, uint32_t id, bool text_on);

#endif
