/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/plan_test.c: what is first in bootorder, and what the plan reads.
 * LINK: tests/fake/request.c tests/fake/boot_watchdog.c src/trace/timeline.c src/boot/plan.c tests/fake/log.c tests/fake/cpu.c tests/fake/kernel_form.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/plan.h"
#include "fake/boot_watchdog.h"
#include "fake/kernel_form.h"
#include "fake/log.h"
#include "fake/request.h"
#include "fw/fw_cfg.h"
#include "lib/errno.h"
#include "trace/timeline.h"

#define MADE TIMELINE_PLAN_MADE
#define KERNEL_FIRST (MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST)

/* The items, instead of a device: fw_cfg has its own tests. */
static const char *order, *native;
static bool ours, screen;		/* another file of ours is there; the one for a kernel's screen */
static uint32_t order_size, kernel_size, reads, bytes_read;
static uint16_t menu;
static int read_result;

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	assert_true(file == FW_CFG_BOOTORDER || file == FW_CFG_NATIVE);
	*item = (struct fw_cfg_item){ 0, 0 };
	if (!(file == FW_CFG_NATIVE ? native : order))
		return -ENOENT;
	item->size = file == FW_CFG_NATIVE ? 1 : order_size;
	item->key = file == FW_CFG_NATIVE ? 0x21 : 0x20;
	return 0;
}

/* By a beginning: its last character is where a name has its NUL. */
int fw_cfg_find_n(const char *name, uint32_t len, struct fw_cfg_item *item)
{
	assert_string_equal(name, "opt/org.slipway/");
	assert_int_equal(len, strlen(name) - 1);
	*item = (struct fw_cfg_item){ 0, 0 };
	return ours || screen || native || fake_kernel_form.entry ? 0 : -ENOENT;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	assert_string_equal(name, "opt/org.slipway/screen");
	*item = (struct fw_cfg_item){ 0, 0 };
	return screen ? 0 : -ENOENT;
}

bool fw_cfg_says_off(enum fw_cfg_file file, const struct fw_cfg_item *item)
{
	assert_int_equal(file, FW_CFG_NATIVE);
	assert_int_equal(item->key, 0x21);
	assert_int_equal(item->size, 1);
	return *native == '0';
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	assert_int_equal(key, 0x20);
	reads++;
	bytes_read += len;
	if (read_result == 0) {			/* behind its end an item reads as 0 */
		memset(buf, 0, len);
		memcpy(buf, order, order_size < len ? order_size : len);
	}
	return read_result;
}

uint32_t fw_cfg_le32(uint16_t key)
{
	assert_int_equal(key, FW_CFG_KERNEL_SIZE);
	return kernel_size;
}

uint16_t fw_cfg_le16(uint16_t key)
{
	assert_int_equal(key, FW_CFG_BOOT_MENU);
	return menu;
}

static int setup(void **state)
{
	(void)state;
	fake_log_reset();
	order = native = NULL;
	ours = screen = false;
	fake_boot_watchdog[0] = '\0';
	order_size = reads = bytes_read = 0;
	fake_kernel_form = (struct fake_kernel_form){ .form = 0 };
	kernel_size = 1 << 20;
	menu = 0;
	read_result = 0;
	return 0;
}

static struct boot_plan plan_for(const char *text)
{
	struct boot_plan plan;

	order = text;
	order_size = text ? (uint32_t)strlen(text) + 1 : 0;
	plan_make(&plan);
	return plan;
}

static bool is_first(struct boot_plan plan)
{
	return plan.what & TIMELINE_PLAN_FIRST;
}

static bool first(const char *text)
{
	char order_start[PLAN_LINE];	/* the address sanitizer guards its end */

	strncpy(order_start, text, sizeof(order_start));
	return plan_kernel_is_first(order_start);
}

static void the_roms_that_load_kernels_are_known(void **state)
{
	(void)state;
	assert_true(first("/rom@genroms/linuxboot_dma.bin\n/pci@i0cf8/ide@1,1/drive@0/disk@0"));
	assert_true(first("/rom@genroms/linuxboot.bin"));
	assert_true(first("/rom@genroms/multiboot.bin\n"));
	assert_true(first("/rom@genroms/multiboot_dma.bin\n"));
	assert_true(first("/rom@genroms/pvh.bin"));
	assert_false(first("/rom@genroms/kvmvapic.bin"));
	assert_false(first("/rom@genroms/linuxboot.binx"));
	assert_false(first("/rom@genroms/"));
	assert_false(first("/pci@i0cf8/ide@1,1/drive@0/disk@0\n/rom@genroms/linuxboot_dma.bin"));
}

static void no_order_and_a_lone_halt_leave_the_kernel_first(void **state)
{
	(void)state;
	assert_true(first(""));
	assert_true(first("HALT"));
	assert_false(first("HALTX"));
	assert_false(first("\xff"));
}

