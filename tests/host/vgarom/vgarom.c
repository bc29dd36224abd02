/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/vgarom/vgarom.c: runs a video option ROM in libx86emu, as X servers and boot splashes do, and tells each port,
 * address and instruction that it has no business with.
 *
 * vgarom [options] ROM <calls: a line each is AX BX CX DX ES DI BP SI in hexadecimal, blanks between, the rest may be missing.
 * Prints "breach: what at CS:IP (how often), first in call", a line each; exit code 1 if there were any, 2 if it could not run.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86emu.h>
#include "vgarom/card.h"

#define ROM		0xc0000u
#define ROM_END		0xd0000u
#define INIT_ENTRY	3
#define PIECE		512u			/* the unit of a ROM's size byte */
#define EBDA_SEGMENT	0x9fc0u
#define EBDA		(EBDA_SEGMENT << 4)
#define CALLERS		0x20000u		/* memory of the caller, where ES leads */
#define CALLERS_END	0x60000u
#define STACK_SEGMENT	0x7000u
#define STACK_TOP	0x8000u
#define INIT_STACK	2048u			/* bytes that the init entry may use */
#define RETURN_IP	0x0600u			/* in segment 0: where a call comes back to */
#define PMM		0xf0000u		/* "$PMM" */
#define PMM_SEGMENT	0xf000u
#define PMM_IP		0x1000u
#define PMM_BLOCKS	0x80000u
#define PMM_END		0x90000u
#define MOST_BREACHES	512
#define MOST_INSTRUCTIONS 40000000u		/* the longest of ours: 511 characters in a mode of 24 bits: 16 million */

struct call {
	uint16_t ax, bx, cx, dx, es, di, bp, si;
};

static struct breach {
	char what[64];
	uint32_t ip, count;
	struct call call;
} breaches[MOST_BREACHES];
static unsigned int breach_count;

static uint8_t memory[1 << 20];
static struct call current;
static bool in_init, returned;
static uint32_t stack_bytes = 512, pmm_used = PMM_BLOCKS, rom_bytes, calls_made;
static bool has_pmm, verbose;

static void __attribute__((format(printf, 2, 3))) breach(x86emu_t *emu, const char *format, ...)
{
	uint32_t ip = emu ? (uint32_t)emu->x86.saved_cs << 16 | (emu->x86.saved_eip & 0xffff) : 0;
	char what[sizeof(breaches[0].what)];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	for (unsigned int i = 0; i < breach_count; i++)
		if (breaches[i].ip == ip && !strcmp(breaches[i].what, what)) {
			breaches[i].count++;
			return;
		}
	if (breach_count == MOST_BREACHES)
		return;
	breaches[breach_count] = (struct breach){ .ip = ip, .count = 1, .call = current };
	strcpy(breaches[breach_count++].what, what);
}

static bool within(uint32_t at, uint32_t from, uint32_t end)
{
	return at >= from && at < end;
}

/* Functions with a result in the caller's memory. */
static bool writes_to_caller(void)
{
	uint8_t al = (uint8_t)current.ax;

	switch (current.ax >> 8) {
	case 0x10:
		return al == 0x09 || al == 0x17;
	case 0x1b:
	case 0x1c:
		return true;
	case 0x4f:
		return al <= 0x01 || al == 0x04 || al == 0x09 || al == 0x15;
	default:
		return false;
	}
}

static bool is_video_vector(uint32_t at)
{
	static const uint8_t vectors[] = { 0x10, 0x1f, 0x42, 0x43, 0x44, 0x6d };

	for (unsigned int i = 0; i < sizeof(vectors); i++)
		if (at / 4 == vectors[i])
			return true;
	return false;
}

static bool is_video_data(uint32_t at)
{
	/* The last is nobody's: SeaVGABIOS has its state of VBE there. */
	return within(at, 0x410, 0x412) || within(at, 0x449, 0x467) || within(at, 0x484, 0x48b) || within(at, 0x4a8, 0x4ac) ||
	       within(at, 0x4b0, 0x4c0);
}

static bool on_stack(uint32_t at)
{
	uint32_t top = (STACK_SEGMENT << 4) + STACK_TOP;

	return within(at, top - (in_init ? INIT_STACK : stack_bytes), top);
}

static bool may_write(uint32_t at)
{
	return within(at, 0xa0000, ROM) || is_video_vector(at) || is_video_data(at) || within(at, EBDA, 0xc0000) || on_stack(at) ||
	       (in_init && within(at, ROM, ROM + rom_bytes)) || within(at, PMM_BLOCKS, pmm_used) ||
	       (writes_to_caller() && within(at, CALLERS, CALLERS_END));
}

