/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/ramfb.h: QEMU's ramfb: a display without registers, which shows the memory that a file of fw_cfg names.
 * Spec: QEMU hw/display/ramfb.c (struct RAMFBCfg).
 */
#ifndef FW_RAMFB_H
#define FW_RAMFB_H

#include <stdbool.h>
#include <stdint.h>

/* Is there one? item: its file, or one of size 0. */
struct fw_cfg_item;
bool ramfb_find(struct fw_cfg_item *item);

/*
 * Show width x height pixels of 32 bits, the lowest blue, at a physical address in RAM; one that ramfb_find() has found.
 * Returns 0, or as fw_cfg_write(): it needs DMA.
 */
int ramfb_show(const struct fw_cfg_item *item, uint64_t at, uint32_t width, uint32_t height);

#endif
