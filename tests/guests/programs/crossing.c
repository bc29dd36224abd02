/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/crossing.c: calls services from stacks of every kind and with flags of every kind, and says what
 * changes that should not: the stack beyond 16 bytes, registers that are no results, flags, limits of segments, A20. One
 * line for each deviation. A debugger may stop at call_returned, the instruction behind INT.
 */
#include "programs/program.h"

#define STACK_SEGMENT	0x3000
#define BUFFER_SEGMENT	0x4000
#define PACKET		0xf000
#define PAINT		0xc5c5c5c5u
#define PROMISED	16		/* bytes of the caller's stack, INT's included */

struct state {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp;
	uint16_t ss, ds, es, fs, gs, flags;
};
extern struct state state_in, state_out;
extern uint8_t call_number;
void make_call(void), general_protection(void);
extern uint8_t limit_fault;

/* INT call_number with all registers of state_in; state_out is what comes back. Nothing but INT uses SS:ESP. */
__asm__(".code16\n"
	"make_call: pushal; movl %esp, own_esp\n"
	"movl state_in, %eax; movl state_in + 4, %ebx; movl state_in + 8, %ecx; movl state_in + 12, %edx\n"
	"movl state_in + 16, %esi; movl state_in + 20, %edi; movl state_in + 24, %ebp\n"
	"movw state_in + 36, %es; movw state_in + 38, %fs; movw state_in + 40, %gs\n"
	"pushw state_in + 42; popfw\n"
	"lssl state_in + 28, %esp\n"
	"movw state_in + 34, %ds\n"
	".byte 0xcd\n"
	"call_number: .byte 0\n"
	".globl call_returned\n"
	"call_returned: movl %eax, %cs:state_out; movw %ss, %cs:state_out + 32; movl %esp, %cs:state_out + 28\n"
	"movw $0, %ax; movw %ax, %ss; movl %cs:own_esp, %esp; pushfw; popw %cs:state_out + 42; cli; cld\n"
	"movw %ds, %cs:state_out + 34; movw %ax, %ds\n"
	"movl %ebx, state_out + 4; movl %ecx, state_out + 8; movl %edx, state_out + 12\n"
	"movl %esi, state_out + 16; movl %edi, state_out + 20; movl %ebp, state_out + 24\n"
	"movw %es, state_out + 36; movw %fs, state_out + 38; movw %gs, state_out + 40; movw %ax, %es\n"
	/* what the limits allow: a byte at 1 MiB by each data segment */
	"movw $0, limit_fault; movl $0x100000, %esi\n"
	"movb (%esi), %al; movb %es:(%esi), %al; movb %fs:(%esi), %al; movb %gs:(%esi), %al\n"
	"limit_end: popal; retl\n"
	"general_protection: movb $1, %cs:limit_fault; addw $6, %sp; jmp limit_end\n"
	".balign 4\n"
	"state_in: .fill 44, 1, 0\n"
	"state_out: .fill 44, 1, 0\n"
	"own_esp: .long 0\n"
	"limit_fault: .word 0\n"
	".code16gcc\n");

/* Results: the low half of a register, or all of it. */
#define A	0x0001
#define B	0x0002
#define C	0x0004
#define D	0x0008
#define SI	0x0010
#define DI	0x0020
#define BP	0x0040
#define ES	0x0080
#define EA	0x0101
#define EB	0x0202
#define EC	0x0404
#define ED	0x0808
#define EDI	0x2020
#define Z	0x4000		/* the zero flag */

struct call {
	uint8_t vector;
	uint32_t eax, ebx, ecx, edx;
	uint16_t results;
};

