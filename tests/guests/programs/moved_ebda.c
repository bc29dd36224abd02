/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/moved_ebda.c: takes memory below the EBDA as an option ROM does, with the EBDA moved down and 40:0E and
 * 40:13 changed, and asks the services that live in it; what was the EBDA is the program's then, and nobody writes
 * there. One line for each question.
 */
#include "programs/program.h"

#define EBDA_SEGMENT	0x40eu
#define BASE_KIB	0x413u
#define KIB		5u		/* that are taken */
#define PAINT		0xa5u

static uint32_t old_ebda, new_ebda;

static void say(const char *name, uint32_t value, unsigned int digits)
{
	print(name);
	print_hex(value, digits);
}

/* The program's handler: counts, and keeps the four words of the last packet. */
extern uint16_t handler_calls, handler_words[4];
void mouse_handler(void);
__asm__(".code16\n"
	"mouse_handler: pushw %bp; movw %sp, %bp; pushw %ax\n"
	"incw %cs:handler_calls\n"
	"movw 12(%bp), %ax; movw %ax, %cs:handler_words\n"
	"movw 10(%bp), %ax; movw %ax, %cs:handler_words + 2\n"
	"movw 8(%bp), %ax; movw %ax, %cs:handler_words + 4\n"
	"movw 6(%bp), %ax; movw %ax, %cs:handler_words + 6\n"
	"popw %ax; popw %bp; lretw\n"
	".balign 2\n"
	"handler_calls: .word 0\n"
	"handler_words: .word 0, 0, 0, 0\n"
	".code16gcc\n");

static void move_ebda(void)
{
	uint32_t kib = *mem8(old_ebda);

	for (uint32_t i = 0; i < 1024 * kib; i++) {
		*mem8(new_ebda + i) = *mem8(old_ebda + i);
		*mem8(old_ebda + i) = PAINT;
	}
	for (uint32_t i = 1024 * kib; i < 1024 * KIB; i++)
		*mem8(new_ebda + i) = PAINT;
	*mem8(new_ebda) = (uint8_t)(kib + KIB);
	*mem16(EBDA_SEGMENT) = (uint16_t)(new_ebda >> 4);
	*mem16(BASE_KIB) = (uint16_t)(new_ebda >> 10);
}

static struct registers ask(uint16_t ax, uint16_t bx)
{
	struct registers r = { .ax = ax, .bx = bx, .flags = 2 };

	call_int(0x15, &r);
	return r;
}

static void mouse(void)
{
	uint8_t packet[] = { 0x28, 0x12, 0xf0 };
	struct registers r;

	r = ask(0xc205, 0x0300);
	say("mouse size ", r.ah, 2);
	say(" carry ", r.flags & CF, 1);
	say(" packet byte ", *mem8(new_ebda + 0x27), 2);
	r = (struct registers){ .ax = 0xc207, .bx = (uint16_t)(uint32_t)mouse_handler, .flags = 2 };
	call_int(0x15, &r);
	say(" handler ", r.ah, 2);
	say(" at ", *mem32(new_ebda + 0x22), 8);
	r = ask(0xc200, 0x0100);
	say(" enable ", r.ah, 2);
	for (unsigned int i = 0; i < sizeof(packet); i++)
		deliver(packet[i], true);
	say(" calls ", handler_calls, 4);
	for (unsigned int i = 0; i < 4; i++)
		say(" ", handler_words[i], 4);
	r = ask(0xc200, 0x0000);
	say(" disable ", r.ah, 2);
	print("\n");
}

void main(void)
{
	struct registers r = { .flags = 2 };
	uint32_t changed = 0;

	__asm__ volatile("cli");
	old_ebda = (uint32_t)*mem16(EBDA_SEGMENT) << 4;
	new_ebda = old_ebda - 1024 * KIB;
	say("ebda ", old_ebda, 5);
	say(" base ", *mem16(BASE_KIB), 4);
	move_ebda();
	call_int(0x12, &r);
	say(" moved: int 12 ", r.ax, 4);
	r = ask(0xc100, 0);
	say(" int 15/c1 ", r.es, 4);
	say(" carry ", r.flags & CF, 1);
	say(" size ", *mem8((uint32_t)r.es << 4), 2);
	print("\n");
	mouse();
	for (uint32_t i = 0; i < 1024; i++)
		changed += *mem8(old_ebda + i) != PAINT;
	say("changed where it was ", changed, 4);
	changed = 0;
	for (uint32_t i = 1024; i < 1024 * KIB; i++)
		changed += *mem8(new_ebda + i) != PAINT;
	say(", beyond what is used ", changed, 4);
	print("\nend\n");
}
