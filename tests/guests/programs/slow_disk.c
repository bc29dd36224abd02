/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/slow_disk.c: while a disk takes its time, the clock ticks on, and a hook of INT 1Ch calls INT 13h;
 * and the timer runs on as a program has set it.
 *
 * Drives are told by the letter with which sector 64 begins: 'S' is the slow one, 'O' is on another controller. Only a
 * firmware that answers while a controller is busy survives this.
 */
#include "programs/program.h"

#define LETTER_SECTOR	64
#define BUFFER		0x8000		/* offset in segment 1000h */
#define STACK_SEGMENT	0x3000
#define PM_TIMER	0x608		/* 3,579,545 Hz, 24 bits; where Slipway puts it */
#define PM_PER_TICK	196608u		/* 65,536 of 1,193,182 Hz */
#define READS		4

struct packet { uint8_t size, zero; uint16_t count, offset, segment; uint32_t lba, lba_high; };

/* What the hook does, once in a slow read, and what came of it. */
extern uint8_t hook_drive, hook_own_stack, hook_old_handler;
extern uint16_t hook_calls, hook_busy, hook_good, hook_other;
extern struct packet hook_packet;
void hook_1c(void), slow_read(void);

__asm__(".code16\n"
	"hook_1c: cmpb $0, %cs:hook_inside; jne 9f; incb %cs:hook_inside\n"
	"pushw %ds; pushw %es; pushal; xorw %ax, %ax; movw %ax, %ds; movw %ax, %es\n"
	"movw %ss, hook_ss; movl %esp, hook_esp\n"
	"cmpb $0, hook_own_stack; je 1f; movw %ax, %ss; movl $0x7000, %esp\n"
	"1: cmpb $0, hook_wanted; je 8f; movb $0, hook_wanted; movb hook_drive, %dl; cmpb $0, %dl; je 8f\n"
	"movw $1, hook_packet + 2; movb $0x42, %ah; movw $hook_packet, %si; stc; int $0x13\n"
	"incw hook_calls; jc 2f; incw hook_good; jmp 8f\n"
	"2: cmpb $0xaa, %ah; jne 3f; incw hook_busy; jmp 8f\n"
	"3: movw %ax, hook_other\n"
	"8: cli; lssl hook_esp, %esp; popal; popw %es; popw %ds; decb %cs:hook_inside\n"
	"9: iretw\n"
	".balign 4\n"
	"hook_esp: .long 0\n"
	"hook_ss: .word 0\n"
	"hook_calls: .word 0\n"
	"hook_busy: .word 0\n"
	"hook_good: .word 0\n"
	"hook_other: .word 0\n"
	"hook_inside: .byte 0\n"
	"hook_drive: .byte 0\n"
	"hook_own_stack: .byte 0\n"
	"hook_wanted: .byte 0\n"
	".balign 4\n"
	"hook_packet: .byte 16, 0; .word 1, 0, 0x2000; .long 64, 0\n"

	/* INT 13h, AH=42h, from SS:SP = 3000:0200, with interrupts off: no tick comes before the drive is busy. */
	"slow_read: pushal; movw %ss, read_ss; movl %esp, read_esp\n"
	"movw $0x3000, %ax; movw %ax, %ss; movl $0x200, %esp\n"
	"movb read_drive, %dl; movb $0x42, %ah; movw $read_packet, %si; stc; cli; movb $1, hook_wanted\n"
	"int $0x13; movb $0, hook_wanted; movb %ah, read_status\n"
	"lssl read_esp, %esp; sti; popal; retl\n"
	".balign 4\n"
	"read_esp: .long 0\n"
	"read_ss: .word 0\n"
	"read_drive: .byte 0\n"
	"read_status: .byte 0\n"
	".balign 4\n"
	"read_packet: .byte 16, 0; .word 1, 0x8000, 0x1000; .long 64, 0\n"
	".code16gcc\n");
extern uint8_t read_drive, read_status;
extern struct packet read_packet;

static uint8_t peek(uint16_t segment, uint16_t offset)
{
	uint8_t value;

	__asm__ volatile("movw %w1, %%fs; movb %%fs:(%2), %0" : "=q"(value) : "r"(segment), "r"((uint32_t)offset) : "memory");
	return value;
}

static void poke(uint16_t segment, uint16_t offset, uint8_t value)
{
	__asm__ volatile("movw %w0, %%fs; movb %b1, %%fs:(%2)" : : "r"(segment), "q"(value), "r"((uint32_t)offset) : "memory");
}

static uint32_t pm_timer(void)
{
	uint32_t value;

	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(PM_TIMER));
	return value & 0xffffff;
}

