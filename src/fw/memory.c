/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/memory.c: see memory.h.
 */
#include "fw/memory.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "hw/chipset/chipset.h"
#include "hw/cmos.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "mem/e820.h"
#include "machine/machine.h"

#define MIB		0x100000ull
#define GIB4		0x100000000ull
#define ENTRIES_MAX	1024u	/* of etc/e820: QEMU's own has about 40 with every NUMA node */
#define ROWS_SPARE	64u	/* what this file and alloc_reserve() add */
#define OLD_TABLE_MAX	16u	/* entries of item 0x8003, fixed in QEMU */

#define VGA_START	0xa0000u
#define BIOS_START	0xe0000u
#define BIOS_END	0x100000u
#define EBDA_KIB	1u
#define BDA_EBDA_SEGMENT 0x40e		/* le16 */
#define BDA_BASE_KIB	0x413		/* le16: conventional memory in KiB */

/* Room for a map made of n entries: each may split one that is there, which adds two rows. */
static int new_map(uint32_t n)
{
	struct e820_map *map = &machine.e820;

	map->count = 0;
	map->max = 2 * n + ROWS_SPARE;
	map->entry = alloc_raw(ZONE_TEMP, map->max * sizeof(*map->entry), 4, "memory map");
	return map->entry ? 0 : -ENOMEM;
}

/*
 * What the platform may say anything about. The rest below 4 GiB is fixed, whatever the machine
 * claims: the EBDA, the VGA window and option ROMs (microvm has RAM there), the BIOS, the image.
 */
static const struct window {
	uint64_t start, end;
} conventional = { 0, EBDA_BASE }, low = { MIB, ROM32_BASE }, high = { GIB4, UINT64_MAX };

static void set(uint64_t base, uint64_t length, uint32_t type)
{
	if (e820_set(&machine.e820, base, length, type))
		log("memory: map: full at %u rows; %llx-%llx keeps its type instead of %u",
		    machine.e820.max, (unsigned long long)base,
		    (unsigned long long)(base + length), type);
}

/* A length that would pass 2^64 ends there. */
static void set_inside(const struct window *w, uint64_t base, uint64_t length, uint32_t type)
{
	uint64_t end = base + length < base ? UINT64_MAX : base + length;
	uint64_t from = max_u64(base, w->start), to = min_u64(end, w->end);

	if (from < to)
		set(from, to - from, type);
}

static void add_ram(const struct e820_entry *from, uint32_t n, const struct window *w)
{
	for (uint32_t i = 0; i < n; i++)
		if (from[i].type == E820_RAM)
			set_inside(w, from[i].base, from[i].length, E820_RAM);
}

/* RAM, and what is fixed between it, in rising order: the list grows at its end only. */
static void make_map(const struct e820_entry *from, uint32_t n)
{
	add_ram(from, n, &conventional);
	set(EBDA_BASE, VGA_START - EBDA_BASE, E820_RESERVED);
	set(BIOS_START, BIOS_END - BIOS_START, E820_RESERVED);
	add_ram(from, n, &low);
	if (machine.chipset == CHIPSET_Q35)
		set(Q35_MMCONFIG_BASE, Q35_MMCONFIG_SIZE, E820_RESERVED);
	set(ROM32_BASE, GIB4 - ROM32_BASE, E820_RESERVED);
	add_ram(from, n, &high);
}

/* All but RAM, after it: where they overlap, the reservation wins. */
static void add_reservations(const struct e820_entry *from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t type = from[i].type;

		if (type == E820_RAM)
			continue;
		if (type < E820_RAM || type > E820_UNUSABLE) {
			log("memory: etc/e820: entry %u has type %u, known are 1 to 5; reserved", i,
			    type);
			type = E820_RESERVED;
		}
		set_inside(&conventional, from[i].base, from[i].length, type);
		set_inside(&low, from[i].base, from[i].length, type);
		set_inside(&high, from[i].base, from[i].length, type);
	}
}

/* RAM that passes 2^64 is no RAM at all. Returns how much of the list is RAM. */
static uint32_t check_ram(struct e820_entry *from, uint32_t n)
{
	uint32_t good = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (from[i].type != E820_RAM)
			continue;
		if (from[i].base + from[i].length < from[i].base) {
			log("memory: etc/e820: RAM at %llx with length %llx passes 2^64; left out",
			    (unsigned long long)from[i].base, (unsigned long long)from[i].length);
			from[i].length = 0;
		}
		good += from[i].length != 0;
	}
	return good;
}

/* Returns 0; -ENOENT, use another source; -ENOMEM. */
static int from_file(void)
{
	struct e820_entry *raw;
	struct fw_cfg_item item;
	struct alloc_mark mark;
	uint32_t n;
	int rc;

	if (fw_cfg_file(FW_CFG_E820, &item))
		return -ENOENT;
	n = item.size / sizeof(*raw);
	if (!n || item.size % sizeof(*raw)) {
		log("memory: etc/e820: size %u is not a multiple of %u; using CMOS memory size",
		    item.size, (uint32_t)sizeof(*raw));
		return -ENOENT;
	}
	if (n > ENTRIES_MAX) {
		log("memory: etc/e820: %u entries, at most %u are taken; using CMOS memory size", n,
		    ENTRIES_MAX);
		return -ENOENT;
	}
	rc = new_map(n);
	if (rc)
		return rc;
	mark = alloc_mark(ZONE_TEMP);
	raw = alloc_raw(ZONE_TEMP, item.size, 4, "etc/e820");
	if (!raw)
		return -ENOMEM;
	rc = fw_cfg_read(&item, 0, raw, item.size);
	if (rc) {
		log("memory: etc/e820: read failed (%d); using CMOS memory size", rc);
		rc = -ENOENT;
	} else if (!check_ram(raw, n)) {
		log("memory: etc/e820: none of %u entries is RAM; using CMOS memory size", n);
		rc = -ENOENT;
	} else {
		make_map(raw, n);
		add_reservations(raw, n);
	}
	alloc_release(ZONE_TEMP, mark);
	return rc;
}

