/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/map.c: the memory map, as boot_params has it (at most 128 entries) and its
 * setup_data chain continues it (SETUP_E820_EXT) [Linux arch/x86/zero-page.rst, boot.rst].
 */
#include "guest.h"

struct e820_entry e820[E820_MAX];
uint32_t e820_count;

#define SETUP_E820_EXT 1

static void add(const uint8_t *p, uint32_t n)
{
	for (; n && e820_count < E820_MAX; n--, p += sizeof(e820[0]))
		memcpy(&e820[e820_count++], p, sizeof(e820[0]));
}

/* The chain is walked in full by check_params(); here only what belongs to the map is taken. */
static void add_extension(void)
{
	uint64_t node = rd64(params + 0x250);

	for (int i = 0; i < 16 && node && !(node >> 32); i++) {
		const uint8_t *p = PTR(node);

		if (rd32(p + 8) == SETUP_E820_EXT)
			add(p + 16, rd32(p + 12) / sizeof(e820[0]));
		node = rd64(p);
	}
}

static uint64_t covered(uint64_t start, uint64_t size, uint32_t type)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < e820_count; i++) {
		uint64_t from = e820[i].start, to = from + e820[i].size;

		if (type && e820[i].type != type)
			continue;
		if (from < start)
			from = start;
		if (to > start + size)
			to = start + size;
		if (from < to)
			sum += to - from;
	}
	return sum;
}

int memory_is(uint64_t start, uint64_t size, uint32_t type)
{
	return covered(start, size, type) == size;
}

int memory_overlaps(uint64_t start, uint64_t size, uint32_t type)
{
	return covered(start, size, type) != 0;
}

int readable(uint64_t start, uint64_t size)
{
	uint64_t end = start + size;

	if (!start || end < start || end > 0x100000000)
		return 0;
	return end <= 0x100000 || covered(start, size, 0) == size;
}

static void check_order(void)
{
	uint32_t unsorted = 0, overlap = 0, empty = 0, types = 0;

	for (uint32_t i = 0; i < e820_count; i++) {
		uint64_t end = e820[i].start + e820[i].size;

		empty += end <= e820[i].start;
		types += e820[i].type < 1 || e820[i].type > 7;
		if (i) {
			unsorted += e820[i].start < e820[i - 1].start;
			overlap += e820[i].start < e820[i - 1].start + e820[i - 1].size;
		}
	}
	check(!unsorted, "e820 is sorted by address");
	check(!overlap, "e820 entries do not overlap");
	check(!empty, "e820 has no entry that is empty or wraps");
	check(!types, "e820 types are those of ACPI");
}

void check_memory_map(void)
{
	uint64_t ram = 0, high = 0;
	uint32_t wanted = option_number("ram", 0);

	add(params + 0x2d0, params[0x1e8] <= 128 ? params[0x1e8] : 128);
	add_extension();
	for (uint32_t i = 0; i < e820_count; i++) {
		print("# e820 %012llx %012llx %d\n", e820[i].start, e820[i].size, e820[i].type);
		if (e820[i].type != E820_RAM)
			continue;
		ram += e820[i].size;
		if (e820[i].start >> 32)
			high += e820[i].size;
	}
	check(params[0x1e8] > 0 && params[0x1e8] <= 128, "e820 has 1 to 128 entries in boot_params (%d)",
	      params[0x1e8]);
	check_order();
	check(e820_count && e820[0].start == 0 && e820[0].type == E820_RAM,
	      "e820 begins with RAM at 0");
	check(memory_is(0, 0x9fc00, E820_RAM), "0 to 639 KiB is RAM");
	check(!memory_overlaps(0x9fc00, 0x400, E820_RAM), "the EBDA at 639 KiB is not RAM");
	check(!memory_overlaps(0xf0000, 0x10000, E820_RAM), "the BIOS segment is not RAM");
	if (!entered_by_setup())
		check(!memory_overlaps(0xe0000, 0x10000, E820_RAM), "0xe0000 to 0xeffff is not RAM");
	check(memory_is(0x100000, 0x100000, E820_RAM), "the second MiB is RAM");
	check(!memory_overlaps(0xfec00000, 0x1000, E820_RAM) && !memory_overlaps(0xfee00000, 0x1000, E820_RAM),
	      "IOAPIC and local APIC are not RAM");
	check(!memory_overlaps(0xfffc0000, 0x40000, E820_RAM), "the ROM below 4 GiB is not RAM");
	fact("ram-above-4g-mib %d", (uint32_t)(high >> 20));
	fact("ram-mib %d", (uint32_t)((ram + 0xfffff) >> 20));
	if (wanted)
		check((ram >> 20) >= wanted - 2 && (ram >> 20) <= wanted,
		      "RAM comes to %d MiB, less at most 2 (%d)", wanted, (uint32_t)(ram >> 20));
}
