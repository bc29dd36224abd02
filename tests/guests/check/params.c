/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/params.c: processor state at the 32-bit entry, boot_params, and the loaded
 * images [Linux Documentation/arch/x86/boot.rst "32-bit Boot Protocol", zero-page.rst].
 */
#include "guest.h"

const uint8_t *params;

#define EFLAGS_TF (1 << 8)
#define EFLAGS_IF (1 << 9)
#define EFLAGS_DF (1 << 10)
#define EFLAGS_NT (1 << 14)
#define CR0_PE (1u << 0)
#define CR0_PG (1u << 31)

int entered_by_setup(void)
{
	return params[0x1f0] == 0x16;
}

/* Access rights and flags of a descriptor, its base and limit folded out. */
static int flat(uint16_t selector, uint8_t kind)
{
	const uint8_t *d = PTR(entry.gdt_base + (selector & ~7));

	if (selector + 7 > entry.gdt_limit)
		return 0;
	/* limit 0xfffff pages, base 0, 32-bit; present, level 0, accessed bit as it may be */
	return rd16(d) == 0xffff && rd16(d + 2) == 0 && d[4] == 0 && d[7] == 0 && d[6] == 0xcf &&
	       (d[5] & 0xfe) == kind;
}

/* A processor that lets EFLAGS.ID be changed has CPUID, and all with CPUID have CR4 but some 486. */
static int has_cr4(void)
{
	uint32_t before, after;

	__asm__("pushfl\n\tpushfl\n\txorl $0x200000, (%%esp)\n\tpopfl\n\tpushfl\n\tpopl %0\n\tpopl %1"
		: "=&r"(after), "=&r"(before));
	return ((before ^ after) & 0x200000) != 0;
}

static uint32_t cr4(void)
{
	uint32_t value;

	__asm__ volatile("movl %%cr4, %0" : "=r"(value));
	return value;
}

void check_entry(void)
{
	fact("entry %d", entered_by_setup() ? 16 : 32);
	if (entered_by_setup()) {
		check(rd16(params + 0xff2) == rd16(params + 0xff0) + 0x20,
		      "setup code: CS is DS + 0x20");
		return;
	}
	check(entry.cs == 0x10, "CS is 0x10 (%x)", entry.cs);
	check(entry.ds == 0x18 && entry.es == 0x18 && entry.ss == 0x18, "DS, ES, SS are 0x18 (%x %x %x)",
	      entry.ds, entry.es, entry.ss);
	check((entry.fs == 0x18 || !entry.fs) && (entry.gs == 0x18 || !entry.gs),
	      "FS, GS are 0x18 or null (%x %x)", entry.fs, entry.gs);
	check(flat(0x10, 0x9a), "descriptor 0x10 is flat 4 GiB code, readable");
	check(flat(0x18, 0x92), "descriptor 0x18 is flat 4 GiB data, writable");
	check(entry.ebx == 0 && entry.ebp == 0 && entry.edi == 0, "EBX, EBP, EDI are 0 (%x %x %x)",
	      entry.ebx, entry.ebp, entry.edi);
	check(!(entry.eflags & EFLAGS_IF), "interrupts are off");
	check(!(entry.eflags & (EFLAGS_DF | EFLAGS_NT | EFLAGS_TF)), "DF, NT, TF are clear (%x)",
	      entry.eflags);
	check(!entry.idt_limit, "there is no interrupt table (%x bytes at %x)", entry.idt_limit + 1,
	      entry.idt_base);
	if (has_cr4())
		check(!cr4(), "CR4 is as after a reset (%x)", cr4());
	check((entry.cr0 & (CR0_PE | CR0_PG)) == CR0_PE, "protected mode without paging (CR0 %x)",
	      entry.cr0);
}

static int zero(uint32_t from, uint32_t end)
{
	for (uint32_t i = from; i < end; i++)
		if (params[i])
			return 0;
	return 1;
}

/* What a boot loader may change; all else must be as in the file. */
static int loader_writes(uint32_t offset)
{
	return offset == 0x1fa || offset == 0x1fb || (offset >= 0x210 && offset <= 0x211) ||
	       (offset >= 0x214 && offset < 0x22c) || (offset >= 0x250 && offset < 0x258);
}

