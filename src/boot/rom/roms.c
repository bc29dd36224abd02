/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/roms.c: see roms.h.
 */
#include "boot/rom/roms.h"
#include <stddef.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "boot/intact/fseg.h"
#include "boot/plan.h"
#include "boot/request/request.h"
#include "boot/rom/display.h"
#include "boot/rom/guard.h"
#include "boot/rom/policy.h"
#include "boot/rom/rom_header.h"
#include "boot/rom/room.h"
#include "boot/rom/run.h"
#include "boot/rom/seal.h"
#include "boot/rom/watch.h"
#include "hw/block/probe.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/disk.h"
#include "services/guest.h"
#include "services/pmm.h"
#include "services/services.h"
#include "trace/log.h"

#define FOLDER		"genroms/"
#define CLASS_NETWORK	0x02
#define CLASS_DISPLAY	0x03
#define ROMS_MAX	512u	/* the rest is not looked at */
#define VECTOR_DISK	0x13

static struct {
	struct rom *of;
	uint32_t count;
} roms;

struct rom *roms_nth(uint32_t n)
{
	return n < roms.count ? &roms.of[n] : NULL;
}

static bool is_genrom(const char *name)
{
	return memcmp(name, FOLDER, sizeof(FOLDER) - 1) == 0;
}

static bool is_kernels(const char *name)
{
	char line[PLAN_LINE] = "/rom@";
	size_t len = strlen(name);

	if (len >= sizeof(line) - 5)
		return false;
	memcpy(line + 5, name, len);
	return plan_is_kernel(line, (uint32_t)len + 5);
}

static bool has_rom(const struct pci_function *f, struct rom_source *source)
{
	if (f->bridge || f->lost || f->class_revision >> 24 == CLASS_DISPLAY || block_has_driver(f))
		return false;
	return rom_source_of_function(f, source, rom_policy.of_functions);
}

/* With a list to fill, or to count. */
static uint32_t find(struct rom *list, bool native)
{
	struct fw_cfg_item item;
	struct rom_source source;
	const char *name;
	uint32_t n = 0;

	for (uint32_t i = 0; machine.pci && i < machine.pci->count && n < ROMS_MAX; i++) {
		const struct pci_function *f = &machine.pci->function[i];

		if (!has_rom(f, &source))
			continue;
		if (list) {
			source.module = "rom";
			source.name = rom_source_name(f->bdf);
			list[n] = (struct rom){ .source = source, .network = f->class_revision >> 24 == CLASS_NETWORK };
		}
		n++;
	}
	for (uint32_t i = 0; fw_cfg_nth(i, &name, &item) == 0 && n < ROMS_MAX; i++) {
		bool kernel;

		if (!is_genrom(name) || !item.size)
			continue;
		kernel = is_kernels(name);
		if (kernel && native)
			continue;	/* for a kernel that is started natively, or was refused for good */
		if (kernel && kernel_requests) {
			if (!list)	/* once */
				request_forbids("QEMU's option ROM");
			continue;
		}
		if (list)
			list[n] = (struct rom){ .source = { .module = "rom", .name = log_text(name), .file = item }, .kernel = kernel };
		n++;
	}
	return n;
}

void roms_find(bool native)
{
	uint32_t count = rom_policy.none ? 0 : find(NULL, native);

	roms.count = 0;
	if (!count)
		return;
	roms.of = alloc_raw(ZONE_HIGH, count * sizeof(*roms.of), 8, "option ROMs");
	if (!roms.of || !rom_guard_reserve())
		return;
	roms.count = find(roms.of, native);
}

static void add(const struct rom *rom, uint16_t entries[ROM_ENTRIES], uint8_t *count, uint16_t entry)
{
	if (!entry)
		return;
	if (*count == ROM_ENTRIES)
		log("rom: %s: more than %u entries; the one at %x is not looked at", rom->source.name, ROM_ENTRIES, entry);
	else
		entries[(*count)++] = entry;
}

/* Of the BEV that comes next, or of a ROM that has named nothing so far. */
static void name(struct rom *rom, bool boots, const char *product)
{
	uint32_t n = boots ? rom->bevs : 0;

	if (n < ROM_ENTRIES && (boots || !rom->product[n]))
		rom->product[n] = log_text(product);
}

