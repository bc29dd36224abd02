/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/setup16/main.c: a kernel that is entered by its setup code and checks what that is promised: registers, header,
 * command line, payload and initrd in their places, conventional memory that is its own, and a BIOS that answers, also when all
 * of that memory has been overwritten. TAP on the serial port.
 * Spec: Linux Documentation/arch/x86/boot.rst.
 */
#include "programs/program.h"

#define PORT		0x3f8
#define EXIT		0xf4
#define CHUNK		4096u
#define PATTERN(i)	((i) * 0x9e3779b1u ^ 0x5a17c3e9u)	/* of a payload or initrd, by dwords; the test makes the same */
#define IF		0x0200
#define DF		0x0400
#define HDRS		0x53726448u

extern struct {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp;
	uint16_t cs, ds, es, fs, gs, ss, flags;
} __attribute__((packed)) entered;

static uint32_t buffer[CHUNK / 4];
static uint32_t base, version, failed, tests;

static void put(char c)
{
	outb((uint8_t)c, PORT);
}

static void say(const char *text)
{
	while (*text)
		put(*text++);
}

static void say_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		if (value >> shift || !shift)
			put("0123456789abcdef"[value >> shift & 15]);
}

static void fact(const char *name, uint32_t value)
{
	say("# fact ");
	say(name);
	put(' ');
	say_hex(value);
	put('\n');
}

static void ok(bool good, const char *what)
{
	say(good ? "ok - " : "not ok - ");
	say(what);
	put('\n');
	tests++;
	failed += !good;
}

/* Memory below 1 MiB and the 64 KiB behind. */
static uint8_t far8(uint32_t at)
{
	uint32_t segment = at >= 0x100000 ? 0xffff : at >> 4;
	uint8_t value;

	__asm__ volatile("movw %w1, %%fs; movb %%fs:(%2), %0" : "=q"(value) : "r"(segment), "r"(at - segment * 16) : "memory");
	return value;
}

static void set_far8(uint32_t at, uint8_t value)
{
	__asm__ volatile("movw %w1, %%fs; movb %0, %%fs:(%2)" : : "q"(value), "r"(at >> 4), "r"(at & 15) : "memory");
}

static uint32_t far32(uint32_t at)
{
	return far8(at) | far8(at + 1) << 8 | far8(at + 2) << 16 | (uint32_t)far8(at + 3) << 24;
}

static uint32_t far16(uint32_t at)
{
	return far8(at) | (uint32_t)far8(at + 1) << 8;
}

static uint32_t header(uint32_t offset)
{
	return far32(base + offset);
}

/* By the BIOS: DWORDS of any memory to buffer. INT 15h AH=87h. */
static bool move(uint32_t from, uint32_t bytes)
{
	static uint16_t table[6 * 4];
	uint32_t to = base + (uint32_t)buffer;
	struct registers r = { .ax = 0x8700, .cx = (uint16_t)(bytes / 2), .esi = (uint32_t)table, .es = (uint16_t)(base >> 4) };
	uint16_t *d = table + 8;

	for (int i = 0; i < 2; i++, d += 4, from = to) {
		d[0] = 0xffff;
		d[1] = (uint16_t)from;
		d[2] = (uint16_t)(0x9300 | (from >> 16 & 255));
		d[3] = (uint16_t)(from >> 16 & 0xff00);
	}
	call_int(0x15, &r);
	return !(r.flags & CF);
}

static bool is_pattern(uint32_t at, uint32_t size)
{
	for (uint32_t done = 0; done < size; done += CHUNK) {
		uint32_t bytes = size - done < CHUNK ? size - done : CHUNK;

		if (!move(at + done, (bytes + 3) & ~3u))
			return false;
		for (uint32_t i = 0; i < bytes / 4; i++)
			if (buffer[i] != PATTERN(done / 4 + i)) {
				fact("differs", at + done + 4 * i);
				return false;
			}
	}
	return true;
}

/* What the BIOS answers, in one number, and the parts of it as facts. */
static uint32_t sum;

static void answer(const char *name, uint32_t value, bool told)
{
	sum = (sum << 5 | sum >> 27) ^ value;
	if (told)
		fact(name, value);
}

static uint32_t services(bool told)
{
	struct registers r;
	uint32_t rows = 0, next = 0;

	sum = 0;
	r = (struct registers){ .ax = 0x0f00 };
	call_int(0x10, &r);
	answer("video-mode", r.al, told);
	r = (struct registers){ .ax = 0 };
	call_int(0x11, &r);
	answer("equipment", r.ax, told);
	call_int(0x12, &r);
	answer("conventional", r.ax, told);
	r = (struct registers){ .ax = 0x4100, .bx = 0x55aa, .dx = 0x80 };
	call_int(0x13, &r);
	answer("edd", (uint32_t)r.bx << 16 | (r.flags & CF), told);
	r = (struct registers){ .ax = 0x0201, .cx = 1, .dx = 0x80, .bx = (uint16_t)(uint32_t)buffer, .es = (uint16_t)(base >> 4) };
	buffer[0] = 0;
	call_int(0x13, &r);
	answer("sector", r.flags & CF ? 0 : buffer[0], told);
	do {
		r = (struct registers){ .eax = 0xe820, .ebx = next, .ecx = 20, .edx = 0x534d4150, .edi = (uint32_t)buffer,
					.es = (uint16_t)(base >> 4) };
		call_int(0x15, &r);
		if (r.flags & CF || r.eax != 0x534d4150)
			break;
		answer("row", buffer[0] ^ buffer[2] ^ buffer[4], false);
		rows++;
		next = r.ebx;
	} while (next);
	answer("rows", rows, told);
	r = (struct registers){ .ax = 0x8800 };
	call_int(0x15, &r);
	answer("extended", r.ax, told);
	r = (struct registers){ .ax = 0x0200 };
	call_int(0x16, &r);
	answer("shifts", r.al, told);
	r = (struct registers){ .ax = 0x0100 };
	call_int(0x16, &r);
	answer("key-waits", !(r.flags & ZF), told);
	return sum;
}

