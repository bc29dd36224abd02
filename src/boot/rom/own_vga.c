/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/own_vga.c: see own_vga.h. The bytes are in own_vga_image.S.
 */
#include "boot/rom/own_vga.h"
#include <stddef.h>
#include "arch/phys.h"
#include "lib/string.h"
#include "std/option_rom.h"

#define CHECKSUM	6	/* of the header, where ours has it */

extern const uint8_t own_vga[], own_vga_end[];

/* Its stack: it is called with interrupts off, and what calls it may have little. */
static struct {
	uint8_t busy, bytes[VGA_ROM_STACK - 1];
} stack __attribute__((section(".scratch.vga"), aligned(16)));

uint32_t own_vga_size(void)
{
	return (uint32_t)(own_vga_end - own_vga);
}

const uint8_t *own_vga_image(void)
{
	return own_vga;
}

void own_vga_copy(uint8_t *rom, enum vga_card kind, uint32_t id, bool text_on)
{
	struct option_rom *header = (struct option_rom *)rom;
	struct vga_rom_info *info = (struct vga_rom_info *)(rom + VGA_ROM_INFO);
	uint16_t segment = (uint16_t)(ptr_to_phys(&stack) >> 4);
	struct pcir *pcir;
	uint8_t sum;

	memcpy(rom, own_vga, own_vga_size());
	pcir = (struct pcir *)(rom + header->pcir);
	/* The sum is that of the image, so only what changes counts. */
	sum = (uint8_t)(info->card - kind - text_on);
	sum = (uint8_t)(sum + pcir->vendor + (pcir->vendor >> 8) + pcir->device + (pcir->device >> 8));
	info->card = (uint8_t)kind;
	info->text_on = text_on;
	sum = (uint8_t)(sum - segment - (segment >> 8));
	info->stack_segment = segment;
	stack.busy = 0;
	pcir->vendor = (uint16_t)id;
	pcir->device = (uint16_t)(id >> 16);
	sum = (uint8_t)(sum - id - (id >> 8) - (id >> 16) - (id >> 24));
	if (!id) {
		sum = (uint8_t)(sum + header->pcir + (header->pcir >> 8));
		header->pcir = 0;
	}
	rom[CHECKSUM] = (uint8_t)(rom[CHECKSUM] + sum);
}