static bool may_read(uint32_t at)
{
	uint32_t top = (STACK_SEGMENT << 4) + STACK_TOP;

	return within(at, 0, 0x500) || within(at, EBDA, ROM) || within(at, ROM, ROM + rom_bytes) ||
	       on_stack(at) || within(at, top, top + 16) || within(at, PMM_BLOCKS, pmm_used) ||
	       within(at, CALLERS, CALLERS_END) || (in_init && within(at, 0xe0000, 0x100000)) ||
	       within(at, 0xffff0, 0x100000);
}

static const char *area(uint32_t at)
{
	static char text[16];

	if (within(at, STACK_SEGMENT << 4, (STACK_SEGMENT << 4) + STACK_TOP))
		return "stack beyond what there is";
	snprintf(text, sizeof(text), "%05x", at);
	return text;
}

static unsigned memio(x86emu_t *emu, u32 at, u32 *value, unsigned type)
{
	static const unsigned sizes[] = { 1, 2, 4, 1 };
	unsigned bytes = sizes[type & 3];

	switch (type & ~0xffu) {
	case X86EMU_MEMIO_I:
		*value = card_in((uint16_t)at, bytes);
		if (!card_port_is_ours((uint16_t)at, bytes, false))
			breach(emu, "read of port %04x", at & 0xffff);
		return 0;
	case X86EMU_MEMIO_O:
		if (!card_port_is_ours((uint16_t)at, bytes, true))
			breach(emu, "write to port %04x", at & 0xffff);
		card_out((uint16_t)at, *value, bytes);
		return 0;
	}
	if (type & 0x100 && (type & ~0xffu) == X86EMU_MEMIO_W) {
		for (unsigned i = 0; i < bytes; i++) {
			if (!may_write(at + i))
				breach(emu, "write to %s", area(at + i));
			if (at + i < ROM || (in_init && within(at + i, ROM, ROM_END)))
				memory[at + i] = (uint8_t)(*value >> 8 * i);
		}
		return 0;
	}
	*value = 0;
	if ((type & ~0xffu) == X86EMU_MEMIO_X && at < sizeof(memory) - bytes) {
		memcpy(value, &memory[at], bytes);
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++) {
		if ((type & ~0xffu) == X86EMU_MEMIO_R && !may_read(at + i))
			breach(emu, "read of %s", area(at + i));
		*value |= (u32)(at + i < sizeof(memory) ? memory[at + i] : 0xff) << 8 * i;
	}
	return 0;
}

static uint8_t code(uint32_t at)
{
	return memory[at & (sizeof(memory) - 1)];
}

/* Of the two-byte instructions, those that an 80386 has and that are not privileged. */
static bool is_plain_386(uint8_t second)
{
	static const uint8_t others[] = { 0xa0, 0xa1, 0xa3, 0xa4, 0xa5, 0xa8, 0xa9, 0xab, 0xac, 0xad, 0xaf, 0xb2,
					  0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf };

	return within(second, 0x80, 0xa0) || memchr(others, second, sizeof(others));
}

/* With a 66h prefix some emulators take these for their 16-bit forms, or get the stack wrong. */
static bool is_weak(uint8_t opcode, uint8_t modrm)
{
	static const uint8_t weak[] = { 0xc2, 0xc3, 0xc8, 0xc9, 0xca, 0xcb, 0xcf, 0xe8, 0x8d, 0x9a };
	unsigned group = modrm >> 3 & 7;

	return memchr(weak, opcode, sizeof(weak)) || (opcode == 0xff && (group == 2 || group == 3));
}

/* mov, add and other instructions with a memory operand at ESP less something. */
static bool is_below_esp(uint32_t at, uint8_t modrm)
{
	unsigned mod = modrm >> 6;
	bool sib = (modrm & 7) == 4, esp = sib && (code(at + 1) & 7) == 4;

	return esp && ((mod == 1 && code(at + 2) & 0x80) || (mod == 2 && code(at + 5) & 0x80));
}

static bool has_modrm(uint8_t opcode)
{
	return (opcode < 0x40 && (opcode & 7) < 4) || within(opcode, 0x80, 0x90) || opcode == 0x69 || opcode == 0x6b ||
	       within(opcode, 0xc0, 0xc2) || within(opcode, 0xc4, 0xc8) || within(opcode, 0xd0, 0xd4) ||
	       within(opcode, 0xf6, 0xf8) || opcode >= 0xfe;
}

