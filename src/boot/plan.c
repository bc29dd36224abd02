/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/plan.c: see plan.h.
 */
#include "boot/plan.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "trace/log.h"
#include "trace/timeline.h"

/*
 * How QEMU names the option ROMs it adds for -kernel, and the lines that name no device. The first
 * line of bootorder is one of them or it is not, so no more of the file is read than the longest has.
 */
#define ROM(name) "/rom@genroms/" name
static const char first_line[][32] = {
	ROM("linuxboot_dma.bin"), ROM("linuxboot.bin"), ROM("pvh.bin"), ROM("multiboot_dma.bin"),
	ROM("multiboot.bin"), "", "HALT",
};

bool plan_kernel_is_first(const char *text, uint32_t len)
{
	char line[sizeof(first_line[0])] = "";

	len = min_u32(len, sizeof(line));
	for (uint32_t i = 0; i < len && (uint8_t)text[i] > '\n'; i++)
		line[i] = text[i];
	for (uint32_t i = 0; i < ARRAY_SIZE(first_line); i++)
		if (memcmp(line, first_line[i], sizeof(line)) == 0)
			return true;
	return false;
}

static bool kernel_is_first(void)
{
	struct fw_cfg_item item;
	char line[sizeof(first_line[0])];
	uint32_t len;

	if (fw_cfg_file(FW_CFG_BOOTORDER, &item) != 0)
		return true;
	len = min_u32(item.size, sizeof(line));
	if (fw_cfg_read(&item, 0, line, len) != 0) {
		log("plan: bootorder: not readable; the kernel is taken as first");
		return true;
	}
	return plan_kernel_is_first(line, len);
}

void plan_make(struct boot_plan *plan)
{
	plan->kernel_size = fw_cfg_le32(FW_CFG_KERNEL_SIZE);
	plan->kernel = plan->kernel_size != 0;
	plan->kernel_first = plan->kernel && kernel_is_first();
	plan->menu = fw_cfg_le16(FW_CFG_BOOT_MENU) != 0;
	timeline.plan = TIMELINE_PLAN_MADE | plan->kernel * TIMELINE_PLAN_KERNEL |
			plan->kernel_first * TIMELINE_PLAN_FIRST | plan->menu * TIMELINE_PLAN_MENU;
}
