/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/plan.c: see plan.h.
 */
#include "boot/plan.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "trace/log.h"
#include "lib/string.h"
#include "trace/timeline.h"

/*
 * How QEMU names the option ROMs it adds for -kernel. The first line of bootorder is one of them or
 * it is not, so no more of the file is read than the longest of these lines.
 */
#define ROM(name) { "/rom@genroms/" name, sizeof("/rom@genroms/" name) - 1 }
static const struct {
	char line[40];
	uint32_t len;
} kernel_rom[] = {
	ROM("linuxboot_dma.bin"), ROM("linuxboot.bin"), ROM("pvh.bin"), ROM("multiboot_dma.bin"),
	ROM("multiboot.bin"),
};
#define FIRST_LINE_MAX 40

static bool first_line_is(const char *text, uint32_t len, const char *line, uint32_t line_len)
{
	return len >= line_len && memcmp(text, line, line_len) == 0 &&
	       (len == line_len || !text[line_len] || text[line_len] == '\n');
}

bool plan_kernel_is_first(const char *text, uint32_t len)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(kernel_rom); i++)
		if (first_line_is(text, len, kernel_rom[i].line, kernel_rom[i].len))
			return true;
	return first_line_is(text, len, "", 0) || first_line_is(text, len, "HALT", 4);
}

static bool kernel_is_first(void)
{
	struct fw_cfg_item item;
	char line[FIRST_LINE_MAX];
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
	timeline.plan = TIMELINE_PLAN_MADE | (plan->kernel ? TIMELINE_PLAN_KERNEL : 0) |
			(plan->kernel_first ? TIMELINE_PLAN_FIRST : 0) |
			(plan->menu ? TIMELINE_PLAN_MENU : 0);
}
