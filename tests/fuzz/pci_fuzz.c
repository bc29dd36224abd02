/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/pci_fuzz.c: devices that answer anything, behind bridges and beside them: the scan ends and
 * what was placed is sound. Records of 5 bytes: kind, place, then a register with its value and mask.
 * LINK: src/hw/pci/place.c src/hw/pci/layout.c src/hw/pci/space.c src/hw/pci/scan.c src/hw/pci/bar.c src/hw/pci/bridge.c src/hw/pci/known.c src/hw/pci/irq.c src/hw/pci/config.c tests/fake/pci.c tests/fake/pci_check.c tests/fake/io.c tests/fake/log.c tests/fake/cpu.c
 */
#include <stdlib.h>
#include <string.h>
#include "fake/io.h"
#include "fake/log.h"
#include "fake/pci.h"
#include "fake/pci_check.h"
#include "hw/pci/layout.h"
#include "hw/pci/place.h"
#include "hw/pci/scan.h"
#include "hw/pci/space.h"

#define MAX 48

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A 32-bit value from one byte: a run of ones, at either end, or the byte itself. */
static uint32_t spread(uint8_t byte)
{
	switch (byte >> 6) {
	case 0:
		return byte;
	case 1:
		return ~0u << (byte & 31);
	case 2:
		return ~0u >> (byte & 31);
	default:
		return byte * 0x01010101u;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pci_function functions[MAX];
	struct pci_tree tree = { .function = functions, .max = MAX };
	struct pci_space space;
	int bridge = -1, last = -1;

	fake_io_reset();
	fake_log_reset();
	fake_pci_reset();
	pci_config_use_mmconfig(0);
	fake_pci_add_host(CHIPSET_I440FX);
	for (; size >= 5 && fake_pci.count < MAX + 8; data += 5, size -= 5) {
		uint8_t slot = data[1] & 31, fn = data[1] >> 5;

		if (data[0] < 0x20)
			last = bridge = fake_pci_add_bridge(data[0] & 1 ? bridge : -1, 0, slot, fn);
		else if (data[0] < 0x60)
			last = fake_pci_add(data[0] & 1 ? bridge : -1, 0, slot, fn, 0x12341af4,
					    (uint32_t)data[2] << 24, data[3]);
		else if (last > 0)
			fake_pci_set32(last, data[0] & 0xfc, spread(data[2]),
				       spread(data[3]) & spread(data[4]));
	}
	pci_scan(&tree, CHIPSET_I440FX, 0);
	pci_space_low(&space, CHIPSET_I440FX, 0xc0000000);
	pci_place(&tree, &space);
	if (pci_check(&tree, &space))
		abort();
	space.range[LAYOUT_HIGH][0] = (struct pci_range){ 1ull << 32, 1ull << 40 };
	pci_place(&tree, &space);
	if (pci_check(&tree, &space))
		abort();
	/* Beside a hole, with less room below. */
	space.range[LAYOUT_HIGH][0].end = 0xfd00000000;
	space.range[LAYOUT_HIGH][1] = (struct pci_range){ 1ull << 40, 1ull << 52 };
	space.range[LAYOUT_LOW][0].base = 0xfe000000;
	pci_place(&tree, &space);
	if (pci_check(&tree, &space))
		abort();
	return 0;
}
