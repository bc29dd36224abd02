/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/input.c: what INT 16h, 1Ah and the clock and mouse parts of INT 15h answer. One line for each
 * call, the same from run to run.
 */
#include "programs/program.h"

/* Registers that are returned as they were are not printed. */
static struct registers call(const char *name, uint8_t n, struct registers r)
{
	struct registers in = r;

	call_int(n, &r);
	print(name);
	print(" INT ");
	print_hex(n, 2);
	print(" AX=");
	print_hex(in.ax, 4);
	print(":");
#define SHOW(reg) if (r.e##reg != in.e##reg) { print(" " #reg "="); print_hex(r.e##reg, r.e##reg >> 16 == in.e##reg >> 16 ? 4 : 8); }
	SHOW(ax) SHOW(bx) SHOW(cx) SHOW(dx) SHOW(si) SHOW(di)
	if (r.es != in.es) {
		print(" es=");
		print_hex(r.es, 4);
	}
	if (r.ds != in.ds) {
		print(" ds=");
		print_hex(r.ds, 4);
	}
	if ((r.flags ^ in.flags) & (CF | ZF)) {
		print(r.flags & CF ? " CF" : " NC");
		print(r.flags & ZF ? " ZF" : " NZ");
	}
	print("\n");
	return r;
}

static void call_both(const char *name, uint8_t n, struct registers r)
{
	r.flags = 0;
	call(name, n, r);
	r.flags = CF | ZF;
	call(name, n, r);
}

static void flush(void)
{
	*mem16(0x41a) = *mem16(0x41c);
}

static void put(uint16_t word)
{
	*mem16(0x41a) = 0x1e;
	*mem16(0x41c) = 0x20;
	*mem16(0x41e) = word;
}

/* Words that the buffer can hold, as the old and the new functions give them. */
static void conversions(void)
{
	static const uint8_t low[] = { 0x00, 0x0a, 0x0d, 0x2f, 0x41, 0xe0, 0xf0, 0xff };

	for (unsigned int old = 0; old < 2; old++)
		for (unsigned int l = 0; l < sizeof(low); l++) {
			print(old ? "old " : "new ");
			print_hex(low[l], 2);
			print(":");
			for (unsigned int high = 0; high < 0x100; high++) {
				uint16_t word = (uint16_t)(high << 8 | low[l]);
				struct registers peek = { .ax = old ? 0x0100 : 0x1100 }, take = { .ax = old ? 0 : 0x1000 };

				put(word);
				call_int(0x16, &peek);
				if (peek.flags & ZF) {
					print(" ");
					print_hex(word, 4);
					print("=none");
					flush();
					continue;
				}
				call_int(0x16, &take);
				if (peek.ax != take.ax)
					print(" differ!");
				if (take.ax != word) {
					print(" ");
					print_hex(word, 4);
					print("=");
					print_hex(take.ax, 4);
				}
				if (*mem16(0x41a) != *mem16(0x41c))
					print(" stays!");
			}
			print("\n");
		}
}

static void keyboard(void)
{
	for (unsigned int ah = 0; ah < 0x100; ah++)
		if (ah & 0xef) {
			flush();
			call_both("empty", 0x16, (struct registers){ .eax = 0x12340055 | ah << 8, .ebx = 0x1111, .ecx = 0x2222, .edx = 0x3333 });
		}
	for (unsigned int i = 0; i < 17; i++)
		call("fill", 0x16, (struct registers){ .ax = 0x0500, .cx = (uint16_t)(0x1e61 + i) });
	call_both("full", 0x16, (struct registers){ .ax = 0x0177 });
	call_both("full", 0x16, (struct registers){ .ax = 0x1177 });
	call_both("full", 0x16, (struct registers){ .ax = 0x0077 });
	call_both("full", 0x16, (struct registers){ .ax = 0x1077 });
	deliver(0x1e, false);
	deliver(0x9e, false);
	deliver(0x30, false);
	deliver(0xb0, false);
	flush();
	*mem8(0x417) = 0xff;
	*mem8(0x418) = 0xff;
	*mem8(0x496) = 0xff;
	call_both("flags", 0x16, (struct registers){ .ax = 0x0277 });
	call_both("flags", 0x16, (struct registers){ .ax = 0x1277 });
	*mem8(0x417) = 0;
	*mem8(0x418) = 0;
	*mem8(0x496) = 0x10;
	conversions();
}

