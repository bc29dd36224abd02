/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/launch.h: leave the firmware for a kernel.
 */
#ifndef ARCH_LAUNCH_H
#define ARCH_LAUNCH_H

#include <stdint.h>

/*
 * Enter a Linux kernel at its 32-bit entry with the registers the boot protocol names. Both are
 * physical addresses.
 * Spec: Linux Documentation/arch/x86/boot.rst, "32-bit Boot Protocol".
 */
void __attribute__((noreturn)) launch_linux32(uint32_t entry, uint32_t boot_params);

#endif
