/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/linux_fuzz.c: whatever the kernel's header, its setup_data, the sizes and the memory
 * map say, everything is loaded into RAM, apart from everything else, and what the kernel is
 * told is true; or it is refused with a line.
 * Input: BZIMAGE_SETUP bytes of setup part, le32 size of initrd and of command line, a byte for the
 * number of rows, the rows as in etc/e820, and the 32-bit part of the kernel.
 * LINK: src/trace/timeline.c src/boot/kernel/linux.c src/boot/kernel/entry64.c tests/fake/graphics.c tests/fake/request.c tests/fake/initrd.c tests/fake/uki.c src/boot/kernel/bzimage.c src/boot/kernel/place.c src/boot/kernel/setup_data.c src/boot/kernel/boot_params.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/io.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include "boot/kernel/bzimage.h"
#include "boot/kernel/linux.h"
#include "fake/cpu.h"
#include "fw/fw_cfg.h"
#include "kernel_fuzz.h"
#include "lib/errno.h"

#define FIXED	(BZIMAGE_SETUP + 9)

static const uint8_t *setup, *kernel;
static uint32_t kernel_size, initrd_size, cmdline_size;

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

bool fw_cfg_has_dma(void)
{
	return true;
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
	if (size < FIXED || size > 0x80000)
		return 0;
	fake_cpu_reset();
	setup = data;
	initrd_size = get_le32(data + BZIMAGE_SETUP);
	cmdline_size = get_le32(data + BZIMAGE_SETUP + 4);
	kernel = set_map(data[BZIMAGE_SETUP + 8], data + FIXED, size - FIXED, &kernel_size);
	if (!kernel)
		return 0;

	if (setjmp(fake_launch.back) == 0) {
		int rc = linux_boot(kernel_size);

		must(rc == -EINVAL || rc == -EOPNOTSUPP || rc == -ENODEV || rc == -ENOMEM);
		must(fake_log_lines() >= 1);
	} else {
		check_launch();
	}
	return 0;
}