static const struct call calls[] = {
	{ 0x13, 0x11110000, 0x22220000, 0x33330000, 0x44440080, A },
	{ 0x13, 0x11110100, 0x22220000, 0x33330000, 0x44440080, A },
	{ 0x13, 0x11110201, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11110401, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11110800, 0x22220000, 0x33330001, 0x44440080, A | B | C | D },
	{ 0x13, 0x11111000, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11111500, 0x22220000, 0x33330001, 0x44440080, A | C | D },
	{ 0x13, 0x11114100, 0x222255aa, 0x33330001, 0x44440080, A | B | C },
	{ 0x13, 0x11114200, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11114400, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11114500, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11114700, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11114800, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x1111fe00, 0x22220000, 0x33330001, 0x44440080, A },
	{ 0x13, 0x11110201, 0x22220000, 0x33330001, 0x4444008f, A },
	{ 0x13, 0x11114200, 0x22220000, 0x33330001, 0x4444008f, A },
	{ 0x13, 0x11110201, 0x22220000, 0x33330001, 0x44440000, A },
	{ 0x40, 0x11110000, 0x22220000, 0x33330001, 0x44440000, A },
	{ 0x11, 0x11112222, 0x22223333, 0x33334444, 0x44445555, A },
	{ 0x12, 0x11112222, 0x22223333, 0x33334444, 0x44445555, A },
	{ 0x15, 0x0000e820, 0x00000000, 0x00000014, 0x534d4150, EA | EB | EC | ED },
	{ 0x15, 0x11118300, 0x22223333, 0x7fff0000, 0x44440000, A },
	{ 0x15, 0x11118301, 0x22223333, 0x33330000, 0x44440000, A },
	{ 0x15, 0x11118600, 0x22223333, 0x33330000, 0x44440100, A },
	{ 0x16, 0x11110100, 0x22223333, 0x33334444, 0x44445555, A | Z },
	{ 0x16, 0x11110200, 0x22223333, 0x33334444, 0x44445555, A },
	{ 0x16, 0x11111100, 0x22223333, 0x33334444, 0x44445555, A | Z },
	{ 0x16, 0x11111200, 0x22223333, 0x33334444, 0x44445555, A },
	{ 0x1a, 0x11110000, 0x22223333, 0x33334444, 0x44445555, A | C | D },
	{ 0x1a, 0x11110200, 0x22223333, 0x33334444, 0x44445555, A | C | D },
	{ 0x1a, 0x11110400, 0x22223333, 0x33334444, 0x44445555, A | C | D },
	{ 0x1a, 0x1111b101, 0x22223333, 0x33334444, 0x44445555, A | B | C | ED | EDI },
	{ 0x1a, 0x1111b102, 0x22223333, 0x33331237, 0x44448086, A | B },
	{ 0x1a, 0x1111b103, 0x22223333, 0x00060000, 0x44445555, A | B },
	{ 0x1a, 0x1111b108, 0x22220000, 0x33334444, 0x44445555, A | C },
	{ 0x1a, 0x1111b109, 0x22220000, 0x33334444, 0x44445555, A | C },
	{ 0x1a, 0x1111b10a, 0x22220000, 0x33334444, 0x44445555, A | EC },
	{ 0x1a, 0x1111b1ff, 0x22220000, 0x33334444, 0x44445555, A },
	{ 0x10, 0x11110f00, 0x22223333, 0x33334444, 0x44445555, A | B },
	{ 0x10, 0x11110300, 0x22220033, 0x33334444, 0x44445555, A | C | D },
	{ 0x08, 0x11112222, 0x22223333, 0x33334444, 0x44445555, 0 },
	{ 0x0e, 0x11112222, 0x22223333, 0x33334444, 0x44445555, 0 },
	{ 0x1c, 0x11112222, 0x22223333, 0x33334444, 0x44445555, 0 },
	{ 0x70, 0x11112222, 0x22223333, 0x33334444, 0x44445555, 0 },
	{ 0x76, 0x11112222, 0x22223333, 0x33334444, 0x44445555, 0 },
};

static const struct { uint32_t esp; uint16_t flags; } ways[] = {
	{ 0x00000200, 0x0202 },
	{ 0xdead0200, 0x0ed7 },		/* carry, parity, adjust, zero, sign, interrupts, direction, overflow */
	{ 0xffff0010, 0x0002 },		/* no more than was promised */
	{ 0x0001fffe, 0x7202 },		/* nested task, I/O privilege 3 */
	{ 0x00000000, 0x0402 },
	{ 0x80000201, 0x0203 },
};

/* A test may set less, where calls take long. */
extern const volatile uint8_t ways_wanted;
extern const volatile uint32_t painted_dwords;
const volatile uint8_t ways_wanted = sizeof(ways) / sizeof(ways[0]);
const volatile uint32_t painted_dwords = 0x4000;

static const struct call *current;
static unsigned int deviations;

static void deviation(const char *what, uint32_t was, uint32_t is)
{
	if (++deviations > 100)
		return;
	print("int ");
	print_hex(current->vector, 2);
	print(" eax ");
	print_hex(current->eax, 8);
	print(" esp ");
	print_hex(state_in.esp, 8);
	print(" flags ");
	print_hex(state_in.flags, 4);
	print(" a20 ");
	print_hex(inb(0x92) & 2, 1);
	print(": ");
	print(what);
	print(" ");
	print_hex(was, 8);
	print(" -> ");
	print_hex(is, 8);
	print("\n");
}

static void compare(const char *name, uint32_t was, uint32_t is, uint16_t low, uint16_t all)
{
	if ((current->results & all) == all && all != low)
		return;
	if (current->results & low)
		was = (was & 0xffff0000) | (is & 0xffff);
	if (was != is)
		deviation(name, was, is);
}

