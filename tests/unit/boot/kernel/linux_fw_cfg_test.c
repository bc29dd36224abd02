/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/linux_fw_cfg_test.c: what starting a kernel costs the device, and that a kernel
 * starts whichever transfer fails, over the real fw_cfg client.
 * LINK: tests/fake/request.c tests/fake/initrd.c tests/fake/uki.c src/trace/timeline.c src/boot/kernel/linux.c src/boot/kernel/entry64.c tests/fake/graphics.c src/boot/kernel/bzimage.c src/boot/kernel/place.c src/boot/kernel/setup_data.c src/boot/kernel/boot_params.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/kernel.c tests/fake/launch.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/linux.h"
#include "boot/program.h"
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/e820.h"
#include "fake/fw_cfg.h"
#include "fake/io.h"
#include "fake/kernel.h"
#include "fake/launch.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fw/fw_cfg.h"
#include "machine/machine.h"

#define MIB	0x100000u
#define RAM	(8 * MIB)
#define KERNEL	0x8000u
#define INITRD	0x12345u
#define SEED_AT	(KERNEL - 48)

struct machine machine;
bool program_started;

static uint8_t setup[BZIMAGE_SETUP], kernel[KERNEL], initrd[INITRD];
static const char cmdline[] = "console=ttyS0";
static struct e820_entry rows[8];

/* QEMU 7.2 links the seed into the header when this item is selected, not before. */
static void link_seed(uint16_t key)
{
	if (key != FW_CFG_SETUP_ADDR)
		return;
	fake_kernel_header(setup)->setup_data = MIB + SEED_AT;
	fake_fw_cfg_set(FW_CFG_SETUP_DATA, setup, sizeof(setup));
}

static int before(void **state)
{
	const struct setup_data seed = { .type = SETUP_RNG_SEED, .len = 32 };
	struct setup_header *hdr;

	(void)state;
	fake_ram_reset(RAM);
	fake_log_reset();
	fake_alloc_reset();
	fake_timer_reset();
	fake_cpu_reset();
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000008 });
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = CPUID_80000001_EDX_LM });
	memset(&fake_launch, 0, sizeof(fake_launch));

	fake_kernel_setup(setup);
	hdr = fake_kernel_header(setup);
	hdr->syssize = KERNEL / 16;
	hdr->pref_address = 2 * MIB;
	hdr->init_size = MIB;
	for (uint32_t i = 0; i < KERNEL; i++)
		kernel[i] = (uint8_t)(i * 7 + (i >> 8));
	memcpy(kernel + SEED_AT, &seed, sizeof(seed));
	for (uint32_t i = 0; i < INITRD; i++)
		initrd[i] = (uint8_t)(i * 13 + (i >> 8));

	fake_fw_cfg_reset();
	fake_fw_cfg.on_select = link_seed;
	fake_fw_cfg_set(FW_CFG_SETUP_DATA, setup, sizeof(setup));
	fake_fw_cfg_set(FW_CFG_KERNEL_DATA, kernel, sizeof(kernel));
	fake_fw_cfg_set_le32(FW_CFG_CMDLINE_SIZE, sizeof(cmdline));
	fake_fw_cfg_set(FW_CFG_CMDLINE_DATA, cmdline, sizeof(cmdline));
	fake_fw_cfg_set_le32(FW_CFG_INITRD_SIZE, INITRD);
	fake_fw_cfg_set(FW_CFG_INITRD_DATA, initrd, sizeof(initrd));

	machine.chipset = CHIPSET_I440FX;
	machine.cpu_features = 1;
	machine.e820 = (struct e820_map){ .entry = rows };
	e820_set(&machine.e820, 0, 0x9fc00, E820_RAM);
	e820_set(&machine.e820, MIB, RAM - MIB, E820_RAM);
	return 0;
}

static int after(void **state)
{
	(void)state;
	fake_fw_cfg_reset();
	fake_ram_reset(1);
	return 0;
}


static int boot(void)
{
	if (setjmp(fake_launch.back))
		return 0;
	program_started = false;
	return linux_boot(KERNEL);
}

static void assert_started(void)
{
	const struct boot_params *bp = (void *)(fake_ram + fake_launch.boot_params);

	assert_int_equal(fake_launch.launches, 1);
	assert_memory_equal(fake_ram + MIB, kernel, SEED_AT);
	assert_int_equal(bp->hdr.ramdisk_size, INITRD);
	assert_memory_equal(fake_ram + bp->hdr.ramdisk_image, initrd, INITRD);
	assert_string_equal((char *)fake_ram + bp->hdr.cmd_line_ptr, cmdline);
	assert_memory_equal(fake_ram + bp->hdr.setup_data, kernel + SEED_AT, 48);
}

static void a_kernel_costs_seven_accesses(void **state)
{
	uint64_t accesses;

	(void)state;
	assert_int_equal(fw_cfg_init(), 0);
	accesses = fake_io_accesses();
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_io_accesses() - accesses, 7);
	assert_started();
}

static void by_port_no_byte_is_read_twice_or_in_vain(void **state)
{
	(void)state;
	fake_fw_cfg.dma = FAKE_DMA_ABSENT;
	assert_int_equal(fw_cfg_init(), 0);
	fake_fw_cfg.port_bytes = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_fw_cfg.port_bytes,
			 BZIMAGE_SETUP + 4 + 4 + KERNEL + sizeof(cmdline) + INITRD);
	assert_started();
}

static void a_kernel_starts_whichever_transfer_fails(void **state)
{
	uint32_t first;

	for (uint32_t n = 0; n < 6; n++) {	/* the seventh access is a select */
		before(state);
		assert_int_equal(fw_cfg_init(), 0);
		first = fake_fw_cfg.transfers;
		fake_fw_cfg.fail_at = first + 1 + n;
		assert_int_equal(boot(), 0);
		assert_int_equal(fake_fw_cfg.transfers, first + 6);
		assert_started();

		before(state);
		assert_int_equal(fw_cfg_init(), 0);
		fake_fw_cfg.hang_at = fake_fw_cfg.transfers + 1 + n;
		assert_int_equal(boot(), 0);
		assert_started();
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_costs_seven_accesses),
		TEST(by_port_no_byte_is_read_twice_or_in_vain),
		TEST(a_kernel_starts_whichever_transfer_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
