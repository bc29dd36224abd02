/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/bootorder.c: see bootorder.h.
 */
#include "fake/bootorder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fake_bootorder_names[] = {
	"isapc", "microvm", "microvm_pcie", "pc_bridges", "pc_floppy", "pc_floppy_second", "pc_ide", "pc_kernel",
	"pc_network", "pc_scsi", "pc_usb", "pc_virtio", "q35_ahci", "q35_nvme", "q35_nvme_qemu10", "q35_ports", NULL
};

static struct pci_function functions[64];

static void add_function(struct pci_tree *tree, unsigned int bdf, unsigned int kind, unsigned int to, const char *above)
{
	functions[tree->count++] = (struct pci_function){
		.bdf = (pci_bdf_t)bdf, .class_revision = kind << 16, .bridge = kind == 0x0604, .secondary = (uint8_t)to,
		.parent = (uint16_t)(above[0] == '-' ? PCI_NONE : strtoul(above, NULL, 10)),
	};
}

void fake_bootorder_load(const char *name, struct fake_bootorder *order)
{
	char path[256], line[16384], above[8];
	unsigned int bus, slot, fn, kind, to;
	FILE *file;

	snprintf(path, sizeof(path), "tests/data/bootorder/%s.txt", name);
	file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "fake bootorder: %s: cannot be opened\n", path);
		abort();
	}
	*order = (struct fake_bootorder){ .tree = { .function = functions } };
	while (fgets(line, sizeof(line), file)) {
		uint32_t n = order->lines;

		if (sscanf(line, "function %x:%x.%u %x to %x behind %7s", &bus, &slot, &fn, &kind, &to, above) == 6) {
			add_function(&order->tree, PCI_BDF(bus, slot, fn), kind, to, above);
		} else if (sscanf(line, "line %63[^=]= %127s", order->says[n], order->line[n]) == 2) {
			order->says[n][strlen(order->says[n]) - 1] = '\0';
			order->bytes += (uint32_t)sprintf(order->text + order->bytes, "%s%s", n ? "\n" : "",
							  order->line[n]);
			order->lines++;
		} else if (line[0] != '#') {
			fprintf(stderr, "fake bootorder: %s: what is \"%.40s\"?\n", path, line);
			abort();
		}
	}
	order->bytes++;
	fclose(file);
}

bool fake_bootorder_block(const char *says, struct block *b)
{
	unsigned int bus, slot, fn, channel, unit, base;
	int end = 0;

	*b = (struct block){ .kind = BLOCK_DISK, .bdf = PCI_NONE_BDF };
	if (sscanf(says, "isa %x drive %x %x", &base, &channel, &unit) == 3) {
		b->bus = BUS_IDE;
		b->io[0] = (uint16_t)base;
		b->channel = base == 0x170;	/* as the driver counts them: there is one controller for each */
		b->unit = (uint8_t)unit;
		return true;
	}
	if (sscanf(says, "isa 03f0 floppy %x", &unit) == 1) {
		b->bus = BUS_FLOPPY;
		b->kind = BLOCK_FLOPPY;
		b->unit = (uint8_t)unit;
		return true;
	}
	if (sscanf(says, "mmio %x dis%n", &base, &end) == 1 && end) {
		b->bus = BUS_VIRTIO_MMIO;
		b->mmio = base;
		return true;
	}
	if (sscanf(says, "pci %x:%x.%u %n", &bus, &slot, &fn, &end) != 3)
		return false;
	b->bdf = PCI_BDF(bus, slot, fn);
	b->bus = BUS_VIRTIO_PCI;
	if (strcmp(says + end, "disk") == 0)
		return true;
	if (sscanf(says + end, "drive %x %x", &channel, &unit) != 2)
		return false;
	for (uint32_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].bdf == b->bdf)
			b->bus = functions[i].class_revision >> 16 == 0x0106 ? BUS_AHCI : BUS_IDE;
	b->channel = (uint8_t)channel;
	b->unit = (uint8_t)unit;
	return true;
}
