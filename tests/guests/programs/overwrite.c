/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/overwrite.c: writes where it must not, says of each place whether that was written, and gives up by
 * INT 18h. With open (a test puts that in) it lets the host bridge's shadow registers and SMRAM be written to first, and
 * leaves them so.
 */
#include "programs/program.h"

#define CONFIG_INDEX	0xcf8
#define CONFIG_DATA	0xcfc
#define I440FX		0x12378086u
#define Q35		0x29c08086u
#define EBDA_SEGMENT	0x40eu
#define SMRAM_WINDOW	0xa0000u
#define OPEN		0x40u		/* D_OPEN */

/* The test has its values. */
volatile uint8_t open __attribute__((section(".data"))) = 0;
volatile uint8_t what __attribute__((section(".data"))) = 0xff;	/* a bit for each place */

static inline void outl(uint32_t value, uint16_t port)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static uint32_t config(uint8_t reg)
{
	outl(0x80000000u | reg, CONFIG_INDEX);
	return inl(CONFIG_DATA);
}

static void config_write(uint8_t reg, uint32_t value)
{
	outl(0x80000000u | reg, CONFIG_INDEX);
	outl(value, CONFIG_DATA);
}

/* Every shadow register: RAM, read and write. And SMRAM for everybody. */
static void open_all(void)
{
	uint32_t id = config(0);
	uint8_t pam = id == I440FX ? 0x58 : 0x90, smram = id == I440FX ? 0x70 : 0x9c, shift = id == I440FX ? 16 : 8;

	if (id != I440FX && id != Q35) {
		print("bridge none\n");
		return;
	}
	config_write(pam, 0x33333333);
	config_write(pam + 4, 0x33333333);
	config_write(smram, config(smram) | OPEN << shift);
	print("bridge ");
	print_hex(config(smram) >> shift & 0xff, 2);
	print("\n");
}

static void overwrite(const char *name, uint32_t at)
{
	uint32_t was = *mem32(at);

	*mem32(at) = was ^ 0x00010000;
	print(name);
	print(*mem32(at) == was ? " lost\n" : " written\n");
}

void main(void)
{
	static const struct { const char *name; uint32_t at; } places[] = {
		{ "code", 0xf1000 }, { "empty", 0xf8000 }, { "entry", 0xfe05c }, { "rom", 0xc0100 }, { "front", 0xe8010 },
		{ "variables", 0xecbf8 }, { "stack", 0xee7d8 },
	};

	if (open)
		open_all();
	for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (what >> i & 1)
			overwrite(places[i].name, places[i].at);
	if (what >> 7)
		overwrite("ebda", ((uint32_t)*mem16(EBDA_SEGMENT) << 4) + 0x30);
	print("end\n");
	__asm__ volatile("int $0x18");
}
