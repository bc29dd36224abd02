/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/form_test.c: PVH and multiboot kernels: told from others, loaded and entered, refused, and every read
 * that fails. The items come from here instead of a device.
 * LINK: src/trace/timeline.c src/boot/kernel/form.c src/boot/kernel/pvh.c src/boot/kernel/multiboot.c src/boot/kernel/place.c
 * LINK: tests/fake/request.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/io.c tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/form.h"
#include "boot/program.h"
#include "boot/kernel/place.h"
#include "fake/cpu.h"
#include "fake/e820.h"
#include "fake/io.h"
#include "fake/launch.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/request.h"
#include "fw/fw_cfg.h"
#include "hw/pic.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/hvm_start_info.h"
#include "std/multiboot.h"
#include "trace/timeline.h"

#define MIB	0x100000u
#define RAM	(8 * MIB)
#define TOP	(RAM - 0x20000)		/* where the firmware's tables begin */
#define BASE	(2 * MIB)
#define SIZE	0x40000u
#define ENTRY	(BASE + 0x10)
#define INITRD	0x12345u
#define INFO	0x9500u
#define MAP	0x9000u

struct machine machine;
struct place_request kernel_want;

static uint32_t entry, base, setup_size, cmdline_size, initrd_addr, initrd_size, reads, fail_at;
static uint32_t kept_base, kept_size, kept_result, high_bottom;
static char cmdline[5000];
static struct multiboot_info info;
static bool first;
bool program_started;

uint32_t alloc_high_bottom(void)
{
	return high_bottom;
}

uint32_t alloc_keep_off(uint32_t from, uint32_t size)
{
	kept_base = from;
	kept_size = size;
	return kept_result;
}

/* A number that cannot be read is 0, with a line. */
uint32_t fw_cfg_le32(uint16_t key)
{
	switch (key) {
	case FW_CFG_KERNEL_ENTRY: reads++; return entry;
	case FW_CFG_KERNEL_ADDR: reads++; return base;
	case FW_CFG_SETUP_SIZE: reads++; return setup_size;
	case FW_CFG_CMDLINE_SIZE: reads++; return cmdline_size;
	case FW_CFG_INITRD_ADDR: reads++; return initrd_addr;
	case FW_CFG_INITRD_SIZE: reads++; return initrd_size;
	}
	fail_msg("item 0x%x is read", key);
	return 0;
}

static uint8_t image_byte(uint32_t i)
{
	return (uint8_t)(i * 7 + (i >> 8));
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	uint8_t *to = buf;

	if (len == 0)
		return 0;
	reads++;
	if (fail_at && reads == fail_at)
		return -EIO;
	switch (key) {
	case FW_CFG_CMDLINE_DATA:
		memcpy(buf, cmdline, len);
		return 0;
	case FW_CFG_INITRD_DATA:
		if (len <= 256 && len == initrd_size && setup_size == 0) {
			memset(buf, 0, len);
			memcpy(buf, &info, len < sizeof(info) ? len : sizeof(info));
			return 0;
		}
		/* fall through */
	case FW_CFG_KERNEL_DATA:
		assert_in_range(to - fake_ram, 0x1000, RAM - len);
		for (uint32_t i = 0; i < len; i++)
			to[i] = image_byte(i);
		return 0;
	}
	fail_msg("item 0x%x is read", key);
	return -EIO;
}

static void set(uint64_t from, uint64_t to, uint32_t type)
{
	e820_set(&machine.e820, from, to - from, type);
}

