/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/forms/pvh.c: what a kernel entered by PVH is told [Xen docs/misc/pvh.pandoc, start_info.h].
 */
#include "forms.h"
#include "check/leave.h"

#define START_INFO_SIZE	56
#define ROW_SIZE	24
#define MODULE_SIZE	32

const char form_name[] = "pvh";
const uint32_t form_segments = 4;
static const uint8_t *info;

static uint32_t rows(void)
{
	return rd32(info + 48);
}

const char *form_cmdline(void)
{
	const uint8_t *row;

	info = PTR(entry.ebx);
	if (!check(rd32(info) == 0x336ec578 && rd32(info + 4) == 1, "EBX is the start info's address, of version 1 (%x)",
		   entry.ebx))
		return NULL;
	check(rows() > 0 && rows() <= 128, "it has a memory map (%d rows)", rows());
	row = PTR(rd64(info + 40));
	for (uint32_t i = 0; i < rows() && i < 128; i++, row += ROW_SIZE) {
		map_add(rd64(row), rd64(row + 8), rd32(row + 16));
		if (rd32(row + 20))
			check(0, "a row's last word is 0 (%x)", rd32(row + 20));
	}
	return rd64(info + 24) >> 32 ? NULL : PTR(rd64(info + 24));
}

void form_entry(void)
{
	uint32_t cr4 = 0;

	if (features())		/* without CPUID there is no CR4 */
		__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
	check(!cr4, "CR4 is 0 (%x)", cr4);
	check((entry.cr0 & ~0x10) == 1, "CR0 has PE alone (%x)", entry.cr0);
}

void form_info(void)
{
	const uint8_t *module = PTR(rd64(info + 16)), *rsdp = PTR(rd64(info + 32));
	uint32_t modules = rd32(info + 12);

	fact("info flags %x modules %d reserved %x", rd32(info + 8), modules, rd32(info + 52));
	rsdp_is_at(rd64(info + 32));
	fact("info rsdp %s", rd32(info + 32) ? "yes" : "no");
	check(!(entry.ebx & 7), "the start info is aligned (%x)", entry.ebx);
	check_place("the start info", entry.ebx, START_INFO_SIZE);
	check_place("the map", rd64(info + 40), (uint64_t)rows() * ROW_SIZE);
	check_place("the command line", rd64(info + 24), strlen(cmdline) + 1);
	check((modules != 0) == option("initrd") && modules <= 1, "there are as many modules as there must be (%d)",
	      modules);
	if (modules) {
		check_place("the list of modules", rd64(info + 16), MODULE_SIZE);
		check(!rd64(module + 16) && !rd64(module + 24), "the module has no command line (%llx, %llx)",
		      rd64(module + 16), rd64(module + 24));
		check_module(rd64(module), rd64(module + 8));
	}
	if (!option("noacpi"))
		check(rd32(info + 32) && !rd32(info + 36) && memcmp(rsdp, "RSD PTR ", 8) == 0 && sum8(rsdp, 20) == 0,
		      "the RSDP is where the start info says (%llx)", rd64(info + 32));
	else
		check(!rd64(info + 32), "there is no RSDP");
	if (rd32(info + 32))
		check(!memory_overlaps(rd32(info + 32), 36, E820_RAM), "the RSDP is not in free RAM");
}

void form_end(void)
{
}