/* The ROM's are looked at once: after init they stay as they are. */
static bool looked_at[1 << 20];

static void check_instruction(x86emu_t *emu, uint32_t at)
{
	static const uint8_t forbidden[] = { 0x62, 0x63, 0x9b, 0xcc, 0xce, 0xf1, 0xf4 };
	bool data32 = false, address32 = false;
	unsigned prefixes = 0;
	uint8_t opcode, next;

	if (looked_at[at])
		return;
	looked_at[at] = !in_init;
	for (; prefixes < 8; prefixes++, at++) {
		opcode = code(at);
		data32 |= opcode == 0x66;
		address32 |= opcode == 0x67;
		if (!memchr("\x66\x67\x26\x2e\x36\x3e\x64\x65\xf0\xf2\xf3", opcode, 11))
			break;
	}
	next = code(at + 1);
	if (opcode == 0x0f && !is_plain_386(next))
		breach(emu, "instruction 0f %02x", next);
	if (memchr(forbidden, opcode, sizeof(forbidden)) || within(opcode, 0xd8, 0xe0))
		breach(emu, "instruction %02x", opcode);
	if (data32 && is_weak(opcode, next))
		breach(emu, "weak instruction 66 %02x", opcode);
	if (address32 && has_modrm(opcode) && is_below_esp(at + 1, next))
		breach(emu, "operand below ESP");
}

static uint16_t word_at(uint32_t at)
{
	return (uint16_t)(memory[at] | memory[at + 1] << 8);
}

/* POST Memory Manager: allocate, blocks below 640 KiB; nothing else is had (PMM 1.01, 3.2). */
static void pmm_answer(x86emu_t *emu)
{
	uint32_t sp = (emu->x86.R_SS_BASE + emu->x86.R_SP) & 0xfffff, at = 0;
	uint32_t paragraphs = word_at(sp + 6) | (uint32_t)word_at(sp + 8) << 16;

	if (word_at(sp + 4) == 0 && paragraphs <= (PMM_END - pmm_used) / 16) {
		at = pmm_used;
		pmm_used += paragraphs * 16;
	}
	emu->x86.R_AX = (uint16_t)at;
	emu->x86.R_DX = (uint16_t)(at >> 16);
	emu->x86.R_EIP = word_at(sp);
	x86emu_set_seg_register(emu, emu->x86.R_CS_SEL, word_at(sp + 2));
	emu->x86.R_SP += 4;
}

static int before_instruction(x86emu_t *emu)
{
	uint32_t at = emu->x86.R_CS_BASE + (emu->x86.R_EIP & 0xffff);

	if (emu->x86.R_CS == 0 && emu->x86.R_IP == RETURN_IP) {
		returned = true;
		return 1;
	}
	if (emu->x86.R_CS == PMM_SEGMENT && emu->x86.R_IP == PMM_IP) {
		pmm_answer(emu);
		at = emu->x86.R_CS_BASE + (emu->x86.R_EIP & 0xffff);
	}
	if (!within(at, ROM, ROM + rom_bytes) && at != RETURN_IP + 1) {
		breach(emu, "runs code at %05x", at);
		return 1;	/* what follows tells nothing any more */
	}
	if (emu->x86.R_CR0 & 1)
		breach(emu, "protected mode");
	check_instruction(emu, at);
	return 0;
}

static int interrupt(x86emu_t *emu, u8 number, unsigned type)
{
	if ((type & 0xff) == INTR_TYPE_SOFT && number != 0) {
		if (number != 0x10)
			breach(emu, "INT %02x", number);
		return 0;
	}
	if (number == 0)
		breach(emu, "divides by zero");
	else
		breach(emu, "exception %u", number);
	x86emu_stop(emu);
	return 1;
}

static void push(x86emu_t *emu, uint16_t value)
{
	uint32_t at;

	emu->x86.R_SP -= 2;
	at = emu->x86.R_SS_BASE + emu->x86.R_SP;
	memory[at] = (uint8_t)value;
	memory[at + 1] = (uint8_t)(value >> 8);
}