static int pvh(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	memset(fake_ram, 0x5a, RAM);
	fake_log_reset();
	fake_io_reset();
	fake_request_reset();
	memset(&fake_launch, 0, sizeof(fake_launch));
	memset(&kernel_want, 0xa5, sizeof(kernel_want));
	reads = fail_at = kept_base = kept_size = kept_result = 0;
	high_bottom = TOP;
	first = true;
	entry = ENTRY;
	base = BASE;
	setup_size = 0x2000;
	initrd_addr = 0;
	initrd_size = INITRD;
	strcpy(cmdline, "console=ttyS0 panic=-1");
	cmdline_size = (uint32_t)strlen(cmdline) + 1;
	fake_cpu_reset();
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000001 });
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = CPUID_80000001_EDX_LM });
	memset(&machine, 0, sizeof(machine));
	machine.cpu_features = cpu_features();
	machine.chipset = CHIPSET_Q35;
	machine.rsdp = 0xf5aa0;
	machine.e820 = (struct e820_map){ .entry = (void *)(fake_ram + 0x30000) };
	set(0, 0x9fc00, E820_RAM);
	set(0x9fc00, 0xa0000, E820_RESERVED);
	set(MIB, TOP, E820_RAM);
	set(TOP, RAM, E820_NVS);
	return 0;
}

/* As QEMU has it. */
static int multiboot(void **state)
{
	pvh(state);
	setup_size = 0;
	initrd_addr = INFO;
	initrd_size = 88;
	info = (struct multiboot_info){ .flags = 0x24f, .boot_device = 0x8000ffff, .cmdline = BASE + 0x3000, .mods_count = 3,
					.mods_addr = BASE + 0x3100, .mmap_addr = MAP };
	return 0;
}

static int after(void **state)
{
	(void)state;
	fake_ram_reset(1);
	return 0;
}

/* 0 when it was started. */
static int boot_of(uint32_t size)
{
	uint32_t form = kernel_form_find(size);

	assert_int_equal(form, setup_size ? TIMELINE_PLAN_PVH : TIMELINE_PLAN_MULTIBOOT);
	if (setjmp(fake_launch.back))
		return 0;
	program_started = false;
	return kernel_form_boot(form, first);
}

static void assert_refused(int rc, const char *a, const char *b)
{
	assert_int_equal(boot_of(SIZE), rc);
	assert_int_equal(fake_launch.launches, 0);
	assert_false(program_started);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(a));
	assert_true(fake_log_has(b));
	for (uint32_t i = 0; i < 0x30000; i++)		/* what is booted next has all of it */
		assert_int_equal(fake_ram[i], 0x5a);
	fake_log_reset();
}

static void assert_untouched(uint64_t from, uint64_t end)
{
	for (uint64_t i = from; i < end; i++)
		assert_int_equal(fake_ram[i], 0x5a);
}

static void an_entry_tells_the_two_forms_from_linuxs(void **state)
{
	(void)state;
	assert_int_equal(kernel_form_find(SIZE), TIMELINE_PLAN_PVH);
	assert_int_equal(kept_base, BASE);
	assert_int_equal(kept_size, SIZE);
	kept_base = kept_size = 0;
	setup_size = 0;
	assert_int_equal(kernel_form_find(SIZE), TIMELINE_PLAN_MULTIBOOT);
	entry = reads = 0;
	assert_int_equal(kernel_form_find(SIZE), 0);
	setup_size = 0x4000;
	assert_int_equal(kernel_form_find(SIZE), 0);
	assert_int_equal(reads, 2);			/* one each */
	assert_int_equal(kept_base + kept_size, 0);	/* what is not in memory needs no keeping off */
}

static const struct hvm_start_info *start(void)
{
	return (void *)(fake_ram + fake_launch.ebx);
}

