/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/linux_test.c: a kernel loaded and entered, refused, and every read that fails.
 * The items come from here instead of a device, so that a read can fail for good;
 * linux_fw_cfg_test.c runs the real client.
 * LINK: src/trace/timeline.c src/boot/kernel/linux.c src/boot/kernel/entry64.c tests/fake/graphics.c tests/fake/request.c tests/fake/initrd.c tests/fake/uki.c src/boot/kernel/bzimage.c src/boot/kernel/place.c src/boot/kernel/setup_data.c src/boot/kernel/boot_params.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/kernel.c tests/fake/launch.c tests/fake/io.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/launch.h"
#include "boot/kernel/graphics.h"
#include "boot/kernel/linux.h"
#include "boot/program.h"
#include "boot/kernel/place.h"
#include "boot/kernel/setup_data.h"
#include "fake/cpu.h"
#include "fake/e820.h"
#include "fake/graphics.h"
#include "fake/initrd.h"
#include "fake/io.h"
#include "fake/kernel.h"
#include "fake/launch.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/request.h"
#include "fake/uki.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "mem/alloc.h"
#include "machine/machine.h"

#define MIB	0x100000u
#define RAM	(8 * MIB)
#define TOP	(RAM - 0x20000)		/* where the firmware's tables begin */
#define KERNEL	0x40000u
#define INITRD	0x12345u
#define QEMUS_OWN " virtio_mmio.device="

struct machine machine;
bool program_started;

static uint8_t setup[BZIMAGE_SETUP], kernel[KERNEL], initrd[INITRD];
static struct setup_header *hdr;
static char cmdline[2100];
static uint32_t cmdline_size, initrd_size, reads, fail_at, high_bottom;
static bool no_dma;
static uint16_t keys[16];		/* in the order of access */

uint32_t alloc_high_bottom(void)
{
	return high_bottom;
}

static int access_key(uint16_t key)
{
	assert_true(reads < 16);
	keys[reads++] = key;
	return reads == fail_at ? -EIO : 0;
}

int fw_cfg_select(uint16_t key)
{
	return access_key(key);
}

/* Bytes of an item, zeros behind its end. */
static void copy(uint16_t key, uint8_t *to, uint32_t len)
{
	const void *from = NULL;
	uint32_t size = 0;

	switch (key) {
	case FW_CFG_SETUP_DATA:
		from = setup;
		size = sizeof(setup);
		break;
	case FW_CFG_KERNEL_DATA:
		from = kernel;
		size = sizeof(kernel);
		break;
	case FW_CFG_INITRD_DATA:
		from = initrd;
		size = sizeof(initrd);
		break;
	case FW_CFG_CMDLINE_DATA:
		from = cmdline;
		size = sizeof(cmdline);
		break;
	case FW_CFG_CMDLINE_SIZE:
		from = &cmdline_size;
		size = 4;
		break;
	case FW_CFG_INITRD_SIZE:
		from = &initrd_size;
		size = 4;
		break;
	default:
		fail_msg("item 0x%x is read", key);
	}
	memset(to, 0, len);
	memcpy(to, from, len < size ? len : size);
}

/* What is loaded goes to RAM, and nothing that is empty is asked for. */
int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	uint64_t phys = (uint64_t)((uint8_t *)buf - fake_ram);
	int rc;

	if (len == 0)
		return 0;
	/* A line's beginning is looked at before there is a place for it. */
	if (key == FW_CFG_KERNEL_DATA || key == FW_CFG_INITRD_DATA || (key == FW_CFG_CMDLINE_DATA && len != strlen(QEMUS_OWN)))
		assert_true(phys <= RAM && len <= RAM - phys);
	rc = access_key(key);
	if (rc == 0)
		copy(key, buf, len);
	return rc;
}

bool fw_cfg_has_dma(void)
{
	return !no_dma;
}

static void set(uint64_t from, uint64_t to, uint32_t type)
{
	e820_set(&machine.e820, from, to - from, type);
}

static void put_node(uint32_t at, uint64_t next, uint32_t type, uint32_t len)
{
	struct setup_data header = { .next = next, .type = type, .len = len };

	memcpy(kernel + at, &header, sizeof(header));
}

static int before(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	memset(fake_ram, 0x5a, RAM);
	fake_log_reset();
	fake_io_reset();
	fake_cpu_reset();
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000008 });
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = CPUID_80000001_EDX_LM });
	memset(&fake_launch, 0, sizeof(fake_launch));
	memset(&fake_graphics, 0, sizeof(fake_graphics));
	graphics_asked = 0;
	fake_request_reset();
	memset(&fake_initrd, 0, sizeof(fake_initrd));
	memset(&fake_uki, 0, sizeof(fake_uki));
	no_dma = false;
	memset(keys, 0, sizeof(keys));
	reads = fail_at = 0;
	high_bottom = TOP;

	fake_kernel_setup(setup);
	hdr = fake_kernel_header(setup);
	hdr->type_of_loader = 0xb0;
	hdr->syssize = KERNEL / 16;
	hdr->pref_address = 2 * MIB;
	hdr->init_size = MIB;
	for (uint32_t i = 0; i < KERNEL; i++)
		kernel[i] = (uint8_t)(i * 7 + (i >> 8));
	for (uint32_t i = 0; i < INITRD; i++)
		initrd[i] = (uint8_t)(i * 13 + (i >> 8));
	initrd_size = INITRD;
	strcpy(cmdline, "console=ttyS0 panic=-1");
	cmdline_size = strlen(cmdline) + 1;

	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_Q35;
	machine.cpu_features = 1;
	machine.rsdp = 0xf5aa0;
	machine.e820 = (struct e820_map){ .entry = (void *)(fake_ram + 0x30000) };
	set(0, 0x9fc00, E820_RAM);
	set(0x9fc00, 0xa0000, E820_RESERVED);
	set(MIB, TOP, E820_RAM);
	set(TOP, RAM, E820_ACPI);
	return 0;
}

