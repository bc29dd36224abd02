/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/calls.c: one call of INT 10h, and what it has changed.
 */
#include "vga/vga.h"

#define VISIBLE_FLAGS	0x0ed5		/* all but reserved ones and TF */
#define FILLED		0x1000u		/* of the buffer, before each call */

struct video_call last;
uint16_t most_stack;
bool hide_buffer;
void (*again)(void) = set_again;
static const char *scene = "";
static uint16_t scene_number;

void set_scene(const char *name, uint16_t number)
{
	scene = name;
	scene_number = number;
}

/* Text with control characters first; all of it does for palettes too. */
static uint8_t filling(uint32_t at)
{
	static const char text[] = "String\r\nof 1\x08 \x07INT 10h";

	return at < sizeof(text) ? (uint8_t)text[at] : (uint8_t)(at * 7 + (at >> 8) + 0x21);
}

static void fill(void)
{
	for (uint32_t i = 0; i < FILLED; i++)
		poke8(BUFFER + i, filling(i));
}

static void put_register(const char *name, uint32_t value, uint32_t was)
{
	if (value == was)
		return;
	print(" ");
	print(name);
	print("=");
	print_hex(value, 8);
}

/* Runs of bytes that differ from the filling, but no more than 64 of each. */
static void put_buffer(void)
{
	for (uint32_t i = 0; i < FILLED; i++) {
		if (peek8(BUFFER + i) == filling(i))
			continue;
		print(" buffer ");
		print_hex(i, 3);
		print("=");
		for (uint32_t n = 0; n < 64 && i < FILLED && peek8(BUFFER + i) != filling(i); n++)
			print_hex(peek8(BUFFER + i++), 2);
		print("\n");
	}
}

static void put_asked(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	print(scene);
	print_hex(scene_number, 2);
	print(" ");
	print_hex(ax, 4);
	print(" ");
	print_hex(bx, 4);
	print(" ");
	print_hex(cx, 4);
	print(" ");
	print_hex(dx, 4);
}

static void put_answer(const struct video_call *was)
{
	print(":");
	if (has_divided) {
		print(" DIVIDED\n");
		return;
	}
	put_register("eax", last.eax, was->eax);
	put_register("ebx", last.ebx, was->ebx);
	put_register("ecx", last.ecx, was->ecx);
	put_register("edx", last.edx, was->edx);
	put_register("esi", last.esi, was->esi);
	put_register("edi", last.edi, was->edi);
	put_register("ebp", last.ebp, was->ebp);
	put_register("ds", last.ds, was->ds);
	put_register("fs", last.fs, was->fs);
	put_register("gs", last.gs, was->gs);
	put_register("flags", last.flags & VISIBLE_FLAGS, was->flags & VISIBLE_FLAGS);
	put_register("sp-off", stack_off, 0);
	if (last.es != was->es) {
		print(" es:=");
		put_place((uint32_t)last.es << 4);
	}
	print("\n");
	if (last.stack > most_stack)
		most_stack = last.stack;
}

/* Functions that change no pixel: their changes of memory would show with the next call's. */
static bool may_draw(uint8_t ah)
{
	return ah == 0x00 || (ah >= 0x05 && ah <= 0x0e && ah != 0x08 && ah != 0x0b && ah != 0x0d) || ah == 0x11 || ah == 0x13 ||
	       ah == 0x4f || ah > 0x1c;
}

static struct video_call registers(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx, uint16_t es, uint16_t bp)
{
	return (struct video_call){
		.eax = 0x11110000u | ax, .ebx = 0x22220000u | bx, .ecx = 0x33330000u | cx, .edx = 0x44440000u | dx,
		.esi = 0x5151a5a5, .edi = 0xd1d10000, .ebp = 0xb0b00000u | bp,
		.ds = 0xd5d5, .es = es, .fs = 0xf5f5, .gs = 0x6565, .flags = 0x0002,
	};
}

static void make(struct video_call *c)
{
	has_divided = 0;
	call_video(c);
	__asm__ volatile("movw %w0, %%fs" : : "r"(0));	/* its limit stays, as the ROM has left it: no less than 4 GiB */
}

void call_with(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx, uint16_t es, uint16_t bp)
{
	struct video_call was = registers(ax, bx, cx, dx, es, bp);

	fill();
	last = was;
	put_asked(ax, bx, cx, dx);
	make(&last);
	put_answer(&was);
	registers_changes();
	if (!hide_buffer)
		put_buffer();
	if (may_draw((uint8_t)(ax >> 8)))
		screen_changes((ax >> 8) == 0x00 || (ax >> 8) == 0x11);
}

void call(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	call_with(ax, bx, cx, dx, BUFFER >> 4, 0);
}

void call_all(const step *steps, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (steps[i][0] == 0xffff)
			again();
		else
			call(steps[i][0], steps[i][1], steps[i][2], steps[i][3]);
}

void set_again(void)
{
	quietly(*mem8(0x449), 0, 0, 0);
	screen_now();
}

uint16_t quietly(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	last = registers(ax, bx, cx, dx, BUFFER >> 4, 0);
	make(&last);
	return (uint16_t)last.eax;
}

/* SeaVGABIOS programs the CRTC at the port of the mode before, which is not there after mode 7: the second set is complete. */
void from_text(void)
{
	quietly(0x0003, 0, 0, 0);
	quietly(0x0003, 0, 0, 0);
}