static void clock(void)
{
	struct registers r;

	outb(inb(0x21) | 1, 0x21);	/* no tick between */
	*mem8(0x470) = 1;
	*mem32(0x46c) = 0x12345;
	call("ticks", 0x1a, (struct registers){ .ax = 0x0055 });
	call_both("ticks", 0x1a, (struct registers){ .ax = 0x0055 });
	call_both("set ticks", 0x1a, (struct registers){ .ax = 0x0155, .cx = 0x0002, .dx = 0x3456 });
	call_both("ticks", 0x1a, (struct registers){ .ax = 0x0055 });
	outb(inb(0x21) & ~1, 0x21);
	call_both("date", 0x1a, (struct registers){ .ax = 0x0455 });
	call_both("set time", 0x1a, (struct registers){ .ax = 0x0355, .cx = 0x2233, .dx = 0x4401 });
	call_both("time", 0x1a, (struct registers){ .ax = 0x0255 });
	call_both("set time", 0x1a, (struct registers){ .ax = 0x0355, .cx = 0x2233, .dx = 0x4400 });
	call_both("time", 0x1a, (struct registers){ .ax = 0x0255 });
	call_both("set date", 0x1a, (struct registers){ .ax = 0x0555, .cx = 0x2031, .dx = 0x1224 });
	call_both("date", 0x1a, (struct registers){ .ax = 0x0455 });
	call("alarm", 0x1a, (struct registers){ .ax = 0x0655, .cx = 0x2233, .dx = 0x4600 });
	call("alarm again", 0x1a, (struct registers){ .ax = 0x0655, .cx = 0x2233, .dx = 0x4600 });
	call_both("no alarm", 0x1a, (struct registers){ .ax = 0x0755 });
	for (unsigned int ah = 8; ah < 0x100; ah++)
		if (ah < 0xb0 || ah > 0xbf)
			call_both("unknown", 0x1a, (struct registers){ .eax = 0x43210055 | ah << 8, .ebx = 0x1111, .ecx = 0x2222, .edx = 0x3333 });
	*mem8(0x7000) = 0;
	r = (struct registers){ .ax = 0x8300, .bx = 0x7000, .cx = 0, .dx = 30000 };
	call("wait", 0x15, r);
	print_hex(*mem8(0x4a0), 2);
	print("\n");
	call("wait again", 0x15, r);
	call("delay", 0x15, (struct registers){ .ax = 0x8655, .cx = 0, .dx = 2000 });
	for (unsigned int i = 0; i < 0x1000000 && !*mem8(0x7000); i++)
		let_interrupts_in();
	print("flag ");
	print_hex(*mem8(0x7000), 2);
	print_hex(*mem8(0x4a0), 2);
	print("\n");
	call("wait", 0x15, r);
	call("cancel", 0x15, (struct registers){ .ax = 0x8301 });
	print_hex(*mem8(0x4a0), 2);
	print("\n");
	call("cancel", 0x15, (struct registers){ .ax = 0x8301 });
	call("unknown", 0x15, (struct registers){ .ax = 0x8302 });
	for (uint16_t ax = 0x4f00; ax < 0x4f03; ax++)
		call_both("intercept", 0x15, (struct registers){ .ax = ax });
	call_both("SysRq", 0x15, (struct registers){ .ax = 0x8500 });
	call_both("SysRq", 0x15, (struct registers){ .ax = 0x8501 });
	call_both("busy", 0x15, (struct registers){ .ax = 0x9001 });
	call_both("done", 0x15, (struct registers){ .ax = 0x9101 });
	*mem32(0x46c) = 0;
	call_both("delay", 0x15, (struct registers){ .ax = 0x8655, .cx = 3, .dx = 0 });
	print(*mem32(0x46c) >= 6 && *mem32(0x46c) < 12 ? "ticks went on\n" : "ticks did not go on\n");
}

static uint16_t packets, packet[4];
void mouse_handler(void), count_4a(void);
void mouse_note(const uint16_t *words);
void mouse_note(const uint16_t *words)
{
	for (unsigned int i = 0; i < 4; i++)
		packet[i] = words[i];
	packets++;
}

__asm__(".code16\n"
	"mouse_handler: pushal; pushw %ds; pushw %es; pushw $0; popw %ds; movl $words, %edi\n"
	"movw %ss:36+4(%esp), %ax; movw %ax, 6(%edi)\n"
	"movw %ss:36+6(%esp), %ax; movw %ax, 4(%edi)\n"
	"movw %ss:36+8(%esp), %ax; movw %ax, 2(%edi)\n"
	"movw %ss:36+10(%esp), %ax; movw %ax, (%edi)\n"
	"movl $words, %eax; calll mouse_note; popw %es; popw %ds; popal; lretw\n"
	"words: .quad 0\n"
	".code16gcc\n");

static void show_packet(void)
{
	print("packets ");
	print_hex(packets, 4);
	for (unsigned int i = 0; i < 4; i++) {
		print(" ");
		print_hex(packet[i], 4);
	}
	print("\n");
}