static int after(void **state)
{
	(void)state;
	fake_ram_reset(1);
	return 0;
}

/* 0 when it was started. */
static int boot(void)
{
	if (setjmp(fake_launch.back))
		return 0;
	program_started = false;
	return linux_boot(KERNEL);
}

static struct boot_params *params(void)
{
	return (struct boot_params *)(fake_ram + fake_launch.boot_params);
}

static void assert_refused(int rc, const char *a, const char *b)
{
	assert_int_equal(boot(), rc);
	assert_int_equal(fake_launch.launches, 0);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(a));
	assert_true(fake_log_has(b));
}

static void assert_loaded(uint32_t kernel_bytes)
{
	const struct boot_params *bp = params();

	assert_int_equal(fake_launch.entry, MIB);
	assert_memory_equal(fake_ram + MIB, kernel, kernel_bytes);
	assert_int_equal(bp->hdr.ramdisk_size, initrd_size);
	assert_memory_equal(fake_ram + bp->hdr.ramdisk_image, initrd, initrd_size);
	assert_string_equal((char *)fake_ram + bp->hdr.cmd_line_ptr, cmdline);
}

static void a_kernel_is_loaded_and_entered(void **state)
{
	static const uint16_t order[] = {
		FW_CFG_SETUP_ADDR, FW_CFG_SETUP_DATA, FW_CFG_CMDLINE_SIZE, FW_CFG_INITRD_SIZE,
		FW_CFG_KERNEL_DATA, FW_CFG_CMDLINE_DATA, FW_CFG_INITRD_DATA,
	};

	(void)state;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_launch.boot_params, 0x10000);
	assert_int_equal(params()->acpi_rsdp_addr, 0xf5aa0);
	assert_int_equal(params()->hdr.type_of_loader, 0xb0);
	assert_int_equal(params()->hdr.cmd_line_ptr, 0x20000);
	assert_int_equal(params()->hdr.setup_data, 0);
	assert_int_equal(params()->hdr.ramdisk_image, TOP - 0x13000);
	assert_int_equal(params()->e820_entries, machine.e820.count);
	assert_memory_equal(params()->e820_table, machine.e820.entry, machine.e820.count * 20);
	assert_loaded(KERNEL);
	assert_int_equal(reads, 7);
	assert_memory_equal(keys, order, sizeof(order));
	assert_int_equal(fake_log_lines(), 1);
	for (uint32_t i = TOP; i < RAM; i++)
		assert_int_equal(fake_ram[i], 0x5a);
}

/* The dword at payload_offset, where all of it is the kernel's; else the kernel's first, whatever is asked for. */
static void the_log_tells_how_the_payload_begins(void **state)
{
	static const struct {
		uint32_t offset, from;
	} cases[] = {
		{ 0, 0 }, { 0x2cc, 0x2cc }, { 0x2cd, 0x2cd }, { KERNEL - 4, KERNEL - 4 },
		{ KERNEL - 3, 0 }, { KERNEL, 0 }, { RAM, 0 }, { 0x7fffffff, 0 }, { 0xfffffffc, 0 },
	};
	char line[128];

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		before(state);
		hdr->payload_offset = cases[i].offset;
		hdr->payload_length = 0x12345;
		assert_int_equal(boot(), 0);
		snprintf(line, sizeof(line), "262144 bytes at 0x100000, payload 0x%08x of 74565 bytes, init_size 0x100000; ",
			 get_le32(kernel + cases[i].from));
		assert_true(fake_log_has(line));
	}
	for (uint32_t back = 1; back <= 3; back++) {	/* where the sum wraps: memory, no device's */
		before(state);
		hdr->payload_offset = -back;
		assert_int_equal(boot(), 0);
		snprintf(line, sizeof(line), "payload 0x%08x of", get_le32(fake_ram + MIB - back));
		assert_true(fake_log_has(line));
	}
}

static void a_kernel_without_initrd_is_entered(void **state)
{
	(void)state;
	initrd_size = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.ramdisk_image, 0);
	assert_int_equal(params()->hdr.ramdisk_size, 0);
	assert_int_equal(reads, 6);
}

static void a_kernel_that_is_not_relocatable_is_entered(void **state)
{
	(void)state;
	hdr->relocatable_kernel = 0;
	hdr->pref_address = MIB;
	assert_int_equal(boot(), 0);
	assert_loaded(KERNEL);
}

