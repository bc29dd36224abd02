/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/linux.h: start the Linux kernel given with -kernel.
 */
#ifndef BOOT_KERNEL_LINUX_H
#define BOOT_KERNEL_LINUX_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Load the bzImage, its command line and initrd to where they run, one transfer each, and enter
 * it at its 32-bit entry. kernel_size: fw_cfg item KERNEL_SIZE, bytes. machine.e820 must be
 * final: what is RAM in it is written over, ZONE_TEMP included.
 *
 * Does not return when the kernel starts. Otherwise a negative errno, after a line that says
 * why, and program_started (boot/program.h) is set if memory that POST has used is lost from then on: -EOPNOTSUPP, it needs
 * the 16-bit entry, which QEMU's option ROM for Linux kernels has; -ENODEV, not for this processor; -EINVAL,
 * a header that contradicts itself, or none; -ENOMEM, something does not fit; -EIO.
 */
int linux_boot(uint32_t kernel_size);

#endif
