/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/gates.c: calls INT 13h from 16-bit protected mode, by a gate of 16 bits that leads to where the
 * vector does, with segments anywhere in memory, with and without paging; beside it the same in real mode. One line for
 * each call: its name, AX BX CX DX and carry afterwards, and what is in the buffer: the number of good dwords, and of
 * changed ones behind them. Registers that are no results, segments and the stack are looked at each time.
 */
#include "programs/program.h"

#define DRIVE		0x80
#define TEST_LBA	64
#define FIRST		(0xd1000000u + TEST_LBA * 128)
#define PACKETS		0x20000u	/* base of the caller's DS; and of ES: */
#define BUFFERS		0x300000u
#define SMALL_LIMIT	0x2ffu
#define SCREEN		0xb8000u
#define PAINT		0x5a5a5a5au
#define PAGE_TABLES	0x500000u
#define TICK_COUNT	0x46cu

#define SEL_OWN_CODE	0x08
#define SEL_OWN_DATA	0x10
#define SEL_FSEG	0x18
#define SEL_BUFFERS	0x20
#define SEL_PACKETS	0x28
#define SEL_SMALL	0x30

/* A test may make it 1: the slow disk is read for its ticks. */
extern const volatile uint8_t slow;
const volatile uint8_t slow = 0;

struct descriptor {
	uint16_t limit, base;
	uint8_t base_high, access, flags, base_top;
} __attribute__((packed));

#define SEGMENT(base, limit, access) \
	{ (uint16_t)(limit), (uint16_t)(base), (uint8_t)((base) >> 16), access, (uint8_t)((limit) >> 16), (uint8_t)((base) >> 24) }

struct descriptor gdt[] = {
	{ 0 }, SEGMENT(0u, 0xffffu, 0x9b), SEGMENT(0u, 0xffffu, 0x93), SEGMENT(0xf0000u, 0xffffu, 0x9b), SEGMENT(BUFFERS, 0xfffffu, 0x93),
	SEGMENT(PACKETS, 0xffffu, 0x93), SEGMENT(BUFFERS, SMALL_LIMIT, 0x93), { 0xffff, 0, 0, 0x93, 0x8f, 0 },
};
static struct { uint16_t offset, selector, kind, unused; } idt[0x14];
struct { uint16_t limit; uint32_t base; } __attribute__((packed)) gdt_at, idt_at;
extern volatile uint32_t ticks;
void gate_call(struct registers *r, uint32_t paged), tick(void);
extern uint16_t stack_off, ebp_kept;

__asm__(".code16\n"
	/* EAX: struct registers with selectors in ds and es, EDX: with paging */
	"gate_call: pushal; movl %eax, gate_regs; movl %esp, gate_esp; movl %edx, gate_paged\n"
	"cli; sidtl real_idt; lgdtl gdt_at; lidtl idt_at\n"
	"movl %cr0, %eax; orl $1, %eax; cmpl $0, gate_paged; je 1f\n"
	"movl $0x500000, %ecx; movl %ecx, %cr3; orl $0x80000000, %eax\n"
	"1: movl %eax, %cr0; ljmpw $8, $2f\n"
	"2: movw $0x10, %ax; movw %ax, %ss; movw %ax, %fs; movw %ax, %gs; movw %ax, %ds\n"
	"movl gate_regs, %ebp; movl 0(%ebp), %eax; movl 4(%ebp), %ebx; movl 8(%ebp), %ecx; movl 12(%ebp), %edx\n"
	"movl 16(%ebp), %esi; movl 20(%ebp), %edi; movw 28(%ebp), %es; pushw 24(%ebp); movw 26(%ebp), %ds; popfw\n"
	"movl $0x12345678, %ebp; stc\n"
	"int $0x13\n"
	"pushfw; pushw %ds; pushw $0x10; popw %ds; pushl %ebp; movl gate_regs, %ebp\n"
	"movl %eax, 0(%ebp); movl %ebx, 4(%ebp); movl %ecx, 8(%ebp); movl %edx, 12(%ebp)\n"
	"movl %esi, 16(%ebp); movl %edi, 20(%ebp); movw %es, 28(%ebp); popl %eax; popw 26(%ebp); popw 24(%ebp)\n"
	"cmpl $0x12345678, %eax; sete ebp_kept; movl %esp, %eax; subl gate_esp, %eax; movw %ax, stack_off\n"
	"movw $0x38, %ax; movw %ax, %ds; movw %ax, %es; movw %ax, %fs; movw %ax, %gs; movw %ax, %ss\n"
	"cli; movl %cr0, %eax; andl $0x7ffffffe, %eax; movl %eax, %cr0; ljmpw $0, $3f\n"
	"3: xorw %ax, %ax; movw %ax, %ds; movw %ax, %es; movw %ax, %fs; movw %ax, %gs; movw %ax, %ss\n"
	"lidtl real_idt; movl gate_esp, %esp; popal; retl\n"
	"tick: pushw %ax; movb $0x20, %al; outb %al, $0x20; incl %ss:ticks; popw %ax; iretw\n"
	".balign 4\n"
	"gate_regs: .long 0\n"
	"gate_esp: .long 0\n"
	"gate_paged: .long 0\n"
	"ticks: .long 0\n"
	"real_idt: .word 0; .long 0\n"
	"stack_off: .word 0\n"
	"ebp_kept: .word 0\n"
	".code16gcc\n");