static void a_command_line_of_2000_bytes_arrives_whole(void **state)
{
	(void)state;
	memset(cmdline, 'x', 2000);
	cmdline[2000] = '\0';
	cmdline_size = 2001;
	assert_int_equal(boot(), 0);
	assert_loaded(KERNEL);
	memset(cmdline, 'y', 2047);		/* the longest */
	cmdline[2047] = '\0';
	cmdline_size = 2048;
	assert_int_equal(boot(), 0);
	assert_loaded(KERNEL);
}

static void a_longer_command_line_is_refused_with_both_numbers(void **state)
{
	(void)state;
	cmdline_size = 2049;
	assert_refused(-ENOMEM, "2048 characters", "takes 2047");
	fake_log_reset();
	reads = 0;
	hdr->cmdline_size = 0xffffffff;
	cmdline_size = 0xffffffff;
	assert_refused(-ENOMEM, "4294967294 characters", "takes 65535");
	assert_false(program_started);
}

static void a_command_line_without_terminator_gets_one(void **state)
{
	(void)state;
	cmdline_size = 7;
	assert_int_equal(boot(), 0);
	assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr, "console");
	cmdline_size = 0;
	reads = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.cmd_line_ptr, 0x20000);
	assert_string_equal((char *)fake_ram + 0x20000, "");
}

static void a_64_bit_kernel_needs_long_mode(void **state)
{
	(void)state;
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = 0x00100800 });
	assert_refused(-ENODEV, "0x00100800", "0x20000000");
}

static void a_processor_without_the_leaf_has_no_long_mode(void **state)
{
	(void)state;
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000000 });
	assert_refused(-ENODEV, "0x00000000", "0x20000000");
	fake_log_reset();
	machine.cpu_features = 0;		/* a 486 */
	reads = 0;
	assert_refused(-ENODEV, "0x00000000", "0x20000000");
}

static void a_32_bit_kernel_does_not_need_it(void **state)
{
	(void)state;
	machine.cpu_features = 0;		/* a 486 */
	hdr->xloadflags = 0;
	assert_int_equal(boot(), 0);
}

static void nothing_is_loaded_of_a_kernel_that_does_not_fit(void **state)
{
	(void)state;
	hdr->init_size = 7 * MIB;
	assert_refused(-ENOMEM, "init_size 0x700000", "0x7e0000");
	assert_int_equal(reads, 4);
	for (uint32_t i = 0; i < reads; i++)
		assert_true(keys[i] != FW_CFG_KERNEL_DATA);
}

static void an_initrd_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	initrd_size = TOP - 3 * MIB + 1;	/* the kernel takes 1 to 3 MiB */
	assert_refused(-ENOMEM, "0x4e0001", "0x4e0000");
	fake_log_reset();
	reads = 0;
	initrd_size = 0xffffffff;
	assert_refused(-ENOMEM, "0xffffffff", "0x4e0000");
	assert_true(program_started);		/* the kernel lies at 1 MiB by now */
}

static void the_firmwares_memory_is_a_limit_even_if_the_map_says_ram(void **state)
{
	(void)state;
	high_bottom = TOP - 0x8000;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.ramdisk_image, TOP - 0x8000 - 0x13000);
}

static void the_kernels_own_limit_of_an_initrd_holds(void **state)
{
	(void)state;
	hdr->xloadflags &= ~XLF_CAN_BE_LOADED_ABOVE_4G;
	hdr->initrd_addr_max = 6 * MIB - 1;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.ramdisk_image, 6 * MIB - 0x13000);
	hdr->initrd_addr_max--;			/* the last page is not whole */
	reads = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.ramdisk_image, 6 * MIB - 0x14000);
}

static void a_kernel_shorter_than_it_says_is_mentioned(void **state)
{
	(void)state;
	hdr->syssize = KERNEL / 16 + 1;
	assert_int_equal(boot(), 0);
	assert_true(fake_log_has("262144 bytes, its header says 262160"));
	assert_int_equal(fake_log_lines(), 2);
}

/* Both pages are in use until the kernel starts, though only the end of a row is in the second. */
static void a_map_that_reaches_into_the_next_page_keeps_both(void **state)
{
	struct e820_entry rows[8];
	uint32_t count = machine.e820.count;

	(void)state;
	assert_true(count <= 8);
	memcpy(rows, machine.e820.entry, count * sizeof(rows[0]));
	machine.e820.entry = (void *)(fake_ram + 0x20000 - count * sizeof(rows[0]) + 4);
	memcpy(machine.e820.entry, rows, count * sizeof(rows[0]));
	assert_int_equal(boot(), 0);
	assert_memory_equal(params()->e820_table, rows, count * sizeof(rows[0]));
	assert_int_not_equal(params()->hdr.cmd_line_ptr, 0x20000);
}

static void the_memory_map_is_not_loaded_over(void **state)
{
	struct e820_entry *low = machine.e820.entry;

	(void)state;
	machine.e820.entry = (void *)(fake_ram + MIB + KERNEL - 1);
	memcpy(machine.e820.entry, low, machine.e820.count * sizeof(*low));
	assert_refused(-ENOMEM, "memory map", "0x13ffff");
	machine.e820.entry = (void *)(fake_ram + TOP - 0x100);
	memcpy(machine.e820.entry, low, machine.e820.count * sizeof(*low));
	reads = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.ramdisk_image, TOP - 0x14000);
	assert_loaded(KERNEL);
}