/* The drive whose sector begins with this letter, 0: none. */
static uint8_t find(char letter)
{
	static const uint8_t numbers[] = { 0x80, 0x81, 0x82, 0xe0 };

	for (unsigned int i = 0; i < sizeof(numbers); i++) {
		read_drive = numbers[i];
		poke(0x1000, BUFFER, 0);
		slow_read();
		if (read_status == 0 && peek(0x1000, BUFFER) == letter)
			return numbers[i];
	}
	return 0;
}

static void say(const char *name, uint32_t value)
{
	print(" ");
	print(name);
	print(" ");
	print_hex(value, 4);
}

/* Read from the slow drive while the hook reads from drive (0: nowhere). */
static void read_slowly(const char *name, uint8_t slow, uint8_t drive, bool own_stack)
{
	uint32_t ticks, passed = 0, failed = 0, stack = 0;

	for (unsigned int i = 0; i < 0x10000; i++)
		poke(STACK_SEGMENT, (uint16_t)i, 0xc5);
	hook_calls = hook_busy = hook_good = hook_other = 0;
	hook_own_stack = own_stack;
	hook_drive = drive;
	poke(0x2000, 0, 0);
	/* from a tick on, so that the first one that is missed counts */
	ticks = *mem32(0x46c);
	while (*mem32(0x46c) == ticks)
		;
	ticks = *mem32(0x46c);
	for (unsigned int i = 0; i < READS; i++) {
		uint32_t begin = pm_timer();

		poke(0x1000, BUFFER, 0);
		read_drive = slow;
		slow_read();
		failed += read_status != 0 || peek(0x1000, BUFFER) != 'S';
		passed += (pm_timer() - begin) & 0xffffff;
	}
	ticks = *mem32(0x46c) - ticks;
	hook_drive = 0;
	for (unsigned int i = 0; i < 0x10000; i++)
		stack += (i < 0x200 - 16 || i >= 0x200) && peek(STACK_SEGMENT, (uint16_t)i) != 0xc5;
	print(name);
	say("ticks", ticks);
	say("passed", passed / PM_PER_TICK);
	say("failed", failed);
	say("stack", stack);
	say("calls", hook_calls);
	say("busy", hook_busy);
	say("good", hook_good);
	say("other", hook_other);
	say("data", peek(0x2000, 0));
	print("\n");
}

#define PIT_CHANNEL0	0x40
#define PIT_CONTROL	0x43
#define PIT_MODE3	0x36		/* channel 0, both bytes, mode 3: not the firmware's own */
#define PIT_LATCH	0xc2		/* count and status of channel 0 */
#define PIT_SETUP	0x3f		/* of the status: access, mode, binary */
#define PIT_COUNT	0x2468u		/* 127 ticks a second */

/* The status and the count of channel 0, which goes down from the one that was set. */
static uint8_t pit_look(uint16_t *count)
{
	uint8_t status;

	outb(PIT_LATCH, PIT_CONTROL);
	status = inb(PIT_CHANNEL0);
	*count = inb(PIT_CHANNEL0);
	*count = (uint16_t)(*count | inb(PIT_CHANNEL0) << 8);
	return status & PIT_SETUP;
}

/* What the timer is after a slow read, with a time of the program's own, and the largest count seen over some rounds. */
static void read_with_own_timer(uint8_t slow)
{
	uint16_t most = 0, count, last = 0;
	uint8_t setup = 0;

	outb(PIT_MODE3, PIT_CONTROL);
	outb(PIT_COUNT & 0xff, PIT_CHANNEL0);
	outb(PIT_COUNT >> 8, PIT_CHANNEL0);
	read_drive = slow;
	for (unsigned int i = 0; i < 2; i++) {
		poke(0x1000, BUFFER, 0);
		slow_read();
	}
	for (unsigned int i = 0, rounds = 0; i < 1000000 && rounds < 8; i++) {
		setup = pit_look(&count);
		most = count > most ? count : most;
		rounds += count > last;
		last = count;
	}
	print("timer");
	say("failed", read_status != 0 || peek(0x1000, BUFFER) != 'S');
	say("setup", setup);
	say("most", most);
	print("\n");
}

void main(void)
{
	uint8_t slow = find('S'), other = find('O');

	print("drives");
	say("slow", slow);
	say("other", other);
	print("\n");
	set_vector(0x1c, hook_1c);
	read_slowly("alone", slow, 0, false);
	read_slowly("same", slow, slow, false);
	read_slowly("same-own-stack", slow, slow, true);
	read_slowly("another", slow, other, false);
	read_slowly("another-own-stack", slow, other, true);
	read_with_own_timer(slow);
	print("end\n");
}