static void mouse(void)
{
	struct registers r = { .ax = 0xc207, .bx = (uint16_t)(uint32_t)mouse_handler };

	call_both("enable early", 0x15, (struct registers){ .ax = 0xc200, .bx = 0x0100 });
	call_both("bad size", 0x15, (struct registers){ .ax = 0xc205, .bx = 0x0000 });
	call_both("bad size", 0x15, (struct registers){ .ax = 0xc205, .bx = 0x0900 });
	call_both("size", 0x15, (struct registers){ .ax = 0xc205, .bx = 0x0300 });
	call_both("handler", 0x15, r);
	call_both("reset", 0x15, (struct registers){ .ax = 0xc201, .bx = 0x1234 });
	call_both("id", 0x15, (struct registers){ .ax = 0xc204, .bx = 0x1234 });
	for (uint16_t bh = 0; bh < 9; bh++)
		call_both("rate", 0x15, (struct registers){ .ax = 0xc202, .bx = (uint16_t)(bh << 8) });
	for (uint16_t bh = 0; bh < 6; bh++)
		call_both("resolution", 0x15, (struct registers){ .ax = 0xc203, .bx = (uint16_t)(bh << 8) });
	for (uint16_t bh = 0; bh < 5; bh++)
		call_both("status", 0x15, (struct registers){ .ax = 0xc206, .bx = (uint16_t)(bh << 8), .cx = 0x2222, .dx = 0x3333 });
	call_both("enable", 0x15, (struct registers){ .ax = 0xc200, .bx = 0x0200 });
	call_both("status", 0x15, (struct registers){ .ax = 0xc206, .bx = 0, .cx = 0x2222, .dx = 0x3333 });
	call_both("enable", 0x15, (struct registers){ .ax = 0xc200, .bx = 0x0100 });
	call_both("status", 0x15, (struct registers){ .ax = 0xc206, .bx = 0, .cx = 0x2222, .dx = 0x3333 });
	show_packet();
	deliver(0x08, true);
	deliver(0x05, true);
	show_packet();
	deliver(0xfb, true);
	show_packet();
	deliver(0x39, true);
	deliver(0x80, true);
	deliver(0x7f, true);
	show_packet();
	call_both("disable", 0x15, (struct registers){ .ax = 0xc200, .bx = 0x0000 });
	call_both("no handler", 0x15, (struct registers){ .ax = 0xc207, .bx = 0 });
	call_both("no handler: enable", 0x15, (struct registers){ .ax = 0xc200, .bx = 0x0100 });
	for (uint16_t al = 8; al < 12; al++)
		call_both("unknown", 0x15, (struct registers){ .ax = (uint16_t)(0xc200 | al), .bx = 0x1111 });
	for (unsigned int i = 0x22; i < 0x30; i++) {
		print_hex(*mem8((uint32_t)*mem16(0x40e) * 16 + i), 2);
		print(" ");
	}
	print("EBDA\n");
}

static void memory(void)
{
	for (unsigned int i = 0; i < 0xb0; i++) {
		if (!(i & 15)) {
			print("BDA ");
			print_hex(i, 2);
			print(":");
		}
		print(" ");
		print_hex(i >= 0x6c && i < 0x70 ? 0xee : *mem8(0x400 + i), 2);
		if ((i & 15) == 15)
			print("\n");
	}
	print("masks ");
	print_hex(inb(0x21), 2);
	print_hex(inb(0xa1), 2);
	outb(0x0b, 0x20);
	print(" in service ");
	print_hex(inb(0x20), 2);
	outb(0x20, 0x64);
	print(" 8042 ");
	print_hex(inb(0x60), 2);
	outb(0x0a, 0x70);
	print(" RTC ");
	print_hex(inb(0x71), 2);
	outb(0x0b, 0x70);
	print_hex(inb(0x71), 2);
	print("\n");
	print("ticks of the day ");
	print_hex(*mem32(0x46c) / 1000, 8);
	print("\n");
}

/* A handler before the BIOS's that reads the port itself. */
void chain_09(void);
__asm__(".code16\n"
	"chain_09: pushw %ax; inb $0x60, %al; popw %ax\n"
	"ljmpw *%cs:old_09\n"
	".globl old_09\n"
	"old_09: .long 0\n"
	".code16gcc\n");
extern uint32_t old_09;

static void chained(void)
{
	old_09 = *mem32(4 * 9);
	flush();
	set_vector(9, chain_09);
	deliver(0x1e, false);
	deliver(0x9e, false);
	*mem32(4 * 9) = old_09;
	print("chained key ");
	print_hex(*mem16(0x41a) == *mem16(0x41c) ? 0 : *mem16(0x400 + *mem16(0x41a)), 4);
	print("\n");
	__asm__ volatile("cli");
	outb(0xd2, 0x64);
	outb(0x1e, 0x60);
	inb(0x60);
	flush();
	let_interrupts_in();
	print("polled key ");
	print_hex(*mem16(0x41a) == *mem16(0x41c) ? 0 : *mem16(0x400 + *mem16(0x41a)), 4);
	print("\n");
	deliver(0x9e, false);
}

void main(void)
{
	memory();
	chained();
	keyboard();
	clock();
	mouse();
	memory();
}