static void paint(uint16_t segment)
{
	uint32_t at = 0, count = painted_dwords;

	__asm__ volatile("pushw %%es; movw %w3, %%es; rep stosl; popw %%es" : "+D"(at), "+c"(count) : "a"(PAINT), "d"(segment)
			 : "memory");
}

static uint32_t peek32(uint16_t segment, uint16_t offset)
{
	uint32_t value;

	__asm__ volatile("movw %w1, %%fs; movl %%fs:(%2), %0" : "=r"(value) : "r"(segment), "r"((uint32_t)offset) : "memory");
	return value;
}

static void poke32(uint16_t segment, uint16_t offset, uint32_t value)
{
	__asm__ volatile("movw %w0, %%fs; movl %1, %%fs:(%2)" : : "r"(segment), "r"(value), "r"((uint32_t)offset) : "memory");
}

/* The bytes from SP - 16 to SP may have changed. */
static void check_stack(uint16_t sp)
{
	for (uint32_t at = 0; at < 4 * painted_dwords; at += 4) {
		uint32_t is = peek32(STACK_SEGMENT, (uint16_t)at);

		if (is == PAINT)
			continue;
		for (uint32_t i = 0; i < 4; i++)
			if ((uint8_t)(is >> 8 * i) != (uint8_t)PAINT && (uint16_t)(sp - 1 - (at + i)) >= PROMISED) {
				deviation("stack at", at + i, is);
				return;
			}
	}
}

static void try(const struct call *c, uint32_t esp, uint16_t flags)
{
	uint8_t a20 = inb(0x92) & 2;

	current = c;
	call_number = c->vector;
	state_in = (struct state){ .eax = c->eax, .ebx = c->ebx, .ecx = c->ecx, .edx = c->edx, .esi = 0x55550000 | PACKET,
				   .edi = 0x66660000, .ebp = 0x77778888, .esp = esp, .ss = STACK_SEGMENT, .ds = BUFFER_SEGMENT,
				   .es = BUFFER_SEGMENT, .fs = 0xf5f5, .gs = 0x6565, .flags = flags };
	paint(STACK_SEGMENT);
	poke32(BUFFER_SEGMENT, PACKET, c->eax >> 8 == 0x111148 ? 74 : 1 << 16 | 16);
	poke32(BUFFER_SEGMENT, PACKET + 4, (uint32_t)BUFFER_SEGMENT << 16);
	poke32(BUFFER_SEGMENT, PACKET + 8, 64);
	poke32(BUFFER_SEGMENT, PACKET + 12, 0);
	make_call();
	check_stack((uint16_t)esp);
	compare("eax", state_in.eax, state_out.eax, A, EA);
	compare("ebx", state_in.ebx, state_out.ebx, B, EB);
	compare("ecx", state_in.ecx, state_out.ecx, C, EC);
	compare("edx", state_in.edx, state_out.edx, D, ED);
	compare("esi", state_in.esi, state_out.esi, SI, SI);
	compare("edi", state_in.edi, state_out.edi, DI, EDI);
	compare("ebp", state_in.ebp, state_out.ebp, BP, BP);
	compare("esp", state_in.esp, state_out.esp, 0, 1 << 15);
	compare("ss", state_in.ss, state_out.ss, 0, 1 << 15);
	compare("ds", state_in.ds, state_out.ds, 0, 1 << 15);
	compare("es", state_in.es, state_out.es, ES, ES);
	compare("fs", state_in.fs, state_out.fs, 0, 1 << 15);
	compare("gs", state_in.gs, state_out.gs, 0, 1 << 15);
	if ((state_in.flags ^ state_out.flags) & ~(CF | (c->results & Z ? ZF : 0)))
		deviation("flags", state_in.flags, state_out.flags);
	if (limit_fault)
		deviation("limits", 0, 0);
	if ((inb(0x92) & 2) != a20)
		deviation("a20", a20, inb(0x92));
}

void main(void)
{
	unsigned int count = 0;
	uint8_t port = inb(0x92) & 0xfe;
	void (*old)(void) = (void (*)(void))*mem32(4 * 0x0d);

	__asm__ volatile("cli");
	for (unsigned int a20 = 0; a20 < 2; a20++) {
		outb(a20 ? port & 0xfd : port | 2, 0x92);
		for (unsigned int w = 0; w < ways_wanted; w++)
			for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
				set_vector(0x0d, general_protection);
				try(&calls[i], ways[w].esp, ways[w].flags);
				*mem32(4 * 0x0d) = (uint32_t)old;
				count++;
			}
	}
	outb(port | 2, 0x92);
	print_hex(count, 4);
	print(" calls\nend\n");
}
