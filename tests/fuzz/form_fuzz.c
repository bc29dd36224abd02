/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/form_fuzz.c: whatever a host says of a PVH or multiboot kernel, of its modules and of the memory map, all that the
 * kernel is told is in RAM, apart from everything else, and true; or it is refused with a line, and page 0 is as it was.
 * Input: le32 entry, base, size, size of the setup part (0: multiboot) and of the command line, address and size of the initrd;
 * a byte for what POST had used, a byte for the number of rows, the rows as in etc/e820, and multiboot's information.
 * LINK: src/trace/timeline.c src/boot/kernel/form.c src/boot/kernel/pvh.c src/boot/kernel/multiboot.c src/boot/kernel/place.c
 * LINK: tests/fake/request.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/io.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include "boot/kernel/form.h"
#include "boot/kernel/place.h"
#include "fw/fw_cfg.h"
#include "kernel_fuzz.h"
#include "lib/errno.h"
#include "std/hvm_start_info.h"
#include "std/multiboot.h"
#include "trace/timeline.h"

#define PAGE	4096u
#define FIXED	30u

struct place_request kernel_want;

static struct { uint32_t entry, base, size, setup_size, cmdline_size, initrd_addr, initrd_size; } says;
static const uint8_t *info;
static uint32_t info_left, used;

uint32_t fw_cfg_le32(uint16_t key)
{
	switch (key) {
	case FW_CFG_KERNEL_ENTRY: return says.entry;
	case FW_CFG_KERNEL_ADDR: return says.base;
	case FW_CFG_SETUP_SIZE: return says.setup_size;
	case FW_CFG_CMDLINE_SIZE: return says.cmdline_size;
	case FW_CFG_INITRD_ADDR: return says.initrd_addr;
	case FW_CFG_INITRD_SIZE: return says.initrd_size;
	}
	abort();
}

/* What is allocated from now on, as the map's rows, is kept off. */
uint32_t alloc_keep_off(uint32_t base, uint32_t size)
{
	must(base == says.base && size == says.size);
	return base < MAP_AT + machine.e820.count * 20 && base + (uint64_t)size > MAP_AT ? MAP_AT : used;
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	if (len == 0)
		return 0;
	if (key == FW_CFG_INITRD_DATA && !says.setup_size) {	/* the information, which is checked before it has a place */
		memset(buf, 0, len);
		memcpy(buf, info, len < info_left ? len : info_left);
		return 0;
	}
	rows_may_go = !says.setup_size;		/* the information has them by now */
	must(!rows_may_go || (key == FW_CFG_KERNEL_DATA && ptr_to_phys(buf) == says.base));
	if (rows_may_go)
		give_fixed(says.base, len);
	else
		give(ptr_to_phys(buf), len);
	memset(buf, 'x', len);
	return 0;
}

static void check_pvh(void)
{
	const struct hvm_start_info *start = (void *)(fake_ram + fake_launch.ebx);
	const struct hvm_modlist_entry *module = (void *)(fake_ram + start->modlist_paddr);

	give(fake_launch.ebx, sizeof(*start));
	give_fixed(says.base, says.size);
	must(fake_launch.eax == 0 && start->magic == HVM_START_MAGIC && start->version == HVM_START_VERSION && !start->flags);
	must(start->nr_modules == (says.initrd_size != 0));
	if (says.initrd_size) {
		give(start->modlist_paddr, sizeof(*module));
		must(module->size == says.initrd_size && module->paddr % PAGE == 0 && fake_ram[module->paddr] == 'x');
	}
	must(strlen((char *)fake_ram + start->cmdline_paddr) == says.cmdline_size);
	must(start->memmap_entries == machine.e820.count);
	give(start->memmap_paddr, start->memmap_entries * sizeof(struct hvm_memmap_table_entry));
	for (uint32_t i = 0; i < start->memmap_entries; i++) {
		const struct hvm_memmap_table_entry *row = (void *)(fake_ram + start->memmap_paddr + i * sizeof(*row));

		must(row->addr == machine.e820.entry[i].base && row->size == machine.e820.entry[i].length);
		must(row->type == machine.e820.entry[i].type);
	}
}

/* The rows of our own map may lie under the image by now. */
static void check_multiboot(const struct e820_entry *rows)
{
	struct multiboot_info told;

	must(fake_launch.eax == MULTIBOOT_LOADER_MAGIC && fake_launch.ebx == says.initrd_addr);
	memcpy(&told, fake_ram + fake_launch.ebx, sizeof(told));
	must((told.flags & 0x41) == (told.mmap_length ? 0x41 : 0x01) && told.mmap_length % 24 == 0 && told.mmap_length / 24 <= machine.e820.count);
	for (uint32_t i = 0; i < told.mmap_length / 24; i++) {
		const struct multiboot_mmap_entry *row = (void *)(fake_ram + told.mmap_addr + i * 24);

		must(row->size == 20 && row->base == rows[i].base && row->length == rows[i].length && row->type == rows[i].type);
	}
	memcpy(machine.e820.entry, rows, machine.e820.count * 20);
	give_fixed(fake_launch.ebx, says.initrd_size);
	if (told.mmap_length)
		give_fixed(told.mmap_addr, told.mmap_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct e820_entry rows[512];
	uint32_t form;

	if (size < FIXED || size > 0x80000)
		return 0;
	memcpy(&says, data, sizeof(says));
	says.entry += !says.entry;
	says.size += !says.size;
	used = data[28] & 1 ? says.base : 0;
	info = set_map(data[29], data + FIXED, size - FIXED, &info_left);
	if (!info)
		return 0;
	must(machine.e820.count <= sizeof(rows) / sizeof(*rows));
	memcpy(rows, machine.e820.entry, machine.e820.count * 20);
	memset(fake_ram, 0x5a, PAGE);
	program_started = false;

	form = kernel_form_find(says.size);
	must(form == (says.setup_size ? TIMELINE_PLAN_PVH : TIMELINE_PLAN_MULTIBOOT));
	if (setjmp(fake_launch.back) == 0) {
		int rc = kernel_form_boot(form, data[28] & 2);

		must((rc == -EINVAL || rc == -ENOMEM) && !program_started && !n_given);
		must(fake_log_lines() >= 1);
	} else {
		must(fake_launch.entry == says.entry && says.entry - says.base < says.size);
		if (says.setup_size)
			check_pvh();
		else
			check_multiboot(rows);
	}
	for (uint32_t i = 0; i < PAGE; i++)
		must(fake_ram[i] == 0x5a);
	return 0;
}