static void an_order_without_its_nul_ends_where_the_item_does(void **state)
{
	static const char text[] = "/rom@genroms/linuxboot_dma.binXX";
	struct boot_plan plan;

	(void)state;
	for (uint32_t n = sizeof(text); n-- > 0;) {	/* and nothing of a longer one is left */
		order = text;
		order_size = n;
		plan_make(&plan);
		assert_int_equal(is_first(plan), order_size == 0 || order_size == 30);
		assert_true(bytes_read <= PLAN_LINE);
		bytes_read = 0;
	}
}

static void without_a_kernel_the_order_is_not_read(void **state)
{
	struct boot_plan plan;

	(void)state;
	kernel_size = 0;
	plan = plan_for("/pci@i0cf8/ide@1,1/drive@0/disk@0");
	assert_int_equal(plan.what, MADE);
	assert_int_equal(plan.kernel_size, 0);
	assert_int_equal(reads, 0);
}

static void the_plan_says_what_the_items_say(void **state)
{
	struct boot_plan plan = plan_for("/rom@genroms/linuxboot_dma.bin\n");

	(void)state;
	assert_int_equal(plan.what, KERNEL_FIRST);
	assert_int_equal(timeline.plan, KERNEL_FIRST);
	assert_int_equal(plan.kernel_size, 1 << 20);
	assert_int_equal(reads, 1);
	menu = 1;
	plan = plan_for("/pci@i0cf8/scsi@4/disk@0,0\n");
	assert_int_equal(plan.what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_MENU);
	assert_int_equal(timeline.plan, plan.what);
	assert_int_equal(fake_log_lines(), 0);
}

static void an_unreadable_order_does_not_stop_the_kernel(void **state)
{
	(void)state;
	read_result = -EIO;
	assert_true(is_first(plan_for("/pci@i0cf8/scsi@4/disk@0,0\n")));
	assert_true(fake_log_has("bootorder: not readable"));
}

static void of_a_long_order_only_the_first_line_is_read(void **state)
{
	static char text[0x20000];
	struct boot_plan plan;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "/rom@genroms/multiboot_dma.bin\n", 31);
	order = text;
	order_size = sizeof(text);
	plan_make(&plan);
	assert_true(is_first(plan));
	assert_true(bytes_read <= 64);
	text[30] = 'x';			/* one line without end */
	plan_make(&plan);
	assert_false(is_first(plan));
}

/* Then QEMU's option ROM loads it, wherever it is in the order: the order is not looked at here. */
static void a_user_may_not_want_the_native_launch(void **state)
{
	static const char *const orders[] = { NULL, "", "/rom@genroms/linuxboot_dma.bin\n", "/pci@i0cf8/scsi@4/disk@0,0\n" };
	static const uint32_t on[] = { KERNEL_FIRST, KERNEL_FIRST, KERNEL_FIRST, MADE | TIMELINE_PLAN_KERNEL };

	for (uint32_t i = 0; i < 4; i++) {
		setup(state);
		native = "0";
		assert_int_equal(plan_for(orders[i]).what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_ROM);
		assert_int_equal(reads, 0);
		native = "1";
		assert_int_equal(plan_for(orders[i]).what, on[i]);
		native = "0";
		kernel_size = 0;
		assert_int_equal(plan_for(orders[i]).what, MADE);
	}
}

/* Nobody looks for its file where none of ours is and there is an order: nearly every start with a kernel. */
static void a_screen_for_the_kernel_is_seen(void **state)
{
	struct boot_plan plan;

	(void)state;
	kernel_size = 1;
	plan_make(&plan);
	assert_int_equal(plan.what, KERNEL_FIRST);
	screen = true;
	fake_request_reset();
	plan_make(&plan);
	assert_int_equal(plan.what, KERNEL_FIRST | TIMELINE_PLAN_SCREEN);
	assert_int_equal(fake_request.finds, 1);
	kernel_size = 0;
	plan_make(&plan);
	assert_int_equal(plan.what, MADE);
	assert_int_equal(fake_request.finds, 1);
}

static void the_watchdog_begins_where_something_of_ours_is(void **state)
{
	static const char *const orders[] = {
		NULL, "/rom@genroms/linuxboot_dma.bin\n", "/pci@i0cf8/scsi@4/disk@0,0\n",
	};

	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t kernel = 0; kernel < 2; kernel++)
			for (uint32_t file = 0; file < 3; file++) {
				setup(state);
				kernel_size = kernel << 20;
				ours = file;
				native = file == 2 ? "1" : NULL;
				plan_for(orders[i]);
				assert_string_equal(fake_boot_watchdog, file || !orders[i] ? "begin " : "");
			}
}

