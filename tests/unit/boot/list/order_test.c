/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/list/order_test.c: the order that lines of bootorder make, and lines that lie.
 * LINK: tests/fake/request.c src/boot/list/order.c src/boot/list/path.c src/boot/plan.c tests/fake/bootorder.c tests/fake/boot_watchdog.c tests/fake/kernel_form.c
 * LINK: src/trace/timeline.c tests/fake/log.c tests/fake/cpu.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/list/order.h"
#include "boot/plan.h"
#include "fake/bootorder.h"
#include "fw/fw_cfg.h"
#include "hw/pci/tree.h"

/* plan.c reads items; nothing here does. */
int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item) { (void)file; (void)item; return -1; }
int fw_cfg_find_n(const char *n, uint32_t l, struct fw_cfg_item *i) { (void)n; (void)l; (void)i; return -1; }
int fw_cfg_find(const char *n, struct fw_cfg_item *i) { (void)n; (void)i; return -1; }
int fw_cfg_read(const struct fw_cfg_item *i, uint32_t o, void *b, uint32_t l) { (void)i; (void)o; (void)b; (void)l; return -1; }
int fw_cfg_read_key(uint16_t key, void *b, uint32_t l) { (void)key; (void)b; (void)l; return -1; }
bool fw_cfg_says_off(enum fw_cfg_file file, const struct fw_cfg_item *item) { (void)file; (void)item; return false; }
uint32_t fw_cfg_le32(uint16_t key) { (void)key; return 0; }
uint16_t fw_cfg_le16(uint16_t key) { (void)key; return 0; }

#define FN(bus, dev, fn, up)	 { .bdf = PCI_BDF(bus, dev, fn), .parent = (up) }
#define BRIDGE(bus, dev, up, to) { .bdf = PCI_BDF(bus, dev, 0), .parent = (up), .bridge = true, .secondary = (to) }

/* As QEMU makes it of two expander bridges, a root port behind each, and a bridge on bus 0. */
static struct pci_function functions[] = {
	FN(0, 1, 0, PCI_NONE), FN(0, 1, 1, PCI_NONE), FN(0, 0xa, 2, PCI_NONE), FN(0, 0x1f, 2, PCI_NONE),
	BRIDGE(0, 8, PCI_NONE, 1), FN(1, 3, 0, 4),
	BRIDGE(20, 0, PCI_NONE, 21), FN(21, 0, 0, 6),
	FN(40, 1, 0, PCI_NONE), BRIDGE(40, 0, PCI_NONE, 41), BRIDGE(41, 0, 9, 42), FN(42, 0, 0, 10),
};
static struct pci_tree tree = { .function = functions, .count = sizeof(functions) / sizeof(functions[0]) };

static struct block block(enum block_bus bus, pci_bdf_t bdf, uint8_t channel, uint8_t unit)
{
	return (struct block){ .kind = bus == BUS_FLOPPY ? BLOCK_FLOPPY : BLOCK_DISK, .bus = (uint8_t)bus, .bdf = bdf,
			       .channel = channel, .unit = unit };
}

/* The text as a piece that the address sanitizer guards on both sides. */
static char *copy;
static struct path text(const char *s)
{
	size_t len = strlen(s);

	free(copy);
	copy = malloc(len ? len : 1);
	memcpy(copy, s, len);
	return (struct path){ copy, copy + len };
}

static int teardown(void **state)
{
	(void)state;
	free(copy);
	copy = NULL;
	return 0;
}

static uint32_t rank(const char *order_text, uint16_t kinds, struct block b)
{
	struct order order = { text(order_text), kinds };

	return order_rank(&order, &tree, &b);
}

static void a_device_has_the_rank_of_its_line(void **state)
{
	static const char lines[] = "/pci@i0cf8/scsi@a,2/disk@0,0\n/rom@genroms/linuxboot_dma.bin\n\n"
				    "/pci@i0cf8/ide@1,1/drive@0/disk@0\n/pci@i0cf8/isa@1/fdc@03f0/floppy@0";
	struct order order = { text(lines), 0 };

	(void)state;
	assert_int_equal(order_rank_kernel(&order), 1);
	assert_int_equal(rank(lines, 0, block(BUS_VIRTIO_PCI, 0x52, 0, 0)), 0);
	assert_int_equal(rank(lines, 0, block(BUS_IDE, 0x09, 0, 0)), 3);
	assert_int_equal(rank(lines, 0, block(BUS_FLOPPY, 0xffff, 0, 0)), 4);
	assert_true(rank(lines, 0, block(BUS_IDE, 0x09, 0, 1)) > ORDER_KIND);
}

