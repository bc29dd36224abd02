/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/order_fuzz.c: bootorder and bios-geometry of any content, for every way a device is attached.
 * LINK: src/boot/order.c src/boot/path.c tests/fake/log.c
 */
#include <stdlib.h>
#include <string.h>
#include "boot/order.h"
#include "boot/plan.h"
#include "hw/pci/tree.h"

bool plan_is_kernel(const char *line, uint32_t len)
{
	return len == 30 && memcmp(line, "/rom@genroms/linuxboot_dma.bin", len) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pci_function f[] = {
		{ .bdf = PCI_BDF(0, 1, 1), .parent = PCI_NONE },
		{ .bdf = PCI_BDF(0, 2, 0), .parent = PCI_NONE, .bridge = true, .secondary = 1 },
		{ .bdf = PCI_BDF(1, 0, 0), .parent = 1, .bridge = true, .secondary = 1 },	/* leads to itself */
		{ .bdf = PCI_BDF(9, 3, 0), .parent = PCI_NONE },
	};
	static const struct pci_tree tree = { .function = f, .count = 4 };
	const char *text = (const char *)data;
	struct order order = { { text, text + size }, size ? data[size - 1] : 0 };
	uint32_t kernel = order_rank_kernel(&order);

	if (kernel > ORDER_KIND)
		abort();
	for (uint32_t bus = BUS_IDE; bus <= BUS_FLOPPY; bus++) {
		struct block b = { .bus = (uint8_t)bus, .kind = (uint8_t)(bus % 3), .bdf = PCI_BDF(9, 3, 0) };
		struct order_geometry g = { 0, 0, 0 };
		uint32_t rank = order_rank(&order, bus ? &tree : NULL, &b);

		if (rank > ORDER_KIND + 7 && rank != ORDER_NEVER)
			abort();
		if (order_geometry(order.text, &tree, &b, &g) != (g.cylinders && g.heads && g.sectors))
			abort();
	}
	return 0;
}