static void set_up(void)
{
	volatile uint32_t *page = mem32(PAGE_TABLES);

	idt[0x13].offset = *mem16(4 * 0x13);
	idt[0x13].selector = SEL_FSEG;
	idt[0x13].kind = 0x8600;
	idt[8].offset = (uint16_t)(uint32_t)tick;
	idt[8].selector = SEL_OWN_CODE;
	idt[8].kind = 0x8600;
	gdt_at.limit = sizeof(gdt) - 1;
	gdt_at.base = (uint32_t)gdt;
	idt_at.limit = sizeof(idt) - 1;
	idt_at.base = (uint32_t)idt;
	page[0] = PAGE_TABLES + 0x1000 + 7;
	for (uint32_t i = 0; i < 1024; i++)
		page[1024 + i] = i << 12 | 7;
}

static void paint(void)
{
	for (uint32_t i = 0; i < 0x8000; i += 4)
		*mem32(BUFFERS + i) = PAINT;
}

static uint32_t good_dwords(uint32_t at)
{
	uint32_t good = 0;

	while (*mem32(at + good * 4) == FIRST + good)
		good++;
	return good;
}

static void say_buffer(uint32_t at)
{
	uint32_t good = good_dwords(at), changed = 0;

	for (uint32_t i = at + good * 4; i < BUFFERS + 0x8000; i += 4)
		changed += *mem32(i) != PAINT;
	print(" good ");
	print_hex(good, 4);
	print(" other ");
	print_hex(changed, 4);
}

static void ask(const char *name, struct registers r, uint32_t buffer, bool paged)
{
	uint32_t esi = r.esi, edi = r.edi;
	uint16_t ds = r.ds, es = r.es;

	paint();
	gate_call(&r, paged);
	print(name);
	print(" ");
	print_hex(r.ax, 4);
	print(" ");
	print_hex(r.bx, 4);
	print(" ");
	print_hex(r.cx, 4);
	print(" ");
	print_hex(r.dx, 4);
	print(r.flags & CF ? " C" : " -");
	say_buffer(BUFFERS + buffer);
	if (r.esi != esi || r.edi != edi || r.ds != ds || r.es != es || stack_off || !ebp_kept)
		print(" KEPT-REGISTERS");
	print("\n");
}

static void packet(uint32_t at, uint16_t count, uint32_t to, uint32_t flat)
{
	*mem32(PACKETS + at) = (flat ? 24u : 16u) | (uint32_t)count << 16;
	*mem32(PACKETS + at + 4) = to;
	*mem32(PACKETS + at + 8) = TEST_LBA;
	*mem32(PACKETS + at + 12) = 0;
	*mem32(PACKETS + at + 16) = flat;
	*mem32(PACKETS + at + 20) = 0;
}

