/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/forms/multiboot.c: what a multiboot kernel is told [Multiboot Specification 0.6.96, 3.2 and 3.3], and
 * the services of the BIOS, which such kernels go back to real mode for.
 */
#include "forms.h"

#define FLAG_MEMORY	(1 << 0)
#define FLAG_CMDLINE	(1 << 2)
#define FLAG_MODS	(1 << 3)
#define FLAG_MMAP	(1 << 6)
#define FLAG_LOADER	(1 << 9)
#define INFO_SIZE	88		/* QEMU's */
#define MAP_ROW		24

const char form_name[] = "multiboot";
const uint32_t form_segments = 6;
static const uint8_t *info;

static int has(uint32_t flag)
{
	return (rd32(info) & flag) != 0;
}

const char *form_cmdline(void)
{
	const uint8_t *row, *stop;

	info = PTR(entry.ebx);
	if (!check(found.eax == 0x2badb002, "EAX is the loader's magic number (%x)", found.eax) ||
	    !check(has(FLAG_MMAP), "there is a memory map (flags %x)", rd32(info)))
		return NULL;
	row = PTR(rd32(info + 48));
	for (stop = row + rd32(info + 44); row < stop && row + 24 <= stop; row += rd32(row) + 4) {
		map_add(rd64(row + 4), rd64(row + 12), rd32(row + 20));
		if (rd32(row) != MAP_ROW - 4)
			check(0, "a row of the map has 20 bytes behind its size (%d)", rd32(row));
	}
	check(row == stop, "the rows fill the map");
	return has(FLAG_CMDLINE) ? PTR(rd32(info + 16)) : NULL;
}

void form_entry(void)
{
	fact("registers EBX %x", entry.ebx);
}

static void check_text(const char *what, uint32_t at)
{
	if (check(at != 0 && memory_is(at, 1, E820_RAM), "%s is in RAM (%x)", what, at))
		fact("text %s: %s", what, (const char *)PTR(at));
}

static void check_modules(void)
{
	const uint8_t *module = PTR(rd32(info + 24));
	uint32_t count = has(FLAG_MODS) ? rd32(info + 20) : 0;

	check((count != 0) == option("initrd"), "there are modules where there must be (%d)", count);
	fact("modules %d", count);
	if (!count || !check(count <= 8, "the modules are 8 at most"))
		return;
	check_place("the list of modules", rd32(info + 24), 16 * count);
	for (; count; count--, module += 16) {
		check_module(rd32(module), (uint64_t)rd32(module + 4) - rd32(module));
		check_text("a module's text", rd32(module + 8));
		check(!rd32(module + 12), "a module's last word is 0");
	}
}

void form_info(void)
{
	uint32_t low = rd32(info + 4), high = rd32(info + 8);

	fact("info flags %x boot device %x", rd32(info), rd32(info + 12));
	fact("info mem_lower %d", low);
	fact("info mem_upper %d", high);
	check_place("the information", entry.ebx, INFO_SIZE);
	check_place("the map", rd32(info + 48), rd32(info + 44));
	check_place("the command line", rd32(info + 16), strlen(cmdline) + 1);
	check(has(FLAG_MEMORY) && low >= 512 && low <= 640 && memory_is(0, low << 10, E820_RAM),
	      "mem_lower is RAM from 0 on (%d KiB)", low);
	check(memory_is(0x100000, (uint64_t)high << 10, E820_RAM) &&
	      !memory_is(0x100000 + ((uint64_t)high << 10), 0x1000, E820_RAM),
	      "mem_upper is all RAM from 1 MiB on (%d KiB)", high);
	rsdp_is_at(acpi_find_rsdp());		/* it has to look for it itself */
	check_modules();
	if (has(FLAG_LOADER))
		check_text("the loader's name", rd32(info + 64));
}

/* Real mode, as the BIOS left it: its vectors, data and code are there, and it tells the same as the information. */
void form_end(void)
{
	const uint8_t *row = PTR(TRIP + TRIP_ROWS);
	uint32_t n = 0, differ = 0;

	if (!option("services"))
		return;
	trip();
	check(rd16(PTR(TRIP + TRIP_AX12)) == rd32(info + 4), "INT 12h answers mem_lower (%d)",
	      rd16(PTR(TRIP + TRIP_AX12)));
	for (; row + 20 <= (uint8_t *)PTR(TRIP + TRIP_END) && rd64(row + 8); row += 20, n++)
		differ += n >= e820_count || rd64(row) != e820[n].start || rd64(row + 8) != e820[n].size ||
			  rd32(row + 16) != e820[n].type;
	check(rd16(PTR(TRIP + TRIP_AX12 + 2)) == 1 && n == e820_count && !differ,
	      "INT 15h, AX=E820h tells the same map (%d rows, %d differ)", n, differ);
}
