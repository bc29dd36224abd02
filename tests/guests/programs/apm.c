/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/apm.c: makes the calls of Advanced Power Management that a test writes into it: by
 * INT 15h, and by the 16-bit and the 32-bit interface in protected mode, with the descriptors that the specification
 * asks for. A line for each call: how it was made, what it asked, registers, carry and interrupts, and "slept" where one
 * came in.
 */
#include "programs/program.h"

#define REAL		0
#define BY_16		1	/* on a 16-bit stack, the upper half of ESP is not 0 */
#define BY_32		2
#define BY_16_LARGE	3	/* 16-bit code on a 32-bit stack */
#define NEXT		0xfe	/* the next device is booted */
#define END		0xff

#define OPEN		1	/* interrupts are on */
#define NO_DATA		2	/* the data descriptor is not there */

#define TICKS		0x46cu
#define INTERRUPTS	0x78u
#define IRQ0		8u

struct call {
	uint8_t how, flags;
	uint16_t ax, bx, cx;
};
extern const volatile struct call script[3000];
const volatile struct call script[3000] = { { END, 0, 0, 0, 0 } };

/* Of protected mode; assembly knows their names. */
struct registers pm;
uint32_t pm_ebp, pm_ticks;
uint16_t pm_ds, pm_stack;
uint8_t pm_wide, pm_open;
struct { uint32_t offset; uint16_t selector; } __attribute__((packed)) pm_far;
uint8_t gdt[8][8], idt[INTERRUPTS][8];

void call_protected(void);
void tick_gate(void);
void fault_gate(void);

__asm__(
"	.code16\n"
"	.set	CODE32, 0x08\n"
"	.set	FLAT, 0x10\n"
"	.set	CODE16, 0x18\n"
"	.set	SMALL, 0x20\n"
"call_protected:\n"
"	pushal\n"
"	cli\n"
"	sidtl	real_idt\n"
"	movl	%esp, saved_esp\n"
"	lgdtl	gdt_at\n"
"	lidtl	idt_at\n"
"	movl	%cr0, %eax\n"
"	orb	$1, %al\n"
"	movl	%eax, %cr0\n"
"	ljmpl	$CODE32, $1f\n"
"	.code32\n"
"1:	movl	$FLAT, %eax\n"
"	movl	%eax, %ds\n"
"	movl	%eax, %es\n"
"	movw	pm_stack, %ax\n"
"	movl	%eax, %ss\n"
"	cmpl	$SMALL, %eax\n"
"	jne	1f\n"
"	orl	$0x5a5a0000, %esp\n"
"1:	movl	pm, %eax\n"
"	movl	pm + 4, %ebx\n"
"	movl	pm + 8, %ecx\n"
"	movl	pm + 12, %edx\n"
"	movl	pm + 16, %esi\n"
"	movl	pm + 20, %edi\n"
"	movl	$0xbbbbbbbb, %ebp\n"
"	cmpb	$0, pm_wide\n"
"	je	2f\n"
"	cmpb	$0, pm_open\n"
"	je	1f\n"
"	sti\n"
"1:	lcall	*pm_far\n"
"	jmp	3f\n"
"2:	pushl	pm_far\n"			/* offset and selector as 16-bit code has them */
"	popl	far16\n"
"	pushw	pm_far + 4\n"
"	popw	far16 + 2\n"
"	cmpb	$0, pm_open\n"
"	je	1f\n"
"	sti\n"
"1:	lcallw	*far16\n"
"3:	pushfl\n"
"	cli\n"
"	movl	%ebp, %ss:pm_ebp\n"
"	movw	%ds, %ss:pm_ds\n"
"	movl	$FLAT, %ebp\n"
"	movl	%ebp, %ds\n"
"	movl	%eax, pm\n"
"	movl	%ebx, pm + 4\n"
"	movl	%ecx, pm + 8\n"
"	movl	%edx, pm + 12\n"
"	movl	%esi, pm + 16\n"
"	movl	%edi, pm + 20\n"
"	popl	%eax\n"
"	movw	%ax, pm + 24\n"
"	movl	$FLAT, %eax\n"
"	movl	%eax, %ss\n"
"	movl	saved_esp, %esp\n"
"	ljmpl	$CODE16, $1f\n"
"	.code16\n"
"1:	movw	$SMALL, %ax\n"
"	movw	%ax, %ds\n"
"	movw	%ax, %es\n"
"	movw	%ax, %ss\n"
"	movl	%cr0, %eax\n"
"	andb	$~1, %al\n"
"	movl	%eax, %cr0\n"
"	ljmpw	$0, $1f\n"
"1:	xorw	%ax, %ax\n"
"	movw	%ax, %ds\n"
"	movw	%ax, %es\n"
"	movw	%ax, %ss\n"
"	lidtl	real_idt\n"
"	popal\n"
"	retl\n"
"	.code32\n"
"tick_gate:\n"
"	pushl	%eax\n"
"	movb	$0x20, %al\n"
"	outb	%al, $0x20\n"
"	incl	%ss:pm_ticks\n"
"	popl	%eax\n"
"	iretl\n"
"fault_gate:\n"
"	movb	$'F', %al\n"
"	outb	%al, $0xe9\n"
"	movb	$0x11, %al\n"
"	movw	$0xf4, %dx\n"
"	outb	%al, %dx\n"
"1:	cli\n"
"	hlt\n"
"	jmp	1b\n"
"	.code16\n"
"	.balign	4\n"
"gdt_at:	.word	63\n"
"	.long	gdt\n"
"idt_at:	.word	0x78 * 8 - 1\n"
"	.long	idt\n"
"real_idt: .word	0\n"
"	.long	0\n"
"saved_esp: .long 0\n"
"far16:	.long	0\n"
"	.code16gcc\n");