static void interrupts_are_masked_where_the_kernel_may_not_do_it(void **state)
{
	(void)state;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_io_accesses(), 0);
	machine.chipset = CHIPSET_NONE;		/* microvm */
	reads = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_io_count.out, 2);
}

/* QEMU 7.2: device tree and seed behind the kernel, linked when 0x16 is selected. */
#define SEED_AT	(KERNEL - 48)
#define DTB_AT	(KERNEL - 0x3000)
#define DTB_LEN	0x2000u

static void put_seed_and_dtb(void)
{
	put_node(SEED_AT, MIB + DTB_AT, SETUP_RNG_SEED, 32);
	put_node(DTB_AT, 0, SETUP_DTB, DTB_LEN);
	hdr->setup_data = MIB + SEED_AT;
}

static void setup_data_moves_out_of_the_kernels_way(void **state)
{
	const struct setup_data *seed, *dtb;

	(void)state;
	put_seed_and_dtb();
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.setup_data, 0x21000);	/* behind the command line */
	seed = (void *)(fake_ram + params()->hdr.setup_data);
	assert_int_equal(seed->type, SETUP_RNG_SEED);
	assert_int_equal(seed->len, 32);
	assert_memory_equal(seed + 1, kernel + SEED_AT + 16, 32);
	assert_int_equal(seed->next, 0x22000);
	dtb = (void *)(fake_ram + seed->next);
	assert_int_equal(dtb->type, SETUP_DTB);
	assert_int_equal(dtb->len, DTB_LEN);
	assert_memory_equal(dtb + 1, kernel + DTB_AT + 16, DTB_LEN);
	assert_int_equal(dtb->next, 0);
	assert_loaded(DTB_AT);
	for (uint32_t i = SEED_AT; i < KERNEL; i++)		/* no second copy of the seed */
		assert_int_equal(fake_ram[MIB + i], 0);
}

/* QEMU 10: the device tree alone, at its offset in the file. */
static void a_node_told_too_high_by_the_setup_part_moves_too(void **state)
{
	const uint32_t at = KERNEL - 16 - DTB_LEN;
	const struct setup_data *dtb;

	(void)state;
	put_node(at, 0, SETUP_DTB, DTB_LEN);
	hdr->setup_data = MIB + at + (hdr->setup_sects + 1) * 512;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_log_lines(), 2);
	dtb = (void *)(fake_ram + params()->hdr.setup_data);
	assert_int_equal(dtb->type, SETUP_DTB);
	assert_int_equal(dtb->len, DTB_LEN);
	assert_memory_equal(dtb + 1, kernel + at + 16, DTB_LEN);
	assert_int_equal(dtb->next, 0);
	assert_loaded(at);
}

static void broken_setup_data_costs_only_itself(void **state)
{
	(void)state;
	put_seed_and_dtb();
	hdr->setup_data = MIB + KERNEL;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->hdr.setup_data, 0);
	assert_int_equal(fake_log_lines(), 2);
	assert_loaded(KERNEL);
}

static void fill_map_to(uint32_t count)
{
	for (uint64_t at = 1ull << 32; machine.e820.count < count; at += 0x2000)
		set(at, at + 0x1000, E820_RESERVED);
}

static void more_rows_than_the_page_holds_follow_as_setup_data(void **state)
{
	const struct setup_data *seed, *ext;

	(void)state;
	fill_map_to(150);
	assert_int_equal(boot(), 0);
	ext = (void *)(fake_ram + params()->hdr.setup_data);
	assert_int_equal(params()->e820_entries, 128);
	assert_int_equal(ext->type, SETUP_E820_EXT);
	assert_int_equal(ext->len, 22 * 20);
	assert_memory_equal(ext + 1, machine.e820.entry + 128, 22 * 20);
	put_seed_and_dtb();
	reads = 0;
	assert_int_equal(boot(), 0);
	seed = (void *)(fake_ram + params()->hdr.setup_data);
	assert_int_equal(seed->type, SETUP_RNG_SEED);
	ext = (void *)(fake_ram + ((struct setup_data *)(fake_ram + seed->next))->next);
	assert_int_equal(ext->type, SETUP_E820_EXT);
	assert_int_equal(ext->next, 0);
	assert_memory_equal(ext + 1, machine.e820.entry + 128, 22 * 20);
}

static void an_old_kernel_is_not_told_more_rows(void **state)
{
	(void)state;
	fill_map_to(129);
	hdr->version = 0x0208;
	assert_int_equal(boot(), 0);
	assert_int_equal(params()->e820_entries, 128);
	assert_true(fake_log_has("129 rows"));
	assert_true(fake_log_has("takes 128"));
}