static void a_pvh_kernel_is_told_what_there_is(void **state)
{
	const struct hvm_memmap_table_entry *row;
	const struct hvm_modlist_entry *module;

	(void)state;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(reads, 7);			/* as many as a bzImage takes */
	assert_int_equal(fake_launch.entry, ENTRY);
	assert_int_equal(fake_launch.eax, 0);
	assert_int_equal(fake_launch.ebx, 0x10000);
	assert_int_equal(fake_launch.reports, 1);
	assert_int_equal(fake_launch.records, 1);
	assert_int_equal(start()->magic, 0x336ec578);
	assert_int_equal(start()->version, 1);
	assert_int_equal(start()->flags, 0);
	assert_int_equal(start()->rsdp_paddr, 0xf5aa0);
	assert_int_equal(start()->reserved, 0);
	assert_string_equal((const char *)fake_ram + start()->cmdline_paddr, cmdline);
	assert_int_equal(start()->cmdline_paddr, 0x11000);
	assert_int_equal(start()->nr_modules, 1);
	module = (void *)(fake_ram + start()->modlist_paddr);
	assert_int_equal(module->paddr, TOP - 0x13000);
	assert_int_equal(module->size, INITRD);
	assert_int_equal(module->cmdline_paddr | module->reserved, 0);
	for (uint32_t i = 0; i < INITRD; i++)
		assert_int_equal(fake_ram[module->paddr + i], image_byte(i));
	assert_int_equal(start()->memmap_entries, machine.e820.count);
	row = (void *)(fake_ram + start()->memmap_paddr);
	for (uint32_t i = 0; i < machine.e820.count; i++) {
		assert_int_equal(row[i].addr, machine.e820.entry[i].base);
		assert_int_equal(row[i].size, machine.e820.entry[i].length);
		assert_int_equal(row[i].type, machine.e820.entry[i].type);
		assert_int_equal(row[i].reserved, 0);
	}
	assert_untouched(0, 0x10000);
	assert_untouched(0x12000, 0x30000);
	assert_untouched(BASE, BASE + SIZE);
	assert_untouched(TOP, RAM);
	assert_int_equal(fake_log_lines(), 1);
}

/* It may be one of 32 bits, so it is started. */
static void without_long_mode_a_line_says_what_may_come(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		pvh(NULL);
		if (i == 0)
			fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = ~CPUID_80000001_EDX_LM });
		if (i == 1)
			machine.cpu_features = 0;	/* without CPUID */
		assert_int_equal(boot_of(SIZE), 0);
		assert_int_equal(fake_log_has("PVH: the processor has no long mode"), i < 2);
	}
}

static void a_pvh_kernel_without_initrd_and_line_has_none(void **state)
{
	(void)state;
	initrd_size = cmdline_size = machine.rsdp = 0;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(start()->nr_modules, 0);
	assert_int_equal(start()->modlist_paddr, 0);
	assert_int_equal(start()->rsdp_paddr, 0);
	assert_string_equal((const char *)fake_ram + start()->cmdline_paddr, "");
	assert_int_equal(reads, 5);
}

static void a_pvh_kernels_line_ends_at_4095_characters(void **state)
{
	memset(cmdline, 'x', sizeof(cmdline));
	cmdline_size = 4096;				/* without its NUL, too */
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(strlen((char *)fake_ram + start()->cmdline_paddr), 4096);
	pvh(state);
	cmdline_size = 4097;
	assert_refused(-ENOMEM, "4096 characters", "4095 at most");
	cmdline_size = UINT32_MAX;
	assert_refused(-ENOMEM, "command line: 4294967294", "4095");
}

