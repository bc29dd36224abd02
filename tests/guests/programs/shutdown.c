/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/shutdown.c: leaves protected mode as software for the 80286 did: a code in CMOS 0Fh, an address
 * in 40:67, and a reset of the processor, here the local APIC's INIT. It has to come back as the code says, with memory
 * and devices as they were. Then the same from a hook of the tick, in the middle of a slow read.
 */
#include "programs/flat.h"
#include "programs/program.h"

#define FLAT		0x08		/* selectors of this program's GDT */
#define FILL_LOW	0x20000u
#define FILL_LOW_END	0x9f000u
#define FILL_HIGH	0x100000u
#define RAM_END		0x2000000u	/* -m 32 */
#define FW_RAM		0xe8000u
#define FW_STACK	0xee7e0u	/* what is under way there is not to be lost */
#define OWN		0x7000u		/* this program's stacks and variables: not compared */
#define OWN_END		0x10000u
#define COME_BACK	0x467u
#define JUMP_STACK	0x400u
#define PIC1		0x20
#define PIC2		0xa0
#define IN_SERVICE	0x0b
#define POLL		0x0c

/* Set by the test: this code alone, whatever it is. */
uint32_t only_code __attribute__((section(".data"))) = 0;

/* void leave(void): INIT by the local APIC, from protected mode; comes back with the stack and registers it had. */
void leave(void), come_back(void), hook(void), move_vector(void);
extern uint32_t back_flags, left_esp;
extern uint16_t back_ss, back_sp, hook_wanted, hook_done, move_ax, move_ss;
__asm__(".code16\n"
	"leave: pushal; pushw %ds; pushw %es; pushfl; cli; movl %esp, %cs:left_esp; movw %ss, %cs:left_ss\n"
	"jmp init_self\n"
	"come_back: pushfl; popl %cs:back_flags; movw %ss, %cs:back_ss; movw %sp, %cs:back_sp\n"
	"lssl %cs:left_esp, %esp; popfl; popw %es; popw %ds; popal; retl\n"

	/* Out of IRQ 0, in whatever it has interrupted. */
	"hook: cmpw $0, %cs:hook_wanted; je 9f; decw %cs:hook_wanted\n"
	"pushal; pushw %ds; pushw %es; pushw %fs; pushw %gs\n"
	"xorw %ax, %ax; movw %ax, %ds; movw %ax, %es\n"
	"movb $0x8f, %al; outb %al, $0x70; movb $0x0a, %al; outb %al, $0x71\n"
	"movw $hook_back, 0x467; movw $0, 0x469; movl %esp, hook_esp; movw %ss, hook_ss\n"
	"jmp init_self\n"
	"hook_back: lssl %cs:hook_esp, %esp; popw %gs; popw %fs; popw %es; popw %ds; popal; incw %cs:hook_done\n"
	"9: iretw\n"
	".balign 4\n"
	"left_esp: .long 0\nleft_ss: .word 0\nhook_esp: .long 0\nhook_ss: .word 0\n"
	"back_flags: .long 0\nback_ss: .word 0\nback_sp: .word 0\nhook_wanted: .word 0\nhook_done: .word 0\n"
	".code16gcc\n");

/* No dword of it is like another near it, and none is 0. */
static uint32_t pattern(uint32_t at)
{
	return at * 2654435761u | 1;
}

static void fill(uint32_t from, uint32_t end)
{
	for (uint32_t at = from; at < end; at += 4)
		__asm__ volatile("movl %0, %%fs:(%1)" : : "r"(pattern(at)), "r"(at) : "memory");
}

static uint32_t sum(uint32_t from, uint32_t end, uint32_t start)
{
	for (uint32_t at = from; at < end; at += 4)
		start = (start << 5 | start >> 27) ^ peek(at);
	return start;
}

/* All memory but the firmware's variables, this program's, and what it pushes on the stack that a jump has. */
static uint32_t memory(void)
{
	static const struct { uint32_t from, end; } ranges[] = {
		{ 0, JUMP_STACK - 4 }, { JUMP_STACK, COME_BACK - 3 }, { COME_BACK + 5, OWN }, { OWN_END, FW_RAM },
		{ FW_STACK, RAM_END },
	};
	uint32_t all = 1;

	flat_fs();
	for (unsigned int i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		all = sum(ranges[i].from, ranges[i].end, all);
	return all;
}

static void config(uint32_t at)
{
	__asm__ volatile("outl %0, %%dx" : : "a"(0x80000000 | at), "d"(0xcf8));
}

/* Configuration space of bus 0, the interrupt controllers and the timer's mode. */
static uint32_t devices(void)
{
	uint32_t all = 0, value;

	for (uint32_t at = 0; at < 0x10000; at += 4) {
		config(at);
		__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(0xcfc));
		all = (all << 3 | all >> 29) ^ value;
	}
	all ^= (uint32_t)(inb(PIC1 + 1) << 8 | inb(PIC2 + 1) << 16 | inb(0x4d0) << 24 | inb(0x4d1));
	outb(0xe2, 0x43);
	all ^= (uint32_t)(inb(0x40) & 0x3f) << 2;
	outb(0x0b, 0x70);
	return all ^ inb(0x71);
}

static void set_come_back(uint16_t offset, uint16_t segment)
{
	*mem16(COME_BACK) = offset;
	*mem16(COME_BACK + 2) = segment;
}

static uint8_t cmos(uint8_t at)
{
	outb(at, 0x70);
	return inb(0x71);
}

static void cmos_write(uint8_t at, uint8_t value)
{
	outb(at, 0x70);
	outb(value, 0x71);
}

static uint8_t in_service(uint16_t pic)
{
	uint8_t value;

	outb(IN_SERVICE, pic);
	value = inb(pic);
	outb(0x0a, pic);
	return value;
}

