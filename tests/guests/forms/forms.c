/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/forms/forms.c: a kernel that is entered by PVH or multiboot. It checks what that promises, and what the
 * checking bzImage does of the PC (check/): memory map, tables, PCI, processors. Words of the command line are that
 * one's; and
 *
 *   services         BIOS services are called in real mode (multiboot)
 *   roms             QEMU's option ROM has started it, which leaves it a PC as the 16-bit entry does
 */
#include "forms.h"

#define EFLAGS_TF (1 << 8)
#define EFLAGS_IF (1 << 9)
#define EFLAGS_VM (1 << 17)
#define CR0_PE (1u << 0)
#define CR0_PG (1u << 31)
#define BY_SETUP 0x16
#define PLACES 16

const uint8_t *params;
static uint8_t made[4096];		/* as boot_params, the map alone */
static struct { uint64_t start, end; const char *what; } place[PLACES];
static uint32_t places;

void main(void);

int entered_by_setup(void)
{
	return params[0x1f0] == BY_SETUP;
}

void map_add(uint64_t start, uint64_t size, uint32_t type)
{
	struct e820_entry row = { start, size, type };

	if (made[0x1e8] == 128)
		return;
	memcpy(made + 0x2d0 + sizeof(row) * made[0x1e8]++, &row, sizeof(row));
	fact("row %09llx to %09llx type %d", start, start + size, type);
}

void rsdp_is_at(uint64_t address)
{
	memcpy(made + 0x70, &address, sizeof(address));
}

void check_place(const char *what, uint64_t start, uint64_t size)
{
	check(memory_is(start, size, E820_RAM) && start + size <= 0x100000000,
	      "%s is in RAM below 4 GiB (%llx, %llx bytes)", what, start, size);
	for (uint32_t i = 0; i < places; i++)
		check(start + size <= place[i].start || place[i].end <= start, "%s is apart from %s", what,
		      place[i].what);
	if (places == PLACES)
		return;
	place[places].start = start;
	place[places].end = start + size;
	place[places++].what = what;
}

void check_module(uint64_t start, uint64_t size)
{
	const uint8_t *p = PTR(start);

	check((start & 4095) == 0, "a module begins on a page (%llx)", start);
	check_place("a module", start, size);
	if (!check(size >= 16 && readable(start, size) && memcmp(p, "SLINITRD", 8) == 0 && rd32(p + 8) == size,
		   "the module is as large as it says itself (%llx)", size))
		return;
	check(adler32(1, p + 16, size - 16) == rd32(p + 12), "the module's checksum is right");
	fact("module %llx bytes", size);
}

/* A descriptor in the table: present, level 0, base 0, limit 4 GiB, 32-bit; accessed or not. */
static int flat(uint32_t selector, uint8_t kind)
{
	const uint8_t *d = PTR(entry.gdt_base + (selector & ~7));

	return selector >= 8 && selector + 7 <= entry.gdt_limit && rd32(d) == 0x0000ffff && d[4] == 0 &&
	       rd16(d + 6) == 0x00cf && (d[5] & 0xfe) == kind;
}

/*
 * By the words that were read: the base is 0 and, where the processor looks at limits, that is 4 GiB. QEMU's does not,
 * and takes a null selector for a segment: so the table is looked at as well, which all that start us have still.
 */
static void check_segments(uint32_t count)
{
	const uint16_t selector[] = { entry.cs, entry.ds, entry.es, entry.ss, entry.fs, entry.gs };

	for (uint32_t i = 0; i < count; i++) {
		check(found.word[i] == word_at && found.last[i] == rd32(PTR(0xfffffff0)),
		      "%cS has all memory (%x, %x)", "CDESFG"[i], found.word[i], found.last[i]);
		check(flat(selector[i], i ? 0x92 : 0x9a), "%cS is a flat segment of 32 bits (%x)", "CDESFG"[i],
		      selector[i]);
	}
}

static void check_entry_state(void)
{
	fact("form %s", form_name);
	fact("registers CR0 %x", entry.cr0 & ~0x10);	/* ET: the processor's choice */
	fact("registers EFLAGS %x", entry.eflags & ~0x8d5);
	fact("registers IF %d", !!(entry.eflags & EFLAGS_IF));
	fact("selectors CS %x DS %x ES %x SS %x FS %x GS %x", entry.cs, entry.ds, entry.es, entry.ss, entry.fs,
	     entry.gs);
	fact("IDT limit %x base %x", entry.idt_limit, entry.idt_base);
	fact("TR %x LDT %x", found.tr, found.ldt);
	fact("PIC masks %02x %02x", inb(0x21), inb(0xa1));
	check((entry.cr0 & (CR0_PE | CR0_PG)) == CR0_PE, "protected mode without paging (CR0 %x)", entry.cr0);
	check(!(entry.eflags & (EFLAGS_VM | EFLAGS_IF | EFLAGS_TF)), "VM, IF and TF are clear (EFLAGS %x)",
	      entry.eflags);
	check_segments(form_segments);
	form_entry();
}

static void check_image(void)
{
	uint32_t left = 0;

	check(adler32(1, payload_start + SUM_FROM, blanks.zero_start - SUM_FROM) == blanks.adler,
	      "the kernel's checksum is right (%d bytes)", blanks.zero_start);
	for (uint32_t i = 0; i < sizeof(zeroed); i++)
		left += zeroed[i] != 0;
	check(!left, "behind what the file has, the segment is zero (%d bytes of %d are not)", left,
	      (uint32_t)sizeof(zeroed));
	/* With A20 off 1 MiB is 0: the interrupt table would read as the kernel. */
	check(memcmp(PTR(8), blanks.magic, 8) != 0, "A20 is on");
}

void main(void)
{
	params = made;
	cmdline = "";
	print("TAP version 13\n");
	cmdline = form_cmdline();
	if (!check(cmdline != NULL, "the kernel is told what it must be"))
		cmdline = "";
	fact("command-line %s", cmdline);
	if (option("roms"))
		made[0x1f0] = BY_SETUP;
	check_entry_state();
	check_memory_map();
	check_place("the kernel", (uintptr_t)payload_start, blanks.zero_end);
	check_image();
	form_info();
	check_acpi();
	check_legacy();
	check_smbios();
	check_pci();
	check_cpus();
	form_end();
	end(report_end());
}