/* Item 0x8003 of QEMU up to 7.1: what is reserved, among it KVM's pages below 4 GiB. */
static void old_reservations(void)
{
	struct {
		uint32_t count;
		struct e820_entry entry[OLD_TABLE_MAX];
	} __attribute__((packed)) table;

	/* an item that is not there reads as zeros */
	if (fw_cfg_read_key(FW_CFG_E820_TABLE, &table, sizeof(table)))
		return;
	if (table.count > OLD_TABLE_MAX) {
		log("memory: fw_cfg item 0x8003: %u entries, at most %u fit; not used", table.count,
		    OLD_TABLE_MAX);
		return;
	}
	add_reservations(table.entry, table.count);
}

/* The registers QEMU fills for firmware that knows no fw_cfg. Returns 0, -ENOMEM or -ENODEV. */
static int from_cmos(void)
{
	uint32_t base_kib = cmos_read16(CMOS_BASE_KIB);
	uint32_t units = cmos_read16(CMOS_EXTENDED_64KIB);
	uint32_t high_units = cmos_read16(CMOS_HIGH_64KIB) |
			      (uint32_t)cmos_read(CMOS_HIGH_64KIB + 2) << 16;
	uint64_t end = units ? 16 * MIB + ((uint64_t)units << 16) :
			       MIB + ((uint64_t)cmos_read16(CMOS_EXTENDED_KIB) << 10);
	int rc;

	if (base_kib == 0xffff && units == 0xffff) {
		log("memory: size: neither etc/e820 nor an RTC that could tell");
		return -ENODEV;
	}
	rc = new_map(OLD_TABLE_MAX);
	if (rc)
		return rc;
	if (base_kib < 64 || base_kib > 640) {
		log("memory: CMOS: %u KiB conventional memory, expected at most 640; taken as 640",
		    base_kib);
		base_kib = 640;
	}
	if (end > ROM32_BASE) {
		log("memory: CMOS: RAM up to %llx, below 4 GiB %x is the limit; cut there",
		    (unsigned long long)end, (uint32_t)ROM32_BASE);
		end = ROM32_BASE;
	}
	make_map((struct e820_entry[]){ { 0, (uint64_t)base_kib << 10, E820_RAM },
					{ MIB, end - MIB, E820_RAM },
					{ GIB4, (uint64_t)high_units << 16, E820_RAM } }, 3);
	old_reservations();
	return 0;
}

static uint64_t end_of_high_ram(const struct e820_map *map)
{
	for (uint32_t i = map->count; i-- > 0;) {
		uint64_t end = map->entry[i].base + map->entry[i].length;

		if (end <= GIB4)
			break;
		if (map->entry[i].type == E820_RAM)
			return end;
	}
	return GIB4;
}

static void write_bda(void)
{
	uint8_t *ebda = phys_to_ptr(EBDA_BASE);

	if (machine.start != START_COLD)	/* an OS looks for tables here: no old ones */
		memset(ebda, 0, EBDA_KIB * 1024);
	*ebda = EBDA_KIB;
	put_le16(phys_to_ptr(BDA_EBDA_SEGMENT), EBDA_BASE >> 4);
	put_le16(phys_to_ptr(BDA_BASE_KIB), alloc_low_bottom() / 1024);
}

int memory_init(void)
{
	struct e820_map *map = &machine.e820;
	int rc = from_file();

	if (rc == -ENOENT)
		rc = from_cmos();
	if (rc)
		return rc;
	machine.low_ram_end = (uint32_t)e820_ram_end(map, MIB, ROM32_BASE);
	machine.high_ram_end = end_of_high_ram(map);
	if (!machine.low_ram_end)
		log("memory: no RAM at 1 MiB: no tables at the top of RAM");
	log("memory: RAM below 4 GiB ends at %x, above at %llx; %u rows", machine.low_ram_end,
	    (unsigned long long)machine.high_ram_end, map->count);
	alloc_open_high(machine.low_ram_end);
	write_bda();
	return 0;
}

int memory_finish(void)
{
	uint32_t low_kib = alloc_low_bottom() / 1024;
	uint8_t *base_kib = phys_to_ptr(BDA_BASE_KIB);
	int rc = alloc_reserve(&machine.e820);

	if (rc)
		log("memory: map: full at %u rows; the firmware's tables are not all in it",
		    machine.e820.max);
	if (get_le16(base_kib) != low_kib) {
		log("memory: BDA: %u KiB conventional memory, %u are free; corrected",
		    get_le16(base_kib), low_kib);
		put_le16(base_kib, low_kib);
	}
	if (!e820_is(&machine.e820, 0, (uint64_t)low_kib << 10, E820_RAM))
		log("memory: map: not all of the %u KiB conventional memory is RAM", low_kib);
	return rc;
}