static void every_failed_read_stops_the_boot(void **state)
{
	uint32_t n;
	int rc = -EIO;

	(void)state;
	for (n = 1; rc != 0; n++) {
		fake_log_reset();
		reads = 0;
		fail_at = n;
		rc = boot();
		if (rc == 0)
			break;
		assert_int_equal(rc, -EIO);
		assert_int_equal(reads, n < 5 ? 4 : 7);	/* the header and the sizes are asked for together, and so is the rest */
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("could not be read"));
		assert_int_equal(fake_launch.launches, 0);
	}
	assert_int_equal(n, 8);
	assert_loaded(KERNEL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

/* vga=: asked for before anything is placed, set when all is loaded, and the header says that nothing is left to do. */
static void a_longer_command_line_arrives_whole(void **state)
{
	static char long_text[2048];

	(void)state;
	kernel_requests = REQUEST_APPEND;
	fake_request.append = "root=/dev/vda ro";
	assert_int_equal(boot(), 0);
	assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr, "console=ttyS0 panic=-1 root=/dev/vda ro");
	assert_int_equal(params()->hdr.ramdisk_size, initrd_size);

	/* Up to what the kernel takes, and one more, which is refused with both lengths: nothing is cut. */
	for (uint32_t more = 0; more < 2; more++) {
		before(NULL);
		kernel_requests = REQUEST_APPEND;
		memset(long_text, 'x', sizeof(long_text));
		long_text[2047 - 23 + more] = '\0';
		fake_request.append = long_text;
		if (more) {
			assert_refused(-ENOMEM, "command line: 2048 characters", "the kernel takes 2047; not started");
			assert_int_equal(fake_request.checks, 0);
		} else {
			assert_int_equal(boot(), 0);
			assert_int_equal(strlen((char *)fake_ram + params()->hdr.cmd_line_ptr), 2047);
		}
	}
}

static void what_is_checked_is_what_will_run(void **state)
{
	(void)state;
	kernel_requests = REQUEST_APPEND | REQUEST_HASHES;
	fake_request.append = "ro";
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_request.checks, 1);
	assert_ptr_equal(fake_request.part[REQUEST_KERNEL].data, fake_ram + MIB);
	assert_int_equal(fake_request.part[REQUEST_KERNEL].size, KERNEL);
	assert_ptr_equal(fake_request.part[REQUEST_INITRD].data, fake_ram + params()->hdr.ramdisk_image);
	assert_int_equal(fake_request.part[REQUEST_INITRD].size, INITRD);
	assert_ptr_equal(fake_request.part[REQUEST_CMDLINE].data, fake_ram + params()->hdr.cmd_line_ptr);
	assert_int_equal(fake_request.part[REQUEST_CMDLINE].size, strlen("console=ttyS0 panic=-1 ro"));

	/* What QEMU has put behind the file is not the file's, and what the file has put there looks the same. */
	for (uint32_t i = 0; i < 2; i++) {
		before(NULL);
		kernel_requests = i ? REQUEST_HASHES : REQUEST_HASHES & ~(1u << REQUEST_KERNEL);
		put_seed_and_dtb();
		assert_int_equal(boot(), 0);
		assert_int_equal(fake_request.part[REQUEST_KERNEL].size, i ? (SEED_AT < DTB_AT ? SEED_AT : DTB_AT) : KERNEL);
		assert_int_equal(params()->hdr.setup_data != 0, !i);
		assert_int_equal(fake_log_has("2 nodes behind"), i);
	}
	/* A list that is none costs nothing of what is hashed. */
	before(NULL);
	kernel_requests = REQUEST_HASHES;
	hdr->setup_data = MIB + KERNEL;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_request.part[REQUEST_KERNEL].size, KERNEL);
	assert_int_equal(params()->hdr.setup_data, 0);
	/* The firmware's own rows are handed on. */
	before(NULL);
	kernel_requests = REQUEST_HASHES;
	put_seed_and_dtb();
	fill_map_to(150);
	assert_int_equal(boot(), 0);
	assert_int_equal(((struct setup_data *)(fake_ram + params()->hdr.setup_data))->type, SETUP_E820_EXT);
	assert_int_equal(((struct setup_data *)(fake_ram + params()->hdr.setup_data))->next, 0);
}

/* The usual read of QEMU's does not take place: it is one of the parts. */
static void an_initrd_of_parts_is_read_when_all_else_is(void **state)
{
	(void)state;
	kernel_requests = REQUEST_INITRD_FILES;
	fake_initrd.size = 0x23456;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_initrd.reads, 1);
	assert_int_equal(fake_initrd.read.count, 2);
	assert_int_equal(fake_initrd.read.part[0].key, FW_CFG_INITRD_DATA);
	assert_int_equal(fake_initrd.read.part[0].size, INITRD);
	assert_true(fake_initrd.read.part[0].whole);
	assert_int_equal(fake_initrd.read.part[1].size, 0x23456);
	assert_true(fake_initrd.at == (TOP - INITRD - 0x23456) / 4096 * 4096);
	assert_int_equal(params()->hdr.ramdisk_image, fake_initrd.at);
	assert_int_equal(params()->hdr.ramdisk_size, INITRD + 0x23456);
	assert_int_equal(params()->ext_ramdisk_image, 0);
	for (uint32_t i = 0; i < reads; i++)
		assert_int_not_equal(keys[i], FW_CFG_INITRD_DATA);
	assert_true(fake_log_has("initrd: 219035 bytes at 0x"));

	/* With a digest it is all of them. */
	before(NULL);
	kernel_requests = REQUEST_INITRD_FILES | 1u << REQUEST_INITRD;
	fake_initrd.size = 100;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_request.part[REQUEST_INITRD].size, INITRD + 100);
	assert_ptr_equal(fake_request.part[REQUEST_INITRD].data, fake_ram + fake_initrd.at);

	/* Files, but empty: QEMU's is the only part, and there need not even be that. */
	before(NULL);
	kernel_requests = REQUEST_INITRD_FILES;
	initrd_size = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_initrd.reads, 0);
	assert_int_equal(params()->hdr.ramdisk_image, 0);
	assert_int_equal(params()->hdr.ramdisk_size, 0);
}