/* An interrupt of the clock is in service at both controllers; nobody has ended it. */
static void take_interrupts(void)
{
	outb(0xfb, PIC1 + 1);
	outb(0xfe, PIC2 + 1);
	cmos_write(0x0a, 0x26);
	cmos_write(0x0b, cmos(0x0b) | 0x40);
	for (uint32_t i = 0; i < 10000000; i++) {
		outb(POLL, PIC2);
		if (inb(PIC2) & 0x80)
			break;
	}
	outb(POLL, PIC1);
	inb(PIC1);
	cmos_write(0x0b, cmos(0x0b) & ~0x40);
	cmos(0x0c);
}

static void end_interrupts(void)
{
	outb(0x20, PIC2);
	outb(0x20, PIC1);
	outb(0xb8, PIC1 + 1);
	outb(0x8f, PIC2 + 1);
}

static void say(const char *name, uint32_t value, unsigned int digits)
{
	print(" ");
	print(name);
	print(" ");
	print_hex(value, digits);
}

static bool tick_goes_on(void)
{
	uint32_t ticks = *mem32(0x46c);

	for (uint32_t i = 0; i < 4000000 && *mem32(0x46c) == ticks; i++)
		let_interrupts_in();
	return *mem32(0x46c) != ticks;
}

static uint8_t read_status(void)
{
	static struct { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; } packet;
	struct registers r = { .eax = 0x4200, .edx = 0x80 };

	packet.size = 16;
	packet.count = 1;
	packet.segment = 0x1000;
	packet.lba = 64;
	r.esi = (uint32_t)&packet;
	call_int(0x13, &r);
	return r.flags & CF ? r.ah | 1 : 0;
}

/* Of codes that have one. */
#define STACK		0x7400u
#define DS_VALUE	0x1234
#define ES_VALUE	0x5678
extern uint16_t moved[10];
__asm__(".code16\n"
	/* Back from a block move: what the registers are. */
	"move_vector: pushal; pushw %ds; pushw %es; movw %sp, %bp\n"
	"movl 0x4(%bp), %eax; movw %ax, %cs:moved; movl 0x8(%bp), %eax; movw %ax, %cs:moved + 2\n"
	"movl 0xc(%bp), %eax; movw %ax, %cs:moved + 4; movl 0x14(%bp), %eax; movw %ax, %cs:moved + 6\n"
	"movl 0x18(%bp), %eax; movw %ax, %cs:moved + 8; movl 0x1c(%bp), %eax; movw %ax, %cs:moved + 10\n"
	"movl 0x20(%bp), %eax; movw %ax, %cs:moved + 12\n"
	"movw %ds, %cs:moved + 14; movw %es, %cs:moved + 16\n"
	"popw %es; popw %ds; popal; jmp come_back\n"
	".balign 4\nmoved: .fill 10, 2, 0\n"
	".code16gcc\n");

static void frame(uint8_t code)
{
	volatile uint16_t *stack = mem16(STACK);
	unsigned int n = 0;

	if (code == 0x09) {
		stack[n++] = DS_VALUE;
		stack[n++] = ES_VALUE;
		for (unsigned int i = 0; i < 7; i++)
			stack[n++] = (uint16_t)(0x1110 * (i + 1) + i);	/* DI SI BP SP BX DX CX */
		stack[n++] = 0xee77;					/* AX */
	}
	stack[n++] = code == 0x09 ? (uint16_t)(uint32_t)move_vector : (uint16_t)(uint32_t)come_back;
	stack[n++] = 0;
	stack[n++] = 0x0cd7;			/* CF, PF, AF, ZF, SF, DF, OF; interrupts off */
	set_come_back(STACK, 0);
}

static void one(uint8_t code)
{
	uint32_t before, before_devices;

	print("code ");
	print_hex(code, 2);
	__asm__ volatile("cli");
	take_interrupts();
	if (code == 0x05 || code == 0x0a)
		set_come_back((uint16_t)(uint32_t)come_back, 0);
	else
		frame(code);
	cmos_write(0x0f, code);
	before_devices = devices();
	before = memory();
	leave();
	before ^= memory();
	before_devices ^= devices();
	say("memory", before, 8);
	say("devices", before_devices, 8);
	say("cmos", cmos(0x0f), 2);
	say("service", (uint32_t)(in_service(PIC1) << 8 | in_service(PIC2)), 4);
	say("stack", (uint32_t)back_ss << 16 | back_sp, 8);
	say("flags", back_flags & 0xed5, 3);
	end_interrupts();
	say("tick", tick_goes_on(), 1);
	say("read", read_status(), 2);
	if (code == 0x09)
		for (unsigned int i = 0; i < 9; i++)
			say("", moved[i], 4);
	print("\n");
}

/* In the middle of a read, several times. The disk is slow. */
static void in_a_service(void)
{
	unsigned int failed = 0;

	set_vector(0x1c, hook);
	for (unsigned int i = 0; i < 4; i++) {
		hook_wanted = 2;
		failed += read_status() != 0;
	}
	hook_wanted = 0;
	print("hook");
	say("done", hook_done, 4);
	say("failed", failed, 4);
	print("\n");
}

void main(void)
{
	static const uint8_t codes[] = { 0x05, 0x09, 0x0a, 0x0b, 0x0c };

	flat_fs();
	fill(FILL_LOW, FILL_LOW_END);
	fill(FILL_HIGH, RAM_END - 0x200000);
	if (only_code) {
		one((uint8_t)only_code);
		print("back\n");
	} else {
		for (unsigned int i = 0; i < sizeof(codes); i++)
			one(codes[i]);
		in_a_service();
	}
	print("end\n");
}