static bool ticks(void)
{
	struct registers r = { .ax = 0 };
	uint16_t was;

	call_int(0x1a, &r);
	was = r.dx;
	for (int i = 0; i < 1000; i++) {
		__asm__ volatile("sti; hlt; cli" : : : "memory");
		r = (struct registers){ .ax = 0 };
		call_int(0x1a, &r);
		if (r.dx != was)
			return true;
	}
	return false;
}

static void check_registers(void)
{
	fact("segment", entered.ds);
	fact("sp", entered.esp);
	fact("flags", entered.flags);
	fact("eax", entered.eax);
	fact("ebx", entered.ebx);
	fact("ecx", entered.ecx);
	fact("edx", entered.edx);
	fact("esi", entered.esi);
	fact("edi", entered.edi);
	fact("ebp", entered.ebp);
	ok(entered.ds == base >> 4, "DS is the segment of the setup part");
	ok(entered.es == entered.ds && entered.fs == entered.ds && entered.gs == entered.ds && entered.ss == entered.ds,
	   "ES, FS, GS and SS are that too");
	ok(!(entered.flags & IF), "interrupts are off");
	ok(!(entered.flags & DF), "the direction flag is clear");
	ok(entered.esp <= 0xffff, "the upper half of ESP is 0");
	ok(far32(0x500) != far32(0x100500) || (set_far8(0x500, (uint8_t)~far8(0x500)), far8(0x500) != far8(0x100500)), "A20 is on");
}

/* Returns where the command line is. */
static uint32_t check_header(void)
{
	bool high = version >= 0x200 && header(0x211) & 1;
	uint32_t line = version >= 0x202 ? header(0x228) : base + far16(base + 0x22);

	fact("version", version);
	fact("base", base);
	fact("line", line);
	fact("vid-mode", far16(base + 0x1fa));
	ok(base == (high && version >= 0x202 ? 0x10000u : 0x90000u), "the setup part is where its protocol has it");
	if (version < 0x202)
		ok(far16(base + 0x20) == 0xa33f, "20h has the command line's magic");
	ok(line >= base + entered.esp && line - base - entered.esp < 0x200, "the stack begins close below the command line");
	ok(line < (base == 0x10000 ? 0x30000u : 0x9a000u), "the command line is where its protocol has it");
	if (version >= 0x200) {
		fact("loader", far8(base + 0x210));
		ok(far8(base + 0x210) != 0 && far8(base + 0x210) != 0xff, "the loader has a number");
	}
	if (version >= 0x201) {
		fact("heap", far16(base + 0x224));
		ok(far8(base + 0x211) & 0x80, "there is a heap");
		ok(far16(base + 0x224) == line - base - 0x200, "it ends 200h below the command line");
	}
	say("# fact text ");
	for (uint32_t i = 0; far8(line + i) && i < 4096; i++)
		put((char)far8(line + i));
	put('\n');
	return line;
}

static void check_files(void)
{
	bool high = version >= 0x200 && header(0x211) & 1;
	uint32_t at = high ? 0x100000 : 0x10000, size = (version < 0x200 ? header(0x1f4) & 0xffff : header(0x1f4)) * 16;

	fact("payload", at);
	ok(is_pattern(at, size), "the payload is whole where its protocol has it");
	if (version < 0x200)
		return;
	at = header(0x218);
	size = header(0x21c);
	fact("initrd-size", size);
	if (!size)
		return;
	fact("initrd", at);
	ok(at >= 0x100000 && is_pattern(at, size), "the initrd is whole");
	if (version >= 0x203)
		ok(at + size - 1 <= header(0x22c), "it ends where the header wants");
}

/* All conventional memory but vectors, BIOS data, what runs here, and a payload that is there. */
static void overwrite(uint32_t line)
{
	uint32_t end = far16(0x413) * 1024, low_end = 0x10000;

	if (header(0x202) != HDRS || !(header(0x211) & 1))
		low_end += (header(0x1f4) & 0xffff) * 16;
	for (uint32_t at = 0x500; at < end; at++)
		if ((at < base || at > line + 4096) && (at < 0x10000 || at >= low_end))
			set_far8(at, (uint8_t)(at * 5 + (at >> 8)));
}

void main(void)
{
	struct registers disk = { .ax = 0, .dx = 0x80 };
	uint32_t line, before, ebda = far16(0x40e) << 4;

	base = (uint32_t)(entered.cs - 0x20) << 4;
	version = header(0x202) == HDRS ? far16(base + 0x206) : 0;
	say("TAP version 13\n# fact entry 16\n");
	check_registers();
	line = check_header();
	check_files();
	fact("ebda", ebda);
	ok(far16(0x413) * 1024 <= ebda, "conventional memory ends below the EBDA");
	ok(far16(0x413) >= 616, "it holds what an old kernel needs, up to 9a000h");
	before = services(true);
	overwrite(line);
	call_int(0x13, &disk);
	ok(services(false) == before, "the BIOS answers the same with conventional memory overwritten");
	ok(ticks(), "and its clock goes on");
	say("1..");
	say_hex(tests);
	put('\n');
	outb(failed ? 0x11 : 0x10, EXIT);
}