/* They are placed last. */
static void page_tables_keep_off_an_initrd_of_parts(void **state)
{
	const uint32_t features = CPUID_80000001_EDX_LM | CPUID_80000001_EDX_PAGE1GB;

	(void)state;
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = features });
	hdr->xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G;
	kernel_requests = REQUEST_INITRD_FILES | REQUEST_ENTRY_64;
	fake_initrd.size = 0x3000;
	launch_page_tables = 0;
	assert_int_equal(boot(), 0);
	assert_true(fake_initrd.at + INITRD + 0x3000 <= TOP && fake_initrd.at + INITRD + 0x3000 > TOP - 0x1000);
	assert_true(launch_page_tables && launch_page_tables + 0x2000 <= fake_initrd.at);
}

/* From 2.12 on, where bit 1 of xloadflags is set, by DMA, and without a digest. */
static void an_initrd_goes_above_4_gib_where_that_may_be(void **state)
{
	static const struct {
		uint16_t version, flags;
		bool no_dma;
		uint32_t requests;
		const char *says;	/* NULL: it may */
	} cases[] = {
		{ 0x020c, 2, false, 0, NULL },
		{ 0x020f, 3, false, 1u << REQUEST_CMDLINE, NULL },
		{ 0x020b, 2, false, 0, "and above this kernel takes none; not started" },
		{ 0x020c, 1, false, 0, "and above this kernel takes none; not started" },
		{ 0x020c, 2, true, 0, "and above only DMA reaches, which is off; not started" },
		{ 0x020c, 2, false, 1u << REQUEST_INITRD, "and above no SHA-256 is made, which is asked for; not started" },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		before(state);
		set(0x100000000ull, 0x300000000ull, E820_RAM);
		hdr->version = cases[i].version;
		hdr->xloadflags = cases[i].flags;
		no_dma = cases[i].no_dma;
		kernel_requests = REQUEST_INITRD_FILES | cases[i].requests;
		fake_initrd.size = 0xffffffff;
		if (cases[i].says) {
			assert_refused(-ENOMEM, "boot: initrd: 0x100012344 bytes have no room in one piece below 0x7e0000", cases[i].says);
			assert_false(program_started);
			continue;
		}
		assert_int_equal(boot(), 0);
		assert_true(fake_initrd.at == 0x300000000ull - 0x100013000ull);
		assert_int_equal(params()->hdr.ramdisk_image, 0xfffed000);
		assert_int_equal(params()->ext_ramdisk_image, 1);
		assert_int_equal(params()->hdr.ramdisk_size, 0x12344);
		assert_int_equal(params()->ext_ramdisk_size, 1);
		assert_true(fake_log_has("initrd: 4295041860 bytes at 0x1fffed000"));
	}
}

static void parts_that_cannot_be_had_stop_the_boot(void **state)
{
	(void)state;
	kernel_requests = REQUEST_INITRD_FILES;
	fake_initrd.size = 5;
	fake_initrd.add_rc = -EINVAL;
	assert_int_equal(boot(), -EINVAL);
	assert_int_equal(fake_launch.launches, 0);
	assert_false(program_started);

	before(NULL);
	kernel_requests = REQUEST_INITRD_FILES;
	fake_initrd.size = 5;
	fake_initrd.read_rc = -EIO;
	assert_int_equal(boot(), -EIO);
	assert_int_equal(fake_launch.launches, 0);
	assert_true(program_started);
}

#define INSIDE	0x20000u		/* bytes of the kernel in a UKI */
#define LINE	0x33u

/* The file is a UKI, and QEMU has neither initrd nor line. */
static void put_into_uki(void)
{
	before(NULL);
	memcpy(fake_uki.setup, setup, sizeof(setup));
	((struct setup_header *)(fake_uki.setup + SETUP_HEADER_AT))->syssize = INSIDE / 16;
	fake_uki.is_one = true;
	fake_uki.part[UKI_LINUX] = (struct uki_section){ 0x5000, INSIDE };
	fake_uki.part[UKI_CMDLINE] = (struct uki_section){ 0x701, LINE };
	fake_uki.part[UKI_INITRD] = (struct uki_section){ 0x300000, 0x1234 };
	fake_uki.part[UKI_UCODE] = (struct uki_section){ 0x200000, 0x123 };
	memset(setup, 0, sizeof(setup));
	memcpy(setup, "MZ", 2);
	initrd_size = 0;
	cmdline_size = 1;
	cmdline[0] = '\0';
}

static void assert_from_file(const uint8_t *at, uint32_t offset, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		if (at[i] != fake_uki_byte(offset + i))
			fail_msg("byte %u is 0x%x", i, at[i]);
}

