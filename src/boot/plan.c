/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/plan.c: see plan.h.
 */
#include "boot/plan.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/log.h"
#include "lib/string.h"
#include "post/alloc.h"

#define BOOTORDER_MAX 0x10000	/* bytes */

/* How QEMU names the option ROMs it adds for -kernel. */
static const char *const kernel_rom[] = {
	"linuxboot_dma.bin", "linuxboot.bin", "pvh.bin", "multiboot_dma.bin", "multiboot.bin",
};
static const char rom_prefix[] = "/rom@genroms/";

bool plan_kernel_is_first(const char *text, uint32_t len)
{
	const uint32_t prefix = sizeof(rom_prefix) - 1;
	uint32_t n = 0;

	while (n < len && text[n] && text[n] != '\n')
		n++;
	if (n == 0 || (n == 4 && memcmp(text, "HALT", 4) == 0))
		return true;
	if (n <= prefix || memcmp(text, rom_prefix, prefix) != 0)
		return false;
	for (uint32_t i = 0; i < ARRAY_SIZE(kernel_rom); i++)
		if (n - prefix == strlen(kernel_rom[i]) &&
		    memcmp(text + prefix, kernel_rom[i], n - prefix) == 0)
			return true;
	return false;
}

static bool kernel_is_first(void)
{
	struct alloc_mark mark = alloc_mark(ZONE_TEMP);
	struct fw_cfg_item item;
	bool first = true;
	char *text;

	if (fw_cfg_file(FW_CFG_BOOTORDER, &item) != 0 || item.size == 0)
		return true;
	if (item.size > BOOTORDER_MAX) {
		log("plan: bootorder: %u bytes, at most %u are read; order not known", item.size,
		    BOOTORDER_MAX);
		return true;
	}
	text = alloc_raw(ZONE_TEMP, item.size, 4, "bootorder");
	if (text && fw_cfg_read(&item, 0, text, item.size) == 0)
		first = plan_kernel_is_first(text, item.size);
	alloc_release(ZONE_TEMP, mark);
	return first;
}

void plan_make(struct boot_plan *plan)
{
	plan->kernel_size = fw_cfg_le32(FW_CFG_KERNEL_SIZE);
	plan->kernel = plan->kernel_size != 0;
	plan->kernel_first = plan->kernel && kernel_is_first();
	plan->menu = fw_cfg_le16(FW_CFG_BOOT_MENU) != 0;
}