static void behind_halt_nothing_is_booted(void **state)
{
	static const char lines[] = "/pci@i0cf8/scsi@a,2/disk@0,0\nHALT";
	struct order order = { text(lines), 0 };

	(void)state;
	assert_int_equal(order_rank_kernel(&order), ORDER_KIND);
	assert_int_equal(rank(lines, 0x312, block(BUS_VIRTIO_PCI, 0x52, 0, 0)), 0);
	assert_int_equal(rank(lines, 0x312, block(BUS_IDE, 0x09, 0, 0)), ORDER_NEVER);
	assert_int_equal(rank("HALT\n/pci@i0cf8/scsi@a,2/disk@0,0\n", 0x312, block(BUS_VIRTIO_PCI, 0x52, 0, 0)), ORDER_NEVER);
	assert_true(rank("HALTS\n", 0, block(BUS_IDE, 0x09, 0, 0)) < ORDER_NEVER);
}

static void what_has_no_line_is_ranked_by_kind(void **state)
{
	struct block disk = block(BUS_IDE, 0x09, 0, 0), floppy = block(BUS_FLOPPY, 0xffff, 0, 0), cd = disk;
	uint16_t kinds = order_kinds(0x31, 0x12);	/* QEMU's default: disk, floppy, CD; no signature check */

	(void)state;
	cd.kind = BLOCK_CD;
	assert_int_equal(kinds, 0x312);
	assert_true(rank("", kinds, disk) < rank("", kinds, floppy));
	assert_true(rank("", kinds, floppy) < rank("", kinds, cd));
	assert_true(rank("", 0x013, cd) < rank("", 0x013, floppy));
	assert_true(rank("", 0x013, floppy) < rank("", 0x013, disk));
	assert_true(rank("", 0x001, disk) < rank("", 0x001, cd));
	for (uint32_t none = 0; none <= 0xfff; none += 0xfff) {	/* no order in CMOS, no CMOS */
		assert_true(rank("", (uint16_t)none, floppy) < rank("", (uint16_t)none, disk));
		assert_true(rank("", (uint16_t)none, disk) < rank("", (uint16_t)none, cd));
		assert_true(rank("", (uint16_t)none, cd) < ORDER_NEVER);
		assert_true(rank("", (uint16_t)none, floppy) > ORDER_KIND);
	}
}

static void a_nul_ends_the_order(void **state)
{
	static const char lines[] = "/pci@i0cf8/scsi@a,2/disk@0,0\0\n/pci@i0cf8/ide@1,1/drive@0/disk@0";
	struct order order = { { lines, lines + sizeof(lines) }, 0 };
	struct block disk = block(BUS_IDE, 0x09, 0, 0), virtio = block(BUS_VIRTIO_PCI, 0x52, 0, 0);

	(void)state;
	assert_int_equal(order_rank(&order, &tree, &virtio), 0);
	assert_true(order_rank(&order, &tree, &disk) > ORDER_KIND);
}

static uint32_t rank_function(const char *order_text, uint16_t kinds, pci_bdf_t bdf)
{
	struct order order = { text(order_text), kinds };

	return order_rank_function(&order, &tree, bdf, false);
}

static uint32_t rank_rom(const char *order_text, uint16_t kinds, const char *file)
{
	struct order order = { text(order_text), kinds };

	return order_rank_rom(&order, file, (uint32_t)strlen(file), false);
}

static void the_longest_match_wins_wherever_its_line_is(void **state)
{
	static const char lines[] = "/pci@i0cf8/ide@1,1\n/pci@i0cf8/scsi@a,2/disk@0,0\n"
				    "/pci@i0cf8/ide@1,1/drive@0/disk@1\n/pci@i0cf8/ide@1,1/what\n";

	(void)state;
	assert_int_equal(rank(lines, 0, block(BUS_IDE, 0x09, 0, 0)), 0);
	assert_int_equal(rank(lines, 0, block(BUS_IDE, 0x09, 0, 1)), 2);
	assert_int_equal(rank(lines, 0, block(BUS_IDE, 0x09, 1, 0)), 0);
	assert_int_equal(rank(lines, 0, block(BUS_VIRTIO_PCI, 0x52, 0, 0)), 1);
	assert_true(rank(lines, 0, block(BUS_AHCI, 0xfa, 0, 0)) > ORDER_KIND);
}