/* QEMU's ROM for Linux kernels says that it is one: then nothing is asked. */
static void what_is_not_linuxs_is_told(void **state)
{
	static const struct {
		const char *order;
		uint32_t asked, pvh, multiboot;		/* FIRST? */
	} cases[] = {
		{ "/rom@genroms/linuxboot_dma.bin\n", 0, 1, 1 }, { "/rom@genroms/linuxboot.bin", 0, 1, 1 },
		{ "/rom@genroms/pvh.bin\n/pci@i0cf8/ide@1,1/drive@0/disk@0", 1, 1, 0 }, { "/rom@genroms/multiboot_dma.bin", 1, 1, 0 },
		{ "/rom@genroms/multiboot.bin\n", 1, 1, 0 }, { "", 1, 1, 0 }, { NULL, 1, 1, 0 }, { "HALT", 1, 1, 0 },
		{ "/pci@i0cf8/ide@1,1/drive@0/disk@0\n/rom@genroms/pvh.bin", 1, 0, 0 },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		setup(state);
		fake_kernel_form.form = TIMELINE_PLAN_PVH;
		assert_int_equal(plan_for(cases[i].order).what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST * cases[i].pvh |
				 TIMELINE_PLAN_PVH * cases[i].asked);
		fake_kernel_form.form = TIMELINE_PLAN_MULTIBOOT;
		assert_int_equal(plan_for(cases[i].order).what, MADE | TIMELINE_PLAN_KERNEL |
				 TIMELINE_PLAN_FIRST * cases[i].multiboot | TIMELINE_PLAN_MULTIBOOT * cases[i].asked);
		assert_int_equal(fake_kernel_form.finds, 2 * cases[i].asked);
		assert_int_equal(fake_kernel_form.size, kernel_size * cases[i].asked);
		kernel_size = 0;
		assert_int_equal(plan_for(cases[i].order).what, MADE);
		kernel_size = 1;
		native = "0";
		plan_for(cases[i].order);
		assert_int_equal(fake_kernel_form.finds, 2 * cases[i].asked);
	}
	setup(state);
	read_result = -EIO;
	fake_kernel_form.form = TIMELINE_PLAN_PVH;
	assert_int_equal(plan_for("x").what, KERNEL_FIRST | TIMELINE_PLAN_PVH);
}

/* It calls services, so POST brings them up, and the boot list has its place. Other forms have no such entry. */
static void setup_code_is_run_where_a_user_wants_it(void **state)
{
	static const uint32_t forms[] = { TIMELINE_PLAN_PVH, TIMELINE_PLAN_MULTIBOOT };

	(void)state;
	fake_kernel_form.entry = 16;
	assert_int_equal(plan_for("/rom@genroms/linuxboot_dma.bin").what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_SETUP);
	assert_int_equal(plan_for("/pci@i0cf8/scsi@4/disk@0,0").what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_SETUP);
	assert_int_equal(plan_for(NULL).what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_SETUP);
	native = "0";
	assert_int_equal(plan_for(NULL).what, MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_ROM);
	native = NULL;
	for (uint32_t i = 0; i < 2; i++) {
		fake_kernel_form.form = forms[i];
		assert_false(plan_for(NULL).what & TIMELINE_PLAN_SETUP);
	}
	fake_kernel_form.form = 0;
	fake_kernel_form.entry = 32;
	assert_int_equal(plan_for("/rom@genroms/linuxboot_dma.bin").what, KERNEL_FIRST);
	assert_int_equal(kernel_requests, 0);
	fake_kernel_form.entry = 64;		/* is no matter of the plan */
	assert_int_equal(plan_for("/rom@genroms/linuxboot_dma.bin").what, KERNEL_FIRST);
	assert_int_equal(kernel_requests, REQUEST_ENTRY_64);
	kernel_requests = 0;
	kernel_size = 0;
	fake_kernel_form.entry = 16;
	assert_int_equal(plan_for(NULL).what, MADE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_roms_that_load_kernels_are_known, setup),
		cmocka_unit_test_setup(no_order_and_a_lone_halt_leave_the_kernel_first, setup),
		cmocka_unit_test_setup(an_order_without_its_nul_ends_where_the_item_does, setup),
		cmocka_unit_test_setup(without_a_kernel_the_order_is_not_read, setup),
		cmocka_unit_test_setup(the_plan_says_what_the_items_say, setup),
		cmocka_unit_test_setup(an_unreadable_order_does_not_stop_the_kernel, setup),
		cmocka_unit_test_setup(a_user_may_not_want_the_native_launch, setup),
		cmocka_unit_test_setup(a_screen_for_the_kernel_is_seen, setup),
		cmocka_unit_test_setup(what_is_not_linuxs_is_told, setup),
		cmocka_unit_test_setup(the_watchdog_begins_where_something_of_ours_is, setup),
		cmocka_unit_test_setup(of_a_long_order_only_the_first_line_is_read, setup),
		cmocka_unit_test_setup(setup_code_is_run_where_a_user_wants_it, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
