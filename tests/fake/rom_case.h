/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/rom_case.h: what every test of option ROMs begins with: PCI functions whose ROMs decode only while their
 * BARs say so, the registers of the shadow, and inits that are C. Files are those of tests/fake/fw_cfg_files.h. Included
 * by one test program each, which links shadow.c, tests/fake/fw_cfg_files.c, alloc.c, ram.c and log.c.
 */
#ifndef FAKE_ROM_CASE_H
#define FAKE_ROM_CASE_H

#include <string.h>
#include "arch/layout.h"
#include "arch/real_call.h"
#include "boot/intact/canary.h"
#include "boot/intact/intact.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "rt16/shared.h"
#include "services/guest.h"
#include "services/pnp.h"
#include "std/bda.h"
#include "std/option_rom.h"

#define RAM_BYTES	(4u << 20)
#define BAR		0x200000u	/* where all ROMs decode */
#define BAR_BYTES	0x40000u
#define ROM		SHADOW_ROMS
#define ROMS		0x28000u	/* bytes from there on */
#define SIZE		0x9c00u
#define ID		0x11121234u	/* none of QEMU's */
#define PCIR_AT		0x40u
#define PNP_AT		0x80u
#define BASE_KIB	639u
#define FUNCTIONS	8u

struct machine machine;
struct rt16_vars rt16_vars;
extern char rt16_rom_call[];
char rt16_rom_call[1];

static struct pci_function functions[FUNCTIONS];
static struct pci_tree tree = { .function = functions };
static uint8_t bars[FUNCTIONS][BAR_BYTES];
static uint32_t rom_bar[FUNCTIONS];
static uint16_t command[FUNCTIONS];
static struct { uint8_t reg; uint32_t value; } shadow[32];
static uint32_t n_shadow, bar_writes, forgotten, calls;
static int decoding;			/* index of the function, -1: none */

/* What runs in real mode: an option ROM's init, or another of its entries, at segment << 16 | offset; anything else. */
static void (*on_rom)(const struct regs *r, uint32_t entry);
static void (*on_call)(struct regs *r, uint32_t target);

void pci_write8(pci_bdf_t bdf, uint8_t reg, uint8_t value) { fail_msg("%x %x %x", bdf, reg, value); }
void pci_config_forget(void) { forgotten++; }
uint32_t pnp_structure(void) { return 0xf0001230; }

/* Who was looked behind, and how often; whether the frame on the stack was set and looked at for each call. */
static const char *looked_behind;
static uint32_t looks;
static int frames;

void intact_check(const char *by)
{
	looked_behind = by;
	looks++;
}

void canary_set(struct canary *canary)
{
	canary->word[0] = (uint32_t)(uintptr_t)canary;
	frames++;
}

void canary_look(const struct canary *canary, const char *what, const char *by)
{
	(void)what, (void)by;
	assert_int_equal(canary->word[0], (uint32_t)(uintptr_t)canary);
	frames--;
}

/* A function's ROM is there while its BAR and its command register both say so. Elsewhere nothing answers. */
static inline void decode(int n)
{
	decoding = -1;
	memset(fake_ram + BAR, 0xff, BAR_BYTES);
	if (rom_bar[n] & 1 && command[n] & PCI_COMMAND_MEMORY) {
		decoding = n;
		memcpy(fake_ram + BAR, bars[n], BAR_BYTES);
	}
}

static uint32_t subsystem;		/* of each function */

uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg)
{
	if (reg == 0x2c)
		return subsystem;
	assert_int_equal(reg, PCI_COMMAND);
	return 0xf9000000 | command[bdf >> 3];		/* with status bits, which ones written would clear */
}

void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value)
{
	if (bdf == 0) {
		assert_true(n_shadow < ARRAY_SIZE(shadow));
		shadow[n_shadow].reg = reg;
		shadow[n_shadow++].value = value;
		return;
	}
	if (reg == PCI_COMMAND) {
		assert_int_equal(value >> 16, 0);
		command[bdf >> 3] = (uint16_t)value;
	} else {
		assert_int_equal(reg, PCI_ROM);
		assert_int_equal(value & ~1u, BAR);
		rom_bar[bdf >> 3] = value;
		bar_writes++;
	}
	decode(bdf >> 3);
}

/* The value last written to a register of the shadow; 0: none was. */
static inline uint32_t shadow_at(uint8_t reg)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < n_shadow; i++)
		if (shadow[i].reg == reg)
			value = shadow[i].value;
	return value;
}

/* What is at an address from C0000 to E7FFF: bit 0: reads go to RAM, bit 1: writes. */
static inline uint32_t shadow_of(uint32_t at)
{
	uint8_t reg = machine.chipset == CHIPSET_Q35 ? 0x90 : 0x58, bit = machine.chipset == CHIPSET_Q35 ? 8 : 16;
	uint64_t both = shadow_at(reg) | (uint64_t)shadow_at(reg + 4) << 32;

	if (machine.chipset == CHIPSET_NONE)
		return at < SHADOW_ROMS_OPEN ? 3 : 0;
	return both >> (bit + 4 * ((at - SHADOW_ROMS) / SHADOW_BLOCK)) & 3;
}

