/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/plan.h: the boot plan: what will be booted, made from fw_cfg alone before any device
 * is brought up, so that POST does only what that needs.
 */
#ifndef BOOT_PLAN_H
#define BOOT_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include "trace/timeline.h"

struct boot_plan {
	uint32_t kernel_size;	/* bytes of -kernel beyond its setup part, 0: none was given */
	uint32_t what;		/* bits TIMELINE_PLAN_...: MADE, and which of the others hold */
};

/*
 * Pure part: does the first line of a bootorder file name one of QEMU's kernel-loading ROMs, or
 * is there no line? order is its beginning, with a NUL where it ends before. HALT is not a device.
 */
#define PLAN_LINE 32	/* bytes */
bool plan_kernel_is_first(const char order[PLAN_LINE]);

/* Is a line of bootorder, len bytes without its end, the option ROM that QEMU has load the kernel? */
bool plan_is_kernel(const char *line, uint32_t len);

/* Read what the plan depends on. The directory must have been read. */
void plan_make(struct boot_plan *plan);

#endif
