/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/form.c: see form.h.
 */
#include "boot/kernel/form.h"
#include <stddef.h>
#include "arch/launch.h"
#include "boot/request/request.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "hw/pic.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/e820.h"
#include "trace/log.h"
#include "trace/report.h"
#include "trace/timeline.h"

#define PAGE_0_END 0x1000u	/* vectors and BIOS data: what is booted next, and an NMI, needs them */

static struct kernel_form found __attribute__((section(".scratch.form")));

uint32_t kernel_form_find(uint32_t size)
{
	found.entry = fw_cfg_le32(FW_CFG_KERNEL_ENTRY);
	if (!found.entry)
		return 0;
	found.base = fw_cfg_le32(FW_CFG_KERNEL_ADDR);
	found.size = size;
	found.used = 0;
	if (!fw_cfg_le32(FW_CFG_SETUP_SIZE))
		return TIMELINE_PLAN_MULTIBOOT;
	found.used = alloc_keep_off(found.base, size);
	return TIMELINE_PLAN_PVH;
}

int kernel_form_boot(uint32_t what, bool first)
{
	if (request_forbids("the launch of PVH and multiboot kernels"))
		return -EINVAL;
	return what & TIMELINE_PLAN_PVH ? pvh_boot(&found, first) : multiboot_boot(&found);
}

/* Who has that address: a row of the map that is not RAM, or nobody. */
static const struct e820_entry *row_at(uint64_t address)
{
	for (uint32_t i = 0; i < machine.e820.count; i++) {
		const struct e820_entry *row = &machine.e820.entry[i];

		if (address >= row->base && address - row->base < row->length)
			return row;
	}
	return NULL;
}

bool kernel_form_is_free(const char *what, uint32_t base, uint32_t size)
{
	uint64_t end = (uint64_t)base + size, at = base;
	const struct e820_entry *row;

	if (base < PAGE_0_END) {
		log("boot: kernel: %s: 0x%x to 0x%llx, where interrupt vectors and BIOS data are up to 0x%x; not started", what,
		    base, (unsigned long long)end, PAGE_0_END);
		return false;
	}
	while (at < end) {
		row = row_at(at);
		if (!row || row->type != E820_RAM) {
			log("boot: kernel: %s: 0x%x to 0x%llx, but 0x%llx is not RAM (%s, type %u); not started", what, base,
			    (unsigned long long)end, (unsigned long long)at, row ? "in use" : "nothing", row ? row->type : 0);
			return false;
		}
		at = row->base + row->length;
	}
	return true;
}

bool kernel_form_has_entry(const struct kernel_form *form)
{
	if (form->entry - form->base < form->size)
		return true;
	log("boot: kernel: its entry is 0x%x, outside of 0x%x to 0x%llx; not started", form->entry, form->base,
	    form->base + (unsigned long long)form->size);
	return false;
}

/* The interrupt controllers as at the entry of a Linux kernel (linux.c). */
void kernel_form_enter(const struct kernel_form *form, uint32_t eax, uint32_t ebx)
{
	if (machine.chipset == CHIPSET_NONE)
		pic_mask_all();
	report_if_read(timer_tsc_khz);
	timeline_stamp_otherwise(PHASE_KERNEL);
#ifdef CONFIG_FPDT
	fpdt_finish_form();
#endif
	launch_flat32(form->entry, ebx, eax);
}
