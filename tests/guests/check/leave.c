/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/leave.c: what a guest can leave behind over a reset: leave=NAME does it before every
 * reset. state.c looks for it.
 */
#include "leave.h"
#include <stdbool.h>

static void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "A"(value), "c"(msr) : "memory");
}

/* To be called with shadow RAM open. */
static void fill(void)
{
	static const uint32_t roms[] = { 0x0240aa55, DIRT };

	for (uint32_t i = 0; i < COUNT(areas); i++)
		for (uint32_t at = areas[i].from; at < areas[i].end; at += 16) {
			memcpy(PTR(at), "RSD PTR _MP_", 12);
			*(volatile uint32_t *)PTR(at + 12) = DIRT;
		}
	for (uint32_t at = 0xc0000; at < 0xe0000; at += 2048)
		memcpy(PTR(at), roms, 8);
}

static uint32_t host(void)
{
	return pci_present() ? pci_read(0, 0) : 0;
}

static uint32_t pam(void)
{
	return host() == 0x12378086 ? 0x58 : 0x90;
}

static void open_shadow(void)
{
	if (!host())
		return;
	pci_write(0, pam(), pci_read(0, pam()) | 0x33333300 | (host() == 0x12378086 ? 0 : 0x33));
	pci_write(0, pam() + 4, host() == 0x12378086 ? 0x33333333 : (pci_read(0, pam() + 4) | 0x00333333));
}

static void leave_memory(void)
{
	open_shadow();
	fill();
}

/* All the same, and every sign of an earlier start wiped: registers and memory as at power-on. */
static void leave_forged(void)
{
	leave_memory();
	*(volatile uint16_t *)PTR(0x40e) = 0;
	memset(PTR(0xfe000), 0, 0x2000);
	if (host()) {
		pci_write(0, pam(), 0);
		pci_write(0, pam() + 4, 0);
	}
}

static void leave_pic(void)
{
	outb(0x11, PIC1);		/* vectors elsewhere, masks of its own */
	outb(0x50, PIC1 + 1);
	outb(0x04, PIC1 + 1);
	outb(0x01, PIC1 + 1);
	outb(0x55, PIC1 + 1);
	outb(0xaa, PIC2 + 1);
	outb(0x20, 0x4d0);
	outb(0x0a, 0x4d1);
}

static void leave_pci(void)
{
	for (uint32_t bdf = 1; pci_present() && bdf < 256; bdf++) {
		uint32_t id = pci_read(bdf, 0);

		if ((id & 0xffff) == 0xffff)
			continue;
		pci_write(bdf, 4, (pci_read(bdf, 4) & 0xffff) | 7);
		pci_write(bdf, 0x3c, 0xee);
		for (uint32_t reg = 0x10; reg < 0x28; reg += 4)
			pci_write(bdf, reg, 0xfd000000);
	}
	if (host() == 0x29c08086)
		pci_write(0, 0x60, 0xa0000001);		/* MMCONFIG somewhere else */
}

static void leave_chipset(void)
{
	if (host() == 0x12378086) {
		pci_write(0, 0x70, (pci_read(0, 0x70) & 0xff00ffff) | 0x4a0000);	/* SMRAM open */
		pci_write(8, 0x60, 0x0b0a0905);		/* 00:01.0 PIRQ routes */
		pci_write(0xb, 0x40, 0xb001);		/* 00:01.3 power management, SMBus */
		pci_write(0xb, 0x90, 0xb101);
		pci_write(0xb, 0xd0, 0);
	} else if (host() == 0x29c08086) {
		pci_write(0xf8, 0x60, 0x05090b0a);
		pci_write(0xf8, 0x40, 0xb001);
		pci_write(0xf8, 0xf0, 0xfed80001);	/* RCBA */
		pci_write(0xfb, 0x20, 0xb101);
	}
	open_shadow();
}

/* Of this chipset too, what a reset does not undo would be left to a start that looks like the first. */
static void leave_forged_chipset(void)
{
	leave_chipset();
	leave_forged();
}

