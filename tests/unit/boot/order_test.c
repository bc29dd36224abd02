/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/order_test.c: paths as QEMU 7.2 writes them, the order they make, and lines that lie.
 * LINK: src/boot/order.c src/boot/path.c src/boot/plan.c src/trace/timeline.c tests/fake/log.c tests/fake/cpu.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/order.h"
#include "boot/plan.h"
#include "fw/fw_cfg.h"
#include "hw/pci/tree.h"

/* plan.c reads items; nothing here does. */
int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item) { (void)file; (void)item; return -1; }
int fw_cfg_read(const struct fw_cfg_item *i, uint32_t o, void *b, uint32_t l) { (void)i; (void)o; (void)b; (void)l; return -1; }
int fw_cfg_read_key(uint16_t key, void *b, uint32_t l) { (void)key; (void)b; (void)l; return -1; }
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

static bool is(const char *path, struct block b)
{
	return path_is_of(text(path), &tree, &b);
}

static int teardown(void **state)
{
	(void)state;
	free(copy);
	copy = NULL;
	return 0;
}

static void ide_drives_by_function_channel_and_unit(void **state)
{
	(void)state;
	assert_true(is("/pci@i0cf8/ide@1,1/drive@0/disk@0", block(BUS_IDE, 0x09, 0, 0)));
	assert_true(is("/pci@i0cf8/ide@1,1/drive@1/disk@0", block(BUS_IDE, 0x09, 1, 0)));
	assert_true(is("/pci@i0cf8/ide@1,1/drive@0/disk@1", block(BUS_IDE, 0x09, 0, 1)));
	assert_true(is("/pci@i0cf8/pci1234,5678@1,1/drive@0/disk@1", block(BUS_IDE, 0x09, 0, 1)));
	assert_false(is("/pci@i0cf8/ide@1,1/drive@0/disk@1", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1,1/drive@1/disk@0", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1/drive@0/disk@0", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1,1/drive@0/disk@0/", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1,1/drive@0/disk@0,0", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1,1/drive@0/disk@", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1,1", block(BUS_IDE, 0x09, 0, 0)));
}

static void ahci_ports(void **state)
{
	(void)state;
	assert_true(is("/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@0", block(BUS_AHCI, 0xfa, 2, 0)));
	assert_true(is("/pci@i0cf8/pci8086,2922@1F,2/drive@1f/disk@0", block(BUS_AHCI, 0xfa, 31, 0)));
	assert_false(is("/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@1", block(BUS_AHCI, 0xfa, 2, 0)));
	assert_false(is("/pci@i0cf8/pci8086,2922@1f,2/drive@2/disk@0", block(BUS_VIRTIO_PCI, 0xfa, 2, 0)));
}

static void virtio_disks_behind_bridges_and_other_roots(void **state)
{
	(void)state;
	assert_true(is("/pci@i0cf8/scsi@a,2/disk@0,0", block(BUS_VIRTIO_PCI, 0x52, 0, 0)));
	assert_true(is("/pci@i0cf8/pci-bridge@8/scsi@3/disk@0,0", block(BUS_VIRTIO_PCI, 0x118, 0, 0)));
	assert_true(is("/pci@i0cf8,1/pci-bridge@0/scsi@0/disk@0,0", block(BUS_VIRTIO_PCI, 21 << 8, 0, 0)));
	assert_true(is("/pci@i0cf8,2/pci-bridge@0/pci-bridge@0/scsi@0/disk@0,0", block(BUS_VIRTIO_PCI, 42 << 8, 0, 0)));
	assert_true(is("/pci@i0cf8,2/scsi@1/disk@0,0", block(BUS_VIRTIO_PCI, PCI_BDF(40, 1, 0), 0, 0)));
	assert_false(is("/pci@i0cf8,3/scsi@1/disk@0,0", block(BUS_VIRTIO_PCI, PCI_BDF(40, 1, 0), 0, 0)));
	assert_false(is("/pci@i0cf8/scsi@3/disk@0,0", block(BUS_VIRTIO_PCI, 0x118, 0, 0)));
	assert_false(is("/pci@i0cf8/pci-bridge@8/disk@0,0", block(BUS_VIRTIO_PCI, 0x40, 0, 0)));
	assert_false(is("/pci@i0cf8/pci-bridge@8", block(BUS_VIRTIO_PCI, 0x40, 0, 0)));
	assert_false(is("/pci@i0cf8/scsi@a,2/disk@1,0", block(BUS_VIRTIO_PCI, 0x52, 0, 0)));
	assert_false(is("/pci@i0cf8/scsi@a,2/disk@0,1", block(BUS_VIRTIO_PCI, 0x52, 0, 0)));
	assert_false(is("/pci@i0cf8/scsi@a,2/disk@0", block(BUS_VIRTIO_PCI, 0x52, 0, 0)));
}

