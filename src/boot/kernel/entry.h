/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/entry.h: which of a Linux kernel's entries a user wants to be taken.
 */
#ifndef BOOT_KERNEL_ENTRY_H
#define BOOT_KERNEL_ENTRY_H

#include <stdint.h>

/* opt/org.slipway/entry: 16, 32, 64; 0: no such file, or, after a line, one that says something else. */
uint32_t kernel_entry_wanted(void) __attribute__((cold));

#endif
