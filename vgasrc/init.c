/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/init.c: see init.h.
 * Spec: PCI Firmware 3.0, 5.2.1; IBM PS/2 and PC BIOS Interface Technical Reference.
 */
#include "init.h"
#include "bda.h"
#include "dispi.h"
#include "flat.h"
#include "font.h"
#include "int10.h"
#include "io.h"
#include "modes.h"
#include "pci.h"
#include "pmm.h"
#include "ramfb.h"
#include "regs.h"
#include "segment.h"
#include "stack.h"
#include "std/option_rom.h"
#include "vbe.h"

#define VECTOR_VIDEO	0x10
#define VECTOR_FONT_HIGH 0x1f	/* 8x8, characters 80h-ffh */
#define VECTOR_FONT	0x43

#define FLAGS_START	0x51	/* 400 lines, VGA is active */
#define COMBINATION_VGA	0x08	/* with a colour display */
#define COMBINATION_UNKNOWN 0xff

extern char int10_entry[];

extern ROM struct bda_save save_pointers[7];		/* header.S: that of the video parameter table is the first */
extern ROM uint8_t rom_header[];
extern const ROM struct pcir rom_pcir;

#define HEADER_CHECKSUM	6
#define HEADER_BYTES	0x60	/* what is written at init lies in them */

static __attribute__((noinline)) uint8_t sum(void)
{
	uint8_t total = 0;

	for (uint16_t i = 0; i < HEADER_BYTES; i++)
		total = (uint8_t)(total + rom_header[i]);
	return total;
}

static void find_display(uint16_t bdf, bool sure)
{
	uint32_t ids = rom_pcir.device << 16 | rom_pcir.vendor;

	rom_info.on_pci = ids && (sure || pci_read32(bdf, 0) == ids);
	rom_info.bdf = bdf;
}

/*
 * What is known only now is written to the header, whose sum stays what it was. Where the ROM cannot be written any more,
 * it has been here before.
 */
static void rom_write(uint16_t bdf)
{
	uint8_t before = sum();
	bool sure = rom_info.text_on;

	rom_info.text_on = 0;
	save_pointers[0].segment = rom_segment();
	find_display(bdf, sure);
	if (!rom_info.stack_segment) {
		uint16_t stack = pmm_allocate(STACK_BYTES);

		if (stack)
			far_fill16(stack, 0, 0, STACK_VARIABLES / 2);
		rom_info.stack_segment = stack;
	}
	if (rom_info.card == VGA_CARD_RAMFB)
		ramfb_prepare();
	if (rom_info.card == VGA_CARD_BOCHS_DISPLAY)
		bochs_display_prepare();
	rom_header[HEADER_CHECKSUM] = (uint8_t)(rom_header[HEADER_CHECKSUM] + before - sum());
}

void init(struct regs *r)
{
	uint16_t function = r->ax;
	struct far half = font_of(8);
	uint8_t text_on;

	half.offset += 128 * 8;
	vector_set(VECTOR_VIDEO, far_at(rom_segment(), (uint16_t)(uintptr_t)int10_entry));
	vector_set(VECTOR_FONT_HIGH, half);
	vector_set(VECTOR_FONT, font_of(16));
	BDA->equipment = (uint16_t)((BDA->equipment & ~EQUIPMENT_DISPLAY) | EQUIPMENT_COLOUR_80);
	BDA_VIDEO->control = BDA_CONTROL_START;
	BDA_VIDEO->switches = SWITCHES_EGA;
	BDA_VIDEO->flags = FLAGS_START;
	BDA_VIDEO->combination = flat_display() ? COMBINATION_UNKNOWN : COMBINATION_VGA;
	BDA_SAVE->offset = rom_offset(save_pointers);
	BDA_SAVE->segment = rom_segment();
	text_on = rom_info.text_on;
	rom_write(function);
	if (text_on) {
		mode_tell_text();
		return;
	}
	r->ax = 0x0003;
	int10(r);
	r->ax = function;
}
