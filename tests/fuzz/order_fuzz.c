/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/order_fuzz.c: bootorder and bios-geometry of any content, for every way a device is attached.
 * LINK: src/boot/list/order.c src/boot/list/path.c tests/fake/log.c
 */
#include <stdlib.h>
#include <string.h>
#include "boot/list/order.h"
#include "boot/plan.h"
#include "hw/pci/tree.h"

bool plan_is_kernel(const char *line, uint32_t len)
{
	return len == 30 && memcmp(line, "/rom@genroms/linuxboot_dma.bin", len) == 0;
}

static bool is_rank(uint32_t rank)
{
	return (rank != ORDER_KIND && rank <= ORDER_KIND + 7) || rank == ORDER_NEVER;
}

/* What is read of a path lies within it, and within what the structure has room for. */
static void read_path(struct path path, const struct pci_tree *tree)
{
	struct path_device d;

	if (!path_read(path, tree, &d))
		return;
	if (d.place > PATH_NVME || d.form > PATH_NETWORK || d.ports > PATH_PORTS)
		abort();
	if (d.place == PATH_ROM && (d.name.at < path.at || d.name.at >= path.end || d.name.end != path.end))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pci_function f[] = {
		{ .bdf = PCI_BDF(0, 1, 1), .parent = PCI_NONE },
		{ .bdf = PCI_BDF(0, 2, 0), .parent = PCI_NONE, .bridge = true, .secondary = 1 },
		{ .bdf = PCI_BDF(1, 0, 0), .parent = 1, .bridge = true, .secondary = 1 },	/* leads to itself */
		{ .bdf = PCI_BDF(9, 3, 0), .parent = PCI_NONE },
		{ .bdf = PCI_BDF(0, 5, 0), .parent = PCI_NONE, .class_revision = 0x0c033000 },
	};
	static const struct pci_tree tree = { .function = f, .count = 5 };
	const char *text = (const char *)data;
	struct order order = { { text, text + size }, size ? data[size - 1] : 0 };
	uint32_t kernel = order_rank_kernel(&order);

	if (kernel > ORDER_KIND)
		abort();
	read_path(order.text, &tree);
	read_path(order.text, NULL);
	for (uint32_t i = 0; i < tree.count; i++)
		if (!is_rank(order_rank_function(&order, &tree, f[i].bdf, false)))
			abort();
	if (!is_rank(order_rank_rom(&order, text, (uint32_t)size, false)) || !is_rank(order_rank_rom(&order, "genroms/a", 9, false)))
		abort();
	for (uint32_t bus = BUS_IDE; bus <= BUS_RAM; bus++) {
		struct block b = { .bus = (uint8_t)bus, .kind = (uint8_t)(bus % 3), .bdf = PCI_BDF(9, 3, 0), .description = "floppyimg/a" };
		struct order_geometry g = { 0, 0, 0 };

		if (!is_rank(order_rank(&order, bus ? &tree : NULL, &b)))
			abort();
		if (order_geometry(order.text, &tree, &b, &g) != (g.cylinders && g.heads && g.sectors))
			abort();
	}
	return 0;
}
