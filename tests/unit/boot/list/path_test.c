/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/list/path_test.c: paths as QEMU writes them (recorded), what they are read as, and paths that lie.
 * LINK: src/boot/list/path.c tests/fake/bootorder.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/list/path.h"
#include "fake/bootorder.h"
#include "hw/pci/tree.h"

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

static void floppies_in_ram_by_their_file(void **state)
{
	struct block b = block(BUS_RAM, 0xffff, 0, 0);

	(void)state;
	b.description = "floppyimg/dos.img";
	assert_true(is("/rom@floppyimg/dos.img", b));
	assert_false(is("/rom@floppyimg/dos.im", b));
	assert_false(is("/rom@floppyimg/dos.img2", b));
	assert_false(is("/rom@floppyimg/xos.img", b));
	assert_false(is("/pci@i0cf8/isa@1/fdc@03f0/floppy@0", b));
	assert_int_equal(path_match(text("/rom@floppyimg/dos.img"), NULL, &b), PATH_MATCH_WHOLE);
	assert_int_equal(path_match(text("/rom@floppyimg"), &tree, &b), PATH_MATCH_NONE);
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

/* What was read, in the words of the recordings. */
static const char *described(struct path p, const struct pci_tree *functions_of)
{
	static const char *const forms[] = {
		[PATH_ALL] = "all", [PATH_UNKNOWN] = "unknown", [PATH_DRIVE] = "drive", [PATH_DISK] = "disk",
		[PATH_SCSI] = "scsi", [PATH_NAMESPACE] = "namespace", [PATH_FLOPPY] = "floppy",
		[PATH_NETWORK] = "network",
	};
	static char said[128];
	struct path_device d;
	int n = 0;

	if (p.end - p.at == 4 && memcmp(p.at, "HALT", 4) == 0)
		return "halt";
	if (!path_read(p, functions_of, &d))
		return "nothing";
	switch (d.place) {
	case PATH_PCI:
		n = sprintf(said, "pci %02x:%02x.%u", PCI_BUS(d.bdf), PCI_DEV(d.bdf), PCI_FN(d.bdf));
		break;
	case PATH_ISA:
		n = sprintf(said, "isa %04x", d.base);
		break;
	case PATH_MMIO:
		n = sprintf(said, "mmio %08x", d.base);
		break;
	case PATH_NVME:
		n = sprintf(said, "nvme");
		break;
	case PATH_ROM:
		sprintf(said, "rom %.*s", (int)(d.name.end - d.name.at), d.name.at);
		return said;
	}
	for (uint32_t i = 0; i < d.ports; i++)
		n += sprintf(said + n, "%s%x", i ? "." : " usb ", d.port[i]);
	n += sprintf(said + n, " %s", forms[d.form]);
	if (d.form == PATH_DRIVE || d.form == PATH_SCSI)
		n += sprintf(said + n, " %x", d.channel);
	if (d.form == PATH_DRIVE || d.form == PATH_SCSI || d.form == PATH_NAMESPACE || d.form == PATH_FLOPPY)
		n += sprintf(said + n, " %x", d.target);
	if (d.form == PATH_SCSI)
		sprintf(said + n, " %x", d.lun);
	return said;
}

static struct fake_bootorder recorded;

static const struct pci_tree *recorded_tree(void)
{
	return recorded.tree.count ? &recorded.tree : NULL;
}

static void every_recorded_line_is_read_as_its_device(void **state)
{
	(void)state;
	for (uint32_t i = 0; fake_bootorder_names[i]; i++) {
		fake_bootorder_load(fake_bootorder_names[i], &recorded);
		assert_true(recorded.lines);
		for (uint32_t n = 0; n < recorded.lines; n++)
			assert_string_equal(described(text(recorded.line[n]), recorded_tree()), recorded.says[n]);
	}
}

static void every_recorded_line_names_its_own_device_alone(void **state)
{
	uint32_t blocks = 0;
	struct block b;

	(void)state;
	for (uint32_t i = 0; fake_bootorder_names[i]; i++) {
		fake_bootorder_load(fake_bootorder_names[i], &recorded);
		for (uint32_t n = 0; n < recorded.lines; n++) {
			if (!fake_bootorder_block(recorded.says[n], &b))
				continue;
			blocks++;
			for (uint32_t m = 0; m < recorded.lines; m++)
				assert_int_equal(path_match(text(recorded.line[m]), recorded_tree(), &b),
						 m == n ? PATH_MATCH_WHOLE : PATH_MATCH_NONE);
		}
	}
	assert_true(blocks > 20);
}

static void a_network_line_is_its_functions(void **state)
{
	uint32_t cards = 0;

	(void)state;
	for (uint32_t i = 0; fake_bootorder_names[i]; i++) {
		fake_bootorder_load(fake_bootorder_names[i], &recorded);
		for (uint32_t n = 0; n < recorded.lines; n++) {
			unsigned int bus, slot, fn;
			int end = 0;

			if (sscanf(recorded.says[n], "pci %x:%x.%u networ%n", &bus, &slot, &fn, &end) != 3 || !end)
				continue;
			cards++;
			for (uint32_t m = 0; m < recorded.lines; m++)
				assert_int_equal(path_match_function(text(recorded.line[m]), recorded_tree(),
								     PCI_BDF(bus, slot, fn)),
						 m == n ? PATH_MATCH_WHOLE : PATH_MATCH_NONE);
		}
	}
	assert_true(cards > 25);
}

static void a_recorded_line_that_is_cut_is_not_its_device(void **state)
{
	(void)state;
	for (uint32_t i = 0; fake_bootorder_names[i]; i++) {
		fake_bootorder_load(fake_bootorder_names[i], &recorded);
		for (uint32_t n = 0; n < recorded.lines; n++) {
			char *line = recorded.line[n];
			size_t len = strlen(line);

			if (strstr(recorded.says[n], "unknown") || strcmp(recorded.says[n], "nothing") == 0)
				continue;
			while (len) {
				line[--len] = '\0';
				assert_string_not_equal(described(text(line), recorded_tree()), recorded.says[n]);
			}
		}
	}
}

static void hubs_and_devices_of_usb(void **state)
{
	struct pci_function usb = { .bdf = PCI_BDF(0, 5, 0), .parent = PCI_NONE, .class_revision = 0x0c033000 };
	struct pci_tree one = { .function = &usb, .count = 1 };
	static const char *const lines[][2] = {
		{ "/pci@i0cf8/usb@5", "pci 00:05.0 all" },
		{ "/pci@i0cf8/usb@5/storage@2", "pci 00:05.0 usb 2 all" },
		{ "/pci@i0cf8/usb@5/usb-host@ff", "pci 00:05.0 usb ff all" },
		{ "/pci@i0cf8/usb@5/hub@1", "pci 00:05.0 usb 1 all" },
		{ "/pci@i0cf8/usb@5/hub@1/hub@2", "pci 00:05.0 usb 1.2 all" },
		{ "/pci@i0cf8/usb@5/hub@1/hub@2/hub@3/hub@4/hub@5/storage@6/channel@0/disk@0,1",
		  "pci 00:05.0 usb 1.2.3.4.5.6 scsi 0 0 1" },
		{ "/pci@i0cf8/usb@5/hub@1/hub@2/hub@3/hub@4/hub@5/hub@6/hub@7/storage@8",
		  "pci 00:05.0 usb 1.2.3.4.5.6.7.8 all" },
		{ "/pci@i0cf8/usb@5/hub@1/hub@2/hub@3/hub@4/hub@5/hub@6/hub@7/hub@8/storage@9",
		  "pci 00:05.0 unknown" },
		{ "/pci@i0cf8/usb@5/hub@1/storage", "pci 00:05.0 unknown" },
		{ "/pci@i0cf8/usb@5/storage@100", "pci 00:05.0 unknown" },
		{ "/pci@i0cf8/usb@5/storage@", "pci 00:05.0 unknown" },
		{ "/pci@i0cf8/usb@5/storage@2/channel@0/disk@0", "pci 00:05.0 usb 2 unknown" },
		{ "/pci@i0cf8/usb@5/storage@2,1/channel@0/disk@0,0", "nothing" },
		{ "/pci@i0cf8/usb@5/storage@2/hub@1/storage@1", "pci 00:05.0 usb 2 unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_string_equal(described(text(lines[i][0]), &one), lines[i][1]);
	usb.class_revision = 0x02000000;	/* only a USB controller has ports */
	assert_string_equal(described(text("/pci@i0cf8/ethernet@5/storage@2"), &one), "pci 00:05.0 unknown");
}

static void what_is_not_known_leaves_no_numbers(void **state)
{
	struct pci_function usb = { .bdf = 0x52, .parent = PCI_NONE, .class_revision = 0x0c033000 };
	struct pci_tree one = { .function = &usb, .count = 1 };
	static const char *const lines[] = {
		"/pci@i0cf8/usb@a,2/hub@1/hub@2/hub@3/hub@4/hub@5/hub@6/hub@7/hub@8/storage@9",
		"/pci@i0cf8/usb@a,2/hub@1/x", "/pci@i0cf8/usb@a,2/drive@1/disk",
		"/pci@i0cf8/x@a,2/channel@1/disk@2,3,4", "/pci@i0cf8/x@a,2/namespace@1,1",
	};
	struct block b = block(BUS_AHCI, 0x52, 0, 0);

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct path_device d;

		usb.class_revision = i < 2 ? 0x0c033000 : 0x01000000;
		assert_true(path_read(text(lines[i]), &one, &d));
		assert_int_equal(d.form, PATH_UNKNOWN);
		assert_int_equal(d.ports | d.port[0] | d.port[7] | d.channel | d.target | d.lun | d.base, 0);
	}
	usb.class_revision = 0x0c033000;	/* no disk of a controller is its USB device */
	assert_int_equal(path_match(text("/pci@i0cf8/usb@a,2/storage@2"), &one, &b), PATH_MATCH_NONE);
}

static void words_of_every_form_and_what_is_none(void **state)
{
	static const char *const lines[][2] = {
		{ "/pci@i0cf8/pci144d,a808@a,2", "pci 00:0a.2 all" },
		{ "/pci@i0cf8/scsi@a,2/channel@1/disk@1f,ffffffff", "pci 00:0a.2 scsi 1 1f ffffffff" },
		{ "/pci@i0cf8/scsi@a,2/channel@1/disk@1f,100000000", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/scsi@a,2/channel@1/disk@1f", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/scsi@a,2/channel@/disk@1f,0", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/pci1b36,0010@a,2/namespace@ff,0", "pci 00:0a.2 namespace ff" },
		{ "/pci@i0cf8/pci1b36,0010@a,2/namespace@1,5254", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/pci1b36,0010@a,2/namespace@1", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/ethernet@a,2/ethernet-phy@1", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/ethernet@a,2/ethernet-phy@0/x", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/ethernet@a,2/", "pci 00:0a.2 unknown" },
		{ "/pci@i0cf8/ethernet@a,2x", "nothing" },
		{ "/pci@i0cf8/ethernet@a,2,0", "nothing" },
		{ "/pci@i0cf8/ethernet@b", "nothing" },
		{ "/pci@i0cf9/ethernet@a,2", "nothing" },
		{ "/pci@i0cf8/isa@1/fdc@10000/floppy@0", "pci 00:01.0 unknown" },
		{ "/pci@i0cf8/isa@1/fdc@03f0", "isa 03f0 all" },
		{ "/pci@i0cf8/isa@1/fdc@03f0x", "pci 00:01.0 unknown" },
		{ "/isa/ethernet@0300/ethernet-phy@0", "isa 0300 network" },
		{ "/isa/serial@03f8", "nothing" },
		{ "/isa", "nothing" },
		{ "/virtio-mmio@feb02e00", "mmio feb02e00 all" },
		{ "/virtio-mmio@100000000/disk@0,0", "nothing" },
		{ "/virtio-mmio@feb02e00/serial@0", "mmio feb02e00 unknown" },
		{ "/rom@vgaroms/x.bin", "rom vgaroms/x.bin" },
		{ "/nvme-n", "nothing" },
		{ "/rom@", "nothing" }, { "/rom", "nothing" }, { "", "nothing" }, { "/", "nothing" },
		{ "@", "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_string_equal(described(text(lines[i][0]), &tree), lines[i][1]);
}

/* A line for no more than the controller is a part of each of its devices; one of a device is none of another. */
static void a_line_for_a_controller_is_a_part_of_its_devices(void **state)
{
	struct block ide = block(BUS_IDE, 0x09, 0, 0), ahci = block(BUS_AHCI, 0xfa, 2, 0);
	struct block floppy = block(BUS_FLOPPY, 0xffff, 0, 0);
	struct block mmio = block(BUS_VIRTIO_MMIO, 0xffff, 0, 0), image = block(BUS_EMULATED, 0x09, 0, 0);

	(void)state;
	mmio.mmio = 0xfeb02e00;
	assert_int_equal(path_match(text("/pci@i0cf8/ide@1,1"), &tree, &ide), PATH_MATCH_PART);
	assert_int_equal(path_match(text("/pci@i0cf8/ide@1,1/drive@0"), &tree, &ide), PATH_MATCH_PART);
	assert_int_equal(path_match(text("/pci@i0cf8/ide@1,1/other"), &tree, &ide), PATH_MATCH_PART);
	assert_int_equal(path_match(text("/pci@i0cf8/ide@1,1"), &tree, &image), PATH_MATCH_NONE);
	assert_int_equal(path_match(text("/pci@i0cf8/ide@1"), &tree, &ide), PATH_MATCH_NONE);
	assert_int_equal(path_match(text("/pci@i0cf8/ide@1,1/drive@0/disk@1"), &tree, &ide), PATH_MATCH_NONE);
	assert_int_equal(path_match(text("/pci@i0cf8/pci8086,2922@1f,2"), &tree, &ahci), PATH_MATCH_PART);
	assert_int_equal(path_match(text("/pci@i0cf8/isa@1/fdc@03f0"), &tree, &floppy), PATH_MATCH_PART);
	assert_int_equal(path_match(text("/pci@i0cf8/isa@1"), &tree, &floppy), PATH_MATCH_NONE);
	assert_int_equal(path_match(text("/virtio-mmio@feb02e00"), NULL, &mmio), PATH_MATCH_PART);
	assert_int_equal(path_match(text("/virtio-mmio@feb02e00/ethernet-phy@0"), NULL, &mmio), PATH_MATCH_NONE);
	assert_int_equal(path_match(text("/pci@i0cf8/pci-bridge@8"), &tree, &ide), PATH_MATCH_NONE);
}

static enum path_match of_function(const char *line, const struct pci_tree *of, pci_bdf_t bdf)
{
	return path_match_function(text(line), of, bdf);
}

static void a_function_is_named_by_itself_and_in_part_by_what_is_behind(void **state)
{
	struct pci_function usb = { .bdf = 0x52, .parent = PCI_NONE, .class_revision = 0x0c033000 };
	struct pci_tree one = { .function = &usb, .count = 1 };

	(void)state;
	assert_int_equal(of_function("/pci@i0cf8/ethernet@a,2", &tree, 0x52), PATH_MATCH_WHOLE);
	assert_int_equal(of_function("/pci@i0cf8/ethernet@a,2/ethernet-phy@0", &tree, 0x52), PATH_MATCH_WHOLE);
	assert_int_equal(of_function("/pci@i0cf8/scsi@a,2/channel@0/disk@1,0", &tree, 0x52), PATH_MATCH_PART);
	assert_int_equal(of_function("/pci@i0cf8/scsi@a,2/channel@0/disk@1,0", &tree, 0x50), PATH_MATCH_NONE);
	assert_int_equal(of_function("/pci@i0cf8/isa@1/ethernet@0300/ethernet-phy@0", &tree, 8), PATH_MATCH_NONE);
	assert_int_equal(of_function("/isa/ethernet@0300/ethernet-phy@0", &tree, 0), PATH_MATCH_NONE);
	assert_int_equal(of_function("/rom@genroms/x", &tree, 0), PATH_MATCH_NONE);
	assert_int_equal(of_function("/pci@i0cf8/usb@a,2/network@1/ethernet-phy@0", &one, 0x52), PATH_MATCH_PART);
	assert_int_equal(of_function("/pci@i0cf8/usb@a,2/usb-host@1", &one, 0x52), PATH_MATCH_PART);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(floppies_in_ram_by_their_file, teardown),
		cmocka_unit_test_teardown(ide_drives_by_function_channel_and_unit, teardown),
		cmocka_unit_test_teardown(ahci_ports, teardown),
		cmocka_unit_test_teardown(virtio_disks_behind_bridges_and_other_roots, teardown),
		cmocka_unit_test_teardown(floppies_on_both_kinds_of_machine, teardown),
		cmocka_unit_test_teardown(without_pci_channels_have_ports_and_virtio_addresses, teardown),
		cmocka_unit_test_teardown(paths_that_end_anywhere_name_nothing, teardown),
		cmocka_unit_test_teardown(every_recorded_line_is_read_as_its_device, teardown),
		cmocka_unit_test_teardown(every_recorded_line_names_its_own_device_alone, teardown),
		cmocka_unit_test_teardown(a_network_line_is_its_functions, teardown),
		cmocka_unit_test_teardown(a_recorded_line_that_is_cut_is_not_its_device, teardown),
		cmocka_unit_test_teardown(hubs_and_devices_of_usb, teardown),
		cmocka_unit_test_teardown(what_is_not_known_leaves_no_numbers, teardown),
		cmocka_unit_test_teardown(words_of_every_form_and_what_is_none, teardown),
		cmocka_unit_test_teardown(a_line_for_a_controller_is_a_part_of_its_devices, teardown),
		cmocka_unit_test_teardown(a_function_is_named_by_itself_and_in_part_by_what_is_behind, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
