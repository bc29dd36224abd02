/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/main.c: calls the services of the BIOS and prints what they answer, a line each; a host runs the
 * same program on two firmwares and compares the lines.
 */
#include "real/real.h"

void outb(uint8_t value, uint16_t port)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

#define CONFIG_ADDRESS	0xcf8
#define CONFIG_MARK	0x80a5a5a4u	/* as if the program were between two accesses to configuration space */

static uint32_t config_address(void)
{
	uint32_t value;

	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(CONFIG_ADDRESS));
	return value;
}

static bool has_config_address;

void config_mark(void)
{
	__asm__ volatile("outl %0, %%dx" : : "a"(CONFIG_MARK), "d"(CONFIG_ADDRESS));
}

void config_check(void)
{
	if (has_config_address && config_address() != CONFIG_MARK)
		put(" CF8-CHANGED");
}

#define FAR(type, linear) ({						\
	uint32_t at_ = (linear), seg_ = at_ < 0xffff0 ? at_ >> 4 : 0xffff;	\
	__asm__ volatile("movw %w0, %%fs" : : "r"(seg_) : "memory");	\
	(volatile __seg_fs type *)(at_ - (seg_ << 4)); })

uint8_t peek8(uint32_t linear) { return *FAR(uint8_t, linear); }
uint16_t peek16(uint32_t linear) { return *FAR(uint16_t, linear); }
uint32_t peek32(uint32_t linear) { return *FAR(uint32_t, linear); }
void poke8(uint32_t linear, uint8_t value) { *FAR(uint8_t, linear) = value; }
void poke16(uint32_t linear, uint16_t value) { *FAR(uint16_t, linear) = value; }
void poke32(uint32_t linear, uint32_t value) { *FAR(uint32_t, linear) = value; }

void put(const char *text)
{
	while (*text)
		outb((uint8_t)*text++, CONSOLE);
}

void put_hex(uint32_t value, unsigned int digits)
{
	while (digits--)
		outb((uint8_t)"0123456789abcdef"[value >> 4 * digits & 15], CONSOLE);
}

/* Of a range of conventional memory, in dwords. */
static uint32_t sum(uint32_t from, uint32_t end)
{
	uint32_t s = 0;

	for (uint32_t at = from; at < end; at += 0x8000) {
		uint32_t n = (end - at < 0x8000 ? end - at : 0x8000) / 4;
		volatile __seg_fs uint32_t *p = FAR(uint32_t, at);

		while (n--)
			s = (s << 5 | s >> 27) + *p++;
	}
	return s;
}

/* What no call may change: everything that is neither ours nor the BIOS's nor the buffer. */
static uint32_t others(void)
{
	return sum(0x700, 0x10000) + sum(BUFFER + BUFFER_BYTES, PACKET) + sum(PACKET_END, 0x9f000);
}

static void put_reg(const char *name, uint32_t value)
{
	put(name);
	put_hex(value, 8);
}

#define A20_PORT	0x92
#define PIC_MASK	0x21
#define WRAP		0x640u		/* below what is watched; 1 MiB more is the same byte without A20 */

bool a20_is_on(void)
{
	uint8_t was = peek8(WRAP), same = 1;

	for (uint8_t i = 1; i < 3; i++) {
		poke8(WRAP, (uint8_t)(was ^ i));
		same &= peek8(0x100000 + WRAP) == (uint8_t)(was ^ i);
	}
	poke8(WRAP, was);
	return !same;
}

void a20_set(bool on)
{
	if (mode < MODE_V86)
		outb((uint8_t)((inb(A20_PORT) & ~3) | (on ? 2 : 0)), A20_PORT);
}