static void run(x86emu_t *emu, uint16_t cs, uint16_t ip, bool interrupted)
{
	x86emu_regs_t *r = &emu->x86;

	x86emu_set_seg_register(emu, r->R_CS_SEL, cs);
	x86emu_set_seg_register(emu, r->R_SS_SEL, STACK_SEGMENT);
	x86emu_set_seg_register(emu, r->R_DS_SEL, 0x2000);
	x86emu_set_seg_register(emu, r->R_FS_SEL, 0xf5f5);
	x86emu_set_seg_register(emu, r->R_GS_SEL, 0x6565);
	r->R_ESP = STACK_TOP;
	r->R_EIP = ip;
	r->R_EFLG = F_ALWAYS_ON;
	r->mode &= ~(u32)_MODE_HALTED;
	if (interrupted)
		push(emu, F_ALWAYS_ON);
	push(emu, 0);
	push(emu, RETURN_IP);
	returned = false;
	emu->max_instr = r->R_TSC + MOST_INSTRUCTIONS;
	x86emu_run(emu, X86EMU_RUN_MAX_INSTR);
	if (!returned)
		breach(emu, "does not return");
	else if (r->R_ESP != STACK_TOP)
		breach(emu, "leaves ESP %x for %x", r->R_ESP, STACK_TOP);
	if (r->R_CR0 & 1)
		r->R_CR0 &= ~1u;
}

static void make_call(x86emu_t *emu, const struct call *c)
{
	x86emu_regs_t *r = &emu->x86;
	u64 before = r->R_TSC;

	current = *c;
	calls_made++;
	r->R_EAX = 0x11110000u | c->ax;
	r->R_EBX = 0x22220000u | c->bx;
	r->R_ECX = 0x33330000u | c->cx;
	r->R_EDX = 0x44440000u | c->dx;
	r->R_EDI = 0xd1d10000u | c->di;
	r->R_EBP = 0xb0b00000u | c->bp;
	r->R_ESI = 0x51510000u | c->si;
	x86emu_set_seg_register(emu, r->R_ES_SEL, c->es);
	run(emu, word_at(4 * 0x10 + 2), word_at(4 * 0x10), true);
	if (verbose)
		printf("%04x %04x %04x %04x: %08x %08x %08x %08x, %llu instructions\n", c->ax, c->bx, c->cx, c->dx, r->R_EAX, r->R_EBX,
		       r->R_ECX, r->R_EDX, (unsigned long long)(r->R_TSC - before));
}

static uint8_t sum(uint32_t from, uint32_t bytes)
{
	uint8_t total = 0;

	while (bytes--)
		total += memory[from++];
	return total;
}

static void initialise(x86emu_t *emu, uint16_t bdf)
{
	uint32_t vector;

	in_init = true;
	current = (struct call){ .ax = bdf };
	emu->x86.R_EAX = bdf;
	run(emu, ROM >> 4, INIT_ENTRY, false);
	in_init = false;
	vector = ((uint32_t)word_at(4 * 0x10 + 2) << 4) + word_at(4 * 0x10);
	if (!within(vector, ROM, 0xc8000)) {
		breach(NULL, "INT 10h leads to %05x", vector);
		printf("vgarom: after init INT 10h leads to %05x, a place in c0000-c7fff was expected\n", vector);
		exit(2);
	}
	if (sum(ROM, memory[ROM + 2] * PIECE))
		breach(NULL, "sum of bytes is not 0 after init");
}

static void load(const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t bytes;

	if (!file) {
		perror(name);
		exit(2);
	}
	bytes = fread(&memory[ROM], 1, ROM_END - ROM, file);
	fclose(file);
	rom_bytes = memory[ROM + 2] * PIECE;
	if (bytes < 4 || word_at(ROM) != 0xaa55 || rom_bytes > bytes || !rom_bytes) {
		fprintf(stderr, "%s: no option ROM: signature %04x, %u bytes by its header, %zu in the file\n",
			name, word_at(ROM), rom_bytes, bytes);
		exit(2);
	}
}

static void set_up(void)
{
	static const uint8_t signature[] = { '$', 'P', 'M', 'M', 1, 16, 0, PMM_IP & 0xff, PMM_IP >> 8,
					     PMM_SEGMENT & 0xff, PMM_SEGMENT >> 8 };

	for (unsigned int i = 0; i < 256; i++) {	/* vectors to an IRET of ours */
		memory[4 * i] = (uint8_t)(RETURN_IP + 1);
		memory[4 * i + 1] = (uint8_t)((RETURN_IP + 1) >> 8);
	}
	memory[RETURN_IP + 1] = 0xcf;
	memory[0x40e] = EBDA_SEGMENT & 0xff;
	memory[0x40f] = EBDA_SEGMENT >> 8;
	memory[0x410] = 0x02;
	memory[EBDA] = 1;
	if (has_pmm) {
		memcpy(&memory[PMM], signature, sizeof(signature));
		memory[PMM + 6] = (uint8_t)-sum(PMM, 16);
	}
}

