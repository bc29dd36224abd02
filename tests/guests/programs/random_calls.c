/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/random_calls.c: calls every service some thousand times with registers that a generator makes, always
 * the same, and looks after each call at what no service may change: vectors, a guard below the buffers, the F segment,
 * port CF8h; now and then the ROM; and at the end whether the drives can still be read. One line for each deviation.
 *
 * Left out is what does not return by contract (INT 18h, 19h, INT 15h AH=89h, keys that are waited for), what devices say by
 * their interrupt lines, and what changes other things than memory because that is its job: an ejected medium, a
 * mouse handler at a random address, writes to configuration space. Writes to drives go to LBA 360 and above.
 *
 * Buffers are the program's own (BUFFERS), or where no service may write: the F segment, the firmware's memory and ROM; or
 * nobody's: C0000h-DFFFFh, FFFF:0010h and above.
 */
#include "programs/program.h"

#define GUARD		0x11000u
#define BUFFERS		0x20000u
#define BUFFERS_LAST	0x5f000u	/* 128 sectors of 2,048 bytes from here end below the EBDA */
#define FIRMWARE	0xe8000u
#define F_SEGMENT	0xf0000u
#define MIB		0x100000u
#define ROM		0xfffc0000u
#define CONFIG_ADDRESS	0xcf8
#define CONFIG_MARK	0x8000a5a4u
#define WRITE_LBA	512
#define WRITE_CYLINDER	10
#define TRACK		18
#define TEST_LBA	64
#define FIRST		0xd1000000u
#define SMAP		0x534d4150u

/* A test may set others. */
extern const volatile uint32_t calls_wanted, seed;
extern const volatile uint8_t drives[4];
const volatile uint32_t calls_wanted = 6000, seed = 0x12345671;
const volatile uint8_t drives[4] = { 0x80, 0xff, 0xff, 0xff };	/* those that must be readable: ff: no more */

static uint32_t state;
static uint32_t number;		/* of the call */
static uint8_t vector;
static struct registers asked;
static unsigned int deviations;
static bool has_config_address;

static uint32_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint32_t below(uint32_t n)
{
	return (rnd() >> 4) % n;
}

#define ONE_OF(table) ((table)[below(sizeof(table) / sizeof((table)[0]))])

static uint16_t word(void)
{
	static const uint16_t limits[] = { 0, 1, 2, 127, 128, 129, 255, 256, 0x7fff, 0x8000, 0xffff, 63, 64, 16, 24 };

	return below(8) < 3 ? ONE_OF(limits) : (uint16_t)(rnd() >> 8);
}

/* A linear address above 64 KiB as segment << 16 | offset. */
static uint32_t far_pointer(uint32_t linear)
{
	uint32_t segment = linear < 0xffff0 ? (linear >> 4) - below(0xfff) : 0xffff;

	return segment << 16 | (linear - (segment << 4));
}

static uint32_t own(void)
{
	return BUFFERS + below(BUFFERS_LAST - BUFFERS);
}

/* Where a program may point to for a result. */
static uint32_t anywhere(bool firmware)
{
	switch (below(8)) {
	case 0:
		return F_SEGMENT + below(0x10000);
	case 1:
		return 0xc0000 + below(0x20000);
	case 2:
		return MIB + below(0xfff0);
	case 3:
	case 4:
		return firmware ? FIRMWARE + below(0x8000) : own();
	default:
		return own();
	}
}

static uint32_t flat(void)
{
	switch (below(6)) {
	case 0:
		return ROM + below(0x40000);
	case 1:
		return 0x7f00000 + below(0x200000);	/* the firmware's tables, and the end of RAM */
	case 2:
		return F_SEGMENT + below(0x10000);
	case 3:
		return 0xffffffff - below(512);
	default:
		return own();
	}
}


static void put(uint32_t at, uint32_t value)
{
	*mem32(at) = value;
}

