/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/option_rom.h: is this an option ROM that can run here? Pure functions: bytes in, an answer out, whatever the
 * bytes are.
 */
#ifndef BOOT_ROM_OPTION_ROM_H
#define BOOT_ROM_OPTION_ROM_H

#include <stdbool.h>
#include <stdint.h>

/* Why not: "option ROM: <what>: <expected> expected, <found> found" is the line that says it. */
struct option_rom_fault {
	const char *what;
	uint32_t expected, found;
};

/* Code for x86 in the bytes of a ROM. */
struct option_rom_image {
	uint32_t offset, size;	/* bytes */
};

/*
 * Look through the images in len bytes of a device's ROM for the one with code for x86 and the device's ids (device
 * << 16 | vendor) [PCI Firmware 3.0, 5.1]. True: *image lies within the ROM, and its bytes remain to be checked; false:
 * *fault says why there is none.
 */
bool option_rom_find(const uint8_t *rom, uint32_t len, uint32_t id, struct option_rom_image *image,
		     struct option_rom_fault *fault);

/* Are these characters somewhere in len bytes? They are seven at least, and not in the last three bytes alone. */
bool option_rom_says(const uint8_t *image, uint32_t len, const char *text);

/*
 * Bytes that an image takes by its header, in a place of len bytes; 0, and *fault says why: it is no image, is
 * larger than its place, or its bytes do not add up to 0. Nothing beyond len is read.
 */
uint32_t option_rom_size(const uint8_t *image, uint32_t len, struct option_rom_fault *fault);

/* The same, whatever its bytes add up to. */
uint32_t option_rom_any_sum(const uint8_t *image, uint32_t len, struct option_rom_fault *fault);

/*
 * What an image of size bytes takes once its init has run, which has set the byte of its size to units: what is not
 * used any more is given back, 0: all of it. It cannot take more than it had.
 */
uint32_t option_rom_shrunk(uint32_t size, uint8_t units);

#endif
