/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/main.c: calls every function of INT 10h in every mode and prints what each answers and changes; a host runs
 * the program with two ROMs and compares the lines.
 */
#include "programs/flat.h"
#include "vga/vga.h"

#define EXIT_PORT	0xf4
#define EXIT_PASSED	0x10
#define MISC_READ	0x3cc
#define NO_CARD		0xff

/*
 * A test's word: run as a task in virtual-8086 mode (real/v86.S), with these ports: the console and the exit, DISPI's, the VGA's,
 * configuration space, and those of BARs. A monitor ends the program at any other, and at what is privileged.
 */
extern volatile uint8_t as_task;
volatile uint8_t as_task __attribute__((section(".data"))) = 0;
void enter_v86(bool paged);
extern const uint16_t v86_ports[];
const uint16_t v86_ports[] = { 0xe9, 0xe9, EXIT_PORT, EXIT_PORT, 0x1ce, 0x1d0, 0x3b0, 0x3df, 0xcf8, 0xcff, 0x1000, 0xfffe };

uint8_t peek8(uint32_t at)
{
	uint8_t value;

	__asm__ volatile("movb %%fs:(%1), %0" : "=q"(value) : "r"(at) : "memory");
	return value;
}

uint16_t peek16(uint32_t at)
{
	uint16_t value;

	__asm__ volatile("movw %%fs:(%1), %0" : "=r"(value) : "r"(at) : "memory");
	return value;
}

uint32_t peek32(uint32_t at)
{
	return peek(at);
}

void poke8(uint32_t at, uint8_t value)
{
	__asm__ volatile("movb %0, %%fs:(%1)" : : "q"(value), "r"(at) : "memory");
}

void poke32(uint32_t at, uint32_t value)
{
	poke(at, value);
}

/* A task has no limits but those of its pages, as QEMU emulates it. */
void flat_memory(void)
{
	if (as_task)
		__asm__ volatile("movw %w0, %%fs" : : "r"(0));
	else
		__asm__ volatile("calll flat_fs" : : : "eax", "memory", "cc");
}

static void make_font(void)
{
	uint32_t mixed = 1;

	for (uint32_t i = 0; i < 4096; i++) {
		mixed = mixed * 1664525 + 1013904223;
		poke8(FONT + i, (uint8_t)(mixed >> 24));
	}
}

/* Whatever a firmware, or a mode beyond the VGA's, has left there, nobody remembers. */
static void clear_screen_memory(void)
{
	for (uint32_t i = 0; i < VIDEO_BYTES; i += 4) {
		if (has_vga)
			poke32(video_memory() + i, 0);
		poke32(KEPT + i, 0);
	}
}

/* A mode that there is not leaves mode and screen as they are. */
static void unknown_modes(void)
{
	set_scene("unknown", 0);
	call(0x0003, 0, 0, 0);
	for (uint16_t mode = 0x08; mode < 0x80; mode++) {
		if (mode == 0x0d)
			mode = 0x14;
		if (mode == 0x6a)
			continue;
		call(mode, 0, 0, 0);
		if (*mem8(0x449) != 3)
			call(0x0003, 0, 0, 0);
	}
	call(0x00ff, 0, 0, 0);
	call(0x0f00, 0, 0, 0);
	clear_screen_memory();
	call(0x0003, 0, 0, 0);
}

static void all_scenes(void)
{
	static const uint16_t texts[] = { 0x00, 0x01, 0x02, 0x03, 0x07 },
		graphics[] = { 0x04, 0x05, 0x06, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x6a };

	for (unsigned int i = 0; i < sizeof(texts) / 2; i++)
		text_scene(texts[i]);
	for (unsigned int i = 0; i < sizeof(graphics) / 2; i++)
		graphics_scene(graphics[i]);
	for (unsigned int i = 0; i < sizeof(texts) / 2; i++)
		common_scene(texts[i]);
	for (unsigned int i = 0; i < sizeof(graphics) / 2; i++)
		common_scene(graphics[i]);
	state_scene();
}

static void program(void)
{
	__asm__ volatile("cli");
	*mem32(0) = (uint32_t)divided;
	if (as_task)
		enter_v86(false);
	flat_memory();
	make_font();
	has_vga = inb(MISC_READ) != NO_CARD;
	print(has_vga ? "begin: a VGA\n" : "begin: no VGA\n");
	registers_begin();
	clear_screen_memory();
	screen_changes(false);
	unknown_modes();
	if (has_vga) {
		all_scenes();
	} else {		/* there is one text mode, drawn pixel by pixel */
		common_scene(0x03);
		text_scene(0x03);
	}
	vbe_scene();
	print("stack: ");
	print_hex(most_stack, 4);
	print("\nend\n");
	for (;;)
		outb(EXIT_PASSED, EXIT_PORT);
}

void main(void)
{
	on_stack(program);
}