static uint32_t sum(uint32_t from, uint32_t bytes)
{
	uint32_t s = 0;

	for (uint32_t i = 0; i < bytes; i += 4)
		s = (s << 5 | s >> 27) + *mem32(from + i);
	return s;
}

static void say(const char *name, uint32_t value)
{
	print(name);
	print_hex(value, 8);
}

static void deviation(const char *what)
{
	if (++deviations > 40)
		return;
	say("call ", number);
	print(" int ");
	print_hex(vector, 2);
	say(" eax ", asked.eax);
	say(" ebx ", asked.ebx);
	say(" ecx ", asked.ecx);
	say(" edx ", asked.edx);
	say(" ds:si ", (uint32_t)asked.ds << 16 | asked.si);
	say(" es:di ", (uint32_t)asked.es << 16 | asked.di);
	print(": ");
	print(what);
	print("\n");
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void packet_at(uint32_t at, bool writes)
{
	static const uint8_t sizes[] = { 16, 16, 16, 16, 16, 24, 24, 24, 0, 15, 17, 23, 255 };

	put(at, ONE_OF(sizes) | (uint32_t)(below(3) ? 1 + below(16) : word()) << 16);
	put(at + 4, below(8) ? far_pointer(anywhere(true)) : 0xffffffff);
	put(at + 8, below(3) ? WRITE_LBA + below(1400) : writes ? WRITE_LBA + (rnd() >> 8) : rnd());
	put(at + 12, below(4) ? 0 : below(2) ? rnd() : 0xffffffff);
	put(at + 16, flat());
	put(at + 20, below(8) ? 0 : rnd());
}

/* INT 13h and 40h. False: not this. */
static bool disk_call(struct registers *r, bool floppies)
{
	static const uint8_t functions[] = { 0x00, 0x01, 0x02, 0x02, 0x02, 0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14,
					     0x15, 0x16, 0x17, 0x18, 0x41, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x43, 0x44, 0x45, 0x47, 0x48,
					     0x48, 0x49, 0x4e };
	static const uint8_t numbers[] = { 0x80, 0x80, 0x80, 0x80, 0xe0, 0xe0, 0, 0, 1, 0x81, 0xe1 };
	uint32_t buffer = far_pointer(anywhere(true)), packet = own();

	r->ah = below(8) ? ONE_OF(functions) : (uint8_t)rnd();
	r->dl = floppies ? (uint8_t)below(3) : below(8) ? ONE_OF(numbers) : (uint8_t)rnd();
	if (r->ah == 0x46)
		return false;
	r->bx = (uint16_t)buffer;
	r->es = (uint16_t)(buffer >> 16);
	if (below(3)) {
		r->al = below(3) ? (uint8_t)(1 + below(8)) : (uint8_t)word();
		r->ch = (uint8_t)below(r->dl < 0x80 ? 80 : 2);
		r->cl = (uint8_t)(1 + below(18));
		r->dh = (uint8_t)below(4);
	}
	if (r->ah == 3 || r->ah == 5)
		r->ch = (uint8_t)(r->dl < 0x80 ? WRITE_CYLINDER + r->ch % 64 : 1 + r->ch % 8);
	if (r->ah == 5 && r->dl < 0x80)
		r->al = TRACK;			/* QEMU takes any other number for the medium's from then on */
	if ((r->ah >= 0x42 && r->ah <= 0x44) || r->ah == 0x47)
		packet_at(packet, r->ah == 0x43);
	else if (r->ah == 0x48)
		put(packet, word());
	if ((r->ah == 0x48 || r->ah == 0x4b) && below(4) == 0)
		packet = anywhere(true);
	packet = far_pointer(packet);
	r->si = (uint16_t)packet;
	r->ds = (uint16_t)(packet >> 16);
	return r->ah != 0x4b || r->al != 0;
}

static void move_call(struct registers *r)
{
	uint32_t table = own(), from = flat(), to = flat(), pointer = far_pointer(table);

	for (unsigned int i = 0; i < 48; i += 4)
		put(table + i, rnd());
	put(table + 16, from << 16 | 0xffff);
	put(table + 20, (from & 0xff000000) | 0x9300 | (from >> 16 & 0xff));
	put(table + 24, to << 16 | 0xffff);
	put(table + 28, (to & 0xff000000) | 0x9300 | (to >> 16 & 0xff));
	r->si = (uint16_t)pointer;
	r->es = (uint16_t)(pointer >> 16);
}

static bool system_call(struct registers *r)
{
	static const uint16_t functions[] = {
		0x2400, 0x2401, 0x2402, 0x2403, 0x4f12, 0x5200, 0x8300, 0x8301, 0x8500, 0x8600, 0x8700, 0x8700, 0x8800, 0x9000, 0x9100,
		0xc000, 0xc100, 0xc200, 0xc201, 0xc202, 0xc203, 0xc204, 0xc205, 0xc206, 0xe801, 0xe820, 0xe820, 0xe881,
	};

	uint32_t flag = far_pointer(own());

	if (below(4))
		r->ax = ONE_OF(functions);
	switch (r->ah) {
	case 0x83:
		r->bx = (uint16_t)flag;
		r->es = (uint16_t)(flag >> 16);
		r->cx = 0;
		break;
	case 0x86:
		r->cx = 0;
		r->dx &= 0x7ff;
		break;
	case 0x87:
		move_call(r);
		break;
	case 0x89:
		return false;
	case 0xc2:
		return r->al != 7;
	case 0xe8:
		r->edx = below(8) ? SMAP : rnd();
		r->ebx = below(16);
		r->ecx = below(40);
		break;
	default:
		break;
	}
	return true;
}

static bool pci_call(struct registers *r)
{
	static const uint8_t functions[] = { 1, 2, 3, 8, 9, 10, 14, 15 };
	uint32_t words = own(), pointer = far_pointer(words);

	r->al = below(4) ? ONE_OF(functions) : (uint8_t)rnd();
	if (r->al >= 0x0b && r->al <= 0x0d)
		return false;
	if (r->al == 0x0e) {
		put(words, word());
		put(words + 2, far_pointer(anywhere(true)));
		r->edi = (uint16_t)pointer;
		r->es = (uint16_t)(pointer >> 16);
		r->ds = F_SEGMENT >> 4;
	}
	return true;
}

/* The next call: registers without meaning first, then those that this service reads. False: leave it out. */
static bool prepare(struct registers *r)
{
	static const uint8_t vectors[] = { 0x02, 0x05, 0x10, 0x11, 0x12, 0x13, 0x13, 0x13, 0x13, 0x13, 0x13, 0x14, 0x15, 0x15, 0x15, 0x15,
					   0x16, 0x17, 0x1a, 0x1a, 0x1b, 0x1c, 0x40, 0x40, 0x4a };
	uint32_t es_di = far_pointer(anywhere(true)), ds_si = far_pointer(anywhere(false));

	vector = ONE_OF(vectors);
	*r = (struct registers){ .eax = rnd(), .ebx = rnd(), .ecx = rnd(), .edx = rnd(), .esi = rnd(), .edi = rnd(),
				 .flags = (rnd() & 0x0cd5) | 2, .ds = (uint16_t)(ds_si >> 16), .es = (uint16_t)(es_di >> 16) };
	r->si = (uint16_t)ds_si;
	r->di = (uint16_t)es_di;
	switch (vector) {
	case 0x13:
	case 0x40:
		return disk_call(r, vector == 0x40);
	case 0x14:
		r->dx &= 3;
		r->ah &= 7;
		return true;
	case 0x15:
		return system_call(r);
	case 0x16:
		return (r->ah & 0xef) != 0;
	case 0x17:
		r->dx &= 3;
		r->ah &= 3;
		return true;
	case 0x1a:
		if (below(2))
			r->ah = below(2) ? 0xb1 : (uint8_t)below(8);
		return r->ah != 0xb1 || pci_call(r);
	default:
		return true;
	}
}

/* --- what must stay --------------------------------------------------------------------------- */

static uint32_t vectors_sum(void) { return sum(0, 0x400); }
static uint32_t guard_sum(void) { return sum(0x500, 0x7000 - 0x500) + sum(GUARD, BUFFERS - GUARD); }
static uint32_t f_segment_sum(void) { return sum(F_SEGMENT, 0x10000); }
static uint32_t rom_sum(void) { return sum(ROM, 0x40000); }

static struct watched {
	const char *what;
	uint32_t (*sum)(void);
	uint32_t was;
	uint32_t each;		/* looked at once in so many calls */
} watched[] = {
	{ "an interrupt vector has changed", vectors_sum, 0, 1 },
	{ "the program's memory has changed", guard_sum, 0, 1 },
	{ "the F segment has changed", f_segment_sum, 0, 1 },
	{ "the ROM has changed", rom_sum, 0, 512 },
};

static uint32_t config_address(void)
{
	uint32_t value;

	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(CONFIG_ADDRESS));
	return value;
}

