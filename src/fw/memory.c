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
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "mem/e820.h"
#include "trace/log.h"
#include "std/bda.h"

#define MIB		0x100000ull
#define GIB4		0x100000000ull
#define ENTRIES_MAX	1024u	/* of etc/e820: QEMU's own has about 40 with every NUMA node */
#define OLD_TABLE_MAX	16u	/* entries of item 0x8003, fixed in QEMU */

#define VGA_START	0xa0000u
#define BIOS_START	0xe0000u
#define BIOS_END	0x100000u
#define EBDA_KIB	1u

/*
 * Fixed below 4 GiB, whatever the machine claims: the EBDA and the BIOS, between them the VGA window
 * and option ROMs (microvm has RAM there), the image.
 */
static const struct e820_layer fixed[] = {
	{ EBDA_BASE, BIOS_END, E820_RESERVED },
	{ VGA_START, BIOS_START, E820_NONE },
	{ ROM32_BASE, GIB4, E820_RESERVED },
	{ Q35_MMCONFIG_BASE, Q35_MMCONFIG_BASE + Q35_MMCONFIG_SIZE, E820_RESERVED },	/* last: q35 only */
};

/* What the map is made of: the machine's list, what is fixed, at the end the firmware's tables. */
static struct e820_layers layers;

/*
 * Room for n layers of the machine, all that come later, and the map. Returns 0 or -ENOMEM. The firmware's layers come
 * again each time that the map is made: for a picture of ramfb's, and for media behind a kernel that was refused.
 */
#define TIMES_MADE	3u

static int make_room(uint32_t n)
{
	uint32_t most = n + ARRAY_SIZE(fixed) + TIMES_MADE * ALLOC_LAYERS;
	struct e820_entry *room = alloc_raw(ZONE_TEMP, 3 * most * sizeof(*room), 4, "memory map");

	machine.e820.entry = room;
	layers.layer = (struct e820_layer *)(room + 2 * most);
	layers.count = n;
	return room ? 0 : -ENOMEM;
}

/* A row that no layer can be made of, or an empty one. A reservation ends where the addresses do. */
static void mend(struct e820_layer *l, uint64_t length)
{
	uint32_t n = (uint32_t)(l - layers.layer);

	if (l->type == E820_NONE) {
		log("memory: row %u: %llx with length %llx has type 0, which is none; reserved", n,
		    (unsigned long long)l->base, (unsigned long long)length);
		l->type = E820_RESERVED;
	}
	if (l->type == E820_RAM) {
		if (length)
			log("memory: row %u: RAM at %llx with length %llx passes 2^64; left out", n,
			    (unsigned long long)l->base, (unsigned long long)length);
		l->end = l->base;
		l->type = E820_NONE;
	} else if (l->end < l->base) {
		l->end = E820_END;
	}
}

/*
 * Make layers of the rows: their second field is the length until now. Mend what must be, find the end of all
 * RAM. Types are the OS's business: it takes those that it does not know for reserved (ACPI 6.5, table
 * 15.4). Is any of it RAM?
 */
static bool check_rows(void)
{
	struct e820_layer *l = layers.layer, *stop = l + layers.count;
	bool ram = false;

	machine.high_ram_end = GIB4;
	do {
		uint64_t length = l->end;

		l->end += l->base;
		if (l->end <= l->base)
			mend(l, length);
		if (l->type == E820_RAM) {
			ram = true;
			if (l->end > machine.high_ram_end)
				machine.high_ram_end = l->end;
		} else if (l->type == E820_NONE && l->end != l->base) {
			mend(l, length);
		}
	} while (++l < stop);
	return ram;
}

static int bad_size(uint32_t size, uint32_t n)
{
	if (size % sizeof(struct e820_entry) || !n)
		log("memory: etc/e820: size %u is not a multiple of %u; using CMOS memory size", size,
		    (uint32_t)sizeof(struct e820_entry));
	else
		log("memory: etc/e820: %u entries, at most %u are taken; using CMOS memory size", n,
		    ENTRIES_MAX);
	return -ENOENT;
}

