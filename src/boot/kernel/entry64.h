/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/entry64.h: a Linux kernel's 64-bit entry, where a user asks for it: docs/fast-boot.md says why it is not the usual one.
 * Spec: Linux Documentation/arch/x86/boot.rst, "64-bit Boot Protocol".
 */
#ifndef BOOT_KERNEL_ENTRY64_H
#define BOOT_KERNEL_ENTRY64_H

#include <stdint.h>
#include "boot/kernel/bzimage.h"

/*
 * The kernel is in its place, and all else in kernel_want has its own. Where the kernel has that entry and the processor pages of
 * 1 GiB, an identity map of all RAM is made of them, and *entry is what goes there, entered as the 32-bit entry is; otherwise a
 * line says what lacks, and *entry stays. Returns 0; -ENOMEM, after a line: no room for the map.
 */
int entry64_prepare(const struct bzimage *kernel, uint32_t *entry) __attribute__((cold));

#endif
