/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/plan.c: see plan.h.
 */
#include "boot/plan.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/log.h"
#include "lib/string.h"

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

bool plan_kernel_is_first(const char *text, uint32_t len)
{
	uint32_t n = 0;

	while (n < len && text[n] && text[n] != '\n')
		n++;
	for (uint32_t i = 0; i < ARRAY_SIZE(kernel_rom); i++)
		if (n == kernel_rom[i].len && memcmp(text, kernel_rom[i].line, n) == 0)
			return true;
	return n == 0 || (n == 4 && memcmp(text, "HALT", 4) == 0);
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
}