/* What a controller's line covers may be booted in a strict order, where that is before the HALT. */
static void a_controllers_line_counts_in_a_strict_order(void **state)
{
	struct block ide = block(BUS_IDE, 0x09, 0, 0);

	(void)state;
	assert_int_equal(rank("\n/pci@i0cf8/ide@1,1\nHALT\n", 0, ide), 1);
	assert_int_equal(rank("/pci@i0cf8/ide@1,1/drive@0/disk@1\nHALT\n", 0, ide), ORDER_NEVER);
	assert_int_equal(rank("/pci@i0cf8/ide@1,1\nHALT\n/pci@i0cf8/ide@1,1/drive@0/disk@0", 0, ide), 0);
	assert_int_equal(rank("HALT\n/pci@i0cf8/ide@1,1\n", 0, ide), ORDER_NEVER);
}

static void option_roms_of_functions_are_network(void **state)
{
	static const char lines[] = "/pci@i0cf8/ide@1,1/drive@0/disk@0\n/pci@i0cf8/scsi@a,2/channel@0/disk@3,0\n"
				    "/pci@i0cf8/pci-bridge@8/ethernet@3/ethernet-phy@0\n/pci@i0cf8/scsi@a,2\nHALT\n";
	struct block floppy = block(BUS_FLOPPY, 0xffff, 0, 0), disk = block(BUS_IDE, 0x09, 0, 0), cd = disk;

	(void)state;
	cd.kind = BLOCK_CD;
	assert_int_equal(rank_function(lines, 0, 0x118), 2);
	assert_int_equal(rank_function(lines, 0, 0x52), 3);
	assert_int_equal(rank_function("\n/pci@i0cf8/scsi@a,2/channel@0/disk@3,0\n/pci@i0cf8/scsi@a,2/x", 0, 0x52), 1);
	assert_int_equal(rank_function(lines, 0, 0xfa), ORDER_NEVER);
	assert_true(rank_function("", 0x034, 0x118) < rank("", 0x034, disk));
	assert_true(rank_function("", 0x421, 0x118) > rank("", 0x421, disk));
	assert_int_equal(rank_function("", 0x421, 0x118), ORDER_KIND + 3);
	assert_true(rank_function("", 0x001, 0x118) > rank("", 0x001, floppy));
	assert_true(rank_function("", 0, 0x118) > rank("", 0, cd));	/* the last of all */
	assert_true(rank_function("", 0, 0x118) < ORDER_NEVER);
	assert_int_equal(rank_function("", 0, 0x118), rank_rom("", 0, "genroms/x"));
}

static void option_roms_of_fw_cfg_go_by_their_name(void **state)
{
	static const char lines[] = "/rom@genroms/a.rom\n/rom@genroms/a\n/rom@vgaroms/a\nHALT";

	(void)state;
	assert_int_equal(rank_rom(lines, 0, "genroms/a"), 1);
	assert_int_equal(rank_rom(lines, 0, "genroms/a.rom"), 0);
	assert_int_equal(rank_rom(lines, 0, "vgaroms/a"), 2);
	assert_int_equal(rank_rom(lines, 0, "genroms/a.ro"), ORDER_NEVER);
	assert_int_equal(rank_rom(lines, 0, "genroms/b"), ORDER_NEVER);
	assert_int_equal(rank_rom("/rom@\n", 0, ""), ORDER_KIND + 7);
	assert_int_equal(rank_rom("/pci@i0cf8/scsi@a,2\n", 4, "genroms/b"), ORDER_KIND + 1);
}

