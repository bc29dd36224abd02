/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/multiboot.c: a kernel of the first Multiboot Specification. QEMU has made one image of it and its modules, and
 * the information structure, but for the memory: both are full of physical addresses, so they go where it says, or nowhere.
 * Spec: Multiboot Specification 0.6.96, 3.2 "Machine state", 3.3 "Boot information format".
 */
#include "arch/phys.h"
#include "boot/kernel/form.h"
#include "boot/program.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "std/multiboot.h"
#include "trace/log.h"
#include "trace/timeline.h"

#define MIB		0x100000u
#define INFO_MOST	256u		/* bytes; QEMU's has 88, the specification's 116 */

struct range {
	const char *what;
	uint32_t base, size;
};

static struct {
	union {
		struct multiboot_info info;
		uint8_t bytes[INFO_MOST];
	};
	struct range of_image, of_info, of_map;
	uint32_t rows;				/* of the memory map, that fit */
} job __attribute__((section(".scratch.form")));

static int read_info(void)
{
	struct range *of = &job.of_info;

	*of = (struct range){ "multiboot information", fw_cfg_le32(FW_CFG_INITRD_ADDR), fw_cfg_le32(FW_CFG_INITRD_SIZE) };
	if (of->size < sizeof(job.info) || of->size > sizeof(job.bytes)) {
		log("boot: kernel: multiboot information: %u bytes, %u to %u expected; not started", of->size,
		    (uint32_t)sizeof(job.info), (uint32_t)sizeof(job.bytes));
		return -EINVAL;
	}
	if (fw_cfg_read_key(FW_CFG_INITRD_DATA, job.bytes, of->size) == 0)
		return 0;
	log("boot: kernel: multiboot information: %u bytes could not be read; not started", of->size);
	return -EIO;
}

/* In front of a range, where that is behind at: how many bytes. */
static uint32_t room_before(uint32_t at, const struct range *of, uint32_t room)
{
	return of->base > at ? min_u32(room, of->base - at) : room;
}

/* The memory map goes where the information says, up to what comes next there. */
static void fit_map(void)
{
	const uint32_t row = sizeof(struct multiboot_mmap_entry), at = job.info.mmap_addr;
	uint32_t room = room_before(at, &job.of_info, room_before(at, &job.of_image, machine.e820.count * row));

	job.rows = room / row;
	job.of_map = (struct range){ "multiboot memory map", at, job.rows * row };
	if (job.rows < machine.e820.count)
		log("boot: memory map: %u rows, from 0x%x on is room for %u; the rest is not told", machine.e820.count, at,
		    job.rows);
}

static bool apart(const struct range *a, const struct range *b)
{
	bool is = a->base > b->base ? a->base - b->base >= b->size : b->base - a->base >= a->size;

	if (!is)
		log("boot: kernel: %s: 0x%x bytes at 0x%x, over the %s: 0x%x bytes at 0x%x; not started", a->what, a->size, a->base,
		    b->what, b->size, b->base);
	return is;
}

/* Each of these is in RAM that is free, and has it for itself. The rows that the map is made of go first where it is. */
static bool all_free(void)
{
	const struct range of_rows = { "memory map", (uint32_t)ptr_to_phys(machine.e820.entry),
				       machine.e820.count * sizeof(struct e820_entry) };
	const struct range *of[] = { &job.of_image, &job.of_info, &job.of_map };

	for (uint32_t i = 0; i < ARRAY_SIZE(of); i++)
		if (!kernel_form_is_free(of[i]->what, of[i]->base, of[i]->size))
			return false;
	return apart(of[0], of[1]) && apart(of[0], of[2]) && apart(of[1], of[2]) && apart(of[2], &of_rows);
}

/* KiB of RAM from that address on, which all of the machine's below 4 GiB are. */
static uint32_t ram_kib(uint32_t from)
{
	for (uint32_t i = 0; i < machine.e820.count; i++) {
		const struct e820_entry *row = &machine.e820.entry[i];

		if (row->type == E820_RAM && row->base <= from && row->base + row->length > from)
			return (uint32_t)((row->base + row->length - from) / 1024);
	}
	return 0;
}

static void put_map(void)
{
	struct multiboot_mmap_entry *to = phys_to_ptr(job.of_map.base);

	for (uint32_t i = 0; i < job.rows; i++) {
		const struct e820_entry *row = &machine.e820.entry[i];

		to[i] = (struct multiboot_mmap_entry){ sizeof(*to) - sizeof(to->size), row->base, row->length, row->type };
	}
	job.info.flags |= MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_MMAP;
	if (!job.rows)
		job.info.flags &= ~MULTIBOOT_INFO_MMAP;
	job.info.mem_lower = ram_kib(0);
	job.info.mem_upper = ram_kib(MIB);
	job.info.mmap_length = job.of_map.size;
}

int multiboot_boot(const struct kernel_form *form)
{
	int rc = read_info();

	if (rc != 0)
		return rc;
	job.of_image = (struct range){ "multiboot image with its modules", form->base, form->size };
	fit_map();
	if (!kernel_form_has_entry(form) || !all_free())
		return -EINVAL;
	program_started = true;
	put_map();
	memcpy(phys_to_ptr(job.of_info.base), job.bytes, job.of_info.size);
	if (fw_cfg_read_key(FW_CFG_KERNEL_DATA, phys_to_ptr(form->base), form->size) != 0) {
		log("boot: kernel: 0x%x bytes could not be read to 0x%x; not started", form->size, form->base);
		return -EIO;
	}
	timeline_stamp(PHASE_LAUNCH);
	log("boot: kernel: multiboot, %u bytes at 0x%x, entry 0x%x, modules: %u", form->size, form->base, form->entry,
	    job.info.mods_count);
	kernel_form_enter(form, MULTIBOOT_LOADER_MAGIC, job.of_info.base);
}