static void descriptor(unsigned int n, uint32_t base, uint32_t limit, uint8_t access, uint8_t size)
{
	uint8_t *d = gdt[n];

	d[0] = (uint8_t)limit;
	d[1] = (uint8_t)(limit >> 8);
	d[2] = (uint8_t)base;
	d[3] = (uint8_t)(base >> 8);
	d[4] = (uint8_t)(base >> 16);
	d[5] = access;
	d[6] = (uint8_t)(size | (limit >> 16 & 15));
	d[7] = (uint8_t)(base >> 24);
}

static void gate(unsigned int n, void (*handler)(void))
{
	uint32_t at = (uint32_t)handler;
	uint8_t *g = idt[n];

	g[0] = (uint8_t)at;
	g[1] = (uint8_t)(at >> 8);
	g[2] = 0x08;
	g[3] = g[4] = g[6] = g[7] = 0;
	g[5] = 0x8e;
}

static void make_tables(void)
{
	for (unsigned int n = 0; n < INTERRUPTS; n++)
		gate(n, n == IRQ0 ? tick_gate : fault_gate);
	descriptor(1, 0, 0xffff, 0x9b, 0x40);
	descriptor(2, 0, 0xfffff, 0x93, 0xc0);
	descriptor(3, 0, 0xffff, 0x9b, 0);
	descriptor(4, 0, 0xffff, 0x93, 0);
}

/* As the connections have told: segments and lengths. */
static struct { uint32_t entry; uint16_t code, code16, data, bytes, bytes16, data_bytes; } told[3];

static void keep(uint8_t interface, const struct registers *r)
{
	told[interface].entry = interface == BY_32 ? r->ebx : r->bx;
	told[interface].code = r->ax;
	told[interface].code16 = interface == BY_32 ? r->cx : 0;
	told[interface].data = interface == BY_32 ? r->dx : r->cx;
	told[interface].bytes = r->si;
	told[interface].bytes16 = (uint16_t)(r->esi >> 16);
	told[interface].data_bytes = r->di;
}

static void by_interface(const struct call *c, struct registers *r)
{
	unsigned int interface = c->how == BY_32 ? BY_32 : BY_16, data = interface == BY_32 ? 7 : 6;

	descriptor(5, (uint32_t)told[interface].code << 4, told[interface].bytes - 1u, 0x9b,
		   interface == BY_32 ? 0x40 : 0);
	if (interface == BY_32)
		descriptor(6, (uint32_t)told[interface].code16 << 4, told[interface].bytes16 - 1u, 0x9b, 0);
	descriptor(data, (uint32_t)told[interface].data << 4, told[interface].data_bytes - 1u,
		   c->flags & NO_DATA ? 0 : 0x93, 0);
	pm = *r;
	pm_far.offset = told[interface].entry;
	pm_far.selector = 0x28;
	pm_wide = interface == BY_32;
	pm_stack = c->how == BY_16 ? 0x20 : 0x10;
	pm_open = c->flags & OPEN;
	call_protected();
	*r = pm;
	if (pm_ebp != 0xbbbbbbbb || pm_ds != 0x10)
		print("LOST EBP OR DS ");
}

static void make(const struct call *c)
{
	struct registers r = { .eax = 0x11110000u | c->ax, .ebx = 0x22220000u | c->bx, .ecx = 0x33330000u | c->cx,
			       .edx = 0x4444dddd, .esi = 0x51515151, .edi = 0xd1d1d1d1,
			       .flags = c->flags & OPEN ? 0x202 : 2 };
	uint32_t ticks = *mem32(TICKS) + pm_ticks;

	print_hex(c->how, 2);
	print_hex(c->flags, 2);
	print(" ");
	print_hex(c->ax, 4);
	print(" ");
	print_hex(c->bx, 4);
	print(" ");
	print_hex(c->cx, 4);
	print(" -> ");
	if (c->how == REAL)
		call_int(0x15, &r);
	else
		by_interface(c, &r);
	print_hex(r.eax, 8);
	print(" ");
	print_hex(r.ebx, 8);
	print(" ");
	print_hex(r.ecx, 8);
	print(" ");
	print_hex(r.edx, 8);
	print(" ");
	print_hex(r.esi, 8);
	print(" ");
	print_hex(r.edi, 8);
	print(r.flags & CF ? " C" : " -");
	print(r.flags & 0x200 ? "I" : "-");
	if ((c->ax & 0xff) == 5 && *mem32(TICKS) + pm_ticks != ticks)
		print(" slept");
	print("\n");
	if (c->how == REAL && !(r.flags & CF) && (c->ax == 0x5302 || c->ax == 0x5303))
		keep((uint8_t)(c->ax - 0x5301), &r);
}

void main(void)
{
	make_tables();
	for (unsigned int n = 0; script[n].how != END; n++) {
		if (script[n].how == NEXT)
			__asm__ volatile("int $0x18");
		struct call c = { script[n].how, script[n].flags, script[n].ax, script[n].bx, script[n].cx };

		make(&c);
	}
	print("end\n");
	outb(1, 0xf4);
	for (;;)
		__asm__ volatile("cli; hlt");
}