static void what_is_started_lies_in_a_uki(void **state)
{
	(void)state;
	put_into_uki();
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_uki.finds, 1);
	assert_int_equal(fake_uki.loads, 2);
	assert_from_file(fake_ram + MIB, 0x5000, INSIDE);
	assert_int_equal(fake_ram[MIB + INSIDE], 0x5a);		/* nothing of QEMU's own item */
	assert_from_file(fake_ram + params()->hdr.cmd_line_ptr, 0x701, LINE);
	assert_int_equal(fake_ram[params()->hdr.cmd_line_ptr + LINE], 0);
	assert_int_equal(params()->hdr.version, 0x20f);
	assert_int_equal(params()->hdr.setup_data, 0);
	assert_int_equal(fake_initrd.read.count, 2);
	assert_int_equal(fake_initrd.read.part[0].offset, 0x200000);
	assert_int_equal(fake_initrd.read.part[0].size, 0x123);
	assert_int_equal(fake_initrd.read.part[1].offset, 0x300000);
	assert_int_equal(fake_initrd.read.part[1].size, 0x1234);
	assert_true(fake_initrd.read.part[0].file->size == 77 && fake_initrd.read.part[1].file->size == 77);
	assert_int_equal(params()->hdr.ramdisk_size, 0x1234 + 0x123);
	for (uint32_t i = 0; i < reads; i++)
		assert_int_not_equal(keys[i], FW_CFG_KERNEL_DATA);
	assert_true(fake_log_has("131072 bytes at 0x100000"));

	/* The next kernel is itself again, whatever is left of that one. */
	before(NULL);
	kernel_requests = REQUEST_UKI;
	assert_int_equal(boot(), 0);
	assert_memory_equal(fake_ram + MIB, kernel, KERNEL);
	assert_int_equal(fake_uki.loads, 0);
}

static void a_line_that_is_given_replaces_that_of_a_uki(void **state)
{
	(void)state;
	put_into_uki();
	strcpy(cmdline, "x");
	cmdline_size = 2;
	assert_int_equal(boot(), 0);
	assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr, "x");
	assert_int_equal(fake_uki.loads, 1);

	/* What QEMU says of a microvm's devices without ACPI nobody has given: behind that of the file, also where there is none. */
	for (uint32_t size = 0; size <= LINE; size += LINE) {
		static const char own[] = QEMUS_OWN "512@0xfeb00e00:12";

		put_into_uki();
		fake_uki.part[UKI_CMDLINE].size = size;
		strcpy(cmdline, own);
		cmdline_size = sizeof(own);
		assert_int_equal(boot(), 0);
		assert_from_file(fake_ram + params()->hdr.cmd_line_ptr, 0x701, size);
		assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr + size, own);
	}
	put_into_uki();
	strcpy(cmdline, " virtio_mmio.devicf=");
	cmdline_size = strlen(cmdline) + 1;
	assert_int_equal(boot(), 0);
	assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr, " virtio_mmio.devicf=");

	put_into_uki();
	fake_uki.part[UKI_CMDLINE].size = 0;
	assert_int_equal(boot(), 0);
	assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr, "");
	assert_int_equal(fake_uki.loads, 1);

	put_into_uki();
	fake_uki.part[UKI_CMDLINE].size = 2048;
	assert_refused(-ENOMEM, "command line: 2048 characters, the kernel takes 2047", "not started");
	put_into_uki();
	fake_uki.part[UKI_CMDLINE].size = 2047;
	assert_int_equal(boot(), 0);
	assert_from_file(fake_ram + params()->hdr.cmd_line_ptr, 0x701, 2047);
}

static void requests_are_of_what_a_uki_has(void **state)
{
	(void)state;
	put_into_uki();
	kernel_requests = REQUEST_APPEND | REQUEST_HASHES | REQUEST_INITRD_FILES;
	fake_request.append = "more";
	fake_initrd.size = 16;
	assert_int_equal(boot(), 0);
	assert_from_file(fake_ram + params()->hdr.cmd_line_ptr, 0x701, LINE);
	assert_string_equal((char *)fake_ram + params()->hdr.cmd_line_ptr + LINE, " more");
	assert_int_equal(fake_request.part[REQUEST_KERNEL].size, INSIDE);
	assert_int_equal(fake_request.part[REQUEST_CMDLINE].size, LINE + 5);
	assert_int_equal(fake_request.part[REQUEST_INITRD].size, 0x1234 + 0x123 + 16);
	assert_int_equal(fake_initrd.read.count, 3);
}

static void a_uki_that_is_wrong_is_refused(void **state)
{
	static const char *const unread[] = { "kernel: 0x20000 bytes could not be read to 0x100000", "command line: 0x34 bytes could not be read" };
	struct setup_header *inner = (void *)(fake_uki.setup + SETUP_HEADER_AT);

	(void)state;
	put_into_uki();
	fake_uki.is_one = false;
	assert_refused(-EINVAL, "neither a PE nor a setup header", "not started");
	for (uint32_t i = 0; i < 2; i++) {
		put_into_uki();
		*(i ? &fake_uki.find_rc : &fake_uki.take_rc) = -EIO;
		assert_int_equal(boot(), -EIO);
		assert_false(program_started);
	}
	put_into_uki();
	inner->version = 0x205;
	assert_int_equal(boot(), -EINVAL);	/* not -EOPNOTSUPP: QEMU's option ROM would enter the file itself */
	assert_true(fake_log_has("protocol 2.05"));
	assert_true(fake_log_has("UKI: the 16-bit entry of a kernel in it is not taken; not started"));
	assert_false(program_started);
	for (uint32_t n = 1; n <= 2; n++) {
		put_into_uki();
		fake_uki.fail_at = n;
		assert_int_equal(boot(), -EIO);
		assert_true(fake_log_has(unread[n - 1]));
		assert_true(program_started);
	}
	put_into_uki();				/* the mode that its kernel was built for */
	inner->vid_mode = 0x317;
	fake_graphics.answer = 0;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_uki.finds, 1);
}

