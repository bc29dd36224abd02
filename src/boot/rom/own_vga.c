/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/own_vga.c: see own_vga.h. The bytes are in own_vga_image.S.
 */
#include "boot/rom/own_vga.h"
#include <stddef.h>
#include "arch/phys.h"
#include "boot/rom/seal.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "std/option_rom.h"

#define CHECKSUM	6	/* of the header, where ours has it */

extern const uint8_t own_vga[], own_vga_end[];

/* Its stack: it is called with interrupts off, and what calls it may have little. */
static struct {
	uint8_t variables[VGA_ROM_VARIABLES], bytes[VGA_ROM_STACK - VGA_ROM_VARIABLES];
} stack __attribute__((section(".scratch.vga"), aligned(16)));

uint32_t own_vga_size(void)
{
	return (uint32_t)(own_vga_end - own_vga);
}

const uint8_t *own_vga_image(void)
{
	return own_vga;
}

/* All that differs from the image is in its header, so the sum is right when the header's is what it was. */
void own_vga_copy(uint8_t *rom, enum vga_card kind, uint32_t id, bool text_on)
{
	struct option_rom *header = (struct option_rom *)rom;
	struct vga_rom_info *info = (struct vga_rom_info *)(rom + VGA_ROM_INFO);
	struct pcir *pcir;
	uint8_t before;

	memcpy(rom, own_vga, own_vga_size());
	before = checksum8(rom, ROM_SEAL_HEADER);
	info->card = (uint8_t)kind;
	info->text_on = text_on;
	info->stack_segment = (uint16_t)(ptr_to_phys(&stack) >> 4);
	memset(stack.variables, 0, sizeof(stack.variables));
	pcir = (struct pcir *)(rom + header->pcir);
	pcir->vendor = (uint16_t)id;
	pcir->device = (uint16_t)(id >> 16);
	if (!id)
		header->pcir = 0;
	rom[CHECKSUM] = (uint8_t)(rom[CHECKSUM] + before - checksum8(rom, ROM_SEAL_HEADER));
}
