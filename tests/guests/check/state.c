/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/state.c: with "compare" each boot but the first compares all state that it can see with
 * the first's, and looks for what leave.c wrote into memory.
 */
#include "leave.h"

#define STATE	  0x3000100	/* behind the boot counter of reset.c */
#define STATE_MAX 8192

const struct area areas[AREAS] = {
	{ 0, 0x1000 }, { 0x9fc00, 0xa0000 }, { 0xc0000, 0x100000 },
};

const uint16_t mtrrs[MTRRS] = {
	0x200, 0x201, 0x202, 0x203, 0x204, 0x205, 0x206, 0x207, 0x208, 0x209, 0x20a, 0x20b, 0x20c, 0x20d, 0x20e,
	0x20f, 0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f,
};
static uint32_t *const saved = PTR(STATE);
static uint32_t entries, differ;

static void state(const char *what, uint32_t which, uint32_t value)
{
	if (entries == STATE_MAX)
		return;
	if (boots_so_far() == 1) {
		saved[entries] = value;
	} else if (saved[entries] != value) {
		print("# leftover: %s %x: %08x at the first boot, %08x now\n", what, which, saved[entries], value);
		differ++;
	}
	entries++;
}

static uint8_t cmos(uint8_t index)
{
	outb(index, 0x70);
	return inb(0x71);
}

uint32_t features(void)
{
	uint32_t before, after, a = 1, b, c = 0, d = 0;

	__asm__("pushfl\n\tpushfl\n\txorl $0x200000, (%%esp)\n\tpopfl\n\tpushfl\n\tpopl %0\n\tpopl %1"
		: "=&r"(after), "=&r"(before));
	if ((before ^ after) & 0x200000)
		__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return d;
}

static void msr_state(uint32_t msr)
{
	uint64_t value = rdmsr(msr);

	state("MSR low", msr, value);
	state("MSR high", msr, value >> 32);
}

static void processor_state(void)
{
	uint32_t f = features(), cr4;

	state("CR0", 0, entry.cr0);
	if (HAS_MSR(f)) {
		__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
		state("CR4", 0, cr4);
		if (HAS_APIC(f))
			msr_state(0x1b);
		for (uint32_t i = 0; HAS_MTRR(f) && i < COUNT(mtrrs); i++)
			msr_state(mtrrs[i]);
		if (HAS_MTRR(f))
			msr_state(0x2ff);
		if (HAS_PAT(f))
			msr_state(0x277);
	}
}

static void interrupt_state(void)
{
	static const uint16_t lapic[] = { 0x80, 0xd0, 0xe0, 0xf0, 0x320, 0x350, 0x360, 0x370, 0x380, 0x3e0 };

	state("PIC mask", PIC1, inb(PIC1 + 1));
	state("PIC mask", PIC2, inb(PIC2 + 1));
	state("ELCR", 0x4d0, inb(0x4d0));
	state("ELCR", 0x4d1, inb(0x4d1));
	if (HAS_APIC(features()) && pci_present()) {
		for (uint32_t i = 0; i < COUNT(lapic); i++)
			state("local APIC", lapic[i], rd32(PTR(APIC + lapic[i])));
		for (uint32_t i = 0x10; i < 0x40; i++) {
			*(volatile uint32_t *)PTR(IOAPIC) = i;
			state("I/O APIC", i, *(volatile uint32_t *)PTR(IOAPIC + 0x10));
		}
	}
}

/* Bus 0 is all there is in these tests. Not what counts by itself: status, PCI Express link state. */
static void pci_state(void)
{
	for (uint32_t bdf = 0; pci_present() && bdf < 256; bdf++) {
		if ((pci_read(bdf, 0) & 0xffff) == 0xffff)
			continue;
		for (uint32_t reg = 0; reg < 256; reg += 4)
			state("PCI", bdf << 8 | reg, pci_read(bdf, reg) & (reg == 4 ? 0xffff : 0xffffffff));
	}
}

static void other_state(void)
{
	state("port 92h", 0, inb(0x92));
	state("CMOS", 0x0b, cmos(0x0b));
	state("CMOS", 0x0f, cmos(0x0f));
	state("BDA: EBDA", 0x40e, rd16(PTR(0x40e)));
	/* Vectors: an NMI may be pending at the next reset. */
	for (uint32_t i = 0; i < 256; i++)
		state("vector", i, rd32(PTR(4 * i)));
	state("BIOS segment", 0xffff0, rd32(PTR(0xffff0)));
}

static uint32_t found(uint32_t from, uint32_t end, uint32_t step, uint32_t value)
{
	uint32_t n = 0;

	for (uint32_t at = from; at < end; at += step)
		if (rd32(PTR(at)) == value && !n++)
			print("# leftover: at %05x\n", at);
	return n;
}

static void memory_check(void)
{
	uint32_t roms = 0, n;

	for (uint32_t i = 0; i < COUNT(areas); i++) {
		/* Without shadow RAM a block of memory is no table and no ROM if it does not begin as one. */
		if (areas[i].from == 0xc0000 && !pci_present())
			continue;
		n = found(areas[i].from, areas[i].end, 4, DIRT);
		check(!n, "nothing of an earlier guest is in %05x-%05x (%d words)", areas[i].from, areas[i].end - 1, n);
	}
	n = found(0xe0000, 0x100000, 4, DIRT);
	check(!n, "nothing of an earlier guest is in e0000-fffff (%d words)", n);
	for (uint32_t at = 0xc0000; at < 0xe0000; at += 2048)
		roms += rd16(PTR(at)) == 0xaa55;
	check(!roms, "no option ROM of an earlier guest (%d)", roms);
}

void check_leftovers(void)
{
	if (!option("compare"))
		return;
	processor_state();
	interrupt_state();
	pci_state();
	other_state();
	if (boots_so_far() < 2)
		return;
	check(!differ, "everything is as at the first boot (%d things differ of %d)", differ, entries);
	memory_check();
}