static void a_request_that_cannot_be_fulfilled_stops_the_boot(void **state)
{
	for (uint32_t n = 0; n < 3; n++) {
		before(state);
		kernel_requests = REQUEST_APPEND | REQUEST_HASHES;
		fake_request.append = "ro";
		*(n == 0 ? &fake_request.size_rc : n == 1 ? &fake_request.append_rc : &fake_request.check_rc) = -EINVAL;
		fake_graphics.answer = 0;
		graphics_asked = 1;
		assert_int_equal(boot(), -EINVAL);
		assert_int_equal(fake_launch.launches, 0);
		assert_int_equal(fake_request.checks, n == 2);
		assert_int_equal(fake_graphics.sets, 0);
	}
}

static void a_graphics_mode_is_asked_for_and_set_last(void **state)
{
	(void)state;
	hdr->vid_mode = 0x317;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_graphics.modes, 1);
	assert_int_equal(fake_graphics.mode, 0x317);
	assert_int_equal(fake_graphics.sets, 1);
	assert_int_equal(params()->hdr.vid_mode, VID_MODE_NORMAL);
	assert_int_equal(fake_launch.launches, 1);
}

static void a_mode_that_only_setup_code_can_set_is_left_to_it(void **state)
{
	(void)state;
	hdr->vid_mode = 0x317;
	fake_graphics.answer = -EOPNOTSUPP;
	assert_int_equal(boot(), -EOPNOTSUPP);
	assert_false(program_started);
	assert_int_equal(fake_graphics.sets + fake_launch.launches, 0);
}

static void no_screen_is_set_for_a_kernel_that_cannot_be_loaded(void **state)
{
	(void)state;
	hdr->vid_mode = 0x317;
	hdr->init_size = 64 * MIB;
	assert_int_equal(boot(), -ENOMEM);
	assert_int_equal(fake_graphics.modes, 1);
	assert_int_equal(fake_graphics.sets, 0);
	hdr->init_size = MIB;
	for (uint32_t n = 1; n < 10; n++) {
		reads = 0;
		fail_at = n;
		fake_graphics.sets = 0;
		if (boot() == 0)
			assert_int_equal(fake_graphics.sets, 1);
		else
			assert_int_equal(fake_graphics.sets, 0);
	}
	reads = fail_at = graphics_asked = fake_graphics.sets = 0;
	hdr->vid_mode = VID_MODE_NORMAL;
	assert_int_equal(boot(), 0);
	assert_int_equal(fake_graphics.sets, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_is_loaded_and_entered),
		TEST(the_log_tells_how_the_payload_begins),
		TEST(a_kernel_without_initrd_is_entered),
		TEST(a_kernel_that_is_not_relocatable_is_entered),
		TEST(a_command_line_of_2000_bytes_arrives_whole),
		TEST(a_longer_command_line_is_refused_with_both_numbers),
		TEST(a_command_line_without_terminator_gets_one),
		TEST(a_64_bit_kernel_needs_long_mode),
		TEST(a_processor_without_the_leaf_has_no_long_mode),
		TEST(a_32_bit_kernel_does_not_need_it),
		TEST(nothing_is_loaded_of_a_kernel_that_does_not_fit),
		TEST(an_initrd_that_does_not_fit_is_refused),
		TEST(the_firmwares_memory_is_a_limit_even_if_the_map_says_ram),
		TEST(the_kernels_own_limit_of_an_initrd_holds),
		TEST(a_kernel_shorter_than_it_says_is_mentioned),
		TEST(a_map_that_reaches_into_the_next_page_keeps_both),
		TEST(the_memory_map_is_not_loaded_over),
		TEST(interrupts_are_masked_where_the_kernel_may_not_do_it),
		TEST(setup_data_moves_out_of_the_kernels_way),
		TEST(a_node_told_too_high_by_the_setup_part_moves_too),
		TEST(broken_setup_data_costs_only_itself),
		TEST(more_rows_than_the_page_holds_follow_as_setup_data),
		TEST(an_old_kernel_is_not_told_more_rows),
		TEST(every_failed_read_stops_the_boot),
		TEST(a_longer_command_line_arrives_whole),
		TEST(what_is_checked_is_what_will_run),
		TEST(an_initrd_of_parts_is_read_when_all_else_is),
		TEST(page_tables_keep_off_an_initrd_of_parts),
		TEST(an_initrd_goes_above_4_gib_where_that_may_be),
		TEST(parts_that_cannot_be_had_stop_the_boot),
		TEST(what_is_started_lies_in_a_uki),
		TEST(a_line_that_is_given_replaces_that_of_a_uki),
		TEST(requests_are_of_what_a_uki_has),
		TEST(a_uki_that_is_wrong_is_refused),
		TEST(a_request_that_cannot_be_fulfilled_stops_the_boot),
		TEST(a_graphics_mode_is_asked_for_and_set_last),
		TEST(a_mode_that_only_setup_code_can_set_is_left_to_it),
		TEST(no_screen_is_set_for_a_kernel_that_cannot_be_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