static void pvh_segments_are_in_ram_that_post_has_left_alone(void **state)
{
	static const struct {
		uint32_t base;
		const char *a, *b;
	} cases[] = {
		{ 0, "from 0x0 to 0x40000", "below 0x10000 is where POST" }, { 0xf000, "from 0xf000", "below 0x10000" },
		{ 0x60000, "0x60000 to 0xa0000, but 0x9fc00 is not RAM", "in use, type 2" },
		{ 0xa0000, "0xa0000 is not RAM", "nothing, type 0" }, { MIB - 1, "0xfffff is not RAM", "nothing" },
		{ TOP - SIZE + 1, "is not RAM", "in use, type 4" }, { RAM, "0x800000 is not RAM", "nothing" },
		{ UINT32_MAX - 5, "0xfffffffa is not RAM", "to 0x10003fffa" },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pvh(state);
		base = cases[i].base;
		entry = base + 1;
		assert_refused(-EINVAL, cases[i].a, cases[i].b);
	}
	pvh(state);
	for (base = 0x10000; base <= 0x50000; base += 0x10000) {	/* low, where nothing was used */
		entry = base;
		assert_int_equal(boot_of(SIZE), 0);
		assert_true(fake_launch.ebx + 0x1000 <= base || fake_launch.ebx >= base + SIZE);
		assert_true(start()->cmdline_paddr + 0x1000 <= base || start()->cmdline_paddr >= base + SIZE);
	}
	pvh(state);
	base = TOP - SIZE;
	entry = TOP - 1;
	assert_int_equal(boot_of(SIZE), 0);
	pvh(state);
	kept_result = 0x8f000;
	base = entry = 0x70000;
	assert_refused(-EINVAL, "from 0x70000 to 0xb0000", "used memory from 0x8f000");
	pvh(state);
	first = false;					/* option ROMs have run */
	base = entry = 0x50000;
	assert_refused(-EINVAL, "from 0x50000 to 0x90000", "below 0xa0000 is where option ROMs");
	base = BASE;
	entry = ENTRY;
	assert_int_equal(boot_of(SIZE), 0);
}

static void an_entry_outside_is_refused(void **state)
{
	pvh(state);
	entry = BASE - 1;
	assert_refused(-EINVAL, "entry is 0x1fffff", "0x200000 to 0x240000");
	entry = BASE + SIZE;
	assert_refused(-EINVAL, "entry is 0x240000", "outside");
	multiboot(state);
	entry = BASE + SIZE;
	assert_refused(-EINVAL, "entry is 0x240000", "outside");
}

static void what_does_not_fit_beside_a_pvh_kernel_is_refused(void **state)
{
	(void)state;
	initrd_size = 6 * MIB;
	assert_refused(-ENOMEM, "initrd: 0x600000 bytes", "not started");
	initrd_size = UINT32_MAX;
	assert_refused(-ENOMEM, "initrd: 0xffffffff bytes", "not started");
}

/* All places that a kernel can have on small maps, by pages: nothing meets, all is RAM. */
static void pieces_keep_off_a_kernel_wherever_it_lies(void **state)
{
	static const uint32_t sizes[] = { 1, 0x1000, 0x1001, 0x30000, 3 * MIB };

	for (uint32_t s = 0; s < 5; s++)
		for (uint64_t at = MIB; at + sizes[s] <= TOP; at += s < 3 ? 0x7000 : 0x20000) {
			uint64_t piece[3], end[3];

			pvh(state);
			initrd_size = 0x5001;
			base = entry = (uint32_t)at;
			if (boot_of(sizes[s]) != 0)
				fail_msg("%x at %llx", sizes[s], (unsigned long long)at);
			piece[0] = fake_launch.ebx;
			end[0] = piece[0] + 56 + 32 + 24 * machine.e820.count;
			piece[1] = start()->cmdline_paddr;
			end[1] = piece[1] + cmdline_size;
			piece[2] = ((struct hvm_modlist_entry *)(fake_ram + start()->modlist_paddr))->paddr;
			end[2] = piece[2] + initrd_size;
			for (uint32_t i = 0; i < 3; i++) {
				assert_true(end[i] <= at || piece[i] >= at + sizes[s]);
				assert_true(e820_is(&machine.e820, piece[i], end[i] - piece[i], E820_RAM));
				for (uint32_t k = 0; k < i; k++)
					assert_true(end[i] <= piece[k] || end[k] <= piece[i]);
			}
			assert_untouched(at, at + sizes[s]);
		}
}

