/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/source.c: see source.h.
 * Spec: PCI Firmware 3.0, 5.1; PCI 3.0, 6.2.5.2 (expansion ROM base address register).
 */
#include "boot/rom/source.h"
#include <stddef.h>
#include "arch/phys.h"
#include "arch/vga_rom.h"
#include "boot/rom/option_rom.h"
#include "boot/rom/own_vga.h"
#include "boot/rom/room.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "lib/string.h"
#include "trace/log.h"

#define ROM_ENABLE	1u	/* of the BAR */
#define FILE_BYTES	17u	/* pciVVVV,DDDD.rom and its NUL */

const char *rom_source_name(pci_bdf_t bdf)
{
	const uint32_t words[] = { PCI_BUS(bdf), PCI_DEV(bdf), PCI_FN(bdf) };
	char name[] = "BB:DD.F";

	format_words(name, sizeof(name), "%02x:%02x.%x", words, ARRAY_SIZE(words), NULL);
	return log_text(name);
}

/* Hardly any host has such files: a look at how names begin is cheaper than to make each function's. */
static bool any_file(void)
{
	struct fw_cfg_item item;
	const char *name;

	for (uint32_t n = 0; fw_cfg_nth(n, &name, &item) == 0; n++)
		if (memcmp(name, "pci", 3) == 0)
			return true;
	return false;
}

static bool file_of(uint32_t id, struct fw_cfg_item *item)
{
	const uint32_t words[] = { id & 0xffff, id >> 16 };
	char name[FILE_BYTES];

	if (!any_file())
		return false;
	format_words(name, sizeof(name), "pci%04x,%04x.rom", words, ARRAY_SIZE(words), NULL);
	return fw_cfg_find(name, item) == 0 && item->size;
}

bool rom_source_of_function(const struct pci_function *f, struct rom_source *source, bool own)
{
	const struct pci_bar *bar = &f->bar[PCI_BARS - 1];

	*source = (struct rom_source){ .id = f->id, .bdf = f->bdf };
	if (!file_of(f->id, &source->file)) {
		if (!own || !bar->size || !bar->base || bar->base >> 32)
			return false;
		source->reg = bar->reg;
		source->base = (uint32_t)bar->base;
		source->size = (uint32_t)min_u64(bar->size, UINT32_MAX - source->base);
	}
	return true;
}

void rom_source_refuse(const struct rom_source *s, const struct option_rom_fault *fault)
{
	log("%s: %s: option ROM: %s: 0x%x expected, 0x%x found; not run", s->module, s->name, fault->what, fault->expected,
	    fault->found);
}

static uint8_t *take(const struct rom_source *s, uint32_t size)
{
	uint8_t *rom = rom_room_take(size);

	if (!rom)
		rom_source_refuse(s, &(struct option_rom_fault){ "bytes, at most", rom_room_left(), size });
	return rom;
}

/* A file may be longer than what runs of it, and the room is not. */
static uint8_t *read_file(const struct rom_source *s, uint32_t *len)
{
	uint8_t *rom;

	*len = min_u32(s->file.size, rom_room_left());
	rom = take(s, *len);
	if (rom && fw_cfg_read(&s->file, 0, rom, *len) != 0) {
		log("%s: %s: 0x%x bytes could not be read; not run", s->module, s->name, *len);
		rom_room_keep(0, *len);
		return NULL;
	}
	return rom;
}

/* The status half of the register does not change by zeros. */
static void write_command(const struct rom_source *s, uint32_t command)
{
	pci_write32(s->bdf, PCI_COMMAND, command & 0xffff);
}

/*
 * It decodes while its BAR says so, and the function memory at all: one with nothing but I/O ports (ne2k_pci) does
 * not, and a program that ran before may have switched it off. Its bytes are then plain memory. Returns the command
 * register as it was.
 */
static uint32_t decode_begin(const struct rom_source *s)
{
	uint32_t command = pci_read32(s->bdf, PCI_COMMAND);

	pci_write32(s->bdf, s->reg, s->base | ROM_ENABLE);
	if (!(command & PCI_COMMAND_MEMORY))
		write_command(s, command | PCI_COMMAND_MEMORY);
	return command;
}

static void decode_end(const struct rom_source *s, uint32_t command)
{
	if (!(command & PCI_COMMAND_MEMORY))
		write_command(s, command);
	pci_write32(s->bdf, s->reg, s->base);
}

static uint8_t *read_function(const struct rom_source *s, uint32_t *len)
{
	const uint8_t *bytes = phys_to_ptr(s->base);
	uint32_t command = decode_begin(s);
	struct option_rom_image image = { 0, 0 };
	struct option_rom_fault fault;
	uint8_t *rom = NULL;

	if (option_rom_find(bytes, s->size, s->id, &image, &fault)) {
		rom = take(s, image.size);
		if (rom)
			memcpy(rom, bytes + image.offset, image.size);
	} else {
		rom_source_refuse(s, &fault);
	}
	decode_end(s, command);
	*len = image.size;
	return rom;
}

bool rom_source_is_foreign(const struct rom_source *s)
{
	const uint8_t *bytes = phys_to_ptr(s->base);
	struct option_rom_image image;
	struct option_rom_fault fault;
	uint32_t command;
	bool foreign;

	if (s->file.size)
		return true;
	command = decode_begin(s);
	foreign = option_rom_find(bytes, s->size, s->id, &image, &fault) &&
		  memcmp(bytes + image.offset + VGA_ROM_INFO, VGA_ROM_MAGIC, 4) != 0 &&
		  !option_rom_says(bytes + image.offset, image.size, "SeaBIOS VBE");
	decode_end(s, command);
	return foreign;
}

static uint8_t *copy_own(const struct rom_source *s, uint32_t *len)
{
	uint8_t *rom = take(s, own_vga_size());

	if (rom)
		own_vga_copy(rom, s->kind, s->id, s->text_on);
	*len = own_vga_size();
	return rom;
}

uint8_t *rom_source_read(const struct rom_source *source, uint32_t *len)
{
	if (source->own)
		return copy_own(source, len);
	return source->file.size ? read_file(source, len) : read_function(source, len);
}
