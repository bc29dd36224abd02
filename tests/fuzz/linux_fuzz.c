/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/linux_fuzz.c: whatever the kernel's header, its setup_data, the sizes and the memory
 * map say, everything is loaded into RAM, apart from everything else, and what the kernel is
 * told is true; or it is refused with a line.
 * Input: BZIMAGE_SETUP bytes of setup part, le32 size of initrd and of command line, a byte for the
 * number of rows, the rows as in etc/e820, and the 32-bit part of the kernel.
 * LINK: src/trace/timeline.c src/boot/kernel/linux.c tests/fake/graphics.c tests/fake/request.c src/boot/kernel/bzimage.c src/boot/kernel/place.c src/boot/kernel/setup_data.c src/boot/kernel/boot_params.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/io.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "boot/kernel/bzimage.h"
#include "boot/kernel/linux.h"
#include "fake/e820.h"
#include "fake/cpu.h"
#include "fake/launch.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "machine/machine.h"

#define RAM	0x400000u
#define TOP	(RAM - 0x10000)
#define FIXED	(BZIMAGE_SETUP + 9)
#define MAP_AT	0x30000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct machine machine;

static const uint8_t *setup, *kernel;
static uint32_t kernel_size, initrd_size, cmdline_size, n_given;
static struct { uint64_t base, end; } given[16];

static void must(bool true_thing)
{
	if (!true_thing)
		abort();
}

uint32_t alloc_high_bottom(void)
{
	return TOP;
}

/* Something is written there, and stays until the kernel runs. */
static void give(uint64_t base, uint64_t size)
{
	must(size && e820_is(&machine.e820, base, size, E820_RAM) && base + size <= TOP);
	must(base >= MAP_AT + machine.e820.count * 20 || base + size <= MAP_AT);
	for (uint32_t i = 0; i < n_given; i++)
		must(base + size <= given[i].base || given[i].end <= base);
	must(n_given < 16);
	given[n_given].base = base;
	given[n_given++].end = base + size;
}

int fw_cfg_select(uint16_t key)
{
	must(key == FW_CFG_SETUP_ADDR);
	return 0;
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	if (len == 0)
		return 0;
	switch (key) {
	case FW_CFG_SETUP_DATA:
		memcpy(buf, setup, len);
		return 0;
	case FW_CFG_INITRD_SIZE:
	case FW_CFG_CMDLINE_SIZE:
		memcpy(buf, key == FW_CFG_INITRD_SIZE ? &initrd_size : &cmdline_size, len);
		return 0;
	}
	give(ptr_to_phys(buf), len);
	if (key == FW_CFG_KERNEL_DATA)
		memcpy(buf, kernel, len);
	else
		memset(buf, 'x', len);
	return 0;
}

/* What the map is made of. */
static struct e820_layer layer[2 + 255] = { { 0, 0xa0000, E820_RAM }, { 0x100000, RAM, E820_RAM } };

/* Rows may say anything, but what is RAM below 4 GiB must be there to be written to. */
static void set_row(struct e820_layer *to, const uint8_t *data)
{
	struct e820_entry row;

	memcpy(&row, data, sizeof(row));
	if (row.type == E820_RAM && row.base < 1ull << 32) {
		row.base %= RAM;
		row.length %= RAM - row.base + 1;
	}
	*to = e820_layer(row.base, row.length, row.type);
}

static void check_launch(void)
{
	const struct boot_params *bp = (void *)(fake_ram + fake_launch.boot_params);
	uint64_t at = bp->hdr.setup_data;
	uint32_t rows = bp->e820_entries, nodes = 0;

	give(fake_launch.boot_params, sizeof(*bp));
	must(fake_launch.entry == 0x100000 && bp->hdr.code32_start == 0x100000);
	must(bp->sentinel == 0 && bp->hdr.header == SETUP_MAGIC && bp->hdr.version >= 0x206);
	must(bp->hdr.ramdisk_size == initrd_size && !bp->hdr.ramdisk_image == !initrd_size);
	must(bp->hdr.ramdisk_image % 4096 == 0);
	must(cmdline_size <= bp->hdr.cmdline_size + 1ull);
	must(strlen((char *)fake_ram + bp->hdr.cmd_line_ptr) == cmdline_size);
	must(!memcmp(bp->e820_table, machine.e820.entry, rows * 20));
	if (bp->hdr.version < 0x0209)
		return;
	for (; at; nodes++) {
		const struct setup_data *node = (void *)(fake_ram + at);

		must(at < RAM && nodes < 10);
		give(at, sizeof(*node) + (uint64_t)node->len);
		if (node->type == SETUP_E820_EXT && !node->next && machine.e820.count > rows) {
			must(node->len == (machine.e820.count - rows) * 20);
			must(!memcmp(node + 1, machine.e820.entry + rows, node->len));
			rows = machine.e820.count;
		}
		at = node->next;
	}
	must(rows == machine.e820.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct e820_layers layers = { layer, 2 };
	uint32_t rows;

	if (size < FIXED || size > 0x80000)
		return 0;
	if (!fake_ram_size)
		fake_ram_reset(RAM);
	fake_cpu_reset();
	fake_log_reset();
	fake_launch.launches = n_given = 0;
	machine.e820.entry = (void *)(fake_ram + MAP_AT);

	setup = data;
	initrd_size = get_le32(data + BZIMAGE_SETUP);
	cmdline_size = get_le32(data + BZIMAGE_SETUP + 4);
	rows = data[BZIMAGE_SETUP + 8];
	data += FIXED;
	size -= FIXED;
	for (; rows && size >= 20; rows--, data += 20, size -= 20)
		set_row(&layer[layers.count++], data);
	e820_build(&machine.e820, &layers);
	if (!machine.e820.count)	/* rows can make holes of everything; the firmware's own are never */
		return 0;
	kernel = data;
	kernel_size = (uint32_t)size;

	if (setjmp(fake_launch.back) == 0) {
		bool wrote;
		int rc = linux_boot(kernel_size, &wrote);

		must(rc == -EINVAL || rc == -EOPNOTSUPP || rc == -ENODEV || rc == -ENOMEM);
		must(fake_log_lines() >= 1);
	} else {
		check_launch();
	}
	return 0;
}