/* The firmware's own memory, where it would keep a note for its next start: nothing there is believed. */
static void leave_init(void)
{
	open_shadow();
	for (uint32_t at = 0xe8000; host() && at < 0xf0000; at += 4)
		*(volatile uint32_t *)PTR(at) = 0x54494e49;	/* "INIT", once the mark of a start by it */
}

/* q35: MMCONFIG above 4 GiB, and no RAM below 1 MiB but the lowest 640 KiB. */
static void leave_mmconfig(void)
{
	if (host() != 0x29c08086)
		return;
	pci_write(0, 0x64, 1);
	pci_write(0, 0x90, 0);
	pci_write(0, 0x94, 0);
}

static void leave_msr(void)
{
	uint32_t f = features();

	if (!HAS_MSR(f))
		return;
	if (HAS_MTRR(f)) {
		for (uint32_t i = 0; i < COUNT(mtrrs); i++)
			wrmsr(mtrrs[i], mtrrs[i] >= 0x250 ? 0x0404040404040404 : mtrrs[i] & 1 ? 0x800 : 0x4);
		wrmsr(0x2ff, 0);
	}
	if (HAS_PAT(f))
		wrmsr(0x277, 0x0007010600070106);
	/* Not the local APIC's own enable bit: QEMU's TCG loses its CPUID bit for good. */
}

static void leave_apic(void)
{
	if (!HAS_APIC(features()) || !pci_present())
		return;
	for (uint32_t i = 0; i < 24; i++) {
		*(volatile uint32_t *)PTR(IOAPIC) = 0x10 + 2 * i;
		*(volatile uint32_t *)PTR(IOAPIC + 0x10) = 0x18030 + i;
	}
	*(volatile uint32_t *)PTR(APIC + 0x320) = 0x10055;
	*(volatile uint32_t *)PTR(APIC + 0x80) = 0x20;
	*(volatile uint32_t *)PTR(APIC + 0xf0) = 0x1f0;
}

/* With A20 off this kernel's own code is gone: the rest is done below 1 MiB, the reset included. */
extern const uint8_t a20_start[], a20_end[];
__asm__(".section .rodata\n"
	"a20_start: inb $0x92, %al\n\tandb $0xfc, %al\n\toutb %al, $0x92\n\t"
	"movw $0xcf9, %dx\n\tmovb $6, %al\n\toutb %al, %dx\n\tmovb $0xfe, %al\n\toutb %al, $0x64\n\t"
	"movl $5000, %ecx\n1:\tinb $0x80, %al\n\tloop 1b\n\tlidtl 0x7800\n\tud2\n"
	"a20_end:\n.text");

static void leave_a20(void)
{
	memset(PTR(0x7800), 0, 6);
	memcpy(PTR(0x7000), a20_start, a20_end - a20_start);
	__asm__ volatile("cli\n\tjmp *%0" : : "r"(0x7000));
}

static void leave_cmos(void)
{
	outb(0x0b, 0x70);
	outb(0x42, 0x71);
}

/* The timer's interrupts as NMI, some thousand a second: one is pending when the machine leaves its reset. */
static void leave_nmi(void)
{
	static uint64_t idt[3];
	static struct __attribute__((packed)) { uint16_t limit; uint32_t base; } pointer;
	uint32_t handler;

	__asm__ volatile("jmp 1f\n2:\tiretl\n1:\tmovl $2b, %0" : "=r"(handler));
	idt[2] = (uint64_t)(handler & 0xffff0000) << 32 | 0x8e0000100000ull | (handler & 0xffff);
	pointer.limit = sizeof(idt) - 1;
	pointer.base = (uintptr_t)idt;
	__asm__ volatile("lidtl %0" : : "m"(pointer));
	outb(0x11, PIC1);
	outb(0x20, PIC1 + 1);
	outb(0x04, PIC1 + 1);
	outb(0x03, PIC1 + 1);		/* end of interrupt by itself */
	outb(0xfe, PIC1 + 1);
	*(volatile uint32_t *)PTR(APIC + 0xf0) = 0x1ff;
	*(volatile uint32_t *)PTR(APIC + 0x350) = 0x400;
	outb(0x34, 0x43);
	outb(0x00, 0x40);
	outb(0x02, 0x40);
	for (uint32_t i = 0; i < 10000; i++)
		inb(0x80);
}