static void a_read_that_fails_is_told_and_memory_is_lost(void **state)
{
	for (uint32_t n = 6; n <= 7; n++) {
		pvh(state);
		fail_at = n;
		assert_int_equal(boot_of(SIZE), -EIO);
		assert_true(program_started);
		assert_true(fake_log_has(n == 6 ? "command line: 0x17 bytes could not be read" : "initrd: 0x12345 bytes could not"));
	}
	multiboot(state);
	fail_at = 6;
	assert_refused(-EIO, "information: 88 bytes", "could not be read");
	multiboot(state);
	fail_at = 7;
	assert_int_equal(boot_of(SIZE), -EIO);
	assert_true(program_started);
	assert_true(fake_log_has("kernel: 0x40000 bytes could not be read to 0x200000"));
}

static const struct multiboot_info *told(void)
{
	return (void *)(fake_ram + fake_launch.ebx);
}

/*
 * Multiboot: nothing can be chosen. Image, information and map at every place of a small memory around the end of the first
 * page, with a hole at every place: it is started if all of them are in RAM that is theirs, and else refused.
 */
#define GRAIN	0x100u
#define GRAINS	9u
#define FIRST	(0x1000u - 2 * GRAIN)

static void a_multiboot_kernel_on_every_small_map(void **state)
{
	uint32_t started = 0, refused = 0;

	(void)state;
	for (uint32_t hole = 0; hole <= GRAINS; hole++)		/* the last: none */
		for (uint32_t n = 0; n < 3 * GRAINS * GRAINS * GRAINS; n++) {
			const uint32_t image = n % GRAINS, at_info = n / GRAINS % GRAINS, map = n / GRAINS / GRAINS % GRAINS;
			const uint32_t grains = 1 + n / GRAINS / GRAINS / GRAINS;
			bool fits = image > 1 && at_info > 1 && map > 1 && at_info != map && hole != at_info && hole != map;

			for (uint32_t i = image; i < image + grains; i++)
				fits &= i != at_info && i != map && (i != hole || hole == GRAINS);
			if (n == 0) {
				multiboot(NULL);
				if (hole < GRAINS)
					set(FIRST + hole * GRAIN, FIRST + (hole + 1) * GRAIN, E820_RESERVED);
			}
			base = entry = FIRST + image * GRAIN;
			initrd_addr = FIRST + at_info * GRAIN;
			info.mmap_addr = FIRST + map * GRAIN;
			fake_log_reset();
			fake_launch.launches = 0;
			if ((boot_of(grains * GRAIN) == 0) != fits)
				fail_msg("hole %u, image %u of %u, information %u, map %u: %s", hole, image, grains, at_info, map,
					 fake_log_line(0));
			assert_int_equal(fake_launch.launches, fits);
			started += fits;
			refused += !fits;
			if (!fits) {
				assert_false(program_started);
				assert_true(fake_log_has("not started"));
				continue;
			}
			for (uint32_t i = 0; i < grains * GRAIN; i++)
				assert_int_equal(fake_ram[base + i], image_byte(i));
			assert_int_equal(told()->mmap_length, 24 * machine.e820.count);
			for (uint32_t i = 0; i < machine.e820.count; i++) {
				const struct multiboot_mmap_entry *row = (void *)(fake_ram + told()->mmap_addr);

				assert_int_equal(row[i].base, machine.e820.entry[i].base);
				assert_int_equal(row[i].length, machine.e820.entry[i].length);
			}
		}
	assert_true(started > 1000 && refused > 1000);
}