static uint32_t random_state;

static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

/* A register: mostly what makes sense to some function. */
static uint16_t any_word(void)
{
	switch (any(4)) {
	case 0:
		return (uint16_t)any(16);
	case 1:
		return (uint16_t)(any(0x20) << 8 | any(0x60));
	case 2:
		return (uint16_t)(0xfff0 + any(16));
	default:
		return (uint16_t)any(0x10000);
	}
}

static struct call any_call(void)
{
	struct call c = {
		.ax = (uint16_t)(any(0x20) << 8 | any(4 + any(0x40))), .bx = any_word(), .cx = any_word(), .dx = any_word(),
		.es = (uint16_t)((CALLERS >> 4) + any(0x2000)), .di = any_word(), .bp = any_word(), .si = any_word(),
	};

	if (any(3) == 0)
		c.ax = (uint16_t)(0x4f00 | any(0x18));
	if (any(16) == 0)
		c.ax = (uint16_t)any(0x10000);
	if (within(c.ax, 0x0900, 0x0b00) || c.ax >> 8 == 0x13)
		c.cx &= 0x1ff;			/* characters: more take long, and tell no more */
	if (c.ax == 0x4f02 && any(2))
		c.bx = (uint16_t)((c.bx & 0xc000) | 0x100 | any(0xa0));
	return c;
}

static void read_calls(x86emu_t *emu)
{
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		struct call c = { .es = CALLERS >> 4 };
		unsigned int v[8] = { 0, 0, 0, 0, CALLERS >> 4 };

		if (sscanf(line, "%x %x %x %x %x %x %x %x", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) < 1)
			continue;
		c = (struct call){ (uint16_t)v[0], (uint16_t)v[1], (uint16_t)v[2], (uint16_t)v[3], (uint16_t)v[4],
				   (uint16_t)v[5], (uint16_t)v[6], (uint16_t)v[7] };
		make_call(emu, &c);
	}
}

static void report(void)
{
	for (unsigned int i = 0; i < breach_count; i++) {
		const struct breach *b = &breaches[i];

		printf("breach: %s at %04x:%04x (%u), first in %04x %04x %04x %04x es %04x di %04x bp %04x\n", b->what, b->ip >> 16,
		       b->ip & 0xffff, b->count, b->call.ax, b->call.bx, b->call.cx, b->call.dx, b->call.es, b->call.di, b->call.bp);
	}
	printf("%u calls, %u breaches\n", calls_made, breach_count);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "card", required_argument, NULL, 'c' }, { "stack", required_argument, NULL, 's' }, { "pmm", no_argument, NULL, 'p' },
		{ "random", required_argument, NULL, 'r' }, { "seed", required_argument, NULL, 'e' }, { "verbose", no_argument, NULL, 'v' },
		{ "twice", no_argument, NULL, 't' }, { NULL, 0, NULL, 0 },
	};
	const char *card = "std";
	unsigned long count = 0, seed = 1;
	bool twice = false;
	x86emu_t *emu;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'c': card = optarg; break;
		case 's': stack_bytes = (uint32_t)strtoul(optarg, NULL, 0); break;
		case 'p': has_pmm = true; break;
		case 'r': count = strtoul(optarg, NULL, 0); break;
		case 'e': seed = strtoul(optarg, NULL, 0); break;
		case 'v': verbose = true; break;
		case 't': twice = true; break;
		default: return 2;
		}
	}
	if (optind + 1 != argc || !card_choose(card)) {
		fprintf(stderr, "usage: vgarom [--card std|cirrus|qxl|virtio|vmware|ati|isa] [--stack BYTES] [--pmm] [--twice] [--verbose]\n"
			"              [--random COUNT [--seed N]] ROM <CALLS\n");
		return 2;
	}
	random_state = (uint32_t)seed * 2654435761u | 1;
	set_up();
	load(argv[optind]);
	emu = x86emu_new(X86EMU_PERM_RWX | X86EMU_PERM_VALID, X86EMU_PERM_RW);
	x86emu_set_memio_handler(emu, memio);
	x86emu_set_code_handler(emu, before_instruction);
	x86emu_set_intr_handler(emu, interrupt);
	initialise(emu, card_bdf());
	if (twice)
		initialise(emu, card_bdf());
	if (count)
		for (unsigned long i = 0; i < count; i++) {
			struct call c = any_call();

			make_call(emu, &c);
		}
	else
		read_calls(emu);
	report();
	x86emu_done(emu);
	return breach_count ? 1 : 0;
}