static void config_mark(void)
{
	__asm__ volatile("outl %0, %%dx" : : "a"(CONFIG_MARK), "d"(CONFIG_ADDRESS));
}

static void check(void)
{
	outb((inb(0x92) & 0xfe) | 2, 0x92);	/* INT 15h AX=2400h leaves A20 off */
	for (unsigned int i = 0; i < sizeof(watched) / sizeof(watched[0]); i++) {
		struct watched *w = &watched[i];
		uint32_t is;

		if (number % w->each)
			continue;
		is = w->sum();
		if (is != w->was)
			deviation(w->what);
		w->was = is;
	}
	if (has_config_address && config_address() != CONFIG_MARK)
		deviation("port CF8h has changed");
}

/* Sector 64, of which the test has told what is in it. */
static void check_drive(uint8_t drive)
{
	uint32_t size = drive >= 0xe0 ? 2048 : 512, wrong = 0;
	struct registers r = { .dl = drive };

	vector = 0x13;
	call_int(0x13, &r);			/* reset: AH=17h and 18h have effects that last */
	for (uint32_t i = 0; i < size; i += 4)
		put(BUFFERS + i, 0);
	put(0x600, 16 | 1 << 16);
	put(0x604, BUFFERS << 12);
	put(0x608, TEST_LBA);
	put(0x60c, 0);
	r = (struct registers){ .ah = 0x42, .dl = drive, .si = 0x600 };
	if (drive < 0x80)
		r = (struct registers){ .ax = 0x0201, .cx = 0x010b, .dl = drive, .dh = 1, .es = BUFFERS >> 4 };
	asked = r;
	call_int(0x13, &r);
	if (r.flags & CF)
		deviation("the drive is not read any more");
	for (uint32_t i = 0; i < size / 4; i++)
		wrong += *mem32(BUFFERS + 4 * i) != (FIRST | (TEST_LBA * size / 4 + i));
	if (wrong)
		deviation("the drive has other data");
	print("drive ");
	print_hex(drive, 2);
	print("\n");
}

void main(void)
{
	__asm__ volatile("cli");
	state = seed;
	put(0x478, 0);			/* time-outs of ports: one look */
	put(0x47c, 0);
	for (uint32_t at = GUARD; at < BUFFERS; at += 4)
		put(at, at * 0x9e3779b1);
	for (unsigned int i = 0; i < sizeof(watched) / sizeof(watched[0]); i++)
		watched[i].was = watched[i].sum();
	config_mark();
	has_config_address = config_address() == CONFIG_MARK;
	for (number = 0; number < calls_wanted; number++) {
		struct registers r;

		while (!prepare(&r))
			;
		asked = r;
		call_int(vector, &r);
		let_interrupts_in();
		check();
		config_mark();
	}
	number = 0;
	check();
	for (unsigned int i = 0; i < sizeof(drives) && drives[i] != 0xff; i++)
		check_drive(drives[i]);
	print("end\n");
}