static void a_multiboot_kernel_is_told_what_there_is(void **state)
{
	const struct multiboot_mmap_entry *row = (void *)(fake_ram + MAP);

	(void)state;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(reads, 7);
	assert_int_equal(fake_launch.entry, ENTRY);
	assert_int_equal(fake_launch.eax, 0x2badb002);
	assert_int_equal(fake_launch.ebx, INFO);
	assert_int_equal(fake_launch.reports, 1);
	assert_int_equal(fake_launch.records, 1);
	for (uint32_t i = 0; i < SIZE; i++)
		assert_int_equal(fake_ram[BASE + i], image_byte(i));
	assert_int_equal(told()->flags, 0x24f);
	assert_int_equal(told()->mem_lower, 639);
	assert_int_equal(told()->mem_upper, (TOP - MIB) / 1024);
	assert_int_equal(told()->boot_device, 0x8000ffff);
	assert_int_equal(told()->mods_count, 3);
	assert_int_equal(told()->mods_addr, BASE + 0x3100);
	assert_int_equal(told()->mmap_addr, MAP);
	assert_int_equal(told()->mmap_length, machine.e820.count * 24);
	for (uint32_t i = 0; i < machine.e820.count; i++) {
		assert_int_equal(row[i].size, 20);
		assert_int_equal(row[i].base, machine.e820.entry[i].base);
		assert_int_equal(row[i].length, machine.e820.entry[i].length);
		assert_int_equal(row[i].type, machine.e820.entry[i].type);
	}
	assert_untouched(0, MAP);
	assert_untouched(MAP + told()->mmap_length, INFO);
	assert_untouched(INFO + 88, 0x30000);
	assert_untouched(TOP, RAM);
	assert_int_equal(fake_log_lines(), 1);
}

static void flags_that_lack_say_what_is_there(void **state)
{
	(void)state;
	info.flags = 0x8;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(told()->flags, 0x49);
}

static void of_a_long_map_a_multiboot_kernel_is_told_what_fits(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 60; i++)		/* 4 and 60 rows */
		set(0x100000000ull + i * 0x2000, 0x100001000ull + i * 0x2000, E820_RAM);
	assert_int_equal(machine.e820.count, 64);
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(told()->mmap_length, 53 * 24);
	assert_true(fake_log_has("64 rows, from 0x9000 on is room for 53"));
	assert_untouched(MAP + 53 * 24, INFO);
}

/* A list of nothing would say that there is no memory. */
static void where_no_row_fits_a_multiboot_kernel_is_told_of_no_map(void **state)
{
	(void)state;
	info.mmap_addr = INFO - 23;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(told()->flags & 0x41, 0x01);
	assert_true(fake_log_has("is room for 0"));
}

static void a_multiboot_kernel_goes_to_ram_that_is_its_own_or_nowhere(void **state)
{
	static const struct {
		uint32_t base, info, map;
		const char *a, *b;
	} cases[] = {
		{ 0, INFO, MAP, "image with its modules: 0x0 to 0x40000", "interrupt vectors" },
		{ 0xfff, INFO, MAP, "0xfff to", "interrupt vectors" },
		{ 0x9000, INFO, MAP, "image", "over the multiboot information" },
		{ 0x9550, INFO, MAP, "0x9550, over the multiboot information: 0x58 bytes at 0x9500", "not started" },
		{ 0x60000, INFO, MAP, "image", "0x9fc00 is not RAM" }, { TOP - SIZE + 1, INFO, MAP, "image", "is not RAM (in use, type 4)" },
		{ 0xffffff00, INFO, MAP, "image", "0xffffff00 is not RAM" },
		{ BASE, 0x9fbc0, MAP, "information: 0x9fbc0 to 0x9fc18", "0x9fc00 is not RAM" }, { BASE, 0x400, MAP, "information", "vectors" },
		{ BASE, 0xfffffff0, MAP, "information", "is not RAM" }, { BASE, INFO, 0xa0000, "memory map: 0xa0000", "is not RAM" },
		{ BASE, INFO, 0, "memory map: 0x0", "vectors" }, { BASE, INFO, 0xfffffff0, "memory map", "is not RAM" },
		{ BASE, INFO, INFO + 8, "information", "over the multiboot memory map" }, { BASE, INFO, BASE + 8, "image", "over the multiboot memory map" },
		{ BASE, INFO, 0x2fff0, "memory map", "over the memory map" },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		multiboot(state);
		base = cases[i].base;
		entry = base + 1;
		initrd_addr = cases[i].info;
		info.mmap_addr = cases[i].map;
		assert_refused(-EINVAL, cases[i].a, cases[i].b);
	}
	multiboot(state);
	base = entry = 0x9558;				/* the next byte is free */
	assert_int_equal(boot_of(0x1000), 0);
	multiboot(state);
	base = entry = 0x40000;
	assert_int_equal(boot_of(0x5fc00), 0);
}

