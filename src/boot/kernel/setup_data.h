/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/setup_data.h: the list of extra parameters that QEMU hangs behind the kernel's 32-bit
 * part (a device tree, a random seed). A kernel decompresses itself over that place, so
 * the nodes move.
 * Spec: Linux Documentation/arch/x86/boot.rst, "setup_data".
 */
#ifndef BOOT_KERNEL_SETUP_DATA_H
#define BOOT_KERNEL_SETUP_DATA_H

#include <stdint.h>
#include "boot/kernel/bzimage.h"
#include "mem/e820.h"
#include "std/bootparam.h"

#define SETUP_NODES 8		/* more is no list of QEMU's */

/* One node in the loaded 32-bit part. */
struct setup_node {
	uint32_t offset;	/* bytes from its start */
	uint32_t size;		/* bytes with the node's header */
};

/*
 * Walk the list that a kernel's header tells of in size bytes of payload, which count from
 * BZIMAGE_LOAD. Where there is none, but one the setup part's size below that ends the payload,
 * that one is taken, with a line. Returns how many nodes there are, in node[]; 0 when nothing is
 * told. A list that leaves the payload, has an empty node, runs in a loop or is too long is an
 * error: -EINVAL, one line.
 */
int setup_data_scan(const uint8_t *payload, uint32_t size, const struct bzimage *kernel,
		    struct setup_node node[SETUP_NODES]);

/* Bytes of the node for the rows of the memory map that boot_params cannot hold; 0: none. */
uint32_t setup_data_e820_size(const struct e820_map *map);

/*
 * Copy the nodes that were found out of the decompressor's way, to these physical addresses, and link them anew; the last to next.
 * Nothing is left behind: a random seed is worth something only while there is one copy of it.
 */
void setup_data_move(uint8_t *payload, const struct setup_node node[], uint32_t count, const uint32_t at[], uint32_t next)
	__attribute__((cold));

/* Fill that node; to has room for setup_data_e820_size() bytes. It is the last of its list. */
void setup_data_e820_fill(const struct e820_map *map, struct setup_data *to);

#endif
