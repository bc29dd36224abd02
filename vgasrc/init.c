/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/init.c: see init.h.
 * Spec: PCI Firmware 3.0, 5.2.1; IBM PS/2 and PC BIOS Interface Technical Reference.
 */
#include "init.h"
#include "bda.h"
#include "font.h"
#include "io.h"
#include "modes.h"
#include "regs.h"
#include "segment.h"

#define VECTOR_VIDEO	0x10
#define VECTOR_FONT_HIGH 0x1f	/* 8x8, characters 80h-ffh */
#define VECTOR_FONT	0x43

#define CONTROL_START	0x60	/* 256 KiB; cursor emulated */
#define SWITCHES_START	0xf9
#define FLAGS_START	0x51	/* 400 lines, VGA is active */
#define COMBINATION_START 0x08	/* VGA with a colour display */

extern char int10_entry[];

extern ROM struct bda_save save_pointers[7];		/* header.S: that of the video parameter table is the first */
extern ROM uint8_t rom_header[];

#define HEADER_BLOCKS	2	/* size in units of 512 bytes */
#define HEADER_CHECKSUM	6

static void set_vector(uint8_t n, struct far to)
{
	VECTOR(n)->offset = to.offset;
	VECTOR(n)->segment = to.segment;
}

/* What is known only now; where the ROM cannot be written any more, it has been here before. */
static void rom_write(void)
{
	uint32_t bytes = rom_header[HEADER_BLOCKS] * 512u;
	uint8_t sum = 0;

	save_pointers[0].segment = rom_segment();
	for (uint32_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + rom_header[i]);
	rom_header[HEADER_CHECKSUM] = (uint8_t)(rom_header[HEADER_CHECKSUM] - sum);
}

void init(struct regs *r)
{
	struct far half = font_of(8);

	(void)r;
	half.offset += 128 * 8;
	set_vector(VECTOR_VIDEO, (struct far){ (uint16_t)(uintptr_t)int10_entry, rom_segment() });
	set_vector(VECTOR_FONT_HIGH, half);
	set_vector(VECTOR_FONT, font_of(16));
	BDA->equipment = (uint16_t)((BDA->equipment & ~EQUIPMENT_DISPLAY) | EQUIPMENT_COLOUR_80);
	BDA_VIDEO->control = CONTROL_START;
	BDA_VIDEO->switches = SWITCHES_START;
	BDA_VIDEO->flags = FLAGS_START;
	BDA_VIDEO->combination = COMBINATION_START;
	BDA_SAVE->offset = rom_offset(save_pointers);
	BDA_SAVE->segment = rom_segment();
	rom_write();
	mode_set(0x03);
}
