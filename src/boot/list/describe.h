/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/describe.h: devices in words for people who choose among them: what it is, how large, and where it is
 * attached.
 */
#ifndef BOOT_LIST_DESCRIBE_H
#define BOOT_LIST_DESCRIBE_H

#include <stdint.h>

struct block;

/*
 * "QEMU HARDDISK, 8 GiB, IDE channel 0 drive 1", "QEMU DVD-ROM, CD, PCI 00:1f.2 port 2", "floppy drive A", to buf,
 * with a NUL; what does not fit into size bytes, at least 1, is left out. Sizes below 10240 of a unit keep it unless
 * they are whole in the next.
 */
void describe_block(const struct block *block, char *buf, uint32_t size) __attribute__((cold));

#endif
