/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/keys.c: what the BIOS makes of every scan code: one line for each set of pressed modifiers, locks
 * and prefix, with what each code 01-58 left in the keyboard buffer, and what it did to the flags.
 */
#include "programs/program.h"

#define CODES 0x59

static uint16_t event[8];
static unsigned int events;

void note(uint16_t what);
void hook_05(void), hook_1b(void), hook_15(void);

void note(uint16_t what)
{
	if (events < 8)
		event[events++] = what;
}

/* 1b: Ctrl-Break, 05: print screen, 85: SysRq; the rest of INT 15h is the BIOS's. */
__asm__(".code16\n"
	"hook_05: pushal; movl $0xf105, %eax; jmp 1f\n"
	"hook_1b: pushal; movl $0xf11b, %eax\n"
	"1: pushw %ds; pushw $0; popw %ds; calll note; popw %ds; popal; iretw\n"
	"hook_15: cmpb $0x85, %ah; jne 2f; pushal; movzbl %al, %eax; addl $0xf180, %eax; jmp 1b\n"
	"2: ljmpw *%cs:old_15\n"
	".globl old_15\n"
	"old_15: .long 0\n"
	".code16gcc\n");
extern uint32_t old_15;

static const struct {
	const char *name;
	uint8_t press[4], release[4];
} modifiers[] = {
	{ "-",		{ 0 }, { 0 } },
	{ "lshift",	{ 0x2a }, { 0xaa } },
	{ "rshift",	{ 0x36 }, { 0xb6 } },
	{ "lctrl",	{ 0x1d }, { 0x9d } },
	{ "rctrl",	{ 0xe0, 0x1d }, { 0xe0, 0x9d } },
	{ "lalt",	{ 0x38 }, { 0xb8 } },
	{ "ralt",	{ 0xe0, 0x38 }, { 0xe0, 0xb8 } },
	{ "ctrl+alt",	{ 0x1d, 0x38 }, { 0xb8, 0x9d } },
	{ "ctrl+shift",	{ 0x1d, 0x2a }, { 0xaa, 0x9d } },
	{ "alt+shift",	{ 0x38, 0x2a }, { 0xaa, 0xb8 } },
};

static void type(const uint8_t *codes)
{
	for (int i = 0; i < 4 && codes[i]; i++)
		deliver(codes[i], false);
}

static void take_keys(void)
{
	uint16_t head = *mem16(0x41a);

	while (head != *mem16(0x41c)) {
		note(*mem16(0x400 + head));
		head += 2;
		if (head >= *mem16(0x482))
			head = *mem16(0x480);
	}
	*mem16(0x41a) = head;
}

static uint32_t flags(void)
{
	return *mem8(0x417) | *mem8(0x418) << 8 | (*mem8(0x496) & 0x0f) << 16 | (*mem8(0x497) & 7) << 24;
}

static void all_codes(unsigned int m, uint8_t locks, uint8_t prefix)
{
	uint32_t before, pressed, released;

	print(modifiers[m].name);
	print(" locks ");
	print_hex(locks, 2);
	print(" prefix ");
	print_hex(prefix, 2);
	print(":");
	for (unsigned int code = 1; code < CODES; code++) {
		bool ctrl = m == 3 || m == 4 || m == 7 || m == 8, alt = m >= 5 && m != 8;

		if (code == 0x53 && ctrl && alt) {
			print(" reset");
			continue;
		}
		if (code == 0x45 && (ctrl || prefix == 0xe1)) {
			print(" pause");
			continue;
		}
		*mem16(0x417) = locks;
		*mem8(0x496) = 0x10;
		*mem8(0x497) = locks >> 4;
		*mem8(0x419) = 0;
		events = 0;
		type(modifiers[m].press);
		before = flags();
		if (prefix)
			deliver(prefix, false);
		deliver(code, false);
		pressed = flags();
		take_keys();
		if (prefix)
			deliver(prefix, false);
		deliver(code | 0x80, false);
		released = flags();
		take_keys();
		type(modifiers[m].release);
		take_keys();
		print(" ");
		for (unsigned int i = 0; i < events; i++) {
			if (i)
				print("+");
			print_hex(event[i], 4);
		}
		if (!events)
			print("-");
		if (pressed != before || released != before) {
			print("(");
			print_hex(pressed, 8);
			print(",");
			print_hex(released, 8);
			print(")");
		}
	}
	print("\n");
}

void main(void)
{
	static const uint8_t locks[] = { 0x00, 0x20, 0x40, 0x70 };

	old_15 = *mem32(4 * 0x15);
	set_vector(0x05, hook_05);
	set_vector(0x1b, hook_1b);
	set_vector(0x15, hook_15);
	for (unsigned int m = 0; m < sizeof(modifiers) / sizeof(modifiers[0]); m++)
		for (unsigned int l = 0; l < sizeof(locks); l++) {
			all_codes(m, locks[l], 0);
			all_codes(m, locks[l], 0xe0);
		}
}
