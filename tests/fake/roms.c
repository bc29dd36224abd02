/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/roms.c: see roms.h.
 */
#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "fake/roms.h"
#include "services/disk.h"
#include "services/guest.h"

struct fake_roms fake_roms;
struct rom_policy rom_policy;

static char said[1000];

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	size_t at = strlen(said);
	va_list args;

	va_start(args, format);
	vsnprintf(said + at, sizeof(said) - at, format, args);
	va_end(args);
}

const char *fake_roms_said(void)
{
	static char copy[sizeof(said)];

	strcpy(copy, said);
	said[0] = '\0';
	return copy;
}

void fake_roms_reset(void)
{
	memset(&fake_roms, 0, sizeof(fake_roms));
	memset(&rom_policy, 0, sizeof(rom_policy));
	said[0] = '\0';
}

static struct fake_rom *add(const char *name)
{
	struct fake_rom *f = &fake_roms.of[fake_roms.count++];

	assert(fake_roms.count <= FAKE_ROMS);
	f->rom.source.module = "rom";
	f->rom.source.name = name;
	return f;
}

struct fake_rom *fake_roms_card(uint8_t slot, bool network)
{
	static char names[FAKE_ROMS][8];
	struct fake_rom *f;

	snprintf(names[fake_roms.count], sizeof(names[0]), "00:%02x.0", slot);
	f = add(names[fake_roms.count]);
	f->rom.source.id = 0x12345678;
	f->rom.source.bdf = (uint16_t)(slot << 3);
	f->rom.network = network;
	return f;
}

struct fake_rom *fake_roms_file(const char *name)
{
	return add(name);
}

static struct fake_rom *of(struct rom *rom)
{
	struct fake_rom *f = (struct fake_rom *)rom;	/* its first member */

	assert(f >= fake_roms.of && f < fake_roms.of + fake_roms.count);
	return f;
}

static bool run(struct rom *rom)
{
	struct fake_rom *f = of(rom);

	if (rom->state != ROM_WAITING)
		return rom->state == ROM_READY;
	rom->state = f->fails ? ROM_LEFT_OUT : ROM_READY;
	if (f->fails)
		return false;
	rom->bevs = f->bevs;
	rom->bcvs = f->bcvs;
	rom->product[0] = f->product;
	rom->first = (uint8_t)(0x80 + guest_bda()->disks);
	return true;
}

static uint8_t add_disks(struct rom *rom)
{
	guest_bda()->disks = (uint8_t)(guest_bda()->disks + of(rom)->disks);
	if (of(rom)->disks)
		disk_foreign();
	return of(rom)->disks;
}

void roms_find(bool native)
{
	fake_roms.native = native;
}

struct rom *roms_nth(uint32_t n)
{
	return n < fake_roms.count ? &fake_roms.of[n].rom : NULL;
}

void roms_begin(void)
{
	assert(!fake_roms.open);
	fake_roms.open = true;
}

void roms_end(void)
{
	assert(fake_roms.open);
	fake_roms.open = false;
}

bool roms_run(struct rom *rom)
{
	assert(fake_roms.open);
	say("run:%s ", rom->source.name);
	return run(rom);
}

bool roms_run_late(struct rom *rom)
{
	assert(!fake_roms.open);
	say("late:%s ", rom->source.name);
	if (!run(rom))
		return false;
	for (uint8_t i = 0; i < rom->bcvs; i++)
		rom->disks = (uint8_t)(rom->disks + add_disks(rom));
	return true;
}

uint8_t roms_connect(struct rom *rom, uint8_t entry)
{
	assert(fake_roms.open && rom->state == ROM_READY && entry < rom->bcvs);
	say("connect:%s/%u ", rom->source.name, entry);
	return add_disks(rom);
}

const char *roms_boot(struct rom *rom, uint8_t entry)
{
	assert(!fake_roms.open && rom->state == ROM_READY && entry < rom->bevs);
	say("boot:%s/%u ", rom->source.name, entry);
	if (fake_roms.on_boot)
		fake_roms.on_boot(rom);
	return "it came back";
}