/* Returns 0; -ENOENT, use another source; -ENOMEM. */
static int from_file(void)
{
	struct fw_cfg_item item;
	uint32_t n;
	int rc;

	if (fw_cfg_file(FW_CFG_E820, &item))
		return -ENOENT;
	n = item.size / sizeof(struct e820_entry);
	if ((n - 1 >= ENTRIES_MAX) | (n * sizeof(struct e820_entry) ^ item.size))
		return bad_size(item.size, n);
	rc = make_room(n);
	if (rc)
		return rc;
	rc = fw_cfg_read_key(item.key, layers.layer, item.size);
	if (rc) {
		log("memory: etc/e820: read failed (%d); using CMOS memory size", rc);
		return -ENOENT;
	}
	return 0;
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
	for (uint32_t i = 0; i < table.count; i++)
		if (table.entry[i].type != E820_RAM)
			memcpy(&layers.layer[layers.count++], &table.entry[i], sizeof(table.entry[i]));
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
	rc = make_room(3 + OLD_TABLE_MAX);
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
	/* rows with lengths, as check_rows() wants them */
	layers.layer[0] = (struct e820_layer){ 0, (uint64_t)base_kib << 10, E820_RAM };
	layers.layer[1] = (struct e820_layer){ MIB, end - MIB, E820_RAM };
	layers.layer[2] = (struct e820_layer){ GIB4, (uint64_t)high_units << 16, E820_RAM };
	layers.count = 3;
	old_reservations();
	return 0;
}

/* The end of the RAM that begins at 1 MiB, 0: there is none. The image below 4 GiB is no RAM. */
static uint32_t end_of_low_ram(void)
{
	const struct e820_layer *owner;
	uint64_t end = MIB;
	uint32_t at;

	do {
		at = (uint32_t)end;
		owner = e820_owner(&layers, at, &end);
	} while (owner->type == E820_RAM);
	if (at > MIB)
		return at;
	log("memory: no RAM at 1 MiB: no tables at the top of RAM");
	return 0;
}

static void write_bda(void)
{
	uint8_t *ebda = phys_to_ptr(EBDA_BASE);

	*ebda = EBDA_KIB;
	put_le16(phys_to_ptr(BDA_EBDA_SEGMENT), EBDA_BASE >> 4);
	put_le16(phys_to_ptr(BDA_BASE_KIB), alloc_low_bottom() / 1024);
}

int memory_init(void)
{
	int rc = from_file();

	for (uint32_t tried = 0; tried < 2; tried++) {
		if (rc == -ENOENT)
			rc = from_cmos();	/* there is RAM in these */
		if (rc)
			return rc;
		if (check_rows())
			break;
		log("memory: etc/e820: none of %u entries is RAM; using CMOS memory size", layers.count);
		rc = -ENOENT;
	}
	memcpy(layers.layer + layers.count, fixed, sizeof(fixed));
	layers.count += ARRAY_SIZE(fixed) - (machine.chipset != CHIPSET_Q35);
	machine.low_ram_end = end_of_low_ram();
	alloc_open_high(machine.low_ram_end);
	write_bda();
	return 0;
}

static void tell_low(uint32_t told_kib, uint32_t low_kib, const struct e820_entry *first)
{
	if (told_kib != low_kib) {
		log("memory: BDA: %u KiB conventional memory, %u are free; corrected", told_kib, low_kib);
		put_le16(phys_to_ptr(BDA_BASE_KIB), low_kib);
	}
	if (((uint32_t)first->length >> 10 != low_kib) | (first->type != E820_RAM))
		log("memory: map: not all of the %u KiB conventional memory is RAM", low_kib);
}

void memory_finish(void)
{
	uint32_t low_kib = alloc_low_bottom() / 1024, told_kib = get_le16(phys_to_ptr(BDA_BASE_KIB));
	const struct e820_entry *first = machine.e820.entry;

	layers.count += alloc_layers(layers.layer + layers.count);
	e820_build(&machine.e820, &layers);
	log("memory: RAM below 4 GiB ends at %x, above at %llx; %u rows", machine.low_ram_end,
	    (unsigned long long)machine.high_ram_end, machine.e820.count);
	/* the first row ends where something else begins: at the EBDA at the latest */
	if ((told_kib ^ low_kib) | ((uint32_t)first->length >> 10 ^ low_kib) | (first->type ^ E820_RAM))
		tell_low(told_kib, low_kib, first);
}