/* Nothing decodes meanwhile but RAM; interrupts are on for ROMs. */
void real_call(struct regs *r, uint32_t target)
{
	assert_int_equal(decoding, -1);
	calls++;
	if (target != FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_rom_call)) {
		assert_non_null(on_call);
		on_call(r, target);
		return;
	}
	assert_true(r->flags & FLAGS_IF);
	assert_true(r->si >= 0x2000 && r->si <= 0x7c00);	/* its stack */
	assert_int_equal(shadow_of(guest_linear((uint16_t)(r->ebp >> 16), (uint16_t)r->ebp)), 3);
	if (on_rom)
		on_rom(r, r->ebp);
}

static inline struct bda *bda(void)
{
	return (struct bda *)(fake_ram + 0x400);
}

static inline void set_vector(uint8_t n, uint32_t to)
{
	put_le32(fake_ram + 4 * n, to);
}

static inline uint32_t vector(uint8_t n)
{
	return get_le32(fake_ram + 4 * n);
}

/* Make the bytes add up to 0 by the last. */
static inline void make_sum(uint8_t *rom, uint32_t size)
{
	uint8_t sum = 0;

	for (uint32_t i = 0; i < size - 1; i++)
		sum = (uint8_t)(sum + rom[i]);
	rom[size - 1] = (uint8_t)-sum;
}

static inline void make_rom(uint8_t *to, uint32_t size, uint32_t id)
{
	struct option_rom header = { .signature = OPTION_ROM_SIGNATURE, .units = (uint8_t)(size / 512), .pcir = PCIR_AT };
	struct pcir pcir = {
		.signature = PCIR_SIGNATURE, .vendor = (uint16_t)id, .device = (uint16_t)(id >> 16), .length = 24,
		.units = (uint16_t)(size / 512), .indicator = PCIR_LAST,
	};

	memset(to, 0x5a, size);
	memcpy(to, &header, sizeof(header));
	memcpy(to + PCIR_AT, &pcir, sizeof(pcir));
	make_sum(to, size);
}

/* A PnP header (Plug and Play BIOS 1.0A, 3.2) at an offset; the ROM's first is PNP_AT. Its sums are right. */
static inline void add_header(uint8_t *rom, uint32_t size, uint16_t at, uint16_t next, uint16_t bcv, uint16_t bev,
			      uint16_t product)
{
	uint8_t *h = rom + at, sum = 0;

	put_le16(rom + 0x1a, PNP_AT);
	memset(h, 0, 32);
	memcpy(h, "$PnP", 4);
	h[4] = 1;
	h[5] = 2;
	put_le16(h + 6, next);
	put_le16(h + 0x10, product);
	put_le16(h + 0x16, bcv);
	put_le16(h + 0x1a, bev);
	for (uint32_t i = 0; i < 32; i++)
		sum = (uint8_t)(sum + h[i]);
	h[9] = (uint8_t)-sum;
	make_sum(rom, size);
}

/* A function with a ROM of SIZE bytes, at slot n of bus 0. Returns its bytes. */
static inline uint8_t *add_function(uint16_t class)
{
	struct pci_function *f = &functions[tree.count];

	assert_true(tree.count < FUNCTIONS);
	*f = (struct pci_function){ .id = ID, .bdf = (pci_bdf_t)(tree.count << 3), .class_revision = (uint32_t)class << 16 };
	f->bar[6] = (struct pci_bar){ .size = BAR_BYTES, .base = BAR, .reg = PCI_ROM, .rom = true };
	make_rom(bars[tree.count], SIZE, ID);
	command[tree.count] = 0x107;
	rom_bar[tree.count] = BAR;
	return bars[tree.count++];
}

static inline void rom_case_reset(enum chipset chipset)
{
	fake_log_reset();
	fake_files_reset();
	fake_ram_reset(RAM_BYTES);
	fake_alloc_reset();
	memset(fake_ram + 0xa0000, 0xee, 0x60000);	/* an earlier guest's */
	memset(bars, 0xff, sizeof(bars));
	memset(&rt16_vars, 0, sizeof(rt16_vars));
	memset(&machine, 0, sizeof(machine));
	for (uint32_t n = 0; n < 256; n++)
		set_vector((uint8_t)n, 0xf0008000 + n);
	bda()->base_kib = BASE_KIB;
	bda()->ebda_segment = EBDA_BASE >> 4;
	fake_ram[EBDA_BASE] = 1;
	bda()->kbd_start = bda()->kbd_head = bda()->kbd_tail = 0x1e;
	bda()->kbd_end = 0x3e;
	bda()->com[0] = 0x3f8;
	bda()->equipment = 0x0226;
	bda()->ticks = 1000;
	machine.chipset = chipset;
	machine.pci = &tree;
	tree.count = 0;
	add_function(0x0600);				/* the host bridge */
	shadow_keep_roms(CHIPSET_NONE, SHADOW_ROMS);	/* it may be open from the last test */
	forgotten = n_shadow = bar_writes = calls = looks = 0;
	frames = 0;
	looked_behind = NULL;
	decoding = -1;
	on_rom = NULL;
	on_call = NULL;
}

static inline void assert_bytes(uint32_t from, uint32_t end, uint8_t value)
{
	for (; from < end; from++)
		if (fake_ram[from] != value)
			fail_msg("%x: %02x, not %02x", from, fake_ram[from], value);
}

/* For a group's end: nothing is left allocated. */
static inline int rom_case_done(void **state)
{
	(void)state;
	fake_ram_reset(0);
	return 0;
}

#endif