static void check_header(void)
{
	uint32_t bad = 0;

	for (uint32_t i = 0x1f1; i < 0x26c; i++)
		if (!loader_writes(i) && params[i] != blanks.header[i - 0x1f1] && !bad)
			bad = i;
	check(!bad, "the setup header is copied as it is in the file (0x%x)", bad);
	check(params[0x210] == 0xb0, "type_of_loader is 0xb0 (%x)", params[0x210]);
	check(params[0x211] & 1, "loadflags has LOADED_HIGH");
	check(rd32(params + 0x214) == entry.load_address, "code32_start is where the kernel is (%x %x)",
	      rd32(params + 0x214), entry.load_address);
}

static void check_zeroes(void)
{
	if (entered_by_setup())
		return;
	check(params[0x1ef] == 0, "the sentinel is 0");
	check(zero(0x0c0, 0x0cc), "no address half above 4 GiB");
	check(zero(0x13c, 0x140) && zero(0x1c0, 0x1e0), "cc_blob and efi_info are 0");
	check(params[0x1e9] == 0 && params[0x1ec] == 0, "no EDD entries, secure_boot 0");
	check(zero(0x26c, 0x2d0), "behind the setup header all is 0");
	check(zero(0x2d0 + 20 * params[0x1e8], 0x1000), "behind the memory map all is 0");
	check(rd32(params + 0x1e0) == 0 || memory_is(0x100000, (uint64_t)rd32(params + 0x1e0) << 10, E820_RAM),
	      "alt_mem_k is RAM from 1 MiB on (%d)", rd32(params + 0x1e0));
	check(params[0x0f] != 1 || params[0x06] != 0, "a text screen is claimed only with its mode");
}

/*
 * A linear framebuffer [Linux include/uapi/linux/screen_info.h]: is there memory that takes what is written, outside of the
 * OS's own? Paging is off: one above 4 GiB is only told.
 */
static void check_framebuffer(void)
{
	uint32_t width = rd16(params + 0x12), height = rd16(params + 0x14), depth = rd16(params + 0x16);
	uint32_t base = rd32(params + 0x18), size = rd32(params + 0x1c) << 16, pitch = rd16(params + 0x24), colours = 0;
	uint64_t high = rd32(params + 0x36) & 2 ? rd32(params + 0x3a) : 0;
	volatile uint32_t *last;

	if (params[0x0f] != 0x23)
		return;
	fact("screen %dx%d depth %d pitch %d size %x pages %d attributes %x base %llx", width, height, depth, pitch, size,
	     rd16(params + 0x32), rd16(params + 0x34), high << 32 | base);
	fact("screen-colours red %d at %d green %d at %d blue %d at %d rest %d at %d", params[0x26], params[0x27], params[0x28],
	     params[0x29], params[0x2a], params[0x2b], params[0x2c], params[0x2d]);
	for (uint32_t i = 0x26; i < 0x2e; i += 2)
		colours += params[i];
	check(depth == 8 || colours == (depth + 7) / 8 * 8, "a pixel's colours and the rest take all its bits (%d)", colours);
	check(pitch >= width * ((depth + 7) / 8) && pitch * height <= size, "the picture has room in its memory");
	check((rd16(params + 0x34) & 0x91) == 0x91, "attributes: a known mode, graphics, linear (%x)", rd16(params + 0x34));
	check(high || !memory_overlaps(base, pitch * height, E820_RAM), "the framebuffer is not the OS's RAM (%x)", base);
	if (high)
		return;
	last = PTR(base + pitch * (height - 1));
	check(*last == 0, "the last line is black (%x)", *last);
	*last = 0x12345678;
	check(*last == 0x12345678, "the framebuffer keeps what is written (%x)", *last);
}

static int apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a + a_size <= b || b + b_size <= a;
}

/* The kernel's own, from its load address on: what it may use before it reads the map. */
static int clear_of_kernel(uint64_t start, uint64_t size)
{
	return apart(start, size, entry.load_address, rd32(params + 0x260)) &&
	       apart(start, size, rd64(params + 0x258), rd32(params + 0x260));
}