static void floppies_on_both_kinds_of_machine(void **state)
{
	(void)state;
	assert_true(is("/pci@i0cf8/isa@1/fdc@03f0/floppy@0", block(BUS_FLOPPY, 0xffff, 0, 0)));
	assert_true(is("/pci@i0cf8/isa@1/fdc@03f0/floppy@1", block(BUS_FLOPPY, 0xffff, 0, 1)));
	assert_false(is("/pci@i0cf8/isa@1/fdc@0370/floppy@0", block(BUS_FLOPPY, 0xffff, 0, 0)));
	assert_false(is("/pci@i0cf8/isa@1/fdc@03f0/floppy@0", block(BUS_FLOPPY, 0xffff, 0, 1)));
	assert_true(is("/isa/fdc@03f0/floppy@0", block(BUS_FLOPPY, 0xffff, 0, 0)));
}

static void without_pci_channels_have_ports_and_virtio_addresses(void **state)
{
	struct block ide = block(BUS_IDE, 0xffff, 1, 1), mmio = block(BUS_VIRTIO_MMIO, 0xffff, 0, 0);

	(void)state;
	ide.io[0] = 0x170;
	mmio.mmio = 0xfeb02e00;
	assert_true(path_is_of(text("/isa/ide@0170/drive@0/disk@1"), NULL, &ide));
	assert_false(path_is_of(text("/isa/ide@01f0/drive@0/disk@1"), NULL, &ide));
	assert_true(path_is_of(text("/virtio-mmio@00000000feb02e00/disk@0,0"), NULL, &mmio));
	assert_false(path_is_of(text("/virtio-mmio@00000000feb02c00/disk@0,0"), NULL, &mmio));
	assert_false(path_is_of(text("/virtio-mmio@10feb02e00/disk@0,0"), NULL, &mmio));
	assert_false(path_is_of(text("/pci@i0cf8/isa@1/fdc@03f0/floppy@0"), NULL, &mmio));
}

static void paths_that_end_anywhere_name_nothing(void **state)
{
	static const char whole[] = "/pci@i0cf8,2/pci-bridge@0/pci-bridge@0/scsi@0/disk@0,0";
	struct block b = block(BUS_VIRTIO_PCI, 42 << 8, 0, 0);

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		char part[sizeof(whole)];

		memcpy(part, whole, n);
		part[n] = '\0';
		assert_int_equal(path_is_of(text(part), &tree, &b), n == sizeof(whole) - 1);
	}
	assert_false(is("/pci@i0cf8/ide@100000001,1/drive@0/disk@0", block(BUS_IDE, 0x09, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@1,8/drive@0/disk@0", block(BUS_IDE, 0x10, 0, 0)));
	assert_false(is("/pci@i0cf8/ide@20/drive@0/disk@0", block(BUS_IDE, 0x100, 0, 0)));
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
	for (uint32_t none = 0; none <= 0xfff; none += 0xfff) {	/* no order in CMOS, no CMOS */
		assert_true(rank("", (uint16_t)none, floppy) < rank("", (uint16_t)none, cd));
		assert_true(rank("", (uint16_t)none, cd) < rank("", (uint16_t)none, disk));
		assert_true(rank("", (uint16_t)none, disk) < ORDER_NEVER);
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
		cmocka_unit_test_teardown(ide_drives_by_function_channel_and_unit, teardown),
		cmocka_unit_test_teardown(ahci_ports, teardown),
		cmocka_unit_test_teardown(virtio_disks_behind_bridges_and_other_roots, teardown),
		cmocka_unit_test_teardown(floppies_on_both_kinds_of_machine, teardown),
		cmocka_unit_test_teardown(without_pci_channels_have_ports_and_virtio_addresses, teardown),
		cmocka_unit_test_teardown(paths_that_end_anywhere_name_nothing, teardown),
		cmocka_unit_test_teardown(a_device_has_the_rank_of_its_line, teardown),
		cmocka_unit_test_teardown(behind_halt_nothing_is_booted, teardown),
		cmocka_unit_test_teardown(what_has_no_line_is_ranked_by_kind, teardown),
		cmocka_unit_test_teardown(a_nul_ends_the_order, teardown),
		cmocka_unit_test_teardown(a_geometry_is_read_from_its_line, teardown),
		cmocka_unit_test_teardown(a_geometry_that_cannot_be_is_none, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
