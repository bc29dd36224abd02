/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/edid_fuzz.c: monitors' descriptions of any content, as the VGA BIOS reads them: no byte is looked at that is
 * not one of theirs, the caller gets a block or nothing, and the preferred size and its modes are what can be.
 * LINK: vgasrc/vbe_modes.c
 */
#include <stdlib.h>
#include <string.h>
#include "../vgasrc/card.h"

/* What reaches memory in the ROM, over memory of ours. */
#define VGA_SEGMENT_H
#define VGA_BIG_REAL_H
struct far { uint16_t offset, segment; };
static struct far far_at(uint16_t segment, uint16_t offset)
{
	return (struct far){ offset, segment };
}

static uint16_t far_read16(uint16_t segment, uint16_t offset);
static void far_write8(uint16_t segment, uint16_t offset, uint8_t value);
static void far_write16(uint16_t segment, uint16_t offset, uint16_t value);
static int big_real_possible(void);
static uint32_t big_real_begin(void);
static void big_real_end(uint32_t flags);
static uint16_t big_read16(uint32_t address);
#include "../vgasrc/vbe_edid.c"

#define EDID_AT		0xfebf0000u
#define EDID_BYTES	(BLOCKS * BLOCK_BYTES)
#define WIRES_BYTES	(WIRES_BLOCKS * BLOCK_BYTES)
#define STACK_SEGMENT	0xe8b0u
#define CALLER_SEGMENT	0x2345u

ROM struct vga_rom_info rom_info;

static uint8_t edid[EDID_BYTES], caller[0x10000];
static uint16_t block_at;
static uint32_t written;
static uint16_t variables[STACK_VARIABLES / 2];
static int wires, possible, begun;

static uint16_t word(uint32_t at)
{
	return (uint16_t)(edid[at] | edid[at + 1] << 8);
}

static uint16_t far_read16(uint16_t segment, uint16_t offset)
{
	if (segment != STACK_SEGMENT || offset % 2 || offset >= STACK_VARIABLES)
		abort();
	return variables[offset / 2];
}

static void far_write16(uint16_t segment, uint16_t offset, uint16_t value)
{
	if (segment != STACK_SEGMENT || (offset != STACK_WIDTH && offset != STACK_HEIGHT))
		abort();
	variables[offset / 2] = value;
}

static void far_write8(uint16_t segment, uint16_t offset, uint8_t value)
{
	if (segment != CALLER_SEGMENT || (uint16_t)(offset - block_at) >= BLOCK_BYTES)
		abort();
	caller[offset] = value;
	written++;
}

static int big_real_possible(void)
{
	return possible;
}

static uint32_t big_real_begin(void)
{
	begun += possible;
	return possible ? 0x202 : 0;
}

static void big_real_end(uint32_t flags)
{
	if (flags != 0x202 || !begun--)
		abort();
}

static uint16_t big_read16(uint32_t address)
{
	if (!begun || address < EDID_AT || address - EDID_AT > EDID_BYTES - 2)
		abort();
	return word(address - EDID_AT);
}

uint16_t ati_edid16(uint32_t offset)
{
	if (offset > WIRES_BYTES - 2)
		abort();
	return word(offset);
}

static uint32_t where(void)
{
	return wires ? CARD_EDID_WIRES : EDID_AT;
}

static const struct card card = { .edid = where };

const ROM struct card *card_now(void)
{
	return &card;
}

static int is_edid(void)
{
	static const uint8_t head[8] = { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 };

	return (wires || possible) && !memcmp(edid, head, sizeof(head));
}

static void ask_for_block(uint8_t bl, uint16_t block, uint16_t di)
{
	struct regs r = { .bx = bl, .dx = block, .di = di, .es = CALLER_SEGMENT };
	uint32_t blocks = wires ? WIRES_BLOCKS : BLOCKS;
	int there = bl <= 1 && is_edid() && (!bl || (block < blocks && block <= edid[126]));

	block_at = di;
	written = 0;
	if ((vbe_edid(&r) == VBE_DONE) != there)
		abort();
	if (written != (there && bl == 1 ? BLOCK_BYTES : 0))
		abort();
	for (uint32_t i = 0; there && bl == 1 && i < BLOCK_BYTES; i++)
		if (caller[(uint16_t)(di + i)] != edid[block * BLOCK_BYTES + i])
			abort();
	if (begun)
		abort();
}

static void ask_for_size(void)
{
	uint16_t width = 0, height = 0, again[2] = { 0, 0 };
	struct shape shape;

	vbe_preferred(&width, &height);
	if (width % LINE_UNIT || width > 0xfff || height > 0xfff || (!is_edid() && width))
		abort();
	for (uint32_t number = 0; number < 0x10000; number += number < 0x200 ? 1 : 0x101)
		if (vbe_mode_shape((uint16_t)number, width, height, &shape) &&
		    (!shape.width || !shape.height || shape.bpp < 4 || shape.bpp > 32 || number < VBE_FIRST || number > VBE_LAST))
			abort();
	memset(edid, 0, sizeof(edid));		/* it is asked once */
	vbe_preferred(&again[0], &again[1]);
	if (possible && (again[0] != width || again[1] != height))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 5)
		return 0;
	wires = data[0] & 1;
	possible = data[0] >> 1 & 1;
	rom_info.stack_segment = data[0] & 4 ? 0 : STACK_SEGMENT;
	memset(edid, 0, sizeof(edid));
	memset(variables, 0, sizeof(variables));
	memcpy(edid, data + 5, size - 5 < sizeof(edid) ? size - 5 : sizeof(edid));
	ask_for_block(data[0] >> 3 & 3, data[1], (uint16_t)(data[3] | data[4] << 8));
	ask_for_block(1, (uint16_t)(data[1] | data[2] << 8), (uint16_t)(data[3] | data[4] << 8));
	ask_for_size();
	return 0;
}