static void check_cmdline(void)
{
	uint32_t where = rd32(params + 0x228), n, want = option_number("length", 0);

	if (!check(memory_is(where, 1, E820_RAM), "the command line is in RAM (%x)", where))
		return;
	n = strlen(cmdline);
	check(n <= rd32(params + 0x238), "the command line keeps to cmdline_size (%d)", n);
	check(memory_is(where, n + 1, E820_RAM) && clear_of_kernel(where, n + 1) &&
	      apart(where, n + 1, (uintptr_t)params, 4096),
	      "the command line overlaps neither kernel nor boot_params");
	if (want)
		check(n == want, "the command line has %d bytes (%d)", want, n);
}

static void check_setup_data(void)
{
	uint64_t node = rd64(params + 0x250);
	int n = 0, bad = 0;

	for (; node && n < 16; n++) {
		const uint8_t *p = PTR(node);
		uint32_t type, size;

		if (!readable(node, 16) || !readable(node, 16 + (uint64_t)rd32(p + 12))) {
			bad++;
			break;
		}
		type = rd32(p + 8);
		size = rd32(p + 12);
		print("# setup_data %llx type %d, %d bytes\n", node, type, size);
		bad += type == 0 || type > 0x80000000;
		if (type == 9)
			bad += size != 32 || adler32(1, p + 16, 32) == 0x00200001;	/* all zero */
		if (!entered_by_setup())
			bad += !clear_of_kernel(node, 16 + size);
		node = rd64(p);
	}
	check(!bad && !node, "the setup_data chain is valid and out of the kernel's way (%d nodes)", n);
}

void check_params(void)
{
	check(memory_is((uintptr_t)params, 4096, E820_RAM) && clear_of_kernel((uintptr_t)params, 4096),
	      "boot_params is in RAM, outside the kernel (%x)", (uint32_t)(uintptr_t)params);
	check_header();
	check_zeroes();
	check_framebuffer();
	check_cmdline();
	check_setup_data();
}

static void check_initrd(void)
{
	uint32_t where = rd32(params + 0x218), size = rd32(params + 0x21c), limit = rd32(params + 0x22c);
	const uint8_t *p = PTR(where);

	if (option("noinitrd"))
		check(!where && !size, "there is no initrd");
	if (option("initrd"))
		check(size != 0, "there is an initrd");
	if (!size)
		return;
	if (rd16(params + 0x236) & 2)
		limit = 0xffffffff;
	check((where & 4095) == 0, "the initrd is page-aligned (%x)", where);
	check((uint64_t)where + size - 1 <= limit, "the initrd keeps to its limit %x (%x)", limit, where);
	check(memory_is(where, size, E820_RAM), "the initrd is in RAM");
	check(clear_of_kernel(where, size), "the initrd is outside the kernel and its init_size");
	if (size < 16 || memcmp(p, "SLINITRD", 8)) {
		check(0, "the initrd begins with its header");
		return;
	}
	check(rd32(p + 8) == size, "the initrd's size is %d bytes (%d)", rd32(p + 8), size);
	check(rd32(p + 8) == size && adler32(1, p + 16, size - 16) == rd32(p + 12),
	      "the initrd's checksum is right");
}

void check_payloads(void)
{
	const uint8_t *base = payload_start;
	uint32_t sum;

	fact("load-address %x", entry.load_address);
	check(memory_is(entry.load_address, rd32(params + 0x260), E820_RAM),
	      "the kernel and its init_size are in RAM");
	sum = adler32(1, base + SUM_FROM, blanks.zero_start - SUM_FROM);
	sum = adler32(sum, base + blanks.zero_end, blanks.payload_size - blanks.zero_end);
	check(sum == blanks.adler, "the kernel's checksum is right (%d bytes)", blanks.payload_size);
	/* With A20 off 1 MiB is 0: the interrupt table would read as the kernel. */
	check(memcmp(PTR(8), blanks.magic, 8) != 0, "A20 is on");
	check_initrd();
}