static void information_of_another_size_is_refused(void **state)
{
	static const uint32_t bad[] = { 0, 51, 257, UINT32_MAX }, good[] = { 52, 88, 116, 256 };

	for (uint32_t i = 0; i < 4; i++) {
		multiboot(state);
		initrd_size = bad[i];
		assert_refused(-EINVAL, "information: ", "52 to 256 expected");
		multiboot(state);
		initrd_size = good[i];
		assert_int_equal(boot_of(SIZE), 0);
	}
}

static void requests_that_nobody_fulfils_forbid_the_launch(void **state)
{
	kernel_requests = REQUEST_APPEND;
	assert_int_equal(boot_of(SIZE), -EINVAL);
	assert_false(program_started);
	assert_int_equal(fake_request.forbids, 1);
	multiboot(state);
	kernel_requests = 1u << REQUEST_KERNEL;
	assert_int_equal(boot_of(SIZE), -EINVAL);
	assert_false(program_started);
	kernel_requests = 0;
	assert_int_equal(boot_of(SIZE), 0);
}

/* An unset PIC would bring the timer in as an exception; where services are alive it is theirs. */
static void the_interrupt_controllers_are_masked_where_no_chipset_is(void **state)
{
	(void)state;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(fake_io_accesses(), 0);
	machine.chipset = CHIPSET_NONE;
	assert_int_equal(boot_of(SIZE), 0);
	assert_int_equal(fake_io_accesses(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_entry_tells_the_two_forms_from_linuxs, pvh, after),
		cmocka_unit_test_setup_teardown(a_pvh_kernel_is_told_what_there_is, pvh, after),
		cmocka_unit_test_setup_teardown(a_pvh_kernel_without_initrd_and_line_has_none, pvh, after),
		cmocka_unit_test_setup_teardown(without_long_mode_a_line_says_what_may_come, pvh, after),
		cmocka_unit_test_setup_teardown(a_pvh_kernels_line_ends_at_4095_characters, pvh, after),
		cmocka_unit_test_setup_teardown(pvh_segments_are_in_ram_that_post_has_left_alone, pvh, after),
		cmocka_unit_test_setup_teardown(an_entry_outside_is_refused, pvh, after),
		cmocka_unit_test_setup_teardown(what_does_not_fit_beside_a_pvh_kernel_is_refused, pvh, after),
		cmocka_unit_test_setup_teardown(pieces_keep_off_a_kernel_wherever_it_lies, pvh, after),
		cmocka_unit_test_setup_teardown(a_read_that_fails_is_told_and_memory_is_lost, pvh, after),
		cmocka_unit_test_setup_teardown(a_multiboot_kernel_on_every_small_map, multiboot, after),
		cmocka_unit_test_setup_teardown(a_multiboot_kernel_is_told_what_there_is, multiboot, after),
		cmocka_unit_test_setup_teardown(flags_that_lack_say_what_is_there, multiboot, after),
		cmocka_unit_test_setup_teardown(where_no_row_fits_a_multiboot_kernel_is_told_of_no_map, multiboot, after),
		cmocka_unit_test_setup_teardown(of_a_long_map_a_multiboot_kernel_is_told_what_fits, multiboot, after),
		cmocka_unit_test_setup_teardown(a_multiboot_kernel_goes_to_ram_that_is_its_own_or_nowhere, multiboot, after),
		cmocka_unit_test_setup_teardown(information_of_another_size_is_refused, multiboot, after),
		cmocka_unit_test_setup_teardown(requests_that_nobody_fulfils_forbid_the_launch, pvh, after),
		cmocka_unit_test_setup_teardown(the_interrupt_controllers_are_masked_where_no_chipset_is, pvh, after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
