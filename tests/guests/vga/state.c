/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/state.c: 1Ch and 4F04h. What they write is no two ROMs' the same: told is how much of it they write, and what
 * a restore brings back.
 */
#include "vga/vga.h"

#define MARK		0xa5u

/* Of the buffer, where the last byte is that is not the mark; and the size that was told, in bytes. */
static void put_written(uint32_t told)
{
	uint32_t end = BUFFER_BYTES;

	while (end && peek8(BUFFER + end - 1) == MARK)
		end--;
	print(end == 0 ? " wrote nothing\n" : end <= told ? " wrote no more than it said\n" : " WROTE MORE THAN IT SAID\n");
}

static void save_and_restore(uint16_t function, uint16_t states, uint16_t step_size, uint16_t sub)
{
	uint32_t told;

	/* The size is the ROM's own; the call is told without it. */
	quietly(function, 0, states, 0);
	told = step_size * (last.ebx & 0xffff);
	print("save ");
	print_hex(function, 4);
	print(" ");
	print_hex(states, 4);
	print(":");
	print_hex(last.eax, 8);
	print("\n");
	for (uint32_t i = 0; i < BUFFER_BYTES; i += 4)
		poke32(BUFFER + i, MARK * 0x01010101u);
	if (sub)
		quietly(function, 0, states, 1);
	else
		quietly(function | 1, 0, states, 0);
	print(" saved:");
	print_hex(last.eax, 8);
	print("\n");
	put_written(told);
	registers_changes();
}

static void disturb(void)
{
	static const step disturbing[] = {
		{ 0x0012, 0, 0, 0 }, { 0x1000, 0x1503, 0, 0 }, { 0x1010, 0x0005, 0x1122, 0x3300 },
		{ 0x1010, 0x00c5, 0x1122, 0x3300 }, { 0x1018, 0x0077, 0, 0 },
	};

	for (unsigned int i = 0; i < sizeof(disturbing) / sizeof(disturbing[0]); i++)
		quietly(disturbing[i][0], disturbing[i][1], disturbing[i][2], disturbing[i][3]);
	registers_changes();
}

static void restore(uint16_t function, uint16_t states, bool sub)
{
	quietly(sub ? function : function | 2, 0, states, sub ? 2 : 0);
	print(" restored:");
	print_hex(last.eax, 8);
	print("\n");
	registers_changes();
}

static void try_states(uint16_t function, uint16_t mode, uint16_t states)
{
	bool vbe = function == 0x4f04;

	quietly(mode, 0, 0, 0);
	quietly(0x0200, 0, 0, 0x0304);
	quietly(0x1000, 0x2204, 0, 0);
	quietly(0x1010, 0x00c0, 0x2233, 0x1100);
	registers_changes();
	save_and_restore(function, states, 64, vbe);
	disturb();
	restore(function, states, vbe);
}

void state_scene(void)
{
	static const uint16_t modes[] = { 0x03, 0x0d, 0x13 }, states[] = { 1, 2, 4, 7, 8, 15, 0x10, 0, 0xffff };
	static const step odd[] = {
		{ 0x1c03, 0, 7, 0 }, { 0x1cff, 0, 7, 0 }, { 0x4f04, 0, 7, 3 }, { 0x4f04, 0, 7, 0x00ff },
	};

	for (unsigned int m = 0; m < sizeof(modes) / sizeof(modes[0]); m++)
		for (unsigned int i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
			try_states(0x1c00, modes[m], states[i]);
			try_states(0x4f04, modes[m], states[i]);
		}
	set_scene("state", 0);
	call(0x0003, 0, 0, 0);
	CALL_ALL(odd);
}