/* Page tables for all of 4 GiB as it is, of 2 MiB each. */
#define TABLES	0x3100000
#define PRESENT	0x003
#define LARGE	0x080

struct leaf { uint32_t eax, ebx, ecx, edx; };

/* Of processors that have CPUID. All 0: there is no such leaf. */
static struct leaf cpuid(uint32_t number)
{
	struct leaf l = { .eax = number & 0x80000000 };

	__asm__ volatile("cpuid" : "+a"(l.eax), "=b"(l.ebx), "+c"(l.ecx), "=d"(l.edx));
	if (l.eax < number)
		return (struct leaf){ 0 };
	l = (struct leaf){ .eax = number };
	__asm__ volatile("cpuid" : "+a"(l.eax), "=b"(l.ebx), "+c"(l.ecx), "=d"(l.edx));
	return l;
}

static void leave_paging_as(bool long_mode)
{
	uint64_t *pml4 = PTR(TABLES), *pdpt = PTR(TABLES + 0x1000), *pd = PTR(TABLES + 0x2000);
	uint32_t f = features(), cr4, more;

	if (!(f & 1 << 6))
		return;
	more = cpuid(7).ebx;
	memset(pml4, 0, 0x2000);
	pml4[0] = TABLES + 0x1000 + PRESENT;
	for (uint32_t i = 0; i < 4; i++)
		pdpt[i] = TABLES + 0x2000 + i * 0x1000 + (long_mode ? PRESENT : 1);
	for (uint32_t i = 0; i < 2048; i++)
		pd[i] = (uint64_t)i << 21 | LARGE | PRESENT;
	__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
	cr4 |= 1 << 5 | (f & 1 << 25 ? 3 << 9 : 0) | (more & 1 << 7 ? 1 << 20 : 0) | (more & 1 << 20 ? 1 << 21 : 0);
	__asm__ volatile("movl %0, %%cr4" : : "r"(cr4));
	__asm__ volatile("movl %0, %%cr3" : : "r"(long_mode ? TABLES : TABLES + 0x1000) : "memory");
	if (long_mode)
		wrmsr(0xc0000080, rdmsr(0xc0000080) | 1 << 8);
	__asm__ volatile("movl %0, %%cr0; jmp 1f; 1:" : : "r"(entry.cr0 | 0x80010001) : "memory");
}

static void leave_paging(void)
{
	leave_paging_as(false);
}

static void leave_long_mode(void)
{
	if (features() && cpuid(0x80000001).edx & 1 << 29)
		leave_paging_as(true);
}

/* Breakpoints where the next start begins: of instructions, and of what it writes. */
static void leave_debug(void)
{
	__asm__ volatile("movl %0, %%dr0; movl %1, %%dr1; movl %2, %%dr2; movl %3, %%dr3; movl %4, %%dr7"
			 : : "r"(0xfffffff0), "r"(0xfffc0000), "r"(0xeffdc), "r"(0x400), "r"(0xdd0007ff) : "memory");
}

