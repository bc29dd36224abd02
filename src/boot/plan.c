/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/plan.c: see plan.h.
 */
#include "boot/plan.h"
#include <stddef.h>
#include "boot/kernel/entry.h"
#include "boot/kernel/form.h"
#include "boot/request/request.h"
#include "boot/watchdog.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "trace/log.h"

/*
 * How QEMU names the option ROMs it adds for -kernel, and the lines that name no device. The first
 * line of bootorder is one of them or it is not, so no more of the file is read than tells that.
 */
#define LINE(text) { text, sizeof(text) - 1 }
#define ROM(name) LINE("/rom@genroms/" name)
static const struct {
	char text[PLAN_LINE - 1];
	uint8_t len;
} first_line[] = {
	ROM("linuxboot_dma.bin"), ROM("linuxboot.bin"), ROM("pvh.bin"), ROM("multiboot_dma.bin"),
	ROM("multiboot.bin"), LINE(""), LINE("HALT"),
};
#define LINUX_ROM_DMA 0
#define LINUX_ROM 1
#define ROMS 5

/* Is the first line that one? */
static inline bool begins(const char order[PLAN_LINE], uint32_t n)
{
	uint32_t len = first_line[n].len;
	int end = order[len];

	return memcmp(order, first_line[n].text, len) == 0 && end * (end - '\n') == 0;	/* NUL or that */
}

bool plan_kernel_is_first(const char order[PLAN_LINE])
{
	for (uint32_t i = 0; i < ARRAY_SIZE(first_line); i++)
		if (begins(order, i))
			return true;
	return false;
}

bool plan_is_kernel(const char *line, uint32_t len)
{
	for (uint32_t i = 0; i < ROMS; i++)
		if (first_line[i].len == len && memcmp(line, first_line[i].text, len) == 0)
			return true;
	return false;
}

#define BY_ROM	(TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_ROM)

#ifdef CONFIG_NATIVE_LAUNCH
#define BEHIND	TIMELINE_PLAN_KERNEL
#define FIRST	(TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST)

/*
 * The kernel is not one that QEMU's option ROM for Linux kernels with DMA has, or there is no order to tell: what is it? One
 * that calls services is like a device.
 */
static uint32_t __attribute__((cold, noinline)) kernel_by_other(const char *order)
{
	uint32_t form;

	if (order && begins(order, LINUX_ROM))
		return FIRST;
	form = kernel_form_find(fw_cfg_le32(FW_CFG_KERNEL_SIZE));
	if (form & TIMELINE_PLAN_MULTIBOOT || (order && !plan_kernel_is_first(order)))
		return form | BEHIND;
	return form | FIRST;
}

static uint32_t kernel_by(const struct fw_cfg_item *bootorder)
{
	static char order[PLAN_LINE + 1];	/* a device writes here: not on the stack */

	/* A short text ends with a NUL, and what a host gives behind it does not matter. */
	if (fw_cfg_read_key(bootorder->key, order, PLAN_LINE) != 0) {
		log("plan: bootorder: not readable; the kernel is taken as first");
		return kernel_by_other(NULL);
	}
	return begins(order, LINUX_ROM_DMA) ? FIRST : kernel_by_other(order);
}

/* The host has something to say to us, which may be how the kernel is to be loaded, or it has no order. */
static uint32_t __attribute__((cold, noinline)) kernel_otherwise(uint32_t size)
{
	struct fw_cfg_item item;
	uint32_t what = 0, entry;

	boot_watchdog_begin();
	if (!size)
		return 0;
	request_find();
	if (fw_cfg_is_off(FW_CFG_NATIVE))
		return BY_ROM;
	if (fw_cfg_find("opt/org.slipway/screen", &item) == 0)
		what = TIMELINE_PLAN_SCREEN;
	what |= fw_cfg_file(FW_CFG_BOOTORDER, &item) == 0 ? kernel_by(&item) : kernel_by_other(NULL);
	entry = kernel_entry_wanted();
	if (entry == 64)
		kernel_requests |= REQUEST_ENTRY_64;
	if (entry == 16 && !(what & (TIMELINE_PLAN_PVH | TIMELINE_PLAN_MULTIBOOT)))
		what = (what & ~(uint32_t)TIMELINE_PLAN_FIRST) | TIMELINE_PLAN_SETUP;
	return what;
}

static void add_kernel(struct boot_plan *plan)
{
	static const char ours[] = "opt/org.slipway/";
	struct fw_cfg_item any, bootorder;

	/* One branch for all: nearly every start has no switch (an error, negative) and an order (0). */
	if ((fw_cfg_find_n(ours, sizeof(ours) - 2, &any) & ~fw_cfg_file(FW_CFG_BOOTORDER, &bootorder)) >= 0)
		plan->what |= kernel_otherwise(plan->kernel_size);
	else if (plan->kernel_size)
		plan->what |= kernel_by(&bootorder);
}
#else
static void add_kernel(struct boot_plan *plan)
{
	boot_watchdog_begin();
	if (!plan->kernel_size)
		return;
	request_find();		/* which that ROM does not see to, so it must not start the kernel */
	plan->what |= BY_ROM;
}
#endif

void plan_make(struct boot_plan *plan)
{
	plan->kernel_size = fw_cfg_le32(FW_CFG_KERNEL_SIZE);
	plan->what = TIMELINE_PLAN_MADE | TIMELINE_PLAN_MENU * (fw_cfg_le16(FW_CFG_BOOT_MENU) != 0);
	add_kernel(plan);
	timeline.plan = plan->what;
}
