/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/option_rom.h: expansion ROMs of the PC.
 * Spec: PCI Firmware 3.0, 5.1 (images in a device's ROM) and 5.2 (how code type 0 runs); Plug and Play BIOS 1.0A,
 * section 3.
 */
#ifndef STD_OPTION_ROM_H
#define STD_OPTION_ROM_H

#include <stddef.h>
#include <stdint.h>

#define OPTION_ROM_SIGNATURE	0xaa55
#define OPTION_ROM_UNIT		512u	/* bytes; sizes count in it */
#define OPTION_ROM_ALIGN	2048u	/* where one can begin in memory */
#define OPTION_ROM_INIT		3	/* offset of its entry: a far call */

/* The beginning of each image. Those of code type 0 are a multiple of the unit, and their bytes add up to 0. */
struct option_rom {
	uint16_t signature;
	uint8_t units;		/* code type 0: of all that runs; init may make it smaller */
	uint8_t entry[21];
	uint16_t pcir;		/* offset of struct pcir in the image */
	uint16_t expansion;	/* offset of the first expansion header (std/pnp.h), 0: none; older ROMs: anything */
} __attribute__((packed));
_Static_assert(offsetof(struct option_rom, pcir) == 0x18 && sizeof(struct option_rom) == 0x1c, "option ROM header");

#define PCIR_SIGNATURE	0x52494350u	/* "PCIR" */
#define PCIR_X86	0		/* code type */
#define PCIR_LAST	0x80		/* indicator: no image behind */

struct pcir {
	uint32_t signature;
	uint16_t vendor, device;
	uint16_t more_devices;	/* revision 3: offset of a list of device ids from here, 0 ends it; else 0 or reserved */
	uint16_t length;
	uint8_t revision;
	uint8_t class_code[3];
	uint16_t units;		/* of the image: the next one is behind */
	uint16_t code_revision;
	uint8_t code_type;
	uint8_t indicator;
	uint16_t reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct pcir) == 24 && offsetof(struct pcir, units) == 0x10, "PCI data structure");

#endif