void try_with(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx, uint32_t ds_si, uint32_t es_di,
	      uint16_t flags)
{
	struct call c = {
		.eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx,
		.esi = 0x51510000 | (ds_si & 0xffff), .edi = 0xd1d10000 | (es_di & 0xffff), .ebp = 0xbbbbbbbb,
		.ds = (uint16_t)(ds_si >> 16 << 12), .es = (uint16_t)(es_di >> 16 << 12), .fs = 0xf5f5, .gs = 0x6565,
		.flags = flags, .vector = vector,
	};
	struct call was = c;
	uint32_t before = others(), buffer = sum(BUFFER, BUFFER + BUFFER_BYTES), now;
	bool line = a20_is_on();

	put("int ");
	put_hex(vector, 2);
	put_reg(" eax ", eax);
	put_reg(" ebx ", ebx);
	put_reg(" ecx ", ecx);
	put_reg(" edx ", edx);
	put_reg(" ds:si ", ds_si);
	put_reg(" es:di ", es_di);
	config_mark();
	call_vector(&c);
	put_reg(" -> ", c.eax);
	put_reg(" ", c.ebx);
	put_reg(" ", c.ecx);
	put_reg(" ", c.edx);
	put(c.flags & 1 ? " C" : " -");
	put(c.flags & 0x40 ? "Z" : "-");
	put(c.flags & 0x200 ? "I" : "-");
	now = sum(BUFFER, BUFFER + BUFFER_BYTES);
	if (now != buffer)
		put_reg(" buffer ", now);
	if (vector == 0x13) {
		put(" st ");
		put_hex(peek8(edx & 0x80 ? 0x474 : 0x441), 2);
	}
	if (c.esi != was.esi)
		put_reg(" esi ", c.esi);
	if (c.edi != was.edi)
		put_reg(" edi ", c.edi);
	if (c.ebp != was.ebp)
		put_reg(" ebp ", c.ebp);
	if (c.ds != was.ds)
		put_reg(" ds ", c.ds);
	if (c.es != was.es)
		put_reg(" es ", c.es);
	if (c.fs != was.fs || c.gs != was.gs)
		put(" FS-GS-CHANGED");
	if (c.vector != 0)
		put_reg(" STACK-OFF ", c.vector);
	if (others() != before)
		put(" STRAY-WRITE");
	if (a20_is_on() != line && (eax >> 8 & 0xff) != 0x24)
		put(" A20-CHANGED");
	config_check();
	put("\n");
}

void try_at(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx, uint32_t ds_si, uint32_t es_di)
{
	try_with(vector, eax, ebx, ecx, edx, ds_si, es_di, 0x0202);
}

void try(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
	try_at(vector, eax, ebx, ecx, edx, BUFFER, BUFFER);
}

uint8_t mode;

void __attribute__((noreturn)) real_main(uint32_t drive_and_mode, uint32_t sectors);
void __attribute__((noreturn)) real_main(uint32_t drive_and_mode, uint32_t sectors)
{
	uint8_t drive = (uint8_t)drive_and_mode;
	bool hostile = false;

	mode = (uint8_t)(drive_and_mode >> 8);
	if (inb(MODE_PORT) != 0xff) {
		mode = inb(MODE_PORT) & (MODE_HOSTILE - 1);
		hostile = inb(MODE_PORT) & MODE_HOSTILE;
	}
	if (mode == MODE_BIG)
		set_big_limits();
	if (mode >= MODE_V86)
		enter_v86(mode == MODE_PAGED);
	put("begin ");
	put_hex(drive, 2);
	put("\n");
	if (mode == MODE_A20_OFF)
		a20_set(false);
	config_mark();
	has_config_address = config_address() == CONFIG_MARK;
	put(has_config_address ? "CF8 is there\n" : "no CF8\n");
	if (hostile) {
		smi_cases(drive);
	} else if (drive < 0x80) {
		outb(inb(PIC_MASK) | 1, PIC_MASK);	/* no ticks: motors run as long as the host takes */
		floppy_cases(drive, (uint8_t)sectors);
		floppy_empty_cases(1);
	} else {
		memory_cases();
		identity_cases();
		disk_cases(drive);
		disk_absent_cases();
		misc_cases();
		pci_cases();
		video_cases();
		system_cases();
		port_cases();
		pnp_cases();
		routing_cases();
		bios32_cases();
	}
	put("end\n");
	for (;;) {
		outb(EXIT_PASSED, EXIT_PORT);
		__asm__ volatile("cli; hlt");
	}
}