static void ticks_of_a_slow_disk(void)
{
	struct registers r = { .ax = 0x0201, .bx = 0, .cx = 2, .dx = 0x0081, .ds = SEL_PACKETS, .es = SEL_BUFFERS, .flags = 2 };
	uint32_t last = 0;

	for (unsigned int i = 0; i < 4; i++) {
		struct registers now = r;

		ticks = 0;
		gate_call(&now, 0);
		if (now.flags & CF)
			print("FAILED\n");
		last = ticks > last ? ticks : last;
	}
	print("ticks ");
	print_hex(last, 4);
	print("\n");
}

void main(void)
{
	struct registers r = { .dx = DRIVE, .ds = SEL_PACKETS, .es = SEL_BUFFERS, .edi = 0x77770000, .esi = 0x66660000, .flags = 2 };
	struct registers q;

	set_up();
	if (slow) {
		ticks_of_a_slow_disk();
		goto end;
	}
	r.ax = 0x0201, r.bx = 0x1000, r.cx = 0x0102;
	q = r, q.cx = 0x0002, q.dx = 0x0100 | DRIVE;	/* LBA 64, with 63 sectors of a track */
	ask("sector", q, 0x1000, false);
	q = r, q.ax = 0x0800;
	ask("geometry", q, 0, false);
	q = r, q.ax = 0x1500;
	ask("type", q, 0, false);
	q = r, q.ax = 0x4177, q.bx = 0x55aa;
	ask("extensions", q, 0, false);
	q = r, q.ax = 0x4277;
	packet(0, 8, (uint32_t)SEL_BUFFERS << 16 | 0x2000, 0);
	ask("packet", q, 0x2000, false);
	packet(0, 8, (uint32_t)SEL_BUFFERS << 16 | 0x2003, 0);
	ask("odd", q, 0x2003, false);
	packet(0, 3, 0xffffffff, BUFFERS + 0x3000);
	ask("flat", q, 0x3000, false);
	packet(0, 3, 0x00080000, 0);		/* neither DS nor ES */
	ask("unknown", q, 0, false);
	packet(0, 3, 0xffffffff, 0xf0000);	/* the F segment takes nothing */
	ask("rom", q, 0, false);
	packet(0, 8, 0xffffffff, SCREEN);	/* where SMRAM is in System Management Mode */
	ask("screen", q, 0, false);
	print_hex(good_dwords(SCREEN), 4);
	print("\n");
	packet(0, 3, (uint32_t)SEL_SMALL << 16 | 0x100, 0);
	q.es = SEL_SMALL;
	ask("limit", q, 0x100, false);
	packet(0, 1, (uint32_t)SEL_SMALL << 16 | 0x100, 0);
	ask("within", q, 0x100, false);
	packet(0, 1, (uint32_t)SEL_SMALL << 16 | 0x101, 0);
	ask("beyond", q, 0x101, false);
	q.es = SEL_BUFFERS, q.si = 0x5000;
	packet(0x5000, 0x90, (uint32_t)SEL_BUFFERS << 16, 0);
	ask("too many", q, 0, false);
	print_hex(*mem16(PACKETS + 0x5002), 4);
	print("\n");
	q.si = 0, q.ax = 0x4877;
	*mem16(PACKETS) = 26;
	ask("parameters", q, 0, false);
	print_hex(*mem16(PACKETS), 4);
	print_hex(*mem32(PACKETS + 16), 8);
	print("\n");
	q = r, q.ax = 0x0277;
	q.al = 0;
	ask("nothing", q, 0, false);
	q.ax = 0x02ff;
	ask("paged", q, 0, true);
	q = r, q.ax = 0x4277;
	packet(0, 8, (uint32_t)SEL_BUFFERS << 16 | 0x2000, 0);
	ask("again", q, 0x2000, false);
end:
	print("end\n");
	outb(1, 0xf4);
}