/* NMIs off by the CMOS index, clocks that interrupt as often as they can, the speaker on. */
static void leave_clocks(void)
{
	outb(0x8a, 0x70);
	outb(0x23, 0x71);
	outb(0x8b, 0x70);
	outb(0x62, 0x71);
	outb(0x34, 0x43);
	outb(0x10, 0x40);
	outb(0x00, 0x40);
	outb(0xb6, 0x43);
	outb(0x10, 0x42);
	outb(0x00, 0x42);
	outb(inb(0x61) | 3, 0x61);
	outb(0xfe, PIC1 + 1);
	outb(0xfe, PIC2 + 1);
	if (pci_present() && rd32(PTR(0xfed00000)) == 0x8086a201) {	/* HPET: its timer in the place of the others */
		*(volatile uint32_t *)PTR(0xfed00100) = 0x4c;
		*(volatile uint32_t *)PTR(0xfed00108) = 10000;
		*(volatile uint32_t *)PTR(0xfed00010) = 3;
	}
	outb(0x8f, 0x70);
}

/* Configuration's index and fw_cfg's position in the middle of something. */
static void leave_positions(void)
{
	if (pci_present())
		pci_read(0xf8, 0x44);
	outw(0x0019, 0x510);
	inb(0x511);
	inb(0x511);
	outl(0xdeadbeef, 0x514);
	outb(0x36, 0x43);
	outb(0x12, 0x40);
	outb(0xad, 0x64);
	outb(0xd1, 0x64);
}

/* Every message-signalled interrupt on, to vectors that nobody has. */
static void leave_msi(void)
{
	for (uint32_t bdf = 1; pci_present() && bdf < 256; bdf++) {
		uint32_t at;

		if ((pci_read(bdf, 0) & 0xffff) == 0xffff || !(pci_read(bdf, 4) >> 16 & 0x10))
			continue;
		at = pci_read(bdf, 0x34) & 0xfc;
		for (uint32_t n = 0; at && n < 48; n++, at = pci_read(bdf, at) >> 8 & 0xfc) {
			uint32_t head = pci_read(bdf, at);

			if ((head & 0xff) == 0x05) {
				pci_write(bdf, at + 4, 0xfee00000);
				pci_write(bdf, at + (head & 1 << 23 ? 12 : 8), 0x55);
				pci_write(bdf, at, head | 1 << 16);
			} else if ((head & 0xff) == 0x11) {
				pci_write(bdf, at, head | 1u << 31);
			}
		}
	}
}

static void leave_x2apic(void)
{
	if (HAS_APIC(features()) && cpuid(1).ecx & 1 << 21)
		wrmsr(0x1b, rdmsr(0x1b) | 0xc00);
}

/* Another one each time. */
static void leave_in_turn(void);

static const struct { const char *name; void (*leave)(void); } ways[] = {
	{ "memory", leave_memory }, { "forged", leave_forged }, { "pic", leave_pic }, { "pci", leave_pci },
	{ "chipset", leave_chipset }, { "msr", leave_msr }, { "apic", leave_apic }, { "a20", leave_a20 },
	{ "cmos", leave_cmos }, { "nmi", leave_nmi }, { "forged-chipset", leave_forged_chipset },
	{ "mmconfig", leave_mmconfig }, { "init", leave_init }, { "paging", leave_paging }, { "long", leave_long_mode },
	{ "debug", leave_debug }, { "clocks", leave_clocks }, { "positions", leave_positions }, { "msi", leave_msi },
	{ "x2apic", leave_x2apic }, { "turn", leave_in_turn },
};

static void leave_in_turn(void)
{
	static void (*const turns[])(void) = {
		leave_pic, leave_positions, leave_pci, leave_clocks, leave_chipset, leave_msr, leave_msi, leave_apic,
		leave_debug, leave_cmos,
		leave_memory, leave_forged, leave_forged_chipset, leave_mmconfig,	/* no code is left to jump to */
	};
	uint32_t n = boots_so_far() + option_number("turn", 0), count = COUNT(turns) - (option("jumps") ? 4 : 0);

	turns[n % count]();
	turns[(n * 5 + 2) % count]();
}

void leave_behind(void)
{
	for (uint32_t i = 0; i < COUNT(ways); i++)
		if (option_is("leave", ways[i].name)) {
			print("# leaves %s\n", ways[i].name);
			ways[i].leave();
		}
}