/* What it registers, from where it lies now. */
static void read_headers(struct rom *rom, const struct rom_image *image)
{
	enum rom_headers_result result;
	struct option_rom_fault fault;
	struct rom_headers headers;
	struct rom_header header;

	if (!image->size)
		return;
	rom_headers_begin(&headers, image->at, image->size);
	while ((result = rom_headers_next(&headers, &header, &fault)) == ROM_HEADERS_ONE) {
		if (header.product[0])
			name(rom, header.bev, header.product);
		add(rom, rom->bev, &rom->bevs, header.bev);
		add(rom, rom->bcv, &rom->bcvs, header.bev ? 0 : header.bcv);
	}
	if (result == ROM_HEADERS_BAD)
		log("rom: %s: Plug and Play header: %s: 0x%x expected, 0x%x found; not looked at further", rom->source.name,
		    fault.what, fault.expected, fault.found);
}

/*
 * The disks that it has counted since first was the next number. Whoever counts some has them in INT 13h, or another ROM
 * before it has.
 */
static uint8_t added(const struct rom *rom, uint8_t first)
{
	struct bda *bda = guest_bda();
	uint8_t count = (uint8_t)(DRIVE_DISK + bda->disks - first);

	if (count && guest_linear_of(guest_vector(VECTOR_DISK)) >= FSEG_BASE) {
		log("rom: %s: it counts %u disks, and INT 13h is the firmware's; not counted", rom->source.name, count);
		bda->disks = (uint8_t)(first - DRIVE_DISK);
		return 0;
	}
	if (count)
		disk_foreign();
	return count;
}

bool roms_run(struct rom *rom)
{
	struct rom_image image;

	if (rom->state != ROM_WAITING)
		return rom->state == ROM_READY;
	rom->state = ROM_LEFT_OUT;
	rom->first = (uint8_t)(DRIVE_DISK + guest_bda()->disks);
	if (!rom_run_init(&rom->source, &image))
		return false;
	rom->disks = added(rom, rom->first);
	rom->segment = (uint16_t)(ptr_to_phys(image.at) >> 4);
	read_headers(rom, &image);
	rom_run_keep(&image, true);
	log("rom: %s: option ROM, 0x%x bytes of 0x%x at %x, %u boot entries, %u disk entries%s%s", rom->source.name, image.size,
	    image.len, (uint32_t)rom->segment << 4, rom->bevs, rom->bcvs + rom->disks,
	    rom->product[0] ? ": " : "", rom->product[0] ? rom->product[0] : "");
	rom->state = ROM_READY;
	return true;
}

void roms_begin(void)
{
	rom_policy_init();
	rom_room_init();
	rom_seal_init();
	rom_watch_init(rom_policy.seconds);
	pmm_open();
}

void roms_end(void)
{
	rom_watch_forget();
	display_ready();
	pmm_close();
	rom_room_close();
}

uint8_t roms_connect(struct rom *rom, uint8_t entry)
{
	uint8_t first = (uint8_t)(DRIVE_DISK + guest_bda()->disks);

	rom_run_bcv(&rom->source, rom->segment, rom->bcv[entry]);
	return added(rom, first);
}

const char *roms_boot(struct rom *rom, uint8_t entry)
{
	log("boot: %s: %s", rom->source.name, rom->product[entry] ? rom->product[entry] : "option ROM");
	rom_run_bev(&rom->source, rom->segment, rom->bev[entry]);
	return "it came back";
}

bool roms_run_late(struct rom *rom)
{
	if (rom->state == ROM_WAITING) {
		fseg_open();
		rom_room_open();
		pmm_open();
		if (roms_run(rom))
			for (uint8_t i = 0; i < rom->bcvs; i++)
				rom->disks = (uint8_t)(rom->disks + roms_connect(rom, i));
		roms_end();
		pmm_boot();
		services_seal();
		shadow_lock(machine.chipset);
		fseg_close();
	}
	return rom->state == ROM_READY;
}

void roms_resume(void)
{
	if (rom_room_end() <= SHADOW_ROMS)
		return;
	rom_room_open();
	display_resume();
	rom_room_close();
}