/* As QEMU wrote it: each device has the number of its line. */
static void recorded_orders_rank_their_devices(void **state)
{
	static struct fake_bootorder recorded;
	uint32_t looked_at = 0;

	(void)state;
	for (uint32_t i = 0; fake_bootorder_names[i]; i++) {
		struct order order;

		fake_bootorder_load(fake_bootorder_names[i], &recorded);
		order = (struct order){ { recorded.text, recorded.text + recorded.bytes }, 0 };
		for (uint32_t n = 0; n < recorded.lines; n++) {
			const struct pci_tree *functions_of = recorded.tree.count ? &recorded.tree : NULL;
			const char *rom = recorded.says[n] + 4;
			unsigned int bus, slot, fn;
			struct block b;
			int end = 0;

			if (fake_bootorder_block(recorded.says[n], &b))
				assert_int_equal(order_rank(&order, functions_of, &b), n);
			else if (sscanf(recorded.says[n], "pci %x:%x.%u networ%n", &bus, &slot, &fn, &end) == 3 && end)
				assert_int_equal(order_rank_function(&order, functions_of, PCI_BDF(bus, slot, fn), false), n);
			else if (strncmp(recorded.says[n], "rom ", 4) == 0)
				assert_int_equal(order_rank_rom(&order, rom, (uint32_t)strlen(rom), false), n);
			else
				continue;
			looked_at++;
		}
	}
	assert_true(looked_at > 50);
}

/* A rank by line never becomes one by kind. */
static void lines_without_end(void **state)
{
	static const char last[] = "/rom@genroms/a";
	uint32_t blank = ORDER_KIND + 5;
	char *many = malloc(blank + sizeof(last));
	struct order order = { { many, many + blank + sizeof(last) }, 0 };

	(void)state;
	memset(many, '\n', blank);
	memcpy(many + blank, last, sizeof(last));
	assert_int_equal(order_rank_rom(&order, "genroms/a", 9, false), ORDER_KIND - 1);
	assert_int_equal(order_rank_rom(&order, "genroms/b", 9, false), ORDER_KIND + 7);
	free(many);
}

static bool geometry(const char *lines, struct order_geometry *g)
{
	struct block disk = block(BUS_IDE, 0x09, 0, 0);

	*g = (struct order_geometry){ 7, 7, 7 };
	return order_geometry(text(lines), &tree, &disk, g);
}

static void a_geometry_is_read_from_its_line(void **state)
{
	struct order_geometry g;

	(void)state;
	assert_true(geometry("/pci@i0cf8/scsi@2/disk@0,0 100 20 30\n/pci@i0cf8/ide@1,1/drive@0/disk@0 400 20 30\n", &g));
	assert_int_equal(g.cylinders, 400);
	assert_int_equal(g.heads, 20);
	assert_int_equal(g.sectors, 30);
	assert_true(geometry("/pci@i0cf8/ide@1,1/drive@0/disk@0 65535 255 63", &g));
	assert_false(geometry("/pci@i0cf8/ide@1,1/drive@0/disk@1 400 20 30\n", &g));
}

static void a_geometry_that_cannot_be_is_none(void **state)
{
	static const char *const bad[] = { "", " ", " 400", " 400 20", " 400 20 ", " 400 20 0", " 0 20 30", " 400 0 30",
					   " 400 256 30", " 400 20 64", " 65536 20 30", " 400 20 30 ", " 400 20 30x",
					   " 4294967696 20 30", " -1 -1 -1", "  400 20 30", " 0x10 20 30" };
	struct order_geometry g;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char line[80] = "/pci@i0cf8/ide@1,1/drive@0/disk@0";

		strcat(line, bad[i]);
		assert_false(geometry(line, &g));
		assert_int_equal(g.heads, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_device_has_the_rank_of_its_line, teardown),
		cmocka_unit_test_teardown(behind_halt_nothing_is_booted, teardown),
		cmocka_unit_test_teardown(what_has_no_line_is_ranked_by_kind, teardown),
		cmocka_unit_test_teardown(a_nul_ends_the_order, teardown),
		cmocka_unit_test_teardown(the_longest_match_wins_wherever_its_line_is, teardown),
		cmocka_unit_test_teardown(a_controllers_line_counts_in_a_strict_order, teardown),
		cmocka_unit_test_teardown(option_roms_of_functions_are_network, teardown),
		cmocka_unit_test_teardown(option_roms_of_fw_cfg_go_by_their_name, teardown),
		cmocka_unit_test_teardown(recorded_orders_rank_their_devices, teardown),
		cmocka_unit_test_teardown(lines_without_end, teardown),
		cmocka_unit_test_teardown(a_geometry_is_read_from_its_line, teardown),
		cmocka_unit_test_teardown(a_geometry_that_cannot_be_is_none, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
